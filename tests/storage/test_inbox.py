"""The inbox: nothing that was acknowledged is lost, nothing is taken twice, and one bad row fails alone."""

import asyncio
import threading
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import event, func, select, text, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage import blobs, inbox
from bot.storage.database import Database
from bot.storage.inbox import Arrival, Inbox, InboxClosed, InboxRow, LostClaim
from tests.interleaving import meet
from tests.patience import until

LEASE = timedelta(seconds=30)
NONE = timedelta(0)


@pytest_asyncio.fixture
async def store(database: Database) -> AsyncIterator[Inbox]:
    async with Inbox(database) as opened:
        yield opened


async def rows(database: Database) -> list[InboxRow]:
    async with database.read() as session:
        return list((await session.execute(select(InboxRow).order_by(InboxRow.id))).scalars())


async def claim(database: Database, limit: int = 10, lease: timedelta = LEASE) -> list[Arrival]:
    return await inbox.claim(database, limit=limit, lease=lease)


def keys(arrivals: list[Arrival]) -> list[str]:
    return [arrival.key for arrival in arrivals]


async def let_leases_run_out(database: Database) -> None:
    async with database.write() as session:
        now = await database.machine_now(session)
        await session.execute(update(InboxRow).values(lease_until=now - timedelta(seconds=1)))


async def let_retries_come(database: Database) -> None:
    async with database.write() as session:
        await session.execute(update(InboxRow).values(retry_at=None))


async def refuse_poison(database: Database) -> None:
    """Let the database refuse one key, as it would a value that no driver checks."""
    refusal = (
        "CREATE TRIGGER refusal BEFORE INSERT ON inbox WHEN NEW.key = 'poison' "
        "BEGIN SELECT RAISE(ABORT, 'no'); END"
        if database.is_sqlite
        else "ALTER TABLE inbox ADD CONSTRAINT refusal CHECK (key <> 'poison')"
    )
    async with database.write() as session:
        await session.execute(text(refusal))


def driver_threads_ended() -> bool:
    return not any("_connection_worker_thread" in thread.name for thread in threading.enumerate())


def count_inserts(database: Database) -> list[str]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO inbox"):
            seen.append(statement)

    event.listen(database.write_engine.sync_engine, "before_cursor_execute", note)
    return seen


# ---- taking in ----------------------------------------------------------------------------------------


async def test_it_stores_many_callers_with_few_statements(database: Database, store: Inbox) -> None:
    statements = count_inserts(database)

    accepted = await asyncio.gather(*(store.accept("slack", f"Ev{number}", b"{}") for number in range(1200)))

    assert accepted == [True] * 1200
    assert [row.key for row in await rows(database)] == [f"Ev{number}" for number in range(1200)]
    assert len(statements) <= 5


async def test_it_waits_for_those_who_come_back_together(database: Database, store: Inbox) -> None:
    """Requests are read one after the other: whoever is the first would else be committed alone each time."""
    statements = count_inserts(database)

    async def come(number: int, time: int) -> None:
        for _ in range(number % 5):
            await asyncio.sleep(0)
        await store.accept("slack", f"Ev{number}.{time}", b"{}")

    for time in range(20):
        await asyncio.gather(*(come(number, time) for number in range(30)))

    assert len(statements) <= 25


async def test_it_tells_duplicates_in_one_batch_and_across_batches(database: Database, store: Inbox) -> None:
    first = await asyncio.gather(
        *(
            store.accept("slack", key, body)
            for key, body in zip("abacb", (b"a", b"b", b"A", b"c", b"B"), strict=True)
        )
    )
    second = await asyncio.gather(*(store.accept("slack", key, b"other") for key in ("c", "d", "a")))
    elsewhere = await store.accept("mail", "a", b"")

    assert first == [True, True, False, True, False]
    assert second == [False, True, False]
    assert elsewhere
    stored = [(row.source, row.key, row.body) for row in await rows(database)]
    expected = [("slack", "a", b"a"), ("slack", "b", b"b"), ("slack", "c", b"c"), ("slack", "d", b"other")]
    assert stored == [*expected, ("mail", "a", b"")]


