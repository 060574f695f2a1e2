"""Being away: what people type about it, what Slack's status says, and what follows from it."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks, calendar
from bot.calendar import NobodyWorks
from bot.errors import SwitchboardError
from bot.patterns import lazy
from bot.people import availability, mornings, notices, store
from bot.people.model import AbsenceRow, Person, known_zone
from bot.week import weekday

_DAY = timedelta(days=1)
_UNTIL = lazy(r"^(?:until|till|til|bis|jusqu'au|hasta|até|back|zurück am)\s+(?:on\s+)?", re.IGNORECASE)
_FROM = lazy(r"^(?:from|von|ab|since|seit)\s+|^从")
_UNTIL_ZH = lazy(r"^(?:到|至|直到)\s*")
_RANGE = lazy(r"\s+(?:to|through|thru|bis|-|–|—|until|till|到|至)\s+|\s*[–—到至]\s*", re.IGNORECASE)
_LENGTH = lazy(r"^(?:for\s+)?(a|an|one|\d{1,3})\s*(day|week|month|tag|woche|天|周)\w*$", re.IGNORECASE)
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan", "feb", "mar mär", "apr", "may mai", "jun", "jul", "aug", "sep", "oct okt", "nov", "dec dez"),
        1,
    )
    for name in names.split()
}
_LENGTHS = {"day": 1, "tag": 1, "天": 1, "week": 7, "woche": 7, "周": 7, "month": 30}
# Emoji people set in Slack when they are not there.
_AWAY_SIGNS = frozenset(
    {":palm_tree:", ":face_with_thermometer:", ":baby:", ":beach_with_umbrella:", ":airplane:", ":no_entry:"}
)
_AWAY_WORDS = lazy(
    r"\b(?:vacation|vacationing|on holiday|holidays?|out sick|sick|ill|pto|ooo|out of office|parental leave|"
    r"urlaub|krank|elternzeit|congés?|vacaciones|férias)\b|休假|请假|病假",
    re.IGNORECASE,
)


class DateNotUnderstood(SwitchboardError):
    """“{text}” is not a time I understand.

    Write “until friday”, “24 dec to 2 jan”, “tomorrow” or “3 days”.
    """


class EndsBeforeItStarts(SwitchboardError):
    """An absence cannot end before it starts."""


class OverAlready(SwitchboardError):
    """An absence that is over changes nothing; its last day must be today or later."""


_Stretch = tuple[datetime, datetime | None]


@dataclass(frozen=True)
class Status:
    """What somebody's status in Slack says; `until` None: until they change it."""

    emoji: str
    text: str
    until: datetime | None

    @property
    def says_away(self) -> bool:
        """Tell whether somebody with this status is away."""
        return self.emoji in _AWAY_SIGNS or bool(_AWAY_WORDS.search(self.text))

    @property
    def identity(self) -> str:
        """What tells this status from another one."""
        return f"{self.emoji} {self.until.timestamp() if self.until else '-'} {self.text}"[:300]


@dataclass(frozen=True)
class Away:
    """Days somebody is away, both included; `last` None means until further notice."""

    first: date
    last: date | None


def understood(text: str, today: date) -> Away:
    """Read what somebody typed after *away*; “until friday” means back on Friday."""
    words = " ".join(text.casefold().split())
    if known := _stretch(words, today):
        return known
    rest = _UNTIL_ZH.sub("", _UNTIL.sub("", words))
    if rest != words:
        back = _day(rest, today + _DAY, today + _DAY)
        return Away(today, back - _DAY)
    rest = _FROM.sub("", words)
    first, *more = _RANGE.split(rest, maxsplit=1)
    start = _day(first, today, today + _DAY)
    if more:
        return Away(start, _day(more[0], start, today + _DAY))
    return Away(start, start if rest == words else None)


def is_understood(text: str) -> bool:
    """Tell whether somebody typed a time, whichever day it is."""
    try:
        understood(text, date(2000, 1, 1))
    except DateNotUnderstood:
        return False
    return True


def _stretch(words: str, today: date) -> Away | None:
    """Read what names no date: “3 days”, “next week”, and nothing at all."""
    sunday = today + (6 - today.weekday()) * _DAY
    if words in ("", "from now on", "until further notice", "bis auf weiteres"):
        return Away(today, None)
    if words in ("this week", "diese woche", "本周"):
        return Away(today, sunday)
    if words in ("next week", "nächste woche", "下周"):
        return Away(sunday + _DAY, sunday + 7 * _DAY)
    if found := _LENGTH.match(words):
        count = int(found.group(1)) if found.group(1).isdigit() else 1
        return Away(today, today + (count * _LENGTHS[found.group(2)] - 1) * _DAY)
    return None


