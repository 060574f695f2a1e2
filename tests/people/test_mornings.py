"""One scheduled message a working day, at the hour its reader chose, with a section of every area."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks
from bot.blocks import Block
from bot.people import absence, directory, mornings
from bot.people.absence import Away
from bot.people.model import Person
from bot.people.mornings import Window
from bot.storage.database import Database
from bot.storage.outbox import OutboxRow
from tests.people.office import Office, at, somebody, words

MONDAY = at("2026-11-23 06:00")


def says(text: str, *, times: int = 1) -> mornings.Section:
    async def shown(_session: AsyncSession, _person: Person, window: Window) -> list[Block]:
        return [blocks.section(f"{text} of {window.day}")] * times

    return shown


async def test_it_comes_once_a_working_day_at_the_hour_chosen(database: Database) -> None:
    mornings.section("one", order=1)(says("news"))
    office = Office.opened(database, MONDAY)
    await office.add(somebody("TOM", morning="10:15"), somebody("MEI", slack_zone="Asia/Shanghai"))
    await office.time_is(at("2026-11-23 10:14"))
    assert [who for who, _ in await office.posts()] == []
    await office.time_is(at("2026-11-30 05:00"))
    mine = [text for who, text in await office.posts() if who == "TOM"]
    assert len(mine) == 5
    assert "news of 2026-11-27" in mine[-1]
    assert len([who for who, _ in await office.posts() if who == "MEI"]) == 5


async def test_it_puts_all_areas_into_one_message_in_their_order(database: Database) -> None:
    mornings.section("late", order=60)(says("digest"))
    mornings.section("early", order=10)(says("standup"))
    office = Office.opened(database, MONDAY)
    await office.add(somebody("TOM"))
    await office.time_is(at("2026-11-23 09:00"))
    ((_, text),) = await office.posts()
    assert text.index("standup") < text.index("digest")


async def test_it_does_not_come_when_there_is_nothing_to_say(database: Database) -> None:
    mornings.section("empty", order=1)(says("", times=0))
    office = Office.opened(database, MONDAY)
    await office.add(somebody("TOM"))
    await office.time_is(at("2026-11-25 12:00"))
    assert await office.posts() == []


async def test_it_moves_to_the_hour_an_area_needs(database: Database) -> None:
    mornings.section("standups", order=10)(says("standup"))

    @mornings.hour("standups")
    async def asked(_session: AsyncSession, _person: Person, day: date) -> time | None:
        return time(9, 30) if day.weekday() == 1 else None

    office = Office.opened(database, MONDAY)
    await office.add(somebody("TOM", morning="11:00"))
    await office.time_is(at("2026-11-24 09:29"))
    assert len(await office.posts()) == 1
    await office.time_is(at("2026-11-24 09:30"))
    assert len(await office.posts()) == 2


async def test_it_takes_along_what_waited_for_the_morning(database: Database) -> None:
    mornings.section("one", order=1)(says("news"))
    office = Office.opened(database, at("2026-11-20 22:00"))
    await office.add(somebody("TOM", morning="09:30"))
    for number in range(5):
        await office.tell("TOM", f"thing {number}")
    await office.time_is(at("2026-11-23 12:00"))
    ((_, text),) = await office.posts()
    assert "news" in text
    assert all(f"thing {number}" in text for number in range(5))


async def test_it_keeps_what_waited_in_the_message_when_it_is_drawn_anew(database: Database) -> None:
    mornings.section("one", order=1)(says("news"))
    office = Office.opened(database, at("2026-11-20 22:00"))
    await office.add(somebody("TOM"))
    await office.tell("TOM", "the parcel is there")
    await office.time_is(at("2026-11-23 09:05"))
    async with database.write() as session:
        await mornings.redraw(session, await session.get_one(Person, "TOM"), date(2026, 11, 23))
    async with database.read() as session:
        update = (
            await session.execute(select(OutboxRow).where(OutboxRow.kind == "slack.update"))
        ).scalar_one()
    assert "the parcel is there" in words(update.payload["blocks"])
    assert "news of 2026-11-23" in words(update.payload["blocks"])


async def test_it_stays_within_a_slack_message_and_says_that_there_is_more(database: Database) -> None:
    for number in range(6):
        mornings.section(f"area {number}", order=number)(says("news", times=20))
    office = Office.opened(database, at("2026-11-20 22:00"))
    await office.add(somebody("TOM"))
    await office.tell("TOM", "the parcel is there")
    await office.time_is(at("2026-11-23 09:05"))
    async with database.read() as session:
        post = (await session.execute(select(OutboxRow))).scalars().one()
    assert len(post.payload["blocks"]) <= 50
    assert "the parcel is there" in words(post.payload["blocks"])
    assert "There is more" in words(post.payload["blocks"])


async def test_it_skips_days_somebody_is_away_and_holidays(database: Database) -> None:
    mornings.section("one", order=1)(says("news"))
    office = Office.opened(database, at("2026-12-21 06:00"))
    await office.add(somebody("TOM", country="GB", subdivision="ENG"))
    async with database.write() as session:
        tom = await session.get_one(Person, "TOM")
        days = Away(date(2026, 12, 22), date(2026, 12, 23))
        await absence.say_away(session, tom, days, "", office.clock.now())
    await office.time_is(at("2026-12-30 06:00"))
    days_of = [text.splitlines()[-1] for _, text in await office.posts()]
    assert days_of == ["news of 2026-12-21", "news of 2026-12-24", "news of 2026-12-29"]


async def test_it_does_not_come_in_the_middle_of_an_absence(database: Database) -> None:
    mornings.section("one", order=1)(says("news"))
    office = Office.opened(database, at("2026-11-23 10:00"))
    await office.add(somebody("TOM", morning="11:00"))
    async with database.write() as session:
        tom = await session.get_one(Person, "TOM")
        today = office.clock.now().date()
        await absence.say_away(session, tom, Away(today, today), "", office.clock.now())
    await office.time_is(at("2026-11-23 23:00"))
    assert await office.posts() == []


async def test_it_goes_on_after_an_absence_of_a_year(database: Database) -> None:
    mornings.section("one", order=1)(says("news"))
    office = Office.opened(database, MONDAY)
    await office.add(somebody("TOM"))
    async with database.write() as session:
        tom = await session.get_one(Person, "TOM")
        days = Away(date(2026, 11, 23), date(2027, 11, 23))
        await absence.say_away(session, tom, days, "", office.clock.now())
    await office.time_is(at("2027-11-24 12:00"))
    assert len(await office.posts()) == 1


async def test_it_skips_a_pause_of_everyone(database: Database) -> None:
    mornings.section("one", order=1)(says("news"))
    office = Office.opened(database, MONDAY)
    await office.add(somebody("TOM"))
    async with database.write() as session:
        tom = await session.get_one(Person, "TOM")
        await directory.add_pause(
            session, "Stocktaking", None, date(2026, 11, 23), date(2026, 11, 24), tom, office.clock.now()
        )
    await office.time_is(at("2026-11-25 12:00"))
    assert len(await office.posts()) == 1


async def test_it_catches_up_once_after_a_standstill_and_not_when_the_day_is_over(database: Database) -> None:
    mornings.section("one", order=1)(says("news"))
    office = Office.opened(database, MONDAY)
    await office.add(somebody("TOM"))
    office.clock.set(at("2026-11-23 16:00"))
    await office.heartbeat.knock()
    assert len(await office.posts()) == 1
    office.clock.set(at("2026-11-27 23:00"))
    await office.heartbeat.knock()
    assert len(await office.posts()) == 1


async def test_it_sends_what_is_due_though_settings_change_just_then(database: Database) -> None:
    mornings.section("one", order=1)(says("news"))
    office = Office.opened(database, MONDAY)
    await office.add(somebody("TOM"))
    office.clock.set(at("2026-11-23 09:00:30"))
    async with database.write() as session:
        await mornings.plan(session, await session.get_one(Person, "TOM"), office.clock.now())
    await office.heartbeat.knock()
    assert len(await office.posts()) == 1


async def test_it_asks_nothing_of_guests_bots_and_those_who_left(database: Database) -> None:
    mornings.section("one", order=1)(says("news"))
    office = Office.opened(database, MONDAY)
    await office.add(
        somebody("OLA", is_guest=True, is_welcome=True),
        somebody("BOT", is_bot=True),
        somebody("EVE", is_gone=True),
        somebody("ING", is_stranger=True),
    )
    await office.time_is(MONDAY + timedelta(days=3))
    assert await office.posts() == []


def test_it_refuses_two_sections_of_one_name() -> None:
    mornings.section("one", order=1)(says("news"))
    with pytest.raises(ValueError, match="one"):
        mornings.section("one", order=2)(says("news"))
