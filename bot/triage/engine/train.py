"""Learning the weights from the examples: run `python -m bot.triage.engine.train` after changing them.

Regularised least squares, solved at once. The same solution tells for each example what would have been said
of it had neither it nor its twins been there (leave them out), and these answers alone set how sure the
engine says it is.
"""

import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.arrays import Arrays, write
from bot.triage.engine.categories import CATEGORIES, OTHER
from bot.triage.engine.examples import LANGUAGES, Example, examples, fingerprint
from bot.triage.engine.features import Feature, features
from bot.triage.engine.optional import installed
from bot.triage.engine.sentences import SentenceModel
from bot.triage.engine.verdict import BLEND, SURE, confidence, margin
from bot.triage.engine.weights import FILE, shares
from bot.triage.engine.words import without_greeting, words

# How much the examples are smoothed: larger trusts each one less.
_SMOOTHING = 0.5
_SMOOTHING_OF_MEANING = 1.0
# Of the customers' examples, this share may be taken for `other` when it is left out. Examples are chosen to
# differ from each other, and so lose more than texts kept apart do: of those half as many are lost.
_LOSS = 0.06
# A word or concept seen once is kept; a piece of a word must be seen twice.
_KEPT_WHEN_SEEN_ONCE = 1.0
# Examples nearer to each other than this say the same thing.
_TWINS = 0.35
# Fewer neighbours than this say nothing about how many are right.
_POOL = 10

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Learnt:
    """What goes into the file: arrays with their kinds, and what is told beside them."""

    arrays: dict[str, tuple[str, bytes]]
    told: dict[str, Any]


def learn(folder: Path | None) -> Learnt:
    """Learn everything; with the sentence model's folder the rule over meaning, too."""
    learnt = examples()
    seen = [features(words(without_greeting(example.text))) for example in learnt]
    keys, rarity = _vocabulary(seen)
    rows = [_values(one, keys, rarity) for one in seen]
    wanted = _wanted(learnt)
    near = _nearness(rows, len(keys))
    inverse: Matrix = np.linalg.inv(near + _SMOOTHING * np.eye(len(rows))).astype(np.float64)
    answers = inverse @ wanted
    without = np.array([_without(at, near, inverse, wanted, answers) for at in range(len(rows))])
    table = np.zeros((len(keys), len(CATEGORIES)))
    for row, answer in zip(rows, answers, strict=True):
        for at, value in row:
            table[at] += value * answer
    said = np.array([shares(scores) for scores in without])
    right = np.array([CATEGORIES.index(example.category) for example in learnt])
    outside = _outside(said, right)
    _tell(learnt, said, right, outside)
    scale = np.abs(table).max(axis=0) / 127
    meaning = _meaning(learnt, said, right, outside, folder)
    arrays = {
        "keys": ("I", np.array(list(keys), np.uint32).tobytes()),
        # Three digits of a rarity tell all that is known of it.
        "rarity": ("f", rarity.astype(np.float16).astype(np.float32).tobytes()),
        "table": ("b", np.round(table / scale).astype(np.int8).tobytes()),
        "scale": ("f", scale.astype(np.float32).tobytes()),
    }
    told = {
        "outside": outside,
        "certainty": _certainty(said, right, outside).tolist(),
        "fingerprint": fingerprint(),
    }
    return Learnt(arrays | meaning.arrays, told | meaning.told)


def _tell(learnt: list[Example], said: Matrix, right: NDArray[np.int64], outside: float) -> None:
    """Print how many were right when they were left out: the honest number, by language."""
    hits = np.array([margin(one, outside)[0] for one in said.astype(np.float32)]) == right
    for language in LANGUAGES:
        mine = np.array([example.language == language for example in learnt])
        sys.stdout.write(f"{language}: {hits[mine].mean():.3f} of {mine.sum()} right when left out\n")
    sys.stdout.write(f"all: {hits.mean():.3f} of {len(hits)}\n")


def _vocabulary(seen: list[dict[int, Feature]]) -> tuple[dict[int, int], Matrix]:
    """Choose the features to keep, and how rare each is."""
    often = Counter(key for one in seen for key in one)
    always = {key for one in seen for key, feature in one.items() if feature.weight >= _KEPT_WHEN_SEEN_ONCE}
    kept = sorted(key for key, count in often.items() if count > 1 or key in always)
    rarity = [np.log((1 + len(seen)) / (1 + often[key])) + 1 for key in kept]
    return {key: at for at, key in enumerate(kept)}, np.array(rarity)


def _values(seen: dict[int, Feature], keys: dict[int, int], rarity: Matrix) -> list[tuple[int, float]]:
    values = [
        (keys[key], feature.weight * float(rarity[keys[key]])) for key, feature in seen.items() if key in keys
    ]
    length = sum(value * value for _, value in values) ** 0.5 or 1.0
    return [(at, value / length) for at, value in values]