def _day(words: str, since: date, tomorrow: date) -> date:
    """Read one day, the next such from `since` on."""
    words = words.strip(" .,")
    if words in ("today", "heute", "今天"):
        return since
    if words in ("tomorrow", "morgen", "明天"):
        return tomorrow
    number = weekday(words.removeprefix("next "))
    if number is not None:
        return since + ((number - since.weekday()) % 7) * _DAY
    if found := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", words):
        year, month, day = map(int, found.groups())
        return _date(words, year, month, day)
    if found := re.fullmatch(r"(\d{1,2})[./](\d{1,2})\.?|(\d{1,2})月(\d{1,2})[日号]?", words):
        one, two, three, four = found.groups()
        return _coming(words, int(two or three), int(one or four), since)
    if found := re.fullmatch(
        r"(?:(\d{1,2})(?:st|nd|rd|th|\.)?\s*([a-zä]{3,9})|([a-zä]{3,9})\s*(\d{1,2}))", words
    ):
        day_before, month_after, month_before, day_after = found.groups()
        named = _MONTHS.get((month_after or month_before)[:3])
        if named:
            return _coming(words, named, int(day_before or day_after), since)
    raise DateNotUnderstood(text=words)


def _coming(words: str, month: int, day: int, since: date) -> date:
    this_year = _date(words, since.year, month, day)
    return this_year if this_year >= since else _date(words, since.year + 1, month, day)


def _date(words: str, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise DateNotUnderstood(text=words) from None


async def back_on(session: AsyncSession, person: Person, row: AbsenceRow, now: datetime) -> date | None:
    """Give the first day on which somebody works again after an absence; None when it has no end."""
    if row.ends_at is None:
        return None
    theirs = await availability.calendar_of(session, person, now)
    end = theirs.today(row.ends_at)
    try:
        return calendar.add_working_days(theirs, end, 0)
    except NobodyWorks:
        return end


async def say_away(
    session: AsyncSession, person: Person, away: Away, reason: str, now: datetime
) -> AbsenceRow:
    """Note that somebody is away; what they said before about the same days is replaced."""
    zone = known_zone(person.zone)
    today = calendar.local(now, zone).date()
    if away.last is not None and away.last < away.first:
        raise EndsBeforeItStarts
    if away.last is not None and away.last < today:
        raise OverAlready
    starts = now if away.first <= today else calendar.resolve(away.first, time(), zone)
    ends = calendar.resolve(away.last + _DAY, time(), zone) if away.last else None
    for known in await store.absences(session, [person.id], now):
        if known.source == "said" and _meet((starts, ends), (known.starts_at, known.ends_at)):
            await session.delete(known)
    row = AbsenceRow(
        person_id=person.id, starts_at=starts, ends_at=ends, reason=reason, source="said", feed_id=None
    )
    session.add(row)
    await session.flush()
    await mornings.plan(session, person, now)
    return row


def _meet(one: _Stretch, other: _Stretch) -> bool:
    return (one[1] is None or other[0] < one[1]) and (other[1] is None or one[0] < other[1])


async def come_back(session: AsyncSession, person: Person, now: datetime) -> bool:
    """End whatever keeps somebody away now; False when nothing did."""
    ended = False
    for row in await store.absences(session, [person.id], now):
        if row.starts_at <= now:
            row.ends_at, ended = now, True
    await session.flush()
    if ended:
        await mornings.plan(session, person, now)
    return ended


async def take_back(session: AsyncSession, person: Person, absence_id: int, now: datetime) -> None:
    """Forget an absence of one's own that has not begun; one under way ends now."""
    row = await session.get(AbsenceRow, absence_id)
    if row is None or row.person_id != person.id:
        return
    if row.starts_at > now:
        await session.delete(row)
    elif row.ends_at is None or row.ends_at > now:
        row.ends_at = now
    await session.flush()
    await mornings.plan(session, person, now)


async def follow_status(session: AsyncSession, person: Person, status: Status, now: datetime) -> None:
    """Take over from Slack's status that somebody is away, or that they no longer are.

    One that was taken over before changes nothing: whoever said "back" in spite of it stays back.
    """
    is_away = status.says_away and (status.until is None or status.until > now)
    known = await store.absences_of_source(session, person.id, "status")
    if is_away and any(row.feed_id == status.identity for row in known):
        return
    changed = False
    for row in known:
        if row.ends_at is None or row.ends_at > now:
            row.ends_at, changed = now, True
    if is_away:
        session.add(
            AbsenceRow(
                person_id=person.id,
                starts_at=now,
                ends_at=status.until,
                reason=blocks.clip(status.text, 200),
                source="status",
                feed_id=status.identity,
            )
        )
    await session.flush()
    if changed or is_away:
        await mornings.plan(session, person, now)


async def follow_quiet(session: AsyncSession, person: Person, until: datetime | None, now: datetime) -> None:
    """Take over from Slack that somebody does not want to be disturbed until then, or no longer."""
    person.dnd_until = until
    await session.flush()
    await notices.replan(session, person, now)
