"""The one promise to a customer: answered by then, in the working hours of the department in charge.

Paused while the customer is asked. A warning before; at the breach whoever has it, then others who work
now, then the lead, a step at a time until somebody takes it. Nobody is disturbed who does not work then.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot import calendar
from bot.calendar import NobodyWorks, Week, WorkCalendar
from bot.letters import cards
from bot.letters.desk import Desk
from bot.people import availability, notices
from bot.people import store as people
from bot.people.model import Department, Person
from bot.people.notices import Notice
from bot.storage import outbox, schedule
from bot.triage import messages, store
from bot.triage.model import OPEN, Ticket
from bot.words import speaking

KIND = "triage.promise"
WARN_AT = 0.75
# What is left when a customer writes again: nobody could keep less.
LEAST_SHARE = 0.25
# Working time until the next is told.
NEXT_STEP = timedelta(minutes=15)
_MOST_TOLD = 5
# A step is ten times the round, plus who is told in it; a person took it: -1.
_WARNING, _ASSIGNEE, _OTHERS, _LEAD, TAKEN, _ROUND = 0, 1, 2, 3, -1, 10


async def calendar_of(session: AsyncSession, ticket: Ticket, now: datetime) -> WorkCalendar:
    """Give the hours in which a ticket's promise counts."""
    if ticket.department_id is None:
        return WorkCalendar("UTC", Week.office())
    department = await session.get_one(Department, ticket.department_id)
    return await availability.department_calendar(session, department, now)


async def begin(session: AsyncSession, ticket: Ticket, now: datetime) -> None:
    """Promise an answer to a new ticket."""
    ticket.promised_seconds = (await store.hours(session))[ticket.priority] * 3600
    ticket.left_seconds, ticket.step, ticket.breached_at = ticket.promised_seconds, _WARNING, None
    await _count(session, ticket, now)


async def resume(session: AsyncSession, ticket: Ticket, now: datetime) -> None:
    """Let the time run on: the customer has written again."""
    if ticket.counted_from is not None:
        return
    ticket.left_seconds = max(ticket.left_seconds, int(ticket.promised_seconds * LEAST_SHARE))
    ticket.step, ticket.breached_at = _WARNING, None
    await _count(session, ticket, now)


async def pause(session: AsyncSession, ticket: Ticket, now: datetime) -> None:
    """Stop the time: it is the customer's turn, or it is over."""
    if ticket.counted_from is not None:
        ticket.left_seconds = await left(session, ticket, now)
    ticket.counted_from = ticket.answer_by = None
    await schedule.drop(session, f"{KIND}:{ticket.id}")
    await _take_back(session, ticket, "warning", "late")


async def left(session: AsyncSession, ticket: Ticket, now: datetime) -> int:
    """Give the working seconds left; 0 once it is late."""
    if ticket.counted_from is None:
        return ticket.left_seconds
    hours = await calendar_of(session, ticket, now)
    used = calendar.working_time(hours, ticket.counted_from, now).total_seconds()
    return max(0, ticket.left_seconds - int(used))


async def change(
    session: AsyncSession, ticket: Ticket, now: datetime, *, left_before: int | None = None
) -> None:
    """Count anew: the priority or the department is another. What was used up stays used up.

    `left_before`: what was left in the hours of the department that had it.
    """
    promised = (await store.hours(session))[ticket.priority] * 3600
    remains = (await left(session, ticket, now) if left_before is None else left_before) + (
        promised - ticket.promised_seconds
    )
    ticket.promised_seconds = promised
    if ticket.counted_from is None or ticket.breached_at is not None:
        ticket.left_seconds = max(0, remains)
        return
    ticket.left_seconds = max(remains, int(promised * LEAST_SHARE))
    ticket.step = _WARNING
    await _count(session, ticket, now)


async def taken(session: AsyncSession, ticket: Ticket) -> None:
    """Stop asking: a person has taken a ticket that is late."""
    if ticket.breached_at is not None:
        ticket.step = TAKEN
        await schedule.drop(session, f"{KIND}:{ticket.id}")
        await _take_back(session, ticket, "late")


async def _take_back(session: AsyncSession, ticket: Ticket, *kinds: str) -> None:
    """Take back what waits for somebody's hours and is no longer so."""
    for kind in kinds:
        await people.withdraw_notices(session, f"triage:{kind}:{ticket.id}")


async def _count(session: AsyncSession, ticket: Ticket, now: datetime) -> None:
    hours = await calendar_of(session, ticket, now)
    ticket.counted_from = now
    try:
        ticket.answer_by = calendar.add_working_time(hours, now, timedelta(seconds=ticket.left_seconds))
        warn_at = calendar.add_working_time(hours, now, timedelta(seconds=int(ticket.left_seconds * WARN_AT)))
    except NobodyWorks:
        # Without any hours a promise counts as on a clock, so that it is not forgotten.
        ticket.answer_by = now + timedelta(seconds=ticket.left_seconds)
        warn_at = now + timedelta(seconds=int(ticket.left_seconds * WARN_AT))
    await session.flush()
    await schedule.plan(session, f"{KIND}:{ticket.id}", KIND, warn_at)


# ---- following up -------------------------------------------------------------------------------------


