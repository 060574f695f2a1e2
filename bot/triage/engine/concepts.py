"""What customers speak of, whatever the language: "storniert", "cancelled" and 取消 are one concept."""

from functools import lru_cache
from importlib.resources import files
from typing import TypeVar

import yaml

from bot.triage.engine.words import HAN, Word, fold

# Shorter beginnings would take in too many words.
_SHORTEST = 3
_LONGEST = 30
# Strangers' words must not fill the memory.
_REMEMBERED = 50_000
Key = TypeVar("Key", str, tuple[str, ...])


class Concepts:
    """The table of concepts.yml, made for looking up."""

    def __init__(self, table: dict[str, str]) -> None:
        # Nearly every entry shows one concept: all that show the same share one set.
        self._sets: dict[frozenset[str], frozenset[str]] = {}
        self.exact: dict[str, frozenset[str]] = {}
        self.begins: dict[str, frozenset[str]] = {}
        self.phrases: dict[tuple[str, ...], frozenset[str]] = {}
        self.chinese: dict[str, frozenset[str]] = {}
        for concept, line in table.items():
            for entry in line.split():
                self._enter(concept, fold(entry))
        self._longest = max(map(len, self.chinese), default=0)
        self._known: dict[str, frozenset[str]] = {}

    def _enter(self, concept: str, entry: str) -> None:
        if HAN.search(entry):
            self._add(self.chinese, entry, concept)
        elif "_" in entry:
            self._add(self.phrases, tuple(entry.split("_")), concept)
        elif entry.endswith("*"):
            self._add(self.begins, entry[:-1], concept)
        else:
            self._add(self.exact, entry, concept)

    def _add(self, table: dict[Key, frozenset[str]], entry: Key, concept: str) -> None:
        shown = table.get(entry, frozenset()) | {concept}
        table[entry] = self._sets.setdefault(shown, shown)

    def of(self, words: list[Word]) -> dict[str, tuple[int, ...]]:
        """Give each concept found, with the places of the words that showed it."""
        found: dict[str, tuple[int, ...]] = {}
        folded = [word.folded for word in words]
        for at, word in enumerate(folded):
            if HAN.match(word):
                self._find_chinese(folded, at, found)
            else:
                for concept in self._of_word(word):
                    found.setdefault(concept, (at,))
                self._find_phrases(folded, at, found)
        return found

    def segment(self, folded: list[str], at: int) -> int:
        """Count the characters of the longest Chinese entry that begins here; 0 when none does."""
        for length in range(min(self._longest, len(folded) - at), 0, -1):
            if "".join(folded[at : at + length]) in self.chinese:
                return length
        return 0

    def _find_chinese(self, folded: list[str], at: int, found: dict[str, tuple[int, ...]]) -> None:
        for length in range(1, min(self._longest, len(folded) - at) + 1):
            for concept in self.chinese.get("".join(folded[at : at + length]), ()):
                found.setdefault(concept, tuple(range(at, at + length)))

    def _find_phrases(self, folded: list[str], at: int, found: dict[str, tuple[int, ...]]) -> None:
        for length in (2, 3, 4):
            for concept in self.phrases.get(tuple(folded[at : at + length]), ()):
                found.setdefault(concept, tuple(range(at, min(at + length, len(folded)))))

    def _of_word(self, word: str) -> frozenset[str]:
        known = self._known.get(word)
        if known is not None:
            return known
        shown = set(self.exact.get(word, ()))
        for length in range(_SHORTEST, min(len(word), _LONGEST) + 1):
            shown |= self.begins.get(word[:length], frozenset())
        if "'" in word:
            for part in word.split("'"):
                shown |= self._of_word(part) if len(part) >= _SHORTEST else set()
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        seen = frozenset(shown)
        return self._known.setdefault(word, self._sets.get(seen, seen))


@lru_cache(maxsize=1)
def concepts() -> Concepts:
    """Read the table once."""
    text = (files("bot.triage.engine") / "concepts.yml").read_text(encoding="utf-8")
    return Concepts(yaml.load(text, yaml.CSafeLoader))
