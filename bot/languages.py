"""Languages and countries as people see them: a name and a flag."""

from functools import lru_cache

from bot import words
from bot.words import _

# ISO 639-1 code -> the country whose flag people read the language by.
_FLAGS = {
    "ar": "SA", "cs": "CZ", "da": "DK", "de": "DE", "en": "GB", "es": "ES", "fi": "FI", "fr": "FR",
    "hi": "IN", "id": "ID", "it": "IT", "ja": "JP", "ko": "KR", "nl": "NL", "pl": "PL", "pt": "PT",
    "ru": "RU", "sv": "SE", "th": "TH", "tr": "TR", "vi": "VN", "zh": "CN",
}  # fmt: skip

CODES = tuple(_FLAGS)
_REGIONAL_A = 0x1F1E6


def name(code: str | None) -> str:
    """Give the name of a language in the language spoken now; the code itself when nobody knows it."""
    return _name(words.locale(), code) if code else _("an unknown language")


def english_name(code: str) -> str:
    """Give the English name of a language, for what is no person; the code itself when nobody knows it."""
    return _name("en", code)


@lru_cache(maxsize=256)
def _name(locale: str, code: str) -> str:
    from babel import Locale  # noqa: PLC0415 - 60 ms, and not every process names languages

    return str(Locale.parse(locale).languages.get(code, code))


def country(code: str) -> str:
    """Give the name of a country in the language spoken now; the code itself when nobody knows it."""
    return _country(words.locale(), code.upper())


@lru_cache(maxsize=256)
def _country(locale: str, code: str) -> str:
    from babel import Locale  # noqa: PLC0415 - 60 ms, and not every process names countries

    return str(Locale.parse(locale).territories.get(code, code))


def language_flag(code: str | None) -> str:
    """Give the flag people read a language by; a speech balloon when there is none."""
    return country_flag(_FLAGS.get(code or "")) or "💬"


def country_flag(country: str | None) -> str:
    """Give the flag of a two-letter country code (ISO 3166-1); "" for anything else."""
    if not country or len(country) != 2 or not (country.isascii() and country.isalpha()):
        return ""
    return "".join(chr(_REGIONAL_A + ord(letter) - ord("A")) for letter in country.upper())
