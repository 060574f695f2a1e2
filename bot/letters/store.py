"""Every query about letters, for any desk."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters.desk import Desk
from bot.letters.model import ANSWERING_FOR, ASIDE, Answer, Begun, Incoming, Matter, Stray
from bot.storage import outbox
from bot.storage.database import for_change, insert


async def lock(desk: Desk, session: AsyncSession, matter_id: int) -> Matter:
    """Give a matter, as it is now, that nobody else changes until this transaction ends."""
    rows = select(desk.matters).where(desk.matters.id == matter_id)
    return (await session.execute(for_change(rows))).scalar_one()


async def matter_of_card(desk: Desk, session: AsyncSession, channel_id: str, ts: str) -> Matter | None:
    """Find the matter whose card is this Slack message."""
    card_id = await outbox.posted(session, channel_id, ts)
    if card_id is None:
        return None
    rows = select(desk.matters).where(desk.matters.card_id == card_id)
    return (await session.execute(rows)).scalar_one_or_none()


async def by_references(desk: Desk, session: AsyncSession, message_ids: Sequence[str]) -> list[Matter]:
    """Find the matters in which one of these mails stands, theirs or ours, the newest first."""
    if not message_ids:
        return []
    found: dict[int, Matter] = {}
    for table in (desk.mails, desk.answers):
        rows = (
            select(desk.matters)
            .join(table, table.conversation_id == desk.matters.id)
            .where(table.message_id.in_(message_ids))
            .order_by(desk.matters.id.desc())
            .limit(10)
        )
        found |= {one.id: one for one in (await session.execute(rows)).scalars()}
    return sorted(found.values(), key=lambda one: -one.id)


async def last_mail(desk: Desk, session: AsyncSession, matter_id: int) -> Incoming:
    """Give the newest letter of a matter."""
    mine = desk.mails.conversation_id == matter_id
    rows = select(desk.mails).where(mine).order_by(desk.mails.id.desc()).limit(1)
    return (await session.execute(rows)).scalar_one()


async def first_mail(desk: Desk, session: AsyncSession, matter_id: int) -> Incoming:
    """Give the letter that began a matter: the one its card shows."""
    rows = select(desk.mails).where(desk.mails.conversation_id == matter_id).order_by(desk.mails.id).limit(1)
    return (await session.execute(rows)).scalar_one()


async def mails(desk: Desk, session: AsyncSession, matter_id: int) -> list[Incoming]:
    """Give every letter of a matter, in the order they came."""
    rows = select(desk.mails).where(desk.mails.conversation_id == matter_id).order_by(desk.mails.id)
    return list((await session.execute(rows)).scalars())


async def answers(desk: Desk, session: AsyncSession, matter_id: int) -> list[Answer]:
    """Give every answer of a matter that left, in the order they were written."""
    mine = (desk.answers.conversation_id == matter_id, desk.answers.state == "sent")
    rows = select(desk.answers).where(*mine).order_by(desk.answers.id)
    return list((await session.execute(rows)).scalars())


async def held_answers(desk: Desk, session: AsyncSession) -> list[Answer]:
    """Give every answer that has not left yet, in the order they were written."""
    rows = select(desk.answers).where(desk.answers.state == "held").order_by(desk.answers.id)
    return list((await session.execute(rows)).scalars())


async def last_answer(desk: Desk, session: AsyncSession, matter_id: int) -> Answer | None:
    """Give the newest answer of ours that was not cancelled."""
    mine = (desk.answers.conversation_id == matter_id, desk.answers.state != "cancelled")
    rows = select(desk.answers).where(*mine).order_by(desk.answers.id.desc()).limit(1)
    return (await session.execute(rows)).scalars().first()


async def answer_by_message_id(desk: Desk, session: AsyncSession, message_id: str) -> Answer | None:
    """Find the answer of ours with this Message-ID."""
    rows = select(desk.answers).where(desk.answers.message_id == message_id)
    return (await session.execute(rows)).scalar_one_or_none()


async def draft_of(desk: Desk, session: AsyncSession, matter_id: int, author_id: str) -> Begun | None:
    """Give the answer this person has begun."""
    return await session.get(desk.drafts, (matter_id, author_id))


async def lock_draft(desk: Desk, session: AsyncSession, matter_id: int, author_id: str) -> Begun | None:
    """Give the answer this person has begun, as it is now, that nobody else changes meanwhile."""
    drafts = desk.drafts
    rows = select(drafts).where(drafts.conversation_id == matter_id, drafts.author_id == author_id)
    return (await session.execute(for_change(rows))).scalar_one_or_none()


async def open_draft(
    desk: Desk, session: AsyncSession, matter_id: int, author_id: str, now: datetime
) -> Begun:
    """Lock the answer this person has begun; an empty one where there is none."""
    begun = {
        "conversation_id": matter_id, "author_id": author_id, "text": "", "begun_at": now, "is_open": True,
    }  # fmt: skip
    while True:
        await session.execute(insert(session, desk.drafts).values(begun).on_conflict_do_nothing())
        # Gone again when it was sent while we waited for it.
        if draft := await lock_draft(desk, session, matter_id, author_id):
            return draft


async def others_answering(
    desk: Desk, session: AsyncSession, matter_id: int, author_id: str, now: datetime
) -> list[str]:
    """Give who else has the answer open right now."""
    drafts = desk.drafts
    rows = select(drafts.author_id).where(
        drafts.conversation_id == matter_id,
        drafts.author_id != author_id,
        drafts.is_open,
        drafts.begun_at >= now - ANSWERING_FOR,
    )
    return list((await session.execute(rows)).scalars())


async def lock_stray(session: AsyncSession, stray_id: int) -> Stray:
    """Give a stray mail, as it is now, that nobody else decides on until this transaction ends."""
    rows = select(Stray).where(Stray.id == stray_id)
    return (await session.execute(for_change(rows))).scalar_one()


async def set_aside(session: AsyncSession, mailboxes: Sequence[str], *, limit: int = 20) -> list[Stray]:
    """Give the newest mails to these addresses of ours that were set aside."""
    own = [one.lower() for one in mailboxes]
    rows = select(Stray).where(Stray.state == ASIDE, Stray.mailbox.in_(own)).order_by(Stray.id.desc())
    return list((await session.execute(rows.limit(limit))).scalars())
