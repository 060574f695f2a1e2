"""People as Slack tells of them: they come, move to other zones, leave and come back."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks
from bot.blocks import Block
from bot.people import mornings, roster, store
from bot.people.absence import Status
from bot.people.model import Department, Person
from bot.people.mornings import Window
from bot.people.roster import Heard
from bot.storage import schedule
from bot.storage.database import Database
from tests.people.office import Office, at, somebody

NOW = at("2026-11-23 06:00")
NOTHING = Status("", "", None)
Hear = Callable[..., Awaitable[None]]


@pytest.fixture
def hear(database: Database) -> Hear:
    async def heard(status: Status = NOTHING, **more: Any) -> None:
        async with database.write() as session:
            await roster.keep(session, [Heard(somebody("TOM", **more), status)], NOW)

    return heard


async def hear_all(database: Database, count: int) -> int:
    """Hear of so many people again; how many statements it took."""
    everybody = [Heard(somebody(f"U{number}"), NOTHING) for number in range(count)]
    statements = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    async with database.write() as session:
        await roster.keep(session, everybody, NOW)
    event.listen(database.write_engine.sync_engine, "before_cursor_execute", note)
    async with database.write() as session:
        await roster.keep(session, [Heard(somebody(one.person.id), NOTHING) for one in everybody], NOW)
    event.remove(database.write_engine.sync_engine, "before_cursor_execute", note)
    return len(statements)


async def planned(database: Database) -> bool:
    async with database.read() as session:
        return await schedule.planned(session, "morning:TOM") is not None


async def test_it_plans_for_whoever_comes_and_no_longer_for_whoever_left(
    database: Database, hear: Hear
) -> None:
    await hear()
    assert await planned(database)
    await hear(is_gone=True)
    assert not await planned(database)
    await hear()
    assert await planned(database)
    await hear(is_guest=True)
    assert not await planned(database)


async def test_it_follows_somebody_into_another_zone(database: Database, hear: Hear) -> None:
    async def news(_session: AsyncSession, _person: Person, _window: Window) -> list[Block]:
        return [blocks.section("news")]

    mornings.section("news", order=1)(news)
    office = Office.opened(database, NOW)
    await hear()
    await hear(slack_zone="America/Bogota")
    await office.time_is(at("2026-11-23 13:59"))
    assert await office.posts() == []
    await office.time_is(at("2026-11-23 14:00"))
    assert len(await office.posts()) == 1


async def test_it_asks_no_more_for_a_large_team_than_for_a_small_one(database: Database) -> None:
    assert await hear_all(database, 40) == await hear_all(database, 3) <= 5


async def test_it_hears_that_somebody_is_back_though_nothing_says_away(
    database: Database, hear: Hear
) -> None:
    await hear(Status(":palm_tree:", "Vacationing", None))
    async with database.read() as session:
        assert await store.away_by(session, "status", ["TOM", "ANA"], NOW) == {"TOM"}
    await hear()
    async with database.read() as session:
        assert await store.away_by(session, "status", ["TOM", "ANA"], NOW) == set()


async def test_it_names_departments_whose_lead_has_left(database: Database, hear: Hear) -> None:
    await hear()
    async with database.write() as session:
        session.add(Department(slug="web", name="Web", lead_id="TOM", aim="product"))
        session.add(Department(slug="finance", name="Finance", lead_id="NOBODY", aim="product"))
        session.add(Department(slug="service", name="Service", lead_id=None, aim="product"))
    async with database.read() as session:
        assert await roster.leaders_who_left(session) == ["Finance"]
    await hear(is_gone=True)
    async with database.read() as session:
        assert await roster.leaders_who_left(session) == ["Finance", "Web"]
