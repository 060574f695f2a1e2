"""A day as people write it in a line: "by Friday", "bis 3. Dezember", "12月3日前", "2026-12-03"."""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

from bot.patterns import lazy

_WEEKDAYS = {
    word: number
    for number, words in enumerate(
        (
            "monday mon montag mo 一", "tuesday tue tues dienstag di 二", "wednesday wed mittwoch mi 三",
            "thursday thu thur thurs donnerstag do 四", "friday fri freitag fr 五",
            "saturday sat samstag sonnabend sa 六", "sunday sun sonntag so 日 天",
        )
    )
    for word in words.split()
}  # fmt: skip
_MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "january jan januar jänner", "february feb februar", "march mar märz maerz", "april apr",
            "may mai", "june jun juni", "july jul juli", "august aug", "september sep sept",
            "october oct oktober okt", "november nov", "december dec dezember dez",
        ),
        start=1,
    )
    for word in words.split()
}  # fmt: skip


def _any(words: dict[str, int]) -> str:
    latin = [word for word in words if word.isascii() or word[0].isascii()]
    return "|".join(sorted(latin, key=len, reverse=True))


_BY = r"(?P<by>(?:by|until|till|before|bis(?:\s+(?:zum|spätestens))?|spätestens|vor|on|am)\s+)"
_DAY, _MONTH = _any(_WEEKDAYS), _any(_MONTHS)
_END = r"(?:(?:the\s+)?end\s+of\s+(?:the\s+)?|ende\s+(?:der\s+|des\s+)?)"
_ZH_BY = r"(?:\s*(?:之前|以前|前))?"
# Rather one date not understood than a word that was none: a bare "do", "so" or "may" never counts.
_ALONE = r"(?:^|(?<=[,;，；(（])\s*)"
_STOPS = r"(?=\s*(?:$|[,;.，；。)）]))"
# Without such a word before it, a day in the middle of a sentence may be about anything.
_BY_OR_STOPS = rf"(?(by)|{_STOPS})"


def taken(text: str, today: date) -> tuple[str, date | None]:
    """Give the text without the day that stands in it, and that day; the first that can be read counts."""
    for pattern, meant in _FORMS:
        for found in pattern.finditer(text):
            day = meant(found, today)
            if day is not None:
                return f"{text[: found.start()]} {text[found.end() :]}", day
    return text, None


def _iso(found: re.Match[str], _today: date) -> date | None:
    return _real(int(found["y"]), int(found["m"]), int(found["d"]))


def _date(found: re.Match[str], today: date) -> date | None:
    """Give the next day of that number and month, unless a year is said."""
    month = _MONTHS.get(found["m"].casefold()) or (int(found["m"]) if found["m"].isdigit() else 0)
    if found["y"]:
        return _real(int(found["y"]) + (2000 if len(found["y"]) == 2 else 0), month, int(found["d"]))
    this = _real(today.year, month, int(found["d"]))
    return this if this is None or this >= today else _real(today.year + 1, month, int(found["d"]))


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _weekday(found: re.Match[str], today: date) -> date:
    """Give the next such day after today; with "next" the one of the coming week."""
    number = _WEEKDAYS[found["w"].casefold()]
    if found["next"]:
        return _monday(today) + timedelta(days=7 + number)
    return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _friday(found: re.Match[str], today: date) -> date:
    coming = _monday(today) + timedelta(days=4)
    return coming + timedelta(days=7) if found.groupdict().get("next") or coming < today else coming


def _end_of_month(found: re.Match[str], today: date) -> date:
    word = (found.groupdict().get("m") or "").casefold()
    month = _MONTHS.get(word) or (int(word) if word.isdigit() and 1 <= int(word) <= 12 else today.month)
    year = today.year + (month < today.month)
    return date(year, month, monthrange(year, month)[1])


def _ahead(found: re.Match[str], today: date) -> date:
    return today + timedelta(days=int(found["n"]) * (7 if found["u"][0].casefold() in "w周" else 1))


def _near(found: re.Match[str], today: date) -> date:
    return today + timedelta(days=found["w"].casefold() in ("tomorrow", "morgen", "明天"))


_Meant = Callable[[re.Match[str], date], date | None]
_FORMS: tuple[tuple[re.Pattern[str], _Meant], ...] = tuple(
    (lazy(pattern, re.IGNORECASE), meant)
    for pattern, meant in (
        (rf"{_BY}?(?<!\d)(?P<y>\d{{4}})-(?P<m>\d{{1,2}})-(?P<d>\d{{1,2}})(?!\d){_ZH_BY}", _iso),
        (
            (
                rf"{_BY}?(?:the\s+)?\b(?P<d>\d{{1,2}})(?:\.|st|nd|rd|th)?\s+(?:of\s+)?(?P<m>{_MONTH})\b\.?"
                rf"(?:\s+(?P<y>\d{{4}}))?{_BY_OR_STOPS}"
            ),
            _date,
        ),
        (
            rf"{_BY}?\b(?P<m>{_MONTH})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(?P<y>\d{{4}}))?{_BY_OR_STOPS}",
            _date,
        ),
        (rf"{_BY}?\b(?P<d>\d{{1,2}})\.(?P<m>\d{{1,2}})\.(?P<y>\d{{4}}|\d{{2}})?(?!\d){_BY_OR_STOPS}", _date),
        (
            rf"(?:在|于|到)?(?:(?P<y>\d{{4}})年)?(?P<m>\d{{1,2}})月(?P<d>\d{{1,2}})[日号]?{_ZH_BY}",
            _date,
        ),
        (rf"{_BY}?\b{_END}(?P<m>{_MONTH})\b", _end_of_month),
        (rf"(?P<m>\d{{1,2}})月底{_ZH_BY}", _end_of_month),
        (rf"{_BY}?\b(?:{_END}(?:month|monats?)|monatsende)\b|(?:本?月底){_ZH_BY}", _end_of_month),
        (rf"{_BY}?\b{_END}(?P<next>next\s+|nächster\s+)?(?:week|woche)\b", _friday),
        (rf"{_BY}(?P<next>next\s+|nächste\s+)(?:week|woche)\b", _friday),
        (rf"(?P<next>下周)末?{_ZH_BY}(?![一二三四五六日天])", _friday),
        (rf"(?:本周|这周)内?{_ZH_BY}(?![一二三四五六日天])", _friday),
        (rf"{_BY}(?:the\s+)?(?P<next>next\s+|nächsten\s+)?(?P<w>{_DAY})\b", _weekday),
        (rf"{_ALONE}\b(?P<next>next\s+|nächsten\s+)?(?P<w>{_DAY}){_STOPS}", _weekday),
        (
            rf"(?:在|到)?(?P<next>下)?(?:个)?(?:本|这)?(?:周|星期|礼拜)(?P<w>[一二三四五六日天]){_ZH_BY}",
            _weekday,
        ),
        (rf"{_BY}?\b(?P<w>today|tomorrow|heute){_STOPS}", _near),
        (rf"{_BY}(?P<w>morgen)\b", _near),
        (rf"(?P<w>今天|明天){_ZH_BY}", _near),
        (r"\b(?:with)?in\s+(?P<n>\d{1,2})\s+(?P<u>days?|weeks?|tagen?|wochen?)\b", _ahead),
        (r"(?P<n>\d{1,2})\s*个?(?P<u>天|周)(?:之内|以内|内|后)", _ahead),
    )
)
