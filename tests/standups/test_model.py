"""The rules of rounds: whom they ask on which day, when they close, and which dates still come."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot import calendar
from bot.calendar import Week, WorkCalendar
from bot.rhythms import Rhythm
from bot.standups.model import asked_on, closing, coming, nominal_of, opening

ZONES = ["Pacific/Kiritimati", "Asia/Shanghai", "Europe/Lisbon", "America/New_York", "Pacific/Pago_Pago"]
calendars = st.builds(
    WorkCalendar,
    st.sampled_from(ZONES),
    st.just(Week.office()),
    st.sampled_from([None, "JP", "CN", "US", "PT"]),
)
days = st.dates(date(2024, 1, 1), date(2027, 12, 31))
walls = st.times(time(0), time(23, 59)).map(lambda one: one.replace(second=0, microsecond=0))


@given(days)
def test_it_finds_the_date_of_an_opening_again(day: date) -> None:
    assert nominal_of(opening(day)) == day


@settings(deadline=None)
@given(days, calendars, walls)
def test_it_opens_before_anybody_is_asked_and_closes_after(
    day: date, theirs: WorkCalendar, wall: time
) -> None:
    asked = calendar.resolve(asked_on(day, theirs), wall, theirs.zone)
    assert opening(day) <= asked
    closes = closing(wall, 2, day, [theirs])
    assert closes is not None
    assert closes > asked


@settings(deadline=None)
@given(days, calendars)
def test_it_asks_on_the_first_working_day_from_the_date_on(day: date, theirs: WorkCalendar) -> None:
    asked = asked_on(day, theirs)
    assert calendar.is_working_day(theirs, asked)
    before = [day + timedelta(days=ahead) for ahead in range((asked - day).days)]
    assert not any(calendar.is_working_day(theirs, one) for one in before)


@settings(deadline=None, max_examples=50)
@given(days, st.lists(calendars, max_size=3), walls, st.integers(1, 4))
def test_it_gives_dates_in_phase_whose_hour_nobody_has_passed(
    day: date, everybody: list[WorkCalendar], wall: time, weeks: int
) -> None:
    rhythm = Rhythm.every_weeks(weeks, day)
    now = datetime.combine(day, time(12), UTC) + timedelta(days=40)
    found = coming(rhythm, wall, everybody, date.min, now, 5)
    assert len(found) == 5
    assert all((one - day).days % (7 * weeks) == 0 for one in found)
    moments = [
        calendar.resolve(asked_on(one, theirs), wall, theirs.zone) for one in found for theirs in everybody
    ]
    assert all(moment > now for moment in moments)


def test_it_closes_a_round_of_one_day_without_those_who_have_a_holiday() -> None:
    # All Saints' Day is a holiday in Portugal, and a Sunday in 2026; 8 December is a Tuesday.
    lisbon = WorkCalendar("Europe/Lisbon", Week.office(), "PT")
    shanghai = WorkCalendar("Asia/Shanghai", Week.office())
    holiday = date(2026, 12, 8)
    assert closing(time(9), 0, holiday, [lisbon, shanghai]) == datetime(2026, 12, 8, 7, tzinfo=UTC)
    assert closing(time(9), 0, holiday, [lisbon]) is None
