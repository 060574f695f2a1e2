"""Whose time it is: local clocks, working hours, holidays and absences, and the arithmetic with them.

Everything here is a pure function of its arguments. Instants come in aware, in any zone, and go out in UTC.
Durations are the time that really passes inside working hours, so a shift through the night in which
the clocks change is an hour longer or shorter. A span belongs to the day it starts on: a holiday takes
away the night shift that starts on its evening, not the one that ends on its morning.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import overload
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot import public_holidays
from bot.errors import SwitchboardError
from bot.week import HoursNotUnderstood, Span, Week

__all__ = [
    "Absence", "Closure", "HoursNotUnderstood", "NobodyWorks", "Period", "Span",
    "UnknownZone", "Week", "WorkCalendar", "WrongOrder", "add_working_days", "add_working_time",
    "holiday_name", "is_night", "is_quiet", "is_working", "is_working_day", "local", "next_welcome_moment",
    "next_working_moment", "overlap", "resolve", "working_time", "zone",
]  # fmt: skip

# What an IANA name looks like (https://data.iana.org/time-zones/theory.html). Beside the zones lie other
# files, copies of them with leap seconds among these; and a name is also looked for among Python's modules.
_PLACE = re.compile(r"[A-Z][\w+-]*(?:/[A-Z][\w+-]*)*", re.ASCII)
# Most people sleep or are at home then; a reader is told so, nothing is decided by it.
_NIGHT_ENDS, _NIGHT_BEGINS = 7, 21
# How far a search goes before it says that nobody works: two years.
_HORIZON = 731
_DAY = timedelta(days=1)
_NO_TIME = timedelta()
_EVER, _NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)

# From one instant up to, and without, another; both UTC.
Period = tuple[datetime, datetime]


class UnknownZone(SwitchboardError):
    """There is no time zone "{name}". Write it as Continent/City, such as Asia/Shanghai."""


class NobodyWorks(SwitchboardError):
    """The hours of this calendar end within two years of {day}: look at its week, closures and absences."""


class WrongOrder(SwitchboardError):
    """This ends before it starts: {start} to {end}."""


@dataclass(frozen=True)
class Closure:
    """Days, both included, on which a place is closed, whatever the law says: a factory's own holiday."""

    start: date
    end: date
    name: str = ""

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise WrongOrder(start=self.start, end=self.end)


@dataclass(frozen=True)
class Absence:
    """Somebody is away: from a day or an instant, until a day (included), an instant, or further notice."""

    start: date | datetime
    end: date | datetime = date.max

    def __post_init__(self) -> None:
        for edge in (self.start, self.end):
            if isinstance(edge, datetime):
                _utc(edge)
        if type(self.start) is type(self.end) and self.end < self.start:
            raise WrongOrder(start=self.start, end=self.end)

    def on(self, day: date) -> Period | None:
        """Give the part of the time in which the hours of `day` are not worked."""
        if isinstance(self.start, datetime):
            since = _utc(self.start)
        elif self.start <= day:
            since = _EVER
        else:
            return None
        if isinstance(self.end, datetime):
            return since, _utc(self.end)
        return (since, _NEVER) if day <= self.end else None


@dataclass(frozen=True)
class WorkCalendar:
    """When somebody works: a person, a department or a supplier.

    `country` and `subdivision` are ISO 3166 ("DE", "BY"); a place the library does not know has no holidays.
    `quiet` are hours in which this person wants no message, working or not.
    """

    zone: str
    week: Week
    country: str | None = None
    subdivision: str | None = None
    closures: tuple[Closure, ...] = ()
    absences: tuple[Absence, ...] = ()
    quiet: Week = Week()  # noqa: RUF009 - frozen

    def __post_init__(self) -> None:
        _zone(self.zone)

    def today(self, instant: datetime) -> date:
        """Give the date that the wall calendar there shows."""
        return _utc(instant).astimezone(_zone(self.zone)).date()


def zone(name: str) -> ZoneInfo | None:
    """Give the zone of an IANA name such as Asia/Shanghai, or None when there is none."""
    if not _PLACE.fullmatch(name):
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # no zone, no name, a folder of zones
        return None


