"""Absences from a calendar somebody publishes: whole days, once, and gone when they are gone from it."""

from datetime import date

import pytest

from bot.people import absence, availability, feed
from bot.people.feed import DaysAway
from bot.people.model import Person
from bot.ports import FeedUnreadable
from bot.storage.database import Database
from tests.people.office import Office, at, somebody

NOW = at("2026-11-25 10:00")
TODAY = NOW.date()


def ics(*events: str) -> bytes:
    shown = "".join(f"BEGIN:VEVENT\r\nUID:{n}\r\n{event}\r\nEND:VEVENT\r\n" for n, event in enumerate(events))
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{shown}END:VCALENDAR\r\n".encode()


def whole(first: str, end: str = "", more: str = "") -> str:
    lines = [f"DTSTART;VALUE=DATE:{first}", f"DTEND;VALUE=DATE:{end}" if end else "", "SUMMARY:Away", more]
    return "\r\n".join(filter(None, lines))


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (whole("20261224", "20270103"), ("2026-12-24", "2027-01-02")),
        (whole("20261224"), ("2026-12-24", "2026-12-24")),
        (whole("20261224", "20261224"), ("2026-12-24", "2026-12-24")),
        (whole("20261224", more="DURATION:P3D"), ("2026-12-24", "2026-12-26")),
        (whole("20261224", "20261225", "TRANSP:TRANSPARENT"), None),
        (whole("20261224", "20261225", "STATUS:CANCELLED"), None),
        (whole("20261224", "20261225", "X-MICROSOFT-CDO-BUSYSTATUS:OOF"), ("2026-12-24", "2026-12-24")),
        (whole("20261224", "20261225", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"), None),
        (whole("20200101", "20200110"), None),
        ("DTSTART:20261224T090000Z\r\nDTEND:20261224T100000Z\r\nSUMMARY:Meeting", None),
        ("SUMMARY:Nothing", None),
    ],
)
def test_it_reads_whole_days(event: str, expected: tuple[str, str] | None) -> None:
    found = [(str(one.first), str(one.last)) for one in feed.read(ics(event), TODAY)]
    assert found == ([expected] if expected else [])


@pytest.mark.parametrize("raw", [b"", b"<html>Please sign in</html>", b"\x00\xff" * 100, b"BEGIN:VCALENDAR"])
def test_it_says_what_is_no_calendar(raw: bytes) -> None:
    with pytest.raises(FeedUnreadable):
        feed.read(raw, TODAY)


async def follow(database: Database, *days: DaysAway) -> None:
    async with database.write() as session:
        await feed.follow(session, await session.get_one(Person, "TOM"), list(days), NOW)


async def is_away(database: Database, when: str) -> bool:
    async with database.read() as session:
        return bool(await availability.away(session, [await session.get_one(Person, "TOM")], at(when)))


async def test_it_follows_the_calendar(database: Database) -> None:
    await Office.opened(database, NOW).add(somebody("TOM"))
    trip = DaysAway(date(2026, 12, 1), date(2026, 12, 3), "Trip")
    ill = DaysAway(date(2026, 11, 24), date(2026, 11, 26), "Ill")
    for _ in range(2):
        await follow(database, trip, ill)
    assert await is_away(database, "2026-12-02 10:00")
    assert await is_away(database, "2026-11-25 11:00")
    await follow(database)
    assert not await is_away(database, "2026-12-02 10:00")
    assert not await is_away(database, "2026-11-25 11:00")


async def test_it_believes_somebody_who_says_they_are_back(database: Database) -> None:
    await Office.opened(database, NOW).add(somebody("TOM"))
    ill = DaysAway(date(2026, 11, 24), date(2026, 11, 26), "Ill")
    await follow(database, ill)
    async with database.write() as session:
        await absence.come_back(session, await session.get_one(Person, "TOM"), NOW)
    await follow(database, ill)
    assert not await is_away(database, "2026-11-25 11:00")
