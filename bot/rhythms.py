"""How a thing recurs: every day, on chosen weekdays, every n weeks, on the last Friday of the month.

A rhythm gives dates; the local hour on a date is made an instant by `calendar.resolve`, and `shifted` moves a
date off a holiday without moving those after it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Literal, Self

from apscheduler.triggers.calendarinterval import CalendarIntervalTrigger
from apscheduler.triggers.cron import CronTrigger

from bot.calendar import WorkCalendar, add_working_days
from bot.errors import SwitchboardError

__all__ = [
    "LAST", "Description", "Kind", "Occurrence", "Rhythm", "RhythmNotUnderstood", "describe",
    "first_on_or_after", "next_dates", "occurrences", "shifted",
]  # fmt: skip

Kind = Literal["daily", "weekdays", "weeks", "nth_weekday", "month_day"]
LAST = -1
_CODES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NTH = {1: "1st", 2: "2nd", 3: "3rd", 4: "4th", LAST: "last"}
# The longest month that every year has.
_SHORTEST_MONTH = 28


class RhythmNotUnderstood(SwitchboardError):
    """This is not a rhythm that I know."""


class NoWeekday(RhythmNotUnderstood):
    """Choose at least one day of the week."""


class WrongWeeks(RhythmNotUnderstood):
    """Choose every 1 to 53 weeks, and the date of the first time."""


class WrongNth(RhythmNotUnderstood):
    """Choose the first, second, third, fourth or last of one day of the week."""


class WrongDay(RhythmNotUnderstood):
    """Choose a day of the month from 1 to 31, or the last."""


@dataclass(frozen=True)
class Rhythm:
    """How a thing recurs; make one with the class methods. Weekdays are numbers from Monday, 0."""

    kind: Kind
    weekdays: tuple[int, ...] = ()
    # Of "every n weeks": n, and the date that it counts from.
    weeks: int = 1
    since: date | None = None
    # Of "nth weekday" and "monthly": which, or LAST.
    nth: int = 0
    day: int = 0

    def __post_init__(self) -> None:
        rules = {
            "daily": (True, RhythmNotUnderstood),
            "weekdays": (bool(self.weekdays), NoWeekday),
            "weeks": (self.since is not None and 1 <= self.weeks <= 53, WrongWeeks),
            "nth_weekday": (self.nth in _NTH and len(self.weekdays) == 1, WrongNth),
            "month_day": (self.day == LAST or 1 <= self.day <= 31, WrongDay),
        }
        fits, mistake = rules.get(self.kind, (False, RhythmNotUnderstood))
        if not fits or any(weekday not in range(7) for weekday in self.weekdays):
            raise mistake

    @classmethod
    def daily(cls) -> Self:
        """Every day, Sundays and all: `occurrences` leaves working days."""
        return cls("daily")

    @classmethod
    def on_weekdays(cls, *weekdays: int) -> Self:
        """Every week on these days; weekly is one of them."""
        return cls("weekdays", weekdays=tuple(sorted(set(weekdays))))

    @classmethod
    def every_weeks(cls, weeks: int, since: date) -> Self:
        """Every n weeks from a date, on that date's weekday, and never before it."""
        return cls("weeks", weeks=weeks, since=since)

    @classmethod
    def nth_weekday(cls, nth: int, weekday: int) -> Self:
        """On the first to fourth, or LAST, such weekday of each month."""
        return cls("nth_weekday", weekdays=(weekday,), nth=nth)

    @classmethod
    def monthly(cls, day: int) -> Self:
        """Each month on a day, or its LAST; a month without that day has its last one."""
        return cls("month_day", day=day)

    @classmethod
    def from_dict(cls, stored: Mapping[str, object]) -> Self:
        """Read what `to_dict` wrote."""
        fields = dict(stored)
        try:
            since = fields.pop("since", None)
            weekdays = fields.pop("weekdays", ())
            return cls(
                **fields,  # type: ignore[arg-type] # what does not fit is said below
                weekdays=tuple(weekdays),  # type: ignore[arg-type]
                since=date.fromisoformat(since) if isinstance(since, str) else None,
            )
        except (TypeError, ValueError) as error:
            raise RhythmNotUnderstood from error

    def to_dict(self) -> dict[str, object]:
        """Give plain values for a JSON column: only the fields that this kind has."""
        fields: dict[str, object] = {"kind": self.kind}
        if self.weekdays:
            fields["weekdays"] = list(self.weekdays)
        if self.since:
            fields |= {"weeks": self.weeks, "since": self.since.isoformat()}
        if self.nth:
            fields["nth"] = self.nth
        if self.day:
            fields["day"] = self.day
        return fields


@dataclass(frozen=True)
class Occurrence:
    """One time of a rhythm: the date it has by the rhythm (its name for ever), and the day it is held on."""

    nominal: date
    day: date


