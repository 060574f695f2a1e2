"""Learning from corrections: what people put right changes what is said of texts like it, at once.

A `Memory` is made from the list of corrections in milliseconds. It answers with the *difference* they make to
what the examples taught: full for the same text, less the less alike, nothing for what shares no word.
"""

import math
from collections.abc import Iterable
from operator import mul

from bot.triage.engine.categories import CATEGORIES
from bot.triage.engine.corrections import Correction
from bot.triage.engine.features import features
from bot.triage.engine.weights import Scores, Weights
from bot.triage.engine.words import sentences, without_greeting, words

# Lower follows each correction more closely.
_SMOOTHING = 0.15
# Only the latest so many are weighed; the solution grows with the cube of their number.
_REMEMBERED = 600
_READ = 2000


class Memory:
    """What the corrections change: what is wanted of each, less what the examples taught, shared by nearness.

    That is the solution of (nearness + smoothing) x answers = wanted - taught. Nearness is factored by
    Cholesky in plain numbers: 100 corrections take 0.05 s, and numpy would hold 15 MB in every bot.
    """

    def __init__(self, corrections: Iterable[Correction], weights: Weights) -> None:
        self._postings: dict[int, list[tuple[int, float]]] = {}
        factor: list[list[float]] = []
        missing: list[Scores] = []
        for at, one in enumerate(list(corrections)[-_REMEMBERED:]):
            row = self._row(one.text, weights)
            factor.append(
                _factored(self._nearness(row, at), sum(map(mul, row.values(), row.values())), factor)
            )
            taught = weights.score(row)
            missing.append(
                [_wanted(one, category) - said for category, said in zip(CATEGORIES, taught, strict=True)]
            )
            for key, value in row.items():
                self._postings.setdefault(key, []).append((at, value))
        # For each category, what each correction adds.
        self._answers = [_solved(factor, column) for column in zip(*missing, strict=True)]

    def change(self, row: dict[int, float]) -> Scores:
        """Give what the corrections add to the scores of a sentence."""
        if not self._answers:
            return [0.0] * len(CATEGORIES)
        near = self._nearness(row, len(self._answers[0]))
        return [sum(map(mul, near, column)) for column in self._answers]

    def _nearness(self, row: dict[int, float], count: int) -> list[float]:
        near = [0.0] * count
        for key, value in row.items():
            for at, other in self._postings.get(key, ()):
                near[at] += value * other
        return near

    @staticmethod
    def _row(text: str, weights: Weights) -> dict[int, float]:
        """Remember the sentences together: which of them made it so, nobody said."""
        whole = " ".join(without_greeting(one) for one in sentences(text[:_READ]))
        return weights.row(features(words(whole)))


def _wanted(one: Correction, category: str) -> float:
    return 1.0 if one.category == category else -1 / (len(CATEGORIES) - 1)


def _factored(near: list[float], own: float, factor: list[list[float]]) -> list[float]:
    """Give the next line of the triangle whose square is nearness with smoothing."""
    line: list[float] = []
    for distance, other in zip(near, factor, strict=True):
        line.append((distance - sum(map(mul, line, other))) / other[-1])
    line.append(math.sqrt(own + _SMOOTHING - sum(map(mul, line, line))))
    return line


def _solved(factor: list[list[float]], wanted: Iterable[float]) -> list[float]:
    """Solve with the triangle, then with its mirror image."""
    there: list[float] = []
    for line, value in zip(factor, wanted, strict=True):
        there.append((value - sum(map(mul, line, there))) / line[-1])
    answers = [0.0] * len(there)
    for at in range(len(there) - 1, -1, -1):
        answers[at] = answer = there[at] / factor[at][at]
        there = [before - part * answer for before, part in zip(there[:at], factor[at], strict=False)]
    return answers
