"""Asking without nagging."""

from bot.people import asking
from bot.storage.database import Database
from tests.people.office import at

NOW = at("2026-11-25 10:00")


async def test_it_stops_after_three_ignored_requests_and_says_so_once(database: Database) -> None:
    stopped = []
    for _ in range(6):
        async with database.write() as session:
            if await asking.may_ask(session, "TOM", "standup"):
                stopped.append(await asking.asked(session, "TOM", "standup", NOW))
    assert stopped == [False, False, False, True]


async def test_it_counts_each_kind_and_person_by_itself(database: Database) -> None:
    async with database.write() as session:
        for _ in range(4):
            await asking.asked(session, "TOM", "standup", NOW)
        assert await asking.may_ask(session, "TOM", "task")
        assert await asking.may_ask(session, "SAM", "standup")


async def test_it_asks_again_whoever_answers(database: Database) -> None:
    async with database.write() as session:
        for _ in range(4):
            await asking.asked(session, "TOM", "standup", NOW)
    async with database.write() as session:
        assert not await asking.may_ask(session, "TOM", "standup")
        await asking.answered(session, "TOM", "standup")
        assert await asking.may_ask(session, "TOM", "standup")
        assert [await asking.asked(session, "TOM", "standup", NOW) for _ in range(4)] == [
            False, False, False, True,
        ]  # fmt: skip
