"""What is looked at in a sentence: its concepts and their pairs, its words, and pieces of words."""

from itertools import combinations, pairwise
from typing import NamedTuple
from zlib import crc32

from bot.triage.engine.concepts import concepts
from bot.triage.engine.words import HAN, Word

# How much each kind counts. Concepts carry over to words nobody foresaw, and so count most.
_CONCEPT, _PAIR, _WORD, _TWO_WORDS, _PIECE = 1.8, 0.8, 1.0, 0.7, 0.4
_CHINESE = {1: 0.5, 2: 0.7, 3: 0.7}
_CHINESE_APART = 0.4
_PIECES = (3, 4, 5)
# Of a long sentence only so many concepts are paired.
_PAIRED = 8


class Feature(NamedTuple):
    """A thing seen: how much its kind counts, and the places of the words that show it."""

    weight: float
    places: tuple[int, ...]


def features(words: list[Word]) -> dict[int, Feature]:
    """Give what is seen in a sentence, by a number that stands for it."""
    seen: dict[int, Feature] = {}
    found = concepts().of(words)
    for name, places in found.items():
        _see(seen, f"C {name}", _CONCEPT, places)
    for (one, left), (two, right) in combinations(sorted(found.items())[:_PAIRED], 2):
        _see(seen, f"P {one} {two}", _PAIR, left + right)
    _latin(words, seen)
    _chinese([word.folded for word in words], seen)
    return seen


def _latin(words: list[Word], seen: dict[int, Feature]) -> None:
    places = [at for at, word in enumerate(words) if not HAN.match(word.folded)]
    for at in places:
        word = words[at].folded
        _see(seen, f"w {word}", _WORD, (at,))
        padded = f" {word[:40]} "
        for size in _PIECES:
            for start in range(len(padded) - size + 1):
                _see(seen, f"c {padded[start : start + size]}", _PIECE, (at,))
    if places:
        _see(seen, f"b ^ {words[places[0]].folded}", _TWO_WORDS, (places[0],))
    for one, two in pairwise(places):
        _see(seen, f"b {words[one].folded} {words[two].folded}", _TWO_WORDS, (one, two))


def _chinese(folded: list[str], seen: dict[int, Feature]) -> None:
    for at in range(len(folded)):
        text = ""
        for size in (1, 2, 3):
            if at + size > len(folded) or not HAN.match(folded[at + size - 1]):
                break
            text += folded[at + size - 1]
            _see(seen, f"h {text}", _CHINESE[size], tuple(range(at, at + size)))
        # With one character between: 没 and 到 in 没收到, 没送到, 没见到.
        if len(text) == 3:
            _see(seen, f"h {text[0]}-{text[2]}", _CHINESE_APART, (at, at + 2))


def _see(seen: dict[int, Feature], name: str, weight: float, places: tuple[int, ...]) -> None:
    seen.setdefault(crc32(name.encode()), Feature(weight, places))
