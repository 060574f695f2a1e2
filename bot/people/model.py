"""Who is who and when they may be disturbed: the tables, and the rules that need nothing but them."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from bot import calendar
from bot.calendar import Week
from bot.storage.database import Base, BigId
from bot.words import mark

# When the one scheduled message of a working day comes, unless somebody chose another hour.
MORNING = time(9)


class Aim(StrEnum):
    """What the shop wants in the end; each department serves one of them first."""

    PRODUCT = "product"
    ACQUISITION = "acquisition"
    RETENTION = "retention"


# The departments most shops have: short name, name, and what each is for, first of all.
STANDARD = (
    ("production", mark("Production & sourcing"), "product"),
    ("marketing", mark("Marketing"), "acquisition"),
    ("web", mark("Web & IT"), "acquisition"),
    ("finance", mark("Finance"), "product"),
    ("logistics", mark("Logistics"), "retention"),
    ("service", mark("Customer service"), "retention"),
    ("management", mark("Management"), "product"),
)
STANDARD_NAMES = frozenset(name for _slug, name, _aim in STANDARD)


class Person(Base):
    """Somebody in the workspace.

    The `slack_` fields, the name and the `is_` fields up to `is_gone` are Slack's and follow it; the rest
    is told to us, and `own_` fields win over Slack's. Zones are IANA names, languages ISO 639-1 codes,
    countries ISO 3166; `hours` and `quiet` are written as `bot.week` reads them.
    """

    __tablename__ = "person"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str | None]
    title: Mapped[str]
    slack_zone: Mapped[str]
    slack_language: Mapped[str]
    is_bot: Mapped[bool]
    is_guest: Mapped[bool]
    is_stranger: Mapped[bool]  # of another company, through Slack Connect
    is_gone: Mapped[bool]  # deactivated
    dnd_until: Mapped[datetime | None] = mapped_column(default=None)

    own_zone: Mapped[str | None] = mapped_column(default=None)
    own_language: Mapped[str | None] = mapped_column(default=None)
    country: Mapped[str | None] = mapped_column(default=None)
    subdivision: Mapped[str | None] = mapped_column(default=None)
    hours: Mapped[str | None] = mapped_column(default=None)
    quiet: Mapped[str | None] = mapped_column(default=None)
    morning: Mapped[str | None] = mapped_column(default=None)
    role: Mapped[str] = mapped_column(default="")
    manager_id: Mapped[str | None] = mapped_column(default=None)
    skills: Mapped[list[str]] = mapped_column(default=list)
    absence_feed: Mapped[str | None] = mapped_column(default=None)
    is_admin: Mapped[bool] = mapped_column(default=False)  # made one in Slack; others are named in settings
    is_welcome: Mapped[bool] = mapped_column(default=False)  # a guest whom a lead lets in

    @property
    def zone(self) -> str:
        """The zone this person lives by."""
        return self.own_zone or self.slack_zone

    @property
    def language(self) -> str:
        """The language this person is spoken to in."""
        return self.own_language or self.slack_language

    @property
    def may_act(self) -> bool:
        """Tell whether the bot does what this person asks: all but strangers, bots and uninvited guests."""
        return not (
            self.is_bot or self.is_stranger or self.is_gone or (self.is_guest and not self.is_welcome)
        )

    @property
    def is_colleague(self) -> bool:
        """Tell whether this person belongs to the team, so that things are asked of them by themselves."""
        return not (self.is_bot or self.is_stranger or self.is_gone or self.is_guest)

    @property
    def week(self) -> Week:
        """The hours this person works."""
        return Week.parse(self.hours) if self.hours else Week.office()

    @property
    def morning_hour(self) -> time:
        """The wall time at which the one scheduled message of the day comes."""
        return time.fromisoformat(self.morning) if self.morning else MORNING


class Department(Base):
    """A part of the shop. `hours` and what goes with them are whose promises count; empty: the lead's."""

    __tablename__ = "department"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    lead_id: Mapped[str | None]
    channel_id: Mapped[str | None]
    aim: Mapped[str]
    zone: Mapped[str | None]
    country: Mapped[str | None]
    subdivision: Mapped[str | None]
    hours: Mapped[str | None]


class Membership(Base):
    """A hat somebody wears: in this department."""

    __tablename__ = "membership"

    department_id: Mapped[int] = mapped_column(BigId, ForeignKey("department.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(primary_key=True, index=True)


class AbsenceRow(Base):
    """Somebody is away. `source`: said, status (of Slack) or feed.

    `ends_at` None means until further notice.
    """

    __tablename__ = "absence"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    person_id: Mapped[str] = mapped_column(index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    reason: Mapped[str]
    source: Mapped[str]
    feed_id: Mapped[str | None]


class Pause(Base):
    """Days on which a department, or everyone (`department_id` None), does not work: a company holiday."""

    __tablename__ = "pause"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    department_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("department.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    name: Mapped[str]


class Setting(Base):
    """Something an admin decided in Slack; `value` is JSON under "value"."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]]


class AuditEntry(Base):
    """Something that changed how the bot behaves, or left the company: who did it, when, to what."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[str | None]
    act: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[dict[str, Any]]


class NoticeRow(Base):
    """Something one person should know that waits for their next working moment. `state`: waiting, told.

    `due_at` is when it was expected to be told, and once it is, when that was.
    """

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_state_due_at", "state", "due_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    text: Mapped[str]
    blocks: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    due_at: Mapped[datetime]
    state: Mapped[str]
    created_at: Mapped[datetime]


class Morning(Base):
    """The one scheduled message of somebody's working day, once it was sent: it tells of `since` to `at`."""

    __tablename__ = "morning"

    person_id: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    at: Mapped[datetime]
    post_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("outbox.id"))


class Asking(Base):
    """How often somebody was asked for one kind of thing since they last answered; stopped when too often."""

    __tablename__ = "asking"

    person_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    unanswered: Mapped[int]
    stopped_at: Mapped[datetime | None]


class Workspace(Base):
    """The one Slack workspace this installation serves; a single row."""

    __tablename__ = "workspace"

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[str]


def known_zone(name: str) -> str:
    """Give the zone's name, or UTC for one nobody knows: Slack may say anything."""
    return name if calendar.zone(name) else "UTC"
