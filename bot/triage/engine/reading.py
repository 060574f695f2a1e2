"""Reading a whole mail: every sentence is judged, and the sure ones speak for it."""

from dataclasses import dataclass, replace
from operator import add
from typing import TYPE_CHECKING

from bot.triage.engine.categories import CATEGORIES, OTHER
from bot.triage.engine.concepts import concepts
from bot.triage.engine.features import Feature, features
from bot.triage.engine.learning import Memory
from bot.triage.engine.verdict import BLEND, SURE, confidence, margin
from bot.triage.engine.weights import Scores, Weights, shares
from bot.triage.engine.why import deciding
from bot.triage.engine.words import Word, sentences, words

if TYPE_CHECKING:  # it brings numpy, and most have none
    from bot.triage.engine.sentences import SentenceModel

# Politeness and praise stand around a matter more often than they are it; anger comes with one.
_SPEAKS = {"other": 0.06, "feedback": 0.12, "complaint": 0.7}
# But a sentence about one of these is a matter, and not the shop's.
_ELSEWHERE = frozenset(
    {"job", "marketing", "business", "press", "bank", "telecom", "health", "travel", "law", "household"}
)
_ELSEWHERE_SPEAKS = 0.8
# A sentence's lead is its say; nobody is quite silent.
_WHISPER = 0.01
# The sentence model is slow, so only so many sentences of a mail are shown to it.
_UNDERSTOOD = 8


@dataclass(frozen=True)
class Verdict:
    """What a text is, how sure we are, and the words that decided."""

    category: str
    confidence: float
    why: tuple[str, ...]


@dataclass(frozen=True)
class _Sentence:
    words: list[Word]
    seen: dict[int, Feature]
    row: dict[int, float]
    said: Scores
    say: float


class Reader:
    """Judges texts by what was learnt, by what people corrected, and by meaning where that model is there."""

    def __init__(self, weights: Weights, memory: Memory, model: "SentenceModel | None") -> None:
        self._weights = weights
        self._memory = memory
        self._model = model

    def read(self, text: str, language: str | None) -> Verdict:
        """Judge a text whose quotations and signature are gone."""
        pieces = sentences(text)
        by_words = [self._by_words(piece) for piece in pieces]
        if not any(one.row for one in by_words):  # nothing in it is known, as in a language without examples
            return Verdict(CATEGORIES[OTHER], 0.0, ())
        verdict = self._verdict(by_words, by_meaning=False)
        if verdict.confidence >= SURE or self._model is None or language not in {"en", None}:
            return verdict
        understood = [self._by_meaning(piece, self._model) for piece in pieces[:_UNDERSTOOD]]
        return self._verdict(understood + by_words[_UNDERSTOOD:], by_meaning=True)

    def _verdict(self, read: list[_Sentence], *, by_meaning: bool) -> Verdict:
        learnt = self._weights
        outside = learnt.outside_with_meaning if by_meaning else learnt.outside
        certainty = learnt.certainty_with_meaning if by_meaning else learnt.certainty
        total = sum(one.say for one in read)
        parts = ([share * (one.say / total) for share in one.said] for one in read)
        said = [sum(column) for column in zip(*parts, strict=True)]
        winner, lead = margin(said, outside)
        return Verdict(CATEGORIES[winner], confidence(lead, certainty), self._why(read, winner))

    def _by_words(self, sentence: str) -> _Sentence:
        found = words(sentence)
        seen = features(found)
        row = self._weights.row(seen)
        said = shares(map(add, self._weights.score(row), self._memory.change(row)))
        return _Sentence(found, seen, row, said, self._say(found, said, self._weights.outside))

    def _by_meaning(self, sentence: str, model: "SentenceModel") -> _Sentence:
        read = self._by_words(sentence)
        meaning = self._weights.by_meaning(model.embed([sentence])[0].tolist())
        meant = shares(map(add, meaning, self._memory.change(read.row)))
        said = [words * (1 - BLEND) + share * BLEND for words, share in zip(read.said, meant, strict=True)]
        return replace(read, said=said, say=self._say(read.words, said, self._weights.outside_with_meaning))

    @staticmethod
    def _say(found: list[Word], said: Scores, outside: float) -> float:
        winner, lead = margin(said, outside)
        speaks = _SPEAKS.get(CATEGORIES[winner], 1.0)
        if winner == OTHER and not _ELSEWHERE.isdisjoint(concepts().of(found)):
            speaks = _ELSEWHERE_SPEAKS
        return max(lead, _WHISPER) * speaks

    def _why(self, read: list[_Sentence], winner: int) -> tuple[str, ...]:
        loudest = sorted(read, key=lambda one: one.say * one.said[winner], reverse=True)[:2]
        return deciding([(one.words, one.seen, one.row) for one in loudest], self._weights, winner)
