"""Telling people things when they are welcome: now, or merged at their next working moment; never dropped."""

from datetime import timedelta

from bot import blocks
from bot.people import absence, notices, store
from bot.people.absence import Away
from bot.people.model import NoticeRow, Person
from bot.storage.database import Database
from tests.people.office import Office, at, somebody

FRIDAY_NIGHT = at("2026-11-20 22:00")
MONDAY = at("2026-11-23 10:00")


async def test_it_tells_at_once_in_working_hours(database: Database) -> None:
    office = Office.opened(database, MONDAY)
    await office.add(somebody("TOM"))
    await office.tell("TOM", "The kiln is warm")
    assert await office.posts() == [("TOM", "The kiln is warm")]


async def test_it_tells_what_came_at_night_in_one_message_in_the_morning(database: Database) -> None:
    office = Office.opened(database, FRIDAY_NIGHT)
    await office.add(somebody("TOM"))
    for number in range(5):
        await office.tell("TOM", f"thing {number}")
    assert await office.posts() == []

    await office.time_is(at("2026-11-23 08:59"))
    assert await office.posts() == []
    await office.time_is(at("2026-11-23 09:01"))

    ((who, text),) = await office.posts()
    assert who == "TOM"
    assert [text.index(f"thing {number}") for number in range(5)] == sorted(
        text.index(f"thing {number}") for number in range(5)
    )
    await office.time_is(at("2026-11-24 12:00"))
    assert len(await office.posts()) == 1


async def test_it_tells_a_thing_once_however_often_it_is_told(database: Database) -> None:
    office = Office.opened(database, FRIDAY_NIGHT)
    await office.add(somebody("TOM"))
    for _ in range(3):
        await office.tell("TOM", "again", key="same")
    await office.time_is(MONDAY)
    ((_, text),) = await office.posts()
    assert text.count("again") == 1


async def test_it_interrupts_with_what_is_urgent_and_says_why(database: Database) -> None:
    office = Office.opened(database, FRIDAY_NIGHT)
    await office.add(somebody("TOM"))
    await office.tell("TOM", "The ship is sinking", urgent="the promise ends in an hour.")
    ((_, text),) = await office.posts()
    assert "The ship is sinking" in text
    assert "because the promise ends in an hour." in text


async def test_it_waits_for_the_end_of_an_absence(database: Database) -> None:
    office = Office.opened(database, MONDAY)
    await office.add(somebody("TOM"))
    async with database.write() as session:
        tom = await session.get_one(Person, "TOM")
        await absence.say_away(
            session, tom, Away(MONDAY.date(), MONDAY.date() + timedelta(days=2)), "", MONDAY
        )
    await office.tell("TOM", "hello")
    await office.time_is(at("2026-11-26 08:00"))
    assert await office.posts() == []
    await office.time_is(at("2026-11-26 09:01"))
    assert len(await office.posts()) == 1


async def test_it_tells_what_waited_when_somebody_comes_back_early(database: Database) -> None:
    office = Office.opened(database, MONDAY)
    await office.add(somebody("TOM"))
    async with database.write() as session:
        tom = await session.get_one(Person, "TOM")
        await absence.say_away(session, tom, Away(MONDAY.date(), None), "", MONDAY)
    await office.tell("TOM", "hello")
    await office.time_is(MONDAY + timedelta(days=200, hours=1))
    assert await office.posts() == []

    async with database.write() as session:
        tom = await session.get_one(Person, "TOM")
        assert await absence.come_back(session, tom, office.clock.now())
    await office.time_is(office.clock.now() + timedelta(days=4))
    assert [text for _, text in await office.posts()] == ["hello"]


async def test_it_never_keeps_a_thing_from_somebody_without_hours(database: Database) -> None:
    office = Office.opened(database, MONDAY)
    await office.add(somebody("TOM", hours="never"))
    await office.tell("TOM", "hello")
    assert len(await office.posts()) == 1


async def test_it_respects_do_not_disturb_and_its_early_end(database: Database) -> None:
    office = Office.opened(database, MONDAY)
    await office.add(somebody("TOM"))
    async with database.write() as session:
        tom = await session.get_one(Person, "TOM")
        await absence.follow_quiet(session, tom, at("2026-11-23 16:00"), MONDAY)
    await office.tell("TOM", "hello")
    await office.time_is(at("2026-11-23 12:00"))
    assert await office.posts() == []
    async with database.write() as session:
        tom = await session.get_one(Person, "TOM")
        await absence.follow_quiet(session, tom, None, office.clock.now())
    await office.time_is(at("2026-11-23 12:01"))
    assert len(await office.posts()) == 1


async def test_it_keeps_quiet_hours(database: Database) -> None:
    office = Office.opened(database, at("2026-11-23 12:10"))
    await office.add(somebody("TOM", quiet="mon-fri 12-13"))
    await office.tell("TOM", "hello")
    await office.time_is(at("2026-11-23 12:59"))
    assert await office.posts() == []
    await office.time_is(at("2026-11-23 13:00"))
    assert len(await office.posts()) == 1


async def test_it_says_everything_even_when_it_does_not_fit_into_one_message(database: Database) -> None:
    office = Office.opened(database, FRIDAY_NIGHT)
    await office.add(somebody("TOM"))
    long = tuple(blocks.section(f"part {number}") for number in range(9))
    for number in range(150):
        await office.tell("TOM", f"thing <{number}>" + "x" * 190, blocks=long)
    await office.time_is(at("2026-11-23 09:10"))
    await office.time_is(at("2026-11-23 09:20"))
    async with database.read() as session:
        assert not await store.waiting_notices(session, "TOM")
    text = "\n".join(text for _, text in await office.posts())
    shown = text.count("part 0") + text.count("• thing")
    assert shown == 150


def test_it_merges_into_the_room_there_is() -> None:
    waiting = [
        NoticeRow(text=f"thing {number}", blocks=[blocks.section(f"long {number}")] * 5)
        for number in range(20)
    ]
    for room in range(1, 50):
        shown, count = notices.merged(waiting, room)
        assert len(shown) <= max(room, 1)
        assert count <= len(waiting)
    assert notices.merged(waiting, 46)[1] == 20
