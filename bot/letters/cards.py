"""The card of a matter and what stands in its thread, as rows for the outbox."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters.desk import Desk
from bot.letters.model import Incoming, Matter
from bot.mail.model import Attachment
from bot.storage import blobs, outbox
from bot.storage.database import Database
from bot.storage.outbox import Draft


async def open_card(
    desk: Desk,
    session: AsyncSession,
    matter: Matter,
    mail: Incoming,
    look: dict[str, str] | None = None,
    **more: Any,
) -> None:
    """Post the card of a new matter; `look` lets it appear as written by somebody else."""
    card = Draft(
        key=f"{desk.name}:mail:{mail.id}",
        kind="slack.post",
        lane=lane(matter),
        payload={"channel": matter.channel_id, **(look or {}), **await desk.card(session, matter)},
        **more,
    )
    matter.card_id = mail.post_id = await outbox.add(session, card)


async def refresh(desk: Desk, session: AsyncSession, matter: Matter) -> None:
    """Bring the card up to date."""
    await session.flush()
    card = Draft(
        key=f"{desk.name}:card:{matter.id}:{outbox.new_uid()}",
        kind="slack.update",
        lane=lane(matter),
        payload=await desk.card(session, matter),
        after_id=matter.card_id,
        topic=f"{desk.name}:card:{matter.id}",
    )
    await outbox.add(session, card)


async def in_thread(
    session: AsyncSession, matter: Matter, key: str, payload: dict[str, Any], **more: Any
) -> int:
    """Post something into the matter's thread; give the outbox row."""
    post = Draft(
        key=key, kind="slack.post", lane=lane(matter), payload=payload, after_id=matter.card_id, **more
    )
    return await outbox.add(session, post)


async def change_post(session: AsyncSession, matter: Matter, post_id: int, payload: dict[str, Any]) -> None:
    """Change a message of ours in the thread; only the newest change need arrive."""
    change = Draft(
        key=f"post:{post_id}:{outbox.new_uid()}",
        kind="slack.update",
        lane=lane(matter),
        payload=payload,
        after_id=post_id,
        topic=f"post:{post_id}",
    )
    await outbox.add(session, change)


async def add_files(
    desk: Desk,
    database: Database,
    session: AsyncSession,
    matter: Matter,
    mail: Incoming,
    attachments: Sequence[Attachment],
) -> None:
    """Keep a mail's files, but those that were refused, and bring them into the thread."""
    kept = [(file, blobs.digest(file.content)) for file in attachments if not file.refused]
    await blobs.put(database, session, {sha256: file.content for file, sha256 in kept})
    for number, (file, sha256) in enumerate(kept):
        post = Draft(
            key=f"{desk.name}:mail:{mail.id}:file:{number}",
            kind="slack.file",
            # A lane of its own: 20 MB take a while.
            lane=f"file:{desk.ref(matter.id)}",
            payload={
                "channel": matter.channel_id,
                "name": file.name,
                "sha256": sha256,
                "size": file.size,
            },
            after_id=matter.card_id,
        )
        await outbox.add(session, post)


def join(channel_id: str) -> Draft:
    """Let the bot join a channel before anything is said there."""
    return Draft(
        key=f"join:{channel_id}:{outbox.new_uid()}",
        kind="slack.join",
        lane=f"slack:{channel_id}",
        payload={"channel": channel_id},
    )


def lane(matter: Matter) -> str:
    """Give the lane of everything said in the matter's channel."""
    return f"slack:{matter.channel_id}"
