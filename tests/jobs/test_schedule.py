"""The heartbeat and the schedule: each occurrence once, among replicas, after a restart, when time moves."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot import clock as clocks
from bot.clock import MovableClock
from bot.storage import inbox, schedule
from bot.storage.database import Database
from bot.storage.inbox import InboxRow
from bot.storage.leases import LeaseRow
from bot.storage.schedule import ScheduleRow
from jobs.schedule import Heartbeat
from tests.patience import until

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Errands:
    """An errand every hour; each leaves a row that can be there once only, so that a second time shows."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.times: list[datetime] = []
        self.failures = 0

    async def __call__(self, session: AsyncSession, row: ScheduleRow, now: datetime) -> datetime:
        nominal = row.due
        self.times.append(nominal)
        assert await inbox.once(session, "errand", nominal.isoformat())
        if self.failures:
            self.failures -= 1
            raise RuntimeError
        return max(nominal, now) + HOUR if now - nominal > HOUR else nominal + HOUR


async def plan(database: Database, due: datetime, key: str = "hourly") -> None:
    async with database.write() as session:
        await schedule.ensure(database, session, key, "hourly", due)


async def done(database: Database) -> list[str]:
    async with database.read() as session:
        keys = select(InboxRow.key).where(InboxRow.source == "errand").order_by(InboxRow.key)
        return list((await session.execute(keys)).scalars())


async def next_due(database: Database) -> datetime:
    async with database.read() as session:
        return (await session.execute(select(ScheduleRow.due))).scalar_one()


def heart(database: Database, clock: MovableClock, errands: Errands, *listeners: object) -> Heartbeat:
    return Heartbeat(database, clock, {"hourly": errands}, listeners)  # type: ignore[arg-type]


async def test_it_runs_an_errand_when_it_is_due_and_not_before(database: Database) -> None:
    clock, errands = MovableClock(NOW, running=False), Errands(database)
    await plan(database, NOW + HOUR)
    beat = heart(database, clock, errands)

    await beat.knock()
    assert await done(database) == []
    clock.advance(HOUR)
    await beat.knock()
    await beat.knock()

    assert await done(database) == [(NOW + HOUR).isoformat()]
    assert await next_due(database) == NOW + 2 * HOUR


async def test_it_plans_an_errand_once(database: Database) -> None:
    await plan(database, NOW)
    await plan(database, NOW + HOUR)
    assert await next_due(database) == NOW


async def test_it_runs_each_occurrence_once_among_four_replicas(
    database: Database, database_url: str
) -> None:
    replicas = [Database(database_url) for _ in range(4)]
    clock = MovableClock(NOW, running=False)
    errands = [Errands(replica) for replica in replicas]
    beats = [heart(replica, clock, one) for replica, one in zip(replicas, errands, strict=True)]
    await plan(database, NOW)

    for _ in range(12):
        await asyncio.gather(*(beat.knock() for beat in beats))
        clock.advance(HOUR)
    for replica in replicas:
        await replica.dispose()

    assert await done(database) == [(NOW + number * HOUR).isoformat() for number in range(12)]
    assert sum(len(one.times) for one in errands) == 12


async def test_it_catches_up_once_after_it_was_away(database: Database) -> None:
    clock, errands = MovableClock(NOW, running=False), Errands(database)
    await plan(database, NOW - 100 * HOUR)
    beat = heart(database, clock, errands)
    for _ in range(3):
        await beat.knock()

    assert errands.times == [NOW - 100 * HOUR]
    assert await next_due(database) == NOW + HOUR


async def test_it_undoes_and_repeats_an_errand_that_fails(database: Database) -> None:
    clock, errands = MovableClock(NOW, running=False), Errands(database)
    errands.failures = 1
    await plan(database, NOW)
    beat = heart(database, clock, errands)
    await beat.knock()
    assert await done(database) == []
    assert await next_due(database) == NOW

    await beat.knock()
    assert len(errands.times) == 1, "a failing errand rests for a while"
    async with database.write() as session:
        [failed] = await schedule.failing(session)
        assert failed.error == "RuntimeError"
        await schedule.failed(session, failed, "RuntimeError", clocks.wall())
    await beat.knock()
    assert await done(database) == [NOW.isoformat()]
    async with database.read() as session:
        assert await schedule.failing(session) == []


