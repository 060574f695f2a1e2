"""What was learnt from the examples, as numbers: loaded in milliseconds, applied in less.

A sentence is a row of features, each counting by its kind and its rarity, of length 1. Its score for a
category is the sum of the weights of its features: a linear rule, so every word's share can be told.
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.triage.engine.features import Feature

FILE = "weights.npz"
# The step from scores to shares of certainty.
SHARPNESS = 6.0

Scores = NDArray[np.float32]


@dataclass(frozen=True)
class Weights:
    """The learnt rule: `table` has a row for each known feature and a column for each category."""

    rows: dict[int, int]
    rarity: Scores
    table: Scores
    meaning: Scores  # 384 x categories: the rule over the sentence model's vectors
    outside: float  # what is added for `other`, so that at most one in twenty customers is taken for it
    outside_with_meaning: float
    certainty: Scores  # (points, 2): a margin, and the share that was right at it
    certainty_with_meaning: Scores
    fingerprint: str

    def row(self, seen: dict[int, Feature]) -> dict[int, float]:
        """Give the known features of a sentence with their values, of length 1."""
        values = {
            key: feature.weight * float(self.rarity[self.rows[key]])
            for key, feature in seen.items()
            if key in self.rows
        }
        length = sum(value * value for value in values.values()) ** 0.5
        return {key: value / length for key, value in values.items()} if length else {}

    def score(self, row: dict[int, float]) -> Scores:
        """Add up the weights of a sentence."""
        if not row:
            return np.zeros(self.table.shape[1], np.float32)
        scores: Scores = np.fromiter(row.values(), np.float32) @ self.table[[self.rows[key] for key in row]]
        return scores


def shares(scores: Scores) -> Scores:
    """Turn scores into shares that add up to 1."""
    raised = np.exp(SHARPNESS * (scores - scores.max()))
    result: Scores = raised / raised.sum()
    return result


@lru_cache(maxsize=1)
def weights() -> Weights:
    """Load what was learnt, once."""
    with (files("bot.triage.engine") / FILE).open("rb") as stream:
        stored: Any = np.load(stream, allow_pickle=False)
        return Weights(
            rows={int(key): at for at, key in enumerate(stored["keys"].tolist())},
            rarity=stored["rarity"].astype(np.float32),
            table=stored["table"].astype(np.float32) * stored["scale"].astype(np.float32),
            meaning=stored["meaning"].astype(np.float32),
            outside=float(stored["outside"]),
            outside_with_meaning=float(stored["outside_with_meaning"]),
            certainty=stored["certainty"],
            certainty_with_meaning=stored["certainty_with_meaning"],
            fingerprint=str(stored["fingerprint"]),
        )
