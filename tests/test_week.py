from datetime import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import SwitchboardError
from bot.week import (
    DayTwice,
    EndsInMorning,
    HoursNotUnderstood,
    HoursOverlap,
    NoDays,
    NoHours,
    NoSuchTime,
    NotHours,
    NotInOrder,
    Span,
    UnknownDays,
    Week,
    weekday,
)
from tests.times import weeks


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("mon-fri 9-12, 13-17:30; sat 10-13", "Mon-Fri 09:00-12:00, 13:00-17:30; Sat 10:00-13:00"),
        ("mon-fri 9-17, sat 10-13", "Mon-Fri 09:00-17:00; Sat 10:00-13:00"),
        ("Monday to Friday from 9 to 17", "Mon-Fri 09:00-17:00"),
        ("weekdays 9am to 5pm", "Mon-Fri 09:00-17:00"),
        ("Mon, Wed and Fri: 9 a.m. - 5:30 p.m.", "Mon, Wed, Fri 09:00-17:30"),
        ("mon/tue 9-5pm", "Mon-Tue 09:00-17:00"),
        ("mon 1-5pm", "Mon 13:00-17:00"),
        ("mon 10-6am", "Mon 22:00-06:00"),
        ("mon 0900-1730", "Mon 09:00-17:30"),
        ("mon 9-17\nthu 12-20", "Mon 09:00-17:00; Thu 12:00-20:00"),
        ("fri-mon 20-24", "Mon, Fri-Sun 20:00-24:00"),
        ("daily 22-6", "Mon-Sun 22:00-06:00"),
        ("sat all day; sun off", "Sat 00:00-24:00"),
        ("Mo-Fr 9–17 Uhr, Sa 10–13 Uhr", "Mon-Fri 09:00-17:00; Sat 10:00-13:00"),
        ("täglich von 8 bis 20", "Mon-Sun 08:00-20:00"),
        ("lundi à vendredi 9h-12h30 et 14h-18h", "Mon-Fri 09:00-12:30, 14:00-18:00"),
        ("miércoles y sábado 9-14", "Wed, Sat 09:00-14:00"),
        ("segunda-feira 9h30-18h", "Mon 09:30-18:00"),
        ("周一至周五 9：00-18：00", "Mon-Fri 09:00-18:00"),
        ("never", "never"),
    ],
)
def test_it_reads_hours_as_people_type_them(typed: str, read: str) -> None:
    assert str(Week.parse(typed)) == read


@pytest.mark.parametrize(
    ("typed", "mistake", "sentence"),
    [
        ("", NoHours, 'No hours stand in "".'),
        ("mon-fri", NoHours, 'No hours stand in "mon-fri".'),
        ("9-17", NoDays, 'On which days is "9-17"?'),
        ("foo 9-12", UnknownDays, 'No day of the week is called "foo".'),
        ("mon 9 17", NotHours, 'These are not hours: "9 17".'),
        ("mon 25-26", NoSuchTime, 'No clock shows the times in "25-26".'),
        ("mon 13pm-2pm", NoSuchTime, 'No clock shows the times in "13pm-2pm".'),
        ("mon-fri 9-5", EndsInMorning, 'So written, "9-5" ends the next morning.'),
        ("mon 9am-5", EndsInMorning, 'So written, "9am-5" ends the next morning.'),
        ("mon 9-12, 1-5", NotInOrder, 'In "9-12, 1-5" later hours come first.'),
        ("mon 9-12; monday 13-15", DayTwice, 'A day stands twice in "mon 9-12; monday 13-15".'),
        ("mon 9-12, 11-14", HoursOverlap, "The hours 09:00-12:00 and 11:00-14:00 of one day overlap."),
        ("mon 22-6, 23-24", HoursOverlap, "The hours 22:00-06:00 and 23:00-24:00 of one day overlap."),
        ("mon 10:00-10:00", NotHours, 'These are not hours: "10:00-10:00".'),
    ],
)
def test_it_says_what_it_does_not_understand(
    typed: str, mistake: type[SwitchboardError], sentence: str
) -> None:
    with pytest.raises(mistake) as raised:
        Week.parse(typed)
    assert raised.value.sentence.startswith(sentence)


def test_it_quotes_no_more_than_a_line_of_what_was_pasted_by_mistake() -> None:
    with pytest.raises(HoursNotUnderstood) as raised:
        Week.parse("the minutes of our meeting " * 100)
    assert len(raised.value.sentence) < 160


@settings(deadline=None, max_examples=300)
@given(weeks())
def test_it_reads_what_it_writes(week: Week) -> None:
    assert Week.parse(str(week)) == week


@settings(deadline=None, max_examples=300)
@given(st.text() | st.text(alphabet="monfriday0123459-,;:. apm\n一周至{}"))
def test_it_meets_any_text_with_a_week_or_a_sentence(text: str) -> None:
    try:
        week = Week.parse(text)
    except HoursNotUnderstood:
        return
    assert Week.parse(str(week)) == week


def test_it_keeps_office_hours_where_nobody_has_said_anything() -> None:
    assert Week.office() == Week.parse("mon-fri 9-17:30")


@pytest.mark.parametrize(
    ("word", "day"), [("Friday", 4), ("Mittwochs", 2), ("sábado", 5), ("周日", 6), ("soon", None)]
)
def test_it_knows_a_weekday_by_its_name(word: str, day: int | None) -> None:
    assert weekday(word) == day


def test_it_tells_midnight_from_the_morning() -> None:
    evening, night, day = Span(time(18), time()), Span(time(22), time(6)), Span(time(9), time(17))
    assert (evening.ends_next_day, night.ends_next_day, day.ends_next_day) == (True, True, False)
    assert str(evening) == "18:00-24:00"


def test_it_refuses_seconds() -> None:
    with pytest.raises(NoSuchTime):
        Span(time(9, 0, 30), time(17))
