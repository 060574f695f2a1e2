import json
from dataclasses import replace
from datetime import date, time
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.calendar import Absence, Closure, Week, WorkCalendar, is_working_day, local, resolve
from bot.rhythms import (
    LAST,
    NoWeekday,
    Occurrence,
    Rhythm,
    RhythmNotUnderstood,
    WrongDay,
    WrongNth,
    WrongWeeks,
    describe,
    first_on_or_after,
    next_dates,
    occurrences,
    shifted,
)
from tests.times import DAY, days, zones

FRIDAY = 4
LONDON = WorkCalendar("Europe/London", Week.office(), "GB", "ENG")
SHANGHAI = WorkCalendar("Asia/Shanghai", Week.office(), "CN")
thorough = settings(deadline=None, max_examples=150)


def rhythms() -> st.SearchStrategy[Rhythm]:
    weekday = st.integers(0, 6)
    return st.one_of(
        st.just(Rhythm.daily()),
        st.lists(weekday, min_size=1).map(lambda chosen: Rhythm.on_weekdays(*chosen)),
        st.builds(Rhythm.every_weeks, st.integers(1, 53), days()),
        st.builds(Rhythm.nth_weekday, st.sampled_from((1, 2, 3, 4, LAST)), weekday),
        st.builds(Rhythm.monthly, st.integers(1, 31) | st.just(LAST)),
    )


