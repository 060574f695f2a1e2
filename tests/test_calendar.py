import subprocess
import sys
import time as real_time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot import public_holidays
from bot.calendar import (
    Absence,
    Closure,
    NobodyWorks,
    UnknownZone,
    Week,
    WorkCalendar,
    WrongOrder,
    add_working_days,
    add_working_time,
    holiday_name,
    is_quiet,
    is_working,
    is_working_day,
    local,
    next_welcome_moment,
    next_working_moment,
    overlap,
    resolve,
    working_time,
    zone,
)
from tests.times import DAY, calendars, days, instants, weeks, zones

NO_TIME, TICK, HOUR = timedelta(), timedelta(microseconds=1), timedelta(hours=1)
thorough = settings(deadline=None, max_examples=100)

SHANGHAI = WorkCalendar("Asia/Shanghai", Week.office(), "CN")
LISBON = WorkCalendar("Europe/Lisbon", Week.office(), "PT")


def at(zone_name: str, *when: int) -> datetime:
    """Give an instant by its wall time there."""
    return datetime(*when, tzinfo=ZoneInfo(zone_name))  # type: ignore[misc,arg-type]


def hours(periods: list[tuple[datetime, datetime]], zone_name: str) -> list[str]:
    """Write periods as the clocks there show them."""
    return [f"{local(since, zone_name):%H:%M}-{local(to, zone_name):%H:%M}" for since, to in periods]


# --- properties ---------------------------------------------------------------------------------------------


@thorough
@given(calendars(), st.lists(instants(), min_size=3, max_size=3).map(sorted))
def test_it_counts_the_same_time_in_one_stretch_or_in_two(
    calendar: WorkCalendar, three: list[datetime]
) -> None:
    start, middle, end = three[0], three[1], min(three[2], three[1] + 90 * DAY)
    middle = max(middle, end - 180 * DAY)
    start = max(start, middle - 90 * DAY)
    whole = working_time(calendar, start, end)
    assert whole == working_time(calendar, start, middle) + working_time(calendar, middle, end)
    assert NO_TIME <= whole <= end - start
    assert working_time(calendar, end, start) == NO_TIME


@thorough
@given(calendars(), instants(), st.timedeltas(NO_TIME, timedelta(hours=300)))
def test_it_adds_exactly_the_working_time_that_then_has_passed(
    calendar: WorkCalendar, start: datetime, duration: timedelta
) -> None:
    try:
        end = add_working_time(calendar, start, duration)
    except NobodyWorks:
        assert working_time(calendar, start, start + 700 * DAY) < duration
        return
    assert working_time(calendar, start, end) == duration
    if duration:
        assert working_time(calendar, start, end - TICK) == duration - TICK


@thorough
@given(calendars(), instants())
def test_it_finds_the_next_working_moment_once_and_for_all(calendar: WorkCalendar, instant: datetime) -> None:
    try:
        moment = next_working_moment(calendar, instant)
    except NobodyWorks:
        assert not is_working(calendar, instant)
        assert working_time(calendar, instant, instant + 700 * DAY) == NO_TIME
        return
    assert moment >= instant
    assert is_working(calendar, moment)
    # In UTC: Python calls no time of an hour that is shown twice equal to any of another zone.
    assert (moment == instant.astimezone(UTC)) == is_working(calendar, instant)
    assert working_time(calendar, instant, moment) == NO_TIME
    assert next_working_moment(calendar, moment) == moment


@thorough
@given(calendars(), weeks(), instants())
def test_it_disturbs_nobody_outside_their_hours_or_in_quiet_ones(
    calendar: WorkCalendar, quiet: Week, instant: datetime
) -> None:
    calendar = replace(calendar, quiet=quiet)
    with suppress(NobodyWorks):
        moment = next_welcome_moment(calendar, instant)
        assert moment >= next_working_moment(calendar, instant)
        assert is_working(calendar, moment)
        assert not is_quiet(calendar, moment)