@dataclass(frozen=True)
class Description:
    """What a rhythm is in words: an English sentence with {places} to translate, and what goes into them.

    Of the values, `weekdays` and `nth` are numbers (see `Rhythm`) that need words, too; `n` and `day` are
    said as they are.
    """

    pattern: str
    weekdays: tuple[int, ...] = ()
    n: int = 0
    nth: int = 0
    day: int = 0

    def __str__(self) -> str:
        *others, final = [_WEEKDAYS[weekday] for weekday in self.weekdays] or [""]
        weekdays = f"{', '.join(others)} and {final}" if others else final
        return self.pattern.format(weekdays=weekdays, n=self.n, nth=_NTH.get(self.nth, ""), day=self.day)


def next_dates(rhythm: Rhythm, after: date, count: int) -> list[date]:
    """Give the rhythm's next dates later than `after`."""
    return list(islice(_dates(rhythm, after + timedelta(days=1)), count))


def first_on_or_after(rhythm: Rhythm, day: date) -> date:
    """Give `day` itself when the rhythm falls on it, else the rhythm's next date."""
    return next(_dates(rhythm, day))


def shifted(rhythm_date: date, calendar: WorkCalendar) -> date:
    """Give the day on which a date of a rhythm is held: itself, or the next working day."""
    return add_working_days(calendar, rhythm_date, 0)


def occurrences(rhythm: Rhythm, calendar: WorkCalendar, after: date, count: int) -> list[Occurrence]:
    """Give the next times a rhythm is held, on days later than `after`.

    A holiday's occurrence that is held after `after` is among them. Where several fall on one day (a daily
    rhythm over a weekend), only the last of them is held.
    """
    # Whatever falls later than the last working day so far is held later than `after`.
    held_until = add_working_days(calendar, after + timedelta(days=1), -1)
    found: dict[date, Occurrence] = {}
    for nominal in _dates(rhythm, held_until + timedelta(days=1)):
        day = shifted(nominal, calendar)
        if day not in found and len(found) == count:
            break
        found[day] = Occurrence(nominal, day)
    return list(found.values())


def describe(rhythm: Rhythm) -> Description:
    """Say a rhythm in words, in parts that can be translated."""
    match rhythm.kind:
        case "daily":
            return Description("every day")
        case "weekdays":
            return Description("every week on {weekdays}", weekdays=rhythm.weekdays)
        case "weeks":
            assert rhythm.since is not None
            pattern = "every week on {weekdays}" if rhythm.weeks == 1 else "every {n} weeks on {weekdays}"
            return Description(pattern, weekdays=(rhythm.since.weekday(),), n=rhythm.weeks)
        case "nth_weekday":
            return Description(
                "on the {nth} {weekdays} of the month", weekdays=rhythm.weekdays, nth=rhythm.nth
            )
        case "month_day" if rhythm.day == LAST:
            return Description("on the last day of the month")
        case "month_day":
            return Description("on day {day} of the month", day=rhythm.day)


def _dates(rhythm: Rhythm, start: date) -> Iterator[date]:
    """Give the rhythm's dates from `start` on: a trigger asked at noon UTC, where no day lacks an hour."""
    if rhythm.since and start <= rhythm.since:
        start = rhythm.since
    trigger = _trigger(rhythm, start)
    moment = _noon(start)
    fired: datetime | None = None
    while fired := trigger.get_next_fire_time(fired, moment):
        moment = fired + timedelta(seconds=1)
        day = _in_month(rhythm, fired.date())
        if day >= start:
            yield day


def _trigger(rhythm: Rhythm, start: date) -> CalendarIntervalTrigger | CronTrigger:
    noon = {"hour": 12, "minute": 0, "second": 0, "timezone": UTC}
    match rhythm.kind:
        case "weeks":
            assert rhythm.since is not None
            # The trigger counts from its start, so it starts at the round before.
            every = timedelta(weeks=rhythm.weeks)
            begins = rhythm.since + (start - rhythm.since) // every * every
            return CalendarIntervalTrigger(weeks=rhythm.weeks, start_date=begins, **noon)
        case "weekdays":
            return CronTrigger(day_of_week=",".join(_CODES[weekday] for weekday in rhythm.weekdays), **noon)
        case "nth_weekday":
            return CronTrigger(day=f"{_NTH[rhythm.nth]} {_CODES[rhythm.weekdays[0]]}", **noon)
        case "month_day":
            day = "last" if rhythm.day == LAST or rhythm.day > _SHORTEST_MONTH else rhythm.day
            return CronTrigger(day=day, **noon)
        case "daily":
            return CronTrigger(**noon)


def _in_month(rhythm: Rhythm, day: date) -> date:
    """Give day 30 where the trigger said the last of a longer month."""
    if rhythm.kind == "month_day" and rhythm.day > _SHORTEST_MONTH:
        return day.replace(day=min(rhythm.day, day.day))
    return day


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)
