"""What is read from a line: who, and by when, in three languages; and what is left alone."""

from datetime import date

import pytest

from bot.standups.reading import Read, read

# A Wednesday.
TODAY = date(2026, 11, 25)
NAMES = {"T": "Tom", "S": "Sam Okafor", "C": "Camille", "W": "王伟", "A": "Aiko"}


@pytest.mark.parametrize(
    ("line", "action", "owner", "due"),
    [
        ("Move the login, Tom, by Friday", "Move the login", "T", "2026-11-27"),
        ("Tom: register with the agency by 3 Dec", "register with the agency", "T", "2026-12-03"),
        ("Sam to check prices until 2026-12-04", "check prices", "S", "2026-12-04"),
        ("Raise prices (Camille, by end of month)", "Raise prices", "C", "2026-11-30"),
        ("Camille by Dec 3rd: new shelf labels", "new shelf labels", "C", "2026-12-03"),
        ("Register, Sam Okafor", "Register", "S", None),
        ("New labels, @Tom by 5 January", "New labels", "T", "2027-01-05"),
        ("Ask @Tom for prices by next Monday", "Ask Tom for prices", "T", "2026-11-30"),
        ("<@S> checks it by Wednesday", "checks it", "S", "2026-12-02"),
        ("Check it in 2 weeks", "Check it", None, "2026-12-09"),
        ("Preise prüfen, Tom bis Freitag", "Preise prüfen", "T", "2026-11-27"),
        ("Tom soll bis 3. Dezember Preise prüfen", "Preise prüfen", "T", "2026-12-03"),
        ("Bis 3.12. Preise prüfen, Camille", "Preise prüfen", "C", "2026-12-03"),
        ("Preise bis Ende Dezember anpassen - Aiko", "Preise anpassen", "A", "2026-12-31"),
        ("Bis morgen Angebot holen, Tom", "Angebot holen", "T", "2026-11-26"),
        ("更新登录页，王伟，周五前", "更新登录页", "W", "2026-11-27"),
        ("王伟负责在12月3日前更新登录页", "更新登录页", "W", "2026-12-03"),
        ("下周五前更新登录页，由王伟负责", "更新登录页", "W", "2026-12-04"),
        ("王伟：月底前更新登录页", "更新登录页", "W", "2026-11-30"),
    ],
)  # fmt: skip
def test_it_reads_who_and_by_when(line: str, action: str, owner: str | None, due: str | None) -> None:
    assert read(line, TODAY, NAMES) == Read(action, owner, date.fromisoformat(due) if due else None)


@pytest.mark.parametrize(
    "line",
    [
        "So do we, maybe, and it may work",
        "Write to May about the fair",
        "Look at the 3 May offers",
        "Tell tomorrow's team",
        "Tomorrow we meet the mayor",
        "Reply to Tom's supplier",
        "Pay 12.5 % more by weight",
        "by 31.2.",
        "Nobody knows",
        "我们做一下价格",
        "",
    ],
)
def test_it_leaves_alone_what_names_nobody_and_no_day(line: str) -> None:
    assert read(line, TODAY, NAMES) == Read(line)


def test_it_keeps_the_words_when_they_say_nothing_else() -> None:
    assert read("Tom, by Friday", TODAY, NAMES) == Read("Tom, by Friday", "T", date(2026, 11, 27))


def test_it_means_of_two_with_one_name_the_one_who_takes_part() -> None:
    names = {"T1": "Tom Berg", "T2": "Tom Ruiz"}
    assert read("Call them, Tom", TODAY, names) == Read("Call them, Tom")
    assert read("Call them, Tom", TODAY, names, ["T2"]) == Read("Call them", "T2")
    assert read("Call them, Tom Berg", TODAY, names, ["T2"]) == Read("Call them", "T1")
