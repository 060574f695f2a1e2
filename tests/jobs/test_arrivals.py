"""The inbox worker: each arrival once, in order per lane, through failures, kills, replicas and restarts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.storage import blobs, inbox
from bot.storage.database import Database
from bot.storage.inbox import Inbox, InboxRow
from bot.storage.outbox import StillOnItsWay
from bot.storage.triggers import Trigger
from jobs import arrivals
from jobs.arrivals import ArrivalWorker
from tests.conftest import Postgres
from tests.patience import until


class Handler:
    """Deals with arrivals by noting an effect in their transaction; `troubles` come first, by body."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.begun: list[str] = []
        self.committed: list[str] = []
        self.troubles: dict[str, list[Any]] = {}

    async def __call__(self, body: bytes, trigger: Trigger) -> None:
        name = body.decode()
        self.begun.append(name)
        if self.troubles.get(name):
            trouble = self.troubles[name].pop(0)
            if isinstance(trouble, asyncio.Event):
                await trouble.wait()
            else:
                raise trouble
        async with trigger.transaction() as session:
            await blobs.put(self._database, session, {f"{name}:{len(self.begun)}": b""})
        self.committed.append(name)


@asynccontextmanager
async def working(
    database: Database, handler: Any, *, killed: bool = False, **options: Any
) -> AsyncIterator[ArrivalWorker]:
    """Run a worker; with `killed` it ends as under kill -9: nothing is put back."""
    worker = ArrivalWorker(database, {"test": handler}, **options)
    task = asyncio.create_task(worker.run())
    try:
        yield worker
        if not killed:
            await worker.stop()
            await task
    finally:
        left = [task, *worker._running]
        for one in left:
            one.cancel()
        await asyncio.gather(*left, return_exceptions=True)


async def arrive(database: Database, *names: str) -> None:
    """Let things arrive; the lane is the first letter."""
    async with Inbox(database) as store:
        await asyncio.gather(*(store.accept("test", name, name.encode(), lane=name[0]) for name in names))


async def states(database: Database) -> dict[str, str]:
    async with database.read() as session:
        return dict((await session.execute(select(InboxRow.key, InboxRow.state))).tuples().all())


async def effects(database: Database) -> list[str]:
    """Give what was really committed, once for each time it was."""
    async with database.read() as session:
        names = (await session.execute(select(blobs.BlobRow.sha256))).scalars()
        return sorted(name.partition(":")[0] for name in names)