def falls_on(rhythm: Rhythm, day: date) -> bool:
    """Tell by the almanac alone whether a rhythm falls on a day."""
    last = (day.replace(day=28) + 4 * DAY).replace(day=1) - DAY
    match rhythm.kind:
        case "daily":
            return True
        case "weekdays":
            return day.weekday() in rhythm.weekdays
        case "weeks":
            assert rhythm.since
            return day >= rhythm.since and (day - rhythm.since).days % (7 * rhythm.weeks) == 0
        case "nth_weekday":
            nth = rhythm.nth == LAST if (last - day).days < 7 else False
            return day.weekday() == rhythm.weekdays[0] and (nth or (day.day - 1) // 7 + 1 == rhythm.nth)
        case "month_day":
            return day == last if rhythm.day == LAST else day.day == min(rhythm.day, last.day)


@thorough
@given(rhythms(), days())
def test_it_falls_on_just_the_days_that_the_almanac_gives(rhythm: Rhythm, after: date) -> None:
    dates = next_dates(rhythm, after, 4)
    assert len(dates) == 4
    expected = [after + DAY * n for n in range(1, (dates[-1] - after).days + 1)]
    if rhythm.since:
        expected = [day for day in expected if day >= rhythm.since]
    assert dates == [day for day in expected if falls_on(rhythm, day)]


@thorough
@given(rhythms(), days())
def test_it_begins_on_a_day_that_the_rhythm_falls_on(rhythm: Rhythm, day: date) -> None:
    first = first_on_or_after(rhythm, day)
    assert first >= day
    assert first_on_or_after(rhythm, first) == first
    assert next_dates(rhythm, first - DAY, 1) == [first]


@thorough
@given(rhythms())
def test_it_survives_a_column_of_json(rhythm: Rhythm) -> None:
    assert Rhythm.from_dict(json.loads(json.dumps(rhythm.to_dict()))) == rhythm


@thorough
@given(days(2019, 2034), zones(), st.times())
def test_it_keeps_every_second_monday_fourteen_local_days_apart(
    since: date, zone_name: str, wall: time
) -> None:
    monday = since - DAY * since.weekday()
    rounds = [monday, *next_dates(Rhythm.every_weeks(2, monday), monday, 60)]
    assert {later - earlier for earlier, later in pairwise(rounds)} == {14 * DAY}
    seen = [local(resolve(day, wall.replace(hour=9), zone_name), zone_name) for day in rounds]
    # 30 December 2011, a Friday, is the only day that any of these zones left out.
    assert [one.date() for one in seen] == rounds
    assert {one.hour for one in seen} == {9}


def test_it_asks_at_half_past_nine_in_summer_and_in_winter_and_through_a_week_53() -> None:
    dates = next_dates(Rhythm.every_weeks(2, date(2026, 1, 5)), date(2026, 3, 15), 22)
    asked = [resolve(day, time(9, 30), "Europe/London") for day in dates]
    assert {local(one, "Europe/London").time() for one in asked} == {time(9, 30)}
    assert [one.hour for one in asked[:2]] == [9, 8]
    assert date(2026, 12, 28).isocalendar().week == 53
    assert dates[-3:] == [date(2026, 12, 7), date(2026, 12, 21), date(2027, 1, 4)]


@pytest.mark.parametrize(
    ("rhythm", "dates"),
    [
        (Rhythm.daily(), ["01-30", "01-31", "02-01"]),
        (Rhythm.on_weekdays(2, 0, 2), ["02-02", "02-04", "02-09"]),
        (Rhythm.every_weeks(3, date(2026, 1, 14)), ["02-04", "02-25", "03-18"]),
        (Rhythm.every_weeks(2, date(2026, 5, 6)), ["05-06", "05-20", "06-03"]),
        (Rhythm.nth_weekday(1, FRIDAY), ["02-06", "03-06", "04-03"]),
        (Rhythm.nth_weekday(LAST, FRIDAY), ["01-30", "02-27", "03-27"]),
        (Rhythm.monthly(15), ["02-15", "03-15", "04-15"]),
        (Rhythm.monthly(30), ["01-30", "02-28", "03-30"]),
        (Rhythm.monthly(LAST), ["01-31", "02-28", "03-31"]),
    ],
)
def test_it_gives_the_next_dates(rhythm: Rhythm, dates: list[str]) -> None:
    assert [f"{day:%m-%d}" for day in next_dates(rhythm, date(2026, 1, 29), 3)] == dates


# --- moved off holidays -------------------------------------------------------------------------------------


def test_it_moves_a_holiday_to_the_next_working_day_and_keeps_the_fortnight() -> None:
    fortnightly = Rhythm.every_weeks(2, date(2026, 3, 9))
    held = occurrences(fortnightly, LONDON, date(2026, 3, 9), 3)
    assert held == [
        Occurrence(date(2026, 3, 23), date(2026, 3, 23)),
        Occurrence(date(2026, 4, 6), date(2026, 4, 7)),  # Easter Monday
        Occurrence(date(2026, 4, 20), date(2026, 4, 20)),
    ]


def test_it_holds_the_round_of_chinese_new_year_after_it() -> None:
    fortnightly = Rhythm.every_weeks(2, date(2026, 2, 2))
    assert shifted(date(2026, 2, 16), SHANGHAI) == date(2026, 2, 24)
    # Asked in the middle of the holidays, it still has that round before it.
    for today in (date(2026, 2, 15), date(2026, 2, 16), date(2026, 2, 23)):
        first, second = occurrences(fortnightly, SHANGHAI, today, 2)
        assert (first.day, second.day) == (date(2026, 2, 24), date(2026, 3, 2))
    assert occurrences(fortnightly, SHANGHAI, date(2026, 2, 24), 1)[0].day == date(2026, 3, 2)


def test_it_holds_a_daily_rhythm_once_a_working_day() -> None:
    held = occurrences(Rhythm.daily(), LONDON, date(2026, 4, 1), 4)
    assert [one.day.day for one in held] == [2, 7, 8, 9]
    assert [one.nominal.day for one in held] == [2, 7, 8, 9]
    # However few are asked for, each has the same name.
    assert occurrences(Rhythm.daily(), LONDON, date(2026, 4, 1), 2) == held[:2]


@thorough
@given(rhythms(), days(), st.integers(0, 40))
def test_it_gives_each_occurrence_one_day_whenever_it_is_asked(
    rhythm: Rhythm, after: date, later: int
) -> None:
    calendar = replace(SHANGHAI, closures=(Closure(after + 5 * DAY, after + 20 * DAY),))
    held = occurrences(rhythm, calendar, after, 5)
    assert len(held) == 5
    assert all(one.day > after and is_working_day(calendar, one.day) for one in held)
    assert all(shifted(one.nominal, calendar) == one.day and falls_on(rhythm, one.nominal) for one in held)
    assert [one.day for one in held] == sorted({one.day for one in held})
    remaining = [one for one in held if one.day > after + later * DAY]
    assert occurrences(rhythm, calendar, after + later * DAY, len(remaining)) == remaining


def test_it_moves_off_an_absence_only_when_the_calendar_has_one() -> None:
    away = replace(LONDON, absences=(Absence(date(2026, 3, 23), date(2026, 3, 24)),))
    assert shifted(date(2026, 3, 23), away) == date(2026, 3, 25)
    assert shifted(date(2026, 3, 23), LONDON) == date(2026, 3, 23)


# --- words and refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rhythm", "words"),
    [
        (Rhythm.daily(), "every day"),
        (Rhythm.on_weekdays(0), "every week on Monday"),
        (Rhythm.on_weekdays(4, 0, 2, 4), "every week on Monday, Wednesday and Friday"),
        (Rhythm.every_weeks(1, date(2026, 1, 6)), "every week on Tuesday"),
        (Rhythm.every_weeks(2, date(2026, 1, 5)), "every 2 weeks on Monday"),
        (Rhythm.nth_weekday(3, FRIDAY), "on the 3rd Friday of the month"),
        (Rhythm.nth_weekday(LAST, FRIDAY), "on the last Friday of the month"),
        (Rhythm.monthly(31), "on day 31 of the month"),
        (Rhythm.monthly(LAST), "on the last day of the month"),
    ],
)
def test_it_says_itself_in_words(rhythm: Rhythm, words: str) -> None:
    assert str(describe(rhythm)) == words


