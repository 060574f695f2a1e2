"""The hours of a week as people write them: "mon-fri 9-12, 13-17:30; sat 10-13"."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import pairwise

from bot.errors import SwitchboardError
from bot.patterns import lazy
from bot.words import _, weekdays

_MIDNIGHT = time()
_SHORT = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
# What people type for each day, Monday first, in the languages we speak; without accents, see `_fold`.
_ENGLISH = (
    "mo mon monday mondays",
    "tu tue tues tuesday tuesdays",
    "we wed weds wednesday wednesdays",
    "th thu thur thurs thursday thursdays",
    "fr fri friday fridays",
    "sa sat saturday saturdays",
    "su sun sunday sundays",
)
_OTHERS = (
    "montag montags lun lundi lunes seg segunda segunda-feira 一 周一 星期一",
    "di dienstag dienstags mar mardi martes ter terca terca-feira 二 周二 星期二",
    "mi mittwoch mittwochs mer mercredi mie miercoles qua quarta quarta-feira 三 周三 星期三",
    "do donnerstag donnerstags jeu jeudi jue jueves qui quinta quinta-feira 四 周四 星期四",
    "freitag freitags ven vendredi vie viernes sex sexta sexta-feira 五 周五 星期五",
    "samstag samstags sonnabend sam samedi sab sabado 六 周六 星期六",
    "so sonntag sonntags dim dimanche dom domingo 日 天 周日 星期日 周天 星期天",
)
_DAY = {word: day for words in (_ENGLISH, _OTHERS) for day in range(7) for word in words[day].split()}
_SEVERAL = {
    "daily": range(7), "every day": range(7), "everyday": range(7), "taglich": range(7), "每天": range(7),
    "weekdays": range(5), "weekday": range(5), "werktags": range(5), "工作日": range(5),
    "weekends": range(5, 7), "weekend": range(5, 7), "周末": range(5, 7),
}  # fmt: skip
_NO_HOURS = {"off", "closed", "free", "never", "none", "frei", "休息"}
_ALL_HOURS = {"all day", "24h", "全天"}
_CLOCK = r"(\d{1,2})(?:[:.h]?(\d{2}))?\s*([ap])?\.?(?:m\.?)?(?:h|uhr)?"
# Ways to write the same: from, to, and, am, and "9-17, sat" with a comma for a semicolon.
_SIMPLER = tuple(
    (lazy(pattern), instead)
    for pattern, instead in (
        (r"\b([ap])\.\s?m\b\.?", r"\1m"),
        (r"\b(?:from|von|de|das)\b", " "),
        (r"[\u2010-\u2015\u2212~至到]|\b(?:to|until|till|bis|through|a|as)\b", "-"),
        (r"[、&+/]|\b(?:and|und|et|y|e)\b", ","),
        (r"[^\S\n]+", " "),
        (r",[ ,]*,", ","),
        (r"(\d[^;\n,]*), ?(?=[^\W\d])", r"\1;"),
    )
)
_SPAN = lazy(rf"{_CLOCK}\s*-\s*{_CLOCK}")


class HoursNotUnderstood(SwitchboardError):
    """Hours are written like mon-fri 9-12, 13-17:30; sat 10-13."""

    def __init__(self, **details: object) -> None:
        # What was pasted by mistake may be long.
        super().__init__(**{name: _short(str(value)) for name, value in details.items()})


class NoHours(HoursNotUnderstood):
    """No hours stand in "{text}". Write them like mon-fri 9-12, 13-17:30; sat 10-13."""


class NoDays(HoursNotUnderstood):
    """On which days is "{text}"? Write mon-fri, or daily, before the hours."""


class UnknownDays(HoursNotUnderstood):
    """No day of the week is called "{text}". Write days like mon-fri, or mon, wed."""


class DayTwice(HoursNotUnderstood):
    """A day stands twice in "{text}". Write all of its hours together, like fri 9-12, 13-15."""


class NotHours(HoursNotUnderstood):
    """These are not hours: "{text}". Write from and to, like 9-12, 13-17:30."""


class NoSuchTime(HoursNotUnderstood):
    """No clock shows the times in "{text}"."""


class EndsInMorning(HoursNotUnderstood):
    """So written, "{text}" ends the next morning. Write 9-17 or 9am-5pm if it ends on the same day."""


class NotInOrder(HoursNotUnderstood):
    """In "{text}" later hours come first. Write the afternoon like 13-17 or 1pm-5pm."""


class HoursOverlap(HoursNotUnderstood):
    """The hours {one} and {other} of one day overlap."""


@dataclass(frozen=True, order=True)
class Span:
    """Hours from one wall time to another: to the next day when the end is not later than the start.

    It belongs to the day it starts on. From midnight to midnight is the whole day.
    """

    start: time
    end: time

    def __post_init__(self) -> None:
        for wall in (self.start, self.end):
            if wall.second or wall.microsecond or wall.tzinfo:
                raise NoSuchTime(text=wall)
        if self.start == self.end != _MIDNIGHT:
            raise NotHours(text=self)

    @property
    def ends_next_day(self) -> bool:
        """Whether its end is a wall time of the day after (midnight is)."""
        return self.end <= self.start

    def __str__(self) -> str:
        end = "24:00" if self.end == _MIDNIGHT else f"{self.end:%H:%M}"
        return f"{self.start:%H:%M}-{end}"


@dataclass(frozen=True)
class Week:
    """The spans of each day, Monday first. `str()` writes what `parse` reads."""

    monday: tuple[Span, ...] = ()
    tuesday: tuple[Span, ...] = ()
    wednesday: tuple[Span, ...] = ()
    thursday: tuple[Span, ...] = ()
    friday: tuple[Span, ...] = ()
    saturday: tuple[Span, ...] = ()
    sunday: tuple[Span, ...] = ()

    def __post_init__(self) -> None:
        for name, spans in zip(self.__dataclass_fields__, self.days, strict=True):
            in_order = tuple(sorted(spans))
            for one, other in pairwise(in_order):
                if one.ends_next_day or other.start < one.end:
                    raise HoursOverlap(one=one, other=other)
            object.__setattr__(self, name, in_order)

    @property
    def days(self) -> tuple[tuple[Span, ...], ...]:
        """The seven days' spans, Monday first."""
        return (
            self.monday, self.tuesday, self.wednesday, self.thursday, self.friday, self.saturday, self.sunday,
        )  # fmt: skip

    def on(self, day: date) -> tuple[Span, ...]:
        """Give the spans of that day's weekday."""
        return self.days[day.weekday()]

    @classmethod
    def office(cls) -> "Week":
        """Give Monday to Friday, 09:00 to 17:30: what we assume of somebody who has said nothing."""
        hours = (Span(time(9), time(17, 30)),)
        return cls(hours, hours, hours, hours, hours)

    @classmethod
    def parse(cls, text: str) -> "Week":
        """Read what somebody typed. Days are set apart by semicolons or lines; unnamed days are free."""
        days: dict[int, tuple[Span, ...]] = {}
        parts = [part for part in re.split(r"[;\n]", _fold(text)) if part.strip()]
        if not parts:
            raise NoHours(text=text)
        if len(parts) == 1 and parts[0].strip() in _NO_HOURS:
            return cls()
        for part in parts:
            named, spans = _read(part.strip())
            for day in named:
                if day in days:
                    raise DayTwice(text=text.strip())
                days[day] = spans
        return cls(*(days.get(number, ()) for number in range(7)))

    def __str__(self) -> str:
        return self._written(_SHORT) or "never"

    def spoken(self) -> str:
        """Write it in the language spoken now; `parse` reads that, too."""
        return self._written(weekdays()) or _("never")

    def _written(self, names: Sequence[str]) -> str:
        alike: dict[tuple[Span, ...], list[int]] = {}
        for number, spans in enumerate(self.days):
            if spans:
                alike.setdefault(spans, []).append(number)
        lines = (f"{_runs(numbers, names)} {', '.join(map(str, spans))}" for spans, numbers in alike.items())
        return "; ".join(lines)


