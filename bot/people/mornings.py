"""The one scheduled message of a working day: every area's section in one, at the hour its reader chose.

An area contributes with `section` (what it shows) and, where something of its own is due at an hour of that
day, with `hour` (the message then moves there). What an area shows for a window must be the same when it is
asked again: after a click the message is drawn anew in place.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks, calendar
from bot.blocks import Block
from bot.calendar import WorkCalendar
from bot.people import availability, messages, notices, store
from bot.people.model import Morning, NoticeRow, Person
from bot.storage import outbox, schedule
from bot.words import speaking

KIND = "morning"
_LOOK_AHEAD = 93  # days
# A message of yesterday is of no use today: after a longer standstill the next morning comes instead.
_TOO_LATE = timedelta(hours=10)
# A Slack message holds 50 blocks; what waited for somebody's hours needs room below the sections.
_MOST_BLOCKS = 48
_MOST_OF_SECTIONS = 38


@dataclass(frozen=True)
class Window:
    """What a morning tells of: things between `since` and `at`; `day` is the reader's date."""

    day: date
    since: datetime
    at: datetime


Section = Callable[[AsyncSession, Person, Window], Awaitable[list[Block]]]
Hour = Callable[[AsyncSession, Person, date], Awaitable[time | None]]
SECTIONS: dict[str, tuple[int, Section]] = {}
HOURS: dict[str, Hour] = {}


def section(name: str, order: int) -> Callable[[Section], Section]:
    """Let a function give an area's section, [] when it has nothing; lower `order` stands higher."""

    def register(function: Section) -> Section:
        if name in SECTIONS:
            raise ValueError(f"{name} has two morning sections")
        SECTIONS[name] = (order, function)
        return function

    return register


def hour(name: str) -> Callable[[Hour], Hour]:
    """Let a function say at which local hour of a day an area needs the message, or None."""

    def register(function: Hour) -> Hour:
        if name in HOURS:
            raise ValueError(f"{name} asks for two hours")
        HOURS[name] = function
        return function

    return register


async def plan(session: AsyncSession, person: Person, now: datetime) -> None:
    """Plan somebody's next morning anew: their hours, absences or an area's hour have changed."""
    key = f"{KIND}:{person.id}"
    if not person.is_colleague:
        await schedule.drop(session, key)
        return
    await notices.replan(session, person, now)
    planned = await schedule.planned(session, key)
    if planned is not None and planned <= now:
        return  # it is due and will be sent, or not, in a moment
    theirs = await availability.calendar_of(session, person, now)
    await schedule.plan(session, key, KIND, await _next(session, person, theirs, now))


async def plan_new(session: AsyncSession, team: Iterable[Person], now: datetime) -> None:
    """Plan the mornings of whose are not planned: what is due and was not sent yet must not be lost."""
    planned = await schedule.keys(session, KIND)
    for person in team:
        if f"{KIND}:{person.id}" not in planned:
            await plan(session, person, now)


async def soon(session: AsyncSession, person: Person, now: datetime) -> None:
    """Let today's message still come when its hour went by: at the next moment of today that is welcome."""
    key = f"{KIND}:{person.id}"
    theirs = await availability.calendar_of(session, person, now)
    today, moment = theirs.today(now), await notices.welcome(session, person, now)
    planned = await schedule.planned(session, key)
    can_come = calendar.is_working_day(theirs, today) and theirs.today(moment) == today
    if planned is None or theirs.today(planned) <= today or not can_come:
        return
    if await store.morning_of(session, person.id, today) is None:
        await schedule.plan(session, key, KIND, moment)


async def arrive(session: AsyncSession, person: Person, nominal: datetime, now: datetime) -> datetime | None:
    """Send the morning that was due at `nominal`, if it has anything to say; when the next one is due."""
    if not person.is_colleague:
        return None
    theirs = await availability.calendar_of(session, person, now)
    day = theirs.today(nominal)
    is_due = (
        now - nominal < _TOO_LATE
        and calendar.is_working_day(theirs, day)
        and not await availability.away(session, [person], now)
        and await store.morning_of(session, person.id, day) is None
    )
    if is_due:
        await _send(session, person, day, now)
    return await _next(session, person, theirs, max(now, nominal))


async def redraw(session: AsyncSession, person: Person, day: date) -> None:
    """Draw a morning that was sent anew: something in it was dealt with."""
    morning = await store.morning_of(session, person.id, day)
    if morning is None or morning.post_id is None:
        return
    with speaking(person.language):
        shown = await _compose(session, person, Window(day, morning.since, morning.at))
        shown, _count = _with_what_waited(shown, await store.notices_told(session, person.id, morning.at))
        update = outbox.Draft(
            key=f"morning:{person.id}:{day}:{outbox.new_uid()}",
            kind="slack.update",
            lane=f"slack:{person.id}",
            payload={"text": messages.good_morning(day), "blocks": shown},
            after_id=morning.post_id,
            topic=f"morning:{person.id}:{day}",
        )
    await outbox.add(session, update)


async def _send(session: AsyncSession, person: Person, day: date, now: datetime) -> None:
    last = await store.last_morning(session, person.id)
    window = Window(day, last.at if last else now - timedelta(days=1), now)
    waiting = await store.waiting_notices(session, person.id)
    with speaking(person.language):
        shown, told = _with_what_waited(await _compose(session, person, window), waiting)
        if len(shown) <= 1:
            return
        draft = outbox.Draft(
            key=f"morning:{person.id}:{day}",
            kind="slack.post",
            lane=f"slack:{person.id}",
            payload={"channel": person.id, "text": messages.good_morning(day), "blocks": shown},
        )
    notices.take(waiting, told, now)
    post_id = await outbox.add(session, draft)
    session.add(Morning(person_id=person.id, day=day, since=window.since, at=now, post_id=post_id))
    await session.flush()


async def _compose(session: AsyncSession, person: Person, window: Window) -> list[Block]:
    shown = [blocks.section(f"*{messages.good_morning(window.day)}*")]
    for _order, function in sorted(SECTIONS.values(), key=lambda one: one[0]):
        part = await function(session, person, window)
        room = _MOST_OF_SECTIONS - len(shown) - 1
        if len(part) > room:
            part = [*part[: max(0, room - 1)], blocks.context(messages.more_at_home())]
        if part:
            shown += [blocks.divider(), *part]
    return shown


def _with_what_waited(shown: list[Block], waited: Sequence[NoticeRow]) -> tuple[list[Block], int]:
    if not waited:
        return shown, 0
    extra, told = notices.merged(waited, _MOST_BLOCKS - len(shown) - 1)
    return [*shown, blocks.divider(), *extra], told


async def _next(session: AsyncSession, person: Person, theirs: WorkCalendar, after: datetime) -> datetime:
    """Give the next morning, or in a long absence a moment at which to look again."""
    today = theirs.today(after)
    for ahead in range(_LOOK_AHEAD):
        day = today + timedelta(days=ahead)
        if not calendar.is_working_day(theirs, day):
            continue
        asked = [wall for function in HOURS.values() if (wall := await function(session, person, day))]
        moment = calendar.resolve(day, min(asked, default=person.morning_hour), theirs.zone)
        if moment > after:
            return moment
    return after + timedelta(days=_LOOK_AHEAD)
