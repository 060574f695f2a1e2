"""Who shall do something, and by when, read from one line: "Move the login, Tom, by Friday".

Plain rules for English, German and Chinese, the same whatever the reader's language. What is not understood
stays in the text; what was understood is shown, and can be corrected.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from bot.patterns import lazy
from bot.standups import days

_BREAK = "[,;:，；：、()（）–—]"
_EDGE = lazy(rf"^(?:\s|{_BREAK}|[-])+|(?:\s|{_BREAK}|[-])+$")
_TWICE = lazy(r"\s*([,;，；、])(?:\s*[,;，；、])+")
_HOLLOW = lazy(r"\s*[(（]\s*[)）]|\s+(?=[,;.，。；])")
# What stands between somebody's name and what they shall do, or after it at the end.
_JOINT = lazy(
    r"(?:\s*[:：,，–—]\s*|\s+-\s+|\s+(?:to|will|should|shall|must|can|soll|sollte|muss|wird|kann)\s+|\s*(?:负责|来))",
    re.IGNORECASE,
)
_BEFORE_NAME = lazy(r"(?:\b(?:who|owner|wer)\s*:?|由)\s*$", re.IGNORECASE)
_MENTION = lazy(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")


@dataclass(frozen=True)
class Read:
    """What is to be done, by whom and until when, as far as it was understood."""

    action: str
    owner_id: str | None = None
    due: date | None = None


def read(text: str, today: date, names: Mapping[str, str], among: Collection[str] = ()) -> Read:
    """Read a line. `names`: of all colleagues, by id; of two with one name the one `among` these is meant."""
    line = " ".join(text.split())
    rest, due = days.taken(line, today)
    rest, owner_id = _owner(rest, names, among)
    rest = _tidy(rest)
    # "Tom, by Friday" says nothing else: then the words stay as they were.
    return Read(rest or line, owner_id, due)


def _tidy(text: str) -> str:
    """Take away the marks that stood around what was taken out."""
    text = _TWICE.sub(r"\1", _HOLLOW.sub("", text))
    return _EDGE.sub("", " ".join(text.split()))


def _owner(text: str, names: Mapping[str, str], among: Collection[str]) -> tuple[str, str | None]:
    """Take out who is named: after an @ anywhere, or bare at the start or the end."""
    for found in _MENTION.finditer(text):
        if found[1] in names:
            return _without(text, found, names[found[1]]), found[1]
    called = _called(names, among)
    for name, person_id in called:
        found_at = re.search(rf"@{re.escape(name)}(?!\w)", text, re.IGNORECASE)
        if found_at:
            return _without(text, found_at, found_at[0][1:]), person_id
    bare = _tidy(text)
    for name, person_id in called:
        taken = _bare(bare, name)
        if taken is not None:
            return taken, person_id
    return text, None


def _without(text: str, mention: re.Match[str], name: str) -> str:
    """Take a mention out where it stands for itself; "ask @Tom for prices" needs the name."""
    before, after = text[: mention.start()], text[mention.end() :]
    stands_alone = not before.strip() or re.search(rf"{_BREAK}\s*$", before)
    return f"{before} {after}" if stands_alone else f"{before}{name}{after}"


def _bare(text: str, name: str) -> str | None:
    """Give the text without a name that begins or ends it; None when it does neither."""
    if text.casefold() == name.casefold():
        return ""
    begins = re.match(re.escape(name), text, re.IGNORECASE)
    if begins and (joint := _JOINT.match(text, begins.end())):
        return text[joint.end() :]
    ends = re.search(rf"{re.escape(name)}(?:\s*负责)?$", text, re.IGNORECASE)
    if ends is None:
        return None
    before = text[: ends.start()]
    if led := _BEFORE_NAME.search(before):
        return before[: led.start()]
    return before if re.search(rf"{_BREAK}\s*$|\s-\s*$", before) else None


def _called(names: Mapping[str, str], among: Collection[str]) -> list[tuple[str, str]]:
    """Give how people are called, the longest first: by the whole name, or by a first name of one person."""
    by_word: dict[str, list[str]] = {}
    for person_id, name in names.items():
        for word in {name, name.split()[0] if name.split() else name}:
            by_word.setdefault(word.casefold(), []).append(person_id)
    meant = [(word, one) for word, ids in by_word.items() if word and (one := _one(ids, among))]
    return sorted(meant, key=lambda pair: -len(pair[0]))


def _one(ids: Iterable[str], among: Collection[str]) -> str | None:
    found = list(ids)
    closer = found if len(found) == 1 else [one for one in found if one in among]
    return closer[0] if len(closer) == 1 else None