@thorough
@given(calendars(), instants(), st.timezones(), st.integers(-20, 20))
def test_it_does_not_care_in_which_zone_an_instant_is_expressed(
    calendar: WorkCalendar, instant: datetime, there: ZoneInfo, count: int
) -> None:
    same, later = instant.astimezone(there), instant + 10 * DAY
    assert is_working(calendar, same) == is_working(calendar, instant)
    assert working_time(calendar, same, later) == working_time(calendar, instant, later.astimezone(there))
    with suppress(NobodyWorks):
        assert next_working_moment(calendar, same) == next_working_moment(calendar, instant)
        assert add_working_time(calendar, same, 9 * HOUR) == add_working_time(calendar, instant, 9 * HOUR)
        assert add_working_days(calendar, same, count) == add_working_days(calendar, instant, count)


@thorough
@given(calendars(), days(), st.integers(-40, 40))
def test_it_counts_working_days_one_by_one(calendar: WorkCalendar, day: date, count: int) -> None:
    try:
        found = add_working_days(calendar, day, count)
    except NobodyWorks:
        return
    assert is_working_day(calendar, found)
    first, last = (day + DAY, found) if count > 0 else (found, day - DAY) if count < 0 else (day, found)
    passed = [first + DAY * n for n in range((last - first).days + 1)]
    assert sum(is_working_day(calendar, one) for one in passed) == (abs(count) or 1)


@thorough
@given(calendars(), calendars(), days())
def test_it_finds_when_two_people_both_work(one: WorkCalendar, other: WorkCalendar, day: date) -> None:
    both = overlap(one, other, day)
    midnight, next_midnight = resolve(day, time(), one.zone), resolve(day + DAY, time(), one.zone)
    reach = midnight
    for since, to in both:
        assert reach <= since < to <= next_midnight
        assert working_time(one, since, to) == working_time(other, since, to) == to - since
        reach = to
    # Where it names no time, one of the two does not work.
    edges = [midnight, *(edge for period in both for edge in period), next_midnight]
    for gap_start, gap_end in zip(edges[::2], edges[1::2], strict=True):
        moment = gap_start
        while moment < gap_end:
            assert not (is_working(one, moment) and is_working(other, moment))
            moment += timedelta(minutes=97)


@settings(deadline=None, max_examples=500)
@given(days(1970, 2037), st.times(), zones())
@example(date(2026, 3, 29), time(1, 30, 0, 7), "Europe/Lisbon")
@example(date(2011, 12, 30), time(12), "Pacific/Apia")
def test_it_leaves_a_wall_time_only_where_the_clocks_never_show_it(
    day: date, wall: time, zone_name: str
) -> None:
    instant, there = resolve(day, wall, zone_name), ZoneInfo(zone_name)
    meant, shown = datetime.combine(day, wall), local(instant, zone_name).replace(tzinfo=None)
    readings = [meant.replace(tzinfo=there, fold=fold).astimezone(UTC) for fold in (0, 1)]
    real = [one for one in readings if local(one, zone_name).replace(tzinfo=None) == meant]
    if real:
        assert shown == meant
        assert instant == min(real)
    else:
        just_before = local(instant - TICK, zone_name).replace(tzinfo=None)
        assert just_before < meant < shown


def test_it_agrees_with_a_clock_watched_for_a_year() -> None:
    week = Week.parse("mon-thu 9-12, 13-17:30; fri 22-6; sat 18-24; sun 0-24")
    for name in ("Europe/Lisbon", "America/Sao_Paulo", "Australia/Lord_Howe", "America/St_Johns"):
        calendar, there = WorkCalendar(name, week), ZoneInfo(name)
        moment, expected = datetime(2018, 1, 1, tzinfo=UTC), NO_TIME
        minutes = timedelta(minutes=15)
        while moment < datetime(2019, 1, 1, tzinfo=UTC):
            expected += _watched(week, moment.astimezone(there)) * minutes
            moment += minutes
        assert working_time(calendar, datetime(2018, 1, 1, tzinfo=UTC), moment) == expected, name


