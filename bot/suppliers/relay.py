"""A mail arrives: whose is it, which conversation does it belong to, and what is the team shown."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.mail.model import Attachment, Mail
from bot.storage import blobs, outbox
from bot.storage.database import Database
from bot.suppliers import cards, messages, replies, store, strays
from bot.suppliers.model import Channels, Contact, Conversation, Stray, Supplier, SupplierMail, fold

# Re:, AW:, 回复: and their like, with the counters some programs add (Re[2]:).
_REPLY_PREFIX = re.compile(
    r"^(?:\s*(?:re|aw|antw|sv|vs|odp|rif|res|ynt|bls|回复|回覆|答复|答覆|返信|fwd?|wg|tr|rv|转发|轉寄)"
    r"(?:\[\d{1,3}\])?\s?[:：])+\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Arrived:
    """A mail as it reached us: `sha256` names its raw bytes, `mailbox` is the address of ours it came to.

    `vouched`: a person fetched it back, so that it counts as written by somebody.
    """

    mail: Mail
    sha256: str
    mailbox: str
    at: datetime
    vouched: bool = False


async def receive(database: Database, session: AsyncSession, arrived: Arrived, channels: Channels) -> None:
    """Take in one mail of a suppliers' mailbox."""
    mail = arrived.mail
    if mail.bounce and await replies.bounced(session, mail.bounce, arrived.at):
        return
    if mail.automatic and not arrived.vouched:
        await _stray(session, arrived, strays.ASIDE, mail.automatic.sentence)
        return
    contact = await store.contact_of(session, mail.sender.address)
    if contact:
        await relay(database, session, arrived, contact, channels)
    elif await store.is_not_a_supplier(session, mail.sender.address):
        await _stray(session, arrived, strays.ASIDE, messages.SAID_NOT_A_SUPPLIER)
    else:
        stray = await _stray(session, arrived, strays.UNSORTED, None)
        await strays.show(session, stray, channels)


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
        conversation = await store.lock_conversation(session, conversation.id)
    conversation.waiting_since = conversation.waiting_since or arrived.at
    conversation.active_at = arrived.at
    mail = _record(arrived, conversation, contact)
    mail.reply_address, mail.copies = await _answer_to(session, arrived.mail, supplier)
    session.add(mail)
    await session.flush()
    files = await _keep_files(database, session, arrived.mail.attachments)
    if is_new:
        await cards.open_card(session, conversation, supplier, contact, mail)
    else:
        await cards.follow_up(session, conversation, supplier, contact, mail)
        await cards.refresh(session, conversation)
        await replies.warn_held(session, conversation.id)
    for number, (file, sha256) in enumerate(files):
        await outbox.add(session, cards.file(conversation, mail, number, file, sha256))


async def _conversation_of(
    session: AsyncSession, arrived: Arrived, supplier: Supplier
) -> Conversation | None:
    """Find where a mail belongs: by the mails it refers to, else as an answer to a recent subject.

    Only among this supplier's conversations: a Message-ID that a stranger guessed opens none.
    """
    mail = arrived.mail
    refers_to = [one for one in (mail.in_reply_to, *reversed(mail.references)) if one]
    found = await store.conversation_by_references(session, supplier.id, refers_to)
    if found is None and _REPLY_PREFIX.match(mail.subject):
        found = await store.conversation_by_subject(
            session, supplier.id, folded_subject(mail.subject), arrived.at
        )
    return found


def folded_subject(subject: str) -> str:
    """Make the subjects of one conversation the same: without Re: and the like, case and spaces."""
    return fold(_REPLY_PREFIX.sub("", subject, count=1))


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


def _record(arrived: Arrived, conversation: Conversation, contact: Contact) -> SupplierMail:
    mail = arrived.mail
    return SupplierMail(
        conversation_id=conversation.id,
        contact_id=contact.id,
        message_id=mail.message_id,
        references=list(mail.references),
        sender_name=mail.sender.name,
        sender_address=mail.sender.address,
        subject=mail.subject,
        written_at=mail.date or arrived.at,
        arrived_at=arrived.at,
        language=mail.language,
        text=mail.text,
        rich=[dict(element) for element in mail.rich],
        quoted=mail.quoted,
        signature=mail.signature,
        refused=[*mail.problems, *(file.refused for file in mail.attachments if file.refused)],
        sha256=arrived.sha256,
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


async def _keep_files(
    database: Database, session: AsyncSession, attachments: tuple[Attachment, ...]
) -> list[tuple[Attachment, str]]:
    kept = [(file, blobs.digest(file.content)) for file in attachments if not file.refused]
    await blobs.put(database, session, {sha256: file.content for file, sha256 in kept})
    return kept


async def _stray(session: AsyncSession, arrived: Arrived, state: str, reason: str | None) -> Stray:
    mail = arrived.mail
    stray = Stray(
        sender_name=mail.sender.name,
        sender_address=mail.sender.address,
        subject=mail.subject,
        excerpt=mail.text[: strays.EXCERPT],
        mailbox=arrived.mailbox,
        arrived_at=arrived.at,
        state=state,
        reason=reason,
        sha256=arrived.sha256,
    )
    session.add(stray)
    await session.flush()
    return stray