async def test_it_lets_a_failing_errand_hold_up_no_other(database: Database) -> None:
    clock, errands = MovableClock(NOW, running=False), Errands(database)
    errands.failures = 1
    await plan(database, NOW - HOUR, "first")
    await plan(database, NOW - HOUR / 2, "second")
    await heart(database, clock, errands).knock()

    assert await done(database) == [(NOW - HOUR / 2).isoformat()]


async def test_it_knocks_by_itself(database: Database) -> None:
    clock, errands, knocks = MovableClock(NOW, running=False), Errands(database), []
    await plan(database, NOW)
    beat = heart(database, clock, errands, lambda: knocks.append(1))
    beat.start()
    try:
        await until(lambda: knocks and errands.times)
    finally:
        await beat.stop()


async def test_it_knocks_at_once_when_the_clock_is_moved(database: Database) -> None:
    clock, errands, knocks = MovableClock(NOW, running=False), Errands(database), []
    await plan(database, NOW + 1000 * HOUR)
    beat = heart(database, clock, errands, lambda: knocks.append(1))
    clock.on_move = beat.knock_soon  # it does not beat by itself here
    clock.set(NOW + 1000 * HOUR)
    await until(lambda: errands.times)
    await beat.stop()

    assert knocks
    assert errands.times == [NOW + 1000 * HOUR]


async def test_it_starts_nothing_after_it_was_stopped(database: Database) -> None:
    clock, errands = MovableClock(NOW, running=False), Errands(database)
    await plan(database, NOW)
    beat = heart(database, clock, errands)
    beat.start()
    await beat.stop()
    before = list(errands.times)
    await beat.knock()

    assert errands.times == before


@pytest.mark.parametrize("database_kind", ["postgresql"])
async def test_it_gives_way_to_whoever_holds_what_an_errand_wants(database: Database) -> None:
    """The errand holds its row and wants a matter; a person holds the matter and wants the row."""
    await plan(database, NOW)
    holding, wanted = asyncio.Event(), update(LeaseRow).where(LeaseRow.name == "matter").values(holder="me")
    async with database.write() as session:
        session.add(LeaseRow(name="matter", holder="", token=0, until=NOW))
    times = 0

    async def errand(session: AsyncSession, _row: ScheduleRow, _now: datetime) -> None:
        nonlocal times
        holding.set()
        await session.execute(wanted)
        times += 1

    beating = Heartbeat(database, MovableClock(NOW, running=False), {"hourly": errand}, [])
    async with database.write() as session:
        await session.execute(wanted)
        knocking = asyncio.create_task(beating.knock())
        await holding.wait()
        # Waits for the errand's row: no deadlock in which this, a person's press, might be undone.
        await schedule.plan(session, "hourly", "hourly", NOW)
        assert times == 0
    await knocking

    await beating.knock()
    assert times == 1
    async with database.read() as session:
        assert await schedule.failing(session) == []


@pytest.mark.parametrize("database_kind", ["postgresql"])
async def test_it_says_so_when_an_errand_can_never_get_what_it_wants(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody looks into the tables by hand and forgot to end it."""
    monkeypatch.setattr("jobs.schedule._TOO_OFTEN", 3)
    await plan(database, NOW)
    wanted = update(LeaseRow).where(LeaseRow.name == "matter").values(holder="me")
    async with database.write() as session:
        session.add(LeaseRow(name="matter", holder="", token=0, until=NOW))

    async def errand(session: AsyncSession, _row: ScheduleRow, _now: datetime) -> None:
        await session.execute(wanted)

    beating = Heartbeat(database, MovableClock(NOW, running=False), {"hourly": errand}, [])
    async with database.write() as session:
        await session.execute(wanted)
        failing = []
        for _ in range(3):
            await beating.knock()
            async with database.read() as looking:
                failing.append([row.error for row in await schedule.failing(looking)])
    assert failing == [[], [], ["Collision"]]
