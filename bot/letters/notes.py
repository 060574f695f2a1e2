"""What stays inside: words typed in the thread, internal notes, and who takes care of a matter."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import SwitchboardError
from bot.letters import cards, messages, store
from bot.letters.desk import Desk
from bot.people.model import Person
from bot.storage import outbox


class CannotTakeCare(SwitchboardError):
    """{name} is not on the shop's own team, so this cannot be assigned to them."""


async def typed(
    desk: Desk,
    session: AsyncSession,
    *,
    channel_id: str,
    thread_ts: str,
    ts: str,
    author: Person,
    text: str,
    now: datetime,
) -> bool:
    """Keep what somebody typed in a matter's thread; False when it is no thread of this desk.

    While the other side waits, tell the author, and only them, every time, that it was not sent.
    """
    matter = await store.matter_of_card(desk, session, channel_id, thread_ts)
    if matter is None or not author.may_act:
        return False
    note = desk.notes(conversation_id=matter.id, author_id=author.id, ts=ts, text=text, written_at=now)
    session.add(note)
    await session.flush()
    if matter.waiting_since is None or not text.strip():
        return True
    hint = outbox.Draft(
        key=f"not-sent:{channel_id}:{ts}",
        kind="slack.ephemeral",
        lane=f"ephemeral:{channel_id}:{author.id}",
        payload={
            "channel": channel_id,
            "user": author.id,
            "thread_ts": thread_ts,
            **messages.not_sent(desk.ref(note.id), await desk.called(session, matter)),
        },
    )
    await outbox.add(session, hint)
    return True


async def write(
    desk: Desk, session: AsyncSession, matter_id: int, author: Person, text: str, now: datetime
) -> None:
    """Put an internal note into the thread."""
    matter = await session.get_one(desk.matters, matter_id)
    note = desk.notes(conversation_id=matter_id, author_id=author.id, text=text, written_at=now)
    session.add(note)
    await session.flush()
    key = f"{desk.name}:note:{note.id}"
    await cards.in_thread(session, matter, key, messages.note_post(author.name, text))


async def assign(desk: Desk, session: AsyncSession, matter_id: int, assignee: Person, by: Person) -> None:
    """Put somebody in charge of a matter, and tell them in its thread."""
    if not assignee.may_act:
        raise CannotTakeCare(name=assignee.name)
    matter = await store.lock(desk, session, matter_id)
    matter.assignee_id = assignee.id
    await desk.assigned(session, matter)
    post = messages.assigned_post(assignee.id, by.name)
    await cards.in_thread(session, matter, f"{desk.name}:assign:{outbox.new_uid()}", post)
    await cards.refresh(desk, session, matter)