async def test_it_tells_duplicates_between_two_replicas(database: Database, database_url: str) -> None:
    other = Database(database_url)
    async with Inbox(database) as one, Inbox(other) as two:
        answers = await asyncio.gather(
            *(
                replica.accept("slack", f"Ev{number}", b"{}")
                for number in range(100)
                for replica in (one, two)
            )
        )
    await other.dispose()

    assert sum(answers) == 100
    assert len(await rows(database)) == 100


async def test_it_lets_a_poisonous_row_fail_alone(database: Database, store: Inbox) -> None:
    await refuse_poison(database)
    answers = await asyncio.gather(
        store.accept("slack", "before", b"1"),
        store.accept("slack", "poison", b"x"),
        store.accept("slack", "after", b"2"),
        return_exceptions=True,
    )

    assert answers[0] is True
    assert isinstance(answers[1], SQLAlchemyError)
    assert answers[2] is True
    assert [row.key for row in await rows(database)] == ["before", "after"]
    assert await store.accept("slack", "later", b"")


async def test_it_takes_nul_and_lone_surrogates_in_names(database: Database, store: Inbox) -> None:
    bad = "a\x00b\ud83dc"
    assert await asyncio.gather(
        store.accept(bad, bad, b"\x00\xff", lane=bad), store.accept("slack", "good", b"")
    ) == [True, True]

    assert not await store.accept(bad, bad, b"again")
    (first, _) = await rows(database)
    assert (first.key, first.lane, first.body) == ("a\ufffdb\ufffdc", "a\ufffdb\ufffdc", b"\x00\xff")


async def test_it_stores_blobs_in_the_same_transaction(database: Database, store: Inbox) -> None:
    content = b"raw mail" * 1000
    name = blobs.digest(content)
    await asyncio.gather(
        store.accept("mail", "1", b"", blobs={name: content}),
        store.accept("mail", "2", b"", blobs={name: content}),
    )

    async with database.read() as session:
        assert await blobs.get(session, name) == content


async def test_it_stores_no_blob_of_a_row_that_could_not_be_stored(database: Database, store: Inbox) -> None:
    await refuse_poison(database)
    name = blobs.digest(b"lost")
    with pytest.raises(SQLAlchemyError):
        await store.accept("mail", "poison", b"x", blobs={name: b"lost"})

    async with database.read() as session:
        with pytest.raises(blobs.MissingBlob):
            await blobs.get(session, name)


async def test_it_stores_what_waits_when_it_closes_and_refuses_afterwards(database: Database) -> None:
    async with Inbox(database) as store:
        waiting = [asyncio.create_task(store.accept("slack", str(number), b"")) for number in range(20)]
        await asyncio.sleep(0)
    assert await asyncio.gather(*waiting) == [True] * 20

    with pytest.raises(InboxClosed):
        await store.accept("slack", "late", b"")
    assert len(await rows(database)) == 20


async def test_it_tells_each_caller_when_the_database_is_gone(tmp_path: Any) -> None:
    lost = Database(f"sqlite+aiosqlite:///{tmp_path / 'no' / 'such' / 'directory.sqlite'}")
    async with Inbox(lost) as store:
        answers = await asyncio.gather(
            *(store.accept("slack", str(number), b"") for number in range(3)), return_exceptions=True
        )
    await lost.dispose()
    # The thread of a connection that never came about still wants this loop for a moment.
    await until(driver_threads_ended)

    assert all(isinstance(answer, SQLAlchemyError) for answer in answers)


# ---- claims -------------------------------------------------------------------------------------------


async def test_it_claims_in_the_order_of_arrival_and_once(database: Database, store: Inbox) -> None:
    for key in "abcde":
        await store.accept("slack", key, b"", lane=key)

    assert keys(await claim(database, limit=2)) == ["a", "b"]
    assert keys(await claim(database)) == ["c", "d", "e"]
    assert await claim(database) == []


