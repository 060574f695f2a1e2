"""A hire's working days: the week, holidays and absences they have, whatever the clocks do."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.calendar import Absence, Week, WorkCalendar
from bot.onboarding.model import Timetable

MANILA = WorkCalendar("Asia/Manila", Week.office(), "PH")


def test_it_counts_working_days_from_the_first_one() -> None:
    days = Timetable(MANILA, date(2026, 11, 14))  # a Saturday
    assert [days.on(number) for number in (-3, -1, 0, 1, 5)] == [
        date(2026, 11, 11), date(2026, 11, 13), date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 23),
    ]  # fmt: skip


def test_it_leaves_out_a_public_holiday_of_the_hire() -> None:
    days = Timetable(MANILA, date(2026, 11, 16))
    assert days.on(9) == date(2026, 11, 27)
    assert days.on(10) == date(2026, 12, 1)  # 30 November is Bonifacio Day
    assert Timetable(WorkCalendar("Asia/Manila", Week.office()), date(2026, 11, 16)).on(10).day == 30


def test_it_moves_on_what_an_absence_lies_in() -> None:
    away = Absence(date(2026, 11, 18), date(2026, 11, 20))
    days = Timetable(WorkCalendar("Asia/Manila", Week.office(), "PH", absences=(away,)), date(2026, 11, 16))
    assert days.on(2) == date(2026, 11, 23)
    assert days.late(date(2026, 11, 17), date(2026, 11, 23)) == 1


def test_it_gives_the_number_of_any_date_back() -> None:
    days = Timetable(MANILA, date(2026, 11, 16))
    assert [days.number(days.on(number)) for number in range(-20, 90)] == list(range(-20, 90))
    assert days.number(date(2026, 11, 22)) == 4  # a Sunday: Friday's
    assert days.number(date(2026, 11, 15)) == -1


def test_it_calls_nothing_late_before_the_next_working_day() -> None:
    days = Timetable(MANILA, date(2026, 11, 16))
    friday = date(2026, 11, 27)
    assert [days.late(friday, date(2026, 11, day)) for day in (27, 28, 30)] == [0, 0, 0]
    assert days.late(friday, date(2026, 12, 1)) == 1


def test_it_counts_a_day_once_where_the_clocks_change() -> None:
    night = Week.parse("sun-thu 22-06")
    for zone, first in (("Europe/Lisbon", date(2026, 10, 19)), ("America/New_York", date(2026, 10, 26))):
        days = Timetable(WorkCalendar(zone, night), first)
        assert [days.on(number).isoweekday() for number in range(10)] == [1, 2, 3, 4, 7, 1, 2, 3, 4, 7]


def test_it_counts_as_most_do_for_somebody_without_hours_or_away_without_end() -> None:
    plain = [Timetable(WorkCalendar("UTC", Week.office()), date(2026, 11, 16)).on(day) for day in range(20)]
    since = datetime(2026, 11, 18, tzinfo=ZoneInfo("UTC"))
    gone = WorkCalendar("UTC", Week.office(), absences=(Absence(since),))
    for theirs in (WorkCalendar("UTC", Week()), gone):
        assert [Timetable(theirs, date(2026, 11, 16)).on(day) for day in range(20)] == plain
