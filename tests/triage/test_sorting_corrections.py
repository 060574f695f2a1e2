"""One click corrects and teaches; it is somebody's, and it can be taken back."""

import subprocess
import sys

import numpy as np
import pytest

from bot.triage.engine.learning import Memory
from bot.triage.engine.weights import weights
from bot.triage.sorting import CATEGORIES, Correction, Sorter, forget, learn
from tests.triage import judges

_TEXT = "The doohickey on my frobnicator has gone all wibbly"
_ALIKE = "my frobnicator's doohickey is wibbly again"


@pytest.fixture(scope="module")
def sorter() -> Sorter:
    return Sorter()


def test_it_says_of_the_same_text_what_it_was_taught(sorter: Sorter) -> None:
    before = sorter.sort(_TEXT)
    assert before.category != "account"
    after = sorter.taught(learn((), "1", _TEXT, "account", "U1")).sort(_TEXT)
    assert after.category == "account"


def test_it_says_it_of_the_next_text_like_it(sorter: Sorter) -> None:
    text = "Please send me the wholesale catalogue for schools"
    alike = "could you send the wholesale catalogue for our school"
    assert sorter.sort(alike).category != "feedback"
    assert sorter.taught(learn((), "1", text, "feedback", "U1")).sort(alike).category == "feedback"


def test_it_leaves_other_texts_as_they_were(sorter: Sorter) -> None:
    taught = sorter.taught(learn((), "1", _TEXT, "account", "U1"))
    for text in ("Where is my parcel?", "我要退货", "Meine Karte wird abgelehnt"):
        assert taught.sort(text).category == sorter.sort(text).category


def test_it_forgets_what_was_taken_back(sorter: Sorter) -> None:
    corrections = learn(learn((), "1", _TEXT, "account", "U1"), "2", "another text", "promotion", "U2")
    corrections = forget(corrections, "1")
    assert [one.id for one in corrections] == ["2"]
    assert sorter.taught(corrections).sort(_TEXT) == sorter.sort(_TEXT)


def test_it_keeps_who_taught_it_and_what_was_said_last() -> None:
    corrections = learn(learn((), "1", _TEXT, "account", "U1"), "2", _TEXT, "promotion", "U2")
    assert corrections == (Correction("2", _TEXT, "promotion", "U2"),)


def test_it_refuses_a_category_that_is_none() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        learn((), "1", _TEXT, "nonsense", "U1")


def test_it_learns_from_an_empty_text_without_harm(sorter: Sorter) -> None:
    taught = sorter.taught(learn((), "1", "", "account", "U1"))
    assert taught.sort("Where is my parcel?").category == sorter.sort("Where is my parcel?").category


def test_it_gives_what_follows_from_a_persons_choice(sorter: Sorter) -> None:
    text = "nice lamp, shame about the lawyer I must now hire"
    corrected = sorter.corrected(sorter.sort(text), text, "complaint")
    assert (corrected.category, corrected.asks, corrected.priority) == ("complaint", False, "urgent")
    assert corrected.department == "customer service"


def test_it_solves_what_a_library_solves() -> None:
    texts = [text for text, _ in judges.lines("hard.de")[:60]]
    corrections = [Correction(str(at), text, CATEGORIES[at % 7], "U1") for at, text in enumerate(texts)]
    learnt = weights()
    memory = Memory(corrections, learnt)

    rows = [Memory._row(text, learnt) for text in texts]
    near = np.array([[sum(one[key] * other.get(key, 0.0) for key in one) for other in rows] for one in rows])
    wanted = np.full((len(rows), len(CATEGORIES)), -1 / 12)
    for line, one in zip(wanted, corrections, strict=True):
        line[CATEGORIES.index(one.category)] = 1
    taught = np.array([learnt.score(row) for row in rows])
    answers = np.linalg.solve(near + 0.15 * np.eye(len(rows)), wanted - taught)

    changes = np.array([memory.change(row) for row in rows])
    assert np.allclose(changes, near @ answers, atol=1e-9)


def test_it_sorts_and_learns_without_holding_numpy() -> None:
    code = """
import sys
from bot.triage.sorting import Correction, Rules, Sorter
Sorter(Rules(), [Correction("1", "The doohickey wibbles", "account", "U1")]).sort("Where is my parcel?")
assert "numpy" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)
