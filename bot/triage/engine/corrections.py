"""What people put right: a list that somebody else keeps. To learn is to add one, to forget takes it away."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.triage.engine.categories import CATEGORIES


@dataclass(frozen=True)
class Correction:
    """Somebody said what a text is. `by` is who, a Slack user id."""

    id: str
    text: str
    category: str
    by: str


def learn(
    corrections: Sequence[Correction], correction_id: str, text: str, category: str, by: str
) -> tuple[Correction, ...]:
    """Add a correction; the same text corrected again is what was said last."""
    if category not in CATEGORIES:
        raise ValueError(category)
    kept = [one for one in corrections if one.id != correction_id and one.text != text]
    return (*kept, Correction(correction_id, text, category, by))


def forget(corrections: Sequence[Correction], correction_id: str) -> tuple[Correction, ...]:
    """Take a correction back."""
    return tuple(one for one in corrections if one.id != correction_id)
