"""Standups, their rounds and what people answered: the tables, and the rules that need nothing but them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot import calendar
from bot.calendar import WorkCalendar
from bot.rhythms import Rhythm, shifted
from bot.storage.database import Base, BigId
from bot.words import _, mark

# The first place on earth where a date begins: a round is open from then on, so nobody's hour is earlier.
_EASTMOST = "Pacific/Kiritimati"


@dataclass(frozen=True)
class Template:
    """What people are asked. `makes_changes`: answers are changes with an action, an owner and a date."""

    name: str
    questions: tuple[str, ...]
    makes_changes: bool
    rhythm: str
    open_days: int


TEMPLATES = {
    "industry_change": Template(
        mark("Industry change"),
        (mark("What changed that touches us?"), mark("What should we do, who, by when?")),
        makes_changes=True,
        rhythm="weeks",
        open_days=2,
    ),
    "daily": Template(
        mark("Daily"),
        (mark("What is done?"), mark("What comes next?"), mark("What is in the way?")),
        makes_changes=False,
        rhythm="weekdays",
        open_days=0,
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


def asked_on(nominal: date, theirs: WorkCalendar) -> date:
    """Give the day one person is asked: a holiday of theirs moves it on, and the rhythm stays."""
    return shifted(nominal, without_absences(theirs))


def without_absences(theirs: WorkCalendar) -> WorkCalendar:
    """Give somebody's calendar as if they were never away: being away moves no round."""
    return WorkCalendar(theirs.zone, theirs.week, theirs.country, theirs.subdivision, theirs.closures)


def closing(standup: Standup, days: dict[str, date], calendars: dict[str, WorkCalendar]) -> datetime:
    """Give the cut-off: some hours after the last one was asked, or the day after next at the same hour."""
    moments = []
    for person_id, day in days.items():
        theirs = without_absences(calendars[person_id])
        asked = calendar.resolve(day, standup.wall, theirs.zone)
        if standup.kind.open_days == 0:
            moments.append(asked + timedelta(hours=6))
        else:
            last = calendar.add_working_days(theirs, day, standup.kind.open_days)
            moments.append(calendar.resolve(last, standup.wall, theirs.zone))
    return max(moments)


def rhythm_of(standup: Standup) -> Rhythm:
    """Give a standup's rhythm."""
    return Rhythm.from_dict(standup.rhythm)