async def follow_up(desk: Desk, session: AsyncSession, ticket_id: int, now: datetime) -> datetime | None:
    """Do what is due about a promise; when to look again, None for never."""
    ticket = await store.lock(session, ticket_id)
    if ticket.state != OPEN or ticket.answer_by is None or ticket.step == TAKEN:
        return None
    if ticket.step == _WARNING and now < ticket.answer_by:
        await _warn(session, ticket, now)
        ticket.step = _ASSIGNEE
        return ticket.answer_by
    if ticket.breached_at is None:
        ticket.breached_at, ticket.step = now, _ASSIGNEE
        await _take_back(session, ticket, "warning")
        ticket.snoozed_until = None
        post = messages.breached_post(ticket)
        await cards.in_thread(session, ticket, f"triage:late:{ticket.id}:{outbox.new_uid()}", post)
        await cards.refresh(desk, session, ticket)
    return await _step(session, ticket, now)


async def _warn(session: AsyncSession, ticket: Ticket, now: datetime) -> None:
    told = (
        await _in_charge(session, ticket)
        or await _working(session, await _others(session, ticket), now)
        or await _working(session, await _lead(session, ticket), now)
    )
    for person in told:
        with speaking(person.language):
            key = f"triage:warning:{ticket.id}:{int(now.timestamp())}:{person.id}"
            text, shown = messages.warning(ticket, person.id)
            await notices.tell(session, person, Notice(key, "triage", text, shown), now)


async def _step(session: AsyncSession, ticket: Ticket, now: datetime) -> datetime | None:
    """Tell the first of those to be told who works now; whoever sleeps hears of it when they begin."""
    told: list[Person] = []
    while not told and ticket.step % _ROUND <= _LEAD:
        rung = await _rung(session, ticket)
        told = await _working(session, rung, now)
        # Others who sleep are not waited for: they may never have to know.
        await _tell(session, ticket, told if ticket.step % _ROUND == _OTHERS else rung, now)
        ticket.step += 1
    hours = await calendar_of(session, ticket, now)
    try:
        if told and ticket.step % _ROUND <= _LEAD:
            return calendar.add_working_time(hours, now, NEXT_STEP)
        ticket.step += _ASSIGNEE - ticket.step % _ROUND
        if told:
            # Everybody has heard of it: again on the next working day, as long as nobody takes it.
            ticket.step += _ROUND
            return calendar.add_working_days(hours, now, 1)
        return await _next_to_work(session, ticket, now) or calendar.next_working_moment(
            hours, now + timedelta(minutes=1)
        )
    except NobodyWorks:
        return now + timedelta(days=1)


async def _rung(session: AsyncSession, ticket: Ticket) -> list[Person]:
    match ticket.step % _ROUND:
        case 1:
            return await _in_charge(session, ticket)
        case 2:
            return await _others(session, ticket)
        case _:
            return await _lead(session, ticket)


async def _in_charge(session: AsyncSession, ticket: Ticket) -> list[Person]:
    person = await people.get(session, ticket.assignee_id) if ticket.assignee_id else None
    return [person] if person and person.may_act else []


async def _others(session: AsyncSession, ticket: Ticket) -> list[Person]:
    if ticket.department_id is None:
        return []
    lead_id = (await session.get_one(Department, ticket.department_id)).lead_id
    members = await people.members(session, ticket.department_id)
    known = (ticket.assignee_id, lead_id)
    return [one for one in members if one.is_colleague and one.id not in known][:_MOST_TOLD]


async def _lead(session: AsyncSession, ticket: Ticket) -> list[Person]:
    if ticket.department_id is None:
        return []
    department = await session.get_one(Department, ticket.department_id)
    lead = await people.get(session, department.lead_id) if department.lead_id else None
    return [lead] if lead and lead.is_colleague else []


async def _working(session: AsyncSession, asked: Sequence[Person], now: datetime) -> list[Person]:
    """Give those who may be disturbed now."""
    theirs = await availability.calendars(session, asked, now)
    return [
        one
        for one in asked
        if calendar.is_working(theirs[one.id], now)
        and not calendar.is_quiet(theirs[one.id], now)
        and (one.dnd_until is None or one.dnd_until <= now)
    ]


async def _next_to_work(session: AsyncSession, ticket: Ticket, now: datetime) -> datetime | None:
    """Tell when the first of all who could take it begins to work."""
    everybody = [
        *(await _in_charge(session, ticket)),
        *(await _others(session, ticket)),
        *(await _lead(session, ticket)),
    ]
    moments = [await notices.welcome(session, one, now + timedelta(minutes=1)) for one in everybody]
    return min(moments, default=None)


async def _tell(session: AsyncSession, ticket: Ticket, told: Iterable[Person], now: datetime) -> None:
    """Tell these people once a round: now who works now, and who does not when they begin."""
    since = int(ticket.breached_at.timestamp()) if ticket.breached_at else 0
    for person in told:
        key = f"triage:late:{ticket.id}:{since}:{ticket.step // _ROUND}:{person.id}"
        if await store.waits_for_hours(session, key):
            continue
        if ticket.step >= _ROUND and await _stands_in_morning(session, ticket, person):
            continue
        with speaking(person.language):
            text, shown = messages.late(ticket, person.id)
        await notices.tell(session, person, Notice(key, "triage", text, shown), now)


async def _stands_in_morning(session: AsyncSession, ticket: Ticket, person: Person) -> bool:
    """Tell whether somebody's morning message says each day that this is late: that is enough."""
    led = [one.id for one in await people.led_by(session, person.id)]
    nobodys = ticket.assignee_id is None and ticket.department_id in led
    return nobodys or ticket.assignee_id == person.id


def working_seconds(hours: WorkCalendar, start: datetime, end: datetime) -> int:
    """Give the working time between two instants, in seconds."""
    return int(calendar.working_time(hours, start, end).total_seconds())
