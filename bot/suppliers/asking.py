"""Writing to a supplier first: a conversation that begins with us."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import SwitchboardError
from bot.letters.arriving import folded_subject
from bot.letters.model import Channels
from bot.suppliers import store
from bot.suppliers.model import Conversation, Supplier, SupplierMail


class NobodyToAsk(SwitchboardError):
    """No mail address of {name} is known. */supplier add* adds one."""


async def begin(
    session: AsyncSession, supplier_id: int, subject: str, mailbox: str, channels: Channels, now: datetime
) -> Conversation:
    """Begin a conversation with a supplier's first contact; it is shown once something was sent in it.

    `mailbox`: the address of ours that it is written from.
    """
    supplier = await session.get_one(Supplier, supplier_id)
    contacts = await store.contacts(session, supplier_id)
    if not contacts:
        raise NobodyToAsk(name=supplier.name)
    subject = " ".join(subject.split())
    if begun := await store.begun(session, supplier_id, subject):
        return begun
    conversation = Conversation(
        supplier_id=supplier_id,
        mailbox=mailbox,
        subject=subject,
        folded_subject=folded_subject(subject),
        channel_id=supplier.channel_id or channels.suppliers,
        started_at=now,
        active_at=now,
    )
    session.add(conversation)
    await session.flush()
    contact = contacts[0]
    opening = SupplierMail(
        conversation_id=conversation.id,
        contact_id=contact.id,
        references=[],
        sender_name=contact.name,
        sender_address=contact.address,
        reply_address=contact.address,
        copies=[],
        subject=subject,
        written_at=now,
        arrived_at=now,
        language=supplier.language,
        text="",
        rich=[],
        quoted="",
        signature="",
        refused=[],
        files=[],
        sha256="",
    )
    session.add(opening)
    await session.flush()
    return conversation
