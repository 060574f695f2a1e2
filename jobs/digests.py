"""What the clock triggers for digests: a section of everybody's morning, a post a week per department."""

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks
from bot.blocks import Block
from bot.digests import compile as digest
from bot.digests import messages, rooms, weekly
from bot.letters import cards
from bot.people import areas, availability, mornings
from bot.people import store as people
from bot.people.model import Department, Person
from bot.people.mornings import Window
from bot.services import Services
from bot.storage import inbox, outbox, schedule
from bot.storage.database import STARTING
from bot.storage.schedule import ScheduleRow
from bot.storage.triggers import Trigger
from jobs.schedule import Errand

AREA = "digests"
KIND = weekly.KIND
ROOMS = "digests.rooms"
SOURCE = "digests"

Rooms = Callable[[], Awaitable[dict[str, list[str] | None]]]


def errands() -> Mapping[str, Errand]:
    """Give what is done when it is due, by the kind of the errand."""

    async def week(session: AsyncSession, row: ScheduleRow, now: datetime) -> datetime | None:
        department = await session.get(Department, int(row.key.partition(":")[2]))
        if department is None:
            return None
        chosen = await weekly.of(session, department)
        if await areas.is_on(session, AREA) and department.channel_id and chosen.is_on:
            theirs = await availability.department_calendar(session, department, now)
            monday = weekly.monday(theirs.today(now))
            await _leave(session, {"week": department.id, "monday": monday.isoformat()})
        return await weekly.following(session, department, max(now, row.due))

    async def rooms_again(session: AsyncSession, row: ScheduleRow, now: datetime) -> datetime:
        if await areas.is_on(session, AREA):
            await _leave(session, {"rooms": row.due.isoformat()})
        return max(now, row.due) + timedelta(days=1)

    return {KIND: week, ROOMS: rooms_again}


async def _leave(session: AsyncSession, what: dict[str, Any]) -> None:
    """Leave it for a moment at which no transaction is open: Slack must be asked who may read what."""
    body = json.dumps(what).encode()
    await inbox.enqueue(session, SOURCE, body.decode(), body)


async def arrived(services: Services, read_rooms: Rooms, body: bytes, trigger: Trigger) -> None:
    """Ask Slack who may read what; then post a department's week, if that is what was left."""
    left = json.loads(body)
    known = await read_rooms()
    async with trigger.transaction() as session:
        await rooms.know(session, known)
        if "week" in left:
            department = await session.get(Department, int(left["week"]))
            if department is not None and department.channel_id:
                monday = date.fromisoformat(left["monday"])
                is_open = known.get(department.channel_id, []) is None
                await _post(session, department, monday, services.clock.now(), joins=is_open)


async def plan(services: Services) -> None:
    """Plan each department's next week at start; one that came since is planned by the next start or week."""
    now = services.clock.now()
    async with services.database.write_in_turn(STARTING) as session:
        planned = await schedule.keys(session, KIND)
        for department in await people.departments(session):
            if f"{KIND}:{department.id}" not in planned:
                await weekly.plan(session, department, now)
        await _leave(session, {"rooms": outbox.new_uid()})
        await schedule.ensure(services.database, session, ROOMS, ROOMS, now + timedelta(days=1))


@mornings.section(AREA, order=60)
async def section(session: AsyncSession, person: Person, window: Window) -> list[Block]:
    """Give what is new for somebody since their last morning."""
    if not await areas.is_on(session, AREA):
        return []
    parts = await digest.for_person(session, person, window.since, window.at)
    return [block for part in parts for block in messages.part(part.title, part.lines)]


async def _post(
    session: AsyncSession, department: Department, monday: date, now: datetime, *, joins: bool
) -> None:
    """Post a department's week, if there is anything to say; `joins`: the bot may come into the channel."""
    parts = await digest.for_department(session, department, monday, now)
    if not parts:
        return
    head = messages.week_head(department, monday)
    shown = [blocks.header(head)]
    for part in parts:
        shown += messages.part(part.title, part.lines)
    if joins:
        # Nobody thinks of inviting it.
        await outbox.add(session, cards.join(str(department.channel_id)))
    post = outbox.Draft(
        key=f"digest:{department.id}:{monday}",
        kind="slack.post",
        lane=f"slack:{department.channel_id}",
        payload={"channel": department.channel_id, "text": blocks.escape(head), "blocks": shown},
    )
    await outbox.add(session, post)