def local(instant: datetime, zone_name: str) -> datetime:
    """Give the wall time of `instant` in that zone; UTC for a zone nobody knows."""
    there = zone(zone_name)
    return instant.astimezone(there) if there else instant


def is_night(local_time: datetime) -> bool:
    """Tell whether it is early or late enough there that hardly anybody works."""
    return not _NIGHT_ENDS <= local_time.hour < _NIGHT_BEGINS


def resolve(day: date, wall: time, zone_name: str) -> datetime:
    """Give the UTC instant at which the clocks there show `wall` on `day`.

    A wall time that the clocks jump over is the instant of the jump; one they show twice is the first.
    """
    there = _zone(zone_name)
    naive = datetime.combine(day, wall.replace(tzinfo=None, fold=0))
    instant = naive.replace(tzinfo=there).astimezone(UTC)
    if _wall(instant, there) == naive:
        return instant
    # The jump lies between what the offsets after and before it make of the wall time.
    before = naive.replace(tzinfo=there, fold=1).astimezone(UTC).replace(microsecond=0)
    low, high = 0, int((instant - before) / timedelta(seconds=1)) + 1
    while low < high:
        middle = (low + high) // 2
        if _wall(before + timedelta(seconds=middle), there) > naive:
            high = middle
        else:
            low = middle + 1
    return before + timedelta(seconds=low)


def holiday_name(calendar: WorkCalendar, day: date, language: str = "en") -> str | None:
    """Give the name of the public holiday, in `language` where it is known, or else of the closure."""
    if calendar.country:
        known = public_holidays.year(calendar.country, calendar.subdivision, day.year, language)
        if day in known.names:
            return known.names[day]
    return next((closure.name for closure in calendar.closures if closure.start <= day <= closure.end), None)


def is_working_day(calendar: WorkCalendar, day: date) -> bool:
    """Tell whether any working time starts on that day and is not taken away by an absence."""
    return any(True for _ in _hours(calendar, day))


def is_working(calendar: WorkCalendar, instant: datetime) -> bool:
    """Tell whether this instant lies in working hours; the end of a span does not."""
    instant = _utc(instant)
    return any(start == instant for start, _end in _periods(calendar, instant, days=1))


def next_working_moment(calendar: WorkCalendar, instant: datetime) -> datetime:
    """Give the instant itself in working hours, else the start of the next ones."""
    for start, _end in _periods(calendar, _utc(instant)):
        return start
    raise NobodyWorks(day=calendar.today(instant))


def working_time(calendar: WorkCalendar, start: datetime, end: datetime) -> timedelta:
    """Give the working time that passes from one instant to another; none when the end is not later."""
    start, end = _utc(start), _utc(end)
    days = (calendar.today(end) - calendar.today(start)).days + 1
    return sum(
        (min(to, end) - since for since, to in _periods(calendar, start, days) if since < end), _NO_TIME
    )


def add_working_time(calendar: WorkCalendar, start: datetime, duration: timedelta) -> datetime:
    """Give the first instant by which `duration` of working time has passed since `start`."""
    if duration < _NO_TIME:
        raise ValueError("working time is counted forwards")
    if not duration:
        return _utc(start)
    for since, to in _periods(calendar, _utc(start)):
        if duration <= to - since:
            return since + duration
        duration -= to - since
    raise NobodyWorks(day=calendar.today(start))


@overload
def add_working_days(calendar: WorkCalendar, start: datetime, days: int) -> datetime: ...
@overload
def add_working_days(calendar: WorkCalendar, start: date, days: int) -> date: ...
def add_working_days(calendar: WorkCalendar, start: date | datetime, days: int) -> date | datetime:
    """Give the n-th working day after a day, or before it when n is negative.

    0 is the day itself, or the next working day when it is none. An instant keeps its wall time.
    """
    if isinstance(start, datetime):
        wall = _wall(_utc(start), _zone(calendar.zone))
        day = add_working_days(calendar, wall.date(), days)
        return _utc(start) if day == wall.date() else resolve(day, wall.time(), calendar.zone)
    step = -_DAY if days < 0 else _DAY
    day, left = (start, 1) if days == 0 else (start + step, abs(days))
    for _ in range(_HORIZON):
        left -= is_working_day(calendar, day)
        if not left:
            return day
        day += step
    raise NobodyWorks(day=start)


