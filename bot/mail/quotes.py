"""Splitting a mail's text into what is new, what is quoted, and the signature.

Structure first, words second, never on one weak sign. Every line is looked at a bounded number of times, cut to
1000 characters, and no pattern has a quantifier inside another: a crafted mail cannot make it slow.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

from bot.mail import headers, signatures
from bot.mail.charsets import visible
from bot.mail.headers import ADDRESS
from bot.mail.words import BANNER, FORWARDED, OLDER, ON, WROTE
from bot.patterns import lazy

_LINE = 1000
# A text with more lines than this was not written; what is below stays with the words, unread.
_MOST_LINES = 20_000
_DATE = lazy(
    r"\d{1,4}\s?[./\-年년]\s?\d{1,2}\s?[./\-月월]\s?\d{1,4}|\b\d{1,2}[:.h]\d{2}\b|\b(?:19|20)\d{2}\b|"
    r"\d{1,2}\s?[月월]\s?\d{1,2}",
)
_CLOCK = lazy(r"\b\d{1,2}[:.h]\d{2}\b|[0-2]?\d[時时시点點]")
_BRACKETED = lazy(r"[<\[(＜&;][^<>\s]{1,64}@[^<>\s]{1,200}[>\])＞;&]")
_RULE = lazy(r"^[\s>*]*(?:[-_=─━]\s?){8,}[\s*]*$")
_DASH = "[-_=*~#—–─]"
_DASHED = lazy(rf"^[\s>*]{{0,8}}{_DASH}{{2,}}[\s:]*([^\s\-_=*~#—–─].{{0,200}}?)[\s:：.]*({_DASH}{{2,}}.*)?$")
_ABOVE_THIS = lazy(
    r"above this line|oberhalb dieser|au-dessus de cette|encima de esta|acima desta|sopra questa|boven deze",
    re.IGNORECASE,
)
_VOWELS = lazy("[\u064b-\u0652]")
_AROUND = " \t>*:：_<[]【】"
_ATTRIBUTION_LINES = 4


@dataclass(frozen=True)
class Parts:
    """A mail's text in its three parts; `text` is never empty unless the whole is."""

    text: str
    quoted: str
    signature: str


class _Mark(NamedTuple):
    """What stands between the new words and a quoted mail: lines it takes, and what it says."""

    lines: int
    forwarded: bool = False
    block: headers.Block | None = None


@dataclass(frozen=True)
class Older:
    """A mail quoted below: its headers where they stand there, whether it was passed on, and its lines."""

    block: headers.Block | None
    forwarded: bool
    text: str


def split(body: str) -> Parts:
    """Split the text of a mail."""
    lines, looks = _lines(body)
    new, quoted = _without_quotes(lines, looks)
    if not _has_words(new):
        return _only_quoted(lines, looks)
    new, signature = _without_signature(new)
    text = _joined(new)
    return (
        Parts(text, _joined(quoted), _joined(signature))
        if text
        else Parts(_joined(new + signature), _joined(quoted), "")
    )


def older(body: str) -> Older | None:
    """Give the first quoted mail that brings its headers or was passed on, for finding out whose it was."""
    lines, looks = _lines(body)
    for index in range(len(lines)):
        mark = _mark(looks, index)
        if mark and (mark.block or mark.forwarded):
            return Older(mark.block, mark.forwarded, _joined(_unmarked(lines[index + mark.lines :])))
    return None


def _lines(body: str) -> tuple[list[str], list[str]]:
    """Give the lines below their mail server's banner, as they are and as they look."""
    lines = body.replace("\r\n", "\n").replace("\r", "\n").split("\n", _MOST_LINES)
    looks = [_look(line) for line in lines]
    first = next((at for at, look in enumerate(looks) if look.strip()), 0)
    if BANNER.match(looks[first]):
        end = next((at for at in range(first, len(looks)) if not looks[at].strip()), len(looks))
        first = end if end - first <= 5 and _has_words(lines[end:]) else first + 1
    if first < len(looks) and signatures.is_sent_from(looks[first]) and _has_words(lines[first + 1 :]):
        first += 1
    return lines[first:], looks[first:]


def _look(line: str) -> str:
    """Give what a line looks like to a reader: no hidden characters, no Arabic vowel marks, not endless."""
    if line.isascii():
        return line[:_LINE]
    return _VOWELS.sub("", visible(line[:_LINE]).replace("\N{NO-BREAK SPACE}", " "))


def _without_quotes(lines: list[str], looks: list[str]) -> tuple[list[str], list[str]]:
    """Part the new lines from the quoted ones; what stands between or below lines marked with > is new."""
    new: list[str] = []
    quoted: list[str] = []
    index = 0
    while index < len(lines):
        if looks[index].lstrip().startswith(">"):
            quoted.append(lines[index])
            index += 1
        elif mark := _mark(looks, index):
            end = index + mark.lines
            if mark.block or mark.forwarded or not _marked_below(looks, end):
                return new, quoted + lines[index:]
            while not looks[end].strip():
                end += 1
            quoted += lines[index:end]
            index = end
        else:
            new.append(lines[index])
            index += 1
    return new, quoted


def _mark(looks: list[str], index: int) -> _Mark | None:
    """Read what stands above a quoted mail, when it begins on this line."""
    look = looks[index]
    if not look.strip():
        return None
    if mark := _separator(looks, index):
        return mark
    if block := headers.block(looks, index):
        return _Mark(block.lines, block=block)
    if span := _attribution(looks, index):
        return _Mark(span)
    return None