def weekday(word: str) -> int | None:
    """Give the number of a weekday named in any of our languages, Monday is 0; None for any other word."""
    return _DAY.get(_fold(word).strip(" ."))


def _fold(text: str) -> str:
    """Take away what does not matter: case, accents, kinds of dashes and commas, little words."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    for pattern, instead in _SIMPLER:
        plain = pattern.sub(instead, plain)
    return plain


def _read(part: str) -> tuple[list[int], tuple[Span, ...]]:
    """Read one part, such as "mon-wed, fri 9-12, 13-17"."""
    hours = re.search(r"\d|" + "|".join(sorted(_NO_HOURS | _ALL_HOURS, key=len, reverse=True)), part)
    if hours is None:
        raise NoHours(text=part)
    named = part[: hours.start()].strip(" ,:-")
    if not named:
        raise NoDays(text=part)
    return _days(named), _spans(part[hours.start() :].strip(" ,."))


def _days(named: str) -> list[int]:
    found: list[int] = []
    for words in filter(None, (words.strip(" .:") for words in named.split(","))):
        if words in _SEVERAL:
            found += _SEVERAL[words]
            continue
        if words in _DAY:
            found.append(_DAY[words])
            continue
        first, _, last = (word.strip(" .") for word in words.partition("-"))
        if first not in _DAY or last not in _DAY:
            raise UnknownDays(text=words)
        # "fri-mon" goes round the end of the week.
        found += ((_DAY[first] + n) % 7 for n in range((_DAY[last] - _DAY[first]) % 7 + 1))
    return found


def _spans(text: str) -> tuple[Span, ...]:
    if text in _NO_HOURS:
        return ()
    if text in _ALL_HOURS:
        return (Span(_MIDNIGHT, _MIDNIGHT),)
    spans = tuple(_span(written.strip(" .")) for written in text.split(","))
    # "9-12, 1-5" would otherwise be worked from one to five in the night.
    if list(spans) != sorted(spans):
        raise NotInOrder(text=text)
    return spans


def _span(written: str) -> Span:
    match = _SPAN.fullmatch(written)
    if match is None:
        raise NotHours(text=written)
    hour, minute, half, to_hour, to_minute, to_half = match.groups()
    end = _wall(written, to_hour, to_minute, to_half)
    if to_half and not half and 1 <= int(hour) <= 12:
        # "1-5pm" begins in the afternoon, "9-5pm" in the morning.
        same = _wall(written, hour, minute, to_half)
        return Span(same if same < end else _wall(written, hour, minute, "a" if to_half == "p" else "p"), end)
    start = _wall(written, hour, minute, half)
    # "9-5" is hardly ever meant to end in the next morning; "22-6" and "09:00-05:00" are.
    if not to_half and to_hour in set("123456789") and end <= start and (half or start.hour <= 12):
        raise EndsInMorning(text=written)
    return Span(start, end)


def _wall(written: str, hour: str, minute: str | None, half: str | None) -> time:
    hours, minutes = int(hour), int(minute or 0)
    if half:
        if not 1 <= hours <= 12:
            raise NoSuchTime(text=written)
        hours = hours % 12 + (12 if half == "p" else 0)
    if (hours, minutes) == (24, 0):
        return _MIDNIGHT
    if hours > 23 or minutes > 59:
        raise NoSuchTime(text=written)
    return time(hours, minutes)


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


def _runs(numbers: list[int], names: Sequence[str]) -> str:
    """Write days as people do: "Mon-Fri", "Mon-Tue, Thu"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(names[run[0]] + (f"-{names[run[-1]]}" if len(run) > 1 else "") for run in runs)