def _watched(week: Week, shown: datetime) -> bool:
    """Tell by the clock alone: no span here begins or ends in an hour that is shown twice."""
    today, yesterday = week.on(shown.date()), week.on(shown.date() - DAY)
    wall = shown.time()
    return any(one.start <= wall and (wall < one.end or one.ends_next_day) for one in today) or any(
        one.ends_next_day and wall < one.end for one in yesterday
    )


# --- daylight saving ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("evening", "lasts"), [((2026, 3, 28), 7), ((2026, 10, 24), 9), ((2026, 7, 4), 8)])
def test_it_pays_a_night_shift_for_the_hours_it_really_lasts(evening: tuple[int, ...], lasts: int) -> None:
    calendar = WorkCalendar("Europe/Berlin", Week.parse("sat 22-6"))
    start = at("Europe/Berlin", *evening, 22)
    assert working_time(calendar, start, start + 2 * DAY) == lasts * HOUR
    assert local(add_working_time(calendar, start, lasts * HOUR), "Europe/Berlin").hour == 6


def test_it_starts_a_shift_in_the_hour_that_is_skipped_when_the_clocks_have_jumped() -> None:
    calendar = WorkCalendar("Europe/Lisbon", Week.parse("sun 1:30-4"))
    start = next_working_moment(calendar, at("Europe/Lisbon", 2026, 3, 29))
    assert start == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert working_time(calendar, start, start + DAY) == 2 * HOUR


def test_it_works_no_hours_that_the_clocks_skip() -> None:
    calendar = WorkCalendar("Europe/Lisbon", Week.parse("sun 1:10-1:50"))
    assert not is_working_day(calendar, date(2026, 3, 29))
    assert is_working_day(calendar, date(2026, 4, 5))


def test_it_counts_night_shifts_that_meet_only_once() -> None:
    calendar = WorkCalendar("Asia/Kathmandu", Week.parse("mon 20-8; tue 6-10"))
    start = at("Asia/Kathmandu", 2026, 6, 1)
    assert working_time(calendar, start, start + 7 * DAY) == 14 * HOUR


def test_it_has_begun_sunday_when_the_clocks_go_back_over_midnight_to_saturday() -> None:
    calendar = WorkCalendar("America/St_Johns", Week.parse("sun 0-8"))
    again = datetime(2010, 11, 7, 3, tzinfo=UTC)
    assert f"{local(again, calendar.zone):%a %H:%M}" == "Sat 23:30"
    assert resolve(date(2010, 11, 7), time(), calendar.zone) == again - HOUR / 2
    assert is_working(calendar, again)
    assert not is_working(calendar, again - HOUR)
    assert next_working_moment(calendar, again) == again
    assert is_quiet(replace(calendar, quiet=calendar.week), again)


def test_it_takes_the_first_of_two() -> None:
    assert resolve(date(2026, 10, 25), time(1, 30), "Europe/Lisbon") == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


# --- Shanghai and Lisbon ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "in_lisbon"),
    [
        (date(2026, 3, 27), ["09:00-09:30"]),
        (date(2026, 3, 30), ["09:00-10:30"]),
        (date(2026, 10, 23), ["09:00-10:30"]),
        (date(2026, 10, 26), ["09:00-09:30"]),
        (date(2026, 2, 14), []),  # a make-up Saturday in China, a free one in Portugal
        (date(2026, 2, 18), []),  # Chinese New Year
        (date(2026, 4, 3), []),  # Good Friday in Portugal
    ],
)
def test_it_finds_the_hour_in_which_shanghai_and_lisbon_can_talk(day: date, in_lisbon: list[str]) -> None:
    assert hours(overlap(LISBON, SHANGHAI, day), "Europe/Lisbon") == in_lisbon
    assert overlap(SHANGHAI, LISBON, day) == overlap(LISBON, SHANGHAI, day)


def test_it_keeps_the_hour_of_whoever_has_no_daylight_saving() -> None:
    for day in (date(2026, 3, 27), date(2026, 3, 30)):
        moment = next_working_moment(SHANGHAI, resolve(day, time(), "Asia/Shanghai"))
        assert local(moment, "Asia/Shanghai").time() == time(9)
    gap = next_working_moment(LISBON, at("Europe/Lisbon", 2026, 3, 27, 18))
    assert gap - at("Europe/Lisbon", 2026, 3, 27, 9) == 3 * DAY - HOUR


