"""The report of a round: nothing that was shared is cut off or left out, and nothing is said twice."""

from datetime import date
from typing import Any

from bot.standups import report
from bot.standups.model import Asked, Change, Round, Standup

DAY = date(2026, 11, 23)
NAMES = {"U1": "Rita", "U2": "Jun"}
STANDUP = Standup(name="Our industry", template="industry_change")
ROUND = Round(id=1, nominal=DAY, state="closed", themes=[])


def change(number: int, person_id: str, **given: str) -> Change:
    fields: dict[str, Any] = {"what": "", "impact": "", "action": "", "department": "Logistics", **given}
    return Change(
        id=number, round_id=1, person_id=person_id, owner_id=person_id, due=None, state="none", **fields
    )


def drawn(*changes: Change) -> tuple[str, str]:
    """Give what the table says, and what stands below it."""
    asked = [Asked(round_id=1, person_id=one, state="answered", answers=[], is_late=False) for one in NAMES]
    shown = report.draw(STANDUP, ROUND, asked, changes, [], NAMES)["blocks"]
    assert len(shown) <= 50
    table = next(number for number, one in enumerate(shown) if one["type"] in ("table", "data_table"))
    return str(shown[table]), str(shown[table + 1 :])


def test_it_says_below_the_table_only_what_is_too_long_for_it() -> None:
    impact = "late " * 80
    table, below = drawn(
        change(1, "U1", what="The port is congested", impact="A week more"),
        change(2, "U2", what="The form changes", impact=f"{impact}and dear"),
    )
    assert "The port is congested" in table
    assert "The form changes" in table
    assert "and dear" not in table
    assert "and dear" in below
    assert "*Jun*" in below
    assert "The port is congested" not in below
    assert "Rita" not in below


def test_it_says_below_what_the_table_has_no_room_for() -> None:
    many = [change(number, "U1", what=f"Change {number}. " + "x" * 200) for number in range(1, 61)]
    table, below = drawn(*many)
    assert "Change 1. " in table
    assert "Change 60. " not in table
    assert "Change 60. " in below
