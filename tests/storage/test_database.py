"""The database: no update is lost, writers queue, readers only read, and a restart in between is survived."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import make_url, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError

from bot.storage import leases
from bot.storage.blobs import BlobRow
from bot.storage.database import Database, clean
from bot.storage.inbox import Inbox
from bot.storage.leases import LeaseRow
from tests.conftest import Postgres

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])
on_postgresql = pytest.mark.parametrize("database_kind", ["postgresql"])
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def add_counter(database: Database) -> None:
    async with database.write() as session:
        session.add(LeaseRow(name="counter", holder="", token=0, until=LONG_AGO))


async def count_up(database: Database) -> None:
    async with database.write() as session:
        row = (await session.execute(select(LeaseRow).with_for_update())).scalar_one()
        await asyncio.sleep(0)
        row.token += 1


async def counted(database: Database) -> int:
    async with database.read() as session:
        return (await session.execute(select(LeaseRow.token))).scalar_one()


async def test_it_loses_no_update_between_two_processes(database: Database, database_url: str) -> None:
    await add_counter(database)
    other = Database(database_url)

    await asyncio.gather(*(count_up(one) for _ in range(25) for one in (database, other)))
    await other.dispose()

    assert await counted(database) == 50


async def test_it_undoes_everything_when_something_goes_wrong(database: Database) -> None:
    async def fail() -> None:
        async with database.write() as session:
            session.add(BlobRow(sha256="a", content=b"", stored_at=LONG_AGO))
            await session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with database.read() as session:
        assert await session.get(BlobRow, "a") is None


async def test_it_cannot_write_where_it_only_reads(database: Database) -> None:
    async def write() -> None:
        async with database.read() as session:
            session.add(BlobRow(sha256="a", content=b"", stored_at=LONG_AGO))

    with pytest.raises(DBAPIError):
        await write()
    async with database.write() as session:
        session.add(BlobRow(sha256="a", content=b"", stored_at=LONG_AGO))


async def test_it_reads_while_somebody_writes(database: Database) -> None:
    await add_counter(database)
    async with asyncio.timeout(5), database.write() as session:
        await session.execute(text("UPDATE lease SET token = 7"))
        assert await counted(database) == 0
    assert await counted(database) == 7


async def test_it_gives_times_back_aware_and_in_utc(database: Database) -> None:
    moment = datetime(2026, 3, 29, 3, 30, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    async with database.write() as session:
        session.add(LeaseRow(name="x", holder="", token=0, until=moment))
    async with database.read() as session:
        until = (await session.get_one(LeaseRow, "x")).until
        by_time = select(LeaseRow.name).where(LeaseRow.until == moment)
        assert (await session.execute(by_time)).scalar_one() == "x"

    assert until == moment
    assert until.tzinfo is UTC


async def test_it_refuses_a_time_without_a_zone(database: Database) -> None:
    async def write() -> None:
        async with database.write() as session:
            session.add(LeaseRow(name="x", holder="", token=0, until=datetime(2026, 1, 1)))

    with pytest.raises(StatementError, match="naive"):
        await write()


async def test_it_stores_whatever_a_stranger_wrote(database: Database) -> None:
    wild = "a\x00b\ud800c\U0001f4a9\u202e"
    async with database.write() as session:
        session.add(LeaseRow(name=wild, holder=wild, token=0, until=LONG_AGO))
    async with database.read() as session:
        row = (await session.execute(select(LeaseRow))).scalar_one()

    assert row.name == row.holder == clean(wild) == "a\ufffdb\ufffdc\U0001f4a9\u202e"


async def test_it_takes_time_from_the_database_for_machinery(database: Database) -> None:
    async with database.write() as session:
        first = await database.machine_now(session)
        await asyncio.sleep(0.002)
        second = await database.machine_now(session)

    assert first.tzinfo is not None
    assert first < second


@on_sqlite
async def test_it_sets_the_pragmas_on_every_connection(database: Database) -> None:
    async def ask(pragma: str, *, writing: bool) -> object:
        async with database.write() if writing else database.read() as session:
            return (await session.execute(text(f"PRAGMA {pragma}"))).scalar()

    for writing in (True, False):
        assert await ask("journal_mode", writing=writing) == "wal"
        assert await ask("synchronous", writing=writing) == 2
        assert await ask("foreign_keys", writing=writing) == 1
        assert await ask("busy_timeout", writing=writing) == 10000
        assert await ask("query_only", writing=writing) == (0 if writing else 1)


@on_sqlite
async def test_it_takes_the_write_lock_at_the_beginning(database: Database, database_url: str) -> None:
    other = Database(database_url)
    order: list[str] = []

    async def second() -> None:
        async with other.write() as session:
            await session.execute(text("SELECT 1"))
            order.append("second has begun")

    async with database.write() as session:
        await session.execute(text("SELECT 1"))
        waiting = asyncio.create_task(second())
        await asyncio.sleep(0.15)
        order.append("first ends")
    await waiting
    await other.dispose()

    assert order == ["first ends", "second has begun"]


@on_postgresql
async def test_it_queues_for_connections_instead_of_failing(database: Database) -> None:
    most = 0

    async def work() -> None:
        nonlocal most
        async with database.write() as session:
            mine = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            most = max(most, (await session.execute(text(mine))).scalar_one())

    await asyncio.gather(*(work() for _ in range(60)))

    assert most <= 20


@on_postgresql
async def test_it_goes_on_after_the_database_restarted(database: Database, postgres: Postgres) -> None:
    await add_counter(database)
    async with Inbox(database) as store:
        assert await store.accept("slack", "before", b"")
        await asyncio.to_thread(postgres.stop)
        try:
            for attempt in (count_up(database), counted(database), store.accept("slack", "during", b"")):
                with pytest.raises(SQLAlchemyError):
                    await attempt
        finally:
            await asyncio.to_thread(postgres.start)

        await count_up(database)
        assert await counted(database) == 1
        assert await store.accept("slack", "during", b"")
        assert not await store.accept("slack", "before", b"")


@on_postgresql
async def test_it_notices_a_restart_by_itself(database: Database, postgres: Postgres) -> None:
    await add_counter(database)
    await asyncio.to_thread(postgres.stop)
    await asyncio.to_thread(postgres.start)

    await count_up(database)
    assert await counted(database) == 1


async def test_it_can_be_led_by_one_at_a_time(database: Database) -> None:
    async def hold(holder: str, seconds: float = 60) -> int | None:
        async with database.write() as session:
            return await leases.hold(database, session, "work", holder, timedelta(seconds=seconds))

    assert await hold("one") == 1
    assert await hold("two") is None
    assert await hold("one", seconds=0) == 1
    assert await hold("two") == 2
    assert await hold("one") is None


async def test_it_gives_a_lease_to_one_of_many_who_ask_at_once(database_url: str) -> None:
    replicas = [Database(database_url) for _ in range(4)]

    async def hold(replica: Database, holder: str) -> int | None:
        async with replica.write() as session:
            return await leases.hold(replica, session, "work", holder, timedelta(minutes=1))

    tokens = await asyncio.gather(*(hold(one, f"holder {n}") for n, one in enumerate(replicas * 3)))
    for replica in replicas:
        await replica.dispose()

    assert [token for token in tokens if token is not None] == [1]


async def test_it_hands_a_lease_over_at_once_when_it_is_given_up(database: Database) -> None:
    minute = timedelta(minutes=1)
    async with database.write() as session:
        await leases.hold(database, session, "work", "one", minute)
    async with database.write() as session:
        now = await database.machine_now(session)
        await leases.let_go(session, "work", "two", now)
        assert await leases.hold(database, session, "work", "two", minute) is None
        await leases.let_go(session, "work", "one", now)
        assert await leases.hold(database, session, "work", "two", minute) == 2


async def test_it_takes_a_lease_from_a_holder_known_to_be_dead(database: Database) -> None:
    minute = timedelta(minutes=1)
    async with database.write() as session:
        await leases.hold(database, session, "work", "dead", minute)
        assert await leases.hold(database, session, "work", "alive", minute, force=True) == 2


async def test_it_takes_no_locks_where_it_only_reads(database: Database) -> None:
    async with database.write() as session:
        session.add(LeaseRow(name="one", holder="", token=1, until=datetime(2026, 11, 24, tzinfo=UTC)))
    locking = select(LeaseRow).where(LeaseRow.name == "one").with_for_update()
    async with database.read() as session:
        assert (await session.execute(locking)).scalar_one().token == 1
    async with database.write() as session:
        assert (await session.execute(locking)).scalar_one().token == 1


@on_postgresql
async def test_it_goes_on_when_connections_fall_silent(database_url: str, postgres: Postgres) -> None:
    """Its host vanished without a word, and another took over: what is sent is lost, what is new is heard."""
    silent: set[int] = set()
    lines = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal lines
        number, lines = lines, lines + 1
        server = await asyncio.open_unix_connection(postgres.socket)

        async def pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
            while heard := await source.read(65536):
                if number not in silent:
                    target.write(heard)
            target.close()

        await asyncio.gather(pass_on(reader, server[1]), pass_on(server[0], writer))

    line = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = line.sockets[0].getsockname()[1]
    name = make_url(database_url).database
    database = Database(f"postgresql+asyncpg://postgres@127.0.0.1:{port}/{name}?ssl=disable", patience=3.0)
    await asyncio.gather(*(_ask(database, 0.3) for _ in range(8)))
    assert lines == 8

    # One of them is in use, and fails; whoever takes one that rested does not even notice.
    using = asyncio.create_task(_ask(database, 60))
    await asyncio.sleep(0.2)
    silent.update(range(lines))
    assert await asyncio.gather(*(_ask(database) for _ in range(4))) == [1] * 4
    with pytest.raises(TimeoutError):
        await using
    assert await _ask(database) == 1
    await database.dispose()
    line.close()


async def _ask(database: Database, seconds: float = 0) -> int:
    async with database.write() as session:
        answer = await session.execute(text("SELECT 1 FROM pg_sleep(:seconds)"), {"seconds": seconds})
        return int(answer.scalar_one())
