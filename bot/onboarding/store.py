"""Every query about onboarding."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.onboarding.model import (
    DEPARTMENT,
    CheckIn,
    Filled,
    Hire,
    KeptChapter,
    Objective,
    Question,
    Task,
)
from bot.people.model import NoticeRow
from bot.storage.database import for_change, insert
from bot.storage.outbox import OutboxRow


async def active_of(session: AsyncSession, person_id: str) -> Hire | None:
    """Give somebody's onboarding that goes on."""
    rows = select(Hire).where(Hire.active_id == person_id)
    return (await session.execute(rows)).scalar_one_or_none()


async def latest_of(session: AsyncSession, person_id: str) -> Hire | None:
    """Give somebody's newest onboarding, over or not."""
    rows = select(Hire).where(Hire.person_id == person_id).order_by(Hire.id.desc()).limit(1)
    return (await session.execute(rows)).scalar_one_or_none()


def welcome_key(hire_id: int) -> str:
    """Name the notice by which a hire is greeted."""
    return f"onboarding:welcome:{hire_id}"


async def was_greeted(session: AsyncSession, hire_id: int) -> bool:
    """Tell whether a hire was, or will be, greeted by a message of its own."""
    key = welcome_key(hire_id)
    posted = select(OutboxRow.id).where(OutboxRow.key == f"notice:{key}")
    kept = select(NoticeRow.key).where(NoticeRow.key == key)
    return bool((await session.execute(posted)).first() or (await session.execute(kept)).first())


async def led_by(session: AsyncSession, person_id: str, *, since: datetime) -> Sequence[Hire]:
    """Give the hires whose manager or buddy somebody is: those that go on, and those over since then."""
    mine = or_(Hire.manager_id == person_id, Hire.buddy_id == person_id)
    current = or_(Hire.state == "active", Hire.over_at > since)
    rows = select(Hire).where(mine, current).order_by(Hire.starts_on, Hire.id)
    return (await session.execute(rows)).scalars().all()


async def of_everybody(session: AsyncSession, *, since: datetime) -> Sequence[Hire]:
    """Give all hires that go on, and those that finished since then."""
    finished = and_(Hire.state == "finished", Hire.over_at > since)
    rows = select(Hire).where(or_(Hire.state == "active", finished)).order_by(Hire.starts_on, Hire.id)
    return (await session.execute(rows)).scalars().all()


async def plans_in_use(session: AsyncSession) -> Sequence[str]:
    """Give the short names of the plans by which somebody is led now."""
    rows = select(Hire.plan).where(Hire.state == "active").distinct().order_by(Hire.plan)
    return (await session.execute(rows)).scalars().all()


async def lock(session: AsyncSession, hire_id: int) -> Hire:
    """Give a hire, as it is now, that nobody else changes until this transaction ends."""
    return (await session.execute(for_change(select(Hire).where(Hire.id == hire_id)))).scalar_one()


# ---- tasks --------------------------------------------------------------------------------------------


async def tasks(session: AsyncSession, hire_id: int) -> Sequence[Task]:
    """Give a hire's tasks in the order they fall due."""
    rows = select(Task).where(Task.hire_id == hire_id).order_by(Task.day, Task.id)
    return (await session.execute(rows)).scalars().all()


async def tasks_by_id(session: AsyncSession, task_ids: Collection[int]) -> Sequence[Task]:
    """Give these tasks."""
    rows = select(Task).where(Task.id.in_(list(task_ids))).order_by(Task.day, Task.id)
    return (await session.execute(rows)).scalars().all()


async def tasks_for_others(
    session: AsyncSession, person_id: str, mine: Collection[str], others: Collection[str], since: datetime
) -> list[tuple[Hire, Task]]:
    """Give the tasks somebody does for hires: not done, or done since then.

    `mine` are the departments (slugs) whose tasks reach this person, `others` those whose reach somebody
    else; a task of any other department is the manager's.
    """
    rows = (
        select(Hire, Task)
        .join(Task, Task.hire_id == Hire.id)
        .where(
            Hire.state == "active",
            or_(Task.done_at.is_(None), Task.done_at >= since),
            or_(
                and_(Task.by == "manager", Hire.manager_id == person_id),
                and_(Task.by == "buddy", Hire.buddy_id == person_id),
                and_(Task.by == "buddy", Hire.buddy_id.is_(None), Hire.manager_id == person_id),
                Task.by.in_([DEPARTMENT + slug for slug in mine]),
                and_(
                    Task.by.startswith(DEPARTMENT),
                    Task.by.not_in([DEPARTMENT + slug for slug in (*mine, *others)]),
                    Hire.manager_id == person_id,
                ),
            ),
        )
        .order_by(Hire.id, Task.day, Task.id)
    )
    return [(hire, task) for hire, task in await session.execute(rows)]


