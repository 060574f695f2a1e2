"""A mail arrives: whose is it, which conversation does it belong to, and what is the team shown."""

from typing import cast

from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters import cards, replies
from bot.letters import store as letters
from bot.letters import strays as aside
from bot.letters.arriving import REPLY_PREFIX, Arrived, columns, folded_subject
from bot.letters.model import ASIDE, UNSORTED, Channels
from bot.mail.model import Mail
from bot.storage.database import Database
from bot.suppliers import messages, store, strays
from bot.suppliers.desk import DESK
from bot.suppliers.model import Contact, Conversation, Supplier, SupplierMail


async def receive(database: Database, session: AsyncSession, arrived: Arrived, channels: Channels) -> None:
    """Take in one mail of a suppliers' mailbox."""
    mail = arrived.mail
    if mail.bounce and await replies.bounced(DESK, session, mail.bounce, arrived.at):
        return
    if mail.automatic and not arrived.vouched:
        await aside.keep(session, arrived, ASIDE, mail.automatic.sentence)
        return
    contact = await store.contact_of(session, mail.sender.address)
    if contact:
        await relay(database, session, arrived, contact, channels)
    elif await store.is_not_a_supplier(session, mail.sender.address):
        await aside.keep(session, arrived, ASIDE, messages.SAID_NOT_A_SUPPLIER)
    else:
        await strays.show(session, await aside.keep(session, arrived, UNSORTED, None), channels)


async def relay(
    database: Database, session: AsyncSession, arrived: Arrived, contact: Contact, channels: Channels
) -> None:
    """Show a known contact's mail: as a new card, or in the thread of the conversation it belongs to."""
    supplier = await session.get_one(Supplier, contact.supplier_id)
    conversation = await _conversation_of(session, arrived, supplier)
    is_new = conversation is None
    if conversation is None:
        conversation = _begin(arrived, supplier, channels)
        session.add(conversation)
        await session.flush()
    else:
        conversation = cast("Conversation", await letters.lock(DESK, session, conversation.id))
    conversation.waiting_since = conversation.waiting_since or arrived.at
    conversation.active_at = arrived.at
    recipient, copies = await _answer_to(session, arrived.mail, supplier)
    mail = SupplierMail(
        conversation_id=conversation.id,
        contact_id=contact.id,
        reply_address=recipient,
        copies=copies,
        **columns(arrived),
    )
    session.add(mail)
    await session.flush()
    look, told = messages.as_supplier(supplier, contact), await strays.tells(session, arrived)
    if is_new:
        await cards.open_card(DESK, session, conversation, mail, look, **told)
    else:
        post = messages.follow_up(conversation, supplier, contact, mail)
        key = f"{DESK.name}:mail:{mail.id}"
        mail.post_id = await cards.in_thread(session, conversation, key, look | post, **told)
        await cards.refresh(DESK, session, conversation)
        await replies.warn_held(DESK, session, conversation.id)
    await cards.add_files(DESK, database, session, conversation, mail, arrived.mail.attachments)


async def _conversation_of(
    session: AsyncSession, arrived: Arrived, supplier: Supplier
) -> Conversation | None:
    """Find where a mail belongs: by the mails it refers to, else as an answer to a recent subject.

    Only among this supplier's conversations: a Message-ID that a stranger guessed opens none.
    """
    mail = arrived.mail
    for found in await letters.by_references(DESK, session, arrived.refers_to):
        if isinstance(found, Conversation) and found.supplier_id == supplier.id:
            return found
    if not REPLY_PREFIX.match(mail.subject):
        return None
    return await store.conversation_by_subject(session, supplier.id, folded_subject(mail.subject), arrived.at)


def _begin(arrived: Arrived, supplier: Supplier, channels: Channels) -> Conversation:
    return Conversation(
        supplier_id=supplier.id,
        mailbox=arrived.mailbox,
        subject=arrived.mail.subject,
        folded_subject=folded_subject(arrived.mail.subject),
        channel_id=supplier.channel_id or channels.suppliers,
        started_at=arrived.at,
        active_at=arrived.at,
    )


async def _answer_to(session: AsyncSession, mail: Mail, supplier: Supplier) -> tuple[str, list[str]]:
    """Tell who gets the answer, and who a copy: only addresses we know as this supplier's.

    A Reply-To that leads elsewhere is how answers are stolen, so it counts only when it is a contact's.
    """
    known = {contact.address for contact in await store.contacts(session, supplier.id)}
    wanted = mail.reply_to.address if mail.reply_to else ""
    recipient = wanted if wanted in known else mail.sender.address
    written_to = [one.address for one in (*mail.to, *mail.cc)]
    return recipient, [one for one in dict.fromkeys(written_to) if one in known and one != recipient]
