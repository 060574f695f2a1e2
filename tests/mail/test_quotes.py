"""What is new in a mail, what it quotes, what is signature."""

import re
from pathlib import Path

import pytest

from bot.mail import quotes

# Invented answers in many languages, as the mail programs there write them. Each file holds what a reader
# takes for the new words (no quotation, no closing, name and footer), and below a mark the mail itself.
ANSWERS = sorted((Path(__file__).parent / "answers").glob("*.txt"))
MARK = "\n%%%% from:\n"


def even(text: str) -> str:
    """Make runs of empty lines and blanks at line ends the same."""
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{2,}", "\n\n", lines).strip()


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem)
def test_it_finds_what_is_new_in_an_answer(path: Path) -> None:
    new, _, source = path.read_text(encoding="utf-8").partition(MARK)
    assert even(quotes.split(source).text) == even(new)


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem)
def test_it_loses_no_word_of_an_answer(path: Path) -> None:
    source = path.read_text(encoding="utf-8").partition(MARK)[2]
    parts = quotes.split(source)
    kept = f"{parts.text}\n{parts.quoted}\n{parts.signature}"
    lost = [line for line in source.splitlines() if line.strip(" >") and line.strip(" >") not in kept]
    assert [line for line in lost if not line.startswith(("[EXTERNAL]", "CAUTION"))] == []


def test_it_takes_windows_and_old_line_ends() -> None:
    source = "Yes.\r\n\r\nOn 6 May 2026, at 10:02, Anna <anna@shop.example> wrote:\r\n> Friday?\r\n"
    assert quotes.split(source) == quotes.split(source.replace("\r\n", "\r"))
    assert quotes.split(source).text == "Yes."


def test_it_shows_everything_rather_than_nothing() -> None:
    assert quotes.split("> only\n> quoted\n").text == "only\nquoted"
    assert quotes.split("-- \nLi Wei\n").text == "-- \nLi Wei"
    assert quotes.split("Best regards,\nLi Wei").text == "Best regards,\nLi Wei"


def test_it_keeps_the_three_parts_apart() -> None:
    source = (
        "Friday is fine.\n\nKind regards,\nLi Wei\nSales\n\n"
        "On 6 May 2026, at 10:02, Anna Berg <anna@shop.example> wrote:\n\n> Is Friday fine?\n"
    )
    parts = quotes.split(source)
    assert parts.text == "Friday is fine."
    assert parts.signature == "Kind regards,\nLi Wei\nSales"
    assert parts.quoted.startswith("On 6 May 2026")
    assert parts.quoted.endswith("> Is Friday fine?")


def test_it_answers_for_an_empty_mail() -> None:
    for nothing in ("", "\n\n", "  \n \t\n", "\u200b\n"):
        assert quotes.split(nothing).quoted == ""
        assert quotes.split(nothing).signature == ""
