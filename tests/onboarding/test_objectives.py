"""Objectives: reading numbers, when they are asked, and what off track means."""

from typing import Any

import pytest

from bot.onboarding import charts, objectives
from bot.onboarding.model import Objective
from bot.onboarding.objectives import NotANumber, Progress, asked_on, number, track, unsaid_on
from bot.workspace.kit import check_blocks


def objective(**more: Any) -> Objective:
    given = {"id": 1, "what": "Sign-ups", "unit": "%", "aim": "acquisition", "baseline": 2.0, "target": 4.0,
             "day": 60, "asks": [20, 40, 60]}  # fmt: skip
    return Objective(**(given | more))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("3,5", 3.5),
        ("1,200", 1200),
        ("1 200.5", 1200.5),
        ("40 %", 40),
        ("-2", -2),
        ("1,200,000", 1.2e6),
    ],
)
def test_it_reads_numbers_as_people_type_them(text: str, value: float) -> None:
    assert number(text) == value


@pytest.mark.parametrize("text", ["", "many", "nan", "inf", "1e99", "3 to 4"])
def test_it_refuses_what_is_no_number(text: str) -> None:
    with pytest.raises(NotANumber):
        number(text)


@pytest.mark.parametrize(
    ("day", "value", "is_off"),
    [(20, 2.2, True), (20, 2.5, False), (40, 3.4, False), (60, 3.7, True), (60, 4.5, False), (90, 4, False)],
)
def test_it_calls_off_track_what_is_well_below_the_line(day: int, value: float, is_off: bool) -> None:  # noqa: FBT001
    assert track(objective(), day, value).is_off is is_off


def test_it_understands_a_number_that_shall_fall() -> None:
    falling = objective(baseline=10.0, target=4.0)
    assert track(falling, 30, 9.5).is_off
    assert not track(falling, 30, 6.5).is_off


def test_it_compares_nothing_while_a_number_is_blank() -> None:
    shown = track(objective(target=None), 20, 1)
    assert shown.expected is None
    assert not shown.is_off


def test_it_asks_on_three_mornings_and_then_tells_the_manager() -> None:
    asked = [asked_on(objective(), today, []) for today in range(18, 26)]
    assert asked == [None, None, 20, 20, 20, None, None, None]
    told = [unsaid_on(objective(), today, []) for today in range(20, 28)]
    assert told == [None, None, None, 20, 20, 20, None, None]
    assert asked_on(objective(), 21, [20]) is None
    assert unsaid_on(objective(), 23, [20]) is None


def test_it_asks_for_the_later_of_two_days_that_went_by() -> None:
    assert asked_on(objective(), 41, []) == 40


def test_it_draws_a_chart_and_a_table_that_slack_takes() -> None:
    one = objective(what="W" * 72, asks=list(range(1, 13)))
    progress = Progress(one, [track(one, day, day / 7) for day in range(1, 31)])
    for shown in (charts.with_chart("text", progress), charts.with_table("text", progress)):
        assert not check_blocks(shown, "message")
    assert objectives.without_numbers([one]) == []


def test_it_writes_a_unit_as_it_is_into_the_cells_of_a_table() -> None:
    one = objective(unit="B&B < 3")
    *_rows, last = charts.chart_as_table(Progress(one, [track(one, 20, 2.5)]))["rows"]
    assert [cell["text"] for cell in last][1] == "2.5 B&B < 3"
