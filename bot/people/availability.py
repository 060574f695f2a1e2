"""When somebody works: their own hours, public holidays, the shop's pauses and their absences, in one."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot import calendar
from bot.calendar import Absence, Closure, Week, WorkCalendar
from bot.people import store
from bot.people.model import AbsenceRow, Department, Pause, Person, known_zone

# Absences and pauses that ended longer ago change no deadline that still runs.
_LOOK_BACK = timedelta(days=62)


async def calendar_of(session: AsyncSession, person: Person, now: datetime) -> WorkCalendar:
    """Give the calendar of one person."""
    return (await calendars(session, [person], now))[person.id]


async def calendars(
    session: AsyncSession, people: Collection[Person], now: datetime
) -> dict[str, WorkCalendar]:
    """Give the calendars of these people, by their ids."""
    since = now - _LOOK_BACK
    absences = await store.absences(session, [one.id for one in people], since)
    pauses = await store.pauses(session, since.date())
    hats = {
        one.id: {hat.id for hat in await store.departments_of(session, one.id)} for one in people if pauses
    }
    return {
        one.id: _calendar(
            one,
            [row for row in absences if row.person_id == one.id],
            [pause for pause in pauses if pause.department_id in (None, *hats[one.id])],
        )
        for one in people
    }


async def department_calendar(session: AsyncSession, department: Department, now: datetime) -> WorkCalendar:
    """Give the hours a department is there: its own, or else its lead's; nobody's absence changes them."""
    pauses = await store.pauses(session, (now - _LOOK_BACK).date())
    closures = _closures([one for one in pauses if one.department_id in (None, department.id)])
    lead = await store.get(session, department.lead_id) if department.lead_id else None
    zone = department.zone or (lead.zone if lead else "UTC")
    week = Week.parse(department.hours) if department.hours else lead.week if lead else Week.office()
    place = (department.country, department.subdivision) if department.country else (
        (lead.country, lead.subdivision) if lead else (None, None)
    )  # fmt: skip
    return WorkCalendar(known_zone(zone), week, *place, closures)


async def away(session: AsyncSession, people: Collection[Person], now: datetime) -> dict[str, AbsenceRow]:
    """Give who of these people is away now, and by which absence."""
    rows = await store.absences(session, [one.id for one in people], now)
    return {row.person_id: row for row in rows if row.starts_at <= now}


async def working(session: AsyncSession, people: Collection[Person], now: datetime) -> set[str]:
    """Give the ids of those of these people who work right now."""
    theirs = await calendars(session, people, now)
    return {one.id for one in people if calendar.is_working(theirs[one.id], now)}


def _calendar(person: Person, absences: list[AbsenceRow], pauses: list[Pause]) -> WorkCalendar:
    return WorkCalendar(
        known_zone(person.zone),
        person.week,
        person.country,
        person.subdivision,
        _closures(pauses),
        tuple(Absence(row.starts_at, row.ends_at or date.max) for row in absences),
        Week.parse(person.quiet) if person.quiet else Week(),
    )


def _closures(pauses: list[Pause]) -> tuple[Closure, ...]:
    return tuple(Closure(one.first_day, one.last_day, one.name) for one in pauses)