def _wanted(learnt: list[Example]) -> Matrix:
    wanted = np.full((len(learnt), len(CATEGORIES)), -1 / (len(CATEGORIES) - 1))
    for row, example in zip(wanted, learnt, strict=True):
        row[CATEGORIES.index(example.category)] = 1
    return wanted


def _nearness(rows: list[list[tuple[int, float]]], width: int) -> Matrix:
    """Give the cosine of every example with every other."""
    near = np.zeros((len(rows), len(rows)))
    block = 4096
    for start in range(0, width, block):
        part = np.zeros((len(rows), min(block, width - start)), np.float32)
        for line, row in zip(part, rows, strict=True):
            for at, value in row:
                if start <= at < start + block:
                    line[at - start] = value
        near += part @ part.T
    return near


def _without(at: int, near: Matrix, inverse: Matrix, wanted: Matrix, answers: Matrix) -> Matrix:
    """Give what would be said of an example if neither it nor its twins had been there.

    The same thought stands in several languages, and would answer for itself.
    """
    twins = [at, *(int(one) for one in np.flatnonzero(near[at] > _TWINS) if one != at)]
    missed = np.linalg.solve(inverse[np.ix_(twins, twins)], answers[twins])
    told: Matrix = (wanted[at] - missed[0]).astype(np.float64)
    return told


def _outside(said: Matrix, right: NDArray[np.int64]) -> float:
    """Choose what is added for `other` so that at most the agreed share of customers is lost to it."""
    inside = said[right != OTHER]
    lead = np.delete(inside, OTHER, axis=1).max(axis=1) - inside[:, OTHER]
    return float(np.quantile(lead, _LOSS))


def _certainty(said: Matrix, right: NDArray[np.int64], outside: float) -> NDArray[np.float32]:
    """Say for each margin how many of those left out were right at it, never falling as the margin grows."""
    verdicts = [margin(one, outside) for one in said.astype(np.float32)]
    order = np.argsort([lead for _, lead in verdicts])
    leads = [float(verdicts[at][1]) for at in order]
    hits = [float(verdicts[at][0] == right[at]) for at in order]
    pools: list[list[float]] = []  # margin, right, count: neighbours are pooled until the shares only rise
    for lead, hit in zip(leads, hits, strict=True):
        pools.append([lead, hit, 1.0])
        while len(pools) > 1 and pools[-2][1] * pools[-1][2] >= pools[-1][1] * pools[-2][2]:
            last = pools.pop()
            pools[-1] = [
                (pools[-1][0] * pools[-1][2] + last[0] * last[2]) / (pools[-1][2] + last[2]),
                pools[-1][1] + last[1],
                pools[-1][2] + last[2],
            ]
    # One more wrong than seen: ten out of ten is not certainty.
    points = [(lead, hit / (count + 1)) for lead, hit, count in pools if count >= _POOL]
    return np.maximum.accumulate(np.array(points, np.float32))


def _meaning(
    learnt: list[Example], said: Matrix, right: NDArray[np.int64], outside: float, folder: Path | None
) -> Learnt:
    if folder is None:  # what was learnt with the sentence model stays as it was
        kept = Arrays(FILE)
        told = {name: kept.told[name] for name in ("outside_with_meaning", "certainty_with_meaning")}
        return Learnt({"meaning": ("f", kept["meaning"].tobytes())}, told)
    english = [at for at, example in enumerate(learnt) if example.language == "en"]
    vectors = SentenceModel(folder).embed([without_greeting(learnt[at].text) for at in english])
    wanted = _wanted([learnt[at] for at in english])
    inverse = np.linalg.inv(vectors.T @ vectors + _SMOOTHING_OF_MEANING * np.eye(vectors.shape[1]))
    table = inverse @ vectors.T @ wanted
    own = np.einsum("ij,jk,ik->i", vectors, inverse, vectors)[:, None]
    without = wanted - (wanted - vectors @ table) / (1 - own)
    blended = said[english] * (1 - BLEND) + np.array([shares(scores) for scores in without]) * BLEND
    # It is asked only about what the words leave open, and so it is judged by these alone.
    own_outside = _outside(blended, right[english])
    points = _certainty(said, right, outside).tolist()
    leads = [margin(one, outside)[1] for one in said[english].astype(np.float32)]
    open_ones = np.array([confidence(lead, points) < SURE for lead in leads])
    told = {
        "outside_with_meaning": own_outside,
        "certainty_with_meaning": _certainty(
            blended[open_ones], right[english][open_ones], own_outside
        ).tolist(),
    }
    # A column for each category.
    return Learnt({"meaning": ("f", table.T.astype(np.float16).astype(np.float32).tobytes())}, told)


def main() -> None:
    """Learn, and write the file beside this module; a folder as argument is that of the sentence model."""
    folder = Path(sys.argv[1]) if sys.argv[1:] else installed()
    learnt = learn(folder)
    write(FILE, learnt.arrays, learnt.told)


if __name__ == "__main__":
    main()
