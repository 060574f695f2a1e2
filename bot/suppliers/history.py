"""All that was written to and by a supplier, out of our own store: Slack may forget after 90 days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters import older
from bot.people import store as people
from bot.suppliers import store
from bot.suppliers.model import Conversation, Note, Reply, SupplierMail

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


async def of(session: AsyncSession, supplier_id: int) -> tuple[Sequence[Entry], bool]:
    """Give what was written last, the newest first, and whether there is more."""
    found = [
        *await _theirs(session, supplier_id),
        *await _ours(session, supplier_id),
        *await _inside(session, supplier_id),
        *await _before_us(session, supplier_id),
    ]
    found.sort(key=lambda one: one.at, reverse=True)
    return found[:MOST], len(found) > MOST


async def _theirs(session: AsyncSession, supplier_id: int) -> list[Entry]:
    rows = (
        select(SupplierMail)
        .join(Conversation, Conversation.id == SupplierMail.conversation_id)
        .where(Conversation.supplier_id == supplier_id)
        .order_by(SupplierMail.id.desc())
        .limit(MOST + 1)
    )
    return [
        Entry(one.arrived_at, "theirs", one.sender_name or one.sender_address, one.subject, one.text)
        for one in (await session.execute(rows)).scalars()
    ]


async def _ours(session: AsyncSession, supplier_id: int) -> list[Entry]:
    rows = (
        select(Reply, Conversation.subject)
        .join(Conversation, Conversation.id == Reply.conversation_id)
        .where(Conversation.supplier_id == supplier_id, Reply.sent_at.is_not(None))
        .order_by(Reply.id.desc())
        .limit(MOST + 1)
    )
    answers = (await session.execute(rows)).tuples().all()
    names = await people.names(session, {one.author_id for one, _subject in answers})
    return [
        Entry(one.sent_at or one.written_at, "ours", names.get(one.author_id, ""), subject, one.text)
        for one, subject in answers
    ]


async def _inside(session: AsyncSession, supplier_id: int) -> list[Entry]:
    rows = (
        select(Note, Conversation.subject)
        .join(Conversation, Conversation.id == Note.conversation_id)
        .where(Conversation.supplier_id == supplier_id)
        .order_by(Note.id.desc())
        .limit(MOST + 1)
    )
    notes = (await session.execute(rows)).tuples().all()
    names = await people.names(session, {one.author_id for one, _subject in notes})
    return [
        Entry(one.written_at, "note", names.get(one.author_id, ""), subject, one.text)
        for one, subject in notes
    ]


async def _before_us(session: AsyncSession, supplier_id: int) -> list[Entry]:
    addresses = [one.address for one in await store.contacts(session, supplier_id)]
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