async def dealt_with(database: Database, within: float = 15) -> dict[str, str]:
    async def nothing_waits() -> bool:
        return not {"pending", "claimed"} & set((await states(database)).values())

    await until(nothing_waits, within)
    return await states(database)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let further tries come soon."""
    monkeypatch.setattr(arrivals, "WAITS", (0.05, 0.05))


async def test_it_deals_with_everything_once_and_in_order_per_lane(database: Database) -> None:
    handler = Handler(database)
    names = [f"{lane}{number}" for number in range(12) for lane in "abc"]
    await arrive(database, *names)
    async with working(database, handler):
        assert set((await dealt_with(database)).values()) == {"done"}

    assert await effects(database) == sorted(names)
    for lane in "abc":
        assert [name for name in handler.committed if name[0] == lane] == [f"{lane}{n}" for n in range(12)]


async def test_it_wakes_at_once_for_what_arrives_while_it_waits(database: Database) -> None:
    handler = Handler(database)
    async with working(database, handler):
        await asyncio.sleep(0)
        await arrive(database, "a1")
        await dealt_with(database, within=5)
        await arrive(database, "a2")
        await dealt_with(database, within=5)

    assert handler.committed == ["a1", "a2"]


async def test_it_marks_what_needed_no_writing_as_done(database: Database) -> None:
    async def nothing_to_do(_body: bytes, _trigger: Trigger) -> None:
        pass

    await arrive(database, "a1")
    async with working(database, nothing_to_do):
        assert await dealt_with(database) == {"a1": "done"}


@pytest.mark.usefixtures("at_once")
async def test_it_tries_again_and_lets_the_lane_wait(database: Database) -> None:
    handler = Handler(database)
    handler.troubles = {"a1": [RuntimeError("a mistake")]}
    await arrive(database, "a1", "a2", "b1")
    async with working(database, handler):
        assert set((await dealt_with(database)).values()) == {"done"}

    assert [name for name in handler.committed if name[0] == "a"] == ["a1", "a2"]
    assert handler.begun.count("a1") == 2
    assert await effects(database) == ["a1", "a2", "b1"]


@pytest.mark.usefixtures("at_once")
async def test_it_sets_aside_what_always_fails_and_goes_on(database: Database) -> None:
    handler = Handler(database)
    handler.troubles = {"a1": [RuntimeError("a mistake")] * 9}
    await arrive(database, "a1", "a2")
    async with working(database, handler):
        assert await dealt_with(database) == {"a1": "aside", "a2": "done"}

    assert handler.begun.count("a1") == 3
    async with database.read() as session:
        row = (await session.execute(select(InboxRow).where(InboxRow.key == "a1"))).scalar_one()
        assert row.error == "RuntimeError"


async def test_it_sets_aside_what_stops_the_bot_each_time(database: Database) -> None:
    handler = Handler(database)
    await arrive(database, "a1", "a2")
    async with database.write() as session:
        await session.execute(update(InboxRow).where(InboxRow.key == "a1").values(attempts=arrivals.KILLER))
    async with working(database, handler):
        assert await dealt_with(database) == {"a1": "aside", "a2": "done"}

    assert handler.begun == ["a2"]


@pytest.mark.usefixtures("at_once")
async def test_it_sets_aside_what_nobody_handles(database: Database) -> None:
    async with Inbox(database) as store:
        await store.accept("nobody", "x1", b"")
    async with working(database, Handler(database)):
        assert await dealt_with(database) == {"x1": "aside"}


async def test_it_waits_without_counting_while_it_is_not_known_whether_a_message_arrived(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrivals, "_UNTIL_IT_IS_KNOWN", 0.02)
    handler = Handler(database)
    handler.troubles = {"a1": [StillOnItsWay()] * 3}
    await arrive(database, "a1", "a2")
    async with database.write() as session:
        await session.execute(update(InboxRow).values(attempts=arrivals.KILLER - 1))
    async with working(database, handler):
        assert await dealt_with(database) == {"a1": "done", "a2": "done"}

    assert handler.committed == ["a1", "a2"]


async def test_it_takes_up_what_a_killed_worker_held(database: Database, database_url: str) -> None:
    dead, alive, hang = Handler(database), Handler(database), asyncio.Event()
    dead.troubles = {"a1": [hang]}
    await arrive(database, "a1", "a2", "b1")
    async with working(database, dead, killed=True, lease=timedelta(seconds=0.3)):
        await until(lambda: dead.committed == ["b1"])

    restarted = Database(database_url)
    async with working(restarted, alive):
        assert set((await dealt_with(restarted)).values()) == {"done"}
    await restarted.dispose()

    assert alive.committed == ["a1", "a2"]
    assert await effects(database) == ["a1", "a2", "b1"]


async def test_it_undoes_what_a_worker_did_that_lost_its_claim(database: Database, database_url: str) -> None:
    late, other = Handler(database), Database(database_url)
    slow = asyncio.Event()
    late.troubles = {"a1": [slow]}
    await arrive(database, "a1", "a2")
    async with working(database, late) as worker:
        await until(lambda: late.begun == ["a1"])
        async with database.write() as session:
            now = await database.machine_now(session)
            await session.execute(update(InboxRow).values(lease_until=now - timedelta(seconds=1)))
        worker._held.clear()  # it was out of breath and renewed nothing
        prompt = Handler(other)
        async with working(other, prompt):
            await dealt_with(other)
            slow.set()
            await until(lambda: worker.idle)
    await other.dispose()

    assert prompt.committed == ["a1", "a2"]
    assert late.committed == []
    assert await effects(database) == ["a1", "a2"]


async def test_it_holds_on_to_what_takes_longer_than_a_lease(database: Database, database_url: str) -> None:
    slow, handler, idle = asyncio.Event(), Handler(database), Handler(database)
    handler.troubles = {"a1": [slow]}
    other = Database(database_url)
    lease = timedelta(seconds=1)
    await arrive(database, "a1")
    async with working(database, handler, lease=lease):
        await until(lambda: handler.begun)
        async with working(other, idle, lease=lease):
            asyncio.get_running_loop().call_later(2.0, slow.set)
            await dealt_with(database)
    await other.dispose()

    assert handler.begun == handler.committed == ["a1"]
    assert idle.begun == []


async def test_it_deals_with_everything_once_though_two_work_at_once(
    database: Database, database_url: str
) -> None:
    other = Database(database_url)
    handlers = [Handler(database), Handler(other)]
    names = [f"{lane}{number}" for number in range(10) for lane in "abcd"]
    async with working(database, handlers[0]), working(other, handlers[1]):
        await arrive(database, *names)
        assert set((await dealt_with(database)).values()) == {"done"}
    await other.dispose()

    assert await effects(database) == sorted(names)


async def test_it_puts_back_what_it_cannot_finish_when_it_stops(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrivals, "_LAST_CALL", 0.1)
    handler, hang = Handler(database), asyncio.Event()
    handler.troubles = {"a1": [hang]}
    await arrive(database, "a1", "a2")
    async with working(database, handler) as worker:
        await until(lambda: handler.begun)
        await worker.stop()

    assert set((await states(database)).values()) == {"pending"}
    (first,) = await inbox.claim(database, limit=9, lease=timedelta(seconds=30))
    assert (first.key, first.attempts) == ("a1", 1)


@pytest.mark.parametrize("database_kind", ["postgresql"])
async def test_it_survives_a_restart_of_the_database(database: Database, postgres: Postgres) -> None:
    handler, slow = Handler(database), asyncio.Event()
    handler.troubles = {"a1": [slow]}
    await arrive(database, "a1", "a2", "b1")
    async with working(database, handler, lease=timedelta(seconds=1)):
        await until(lambda: "b1" in handler.committed)
        await asyncio.to_thread(postgres.stop)
        slow.set()
        await until(lambda: handler.begun.count("a1"))
        await asyncio.to_thread(postgres.start)
        assert set((await dealt_with(database)).values()) == {"done"}

    assert await effects(database) == ["a1", "a2", "b1"]


async def pour(database: Database, count: int) -> None:
    """Let one thing after the other arrive."""
    async with Inbox(database) as store:
        for number in range(count):
            await store.accept("test", f"{number}", b"poured")


async def test_it_lets_in_what_pours_in_before_it_deals_with_any(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrivals, "_CALM", 2.0)
    monkeypatch.setattr(arrivals, "_LONGEST_POUR", 60.0)
    handler = Handler(database)
    async with working(database, handler):
        await arrive(database, "first")
        await until(lambda: handler.committed, within=30)
        await pour(database, 20)
        assert handler.begun == ["first"]
        await until(lambda: len(handler.committed) == 21, within=30)


async def test_it_goes_on_though_it_never_stops_pouring(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrivals, "_CALM", 2.0)
    monkeypatch.setattr(arrivals, "_LONGEST_POUR", 0.1)
    handler = Handler(database)
    async with working(database, handler):
        pouring = asyncio.create_task(pour(database, 10**6))
        await until(lambda: len(handler.committed) > 8)
        assert not pouring.done()
        pouring.cancel()
        await asyncio.gather(pouring, return_exceptions=True)


async def test_it_works_once_on_what_takes_longer_than_its_lease(database: Database) -> None:
    handler, slow = Handler(database), asyncio.Event()
    handler.troubles["a1"] = [slow]
    await arrive(database, "a1")
    async with working(database, handler) as worker:
        await until(lambda: handler.begun and worker._renew_at)
        async with database.write() as session:  # a machine that stood still: it was not renewed in time
            past = await database.machine_now(session) - timedelta(seconds=1)
            await session.execute(update(InboxRow).values(lease_until=past))
        worker.wake()
        await asyncio.sleep(1.5)
        assert handler.begun == ["a1"]
        slow.set()
        await until(lambda: handler.committed)
    assert handler.begun == handler.committed == ["a1"]
