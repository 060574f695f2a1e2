"""Standups, their rounds and what people answered: the tables, and the rules that need nothing but them."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot import calendar
from bot.calendar import NobodyWorks, WorkCalendar
from bot.rhythms import Rhythm, next_dates, shifted
from bot.storage.database import Base, BigId
from bot.words import _, mark

# The first place on earth where a date begins: a round is open from then on, so nobody's hour is earlier.
_EASTMOST = "Pacific/Kiritimati"
# A date is over everywhere so many days later, however UTC counts.
_LONGEST_DAY = 3
# A round of one day closes so long after the last one was asked.
_OPEN_FOR = timedelta(hours=6)


@dataclass(frozen=True)
class Template:
    """What people are asked. `makes_changes`: answers are changes with an action, an owner and a date.

    `open_days`: working days until the cut-off, 0 for the same day; `remind_before` it, once.
    """

    name: str
    questions: tuple[str, ...]
    makes_changes: bool
    open_days: int
    remind_before: timedelta


TEMPLATES = {
    "industry_change": Template(
        mark("Industry change"),
        (mark("What changed that touches us?"), mark("What should we do, who, by when?")),
        makes_changes=True,
        open_days=2,
        remind_before=timedelta(hours=20),
    ),
    "daily": Template(
        mark("Daily"),
        (mark("What is done?"), mark("What comes next?"), mark("What is in the way?")),
        makes_changes=False,
        open_days=0,
        remind_before=timedelta(hours=2),
    ),
}


class Standup(Base):
    """Something people are asked again and again. `state`: active, paused, ended; `rhythm` as its dict."""

    __tablename__ = "standup"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    name: Mapped[str]
    template: Mapped[str]
    rhythm: Mapped[dict[str, object]] = mapped_column(JSON)
    hour: Mapped[str]
    channel_id: Mapped[str]
    owner_id: Mapped[str]
    state: Mapped[str]
    created_at: Mapped[datetime]

    @property
    def wall(self) -> time:
        """The local hour at which each person is asked."""
        return time.fromisoformat(self.hour)

    @property
    def kind(self) -> Template:
        """What people are asked."""
        return TEMPLATES[self.template]

    @property
    def questions(self) -> list[str]:
        """The questions in the language spoken now."""
        return [_(question) for question in self.kind.questions]


class Participant(Base):
    """Somebody who is asked."""

    __tablename__ = "standup_participant"

    standup_id: Mapped[int] = mapped_column(BigId, ForeignKey("standup.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(primary_key=True, index=True)


class Round(Base):
    """One time of asking. `nominal` is the date of the rhythm; `state`: open, closed."""

    __tablename__ = "standup_round"
    __table_args__ = (UniqueConstraint("standup_id", "nominal"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    standup_id: Mapped[int] = mapped_column(BigId, ForeignKey("standup.id"), index=True)
    nominal: Mapped[date]
    opened_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    state: Mapped[str]
    report_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("outbox.id"))
    themes: Mapped[list[str]]


class Asked(Base):
    """How one person stands in a round. `state`: waiting, answered, skipped, away; `day` is their date."""

    __tablename__ = "standup_asked"
    __table_args__ = (Index("ix_standup_asked_person_id_state", "person_id", "state"),)

    round_id: Mapped[int] = mapped_column(BigId, ForeignKey("standup_round.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date]
    state: Mapped[str]
    reminded: Mapped[bool]
    answers: Mapped[list[str]]
    answered_at: Mapped[datetime | None]
    is_late: Mapped[bool]


class Change(Base):
    """A change somebody shared, and what shall be done about it. `state`: open, done, none (no action)."""

    __tablename__ = "standup_change"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    round_id: Mapped[int] = mapped_column(BigId, ForeignKey("standup_round.id"), index=True)
    person_id: Mapped[str]
    department: Mapped[str]
    what: Mapped[str]
    impact: Mapped[str]
    action: Mapped[str]
    owner_id: Mapped[str | None] = mapped_column(index=True)
    due: Mapped[date | None]
    state: Mapped[str]
    closed_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]


def opening(nominal: date) -> datetime:
    """Give the instant from which a round can be answered: when its date begins anywhere."""
    return calendar.resolve(nominal, time(), _EASTMOST)


def nominal_of(opened: datetime) -> date:
    """Give the date whose round opens at `opened`."""
    return calendar.local(opened, _EASTMOST).date()


def asked_on(nominal: date, theirs: WorkCalendar) -> date:
    """Give the day one person is asked: a holiday of theirs moves it on, and the rhythm stays."""
    try:
        return shifted(nominal, without_absences(theirs))
    except NobodyWorks:
        return nominal  # somebody without any hours is asked all the same


def without_absences(theirs: WorkCalendar) -> WorkCalendar:
    """Give somebody's calendar as if they were never away: being away moves no round."""
    return replace(theirs, absences=())


def coming(
    rhythm: Rhythm, wall: time, calendars: Collection[WorkCalendar], after: date, now: datetime, count: int
) -> list[date]:
    """Give the next dates of a rhythm later than `after` on which nobody's hour has passed yet."""
    since = max(after, now.date() - timedelta(days=_LONGEST_DAY))
    dates = next_dates(rhythm, since, count + 2 * _LONGEST_DAY)
    return [
        nominal
        for nominal in dates
        if all(calendar.resolve(asked_on(nominal, one), wall, one.zone) > now for one in calendars)
    ][:count]


def closing(
    wall: time, open_days: int, nominal: date, calendars: Collection[WorkCalendar]
) -> datetime | None:
    """Give the cut-off: some hours after the last one is asked, or the n-th working day after, at that hour.

    A round of one day does not wait for who has a holiday; None when that is everybody.
    """
    moments = []
    for theirs in calendars:
        day = asked_on(nominal, theirs)
        if open_days:
            moments.append(calendar.resolve(_later(theirs, day, open_days), wall, theirs.zone))
        elif day == nominal:
            moments.append(calendar.resolve(day, wall, theirs.zone) + _OPEN_FOR)
    return max(moments, default=None)


def _later(theirs: WorkCalendar, day: date, days: int) -> date:
    try:
        return calendar.add_working_days(without_absences(theirs), day, days)
    except NobodyWorks:
        return day + timedelta(days=days)


def rhythm_of(standup: Standup) -> Rhythm:
    """Give a standup's rhythm."""
    return Rhythm.from_dict(standup.rhythm)