async def test_it_gives_no_row_to_two_replicas_that_claim_at_once(database_url: str) -> None:
    replicas = [Database(database_url) for _ in range(4)]
    async with Inbox(replicas[0]) as store:
        await asyncio.gather(*(store.accept("slack", str(n), b"", lane=f"lane {n}") for n in range(120)))

    async def claim_all(replica: Database) -> list[Arrival]:
        found = []
        while batch := await claim(replica, limit=3):
            found += batch
        return found

    claimed = await asyncio.gather(*map(claim_all, replicas))
    for replica in replicas:
        await replica.dispose()

    ids = [arrival.id for batch in claimed for arrival in batch]
    assert len(ids) == len(set(ids)) == 120


async def test_it_lets_another_replica_take_up_what_a_dead_one_held(database: Database, store: Inbox) -> None:
    await store.accept("slack", "a", b"")
    (dead,) = await claim(database)
    await let_leases_run_out(database)

    (taken,) = await claim(database)

    assert (taken.id, taken.token) == (dead.id, dead.token + 1)


async def test_it_lets_the_dead_one_change_nothing_when_it_wakes(database: Database, store: Inbox) -> None:
    await store.accept("slack", "a", b"")
    (dead,) = await claim(database)
    await let_leases_run_out(database)
    (alive,) = await claim(database)

    async def wakes_and_writes() -> None:
        async with database.write() as session:
            await blobs.put(database, session, {"effect": b"of the dead"})
            await inbox.finish(session, dead)

    with pytest.raises(LostClaim):
        await wakes_and_writes()
    await inbox.renew(database, [dead], lease=timedelta(hours=1))
    for act in (inbox.set_aside, inbox.release):
        with pytest.raises(LostClaim):
            async with database.write() as session:
                await act(session, dead, error="", **({} if act is inbox.set_aside else {"retry_at": None}))

    async with database.read() as session:
        with pytest.raises(blobs.MissingBlob):
            await blobs.get(session, "effect")
    async with database.write() as session:
        await inbox.finish(session, alive)
    assert [row.state for row in await rows(database)] == ["done"]


async def test_it_keeps_a_claim_that_is_renewed(database: Database, store: Inbox) -> None:
    await store.accept("slack", "a", b"")
    arrivals = await claim(database, lease=NONE)
    await inbox.renew(database, arrivals, lease=LEASE)

    assert await claim(database) == []


async def test_it_keeps_a_lane_in_order_behind_a_row_another_replica_holds(
    database: Database, store: Inbox
) -> None:
    for key in ("a1", "b1", "a2"):
        await store.accept("slack", key, b"", lane=key[0])
    (held,) = await claim(database, limit=1)

    assert keys(await claim(database)) == ["b1"]
    assert await claim(database) == []

    async with database.write() as session:
        await inbox.finish(session, held)
    assert keys(await claim(database)) == ["a2"]


async def test_it_lets_a_lane_wait_for_its_retry(database: Database, store: Inbox) -> None:
    for key in ("a1", "a2", "b1"):
        await store.accept("slack", key, b"", lane=key[0])
    first, other = await claim(database)
    assert (first.key, other.key) == ("a1", "b1")
    async with database.write() as session:
        soon = await database.machine_now(session) + timedelta(minutes=1)
        await inbox.release(session, first, retry_at=soon, error="Oops")

    assert await claim(database) == []
    await let_retries_come(database)
    (again,) = await claim(database)
    assert (again.key, again.attempts) == ("a1", 2)


async def test_it_lets_a_row_that_nobody_began_count_no_try(database: Database, store: Inbox) -> None:
    for key in ("a1", "a2"):
        await store.accept("slack", key, b"", lane="a")
    for _ in range(5):  # killed each time
        await claim(database)
        await let_leases_run_out(database)
    (first,) = await claim(database)
    async with database.write() as session:
        await inbox.finish(session, first)
    (second,) = await claim(database)

    assert (first.attempts, second.attempts) == (6, 1)


async def test_it_lets_a_row_set_aside_hold_up_nothing(database: Database, store: Inbox) -> None:
    await store.accept("slack", "a1", b"", lane="a")
    await store.accept("slack", "a2", b"", lane="a")
    (first,) = await claim(database, limit=1)
    async with database.write() as session:
        await inbox.set_aside(session, first, error="hopeless")

    assert keys(await claim(database)) == ["a2"]
    async with database.read() as session:
        assert await inbox.waiting(session) == 1