@pytest.mark.parametrize(
    ("working_hours", "answered_by"),
    [(1, (13, 17, 0)), (8, (14, 15, 30)), (10, (14, 17, 30)), (11, (24, 10, 0))],
)
def test_it_promises_an_answer_around_chinese_new_year(
    working_hours: int, answered_by: tuple[int, int, int]
) -> None:
    asked = at("Asia/Shanghai", 2026, 2, 13, 16)
    day, hour, minute = answered_by
    promised = add_working_time(SHANGHAI, asked, working_hours * HOUR)
    assert promised == at("Asia/Shanghai", 2026, 2, day, hour, minute)


def test_it_counts_days_around_chinese_new_year() -> None:
    friday = date(2026, 2, 13)
    assert [add_working_days(SHANGHAI, friday, count) for count in (-1, 0, 1, 2, 3)] == [
        date(2026, 2, 12), friday, date(2026, 2, 14), date(2026, 2, 24), date(2026, 2, 25),
    ]  # fmt: skip
    assert add_working_days(SHANGHAI, date(2026, 2, 17), 0) == date(2026, 2, 24)


def test_it_keeps_the_wall_time_when_working_days_pass_a_change_of_clocks() -> None:
    moved = add_working_days(LISBON, at("Europe/Lisbon", 2026, 3, 27, 11), 1)
    assert moved == at("Europe/Lisbon", 2026, 3, 30, 11)
    assert moved.tzinfo is UTC


def test_it_leaves_an_instant_alone_that_is_on_a_working_day_already() -> None:
    calendar = WorkCalendar("Europe/Lisbon", Week.parse("daily 0-24"))
    second_half_past_one = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert add_working_days(calendar, second_half_past_one, 0) == second_half_past_one


# --- holidays, closures, absences ---------------------------------------------------------------------------


def test_it_gives_a_make_up_saturday_the_hours_of_monday_or_its_own() -> None:
    saturday = date(2026, 2, 14)
    makes_up = WorkCalendar("Asia/Shanghai", Week.parse("mon 8-12; tue-fri 9-17"), "CN")
    with_its_own = replace(makes_up, week=Week.parse("mon-fri 8-12; sat 10-11"))
    elsewhere = replace(makes_up, country=None)
    for calendar, worked in ((makes_up, 4 * HOUR), (with_its_own, HOUR), (elsewhere, NO_TIME)):
        midnight = resolve(saturday, time(), calendar.zone)
        assert working_time(calendar, midnight, midnight + DAY) == worked
    assert not is_working_day(makes_up, date(2026, 2, 7))


def test_it_knows_the_holidays_of_a_part_of_a_country() -> None:
    epiphany = date(2026, 1, 6)
    bavaria = WorkCalendar("Europe/Berlin", Week.office(), "DE", "BY")
    assert not is_working_day(bavaria, epiphany)
    assert is_working_day(replace(bavaria, subdivision="BE"), epiphany)
    assert is_working_day(replace(bavaria, subdivision=None), epiphany)


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("en", "Chinese New Year (Spring Festival)"),
        ("zh", "春节"),
        ("xx", "Chinese New Year (Spring Festival)"),
    ],
)
def test_it_names_a_holiday_in_the_language_of_the_reader(language: str, name: str) -> None:
    assert holiday_name(SHANGHAI, date(2026, 2, 17), language) == name


def test_it_names_a_closure_and_nothing_on_a_common_day() -> None:
    factory = replace(
        SHANGHAI, closures=(Closure(date(2026, 2, 9), date(2026, 3, 1), "The factory's holiday"),)
    )
    assert holiday_name(factory, date(2026, 2, 9)) == "The factory's holiday"
    assert holiday_name(factory, date(2026, 3, 2)) is None
    assert not is_working_day(factory, date(2026, 2, 14))
    assert [is_working_day(factory, date(2026, 3, day)) for day in (1, 2)] == [False, True]


