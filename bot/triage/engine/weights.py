"""What was learnt from the examples, as numbers: read where they lie, applied in a millisecond.

A sentence is a row of features, each counting by its kind and its rarity, of length 1. Its score for a
category is the sum of the weights of its features: a linear rule, so every word's share can be told.
"""

import math
import struct
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import lru_cache
from operator import mul
from pathlib import Path

from bot.arrays import Arrays
from bot.triage.engine.categories import CATEGORIES
from bot.triage.engine.features import Feature

FILE = Path(__file__).parent / "weights.bin"
# The step from scores to shares of certainty.
SHARPNESS = 6.0

# One for each category.
Scores = list[float]
# A margin, and the share that was right at it.
Certainty = Sequence[Sequence[float]]
_LINE = struct.Struct(f"{len(CATEGORIES)}b")


class Weights:
    """The learnt rule: for each known feature its rarity, and what it says for each category."""

    def __init__(self, path: Path = FILE) -> None:
        stored = Arrays(path)
        self._keys, self._rarity, self._table = stored["keys"], stored["rarity"], stored["table"]
        self._scale: Scores = stored["scale"].tolist()
        width = len(stored["meaning"]) // len(CATEGORIES)
        # The rule over the sentence model's vectors.
        self._meaning = [stored["meaning"][at * width : (at + 1) * width] for at in range(len(CATEGORIES))]
        # What is added for `other`, so that at most one in twenty customers is taken for it.
        self.outside: float = stored.told["outside"]
        self.outside_with_meaning: float = stored.told["outside_with_meaning"]
        self.certainty: Certainty = stored.told["certainty"]
        self.certainty_with_meaning: Certainty = stored.told["certainty_with_meaning"]
        self.fingerprint: str = stored.told["fingerprint"]

    def row(self, seen: dict[int, Feature]) -> dict[int, float]:
        """Give the known features of a sentence with their values, of length 1."""
        places = ((key, feature, self._place(key)) for key, feature in seen.items())
        values = {
            key: feature.weight * self._rarity[place] for key, feature, place in places if place is not None
        }
        length = sum(value * value for value in values.values()) ** 0.5
        return {key: value / length for key, value in values.items()} if length else {}

    def score(self, row: dict[int, float]) -> Scores:
        """Add up the weights of a sentence."""
        if not row:
            return [0.0] * len(CATEGORIES)
        lines = zip(*map(self._line, row), strict=True)
        values = list(row.values())
        return [sum(map(mul, values, line)) * scale for line, scale in zip(lines, self._scale, strict=True)]

    def line(self, key: int) -> Scores:
        """Give what one known feature says for each category."""
        return list(map(mul, self._line(key), self._scale))

    def by_meaning(self, vector: Sequence[float]) -> Scores:
        """Give the scores of a sentence by the sentence model's vector."""
        return [sum(map(mul, vector, column)) for column in self._meaning]

    def _place(self, key: int) -> int | None:
        place = bisect_left(self._keys, key)
        return place if place < len(self._keys) and self._keys[place] == key else None

    def _line(self, key: int) -> tuple[int, ...]:
        return _LINE.unpack_from(self._table, bisect_left(self._keys, key) * _LINE.size)


def shares(scores: Iterable[float]) -> Scores:
    """Turn scores into shares that add up to 1."""
    scores = list(scores)
    best = max(scores)
    raised = [math.exp(SHARPNESS * (score - best)) for score in scores]
    whole = sum(raised)
    return [one / whole for one in raised]


@lru_cache(maxsize=1)
def weights() -> Weights:
    """Open what was learnt, once."""
    return Weights()