async def test_it_deals_again_with_what_was_set_aside_when_an_admin_wants_it(
    database: Database, store: Inbox
) -> None:
    await store.accept("slack", "a", b"")
    (given_up,) = await claim(database)
    async with database.write() as session:
        await inbox.set_aside(session, given_up, error="hopeless")
    async with database.write() as session:
        (row,) = await inbox.aside(session)
        assert row.error == "hopeless"
        assert await inbox.retry(session, row.id)
        assert not await inbox.retry(session, row.id)

    (again,) = await claim(database)
    assert (again.key, again.attempts) == ("a", 1)


async def test_it_frees_all_claims_for_the_one_process_of_an_embedded_database(
    database: Database, store: Inbox
) -> None:
    await store.accept("slack", "a", b"")
    (held,) = await claim(database)
    async with database.write() as session:
        await inbox.take_back_claims(session)

    (again,) = await claim(database)
    assert again.token > held.token


# ---- in a transaction of ours ---------------------------------------------------------------------------


async def test_it_enqueues_with_the_transaction_and_once(database: Database) -> None:
    async def enqueue(*, broken: bool) -> bool:
        async with database.write() as session:
            added = await inbox.enqueue(session, "self", "k", b"body", lane="l")
            if broken:
                raise RuntimeError
            return added

    with pytest.raises(RuntimeError):
        await enqueue(broken=True)
    assert await rows(database) == []
    assert await enqueue(broken=False)
    assert not await enqueue(broken=False)
    assert keys(await claim(database)) == ["k"]


async def test_it_wakes_its_worker_after_the_commit_only(database: Database) -> None:
    woken: list[int] = []
    database.on_commit("inbox", lambda: woken.append(1))

    async def enqueue(*, broken: bool) -> None:
        async with database.write() as session:
            await inbox.enqueue(session, "self", "a", b"")
            assert not woken
            if broken:
                raise RuntimeError

    with pytest.raises(RuntimeError):
        await enqueue(broken=True)
    assert not woken
    await enqueue(broken=False)
    assert woken == [1]


async def test_it_counts_with_business_time_nowhere(database: Database, store: Inbox) -> None:
    await store.accept("slack", "a", b"")
    await claim(database)
    async with database.read() as session:
        stored = (await session.execute(select(InboxRow))).scalar_one()
        now = await database.machine_now(session)
        assert (await session.execute(select(func.count(InboxRow.id)))).scalar_one() == 1
    assert stored.lease_until is not None
    assert timedelta(0) < stored.lease_until - now <= LEASE
    assert abs(stored.received_at - now) < timedelta(seconds=5)


@pytest.mark.parametrize("database_kind", ["postgresql"])
async def test_it_leaves_what_is_being_finished_though_its_lease_has_run_out(database: Database) -> None:
    async with database.write() as session:
        await inbox.enqueue(session, "test", "a", b"")
    (held,) = await claim(database)
    await let_leases_run_out(database)
    other: list[Arrival] = []

    async def finish(session: AsyncSession) -> None:
        await inbox.finish(session, held)

    async def claim_too(_: AsyncSession) -> None:
        other.extend(await claim(database))

    await meet(database, finish, claim_too)
    assert other == []
    assert [row.state for row in await rows(database)] == ["done"]


async def test_it_claims_nothing_that_the_same_worker_works_on(database: Database) -> None:
    async with database.write() as session:
        await inbox.enqueue(session, "test", "a", b"")
    (held,) = await claim(database)
    await let_leases_run_out(database)
    assert await inbox.claim(database, limit=10, lease=LEASE, spared={held.id}) == []
    assert keys(await claim(database)) == ["a"]


async def test_it_goes_on_taking_in_after_an_error_nobody_thought_of(
    store: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any) -> None:
        raise MemoryError

    with monkeypatch.context() as broken:
        broken.setattr(blobs, "put", fail)
        with pytest.raises(MemoryError):
            await store.accept("test", "a", b"")
    assert await store.accept("test", "b", b"")
    assert not store.pulse.is_missed
