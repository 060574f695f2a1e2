"""Our answer to a supplier: begun, shown exactly as it leaves, held, sent or taken back, and its fate.

Only a person who saw the preview sends. A draft is kept from the first preview on, so that nothing typed is
lost to a closed window.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks
from bot.errors import SwitchboardError
from bot.mail.compose import Answered, compose_reply
from bot.mail.language import detect
from bot.mail.model import Address, Bounce
from bot.people import store as people
from bot.storage import blobs, outbox
from bot.storage.database import Database
from bot.storage.outbox import OutboxRow
from bot.suppliers import cards, messages, store
from bot.suppliers.model import Conversation, Draft, Reply, Supplier, SupplierMail

PURPOSE = "suppliers.reply"


class TooLate(SwitchboardError):
    """It is on its way already and can no longer be taken back."""


class NothingToSend(SwitchboardError):
    """An answer needs some words."""


@dataclass(frozen=True)
class Sender:
    """The shop as it writes: the name people see, the address, and how long an answer waits."""

    name: str
    address: str
    hold: timedelta


@dataclass(frozen=True)
class Preview:
    """An answer exactly as it would leave. `language` it is written in, `reads` what the supplier reads."""

    sender: str
    recipient: str
    copies: tuple[str, ...]
    subject: str
    body: str
    language: str | None
    reads: str


async def begin(
    session: AsyncSession, conversation_id: int, author_id: str, now: datetime, text: str | None = None
) -> Draft:
    """Note that somebody is answering; give what they had written before, or `text`."""
    draft = await store.draft_of(session, conversation_id, author_id)
    if draft is None:
        draft = Draft(conversation_id=conversation_id, author_id=author_id, text="")
        session.add(draft)
    if text and text not in draft.text:
        # What was begun before is not lost to what is sent up now.
        draft.text = f"{draft.text}\n\n{text}" if draft.text else text
    draft.begun_at, draft.is_open = now, True
    return draft


async def keep(session: AsyncSession, conversation_id: int, author_id: str, now: datetime, text: str) -> None:
    """Keep the answer as it is written now. `NothingToSend` when there is not a word in it."""
    if not text.strip():
        raise NothingToSend
    draft = await begin(session, conversation_id, author_id, now)
    draft.text = text


async def leave_off(session: AsyncSession, conversation_id: int, author_id: str) -> None:
    """Note that somebody closed the window; the draft stays."""
    if draft := await store.draft_of(session, conversation_id, author_id):
        draft.is_open = False


async def preview(session: AsyncSession, conversation_id: int, text: str, sender: Sender) -> Preview:
    """Show the mail that `send` would let leave: the same bytes are made, and read back."""
    conversation = await session.get_one(Conversation, conversation_id)
    supplier = await session.get_one(Supplier, conversation.supplier_id)
    answered = await store.last_mail(session, conversation_id)
    raw = _compose(answered, text, sender, outbox.new_uid(), answered.arrived_at)
    leaving = message_from_bytes(raw, policy=policy.default)
    return Preview(
        sender=str(leaving["From"]),
        recipient=str(leaving["To"]),
        copies=tuple(answered.copies),
        subject=str(leaving["Subject"]),
        body=leaving.get_content().replace("\r\n", "\n").rstrip("\n"),
        language=detect(text),
        reads=answered.language or supplier.language,
    )


@dataclass(frozen=True)
class Situation:
    """What matters to whoever is about to send: the newest mail's id, and who else is answering."""

    newest: int
    others: tuple[str, ...]

    def warnings(self, seen: "Situation") -> list[str]:
        """Say what is so now and should give pause to somebody who began when it was as `seen`."""
        said = []
        if self.newest > seen.newest:
            said.append("A newer mail came in while you were writing. It is the one quoted below.")
        if self.others:
            who = blocks.escape(" and ".join(self.others))
            said.append(f"{who} {'are' if len(self.others) > 1 else 'is'} answering this too.")
        return said

    def is_news(self, seen: "Situation") -> bool:
        """Tell whether somebody who confirmed at `seen` must be asked again."""
        return self.newest > seen.newest or not set(self.others) <= set(seen.others)


async def situation(session: AsyncSession, conversation_id: int, author_id: str, now: datetime) -> Situation:
    """Look how things stand for somebody about to send."""
    newest = await store.last_mail(session, conversation_id)
    last = await store.last_reply(session, conversation_id)
    others = await store.others_answering(session, conversation_id, author_id, now)
    if last and last.author_id != author_id and last.state == "held":
        others.append(last.author_id)
    names = await people.names(session, others)
    return Situation(newest.id, tuple(sorted(names.values())))


async def send(
    database: Database,
    session: AsyncSession,
    conversation_id: int,
    author_id: str,
    sender: Sender,
    now: datetime,
) -> Reply:
    """Send the author's draft: it is held in the thread first, where it can be cancelled."""
    draft = await store.draft_of(session, conversation_id, author_id)
    if draft is None or not draft.text.strip():
        raise NothingToSend
    conversation = await store.lock_conversation(session, conversation_id)
    answered = await store.last_mail(session, conversation_id)
    uid = outbox.new_uid()
    raw = _compose(answered, draft.text, sender, uid, now)
    sha256 = blobs.digest(raw)
    await blobs.put(database, session, {sha256: raw})
    reply = Reply(
        conversation_id=conversation_id,
        author_id=author_id,
        answers_id=answered.id,
        recipient=answered.reply_address,
        copies=answered.copies,
        text=draft.text,
        message_id=message_id(uid, sender),
        state="held",
        written_at=now,
        leaves_at=now + sender.hold,
    )
    session.add(reply)
    await session.delete(draft)
    await session.flush()
    await _queue(session, conversation, reply, uid, sha256, sender)
    await cards.refresh(session, conversation)
    return reply


