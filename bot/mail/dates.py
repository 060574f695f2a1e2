"""Dates as mail programs write them into the text, in the languages of trade: "Mi., 6. Mai 2026 um 10:02"."""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import lru_cache

from bot.patterns import lazy

_YEAR_FIRST = lazy(r"(\d{4})\s?[./\-年년]\s?(\d{1,2})\s?[./\-月월]\s?(\d{1,2})")
_YEAR_LAST = lazy(r"(\d{1,2})\s?([./\-])\s?(\d{1,2})\s?[./\-]\s?(\d{4}|\d{2})\b")
_CLOCK = lazy(r"(?<![\d.])(\d{1,2})\s?[:.h時时시]\s?(\d{2})(?!\d|\s?[./\-]\s?\d)(?:\s?[:分분]\s?(\d{2}))?")
_AFTERNOON = lazy(r"\bp\.?\s?m\b|下午|晚上|午後|오후|\bم\b|μ\.?μ", re.IGNORECASE)
_HALF_DAYS = lazy(r"\b[ap]\.?\s?m\b|上午|下午|午前|午後|오전|오후|\b[صم]\b", re.IGNORECASE)
_ZONE = lazy(r"(?:GMT|UTC|\s)([+-])(\d{1,2}):?(\d{2})?(?!\d)")
_WORD = lazy(r"[^\W\d_]{2,20}")
_NUMBER = lazy(r"(?<![\d:.])\d{1,4}(?![\d:])")
_LOCALES = tuple("en de fr es it pt nl pl sv da nb fi cs ru uk tr vi id hu ro el ar he th".split())  # noqa: SIM905


def header_date(value: object) -> datetime | None:
    """Read a Date header; without a zone it counts as UTC."""
    try:
        date = parsedate_to_datetime(str(value or "")[:200])
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, IndexError, OverflowError, RecursionError):
        return None


def written_date(text: str) -> datetime | None:
    """Read a date out of words; without a zone it counts as UTC, so it may be hours off."""
    text = text[:200]
    # The standard reader passes over AM and PM.
    if not _HALF_DAYS.search(text) and (date := header_date(text)):
        return date
    with suppress(ValueError, OverflowError):
        if day := _day(text):
            return day + _time(text)
    return None


def _day(text: str) -> datetime | None:
    if found := _YEAR_FIRST.search(text):
        year, month, day = (int(part) for part in found.groups())
        return datetime(year, month, day, tzinfo=UTC)
    if found := _YEAR_LAST.search(text):
        first, mark, second, last = found.groups()
        # 5/6/2026 with AM or PM is how Americans write the 6th of May.
        is_american = mark == "/" and (
            int(second) > 12 or (int(first) <= 12 and bool(_HALF_DAYS.search(text)))
        )
        day, month = (int(second), int(first)) if is_american else (int(first), int(second))
        return datetime(int(last) + (2000 if int(last) < 100 else 0), month, day, tzinfo=UTC)
    month = next((_months()[word] for one in _WORD.findall(text) if (word := one.casefold()) in _months()), 0)
    numbers = [int(number) for number in _NUMBER.findall(text)]
    year = next((number for number in numbers if number >= 1990), 0)
    day = next((number for number in numbers if 1 <= number <= 31), 0)
    return datetime(year, month, day, tzinfo=UTC) if month and year and day else None


def _time(text: str) -> timedelta:
    """Give the time of day in UTC, as a distance from midnight."""
    found = _CLOCK.search(text)
    if not found:
        return timedelta()
    hour = int(found.group(1)) + (12 if int(found.group(1)) < 12 and _AFTERNOON.search(text) else 0)
    moment = timedelta(hours=hour % 24, minutes=int(found.group(2)) % 60)
    zone = _ZONE.search(text, found.end())
    if not zone:
        return moment
    offset = timedelta(hours=int(zone.group(2)), minutes=int(zone.group(3) or 0))
    away = timezone(offset if zone.group(1) == "+" else -offset).utcoffset(None)
    return moment - away


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    # Imported where it is first used: few mails are passed on, and the names take a while to load.
    from babel.dates import get_month_names  # noqa: PLC0415

    names: dict[str, int] = {}
    for locale in _LOCALES:
        for width in ("wide", "abbreviated"):
            for number, name in get_month_names(width, locale=locale).items():
                if not any(map(str.isdigit, name)):  # "thg 5" is a number, and no name
                    names |= {word.casefold(): number for word in _WORD.findall(name)} | names
    return names
