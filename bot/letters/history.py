"""All that was written to and by somebody outside, out of our own store: Slack may forget after 90 days."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters import older
from bot.letters.desk import Desk
from bot.people import store as people

# Two blocks each, of the hundred that a window holds.
MOST = 45


@dataclass(frozen=True)
class Entry:
    """One thing that was written. `kind`: theirs, ours, or note (which stayed inside)."""

    at: datetime
    kind: str
    who: str
    subject: str
    text: str


async def of(
    desk: Desk, session: AsyncSession, mine: ColumnElement[bool], addresses: Collection[str]
) -> tuple[Sequence[Entry], bool]:
    """Give what was written last in these matters, the newest first, and whether there is more.

    `mine` is a condition on the desk's matters; mail of the time before us is by `addresses`.
    """
    found = [
        *await _theirs(desk, session, mine),
        *await _ours(desk, session, mine),
        *await _inside(desk, session, mine),
        *await _before_us(session, addresses),
    ]
    found.sort(key=lambda one: one.at, reverse=True)
    return found[:MOST], len(found) > MOST


async def _theirs(desk: Desk, session: AsyncSession, mine: ColumnElement[bool]) -> list[Entry]:
    mails = desk.mails
    rows = select(mails).join(desk.matters, desk.matters.id == mails.conversation_id).where(mine)
    # Where we wrote first, what stands at the beginning is empty.
    rows = rows.where(or_(mails.sha256 != "", mails.text != ""))
    found = (await session.execute(rows.order_by(mails.id.desc()).limit(MOST + 1))).scalars()
    return [
        Entry(one.arrived_at, "theirs", one.sender_name or one.sender_address, one.subject, one.text)
        for one in found
    ]


async def _ours(desk: Desk, session: AsyncSession, mine: ColumnElement[bool]) -> list[Entry]:
    rows = (
        select(desk.answers, desk.matters.subject)
        .join(desk.matters, desk.matters.id == desk.answers.conversation_id)
        .where(mine, desk.answers.sent_at.is_not(None))
        .order_by(desk.answers.id.desc())
        .limit(MOST + 1)
    )
    answers = (await session.execute(rows)).tuples().all()
    names = await people.names(session, {one.author_id for one, _subject in answers})
    return [
        Entry(one.sent_at or one.written_at, "ours", names.get(one.author_id, ""), subject, one.text)
        for one, subject in answers
    ]


async def _inside(desk: Desk, session: AsyncSession, mine: ColumnElement[bool]) -> list[Entry]:
    rows = (
        select(desk.notes, desk.matters.subject)
        .join(desk.matters, desk.matters.id == desk.notes.conversation_id)
        .where(mine)
        .order_by(desk.notes.id.desc())
        .limit(MOST + 1)
    )
    notes = (await session.execute(rows)).tuples().all()
    names = await people.names(session, {one.author_id for one, _subject in notes})
    return [
        Entry(one.written_at, "note", names.get(one.author_id, ""), subject, one.text)
        for one, subject in notes
    ]


async def _before_us(session: AsyncSession, addresses: Collection[str]) -> list[Entry]:
    return [
        Entry(
            one.written_at,
            "ours" if one.is_sent else "theirs",
            one.sender_name or one.sender_address,
            one.subject,
            one.text,
        )
        for one in await older.of(session, addresses, limit=MOST + 1)
    ]