async def _queue(
    session: AsyncSession, conversation: Conversation, reply: Reply, uid: str, sha256: str, sender: Sender
) -> None:
    leaving = outbox.Draft(
        key=f"reply:{reply.id}",
        uid=uid,
        kind="mail.send",
        lane=f"mail:{conversation.id}",
        payload={
            "sender": sender.address,
            "recipients": [reply.recipient, *reply.copies],
            "sha256": sha256,
        },
        purpose=PURPOSE,
        subject_id=reply.id,
        not_before=reply.leaves_at,
    )
    reply.mail_id = await outbox.add(session, leaving)
    author = await _name_of(session, reply.author_id)
    post = messages.reply_post(reply, author)
    reply.post_id = await cards.in_thread(session, conversation, f"reply:{reply.id}:post", post)


def _compose(answered: SupplierMail, text: str, sender: Sender, uid: str, now: datetime) -> bytes:
    return compose_reply(
        uid=uid,
        domain=_domain(sender),
        sender=Address(sender.name, sender.address),
        to=Address(answered.sender_name, answered.reply_address),
        cc=[Address("", address) for address in answered.copies],
        answered=Answered(
            message_id=answered.message_id,
            references=tuple(answered.references),
            subject=answered.subject,
            date=answered.written_at,
            sender=Address(answered.sender_name, answered.sender_address),
            text=answered.text,
        ),
        text=text,
        now=now,
    )


def message_id(uid: str, sender: Sender) -> str:
    """Give the Message-ID of the mail that leaves under this outbox id."""
    return f"<{uid}@{_domain(sender)}>"


def _domain(sender: Sender) -> str:
    return sender.address.rpartition("@")[2]


async def cancel(session: AsyncSession, reply_id: int, person_id: str) -> None:
    """Take a held answer back; its text becomes the author's draft again. `TooLate` once it is on its way."""
    reply = await session.get_one(Reply, reply_id)
    if reply.state != "held" or reply.mail_id is None or not await outbox.cancel(session, reply.mail_id):
        raise TooLate
    reply.state = "cancelled"
    draft = await begin(session, reply.conversation_id, reply.author_id, reply.written_at, reply.text)
    draft.is_open = False
    await _redraw(session, reply, actor=await _name_of(session, person_id))


async def send_now(session: AsyncSession, reply_id: int) -> None:
    """Let a held answer leave without waiting. `TooLate` when there is nothing left to hasten."""
    reply = await session.get_one(Reply, reply_id)
    if reply.state != "held" or reply.mail_id is None or not await outbox.hasten(session, reply.mail_id):
        raise TooLate


async def settled(session: AsyncSession, row: OutboxRow, now: datetime) -> None:
    """Hear from the outbox what became of an answer: it left, or it could not."""
    if row.subject_id is None:
        return
    reply = await session.get_one(Reply, row.subject_id)
    conversation = await store.lock_conversation(session, reply.conversation_id)
    if row.state == "sent":
        reply.state, reply.sent_at, reply.problem = "sent", now, None
        newest = await store.last_mail(session, conversation.id)
        # What came in after the answer was written still waits for one.
        conversation.waiting_since = newest.arrived_at if newest.id > reply.answers_id else None
        conversation.answered_by, conversation.answered_at = reply.author_id, now
        conversation.active_at = now
    else:
        reply.state, reply.problem = "failed", row.error or ""
    await _redraw(session, reply)


async def bounced(session: AsyncSession, bounce: Bounce, now: datetime) -> bool:
    """Show on our answer that it came back; False when the bounce is of no answer of ours."""
    reply = await store.reply_by_message_id(session, bounce.original_message_id or "")
    if reply is None:
        return False
    conversation = await store.lock_conversation(session, reply.conversation_id)
    reply.state, reply.problem = "bounced", bounce.reason
    answered = await session.get_one(SupplierMail, reply.answers_id)
    conversation.waiting_since = conversation.waiting_since or answered.arrived_at
    conversation.active_at = now
    await _redraw(session, reply)
    return True


async def warn_held(session: AsyncSession, conversation_id: int) -> None:
    """Say on an answer that is still held that a newer mail came in after it was written."""
    reply = await store.last_reply(session, conversation_id)
    if reply and reply.state == "held":
        await _redraw(session, reply, newer=True)


async def _redraw(session: AsyncSession, reply: Reply, *, newer: bool = False, actor: str = "") -> None:
    conversation = await session.get_one(Conversation, reply.conversation_id)
    author = await _name_of(session, reply.author_id)
    post = messages.reply_post(reply, author, newer=newer, actor=actor)
    if reply.post_id is not None:
        await cards.change_post(session, conversation, reply.post_id, post)
    await cards.refresh(session, conversation)


async def _name_of(session: AsyncSession, person_id: str) -> str:
    return (await people.names(session, [person_id])).get(person_id, "A colleague")
