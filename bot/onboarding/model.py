"""Hires, their tasks, objectives and questions: the tables, and the rules that need nothing but them."""

from bisect import bisect_right
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.calendar import NobodyWorks, Week, WorkCalendar, add_working_days, next_working_moment
from bot.storage.database import Base, BigId

# After so many working days overdue a task is told to the buddy, and then to the manager.
BUDDY_HEARS, MANAGER_HEARS = 3, 5
# What stays overdue is named again after so many working days.
_NAMED_AGAIN = 5
# So many mornings ask for one number; then the manager hears that it was not said.
ASKED_MORNINGS = 3
# Groups of fewer people are never shown in figures: one could tell who it is.
LEAST_GROUP = 5
DEPARTMENT = "department:"


class Hire(Base):
    """Somebody who is led through their first months. `state`: active, finished, ended (broken off).

    `active_id` is the person while it goes on, so that nobody is led through two plans at once.
    `quiet_since`: the manager stopped reminders then. `over_at`: when it finished or ended.
    """

    __tablename__ = "hire"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    person_id: Mapped[str] = mapped_column(index=True)
    active_id: Mapped[str | None] = mapped_column(unique=True)
    plan: Mapped[str]
    starts_on: Mapped[date]
    manager_id: Mapped[str] = mapped_column(index=True)
    buddy_id: Mapped[str | None] = mapped_column(index=True)
    state: Mapped[str]
    quiet_since: Mapped[datetime | None]
    started_by: Mapped[str]
    started_at: Mapped[datetime]
    over_at: Mapped[datetime | None]

    @property
    def helper_id(self) -> str:
        """Whom the hire asks first."""
        return self.buddy_id or self.manager_id


class Task(Base):
    """Something to be done on a working day of the hire (0 is the first), as it stood in the plan.

    `by`: hire, manager, buddy, or department:SLUG. `chapter`: the key of the chapter that explains it, or "".
    """

    __tablename__ = "hire_task"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    hire_id: Mapped[int] = mapped_column(BigId, ForeignKey("hire.id"), index=True)
    title: Mapped[str]
    about: Mapped[str]
    by: Mapped[str]
    day: Mapped[int]
    chapter: Mapped[str]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None]


class Objective(Base):
    """A number a hire shall move, from `baseline` to `target` by a working day; it is asked on days `asks`.

    A number that nobody has filled in yet is None, and its `_blank` says what to fill in.
    """

    __tablename__ = "hire_objective"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    hire_id: Mapped[int] = mapped_column(BigId, ForeignKey("hire.id"), index=True)
    what: Mapped[str]
    unit: Mapped[str]
    aim: Mapped[str]
    baseline: Mapped[float | None]
    target: Mapped[float | None]
    baseline_blank: Mapped[str]
    target_blank: Mapped[str]
    day: Mapped[int]
    asks: Mapped[list[int]] = mapped_column(JSON)


class CheckIn(Base):
    """Where an objective stood on one of the days it is asked."""

    __tablename__ = "check_in"
    __table_args__ = (UniqueConstraint("objective_id", "day"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    objective_id: Mapped[int] = mapped_column(BigId, ForeignKey("hire_objective.id"))
    day: Mapped[int]
    value: Mapped[float]
    note: Mapped[str]
    said_by: Mapped[str]
    said_at: Mapped[datetime]


class Question(Base):
    """A question the guide had no answer to, and what a colleague answered."""

    __tablename__ = "guide_question"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    asker_id: Mapped[str]
    helper_id: Mapped[str] = mapped_column(index=True)
    text: Mapped[str]
    asked_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]


class KeptChapter(Base):
    """A chapter of the shop's own guide, kept from an answer; `also` is the question it answered."""

    __tablename__ = "guide_chapter"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    title: Mapped[str]
    text: Mapped[str]
    also: Mapped[str]
    kept_by: Mapped[str]
    kept_at: Mapped[datetime]


class Filled(Base):
    """What the shop filled into a blank; `blank` is what the plan says is to be filled in."""

    __tablename__ = "plan_blank"

    blank: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    filled_by: Mapped[str]
    filled_at: Mapped[datetime]


def is_named(late_before: int, late: int) -> bool:
    """Tell whether a task is named as overdue, `late` working days after it was due.

    It is when it is late, when somebody else hears of it, and then once a week: when one of these days has
    come since the last message, in which it was `late_before` days overdue.
    """
    return _namings(late) > _namings(late_before)


def _namings(late: int) -> int:
    first_week = [day for day in (1, BUDDY_HEARS, MANAGER_HEARS) if day <= late]
    return len(first_week) + max(0, late - MANAGER_HEARS) // _NAMED_AGAIN


class Timetable:
    """A hire's working days by number: 0 is the first at or after the start, -1 the one before it."""

    def __init__(self, theirs: WorkCalendar, starts_on: date) -> None:
        self._theirs, self._starts_on = theirs, starts_on
        # Working days without a gap, and where among them the first one stands.
        self._days: list[date] = []
        self._first = 0

    def on(self, number: int) -> date:
        """Give the date of a working day."""
        try:
            return self._on(number)
        except NobodyWorks:
            # Without any hours of their own, or away without end: count as most people do.
            plain = replace(self._theirs, week=Week.office(), country=None, closures=(), absences=())
            self._theirs, self._days, self._first = plain, [], 0
            return self._on(number)

    def number(self, day: date) -> int:
        """Give the number of the last working day that is not after a date."""
        self.on(0)
        while self._days[0] > day:
            self.on(-self._first - 1)
        while self._days[-1] < day:
            self.on(len(self._days) - self._first)
        return bisect_right(self._days, day) - 1 - self._first

    def worked_from(self, instant: datetime) -> date:
        """Give the date on which they first work from an instant on."""
        try:
            return self._theirs.today(next_working_moment(self._theirs, instant))
        except NobodyWorks:
            return self._theirs.today(instant)

    def late(self, due: date, today: date) -> int:
        """Count the working days that have passed since `due`; 0 when it is not overdue."""
        return max(0, self.number(today) - self.number(due)) if due < today else 0

    def _on(self, number: int) -> date:
        if not self._days:
            self._days.append(add_working_days(self._theirs, self._starts_on, 0))
        while self._first + number < 0:
            self._days.insert(0, add_working_days(self._theirs, self._days[0], -1))
            self._first += 1
        while self._first + number >= len(self._days):
            self._days.append(add_working_days(self._theirs, self._days[-1], 1))
        return self._days[self._first + number]
