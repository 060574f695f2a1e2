"""What the clock triggers for digests: a section of everybody's morning, a post a week per department."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks, calendar
from bot.blocks import Block
from bot.digests import compile as digest
from bot.digests import messages
from bot.people import areas, availability, mornings
from bot.people import store as people
from bot.people.model import Department, Person
from bot.people.mornings import Window
from bot.services import Services
from bot.storage import outbox, schedule
from bot.storage.schedule import ScheduleRow
from jobs.schedule import Errand

AREA = "digests"
KIND = "digests.week"
HOUR = time(9)


def errands() -> Mapping[str, Errand]:
    """Give what is done when it is due, by the kind of the errand."""
    return {KIND: _week}


async def plan(services: Services) -> None:
    """Plan each department's next week at start; one that came since is planned by the next start or week."""
    now = services.clock.now()
    async with services.database.write() as session:
        for department in await people.departments(session):
            key = f"{KIND}:{department.id}"
            if await schedule.planned(session, key) is None:
                await schedule.plan(session, key, KIND, await _next(session, department, now))


@mornings.section(AREA, order=60)
async def section(session: AsyncSession, person: Person, window: Window) -> list[Block]:
    """Give what is new for somebody since their last morning."""
    if not await areas.is_on(session, AREA):
        return []
    parts = await digest.for_person(session, person, window.since, window.at)
    return [block for part in parts for block in messages.part(part.title, part.lines)]


async def _week(session: AsyncSession, row: ScheduleRow, now: datetime) -> datetime | None:
    department = await session.get(Department, int(row.key.partition(":")[2]))
    if department is None:
        return None
    if await areas.is_on(session, AREA) and department.channel_id:
        await _post(session, department, now)
    return await _next(session, department, max(now, row.due))


async def _post(session: AsyncSession, department: Department, now: datetime) -> None:
    theirs = await availability.department_calendar(session, department, now)
    monday = _monday(theirs.today(now))
    parts = await digest.for_department(session, department, monday, now)
    if not parts:
        return
    head = messages.week_head(department, monday)
    shown = [blocks.header(head)]
    for part in parts:
        shown += messages.part(part.title, part.lines)
    post = outbox.Draft(
        key=f"digest:{department.id}:{monday}",
        kind="slack.post",
        lane=f"slack:{department.channel_id}",
        payload={"channel": department.channel_id, "text": blocks.escape(head), "blocks": shown},
    )
    await outbox.add(session, post)


async def _next(session: AsyncSession, department: Department, after: datetime) -> datetime:
    """Give the first working day of the next week that is not begun, at nine where the department is."""
    theirs = await availability.department_calendar(session, department, after)
    monday = _monday(theirs.today(after))
    for weeks in range(53):
        day = calendar.add_working_days(theirs, monday + timedelta(weeks=weeks), 0)
        moment = calendar.resolve(day, HOUR, theirs.zone)
        if moment > after:
            return moment
    return after + timedelta(weeks=1)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