def test_it_takes_a_place_nobody_knows_for_one_without_holidays() -> None:
    nowhere = WorkCalendar("UTC", Week.office(), "XX", "YY")
    assert is_working_day(nowhere, date(2026, 12, 25))
    assert not public_holidays.is_known("XX")
    assert not public_holidays.is_known("DE", "XX")
    assert public_holidays.is_known("de", "BY")
    assert "BY" in (public_holidays.subdivisions("DE") or ())


def test_it_leaves_the_shift_that_ends_on_a_holiday_and_takes_the_one_that_starts_on_it() -> None:
    nights = WorkCalendar("Europe/Lisbon", Week.parse("daily 22-6"), "PT")
    christmas = date(2026, 12, 25)
    assert is_working(nights, resolve(christmas, time(3), nights.zone))
    assert not is_working(nights, resolve(christmas, time(23), nights.zone))
    assert not is_working(nights, resolve(christmas + DAY, time(3), nights.zone))


@pytest.mark.parametrize(
    ("absence", "worked"),
    [
        (Absence(date(2026, 6, 2), date(2026, 6, 3)), [8, 0, 0, 8, 8]),
        (Absence(date(2026, 6, 3)), [8, 8, 0, 0, 0]),
        (Absence(at("Europe/Lisbon", 2026, 6, 2, 12), at("Europe/Lisbon", 2026, 6, 3, 10)), [8, 3, 7, 8, 8]),
        (Absence(at("Europe/Lisbon", 2026, 6, 2, 12), date(2026, 6, 4)), [8, 3, 0, 0, 8]),
        (Absence(date(2026, 6, 2), at("Europe/Lisbon", 2026, 6, 4, 16)), [8, 0, 0, 1, 8]),
        (Absence(at("Asia/Shanghai", 2026, 6, 2, 17), at("Asia/Shanghai", 2026, 6, 2, 18)), [8, 7, 8, 8, 8]),
    ],
)
def test_it_leaves_out_absences_of_days_and_of_hours(absence: Absence, worked: list[int]) -> None:
    calendar = WorkCalendar("Europe/Lisbon", Week.parse("mon-fri 9-17"), absences=(absence,))
    midnights = [at("Europe/Lisbon", 2026, 6, day) for day in range(1, 6)]
    assert [working_time(calendar, one, one + DAY) / HOUR for one in midnights] == worked
    assert [is_working_day(calendar, one.date()) for one in midnights] == [hours > 0 for hours in worked]


def test_it_bears_absences_that_overlap() -> None:
    away = (
        Absence(at("UTC", 2026, 6, 1, 10), at("UTC", 2026, 6, 1, 12)),
        Absence(at("UTC", 2026, 6, 1, 9), at("UTC", 2026, 6, 1, 16)),
        Absence(at("UTC", 2026, 6, 1, 11), at("UTC", 2026, 6, 1, 13)),
    )
    calendar = WorkCalendar("UTC", Week.parse("mon 8-17"), absences=away)
    assert working_time(calendar, at("UTC", 2026, 6, 1), at("UTC", 2026, 6, 2)) == 2 * HOUR


# --- quiet hours --------------------------------------------------------------------------------------------


def test_it_waits_for_the_end_of_quiet_hours_inside_working_ones() -> None:
    calendar = replace(LISBON, quiet=Week.parse("mon-fri 8-10, 12-14; sat-sun 0-24"))
    seen = {
        hour: local(next_welcome_moment(calendar, at("Europe/Lisbon", 2026, 6, 12, hour)), LISBON.zone)
        for hour in (7, 11, 13, 17, 18)
    }
    assert {hour: f"{moment:%a %H}" for hour, moment in seen.items()} == {
        7: "Fri 10", 11: "Fri 11", 13: "Fri 14", 17: "Fri 17", 18: "Mon 10",
    }  # fmt: skip


