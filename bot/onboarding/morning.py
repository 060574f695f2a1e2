"""Onboarding's part of a morning: for a hire, and for whoever does something for one.

Each thing is said when it is new, and what stays open at growing distances: a message that says the same
every morning is read by nobody. "New" is what came about since the last morning of whoever reads it.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.blocks import Block
from bot.onboarding import cards, checklist, messages, objectives, store
from bot.onboarding.checklist import Duty, Standing
from bot.onboarding.model import ASKED_MORNINGS, CheckIn, Hire, Objective, Task, is_named
from bot.people.model import Person
from bot.people.mornings import Window


async def section(session: AsyncSession, person: Person, window: Window) -> list[Block]:
    """Give all that onboarding has to say to somebody on a day; the same when it is asked again."""
    shown = []
    own = await store.latest_of(session, person.id)
    if own is not None:
        shown += await _as_hire(session, own, window)
    for duty in await checklist.duties(session, person, window.day, window.at, window.at):
        shown += _duty(duty, window)
    for hire in await store.led_by(session, person.id, since=window.since):
        shown += await _of_a_hire(session, hire, person, window)
    return shown


def _told(stands: Standing, tasks: Iterable[Task], window: Window) -> tuple[list[Task], int]:
    """Give the tasks that are named this morning, and how many more are overdue.

    Nobody is reminded of what is overdue once the manager stopped it.
    """
    before = stands.date_of(window.since)
    named, older = [], 0
    for task in tasks:
        late = stands.late(task)
        # On a Saturday of the reader, what was due on the hire's Friday is not late, and was named.
        was_named = stands.due(task) < window.day and before >= stands.due(task) - checklist.AHEAD
        is_due = not late and not was_named
        if is_due or (not stands.hire.quiet_since and is_named(stands.late(task, before), late)):
            named.append(task)
        elif task.done_at is None and not stands.hire.quiet_since:
            older += 1
    return named, older


def _has_come(stands: Standing, number: int, window: Window) -> bool:
    """Tell whether a working day of the hire has come since the reader's last morning."""
    begun_since = stands.hire.started_at > window.since
    return number <= stands.number and (begun_since or stands.number_on(window.since) < number)


async def _as_hire(session: AsyncSession, hire: Hire, window: Window) -> list[Block]:
    if hire.state != "active":
        return await _over(session, hire, window, mine=True)
    stands = await checklist.standing(session, hire, window.at, today=window.day)
    due = [
        task
        for task in stands.tasks
        if task.by == "hire"
        and stands.due(task) <= window.day
        and (task.done_at is None or task.done_at >= window.at)
    ]
    named, older = _told(stands, due, window)
    shown = messages.my_morning(stands, named, older, await _asked(session, stands, window.at))
    if not _has_come(stands, 0, window) or await store.was_greeted(session, hire.id):
        return shown
    _text, greeting = messages.welcome(stands)
    return [*greeting, *shown]


async def _asked(
    session: AsyncSession, stands: Standing, at: datetime
) -> list[tuple[Objective, int, CheckIn | None]]:
    """Give the objectives asked for today, and what was said since the morning came."""
    said = await store.check_ins(session, stands.hire.id)
    asked = []
    for one in await store.objectives(session, stands.hire.id):
        before = _days(one, [row for row in said if row.said_at < at])
        number = objectives.asked_on(one, stands.number, before)
        if number is not None:
            row = next((row for row in said if (row.objective_id, row.day) == (one.id, number)), None)
            asked.append((one, number, row))
    return asked


def _days(objective: Objective, said: Collection[CheckIn]) -> set[int]:
    return {row.day for row in said if row.objective_id == objective.id}


def _duty(duty: Duty, window: Window) -> list[Block]:
    named, older = _told(duty.standing, duty.tasks, window)
    return messages.duty(duty, named, older) if named else []


async def _of_a_hire(session: AsyncSession, hire: Hire, person: Person, window: Window) -> list[Block]:
    """Tell a buddy or manager what is not as planned."""
    is_manager = hire.manager_id == person.id
    if hire.state != "active":
        return await _over(session, hire, window, mine=False) if is_manager else []
    stands = await checklist.standing(session, hire, window.at, today=window.day)
    shown = []
    if stands.hears == person.id and _is_news(stands, window):
        shown += messages.behind(stands, is_manager=is_manager)
    if is_manager:
        shown += await _numbers(session, stands, window)
    return shown


def _is_news(stands: Standing, window: Window) -> bool:
    """Tell whether it is time to say that a hire is behind: the oldest task decides, so it is seldom."""
    before, oldest = stands.date_of(window.since), min(stands.behind, key=stands.due)
    return is_named(stands.late(oldest, before), stands.late(oldest))


async def _numbers(session: AsyncSession, stands: Standing, window: Window) -> list[Block]:
    """Tell a manager which numbers were not said or not set."""
    everything = await store.objectives(session, stands.hire.id)
    said = await store.check_ins(session, stands.hire.id)
    shown = []
    for one in everything:
        number = objectives.unsaid_on(one, stands.number, _days(one, said))
        if number is None or stands.is_away:
            continue
        if _has_come(stands, number + ASKED_MORNINGS, window):
            shown.append(messages.unsaid(stands, one, number))
    missing = objectives.without_numbers(everything)
    # They are asked for on the first day, and whenever they would have been needed.
    days = [0, *(day for one in missing for day in one.asks)]
    if missing and any(_has_come(stands, day, window) for day in days):
        shown.append(messages.no_numbers(stands, len(missing)))
    return shown


async def _over(session: AsyncSession, hire: Hire, window: Window, *, mine: bool) -> list[Block]:
    if hire.state != "finished" or hire.over_at is None or not window.since < hire.over_at <= window.at:
        return []
    stands = await checklist.standing(session, hire, window.at, today=window.day)
    everything = await store.objectives(session, hire.id)
    progress = objectives.progress(everything, await store.check_ins(session, hire.id))
    return cards.over(stands, progress, mine=mine)
