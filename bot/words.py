"""Our own sentences in the reader's language.

`_("Sent to {name}")` gives the sentence in the language of whoever is spoken to, which `speaking` sets around
what is made for them; placeholders are filled in afterwards. Catalogues are gettext's (`bot/translations`).
"""

import gettext as stdlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path

# Complete catalogues. Whoever reads another language is spoken to in English.
SPOKEN = ("en", "de", "zh")
# Everybody reads what stands in a channel.
SHOP = "en"
_LOCALES = {"en": "en_GB", "de": "de_DE", "zh": "zh_Hans_CN"}
_CATALOGUES = Path(__file__).parent / "translations"
_language: ContextVar[str] = ContextVar("language", default="en")


@dataclass(frozen=True)
class _Catalogue:
    sentences: dict[str, str]
    plurals: dict[str, tuple[str, ...]]
    form: Callable[[int], int]


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak `language` (ISO 639-1) inside this block; English when we do not know it."""
    token = _language.set(language if language in SPOKEN else "en")
    try:
        yield
    finally:
        _language.reset(token)


def spoken() -> str:
    """Give the language spoken now."""
    return _language.get()


def locale() -> str:
    """Give the locale that the language spoken now is written in, as Unicode names it."""
    return _LOCALES[_language.get()]


def _(sentence: str) -> str:
    """Give a sentence of ours in the language spoken now."""
    language = _language.get()
    return sentence if language == "en" else _catalogue(language).sentences.get(sentence, sentence)


def n_(one: str, many: str, count: int) -> str:
    """Give the form of a sentence that fits `count`, in the language spoken now."""
    language = _language.get()
    if language != "en":
        catalogue = _catalogue(language)
        forms = catalogue.plurals.get(one)
        if forms:
            return str(forms[min(catalogue.form(count), len(forms) - 1)])
    return one if count == 1 else many


def mark(sentence: str) -> str:
    """Name a sentence that is spoken later, with `_`: for tables of sentences made at import."""
    return sentence


def day(value: date, form: str = "EEE d MMM") -> str:
    """Write a date as the reader does; `form` is a CLDR pattern as in English: "EEE d MMM", "d MMMM y"."""
    from babel.dates import format_date  # noqa: PLC0415 - 60 ms, and not every process writes dates

    return str(format_date(value, _PATTERNS[_language.get()](form), locale=locale()))


def _chinese(form: str) -> str:
    """Turn an English order of day, month and year around."""
    parts = [pattern for sign, pattern in (("y", "y年"), ("M", "M月"), ("d", "d日")) if sign in form]
    weekday = [letters for letters in ("EEEE", "EEE") if letters in form][:1]
    return "".join(parts) + " ".join(["", *weekday] if parts else weekday)


_PATTERNS: dict[str, Callable[[str], str]] = {
    "en": lambda form: form,
    "de": lambda form: form.replace("d MMM", "d. MMM").replace("E d", "E, d"),
    "zh": _chinese,
}


def weekdays() -> tuple[str, ...]:
    """Give the short names of the days of a week, Monday first."""
    monday = date(2024, 1, 1)
    return tuple(day(monday + timedelta(days=number), "EEE").rstrip(".") for number in range(7))


def hour(value: datetime | time) -> str:
    """Write a wall time, 24 hours."""
    return f"{value:%H:%M}"


@lru_cache(maxsize=len(SPOKEN))
def _catalogue(language: str) -> _Catalogue:
    sentences: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    form: Callable[[int], int] = int
    path = _CATALOGUES / f"{language}.po"
    for entry in entries(path.read_text("utf-8")) if path.exists() else ():
        if not entry.sentence:
            form = _form(entry.forms[0])
        elif not all(entry.forms):
            continue  # not translated yet: English is better than nothing
        else:
            sentences[entry.sentence] = entry.forms[0]
            plurals |= {entry.sentence: entry.forms} if entry.many else {}
    return _Catalogue(sentences, plurals, form)


def _form(header: str) -> Callable[[int], int]:
    """Read from a catalogue's header which form a count takes."""
    rule = next((line for line in header.splitlines() if line.startswith("Plural-Forms:")), "")
    form: Callable[[int], int] = stdlib.c2py(rule.partition("plural=")[2].rstrip("; ") or "0")
    return form


_ESCAPED = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "t": "\t"}


@dataclass(frozen=True)
class Entry:
    """One sentence of a catalogue, and how it is said there (several forms where it counts)."""

    sentence: str
    many: str
    forms: tuple[str, ...]


def entries(text: str) -> Iterator[Entry]:
    """Read gettext's text format: the part of it that our own tool writes."""
    for block in text.split("\n\n"):
        fields: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if not line.startswith(("msg", '"')):
                continue
            key, _space, rest = line.partition(" ") if line.startswith("msg") else (name, "", line)
            name = key
            fields[name] = fields.get(name, "") + _unquoted(rest)
        if "msgid" in fields:
            forms = tuple(value for key, value in fields.items() if key.startswith("msgstr"))
            yield Entry(fields["msgid"], fields.get("msgid_plural", ""), forms)


def _unquoted(quoted: str) -> str:
    text = quoted.strip()[1:-1]
    return _ESCAPED.sub(lambda found: _ESCAPES.get(found[1], found[1]), text) if "\\" in text else text