def test_it_keeps_the_words_apart_from_what_goes_into_them() -> None:
    description = describe(Rhythm.every_weeks(2, date(2026, 1, 5)))
    assert (description.pattern, description.n, description.weekdays) == (
        "every {n} weeks on {weekdays}", 2, (0,),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("stored", "mistake"),
    [
        ({"kind": "weekdays"}, NoWeekday),
        ({"kind": "weekdays", "weekdays": [7]}, NoWeekday),
        ({"kind": "weekdays", "weekdays": "mon"}, NoWeekday),
        ({"kind": "weeks", "weeks": 2}, WrongWeeks),
        ({"kind": "weeks", "weeks": 0, "since": "2026-01-05"}, WrongWeeks),
        ({"kind": "weeks", "weeks": "2", "since": "2026-01-05"}, RhythmNotUnderstood),
        ({"kind": "weeks", "weeks": 2, "since": "soon"}, RhythmNotUnderstood),
        ({"kind": "nth_weekday", "nth": 5, "weekdays": [0]}, WrongNth),
        ({"kind": "month_day", "day": 32}, WrongDay),
        ({"kind": "hourly"}, RhythmNotUnderstood),
        ({"kind": ["daily"]}, RhythmNotUnderstood),
        ({"kind": "daily", "colour": "red"}, RhythmNotUnderstood),
        ({}, RhythmNotUnderstood),
    ],
)
def test_it_refuses_what_is_no_rhythm(stored: dict[str, Any], mistake: type[Exception]) -> None:
    with pytest.raises(mistake):
        Rhythm.from_dict(stored)


def test_it_reaches_far_from_its_first_date_at_once() -> None:
    old = Rhythm.every_weeks(2, date(1900, 1, 1))
    assert (first_on_or_after(old, date(2026, 1, 1)) - date(1900, 1, 1)).days % 14 == 0
