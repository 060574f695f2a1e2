"""A customer's matter, from the first mail to the end: arrived, sorted, taken, put right, put off, closed."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks
from bot.errors import SwitchboardError
from bot.letters import cards, replies
from bot.letters import store as letters
from bot.letters import strays as aside
from bot.letters.arriving import Arrived, columns, folded_subject
from bot.letters.model import ASIDE, Channels
from bot.mail.model import Mail
from bot.people import areas, notices
from bot.people import store as people
from bot.people.model import Department, Person
from bot.people.notices import Notice
from bot.storage import outbox, schedule
from bot.storage.database import Database
from bot.triage import messages, promises, reading, store
from bot.triage.desk import DESK
from bot.triage.model import CLOSED, OPEN, REOPENS_FOR, CorrectionRow, Found, Ticket, TicketMail
from bot.triage.pleasantries import only_thanks
from bot.words import speaking

SNOOZE = "triage.snooze"
_NUMBER = re.compile(r"\[#(\d{1,15})\]")


class TakenAlready(SwitchboardError):
    """{name} was quicker: the ticket is theirs."""


class ClosedAlready(SwitchboardError):
    """This ticket is closed. Open it again first."""


class Superseded(SwitchboardError):
    """This was taken back already."""


class AlreadyPast(SwitchboardError):
    """This time is over. Choose a later one."""


@dataclass(frozen=True)
class Origin:
    """How a text reached us: by mail, by a form, or from a colleague who passed it on."""

    source: str = "mail"
    raised_by: str | None = None
    order_number: str | None = None


# ---- arriving -----------------------------------------------------------------------------------------


async def receive(
    database: Database,
    session: AsyncSession,
    arrived: Arrived,
    found: Found,
    channels: Channels,
    origin: Origin | None = None,
) -> None:
    """Take in one mail to a customers' mailbox, or what came instead of one."""
    mail = arrived.mail
    if mail.bounce and await replies.bounced(DESK, session, mail.bounce, arrived.at):
        return
    if mail.automatic and not arrived.vouched:
        await aside.keep(session, arrived, ASIDE, mail.automatic.sentence)
        return
    if not await areas.is_on(session, "triage"):
        await aside.keep(session, arrived, ASIDE, messages.AREA_IS_OFF)
        return
    ticket = await _ticket_of(session, arrived)
    thanks = only_thanks(f"{mail.text}") and not mail.attachments
    if ticket is not None:
        await _again(database, session, ticket.id, arrived, thanks=thanks)
    elif thanks and not arrived.vouched:
        await aside.keep(session, arrived, ASIDE, messages.ONLY_THANKS)
    else:
        await _open(database, session, arrived, found, channels, origin or Origin())


async def _ticket_of(session: AsyncSession, arrived: Arrived) -> Ticket | None:
    """Find the ticket a mail belongs to: by the mails it refers to, else by the number in its subject.

    Only among this customer's: neither a Message-ID nor a number that a stranger guessed opens a ticket.
    """
    sender = arrived.mail.sender.address
    referred = await letters.by_references(DESK, session, arrived.refers_to)
    numbers = _NUMBER.findall(arrived.mail.subject)
    for one in [*referred, *[await store.get(session, int(number)) for number in numbers]]:
        if isinstance(one, Ticket) and sender and one.customer_address == sender:
            is_over = one.closed_at is not None and one.closed_at < arrived.at - REOPENS_FOR
            return None if is_over else one
    return None


async def _open(
    database: Database,
    session: AsyncSession,
    arrived: Arrived,
    found: Found,
    channels: Channels,
    origin: Origin,
) -> None:
    mail = arrived.mail
    who, address = _customer(mail)
    department = await store.department_called(session, found.department)
    ticket = Ticket(
        mailbox=arrived.mailbox,
        subject=mail.subject,
        folded_subject=folded_subject(mail.subject),
        channel_id=channels.triage,
        waiting_since=arrived.at,
        started_at=arrived.at,
        active_at=arrived.at,
        customer_name=who,
        customer_address=address,
        source=origin.source,
        raised_by=origin.raised_by,
        state=OPEN,
        category=found.category,
        confidence=found.confidence,
        asks=found.asks,
        why=list(found.why),
        learned_from=found.learned_from,
        language=found.language or mail.language,
        priority=found.priority,
        priority_why=list(found.priority_why),
        order_number=origin.order_number or found.order_number,
        sku=found.sku,
        department_id=department.id if department else None,
        left_seconds=0,
        promised_seconds=0,
        step=0,
    )
    session.add(ticket)
    await session.flush()
    first = await _record(session, ticket, arrived)
    await promises.begin(session, ticket, arrived.at)
    await cards.open_card(DESK, session, ticket, first, messages.as_customer(ticket))
    await cards.add_files(DESK, database, session, ticket, first, mail.attachments)


