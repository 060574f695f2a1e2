"""Our answer to a letter: begun, shown exactly as it leaves, held, sent or taken back, and its fate.

Only a person who saw the preview sends. A draft is kept from the first preview on, so that nothing typed is
lost to a closed window.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks
from bot.errors import SwitchboardError
from bot.letters import cards, messages, store
from bot.letters.desk import Desk
from bot.letters.model import Answer, Begun, Incoming, Matter
from bot.mail.compose import Answered, compose_reply
from bot.mail.language import detect
from bot.mail.model import Address, Bounce
from bot.people import store as people
from bot.storage import blobs, holds, outbox
from bot.storage.database import Database
from bot.storage.outbox import OutboxRow
from bot.words import _, n_


class TooLate(SwitchboardError):
    """It is on its way already and can no longer be taken back."""


class NothingToSend(SwitchboardError):
    """An answer needs some words."""


class ChangedSince(SwitchboardError):
    """Things have changed since the preview; look once more."""


class NoAddress(SwitchboardError):
    """No mail address is known here, so nothing can be sent from Slack. Answer where they asked."""


@dataclass(frozen=True)
class Sender:
    """The shop as it writes: the name people see, the address, and how long an answer waits."""

    name: str
    address: str
    hold: timedelta


@dataclass(frozen=True)
class Preview:
    """An answer exactly as it would leave. `language` it is written in, `reads` what the other side reads."""

    sender: str
    recipient: str
    copies: tuple[str, ...]
    subject: str
    body: str
    language: str | None
    reads: str


async def begin(
    desk: Desk,
    session: AsyncSession,
    matter_id: int,
    author_id: str,
    now: datetime,
    text: str | None = None,
) -> Begun:
    """Note that somebody is answering; give what they had written before, or `text`."""
    await store.lock(desk, session, matter_id)  # before the draft, as everybody does
    draft = await store.open_draft(desk, session, matter_id, author_id, now)
    if text and text not in draft.text:
        # What was begun before is not lost to what is sent up now.
        draft.text = f"{draft.text}\n\n{text}" if draft.text else text
    draft.begun_at, draft.is_open = now, True
    return draft


async def keep(
    desk: Desk, session: AsyncSession, matter_id: int, author_id: str, now: datetime, text: str
) -> None:
    """Keep the answer as it is written now. `NothingToSend` when there is not a word in it."""
    if not text.strip():
        raise NothingToSend
    draft = await begin(desk, session, matter_id, author_id, now)
    draft.text = text


async def leave_off(desk: Desk, session: AsyncSession, matter_id: int, author_id: str) -> None:
    """Note that somebody closed the window; the draft stays."""
    if draft := await store.draft_of(desk, session, matter_id, author_id):
        draft.is_open = False


async def preview(
    desk: Desk, session: AsyncSession, matter_id: int, author_id: str, sender: Sender
) -> Preview:
    """Show the mail that `send` would let leave: the same bytes are made, and read back."""
    text = await _text_of(desk, session, matter_id, author_id)
    matter = await session.get_one(desk.matters, matter_id)
    answered = await store.last_mail(desk, session, matter_id)
    subject = desk.subject(matter, answered)
    raw = _compose(answered, subject, text, sender, outbox.new_uid(), answered.arrived_at)
    leaving = message_from_bytes(raw, policy=policy.default)
    return Preview(
        sender=str(leaving["From"]),
        recipient=str(leaving["To"]),
        copies=tuple(answered.copies),
        subject=str(leaving["Subject"]),
        body=leaving.get_content().replace("\r\n", "\n").rstrip("\n"),
        language=detect(text),
        reads=await desk.reads(session, matter, answered),
    )


@dataclass(frozen=True)
class Situation:
    """What matters to whoever is about to send.

    The newest letter's id, who else is answering, and which words are ready to leave (their digest).
    """

    newest: int
    others: tuple[str, ...]
    written: str = ""

    def warnings(self, seen: "Situation") -> list[str]:
        """Say what is so now and should give pause to somebody who began when it was as `seen`."""
        said = []
        if self.newest > seen.newest:
            said.append(_("A newer mail came in while you were writing. It is the one quoted below."))
        if self.others:
            who = blocks.escape(", ".join(self.others))
            said.append(
                n_(
                    "{names} is answering this too.", "{names} are answering this too.", len(self.others)
                ).format(names=who)
            )
        return said

    def is_news(self, seen: "Situation") -> bool:
        """Tell whether somebody who confirmed at `seen` must be asked again."""
        more = self.newest > seen.newest or not set(self.others) <= set(seen.others)
        return more or self.written != seen.written


async def situation(
    desk: Desk, session: AsyncSession, matter_id: int, author_id: str, now: datetime
) -> Situation:
    """Look how things stand for somebody about to send."""
    newest = await store.last_mail(desk, session, matter_id)
    last = await store.last_answer(desk, session, matter_id)
    others = await store.others_answering(desk, session, matter_id, author_id, now)
    if last and last.author_id != author_id and last.state == "held":
        others.append(last.author_id)
    names = await people.names(session, others)
    draft = await store.draft_of(desk, session, matter_id, author_id)
    written = blobs.digest(draft.text.encode()) if draft else ""
    return Situation(newest.id, tuple(sorted(names.values())), written)


async def send(
    desk: Desk,
    database: Database,
    session: AsyncSession,
    matter_id: int,
    author_id: str,
    sender: Sender,
    now: datetime,
    seen: Situation,
) -> Answer:
    """Send the author's draft as it was `seen`: it is held in the thread first, where it can be cancelled.

    `ChangedSince` when it is no longer what was seen: nobody sends other words, or to another letter, than
    shown.
    """
    matter = await store.lock(desk, session, matter_id)
    draft = await store.lock_draft(desk, session, matter_id, author_id)
    text = await _text_of(desk, session, matter_id, author_id)
    if (await situation(desk, session, matter_id, author_id, now)).is_news(seen):
        raise ChangedSince
    answered = await store.last_mail(desk, session, matter_id)
    if not answered.reply_address:
        raise NoAddress
    uid = outbox.new_uid()
    raw = _compose(answered, desk.subject(matter, answered), text, sender, uid, now)
    sha256 = blobs.digest(raw)
    await blobs.put(database, session, {sha256: raw})
    answer = desk.answers(
        conversation_id=matter_id,
        author_id=author_id,
        answers_id=answered.id,
        recipient=answered.reply_address,
        copies=answered.copies,
        text=text,
        message_id=message_id(uid, sender),
        state="held",
        written_at=now,
        leaves_at=now + sender.hold,
    )
    session.add(answer)
    await session.delete(draft)
    await session.flush()
    if matter.card_id is None:
        await cards.open_card(desk, session, matter, answered)
    await _queue(desk, session, matter, answer, uid, sha256, sender)
    await cards.refresh(desk, session, matter)
    return answer


async def _text_of(desk: Desk, session: AsyncSession, matter_id: int, author_id: str) -> str:
    """Give what this person has written; `NothingToSend` when there is not a word in it."""
    draft = await store.draft_of(desk, session, matter_id, author_id)
    if draft is None or not draft.text.strip():
        raise NothingToSend
    return draft.text


async def _queue(
    desk: Desk,
    session: AsyncSession,
    matter: Matter,
    answer: Answer,
    uid: str,
    sha256: str,
    sender: Sender,
) -> None:
    key = f"{desk.name}:reply:{answer.id}"
    leaving = outbox.Draft(
        key=key,
        uid=uid,
        kind="mail.send",
        lane=f"mail:{desk.ref(matter.id)}",
        payload={
            "sender": sender.address,
            "recipients": [answer.recipient, *answer.copies],
            "sha256": sha256,
        },
        purpose=desk.purpose,
        subject_id=answer.id,
        not_before=answer.leaves_at,
    )
    answer.mail_id = await outbox.add(session, leaving)
    waits = await _why_held(desk, session)
    post = messages.answer_post(desk, answer, await _name_of(session, answer.author_id), waits=waits)
    answer.post_id = await cards.in_thread(session, matter, f"{key}:post", post)


def _compose(answered: Incoming, subject: str, text: str, sender: Sender, uid: str, now: datetime) -> bytes:
    return compose_reply(
        uid=uid,
        domain=_domain(sender),
        sender=Address(sender.name, sender.address),
        to=Address(answered.sender_name, answered.reply_address),
        cc=[Address("", address) for address in answered.copies],
        answered=Answered(
            message_id=answered.message_id,
            references=tuple(answered.references),
            subject=subject,
            date=answered.written_at,
            sender=Address(answered.sender_name, answered.sender_address),
            text=answered.text,
            is_opening=answered.is_opening,
        ),
        text=text,
        now=now,
    )


def message_id(uid: str, sender: Sender) -> str:
    """Give the Message-ID of the mail that leaves under this outbox id."""
    return f"<{uid}@{_domain(sender)}>"


def _domain(sender: Sender) -> str:
    return sender.address.rpartition("@")[2]


async def cancel(desk: Desk, session: AsyncSession, answer_id: int, person_id: str) -> None:
    """Take a held answer back; its text becomes the author's draft again. `TooLate` once it is on its way."""
    answer = await session.get_one(desk.answers, answer_id)
    if answer.state != "held" or answer.mail_id is None or not await outbox.cancel(session, answer.mail_id):
        raise TooLate
    answer.state = "cancelled"
    draft = await begin(
        desk, session, answer.conversation_id, answer.author_id, answer.written_at, answer.text
    )
    draft.is_open = False
    await _redraw(desk, session, answer, actor=await _name_of(session, person_id))