def _separator(looks: list[str], index: int) -> _Mark | None:
    """Read "--- Original message ---" and its like; a bare rule counts only above headers or an attribution."""
    look = looks[index]
    is_rule = bool(_RULE.match(look))
    says = _separator_says(look)
    named, forwarded = bool(says), says == "forwarded"
    if not (is_rule or named or _ABOVE_THIS.search(look)):
        return None
    below = next((at for at in range(index + 1, min(index + 4, len(looks))) if looks[at].strip()), None)
    if below is None:
        return _Mark(1, forwarded) if named else None
    if block := headers.block(looks, below, announced=named):
        return _Mark(below - index + block.lines, forwarded, block)
    if is_rule and not named:
        span = _attribution(looks, below)
        return _Mark(below - index + span) if span else None
    return _Mark(1, forwarded)


def _separator_says(look: str) -> str:
    """Tell what a line announces: "older", "forwarded" or "" for neither.

    Between dashes it may go on: "--- Forwarded by Li Wei on 6 May ---". Otherwise it is the phrase and no more.
    """
    dashed = _DASHED.match(look)
    words = (dashed.group(1) if dashed else look).strip(_AROUND).lower()
    for says, phrases in (("forwarded", FORWARDED), ("older", OLDER)):
        if words in phrases and (dashed or " " in words or not words.isascii()):
            return says
        if dashed and dashed.group(2) and words.startswith(tuple(phrases)):
            return says
    if dashed and dashed.group(2) and _is_attribution(dashed.group(1), is_marked=False):
        return "older"
    return ""


def _attribution(looks: list[str], index: int) -> int:
    """Count the lines (1 to 4) of "On ..., X wrote:" beginning here; 0 when it is none.

    Each line adds to the signs: an address, a date, a word for "wrote". The first has one already, or else the
    line above the attribution would be taken for its beginning.
    """
    text = ""
    for span in range(1, _ATTRIBUTION_LINES + 1):
        if index + span > len(looks):
            return 0
        line = looks[index + span - 1].strip().strip("*_ ")
        if not line or line.startswith(">"):
            return 0
        line, runs_on, _ = line.partition(":>") if ":>" in line else line.partition(": >")
        line += ":" if runs_on else ""
        text = f"{text} {line}"[:_LINE]
        address, date, wrote = (sign.search(text) for sign in (ADDRESS, _DATE, WROTE))
        if not (address or date or wrote):
            return 0
        if line.endswith((":", "：")):
            is_marked = bool(runs_on) or _marked_below(looks, index + span)
            return span if len(text) < 400 and _is_attribution(text.strip(), is_marked=is_marked) else 0
        if wrote and _CLOCK.search(text) and _opens_quotation(looks, index + span):
            return span
    return 0


def _is_attribution(text: str, *, is_marked: bool) -> bool:
    """Weigh a line that ends in a colon; where no > follows, more must speak for it than for a plain sentence."""
    address, date, wrote = ADDRESS.search(text), _DATE.search(text), WROTE.search(text)
    if is_marked:
        return bool(wrote) or bool(address and date)
    if wrote:
        return bool(address or _CLOCK.search(text) or (date and ON.match(text)))
    return bool(date and _BRACKETED.search(text))


def _opens_quotation(looks: list[str], index: int) -> bool:
    """Tell whether a quotation follows directly: marked lines, or a block of headers."""
    if index >= len(looks):
        return False
    return looks[index].lstrip().startswith(">") or headers.block(looks, index, announced=True) is not None


def _marked_below(looks: list[str], index: int) -> bool:
    """Tell whether the next words are marked with >, so that only what is marked is quoted."""
    below = next((one for one in looks[index : index + 20] if one.strip()), "")
    return below.lstrip().startswith(">")


def _only_quoted(lines: list[str], looks: list[str]) -> Parts:
    """Read a mail without a word above what it quotes: passed on as it is, or answered below."""
    first = next((at for at, look in enumerate(looks) if look.strip()), 0)
    mark = _mark(looks, first) if looks else None
    below = _unmarked(lines[first + mark.lines :]) if mark and mark.block else []
    if _has_words(below):
        new, quoted = _without_quotes(below, [_look(line) for line in below])
        new, signature = _without_signature(new)
        if _has_words(new):
            return Parts(
                _joined(new),
                _joined(lines[: first + (mark.lines if mark else 0)] + quoted),
                _joined(signature),
            )
    # Everything looked like a quotation: better all of it than nothing.
    return Parts(_joined([line.lstrip("> ") for line in lines]), "", "")


def _unmarked(lines: list[str]) -> list[str]:
    """Take one mark off lines that are all marked with >."""
    if all(line.startswith(">") or not line.strip() for line in lines):
        return [line.removeprefix(">").removeprefix(" ") for line in lines]
    return lines


def _without_signature(lines: list[str]) -> tuple[list[str], list[str]]:
    last = max((at for at, line in enumerate(lines) if visible(line).strip()), default=-1)
    at = signatures.begin([_look(line) for line in lines[: last + 1]])
    return lines[:at], lines[at : last + 1]


def _has_words(lines: list[str]) -> bool:
    return any(visible(line).strip() for line in lines)


def _joined(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n ")
