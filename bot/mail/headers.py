"""The block of headers that programs put above a mail they quote or forward: From, Sent, To, Subject.

A supplier's own lines "From: Ningbo / To: Hamburg / Date: 6 May" look alike: so three of the four kinds must
stand there, and an address or both a subject and a date among them.
"""

from dataclasses import dataclass

from bot.mail.words import DATE, KEYS, RECIPIENT, SENDER, SUBJECT
from bot.patterns import lazy

ADDRESS = lazy(r"[^\s<>@\"'()\[\]:;,]{1,64}@[^\s<>@\"'()\[\]:;,]{1,200}")
_KEY = lazy(r"^[\s>*_|\-]{0,12}([^\s:：>*_|][^:：]{0,30}?)[\s*_]{0,4}[:：][\s*_]{0,4}(.*)$")
_INLINE_KEY = lazy(r"(?:^|[\s\"”>;*)\d-])([^\W\d_]{2,14})\s?[:：]")
_HAN_SPACES = lazy("(?<=[\u4e00-\u9fff])\\s+(?=[\u4e00-\u9fff])")
# Lines a block may have, blank ones included; a folded list of recipients makes it longer.
_LINES = 14


@dataclass(frozen=True)
class Block:
    """A block of headers: how many lines it takes, and the first value of each kind."""

    lines: int
    values: dict[str, str]


def block(looks: list[str], index: int, *, announced: bool = False) -> Block | None:
    """Read the block that begins on this line, or give None when there is none.

    `announced`: a separator or an attribution stands above it, so that three kinds are enough.
    """
    if not _key(looks[index]):
        return _flat(looks[index])
    values: dict[str, str] = {}
    end = index
    for at in range(index, min(index + _LINES, len(looks))):
        line = looks[at]
        if found := _key(line):
            kind, value = found
            if kind in values and kind != RECIPIENT:
                break  # the next block, or no block
            values.setdefault(kind, value)
            end = at
        elif not line.strip():
            if at - end > 1:
                break
        elif at == end + 1 and _is_continued(looks[at - 1], line):
            end = at
        else:
            break
    is_letter = announced or {SUBJECT, DATE} <= set(values)
    is_letter = is_letter or any(ADDRESS.search(line) for line in looks[index : end + 1])
    return Block(end - index + 1, values) if len(values) >= 3 and is_letter else _flat(looks[index])


def _key(look: str) -> tuple[str, str] | None:
    found = _KEY.match(look)
    if not found:
        return None
    kind = KEYS.get(_HAN_SPACES.sub("", found.group(1).strip().lower()))
    return (kind, found.group(2).strip(" *_")) if kind else None


def _is_continued(above: str, line: str) -> bool:
    """Tell whether a value was too long for its line."""
    return line.startswith((" ", "\t")) or above.rstrip().endswith((",", ";"))


def _flat(look: str) -> Block | None:
    """Read a block that lost its line breaks on the way: all keys in one line, and an address."""
    kinds = {KEYS[key] for one in _INLINE_KEY.findall(look) if (key := one.lower()) in KEYS}
    if len(kinds) < 3 or not ADDRESS.search(look):
        return None
    return Block(1, {SENDER: look} | dict.fromkeys(kinds - {SENDER}, ""))
