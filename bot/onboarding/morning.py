"""Onboarding's part of a morning: for a hire, and for whoever does something for one."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.blocks import Block
from bot.onboarding import cards, checklist, messages, objectives, store
from bot.onboarding.checklist import Standing
from bot.onboarding.model import CheckIn, Hire, Objective, Task
from bot.people.model import Person
from bot.people.mornings import Window

# Numbers that are missing are asked for on the first days, and as long as an objective is to be asked.
_FIRST_DAYS = 3


async def section(session: AsyncSession, person: Person, window: Window) -> list[Block]:
    """Give all that onboarding has to say to somebody on a day; the same when it is asked again."""
    shown = []
    own = await store.latest_of(session, person.id)
    if own is not None:
        shown += await _as_hire(session, own, window)
    for duty in await checklist.duties(session, person, window.day, window.at, window.at):
        tasks = [task for task in duty.tasks if not _rests(duty.standing, task)]
        if tasks:
            shown += messages.duty(duty, tasks)
    for hire in await store.led_by(session, person.id, since=window.since):
        shown += await _of_a_hire(session, hire, person, window)
    return shown


def _rests(stands: Standing, task: Task) -> bool:
    """Tell whether nobody is reminded of a task any more: the manager stopped it."""
    return bool(stands.hire.quiet_since) and stands.is_overdue(task)


async def _as_hire(session: AsyncSession, hire: Hire, window: Window) -> list[Block]:
    if hire.state != "active":
        return await _over(session, hire, window, mine=True)
    stands = await checklist.standing(session, hire, window.at, today=window.day)
    due = [
        task
        for task in stands.tasks
        if task.by == "hire" and stands.due(task) <= window.day and not _rests(stands, task)
    ]
    tasks = [task for task in due if task.done_at is None or task.done_at >= window.at]
    return messages.my_morning(stands, tasks, await _asked(session, stands, window.at))


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


async def _of_a_hire(session: AsyncSession, hire: Hire, person: Person, window: Window) -> list[Block]:
    """Tell a buddy or manager what is not as planned."""
    is_manager = hire.manager_id == person.id
    if hire.state != "active":
        return await _over(session, hire, window, mine=False) if is_manager else []
    stands = await checklist.standing(session, hire, window.at, today=window.day)
    shown = messages.behind(stands, is_manager=is_manager) if stands.hears == person.id else []
    if is_manager:
        shown += await _numbers(session, stands)
    return shown


async def _numbers(session: AsyncSession, stands: Standing) -> list[Block]:
    """Tell a manager which numbers were not said or not set."""
    everything = await store.objectives(session, stands.hire.id)
    said = await store.check_ins(session, stands.hire.id)
    shown = []
    for one in everything:
        number = objectives.unsaid_on(one, stands.number, _days(one, said))
        if number is not None and not stands.is_away:
            shown.append(messages.unsaid(stands, one, number))
    missing = objectives.without_numbers(everything)
    asked = any(objectives.asked_on(one, stands.number, _days(one, said)) is not None for one in missing)
    if missing and (asked or 0 <= stands.number < _FIRST_DAYS):
        shown.append(messages.no_numbers(stands, len(missing)))
    return shown


async def _over(session: AsyncSession, hire: Hire, window: Window, *, mine: bool) -> list[Block]:
    if hire.state != "finished" or hire.over_at is None or not window.since < hire.over_at <= window.at:
        return []
    stands = await checklist.standing(session, hire, window.at, today=window.day)
    everything = await store.objectives(session, hire.id)
    progress = objectives.progress(everything, await store.check_ins(session, hire.id))
    return cards.over(stands, progress, mine=mine)
