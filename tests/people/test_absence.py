"""Being away: what people type, what they said before, and what Slack's status says."""

from datetime import date, datetime, timedelta

import pytest

from bot.people import absence, availability, store
from bot.people.absence import Away, DateNotUnderstood, EndsBeforeItStarts, OverAlready, Status
from bot.people.model import Person
from bot.storage.database import Database
from tests.people.office import Office, at, somebody

TODAY = date(2026, 11, 25)  # a Wednesday
NOW = at("2026-11-25 10:00")


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("", "2026-11-25", None),
        ("until further notice", "2026-11-25", None),
        ("until friday", "2026-11-25", "2026-11-26"),
        ("Until  Friday", "2026-11-25", "2026-11-26"),
        ("until wednesday", "2026-11-25", "2026-12-01"),
        ("until tomorrow", "2026-11-25", "2026-11-25"),
        ("bis freitag", "2026-11-25", "2026-11-26"),
        ("到周五", "2026-11-25", "2026-11-26"),
        ("till 2 jan", "2026-11-25", "2027-01-01"),
        ("today", "2026-11-25", "2026-11-25"),
        ("tomorrow", "2026-11-26", "2026-11-26"),
        ("明天", "2026-11-26", "2026-11-26"),
        ("friday", "2026-11-27", "2026-11-27"),
        ("monday to wednesday", "2026-11-30", "2026-12-02"),
        ("24 dec to 2 jan", "2026-12-24", "2027-01-02"),
        ("Dec 24 - Jan 2", "2026-12-24", "2027-01-02"),
        ("from 24. Dezember bis 2. Januar", "2026-12-24", "2027-01-02"),
        ("24.12. bis 2.1.", "2026-12-24", "2027-01-02"),
        ("12月24日到1月2日", "2026-12-24", "2027-01-02"),
        ("2026-12-01", "2026-12-01", "2026-12-01"),
        ("2026-12-01 to 2026-12-03", "2026-12-01", "2026-12-03"),
        ("from monday", "2026-11-30", None),
        ("3 days", "2026-11-25", "2026-11-27"),
        ("for a week", "2026-11-25", "2026-12-01"),
        ("2 wochen", "2026-11-25", "2026-12-08"),
        ("3天", "2026-11-25", "2026-11-27"),
        ("this week", "2026-11-25", "2026-11-29"),
        ("next week", "2026-11-30", "2026-12-06"),
        ("下周", "2026-11-30", "2026-12-06"),
    ],
)
def test_it_understands(text: str, first: str, last: str | None) -> None:
    assert absence.understood(text, TODAY) == Away(day(first), day(last) if last else None)


@pytest.mark.parametrize(
    "text", ["soon", "31 feb", "until", "2026-13-01", "99.99.", "until the cows", "x" * 5000]
)
def test_it_says_what_it_does_not_understand(text: str) -> None:
    with pytest.raises(DateNotUnderstood):
        absence.understood(text, TODAY)


async def said(database: Database, away: Away, now: datetime = NOW) -> None:
    async with database.write() as session:
        await absence.say_away(session, await session.get_one(Person, "TOM"), away, "", now)


async def known(database: Database) -> list[tuple[date, date | None]]:
    async with database.read() as session:
        rows = await store.absences(session, ["TOM"], NOW - timedelta(days=400))
    return [
        (row.starts_at.date(), (row.ends_at - timedelta(seconds=1)).date() if row.ends_at else None)
        for row in rows
    ]


async def test_it_replaces_what_was_said_of_the_same_days_only(database: Database) -> None:
    await Office.opened(database, NOW).add(somebody("TOM"))
    await said(database, Away(day("2026-12-01"), day("2026-12-02")))
    await said(database, Away(day("2026-12-10"), day("2026-12-12")))
    assert len(await known(database)) == 2
    await said(database, Away(day("2026-12-12"), day("2026-12-20")))
    assert await known(database) == [
        (day("2026-12-01"), day("2026-12-02")),
        (day("2026-12-12"), day("2026-12-20")),
    ]


async def test_it_refuses_an_absence_that_is_over_or_ends_before_it_starts(database: Database) -> None:
    await Office.opened(database, NOW).add(somebody("TOM"))
    with pytest.raises(OverAlready):
        await said(database, Away(day("2026-11-01"), day("2026-11-02")))
    with pytest.raises(EndsBeforeItStarts):
        await said(database, Away(day("2026-12-02"), day("2026-12-01")))


async def is_away(database: Database, now: datetime = NOW) -> bool:
    async with database.read() as session:
        tom = await session.get_one(Person, "TOM")
        return bool(await availability.away(session, [tom], now))


async def follow(database: Database, emoji: str, text: str, until: datetime | None = None) -> None:
    async with database.write() as session:
        tom = await session.get_one(Person, "TOM")
        await absence.follow_status(session, tom, Status(emoji, text, until), NOW)


@pytest.mark.parametrize(
    ("emoji", "text", "away"),
    [
        (":palm_tree:", "", True),
        (":face_with_thermometer:", "", True),
        ("", "On vacation until Monday", True),
        ("", "im Urlaub", True),
        ("", "休假中", True),
        (":spiral_calendar_pad:", "In a meeting", False),
        (":house:", "Working from home", False),
        ("", "skill of the month: illustration", False),
        ("", "", False),
    ],
)
async def test_it_takes_an_absence_from_slacks_status(
    database: Database, emoji: str, text: str, *, away: bool
) -> None:
    await Office.opened(database, NOW).add(somebody("TOM"))
    await follow(database, emoji, text)
    assert await is_away(database) is away


async def test_it_ends_the_absence_with_the_status(database: Database) -> None:
    await Office.opened(database, NOW).add(somebody("TOM"))
    await follow(database, ":palm_tree:", "", at("2026-12-01 00:00"))
    assert await is_away(database, at("2026-11-30 23:00"))
    assert not await is_away(database, at("2026-12-01 00:00"))
    await follow(database, "", "")
    assert not await is_away(database)


async def test_it_ignores_a_status_that_has_run_out(database: Database) -> None:
    await Office.opened(database, NOW).add(somebody("TOM"))
    await follow(database, ":palm_tree:", "", at("2026-11-24 00:00"))
    assert not await is_away(database)


async def test_it_believes_somebody_who_says_they_are_back_more_than_their_old_status(
    database: Database,
) -> None:
    await Office.opened(database, NOW).add(somebody("TOM"))
    await follow(database, ":palm_tree:", "")
    async with database.write() as session:
        await absence.come_back(session, await session.get_one(Person, "TOM"), NOW)
    await follow(database, ":palm_tree:", "")
    assert not await is_away(database)
    await follow(database, ":palm_tree:", "again")
    assert await is_away(database)


@pytest.mark.parametrize(
    ("text", "back"), [("24 oct - 30 oct", "2026-11-02"), ("until further notice", None)]
)
async def test_it_expects_nobody_back_on_a_day_off(database: Database, text: str, back: str | None) -> None:
    now = at("2026-10-23 10:00")
    await Office.opened(database, now).add(somebody("TOM"))
    async with database.write() as session:
        tom = await session.get_one(Person, "TOM")
        row = await absence.say_away(session, tom, absence.understood(text, now.date()), "", now)
        await session.flush()
        assert await absence.back_on(session, tom, row, now) == (day(back) if back else None)
