"""Strategies for hypothesis: weeks, calendars and instants of every kind."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import strategies as st

from bot.calendar import Absence, Closure, Span, Week, WorkCalendar

DAY = timedelta(days=1)
PLACES = (
    (None, None), ("CN", None), ("DE", "BY"), ("PT", None), ("US", "CA"), ("HU", None), ("XX", None),
)  # fmt: skip
# Where the clocks do something unlike the rest: half hours, midnight, the other hemisphere, a skipped day.
ZONES = (
    "Europe/Lisbon", "Europe/Dublin", "America/New_York", "America/St_Johns", "America/Havana",
    "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Shanghai", "Asia/Kathmandu", "Asia/Beirut",
    "Africa/Casablanca", "Africa/Cairo", "Pacific/Apia", "Antarctica/Troll", "Pacific/Chatham", "UTC",
)  # fmt: skip


def zones() -> st.SearchStrategy[str]:
    # This machine's own zone stands among its files, and is no place.
    return st.sampled_from(ZONES) | st.timezone_keys(allow_prefix=False).filter(
        lambda key: key != "localtime"
    )


def days(since: int = 2010, until: int = 2037) -> st.SearchStrategy[date]:
    return st.dates(date(since, 1, 1), date(until, 12, 31))


@st.composite
def instants(draw: st.DrawFn) -> datetime:
    """Give an instant to the microsecond, expressed in any zone."""
    moment = draw(st.datetimes(datetime(2010, 1, 1), datetime(2037, 12, 31)))
    return moment.replace(tzinfo=UTC).astimezone(draw(st.timezones()))


@st.composite
def spans_of_a_day(draw: st.DrawFn) -> tuple[Span, ...]:
    """Give up to three spans that do not overlap; the last may end at midnight or in the next morning."""
    minutes = st.integers(0, 24 * 4 - 1).map(lambda quarter: quarter * 15) | st.integers(0, 24 * 60 - 1)
    marks = sorted(draw(st.sets(minutes, max_size=6)))
    if len(marks) % 2:
        marks.append(draw(st.integers(24 * 60, 24 * 60 + marks[-1] - (marks[-1] > 0))))
    edges = [time(mark // 60 % 24, mark % 60) for mark in marks]
    return tuple(Span(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True))


@st.composite
def weeks(draw: st.DrawFn) -> Week:
    """Give a week in which each day is one of a few kinds of days."""
    kinds = ((), *draw(st.lists(spans_of_a_day(), min_size=1, max_size=3)))
    chosen = draw(st.integers(0, len(kinds) ** 7 - 1))
    return Week(*(kinds[chosen // len(kinds) ** day % len(kinds)] for day in range(7)))


@st.composite
def closures(draw: st.DrawFn) -> Closure:
    start = draw(days())
    return Closure(start, start + DAY * draw(st.integers(0, 30)))


@st.composite
def absences(draw: st.DrawFn) -> Absence:
    """Give an absence of days, of hours, or from an instant until a day."""
    start, length = draw(instants()), draw(st.timedeltas(timedelta(), timedelta(days=60)))
    end = start + length
    return Absence(
        draw(st.sampled_from((start, start.date()))) if length > DAY else start,
        draw(st.sampled_from((end, end.date()))) if length > DAY else end,
    )


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar:
    country, subdivision = draw(st.sampled_from(PLACES))
    return WorkCalendar(
        draw(zones()),
        draw(weeks()),
        country,
        subdivision,
        tuple(draw(st.lists(closures(), max_size=2))),
        tuple(draw(st.lists(absences(), max_size=3))),
    )
