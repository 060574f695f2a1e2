import inspect
from collections.abc import Iterator
from datetime import date

import pytest
from babel.messages.pofile import read_po

from bot import blocks, languages, words
from bot.errors import SwitchboardError
from bot.letters.replies import TooLate
from bot.week import Week
from bot.words import SPOKEN, n_, speaking
from tests.words import update
from tests.words.extraction import Found, extract, find, placeholders, signs, titles

OTHERS = SPOKEN[1:]


@pytest.fixture(scope="module")
def found() -> Found:
    return extract()


def _said(language: str) -> Iterator[words.Entry]:
    text = (update.FOLDER / f"{language}.po").read_text("utf-8")
    return (entry for entry in words.entries(text) if entry.sentence)


@pytest.mark.parametrize("language", OTHERS)
def test_it_says_every_sentence_in_every_language_and_no_other(language: str, found: Found) -> None:
    said = {entry.sentence: entry for entry in _said(language)}
    missing = sorted(found.sentences.keys() - said.keys())
    empty = sorted(text for text, entry in said.items() if not all(entry.forms))
    unused = sorted(said.keys() - found.sentences.keys())
    hint = "run `python -m tests.words.update`, and fill in what stands there empty"
    assert (missing, empty, unused) == ([], [], []), hint


@pytest.mark.parametrize("language", OTHERS)
def test_it_fills_in_the_same_in_every_language(language: str) -> None:
    wrong = [
        (entry.sentence, form)
        for entry in _said(language)
        for form in entry.forms
        if form and placeholders(form) != placeholders(entry.many or entry.sentence)
    ]
    assert wrong == []


@pytest.mark.parametrize("language", OTHERS)
def test_it_keeps_what_slack_and_our_commands_know_by_its_writing(language: str) -> None:
    wrong = [
        (entry.sentence, form)
        for entry in _said(language)
        for form in entry.forms
        if form and signs(form) != signs(entry.sentence)
    ]
    assert wrong == []


@pytest.mark.parametrize("language", OTHERS)
def test_it_counts_in_as_many_forms_as_the_language_has(language: str) -> None:
    forms = {len(entry.forms) for entry in _said(language) if entry.many}
    assert forms == {{"de": 2, "zh": 1}[language]}


@pytest.mark.parametrize("language", OTHERS)
def test_it_reads_catalogues_as_gettexts_own_tools_do(language: str) -> None:
    with (update.FOLDER / f"{language}.po").open("rb") as file:
        theirs = {_first(one.id): _forms(one.string) for one in read_po(file) if one.id}
    assert {entry.sentence: entry.forms for entry in _said(language)} == theirs


def _first(text: str | tuple[str, ...] | list[str]) -> str:
    return text if isinstance(text, str) else text[0]


def _forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def test_it_hides_no_sentence_from_the_translator(found: Found) -> None:
    assert found.hidden == []


def test_it_shows_no_sentence_that_cannot_be_translated(found: Found) -> None:
    assert found.bare == []


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("_(f'Sent to {name}')", "an f-string"),
        ("_('Sent to ' + name)", "a sum"),
        ("mark(sentence)", "a variable to mark"),
        ("n_('{count} day', many, count)", "a variable plural"),
    ],
)
def test_it_finds_what_is_hidden(code: str, why: str) -> None:
    assert find({"some.py": code}).hidden, why


def test_it_finds_a_sentence_nobody_marked() -> None:
    assert find({"messages.py": "section('Nothing waits for us.')"}).bare
    assert find({"messages.py": "section(f'Nothing waits for {name}.')"}).bare
    assert not find({"messages.py": "section(_('Nothing waits for us.'))"}).bare


def test_it_finds_sentences_plurals_and_errors_where_they_are() -> None:
    code = '''
class SwitchboardError(Exception): ...
class Lost(SwitchboardError):
    """The {thing} is lost.

    Look again.
    """
class LostForGood(Lost):
    """It is gone."""
GREETING = mark("Hello " "there")
def f(): return n_("{count} day", "{count} days", 2)
'''
    found = find({"some.py": code})
    assert set(found.sentences) == {
        "The {thing} is lost.\n\nLook again.",
        "It is gone.",
        "Hello there",
        "{count} day",
    }
    assert found.sentences["{count} day"].many == "{count} days"


# ---- as it is spoken ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "with_weekday", "with_year", "weekday"),
    [
        ("en", "Tue 24 Nov", "24 November 2026", "Tuesday"),
        ("de", "Di., 24. Nov.", "24. November 2026", "Dienstag"),
        ("zh", "11月24日 周二", "2026年11月24日", "星期二"),
    ],
)
def test_it_writes_dates_as_each_language_does(
    language: str, with_weekday: str, with_year: str, weekday: str
) -> None:
    value = date(2026, 11, 24)
    with speaking(language):
        said = (words.day(value), words.day(value, "d MMMM y"), words.day(value, "EEEE"))
    assert said == (with_weekday, with_year, weekday)


@pytest.mark.parametrize(("language", "name"), [("en", "Turkish"), ("de", "Türkisch"), ("zh", "土耳其语")])
def test_it_names_languages_as_each_language_does(language: str, name: str) -> None:
    with speaking(language):
        assert languages.name("tr") == name
        assert languages.name("xx") == "xx"


def test_it_counts_as_each_language_does() -> None:
    def days(count: int) -> str:
        return n_("{count} day", "{count} days", count).format(count=count)

    assert (days(1), days(2)) == ("1 day", "2 days")
    with speaking("de"):
        assert (days(1), days(2), days(0)) == ("1 Tag", "2 Tage", "0 Tage")
    with speaking("zh"):
        assert (days(1), days(2)) == ("1 天", "2 天")


def test_it_says_an_error_in_the_language_spoken_when_it_is_shown() -> None:
    error: SwitchboardError = TooLate()
    with speaking("de"):
        assert error.sentence == "Es ist schon unterwegs und lässt sich nicht mehr zurücknehmen."
    assert error.sentence == inspect.cleandoc(TooLate.__doc__ or "")


def test_it_speaks_english_to_whoever_reads_another_language() -> None:
    with speaking("fr"):
        assert words._("Send") == "Send"


def test_it_reads_quotes_and_new_lines_in_a_catalogue() -> None:
    text = 'msgid ""\n"one\\n"\n"two \\"three\\" \\\\n"\nmsgstr "eins\\\\zwei"\n'
    (entry,) = words.entries(text)
    assert (entry.sentence, entry.forms) == ('one\ntwo "three" \\n', ("eins\\zwei",))


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "Mon-Fri 09:00-12:00, 13:00-17:30; Sat 10:00-13:00"),
        ("de", "Mo-Fr 09:00-12:00, 13:00-17:30; Sa 10:00-13:00"),
        ("zh", "周一-周五 09:00-12:00, 13:00-17:30; 周六 10:00-13:00"),
    ],
)
def test_it_writes_hours_so_that_they_can_be_typed_again(language: str, written: str) -> None:
    week = Week.parse("mon-fri 9-12, 13-17:30; sat 10-13")
    with speaking(language):
        assert week.spoken() == written
        assert Week.parse(week.spoken()) == week
        assert Week.parse(Week().spoken()) == Week()


# ---- as it is shown -----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", SPOKEN)
def test_it_fits_into_the_titles_of_windows(language: str) -> None:
    with speaking(language):
        said = {words._(text) for text in titles() if not placeholders(text)}
    assert said
    assert {text for text in said if len(text) > blocks.VIEW_TITLE} == set()
