"""Absences from a calendar that somebody publishes: its entries of whole days."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks, calendar
from bot.people import mornings, store
from bot.people.model import AbsenceRow, Person, known_zone
from bot.ports import FeedUnreadable
from bot.words import _

# The errand that reads everybody's calendar.
READING = "feeds"
_DAY = timedelta(days=1)
_LOOK_BACK, _LOOK_AHEAD = timedelta(days=62), timedelta(days=800)
_MOST = 500
_FREE = ("TRANSPARENT", "FREE")


@dataclass(frozen=True)
class DaysAway:
    """Days of an entry, both included."""

    first: date
    last: date
    summary: str

    @property
    def identity(self) -> str:
        """What tells this entry from others, so that it is taken over once."""
        return hashlib.sha256(f"{self.first} {self.last} {self.summary}".encode()).hexdigest()[:32]


def read(raw: bytes, today: date) -> list[DaysAway]:
    """Give the whole days of a calendar that are of use now; `FeedUnreadable`.

    An entry that repeats counts on its first days only.
    """
    from icalendar import Calendar  # noqa: PLC0415 - 100 ms, and most shops name no calendar

    try:
        found = [one for one in Calendar.from_ical(raw, multiple=True) if one.name == "VCALENDAR"]
        days = [away for one in found for event in one.walk("VEVENT") if (away := _whole_days(event))]
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise FeedUnreadable(reason=_("it is not an iCal calendar")) from error
    if not found:
        raise FeedUnreadable(reason=_("it is not an iCal calendar"))
    useful = {away for away in days if away.last >= today - _LOOK_BACK and away.first <= today + _LOOK_AHEAD}
    return sorted(useful, key=lambda away: (away.first, away.last, away.summary))[:_MOST]


def _whole_days(event: Any) -> DaysAway | None:
    start, end, length = (event.decoded(name, None) for name in ("DTSTART", "DTEND", "DURATION"))
    if not isinstance(start, date) or isinstance(start, datetime):
        return None
    busy = str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", event.get("TRANSP", ""))).upper()
    if busy in _FREE or str(event.get("STATUS", "")).upper() == "CANCELLED":
        return None
    if isinstance(end, date) and not isinstance(end, datetime):
        last = end - _DAY
    else:
        last = start + (length - _DAY if isinstance(length, timedelta) else timedelta())
    return DaysAway(start, max(start, last), blocks.clip(str(event.get("SUMMARY", "")), 200))


async def follow(session: AsyncSession, person: Person, days: list[DaysAway], now: datetime) -> None:
    """Take these absences over instead of those the calendar said before.

    What was taken over before stays as it is: whoever said "back" in spite of it stays back.
    """
    zone = known_zone(person.zone)
    wanted = {away.identity: away for away in days}
    changed = False
    for row in await store.absences_of_source(session, person.id, "feed"):
        if wanted.pop(row.feed_id or "", None) is None and (row.ends_at is None or row.ends_at > now):
            changed = True
            if row.starts_at >= now:
                await session.delete(row)
            else:
                row.ends_at = now
    for identity, away in wanted.items():
        row = AbsenceRow(
            person_id=person.id,
            starts_at=calendar.resolve(away.first, time(), zone),
            ends_at=calendar.resolve(away.last + _DAY, time(), zone),
            reason=away.summary,
            source="feed",
            feed_id=identity,
        )
        session.add(row)
    await session.flush()
    if changed or wanted:
        await mornings.plan(session, person, now)
