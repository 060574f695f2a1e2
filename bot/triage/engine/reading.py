"""Reading a whole mail: every sentence is judged, and the sure ones speak for it."""

from dataclasses import dataclass, replace

import numpy as np

from bot.triage.engine.concepts import concepts
from bot.triage.engine.examples import CATEGORIES, OTHER
from bot.triage.engine.features import Feature, features
from bot.triage.engine.learning import Memory
from bot.triage.engine.sentences import SentenceModel
from bot.triage.engine.verdict import BLEND, SURE, confidence, margin
from bot.triage.engine.weights import Scores, Weights, shares
from bot.triage.engine.why import deciding
from bot.triage.engine.words import Word, sentences, words

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

    def __init__(self, weights: Weights, memory: Memory, model: SentenceModel | None) -> None:
        self._weights = weights
        self._memory = memory
        self._model = model if len(weights.meaning) else None

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
        said: Scores = np.sum([one.said * (one.say / total) for one in read], axis=0, dtype=np.float32)
        winner, lead = margin(said, outside)
        return Verdict(CATEGORIES[winner], confidence(lead, certainty), self._why(read, winner))

    def _by_words(self, sentence: str) -> _Sentence:
        found = words(sentence)
        seen = features(found)
        row = self._weights.row(seen)
        said = shares(self._weights.score(row) + self._memory.change(row))
        return _Sentence(found, seen, row, said, self._say(found, said, self._weights.outside))

    def _by_meaning(self, sentence: str, model: SentenceModel) -> _Sentence:
        read = self._by_words(sentence)
        meaning = model.embed([sentence])[0] @ self._weights.meaning
        said = read.said * (1 - BLEND) + shares(meaning + self._memory.change(read.row)) * BLEND
        return replace(read, said=said, say=self._say(read.words, said, self._weights.outside_with_meaning))

    @staticmethod
    def _say(found: list[Word], said: Scores, outside: float) -> float:
        winner, lead = margin(said, outside)
        speaks = _SPEAKS.get(CATEGORIES[winner], 1.0)
        if winner == OTHER and not _ELSEWHERE.isdisjoint(concepts().of(found)):
            speaks = _ELSEWHERE_SPEAKS
        return max(lead, _WHISPER) * speaks

    def _why(self, read: list[_Sentence], winner: int) -> tuple[str, ...]:
        loudest = sorted(read, key=lambda one: one.say * float(one.said[winner]), reverse=True)[:2]
        return deciding([(one.words, one.seen, one.row) for one in loudest], self._weights, winner)
