"""SQLite on its thread: one turn a statement, and transactions that end as they say."""

import asyncio
import sqlite3

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage import sqlite
from bot.storage.database import Database
from bot.storage.leases import LeaseRow
from tests.storage.test_database import LONG_AGO, add_counter, counted

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])
SHORT = "PRAGMA busy_timeout=50"


async def turns_of(session: AsyncSession) -> list[int]:
    """Count from here on how often the connection's thread is woken."""
    connection = await (await session.connection()).get_raw_connection()
    opened, turns = connection.driver_connection, [0]
    assert isinstance(opened, sqlite.Connection)
    put = opened._tx.put

    class Counting:
        def put_nowait(self, turn: object) -> None:
            turns[0] += 1
            put(turn)  # type: ignore[arg-type]

    opened._tx = Counting()  # type: ignore[assignment]
    return turns


async def test_it_wakes_its_thread_once_a_statement(database: Database) -> None:
    await add_counter(database)
    async with database.read() as session:
        turns = await turns_of(session)

        rows = (await session.execute(select(LeaseRow.name, LeaseRow.token))).all()
        assert turns == [1]
        await session.execute(select(LeaseRow.name))
        assert turns == [2]
    assert [tuple(row) for row in rows] == [("counter", 0)]
    assert turns == [3]  # the commit, and no rollback after it


async def test_it_tells_how_many_rows_it_changed(database: Database) -> None:
    rows = [{"name": name, "holder": "", "token": 0, "until": LONG_AGO} for name in "abc"]
    async with database.write() as session:
        await session.execute(insert(LeaseRow), rows)
        changed = await session.execute(update(LeaseRow).where(LeaseRow.name > "a").values(token=1))
        assert changed.rowcount == 2  # type: ignore[attr-defined]
    async with database.read() as session:
        streamed = await session.stream_scalars(select(LeaseRow.token).order_by(LeaseRow.name))
        assert [token async for token in streamed] == [0, 1, 1]


async def test_it_says_at_the_commit_that_sqlite_gave_the_transaction_up(database: Database) -> None:
    await add_counter(database)

    async def lose() -> None:
        async with database.write() as session:
            await session.execute(update(LeaseRow).values(token=7))
            # As SQLite itself does when the disk is full.
            await session.execute(text("ROLLBACK"))

    with pytest.raises(OperationalError, match="no transaction"):
        await lose()
    assert await counted(database) == 0
    async with database.write() as session:
        await session.execute(update(LeaseRow).values(token=8))
    assert await counted(database) == 8


async def test_it_fails_cleanly_while_another_process_writes_and_works_after_it(database: Database) -> None:
    await add_counter(database)
    async with database.write() as session:
        await session.execute(text(SHORT))
    other = sqlite3.connect(database.url.removeprefix("sqlite+aiosqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def write() -> None:
        async with database.write() as session:
            await session.execute(update(LeaseRow).values(token=LeaseRow.token + 1))

    with pytest.raises(OperationalError, match="locked"):
        await write()
    async with database.write():
        pass  # what does nothing waits for nobody
    other.execute("ROLLBACK")
    other.close()
    await write()
    assert await counted(database) == 1


async def test_it_leaves_nothing_of_a_writer_that_was_cancelled(database: Database) -> None:
    await add_counter(database)
    begun = asyncio.Event()

    async def hang() -> None:
        async with database.write() as session:
            await session.execute(update(LeaseRow).values(token=7))
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hang())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await counted(database) == 0
    async with database.write() as session:
        await session.execute(update(LeaseRow).values(token=LeaseRow.token + 1))
    assert await counted(database) == 1


async def test_it_leaves_nothing_of_a_writer_that_was_cancelled_in_the_middle_of_a_statement(
    database: Database,
) -> None:
    await add_counter(database)
    slow = """
        WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 500000)
        UPDATE lease SET token = (SELECT count(*) FROM number)
    """

    async def hang() -> None:
        async with database.write() as session:
            await session.execute(text(slow))

    for turns in range(1, 200, 20):
        task = asyncio.create_task(hang())
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    async with database.write() as session:
        await session.execute(update(LeaseRow).values(token=LeaseRow.token + 1))
    assert await counted(database) == 1
