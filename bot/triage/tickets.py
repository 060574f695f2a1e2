"""What people do with a ticket: taken, put right, put off, handed over, closed."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import SwitchboardError
from bot.letters import cards
from bot.letters import store as letters
from bot.people import notices
from bot.people import store as people
from bot.people.model import Department, Person
from bot.people.notices import Notice
from bot.ports import Choice
from bot.storage import outbox, schedule
from bot.triage import messages, promises, reading, store
from bot.triage.desk import DESK
from bot.triage.model import CLOSED, OPEN, CorrectionRow, Ticket
from bot.words import speaking

SNOOZE = "triage.snooze"


class TakenAlready(SwitchboardError):
    """{name} was quicker: the ticket is theirs."""


class ClosedAlready(SwitchboardError):
    """This ticket is closed. Open it again first."""


class Superseded(SwitchboardError):
    """This was taken back already."""


class AlreadyPast(SwitchboardError):
    """This time is over. Choose a later one."""


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


async def sort_by_model(session: AsyncSession, ticket_id: int, choice: Choice, now: datetime) -> None:
    """Take what a model says a ticket is about, unless a person was quicker. Nothing is learnt from it."""
    ticket = await store.lock(session, ticket_id)
    if not ticket.asks or ticket.state == CLOSED:
        return
    first = await letters.first_mail(DESK, session, ticket_id)
    await _sort_as(session, ticket, choice.name, first.text, now)
    ticket.confidence, ticket.why = choice.confidence, list(choice.words)
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
        await tell(session, assignee, f"woken:{ticket.id}:{now}", messages.woken, ticket, now)


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


async def tell(
    session: AsyncSession, person: Person, key: str, words: Any, ticket: Ticket, now: datetime
) -> None:
    """Tell somebody about a ticket when they work; `words` makes the sentence and the blocks."""
    if not person.may_act:
        return
    with speaking(person.language):
        text, shown = words(ticket, person.id)
    await notices.tell(session, person, Notice(f"triage:{key}:{person.id}", "triage", text, shown), now)
