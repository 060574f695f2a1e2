"""The words that decided, as they were written."""

from bot.triage.engine.concepts import concepts
from bot.triage.engine.features import Feature
from bot.triage.engine.weights import Weights
from bot.triage.engine.words import HAN, Word

_SHOWN = 3
_LONGEST = 30

Read = tuple[list[Word], dict[int, Feature], dict[int, float]]


def deciding(read: list[Read], weights: Weights, winner: int) -> tuple[str, ...]:
    """Give the few words that spoke most for the winner against the rest, the strongest first."""
    found: dict[str, float] = {}
    for words, seen, row in read:
        spoke = _spoken(len(words), seen, row, weights, winner)
        for text, strength in _terms(words, spoke):
            found[text] = max(found.get(text, 0.0), strength)
    ranked = sorted((item for item in found.items() if item[1] > 0), key=lambda item: -item[1])
    if not ranked:
        return ()
    enough = ranked[0][1] / 4
    return tuple(text[:_LONGEST] for text, strength in ranked[:_SHOWN] if strength >= enough)


def _spoken(
    count: int, seen: dict[int, Feature], row: dict[int, float], weights: Weights, winner: int
) -> list[float]:
    """Share each feature's part in the lead among the words that showed it."""
    spoke = [0.0] * count
    for key, value in row.items():
        line = weights.line(key)
        part = value * (line[winner] - (sum(line) - line[winner]) / (len(line) - 1))
        places = seen[key].places
        for at in places:
            spoke[at] += part / len(places)
    return spoke


def _terms(words: list[Word], spoke: list[float]) -> list[tuple[str, float]]:
    """Put Chinese characters together again: to an entry of the concepts, else two by two."""
    folded = [word.folded for word in words]
    terms = []
    at = 0
    while at < len(words):
        length = 1
        if HAN.match(folded[at]):
            length = concepts().segment(folded, at) or _pair(folded, at)
        text = "".join(word.written for word in words[at : at + length])
        if text not in {"0", "?", "!"}:
            terms.append((text, sum(spoke[at : at + length])))
        at += length
    return terms


def _pair(folded: list[str], at: int) -> int:
    follows = at + 1 < len(folded) and HAN.match(folded[at + 1])
    return 2 if follows and not concepts().segment(folded, at + 1) else 1
