"""Blanks: what a plan leaves to the shop to write down, and how a text reads while nobody has.

Nobody who is new reads a bracket. A sentence with an open blank is left out, and one plain sentence at the
end says what is not written down yet and whom to ask. So a blank best stands in a sentence of its own.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.words import _

_BLANK = re.compile(r"\{\{\s*blank:\s*([^{}]+?)\s*\}\}")
POINT = re.compile(r"[-*]\s+|\d{1,2}[.)]\s+")
_SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])")
# Stand for blanks while sentences are told apart: what is filled in may hold a full stop itself.
_OPEN, _CLOSE = "\ue000", "\ue001"
_PLACE = re.compile(f"{_OPEN}(\\d+){_CLOSE}")


@dataclass(frozen=True)
class Written:
    """A text as far as it is written: paragraphs, each of pieces (a point of a list, or all of it)."""

    paragraphs: tuple[tuple[str, ...], ...]
    left: tuple[str, ...]

    @property
    def text(self) -> str:
        """The text without what is left open."""
        return "\n\n".join("\n".join(pieces) for pieces in self.paragraphs)


def blanks_in(text: str) -> list[str]:
    """Give what a text leaves to be filled in."""
    return [" ".join(blank.split()) for blank in _BLANK.findall(text)]


def written(text: str, known: Mapping[str, str]) -> Written:
    """Put in what the shop filled in, and leave out the sentences in which something is open."""
    blanks = blanks_in(text)
    numbers = iter(range(len(blanks)))
    marked = _BLANK.sub(lambda _found: f"{_OPEN}{next(numbers)}{_CLOSE}", text)
    paragraphs: list[tuple[str, ...]] = []
    for paragraph in re.split(r"\n\s*\n", marked.strip()):
        whole = pieces_of(paragraph)
        kept = tuple(rest for piece in whole if (rest := _said(piece, blanks, known)))
        if kept:
            paragraphs.append(kept)
        elif paragraphs and paragraphs[-1][-1].endswith(":"):
            paragraphs.pop()  # it announced what is not there
    left = dict.fromkeys(blank for blank in blanks if not known.get(blank))
    return Written(tuple(paragraphs), tuple(left))


def pieces_of(paragraph: str) -> list[str]:
    """Give the points of a list, or the one piece a paragraph is; lines that were only wrapped are joined."""
    pieces: list[str] = []
    for line in paragraph.splitlines():
        stripped = line.strip()
        if POINT.match(stripped) or not pieces:
            pieces.append(stripped)
        else:
            pieces[-1] += f" {stripped}"
    return pieces


def _said(piece: str, blanks: Sequence[str], known: Mapping[str, str]) -> str:
    """Give a piece without the sentences that cannot be said yet; "" when none is left."""
    point = POINT.match(piece)
    mark = point[0] if point else ""
    kept = [
        sentence
        for sentence in _SENTENCE_ENDS.split(piece[len(mark) :])
        if all(known.get(blanks[int(number)]) for number in _PLACE.findall(sentence))
    ]
    said = _PLACE.sub(lambda found: known[blanks[int(found[1])]], " ".join(kept)).strip()
    return f"{mark}{said}" if said else ""


def not_yet(left: Iterable[str], who: str) -> str:
    """Say what is not written down, and whom to ask; "" when nothing is left."""
    named = "; ".join(left)
    return _("Not written down yet: {blanks}. Ask {who}.").format(blanks=named, who=who) if named else ""


def as_read(text: str, known: Mapping[str, str], who: str) -> str:
    """Give a text as somebody reads it who is new; `who` knows what it leaves open."""
    said = written(text, known)
    return "\n\n".join(part for part in (said.text, not_yet(said.left, who)) if part)