async def send_now(desk: Desk, session: AsyncSession, answer_id: int) -> None:
    """Let a held answer leave without waiting. `TooLate` when there is nothing left to hasten."""
    answer = await session.get_one(desk.answers, answer_id)
    if answer.state != "held" or answer.mail_id is None or not await outbox.hasten(session, answer.mail_id):
        raise TooLate


async def settled(desk: Desk, session: AsyncSession, row: OutboxRow, now: datetime) -> None:
    """Hear from the outbox what became of an answer: it left, or it could not."""
    if row.subject_id is None:
        return
    answer = await session.get_one(desk.answers, row.subject_id)
    matter = await store.lock(desk, session, answer.conversation_id)
    await session.refresh(answer)
    if answer.state == "bounced":
        return  # what came back had left; that it had was only learnt now
    if row.state == "sent":
        answer.state, answer.sent_at, answer.problem = "sent", now, None
        newest = await store.last_mail(desk, session, matter.id)
        # What came in after the answer was written still waits for one.
        matter.waiting_since = newest.arrived_at if newest.id > answer.answers_id else None
        matter.answered_by, matter.answered_at = answer.author_id, now
        matter.active_at = now
        left = f"{answer.recipient}: {matter.subject}"
        await people.audit(session, now, answer.author_id, "mail.sent", left, area=desk.name)
        await desk.sent(session, matter, answer, now)
    else:
        answer.state, answer.problem = "failed", row.error or ""
        await desk.came_back(session, matter, answer, now)
    await _redraw(desk, session, answer)


