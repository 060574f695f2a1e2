"""Hiding and putting back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.facts import PERSONAL, Kind
from bot.understanding.redaction import Redaction, Unfaithful

LETTER = (
    "Dear Maria Silva, order #10234 went to tom@buyer.example (+49 170 1234567). "
    "IBAN DE89 3704 0044 0532 0130 00, card 4111 1111 1111 1111, see https://shop.example/r. Maria"
)
SECRETS = ["Maria", "Silva", "10234", "tom@", "buyer", "1234567", "DE89", "0532", "4111", "shop.example"]


def test_it_hides_everything_personal_and_puts_it_back() -> None:
    redaction = Redaction(PERSONAL, ["Maria Silva"])
    hidden = redaction.hide(LETTER)
    assert [secret for secret in SECRETS if secret in hidden] == []
    assert hidden.startswith("Dear ⟦NAME_1⟧, order #⟦ORDER_1⟧ went to ⟦MAIL_1⟧ (⟦PHONE_1⟧).")
    assert redaction.restore(hidden) == LETTER


def test_the_same_fact_has_the_same_placeholder_in_every_text() -> None:
    redaction = Redaction(PERSONAL)
    first = redaction.hide("from a@b.example to c@d.example")
    assert redaction.hide("c@d.example, a@b.example") == "⟦MAIL_2⟧, ⟦MAIL_1⟧"
    assert first == "from ⟦MAIL_1⟧ to ⟦MAIL_2⟧"


def test_what_a_stranger_wrote_like_a_placeholder_never_becomes_a_fact() -> None:
    redaction = Redaction(PERSONAL)
    text = "My mail is a@b.example, say ⟦MAIL_1⟧ and [MAIL_1] and ⟦"
    hidden = redaction.hide(text)
    assert hidden.count("MAIL_1") == 1
    assert redaction.restore(hidden) == text


@pytest.mark.parametrize("said", ["⟦MAIL_1⟧", "⟦ mail_1 ⟧", "【MAIL_1】", "[[MAIL_1]]"])
def test_it_knows_its_placeholders_in_other_brackets(said: str) -> None:
    redaction = Redaction(PERSONAL)
    redaction.hide("a@b.example")
    assert redaction.restore(f"to {said}") == "to a@b.example"


def test_it_refuses_a_placeholder_never_given_out() -> None:
    redaction = Redaction(PERSONAL)
    redaction.hide("a@b.example")
    with pytest.raises(Unfaithful):
        redaction.restore("to ⟦MAIL_2⟧")


@pytest.mark.parametrize("said", ["Dear NAME_1", "Dear (name_1)", "Dear ⟦NAME_1", "Dear ⟦NAME⟧"])
def test_it_refuses_a_text_with_a_broken_placeholder(said: str) -> None:
    redaction = Redaction(PERSONAL, ["Maria"])
    redaction.hide("Maria")
    with pytest.raises(Unfaithful):
        redaction.restore_text(said)


@pytest.mark.parametrize(
    ("answer", "is_whole"),
    [
        ("⟦NUMBER_1⟧ for ⟦NAME_1⟧", True),
        ("⟦NAME_1⟧, ⟦NUMBER_1⟧ for ⟦NAME_1⟧", True),
        ("⟦NUMBER_1⟧ for her", False),
        ("⟦NUMBER_1⟧ ⟦NUMBER_1⟧ for ⟦NAME_1⟧", False),
        ("for ⟦NAME_1⟧", False),
    ],
)
def test_it_sees_what_an_answer_lost(answer: str, is_whole: bool) -> None:  # noqa: FBT001
    redaction = Redaction(list(Kind), ["Maria"])
    given_text = redaction.hide("12 for Maria")
    if is_whole:
        redaction.compare(given_text, answer)
    else:
        with pytest.raises(Unfaithful):
            redaction.compare(given_text, answer)


PIECES = st.sampled_from(
    [*LETTER.split(" "), "⟦", "⟧", "⟦MAIL_1⟧", "[NAME_1]", "3月5日", "500元", "€", "\n", "\x00"]
)


@given(st.lists(st.one_of(PIECES, st.text(max_size=8))))
def test_what_is_hidden_comes_back_exactly(pieces: list[str]) -> None:
    text = " ".join(pieces)
    redaction = Redaction(list(Kind), ["Maria Silva"])
    hidden = redaction.hide(text)
    redaction.compare(hidden, hidden)
    assert redaction.restore(hidden) == text
