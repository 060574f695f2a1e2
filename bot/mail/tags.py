"""HTML into tokens, in one pass: tags, ends of tags and text.

The standard library's parser takes minutes over some crafted megabytes (unclosed tags, comments, quotes).
Here no character is looked at again once it was passed, but for a few times when quotes do not match.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

from bot.patterns import lazy

# A page with more tags than this was not written for a reader.
_MOST_TOKENS = 60_000
_NAME = lazy(r"/?[a-zA-Z][^\s/>]{0,40}")
_STOP = lazy("[>\"']")
_ATTRIBUTE = lazy(
    r"([^\s=/>\"']{1,40})(?:\s{0,20}=\s{0,20}(\"[^\"]{0,4000}\"?|'[^']{0,4000}'?|[^\s>\"']{0,4000}))?"
)
_ATTRIBUTES = 60
# A number of 4300 digits and more makes int() refuse.
_ENDLESS_NUMBER = lazy(r"&#(?:\d{8,}|[xX][0-9a-fA-F]{7,});?")
# Between these nothing is a tag but their own end.
_RAW = ("script", "style", "title", "textarea", "xmp", "noembed", "noframes", "iframe")
_MISMATCHES = 20


class Token(NamedTuple):
    """A tag (`kind` "<"), the end of one (">") or text (""): its name or text, and the attributes.

    The last of too many is of kind "!".
    """

    kind: str
    text: str
    attributes: dict[str, str]


def tokens(source: str) -> Iterator[Token]:
    """Give the tokens of an HTML page."""
    scanner = _Scanner(source)
    for _ in range(_MOST_TOKENS):
        token = scanner.next()
        if token is None:
            return
        if token.text:
            yield token
    yield Token("!", "more", {})


class _Scanner:
    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._raw = ""
        self._missing: set[str] = set()
        self._mismatches = 0

    def next(self) -> Token | None:
        if self._at >= len(self._source):
            return None
        if self._raw:
            return self._raw_text()
        begin = self._source.find("<", self._at)
        if begin < 0:
            begin = len(self._source)
        if begin > self._at:
            text, self._at = self._source[self._at : begin], begin
            return Token("", _unescaped(text), {})
        name = _NAME.match(self._source, begin + 1)
        if name:
            return self._tag(name.group(), name.end())
        if self._source.startswith(("<!", "<?", "</"), begin):
            return self._comment(begin)
        self._at = begin + 1
        return Token("", "<", {})

    def _raw_text(self) -> Token:
        end = re.compile(f"</{self._raw}(?![a-z])", re.IGNORECASE).search(self._source, self._at)
        stop = end.start() if end else len(self._source)
        text, self._at, self._raw = self._source[self._at : stop], stop, ""
        return Token("", text, {})

    def _comment(self, begin: int) -> Token:
        mark, skip = ("-->", 4) if self._source.startswith("<!--", begin) else (">", 2)
        end = self._find(mark, begin + skip)
        if end < 0 and mark == "-->":  # an unclosed comment hides no more than its first tag
            mark, end = ">", self._find(">", begin)
        self._at = end + len(mark) if end >= 0 else len(self._source)
        return Token("", "", {})

    def _tag(self, name: str, begin: int) -> Token:
        end = self._end_of_tag(begin)
        inside = self._source[begin:end]
        self._at = end + 1
        if name.startswith("/"):
            return Token(">", name[1:].lower(), {})
        name = name.lower()
        if name in _RAW and not inside.endswith("/"):
            self._raw = name
        return Token("<", name, _attributes(inside) if inside.strip(" /") else {})

    def _end_of_tag(self, begin: int) -> int:
        at = begin
        while stop := _STOP.search(self._source, at):
            if stop.group() == ">":
                return stop.start()
            end = self._find(stop.group(), stop.end())
            at = end + 1 if end >= 0 else stop.end()
        # Its quotes do not match. Read on behind its first >, unless that was done too often.
        self._mismatches += 1
        end = self._source.find(">", begin) if self._mismatches <= _MISMATCHES else -1
        return end if end >= 0 else len(self._source)

    def _find(self, mark: str, at: int) -> int:
        """Find a mark; once it was looked for in vain, it is not looked for again."""
        if mark in self._missing:
            return -1
        found = self._source.find(mark, at)
        if found < 0:
            self._missing.add(mark)
        return found


def _attributes(inside: str) -> dict[str, str]:
    given: dict[str, str] = {}
    for found in _ATTRIBUTE.finditer(inside[:20_000]):
        if len(given) >= _ATTRIBUTES:
            break
        value = (found.group(2) or "").strip("\"'")
        given.setdefault(found.group(1).lower(), _unescaped(value))
    return given


def _unescaped(text: str) -> str:
    return unescape(_ENDLESS_NUMBER.sub("\N{REPLACEMENT CHARACTER}", text)) if "&" in text else text