async def set_done(session: AsyncSession, task_ids: Collection[int], at: datetime, by: str) -> None:
    """Note that these tasks are done, unless they were done before."""
    change = update(Task).where(Task.id.in_(list(task_ids)), Task.done_at.is_(None))
    await session.execute(change.values(done_at=at, done_by=by))


async def set_open(session: AsyncSession, task_ids: Collection[int]) -> None:
    """Note that these tasks are not done after all."""
    change = update(Task).where(Task.id.in_(list(task_ids)))
    await session.execute(change.values(done_at=None, done_by=None))


# ---- objectives ---------------------------------------------------------------------------------------


async def objectives(session: AsyncSession, hire_id: int) -> Sequence[Objective]:
    """Give a hire's objectives in the order of the plan."""
    rows = select(Objective).where(Objective.hire_id == hire_id).order_by(Objective.id)
    return (await session.execute(rows)).scalars().all()


async def check_ins(session: AsyncSession, hire_id: int) -> Sequence[CheckIn]:
    """Give all that was said about a hire's objectives, the oldest day first."""
    rows = (
        select(CheckIn)
        .join(Objective, Objective.id == CheckIn.objective_id)
        .where(Objective.hire_id == hire_id)
        .order_by(CheckIn.day, CheckIn.id)
    )
    return (await session.execute(rows)).scalars().all()


async def check_in(session: AsyncSession, objective_id: int, day: int) -> CheckIn | None:
    """Give what was said about an objective for one of its days."""
    rows = select(CheckIn).where(CheckIn.objective_id == objective_id, CheckIn.day == day)
    return (await session.execute(for_change(rows))).scalar_one_or_none()


async def waiting_for_numbers(session: AsyncSession) -> Sequence[Objective]:
    """Give the objectives of hires that go on in which a number is still blank."""
    rows = (
        select(Objective)
        .join(Hire, Hire.id == Objective.hire_id)
        .where(Hire.state == "active", or_(Objective.baseline.is_(None), Objective.target.is_(None)))
    )
    return (await session.execute(rows)).scalars().all()


# ---- the guide ----------------------------------------------------------------------------------------


async def kept_chapters(session: AsyncSession) -> Sequence[KeptChapter]:
    """Give the chapters the shop kept from answers."""
    return (await session.execute(select(KeptChapter).order_by(KeptChapter.id))).scalars().all()


async def filled(session: AsyncSession) -> dict[str, str]:
    """Give what the shop filled in, by blank."""
    return {row.blank: row.value for row in (await session.execute(select(Filled))).scalars()}


async def fill(session: AsyncSession, rows: Collection[dict[str, Any]]) -> None:
    """Keep what was filled in, over what was there."""
    for row in rows:
        new = insert(session, Filled).values(row)
        kept = {name: row[name] for name in ("value", "filled_by", "filled_at")}
        await session.execute(new.on_conflict_do_update(index_elements=["blank"], set_=kept))


async def empty(session: AsyncSession, blanks: Collection[str]) -> None:
    """Forget what was filled into these blanks."""
    await session.execute(delete(Filled).where(Filled.blank.in_(list(blanks))))


async def lock_question(session: AsyncSession, question_id: int) -> Question:
    """Give a question, as it is now, that nobody else answers until this transaction ends."""
    rows = select(Question).where(Question.id == question_id)
    return (await session.execute(for_change(rows))).scalar_one()


async def asked_count(session: AsyncSession, person_id: str) -> int:
    """Count the questions somebody handed to a colleague."""
    rows = select(func.count()).where(Question.asker_id == person_id)
    return (await session.execute(rows)).scalar_one()


async def open_questions(session: AsyncSession, helper_id: str) -> Sequence[Question]:
    """Give the questions that wait for somebody, the oldest first."""
    rows = select(Question).where(Question.helper_id == helper_id, Question.answered_at.is_(None))
    return (await session.execute(rows.order_by(Question.id))).scalars().all()