def overlap(one: WorkCalendar, other: WorkCalendar, day: date) -> list[Period]:
    """Give the times of `day`, as it is lived from midnight to midnight by `one`, in which both work."""
    start, end = resolve(day, time(), one.zone), resolve(day + _DAY, time(), one.zone)
    theirs = list(_periods(other, start, (other.today(end) - other.today(start)).days + 1))
    both = [
        (max(since, other_since), min(to, other_to, end))
        for since, to in _periods(one, start, days=1)
        for other_since, other_to in theirs
    ]
    return [(since, to) for since, to in both if since < to]


def is_quiet(calendar: WorkCalendar, instant: datetime) -> bool:
    """Tell whether this person wants no message now."""
    return _quiet_until(calendar, _utc(instant)) is not None


def next_welcome_moment(calendar: WorkCalendar, instant: datetime) -> datetime:
    """Give the first instant from `instant` on that is in working hours and not quiet."""
    for start, end in _periods(calendar, _utc(instant)):
        moment = start
        while moment < end and (until := _quiet_until(calendar, moment)):
            moment = until
        if moment < end:
            return moment
    raise NobodyWorks(day=calendar.today(instant))


def _zone(name: str) -> ZoneInfo:
    there = zone(name)
    if there is None:
        raise UnknownZone(name=name)
    return there


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant needs its zone")
    return instant.astimezone(UTC)


def _wall(instant: datetime, there: ZoneInfo) -> datetime:
    return instant.astimezone(there).replace(tzinfo=None, fold=0)


def _spans(calendar: WorkCalendar, day: date) -> tuple[Span, ...]:
    """Give the spans of a date by its weekday, unless it is a holiday, made up for, or closed."""
    if any(closure.start <= day <= closure.end for closure in calendar.closures):
        return ()
    spans = calendar.week.on(day)
    if not calendar.country:
        return spans
    known = public_holidays.year(calendar.country, calendar.subdivision, day.year)
    if day in known.made_up:
        return spans or calendar.week.monday
    return () if day in known.names else spans


def _resolved(spans: Iterable[Span], day: date, zone_name: str) -> Iterator[Period]:
    for span in spans:
        start = resolve(day, span.start, zone_name)
        end = resolve(day + _DAY if span.ends_next_day else day, span.end, zone_name)
        # Of hours that the clocks jump over nothing is left.
        if start < end:
            yield start, end


def _hours(calendar: WorkCalendar, day: date) -> Iterator[Period]:
    """Give the working time that starts on a local date, without absences."""
    away = sorted(period for absence in calendar.absences if (period := absence.on(day)))
    for period in _resolved(_spans(calendar, day), day, calendar.zone):
        yield from _without(away, period)


def _without(away: list[Period], period: Period) -> Iterator[Period]:
    start, end = period
    for gone, back in away:
        if start < gone:
            yield start, min(gone, end)
        start = max(start, back)
        if start >= end:
            return
    yield start, end


def _periods(calendar: WorkCalendar, since: datetime, days: int = _HORIZON) -> Iterator[Period]:
    """Give working time from an instant on, in order, never twice, over so many local days and one more."""
    today = calendar.today(since)
    # Yesterday's night shift may still run; where the clocks go back over midnight tomorrow's may have begun.
    for number in range(-1, days + 1):
        for start, end in _hours(calendar, today + timedelta(days=number)):
            if since < end:
                yield max(start, since), end
                since = end


def _quiet_until(calendar: WorkCalendar, instant: datetime) -> datetime | None:
    today = calendar.today(instant)
    for number in (-1, 0, 1):
        day = today + timedelta(days=number)
        for start, end in _resolved(calendar.quiet.on(day), day, calendar.zone):
            if start <= instant < end:
                return end
    return None
