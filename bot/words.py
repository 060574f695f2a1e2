"""Our own sentences in the reader's language.

`_("Sent to {name}")` gives the sentence in the language of whoever is spoken to, which `speaking` sets around
what is made for them; placeholders are filled in afterwards. Catalogues are gettext's (`bot/translations`).
"""

import ast
import gettext as stdlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any

# Complete catalogues. Whoever reads another language is spoken to in English.
SPOKEN = ("en", "de", "zh")
_LOCALES = {"en": "en_GB", "de": "de_DE", "zh": "zh_Hans_CN"}
_CATALOGUES = Path(__file__).parent / "translations"
_language: ContextVar[str] = ContextVar("language", default="en")


@dataclass(frozen=True)
class _Catalogue:
    sentences: dict[str, str]
    plurals: dict[str, tuple[str, ...]]
    form: Any


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


def _(sentence: str) -> str:
    """Give a sentence of ours in the language spoken now."""
    language = _language.get()
    return sentence if language == "en" else _catalogue(language).sentences.get(sentence) or sentence


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

    language = _language.get()
    return str(format_date(value, _PATTERNS[language](form), locale=_LOCALES[language]))


def _chinese(form: str) -> str:
    """Turn an English order of day, month and year around."""
    parts = [pattern for sign, pattern in (("y", "y年"), ("M", "M月"), ("d", "d日")) if sign in form]
    weekday = [letters for letters in ("EEEE", "EEE") if letters in form][:1]
    return "".join(parts) + " ".join(["", *weekday] if parts else weekday)


_PATTERNS: dict[str, Callable[[str], str]] = {
    "en": lambda form: form,
    "de": lambda form: form.replace("d MMM", "d. MMM").replace("EEEE d", "EEEE, d"),
    "zh": _chinese,
}


def hour(value: datetime | time) -> str:
    """Write a wall time, 24 hours."""
    return f"{value:%H:%M}"


@lru_cache(maxsize=len(SPOKEN))
def _catalogue(language: str) -> _Catalogue:
    sentences: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    form: Any = int
    path = _CATALOGUES / f"{language}.po"
    for entry in entries(path.read_text("utf-8")) if path.exists() else ():
        if entry.sentence == "":
            rule = next((line for line in entry.forms[0].splitlines() if "plural=" in line), "")
            form = stdlib.c2py(rule.partition("plural=")[2].rstrip("; ") or "0")
        elif len(entry.forms) > 1 or entry.many:
            plurals[entry.sentence] = entry.forms
        elif entry.forms[0]:
            sentences[entry.sentence] = entry.forms[0]
    return _Catalogue(sentences, plurals, form)


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
            if not line or line.startswith("#"):
                continue
            if not line.startswith('"'):
                name, _space, line = line.partition(" ")  # noqa: PLW2901 - the rest of the line is the first piece
            fields[name] = fields.get(name, "") + ast.literal_eval(line)
        if "msgid" in fields:
            forms = [value for key, value in fields.items() if key.startswith("msgstr")]
            yield Entry(fields["msgid"], fields.get("msgid_plural", ""), tuple(forms))
