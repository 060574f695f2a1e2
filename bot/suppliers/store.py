"""Every query about suppliers."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage import outbox
from bot.suppliers.model import (
    ANSWERING_FOR,
    SUBJECT_MATCHES_FOR,
    Contact,
    Conversation,
    Draft,
    NotASupplier,
    Reply,
    Stray,
    Supplier,
    SupplierMail,
    fold,
)


async def all_suppliers(session: AsyncSession) -> list[Supplier]:
    """Give every supplier by name."""
    return list((await session.execute(select(Supplier).order_by(Supplier.folded_name))).scalars())


async def by_name(session: AsyncSession, name: str) -> Supplier | None:
    """Find a supplier by name, whatever its case."""
    found = select(Supplier).where(Supplier.folded_name == fold(name))
    return (await session.execute(found)).scalar_one_or_none()


async def contact_of(session: AsyncSession, address: str) -> Contact | None:
    """Find who writes from this address."""
    return (await session.execute(select(Contact).where(Contact.address == address))).scalar_one_or_none()


async def contacts(session: AsyncSession, supplier_id: int) -> list[Contact]:
    """Give the people of a supplier, in the order they were added."""
    rows = select(Contact).where(Contact.supplier_id == supplier_id).order_by(Contact.id)
    return list((await session.execute(rows)).scalars())


async def supplier_of_domain(session: AsyncSession, address: str) -> Supplier | None:
    """Find a supplier with a contact at the same domain: a hint for a person, never a decision."""
    domain = address.rpartition("@")[2].replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    rows = (
        select(Supplier)
        .join(Contact, Contact.supplier_id == Supplier.id)
        .where(Contact.address.like(f"%@{domain}", escape="\\"))
        .limit(1)
    )
    return (await session.execute(rows)).scalar_one_or_none()


async def conversation_by_references(
    session: AsyncSession, supplier_id: int, message_ids: Sequence[str]
) -> Conversation | None:
    """Find the conversation of this supplier in which one of these mails stands, theirs or ours."""
    if not message_ids:
        return None
    theirs = (
        select(Conversation)
        .join(SupplierMail, SupplierMail.conversation_id == Conversation.id)
        .where(SupplierMail.message_id.in_(message_ids))
    )
    ours = (
        select(Conversation)
        .join(Reply, Reply.conversation_id == Conversation.id)
        .where(Reply.message_id.in_(message_ids))
    )
    for rows in (theirs, ours):
        rows = rows.where(Conversation.supplier_id == supplier_id).order_by(Conversation.id.desc()).limit(1)  # noqa: PLW2901
        if found := (await session.execute(rows)).scalars().first():
            return found
    return None


async def conversation_by_subject(
    session: AsyncSession, supplier_id: int, folded_subject: str, now: datetime
) -> Conversation | None:
    """Find a conversation of this supplier that was active lately under this subject."""
    rows = (
        select(Conversation)
        .where(
            Conversation.supplier_id == supplier_id,
            Conversation.folded_subject == folded_subject,
            Conversation.active_at >= now - SUBJECT_MATCHES_FOR,
        )
        .order_by(Conversation.active_at.desc())
        .limit(1)
    )
    return (await session.execute(rows)).scalars().first()


async def conversation_of_card(session: AsyncSession, channel_id: str, ts: str) -> Conversation | None:
    """Find the conversation whose card is this Slack message."""
    card_id = await outbox.posted(session, channel_id, ts)
    if card_id is None:
        return None
    rows = select(Conversation).where(Conversation.card_id == card_id)
    return (await session.execute(rows)).scalar_one_or_none()


async def lock_conversation(session: AsyncSession, conversation_id: int) -> Conversation:
    """Give a conversation that nobody else changes until this transaction ends."""
    rows = select(Conversation).where(Conversation.id == conversation_id).with_for_update()
    return (await session.execute(rows)).scalar_one()


async def waiting_conversations(
    session: AsyncSession, supplier_id: int | None = None
) -> list[tuple[Conversation, Supplier]]:
    """Give what waits for us, the longest wait first; of one supplier, or of all."""
    rows = (
        select(Conversation, Supplier)
        .join(Supplier, Supplier.id == Conversation.supplier_id)
        .where(Conversation.waiting_since.is_not(None))
        .order_by(Conversation.waiting_since)
    )
    if supplier_id is not None:
        rows = rows.where(Conversation.supplier_id == supplier_id)
    return [(conversation, supplier) for conversation, supplier in await session.execute(rows)]


async def waiting_counts(session: AsyncSession) -> dict[int, int]:
    """Count what waits for us, by supplier."""
    rows = (
        select(Conversation.supplier_id, func.count())
        .where(Conversation.waiting_since.is_not(None))
        .group_by(Conversation.supplier_id)
    )
    return {supplier_id: count for supplier_id, count in await session.execute(rows)}  # noqa: C416 - typed rows


async def last_mail(session: AsyncSession, conversation_id: int) -> SupplierMail:
    """Give the newest mail of a conversation."""
    rows = (
        select(SupplierMail)
        .where(SupplierMail.conversation_id == conversation_id)
        .order_by(SupplierMail.id.desc())
        .limit(1)
    )
    return (await session.execute(rows)).scalar_one()


async def first_mail(session: AsyncSession, conversation_id: int) -> SupplierMail:
    """Give the mail that began a conversation: the one its card shows."""
    rows = (
        select(SupplierMail)
        .where(SupplierMail.conversation_id == conversation_id)
        .order_by(SupplierMail.id)
        .limit(1)
    )
    return (await session.execute(rows)).scalar_one()


async def last_reply(session: AsyncSession, conversation_id: int) -> Reply | None:
    """Give the newest answer of ours that was not cancelled."""
    rows = (
        select(Reply)
        .where(Reply.conversation_id == conversation_id, Reply.state != "cancelled")
        .order_by(Reply.id.desc())
        .limit(1)
    )
    return (await session.execute(rows)).scalars().first()


async def reply_by_message_id(session: AsyncSession, message_id: str) -> Reply | None:
    """Find the answer of ours with this Message-ID."""
    return (await session.execute(select(Reply).where(Reply.message_id == message_id))).scalar_one_or_none()


async def change_reply(session: AsyncSession, reply_id: int, *, state_was: str, **values: object) -> bool:
    """Change an answer if its state is still the one it was; False when somebody was quicker."""
    changed = (
        update(Reply)
        .where(Reply.id == reply_id, Reply.state == state_was)
        .values(**values)
        .returning(Reply.id)
        .execution_options(synchronize_session=False)
    )
    return (await session.execute(changed)).first() is not None


async def draft_of(session: AsyncSession, conversation_id: int, author_id: str) -> Draft | None:
    """Give the answer this person has begun."""
    return await session.get(Draft, (conversation_id, author_id))


async def others_answering(
    session: AsyncSession, conversation_id: int, author_id: str, now: datetime
) -> list[str]:
    """Give who else has the answer open right now."""
    rows = select(Draft.author_id).where(
        Draft.conversation_id == conversation_id,
        Draft.author_id != author_id,
        Draft.is_open,
        Draft.begun_at >= now - ANSWERING_FOR,
    )
    return list((await session.execute(rows)).scalars())


async def is_not_a_supplier(session: AsyncSession, address: str) -> bool:
    """Tell whether somebody said that this address is no supplier's."""
    return await session.get(NotASupplier, address) is not None


async def unsorted_of(session: AsyncSession, address: str) -> list[Stray]:
    """Give the mails from this address that nobody has sorted yet, in the order they came."""
    rows = select(Stray).where(Stray.sender_address == address, Stray.state == "unsorted").order_by(Stray.id)
    return list((await session.execute(rows)).scalars())


async def lock_stray(session: AsyncSession, stray_id: int) -> Stray:
    """Give a stray mail that nobody else decides on until this transaction ends."""
    return (await session.execute(select(Stray).where(Stray.id == stray_id).with_for_update())).scalar_one()


async def set_aside(session: AsyncSession, *, limit: int = 20) -> list[Stray]:
    """Give the newest mails that were set aside."""
    rows = select(Stray).where(Stray.state == "aside").order_by(Stray.id.desc()).limit(limit)
    return list((await session.execute(rows)).scalars())