async def _again(
    database: Database, session: AsyncSession, ticket_id: int, arrived: Arrived, *, thanks: bool
) -> None:
    """Put a further mail into the ticket's thread; but for mere thanks it waits for us again."""
    ticket = await store.lock(session, ticket_id)
    mail = await _record(session, ticket, arrived)
    post = messages.as_customer(ticket) | messages.follow_up(ticket, mail, thanks=thanks)
    mail.post_id = await cards.in_thread(session, ticket, f"{DESK.name}:mail:{mail.id}", post)
    await cards.add_files(DESK, database, session, ticket, mail, arrived.mail.attachments)
    if thanks:
        return
    ticket.state, ticket.snoozed_until = OPEN, None
    ticket.closed_at = ticket.closed_by = ticket.close_reason = None
    ticket.waiting_since = ticket.waiting_since or arrived.at
    ticket.active_at = arrived.at
    await promises.resume(session, ticket, arrived.at)
    await cards.refresh(DESK, session, ticket)
    await replies.warn_held(DESK, session, ticket.id)
    if ticket.assignee_id and (assignee := await people.get(session, ticket.assignee_id)):
        await _tell(session, assignee, f"again:{mail.id}", messages.wrote_again, ticket, arrived.at)


async def _record(session: AsyncSession, ticket: Ticket, arrived: Arrived) -> TicketMail:
    """Keep a mail. The answer goes to the ticket's customer, whatever a Reply-To says."""
    mail = TicketMail(
        conversation_id=ticket.id,
        reply_address=ticket.customer_address,
        copies=[],
        **columns(arrived),
    )
    if not mail.language:
        mail.language = ticket.language
    session.add(mail)
    await session.flush()
    return mail


def _customer(mail: Mail) -> tuple[str, str]:
    """Tell who the customer is: the sender.

    A Reply-To that leads elsewhere is how answers are stolen, so it does not count.
    """
    return mail.sender.name, mail.sender.address


# ---- in whose hands -----------------------------------------------------------------------------------


async def take(
    session: AsyncSession, ticket_id: int, person: Person, now: datetime, *, seen: str | None
) -> Ticket:
    """Let somebody take a ticket out of the hands they saw it in. `TakenAlready` when one was quicker."""
    won = await store.take(session, ticket_id, person.id, seen=seen)
    ticket = await store.lock(session, ticket_id)
    await session.refresh(ticket)
    if not won:
        if ticket.state == CLOSED:
            raise ClosedAlready
        if ticket.assignee_id != person.id:
            names = await people.names(session, [ticket.assignee_id])
            raise TakenAlready(name=names.get(ticket.assignee_id or "", "A colleague"))
    await promises.taken(session, ticket)
    ticket.active_at = now
    if won and seen != person.id:
        await _say(session, ticket, messages.taken_post(person.name))
    await cards.refresh(DESK, session, ticket)
    return ticket


# ---- what it is ---------------------------------------------------------------------------------------


async def correct(session: AsyncSession, ticket_id: int, category: str, by: Person, now: datetime) -> None:
    """Say what a ticket is about: this one and, from now on, what is like it."""
    ticket = await store.lock(session, ticket_id)
    first = await letters.first_mail(DESK, session, ticket_id)
    row = CorrectionRow(
        ticket_id=ticket_id,
        text=reading.learnable(ticket.subject, first.text),
        category=category,
        before=ticket.category,
        was_asked=ticket.asks,
        said_by=by.id,
        said_at=now,
    )
    session.add(row)
    await session.flush()
    await _sort_as(session, ticket, category, first.text, now)
    post = messages.corrected_post(row, by.name)
    row.post_id = await cards.in_thread(session, ticket, f"triage:correction:{row.id}", post)
    await people.audit(session, now, by.id, "triage.corrected", f"#{ticket_id}: {category}")
    await cards.refresh(DESK, session, ticket)


async def undo(session: AsyncSession, correction_id: int, by: Person, now: datetime) -> None:
    """Take a correction back: the sorting forgets it, and the ticket is what it was before."""
    row = await store.lock_correction(session, correction_id)
    if row.undone_at is not None:
        raise Superseded
    row.undone_by, row.undone_at = by.id, now
    ticket = await store.lock(session, row.ticket_id)
    if ticket.category == row.category:
        first = await letters.first_mail(DESK, session, ticket.id)
        await _sort_as(session, ticket, row.before, first.text, now)
        ticket.asks = row.was_asked
    author = (await people.names(session, [row.said_by])).get(row.said_by, "A colleague")
    if row.post_id is not None:
        post = messages.corrected_post(row, author, by.name)
        await cards.change_post(session, ticket, row.post_id, post)
    await people.audit(session, now, by.id, "triage.uncorrected", f"#{ticket.id}: {row.category}")
    await cards.refresh(DESK, session, ticket)


async def _sort_as(session: AsyncSession, ticket: Ticket, category: str, text: str, now: datetime) -> None:
    vips = await store.vips(session)
    department, priority, why = reading.by_person(
        category, ticket.subject, text, ticket.customer_address, vips
    )
    left = await promises.left(session, ticket, now)
    ticket.category, ticket.confidence, ticket.asks, ticket.why = category, 1.0, False, []
    ticket.learned_from = None
    ticket.priority, ticket.priority_why = priority, list(why)
    if found := await store.department_called(session, department):
        ticket.department_id = found.id
    await promises.change(session, ticket, now, left_before=left)


