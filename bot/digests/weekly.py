"""When a department's week is posted: whether at all, on which weekday and at which hour of its own."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot import calendar
from bot.people import availability
from bot.people import store as people
from bot.people.model import Department, Person
from bot.storage import schedule

KIND = "digests.week"


@dataclass(frozen=True)
class Weekly:
    """What a lead or admin chose; `weekday` from Monday, 0. A holiday moves it to the next working day."""

    is_on: bool = True
    weekday: int = 0
    hour: str = "09:00"


async def of(session: AsyncSession, department: Department) -> Weekly:
    """Give what was chosen for a department."""
    return Weekly(**await people.setting(session, f"{KIND}:{department.id}", {}))


async def choose(
    session: AsyncSession, department: Department, chosen: Weekly, actor: Person, now: datetime
) -> None:
    """Keep what somebody chose, and plan by it."""
    kept = {"is_on": chosen.is_on, "weekday": chosen.weekday, "hour": chosen.hour}
    await people.set_setting(session, f"{KIND}:{department.id}", kept)
    await people.audit(session, now, actor.id, "digests.week", department.slug, **kept)
    await plan(session, department, now)


async def plan(session: AsyncSession, department: Department, now: datetime) -> None:
    """Plan a department's next post anew."""
    due = await following(session, department, now)
    await schedule.plan(session, f"{KIND}:{department.id}", KIND, due)


async def following(session: AsyncSession, department: Department, after: datetime) -> datetime:
    """Give when the department's week is posted next."""
    chosen = await of(session, department)
    theirs = await availability.department_calendar(session, department, after)
    first = monday(theirs.today(after)) + timedelta(days=chosen.weekday)
    for weeks in range(53):
        try:
            day = calendar.add_working_days(theirs, first + timedelta(weeks=weeks), 0)
        except calendar.NobodyWorks:
            break
        moment = calendar.resolve(day, time.fromisoformat(chosen.hour), theirs.zone)
        if moment > after:
            return moment
    return after + timedelta(weeks=1)


def monday(day: date) -> date:
    """Give the Monday of a day's week."""
    return day - timedelta(days=day.weekday())
