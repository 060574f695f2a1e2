"""From the bytes of a mail to its parts, within bounds.

The standard parser takes time that grows with the square of what some crafted headers hold, and its depth
with the mail's. So headers are cut, parts are counted, and what lies too deep is read as text.
"""

import binascii
import re
from email.feedparser import BytesFeedParser
from email.message import Message
from email.policy import Compat32
from typing import Any

# Far above what programs write; a To with hundreds of people has some 20 KB.
_HEADER, _STRUCTURED_HEADER = 20_000, 2_000
_HEADERS = 500
_DEPTH = 8
_PARTS = 1_000
_BROKEN_LINES = 1_000
_KIND = re.compile(r"[\w.+-]{1,80}/[\w.+-]{1,120}", re.ASCII)


class _TooManyParts(Exception):
    """The mail has more parts than anybody would read."""


class _Cut(Compat32):
    """Take over headers cut to a length that can be read in time, and give their raw bytes as they are."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, Any]:
        name, value = super().header_source_parse(sourcelines)
        structured = name.lower().startswith("content-")
        return name, value[: _STRUCTURED_HEADER if structured else _HEADER]

    def header_fetch_parse(self, name: str, value: Any) -> Any:  # noqa: ARG002 - the library's signature
        return value


class _Part(Message):
    """A part that knows how deep it lies."""

    depth = 0

    def set_raw(self, name: str, value: Any) -> None:
        if len(self) < _HEADERS:
            super().set_raw(name, value)

    def attach(self, payload: Any) -> None:
        payload.depth = self.depth + 1
        super().attach(payload)

    def get_param(self, param: str, failobj: Any = None, *args: Any, **kwargs: Any) -> Any:
        try:
            value = super().get_param(param, failobj, *args, **kwargs)
        except (TypeError, ValueError, LookupError):  # numbered pieces that do not fit together
            return failobj
        # The library looks a charset up by this name, and stumbles over names that are no words.
        return failobj if param == "charset" and not str(value).isprintable() else value

    def get_content_type(self) -> str:
        kind = super().get_content_type()
        if not _KIND.fullmatch(kind):
            return "application/octet-stream"
        holds_parts = kind.startswith(("multipart/", "message/"))
        return "text/plain" if holds_parts and self.depth >= _DEPTH else kind


def read(raw: bytes) -> tuple[Message, bool]:
    """Give the mail, and whether it is whole: a mail of too many parts keeps the first of them."""
    parts: list[_Part] = []
    policy = _Cut()

    def part() -> _Part:
        if len(parts) >= _PARTS:
            raise _TooManyParts
        parts.append(_Part(policy=policy))
        return parts[-1]

    parser = BytesFeedParser(part, policy=policy)
    try:
        parser.feed(raw)
        return parser.close(), True
    except _TooManyParts:
        return parts[0], False


def content(part: Message) -> bytes:
    """Give what a part holds, decoded from its transfer encoding; broken encodings as far as they go."""
    if part.is_multipart():
        inner = part.get_payload(0) if part.get_content_type() == "message/rfc822" else None
        return bytes(inner) if isinstance(inner, Message) else b""
    if str(part.get("Content-Transfer-Encoding", "")).strip().lower() in ("x-uuencode", "uuencode", "uue"):
        return _from_uu(str(part.get_payload()))
    decoded: Any = part.get_payload(decode=True)
    return decoded if isinstance(decoded, bytes) else b""


def _from_uu(text: str) -> bytes:
    """Decode line by line; the standard library takes seconds over a broken megabyte."""
    lines = text.encode("ascii", "replace").splitlines()
    begin = next((at for at, line in enumerate(lines) if line.startswith(b"begin ")), -1)
    found: list[bytes] = []
    broken = 0
    for line in lines[begin + 1 :]:
        if line.strip() == b"end" or broken > _BROKEN_LINES:
            break
        try:
            found.append(binascii.a2b_uu(line))
        except binascii.Error:
            broken += 1
    return b"".join(found)