async def prioritise(session: AsyncSession, ticket_id: int, priority: str, by: Person, now: datetime) -> None:
    """Set how soon a ticket must be answered."""
    ticket = await store.lock(session, ticket_id)
    if ticket.priority == priority:
        return
    left = await promises.left(session, ticket, now)
    ticket.priority, ticket.priority_why = priority, []
    await promises.change(session, ticket, now, left_before=left)
    await _say(session, ticket, messages.priority_post(by.name, ticket))
    await cards.refresh(DESK, session, ticket)


# ---- later, elsewhere, done ---------------------------------------------------------------------------


async def snooze(session: AsyncSession, ticket_id: int, until: datetime, by: Person, now: datetime) -> None:
    """Put a ticket off. The promise runs on: the customer knows nothing of it. `AlreadyPast`."""
    if until <= now:
        raise AlreadyPast
    ticket = await store.lock(session, ticket_id)
    if ticket.state == CLOSED:
        raise ClosedAlready
    ticket.snoozed_until = until
    await schedule.plan(session, f"{SNOOZE}:{ticket_id}", SNOOZE, until)
    await _say(session, ticket, messages.snoozed_post(by.name, until))
    await cards.refresh(DESK, session, ticket)


async def wake(session: AsyncSession, ticket_id: int, now: datetime) -> None:
    """Bring a ticket back that was put off until now."""
    ticket = await store.lock(session, ticket_id)
    if ticket.snoozed_until is None or ticket.snoozed_until > now or ticket.state == CLOSED:
        return
    ticket.snoozed_until = None
    await _say(session, ticket, messages.woken_post())
    await cards.refresh(DESK, session, ticket)
    if ticket.assignee_id and (assignee := await people.get(session, ticket.assignee_id)):
        await _tell(session, assignee, f"woken:{ticket.id}:{now}", messages.woken, ticket, now)


async def escalate(
    session: AsyncSession, ticket_id: int, department_id: int, words: str, by: Person, now: datetime
) -> None:
    """Hand a ticket to another department: its hours count from now on, and its lead is told."""
    ticket = await store.lock(session, ticket_id)
    if ticket.state == CLOSED:
        raise ClosedAlready
    department = await session.get_one(Department, department_id)
    left = await promises.left(session, ticket, now)
    ticket.department_id, ticket.assignee_id = department_id, None
    await promises.change(session, ticket, now, left_before=left)
    await _say(session, ticket, messages.escalated_post(by.name, department.name, words))
    await cards.refresh(DESK, session, ticket)
    lead = await people.get(session, department.lead_id) if department.lead_id else None
    if lead and lead.is_colleague and lead.id != by.id:
        with speaking(lead.language):
            text, shown = messages.handed_over(ticket, lead.id, by.name)
        key = f"triage:handed:{ticket.id}:{outbox.new_uid()}"
        await notices.tell(session, lead, Notice(key, "triage", text, shown), now)


async def close(session: AsyncSession, ticket_id: int, reason: str, by: Person, now: datetime) -> None:
    """End a ticket, and say why."""
    ticket = await store.lock(session, ticket_id)
    if ticket.state == CLOSED:
        raise ClosedAlready
    await promises.pause(session, ticket, now)
    ticket.state, ticket.closed_at, ticket.closed_by, ticket.close_reason = CLOSED, now, by.id, reason
    ticket.waiting_since = ticket.snoozed_until = None
    await people.audit(session, now, by.id, "triage.closed", f"#{ticket.id}: {reason}")
    await cards.refresh(DESK, session, ticket)


async def reopen(session: AsyncSession, ticket_id: int, now: datetime) -> None:
    """Open a ticket again."""
    ticket = await store.lock(session, ticket_id)
    if ticket.state != CLOSED:
        return
    ticket.state, ticket.waiting_since = OPEN, now
    ticket.closed_at = ticket.closed_by = ticket.close_reason = None
    await promises.resume(session, ticket, now)
    await cards.refresh(DESK, session, ticket)


async def _say(session: AsyncSession, ticket: Ticket, text: str) -> None:
    key = f"triage:said:{ticket.id}:{outbox.new_uid()}"
    await cards.in_thread(session, ticket, key, messages.said_post(text))


async def _tell(
    session: AsyncSession, person: Person, key: str, words: Any, ticket: Ticket, now: datetime
) -> None:
    if not person.may_act:
        return
    with speaking(person.language):
        text, shown = words(ticket, person.id)
    await notices.tell(session, person, Notice(f"triage:{key}:{person.id}", "triage", text, shown), now)


def plain_rich(text: str) -> list[blocks.Block]:
    """Give plain text as a card shows it."""
    return [{"type": "rich_text_section", "elements": [{"type": "text", "text": text or " "}]}]
