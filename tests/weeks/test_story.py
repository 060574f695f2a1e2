"""The four weeks hold together; `python -m tests.weeks` plays them."""

import ast
import inspect
import itertools
from datetime import timedelta

import pytest

from tests.weeks import days, moves
from tests.weeks.stage import BEGINS
from tests.weeks.story import STORY, WEEKS

# Pieces of the names of pictures: what the weeks are there to show.
WANTED = (
    "round1-asked-in-shanghai", "after-the-holiday", "round1-closed-without", "round1-report",
    "with-the-late-answer", "round2-asked-in-lisbon", "round2-report", "carried-action-in-home",
    "round3-asked-", "away-said", "queue-cards", "card-closed", "card-escalated", "snooze", "breach-lead",
    "breach-stand-in", "breach-assignee-at-two", "breach-assignee-in-the-morning", "card-not-sure",
    "card-corrected", "card-learned", "onboarding-first-morning", "onboarding-buddy-hears",
    "onboarding-manager-hears", "check-in-1-off-track", "check-in-2-on-track", "weekly-post-",
)  # fmt: skip


def test_it_covers_four_weeks_in_their_order() -> None:
    moments = [one.at for one in STORY]
    assert moments == sorted(moments)
    assert moments[0] == BEGINS
    assert moments[-1] - moments[0] >= timedelta(weeks=4)
    # No day is so far from the next that a week is left out.
    assert max(b - a for a, b in itertools.pairwise(moments)) < timedelta(days=7)


def test_it_keeps_a_picture_of_each_moment_that_matters() -> None:
    source = "\n".join(inspect.getsource(week) for week in WEEKS)
    assert [name for name in WANTED if name not in source] == []


def test_it_lets_eight_customers_mails_in_four_languages_be_closed() -> None:
    calls = [
        node.func.attr
        for week in WEEKS
        for node in ast.walk(ast.parse(inspect.getsource(week)))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    assert calls.count(moves.closes.__name__) == 8
    # The eighth comes from somebody whose mailbox the page does not have.
    assert calls.count(moves.writes.__name__) == 7


def test_it_refuses_a_scene_out_of_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(days, "SCENES", [STORY[-1]])
    with pytest.raises(ValueError, match="comes before"):
        days.scene("10-12 00:00", "Too early")(STORY[0].play)