def test_it_is_quiet_through_the_night_until_the_minute_it_ends() -> None:
    calendar = WorkCalendar("Asia/Shanghai", Week.parse("daily 0-24"), quiet=Week.parse("daily 20-8"))
    night = [at("Asia/Shanghai", 2026, 6, 12, *clock) for clock in ((19, 59), (20, 0), (7, 59), (8, 0))]
    assert [is_quiet(calendar, moment) for moment in night] == [False, True, True, False]


def test_it_refuses_to_wait_for_somebody_who_is_always_quiet() -> None:
    calendar = replace(LISBON, quiet=Week.parse("daily 0-24"))
    with pytest.raises(NobodyWorks):
        next_welcome_moment(calendar, at("UTC", 2026, 6, 12))


# --- refusals -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "calendar",
    [
        WorkCalendar("Europe/Lisbon", Week()),
        replace(LISBON, absences=(Absence(date(2026, 1, 1)),)),
        replace(LISBON, closures=(Closure(date(2020, 1, 1), date(2040, 1, 1)),)),
    ],
)
def test_it_says_so_when_nobody_ever_works(calendar: WorkCalendar) -> None:
    start = at("UTC", 2026, 6, 1)
    with pytest.raises(NobodyWorks, match="within two years of 2026-06-01"):
        next_working_moment(calendar, start)
    with pytest.raises(NobodyWorks):
        add_working_time(calendar, start, HOUR)
    with pytest.raises(NobodyWorks):
        add_working_days(calendar, start, 1)
    assert working_time(calendar, start, start + 365 * DAY) == NO_TIME
    assert overlap(calendar, SHANGHAI, start.date()) == []


def test_it_never_searches_beyond_two_years() -> None:
    with pytest.raises(NobodyWorks):
        add_working_time(LISBON, at("UTC", 2026, 6, 1), timedelta.max)
    with pytest.raises(NobodyWorks):
        add_working_days(LISBON, date(2026, 6, 1), -10_000)


def test_it_refuses_unknown_zones_and_turned_periods() -> None:
    with pytest.raises(UnknownZone, match='no time zone "Mars/Base"'):
        WorkCalendar("Mars/Base", Week.office())
    with pytest.raises(WrongOrder):
        Closure(date(2026, 2, 2), date(2026, 2, 1))
    with pytest.raises(WrongOrder):
        Absence(date(2026, 2, 2), date(2026, 2, 1))
    with pytest.raises(ValueError, match="zone"):
        is_working(LISBON, datetime(2026, 6, 1, 10))
    with pytest.raises(ValueError, match="forwards"):
        add_working_time(LISBON, at("UTC", 2026, 6, 1), -HOUR)


def test_it_still_reads_a_wall_clock_leniently() -> None:
    noon = at("UTC", 2026, 6, 1, 12)
    assert local(noon, "Asia/Shanghai").hour == 20
    assert local(noon, "Mars/Base") == noon


@pytest.mark.parametrize(
    "name",
    [
        "",
        "../etc/passwd",
        "/etc/localtime",
        "Europe",
        "zone.tab",
        "posix/UTC",
        "localtime",
        "__init__/UTC",
        "UTC\n",
        "right/UTC",
        "\0",
        "\ud800",
    ],
)
def test_it_takes_nothing_else_for_a_zone(name: str) -> None:
    assert zone(name) is None


# --- speed --------------------------------------------------------------------------------------------------


def test_it_adds_a_year_of_work_within_milliseconds() -> None:
    split = WorkCalendar("America/New_York", Week.parse("mon-fri 9-12, 13-17:30"), "US", "NY")
    start = at("UTC", 2026, 1, 1)
    add_working_time(split, start, HOUR)
    spent = []
    for _ in range(5):
        began = real_time.process_time()
        add_working_time(split, start, 1850 * HOUR)
        spent.append(real_time.process_time() - began)
    # Seconds; 4 ms on an idle machine.
    assert min(spent) < 0.03


def test_it_loads_the_library_of_holidays_only_when_asked_about_one() -> None:
    code = "import sys, bot.calendar; sys.exit('holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
