"""A hire's checklist: how it stands on a day, who does what, and ticking."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncSession

from bot import calendar
from bot.errors import SwitchboardError
from bot.onboarding import store
from bot.onboarding.model import BUDDY_HEARS, DEPARTMENT, MANAGER_HEARS, Hire, Task, Timetable
from bot.people import availability, mornings
from bot.people import store as people
from bot.people.model import Department, Person, known_zone

# What somebody does for hires is shown so many days before it is due.
AHEAD = timedelta(days=1)


class NotYourTask(SwitchboardError):
    """This task is somebody else's to tick."""


@dataclass(frozen=True)
class Standing:
    """How a hire stands on a day: the `number` of the working day, and every task with its date."""

    hire: Hire
    person: Person
    today: date
    timetable: Timetable
    tasks: Sequence[Task]
    is_away: bool = False

    @property
    def number(self) -> int:
        """Give the number of today's, or the last, working day."""
        return self.timetable.number(self.today)

    def due(self, task: Task) -> date:
        """Give the date by which a task is to be done: never before anybody could know of it."""
        return max(self.timetable.on(task.day), self._known_on)

    @cached_property
    def _known_on(self) -> date:
        return self.timetable.worked_from(self.hire.started_at)

    def late(self, task: Task, on: date | None = None) -> int:
        """Count the working days by which a task is late today, or on another date, done or not."""
        return self.timetable.late(self.due(task), on or self.today)

    def number_on(self, instant: datetime) -> int:
        """Give the number of the working day at an instant."""
        return self.timetable.number(self.date_of(instant))

    def date_of(self, instant: datetime) -> date:
        """Give the date of an instant where the hire is."""
        return calendar.local(instant, known_zone(self.person.zone)).date()

    def is_overdue(self, task: Task) -> bool:
        """Tell whether a task should have been done; a day is not over before the next working day."""
        return task.done_at is None and self.late(task) > 0

    @property
    def done(self) -> int:
        """Count what is done."""
        return sum(task.done_at is not None for task in self.tasks)

    @property
    def open(self) -> list[Task]:
        """Give what is not done, in the order it falls due."""
        return [task for task in self.tasks if task.done_at is None]

    @property
    def overdue(self) -> list[Task]:
        """Give what should be done by now."""
        return [task for task in self.open if self.is_overdue(task)]

    @property
    def behind(self) -> list[Task]:
        """Give the hire's own tasks of which somebody else hears by now."""
        return [task for task in self.overdue if task.by == "hire" and self.late(task) >= BUDDY_HEARS]

    @property
    def hears(self) -> str | None:
        """Tell who hears that the hire is behind: the buddy first, later the manager; or nobody."""
        if self.is_away or self.hire.quiet_since or not self.behind:
            return None
        worst = max(map(self.late, self.behind))
        return self.hire.manager_id if worst >= MANAGER_HEARS else self.hire.helper_id


async def timetable_of(session: AsyncSession, hire: Hire, person: Person) -> Timetable:
    """Give a hire's working days: their week, holidays and absences since they started."""
    start = calendar.resolve(hire.starts_on, time(), known_zone(person.zone))
    return Timetable(await availability.calendar_of(session, person, start), hire.starts_on)


async def standing(
    session: AsyncSession, hire: Hire, now: datetime, *, today: date | None = None
) -> Standing:
    """Give how a hire stands now, or on the date `today`."""
    person = await session.get_one(Person, hire.person_id)
    away = await availability.away(session, [person], now)
    return Standing(
        hire,
        person,
        today or calendar.local(now, known_zone(person.zone)).date(),
        await timetable_of(session, hire, person),
        await store.tasks(session, hire.id),
        is_away=person.id in away,
    )


@dataclass(frozen=True)
class Duty:
    """What one person does for one hire, due by a day: the tasks that are open, and those done just now."""

    standing: Standing
    tasks: Sequence[Task]


async def duties(
    session: AsyncSession, person: Person, day: date, now: datetime, since: datetime
) -> list[Duty]:
    """Give what somebody does for hires by `day`, by hire; what is done only if after `since`."""
    mine, others = await _departments(session, person)
    found = await store.tasks_for_others(session, person.id, mine, others, since)
    given = []
    for hire in {hire.id: hire for hire, _task in found}.values():
        stands = await standing(session, hire, now, today=day)
        tasks = [task for of, task in found if of.id == hire.id and stands.due(task) <= day + AHEAD]
        if tasks:
            given.append(Duty(stands, tasks))
    return given


async def _departments(session: AsyncSession, person: Person) -> tuple[list[str], list[str]]:
    """Give the departments whose tasks reach this person, and the rest: the lead's, or all members'."""
    mine, others = [], []
    hats = {one.id for one in await people.departments_of(session, person.id)}
    for one in await people.departments(session):
        reaches = one.lead_id == person.id or (one.lead_id is None and one.id in hats)
        # One that has nobody counts as if it were not there: its tasks are the manager's.
        if reaches:
            mine.append(one.slug)
        elif one.lead_id or await people.members(session, one.id):
            others.append(one.slug)
    return mine, others


async def doers(session: AsyncSession, hire: Hire, task: Task) -> set[str]:
    """Give who may tick a task: whoever does it, and the manager."""
    if task.by == "hire":
        return {hire.person_id, hire.manager_id}
    if task.by == "buddy":
        return {hire.helper_id, hire.manager_id}
    able = {hire.manager_id}
    if task.by.startswith(DEPARTMENT):
        department = await people.department(session, task.by.removeprefix(DEPARTMENT))
        able |= await _everybody_of(session, department) if department else set()
    return able


async def _everybody_of(session: AsyncSession, department: Department) -> set[str]:
    lead = {department.lead_id} if department.lead_id else set()
    return lead | {one.id for one in await people.members(session, department.id)}


async def tick(
    session: AsyncSession,
    person: Person,
    shown: Collection[int],
    ticked: Collection[int],
    now: datetime,
    *,
    before: Collection[int] = (),
) -> list[Hire]:
    """Take over from boxes that somebody ticked or cleared; the hires whose tasks they are.

    Of the tasks `shown` those `ticked` are done. Another is not done after all where they saw it ticked
    `before`, or had ticked it themselves: what a colleague did meanwhile they did not see, and so not clear.
    """
    tasks = await store.tasks_by_id(session, shown)
    hires = {
        hire_id: await store.lock(session, hire_id) for hire_id in sorted({one.hire_id for one in tasks})
    }
    for task in tasks:
        await session.refresh(task)
        if person.id not in await doers(session, hires[task.hire_id], task):
            raise NotYourTask
    cleared = [
        one.id for one in tasks if one.id not in ticked and (one.id in before or one.done_by == person.id)
    ]
    await store.set_done(session, [task.id for task in tasks if task.id in ticked], now, person.id)
    await store.set_open(session, cleared)
    for task in tasks:
        await session.refresh(task)
    for hire in hires.values():
        concerned = {
            one for task in tasks if task.hire_id == hire.id for one in await doers(session, hire, task)
        }
        await redraw(session, hire, concerned, now)
    return list(hires.values())


async def redraw(session: AsyncSession, hire: Hire, others: Iterable[str], now: datetime) -> None:
    """Draw anew the mornings of today that show a hire's tasks."""
    await session.flush()
    ids = {hire.person_id, hire.manager_id, hire.helper_id, *others}
    for person in await people.several(session, ids):
        await mornings.redraw(session, person, calendar.local(now, known_zone(person.zone)).date())