async def bounced(desk: Desk, session: AsyncSession, bounce: Bounce, now: datetime) -> bool:
    """Show on our answer that it came back; False when the bounce is of no answer of this desk."""
    answer = await store.answer_by_message_id(desk, session, bounce.original_message_id or "")
    if answer is None:
        return False
    matter = await store.lock(desk, session, answer.conversation_id)
    answer.state, answer.problem = "bounced", bounce.reason
    answered = await session.get_one(desk.mails, answer.answers_id)
    matter.waiting_since = matter.waiting_since or answered.arrived_at
    matter.active_at = now
    await desk.came_back(session, matter, answer, now)
    await _redraw(desk, session, answer)
    return True


async def warn_held(desk: Desk, session: AsyncSession, matter_id: int) -> None:
    """Say on an answer that is still held that a newer mail came in after it was written."""
    answer = await store.last_answer(desk, session, matter_id)
    if answer and answer.state == "held":
        await _redraw(desk, session, answer, newer=True)


async def redraw_held(desk: Desk, session: AsyncSession) -> None:
    """Bring every answer that has not left up to date: somebody holds mail back, or lets it go."""
    # By matter, as everybody locks them who locks several.
    for answer in sorted(await store.held_answers(desk, session), key=lambda one: one.conversation_id):
        await store.lock(desk, session, answer.conversation_id)
        await session.refresh(answer)
        if answer.state == "held":  # else it left, or was taken back, while we waited
            await _redraw(desk, session, answer)


async def _why_held(desk: Desk, session: AsyncSession) -> str:
    held = await holds.all_of(session)
    return messages.held_back(held, desk, await people.names(session, [one.by for one in held]))


async def _redraw(
    desk: Desk, session: AsyncSession, answer: Answer, *, newer: bool = False, actor: str = ""
) -> None:
    matter = await session.get_one(desk.matters, answer.conversation_id)
    author = await _name_of(session, answer.author_id)
    waits = await _why_held(desk, session) if answer.state == "held" else ""
    post = messages.answer_post(desk, answer, author, newer=newer, actor=actor, waits=waits)
    if answer.post_id is not None:
        await cards.change_post(session, matter, answer.post_id, post)
    await cards.refresh(desk, session, matter)


async def _name_of(session: AsyncSession, person_id: str) -> str:
    return (await people.names(session, [person_id])).get(person_id, _("A colleague"))
