"""Leading a hire: start, change, stop reminding, break off, finish."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot import calendar
from bot.errors import SwitchboardError
from bot.onboarding import checklist, objectives, store
from bot.onboarding.model import Hire, Task
from bot.onboarding.plans import Plan
from bot.people import mornings
from bot.people import store as people
from bot.people.model import Person, known_zone
from bot.storage import schedule
from bot.words import _

FINISH = "onboarding.finish"
# How far the start may lie from today.
_LONG_AGO, _FAR_AHEAD = timedelta(days=120), timedelta(days=366)


class OnlyTheManager(SwitchboardError):
    """Only the manager of this hire can do this."""


@dataclass(frozen=True)
class Order:
    """What somebody filled in to start, or change, an onboarding."""

    person_id: str
    plan: str
    starts_on: date
    manager_id: str
    buddy_id: str | None


async def mistakes(
    session: AsyncSession, order: Order, plans: Collection[str], today: date, changes: Hire | None = None
) -> dict[str, str]:
    """Tell what is wrong with an order, by field; {} when it can be carried out."""
    wrong = {}
    person = await people.get(session, order.person_id)
    if person is None or not person.is_colleague:
        wrong["person"] = _("Only somebody of the shop's own team can be led through a plan.")
    elif changes is None and await store.active_of(session, person.id):
        wrong["person"] = _("{name} is being led through a plan already.").format(name=person.name)
    if changes is None and order.plan not in plans:
        wrong["plan"] = _("There is no such plan any more. Choose another.")
    if not today - _LONG_AGO <= order.starts_on <= today + _FAR_AHEAD:
        wrong["start"] = _("Choose a day at most four months back and a year ahead.")
    for field, other_id in (("manager", order.manager_id), ("buddy", order.buddy_id)):
        other = await people.get(session, other_id) if other_id else None
        if other_id == order.person_id:
            wrong[field] = _("Nobody can be this for themselves.")
        elif other_id and (other is None or not other.is_colleague):
            wrong[field] = _("Choose somebody of the shop's own team.")
    return wrong


async def start(session: AsyncSession, order: Order, plan: Plan, by: Person, now: datetime) -> Hire:
    """Begin to lead somebody through a plan, with an order that has no `mistakes`."""
    hire = Hire(
        person_id=order.person_id,
        active_id=order.person_id,
        plan=plan.slug,
        starts_on=order.starts_on,
        manager_id=order.manager_id,
        buddy_id=order.buddy_id,
        state="active",
        quiet_since=None,
        started_by=by.id,
        started_at=now,
        over_at=None,
    )
    session.add(hire)
    await session.flush()
    for task in sorted(plan.tasks, key=lambda one: one.day):
        row = Task(
            hire_id=hire.id, title=task.title, about=task.about.strip(), by=task.by, day=task.day,
            chapter=task.chapter, done_at=None, done_by=None,
        )  # fmt: skip
        session.add(row)
    known = await store.filled(session)
    session.add_all([objectives.new(hire.id, one, known) for one in plan.objectives])
    await _note(session, hire, "onboarding.started", by, now)
    await _replan(session, hire, now)
    return hire


async def change(session: AsyncSession, hire: Hire, order: Order, by: Person, now: datetime) -> None:
    """Change the start, manager or buddy of a hire; every date moves along."""
    before = {hire.manager_id, hire.helper_id}
    hire.starts_on, hire.manager_id, hire.buddy_id = order.starts_on, order.manager_id, order.buddy_id
    await _note(session, hire, "onboarding.changed", by, now)
    await _replan(session, hire, now)
    await checklist.redraw(session, hire, before, now)


async def end(session: AsyncSession, hire: Hire, by: Person, now: datetime) -> None:
    """Break it off: nothing more is asked, and what was said stays."""
    hire.state, hire.active_id, hire.over_at = "ended", None, now
    await _note(session, hire, "onboarding.ended", by, now)
    await schedule.drop(session, f"{FINISH}:{hire.id}")
    await checklist.redraw(session, hire, (), now)


async def set_quiet(session: AsyncSession, hire: Hire, by: Person, now: datetime, *, quiet: bool) -> None:
    """Stop reminding of what is overdue, or remind again: the manager decides."""
    if by.id != hire.manager_id:
        raise OnlyTheManager
    hire.quiet_since = now if quiet else None
    await checklist.redraw(session, hire, (), now)


async def finish(session: AsyncSession, hire_id: int, now: datetime) -> datetime | None:
    """End it when the last day of the plan is over; the new moment when absences moved that day."""
    hire = await store.lock(session, hire_id)
    if hire.state != "active":
        return None
    moment = await _over_at(session, hire)
    if moment > now:
        return moment
    hire.state, hire.active_id, hire.over_at = "finished", None, now
    return None


async def _over_at(session: AsyncSession, hire: Hire) -> datetime:
    """Give when the working day after the last one of the plan begins where the hire is."""
    person = await session.get_one(Person, hire.person_id)
    timetable = await checklist.timetable_of(session, hire, person)
    days = [task.day for task in await store.tasks(session, hire.id)]
    days += [one.day for one in await store.objectives(session, hire.id)]
    return calendar.resolve(timetable.on(max(days, default=0) + 1), time(), known_zone(person.zone))


async def _note(session: AsyncSession, hire: Hire, act: str, by: Person, now: datetime) -> None:
    detail = {"plan": hire.plan, "start": str(hire.starts_on), "manager": hire.manager_id}
    await people.audit(session, now, by.id, act, hire.person_id, **detail)


async def _replan(session: AsyncSession, hire: Hire, now: datetime) -> None:
    await session.flush()
    for person in await people.several(session, {hire.person_id, hire.manager_id, hire.helper_id}):
        await mornings.plan(session, person, now)
    # What begins after the hire's hour begins today all the same.
    await mornings.soon(session, await session.get_one(Person, hire.person_id), now)
    moment = max(now, await _over_at(session, hire))
    await schedule.plan(session, f"{FINISH}:{hire.id}", FINISH, moment)
    await checklist.redraw(session, hire, (), now)
