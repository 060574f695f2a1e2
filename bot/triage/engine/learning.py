"""Learning from corrections: what people put right changes what is said of texts like it, at once.

A `Memory` is made from the list of corrections in milliseconds. It answers with the *difference* they make to
what the examples taught: full for the same text, less the less alike, nothing for what shares no word.
"""

from collections.abc import Iterable

import numpy as np

from bot.triage.engine.corrections import Correction
from bot.triage.engine.examples import CATEGORIES
from bot.triage.engine.features import features
from bot.triage.engine.weights import Scores, Weights
from bot.triage.engine.words import sentences, without_greeting, words

# Lower follows each correction more closely.
_SMOOTHING = 0.15
# Only the latest so many are weighed; the solution grows with the cube of their number.
_REMEMBERED = 600
_READ = 2000


class Memory:
    """What the corrections change."""

    def __init__(self, corrections: Iterable[Correction], weights: Weights) -> None:
        kept = list(corrections)[-_REMEMBERED:]
        self._rows = [self._row(one.text, weights) for one in kept]
        self._postings: dict[int, list[tuple[int, float]]] = {}
        for at, row in enumerate(self._rows):
            for key, value in row.items():
                self._postings.setdefault(key, []).append((at, value))
        if not kept:
            self._answers: Scores = np.zeros((0, len(CATEGORIES)), np.float32)
            return
        wanted = np.full((len(kept), len(CATEGORIES)), -1 / (len(CATEGORIES) - 1), np.float32)
        for line, one in zip(wanted, kept, strict=True):
            line[CATEGORIES.index(one.category)] = 1
        taught = np.stack([weights.score(row) for row in self._rows])
        near = np.stack([self._nearness(row) for row in self._rows])
        self._answers = np.linalg.solve(near + _SMOOTHING * np.eye(len(kept)), wanted - taught)

    def change(self, row: dict[int, float]) -> Scores | float:
        """Give what the corrections add to the scores of a sentence."""
        if not self._rows:
            return 0.0
        change: Scores = self._nearness(row) @ self._answers
        return change

    def _nearness(self, row: dict[int, float]) -> Scores:
        near = np.zeros(len(self._rows), np.float32)
        for key, value in row.items():
            for at, other in self._postings.get(key, ()):
                near[at] += value * other
        return near

    @staticmethod
    def _row(text: str, weights: Weights) -> dict[int, float]:
        """Remember the sentences together: which of them made it so, nobody said."""
        whole = " ".join(without_greeting(one) for one in sentences(text[:_READ]))
        return weights.row(features(words(whole)))
