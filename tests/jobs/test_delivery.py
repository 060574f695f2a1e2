"""The dispatcher: in order per lane, once, through failures, kills, replicas and restarts."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import MovableClock, monotonic
from bot.ports import NotDelivered, Uncertain, Undeliverable
from bot.storage import blobs, outbox
from bot.storage.database import Database
from bot.storage.leases import LeaseRow
from bot.storage.outbox import OutboxRow
from jobs.delivery import NO_COURIER, ORPHANED
from tests.conftest import Postgres
from tests.jobs.couriers import GRACE, Recorder, add, dispatching, rows, settled, states
from tests.patience import until

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WEEK = timedelta(weeks=1)


# ---- order ----------------------------------------------------------------------------------------------


async def test_it_delivers_each_lane_in_order(database: Database) -> None:
    courier = Recorder()
    await add(database, "a1", "b1", "a2", "b2", "a3")
    async with dispatching(database, courier):
        assert set((await settled(database)).values()) == {"sent"}

    assert courier.lane("a") == ["a1", "a2", "a3"]
    assert courier.lane("b") == ["b1", "b2"]


async def test_it_does_not_let_a_slow_lane_hold_up_another(database: Database) -> None:
    courier, open_up = Recorder(), asyncio.Event()
    courier.fail_before(open_up)
    await add(database, "a1", "a2", "b1", "b2")
    async with dispatching(database, courier):
        # Whichever lane comes first is the slow one: on PostgreSQL both begin at once.
        await until(lambda: courier.texts in (["a1", "a2"], ["b1", "b2"]))
        open_up.set()
        await settled(database)

    assert courier.lane("a") == ["a1", "a2"]
    assert courier.lane("b") == ["b1", "b2"]


async def test_it_delivers_at_once_what_is_added_while_it_waits(database: Database) -> None:
    courier = Recorder()
    async with dispatching(database, courier, lease=timedelta(seconds=60)):
        await add(database, "a1")
        await settled(database)
        await add(database, "a2")
        await settled(database, within=3)

    assert courier.texts == ["a1", "a2"]


async def test_it_keeps_a_held_row_until_its_time_in_business_time(database: Database) -> None:
    courier, clock = Recorder(), MovableClock(NOW, running=False)
    await add(database, "a1", not_before=NOW + WEEK)
    await add(database, "a2")
    async with dispatching(database, courier, clock=clock) as dispatcher:
        await until(lambda: courier.texts == ["a2"])
        clock.advance(WEEK)
        dispatcher.wake()
        await settled(database)

    assert courier.texts == ["a2", "a1"]


async def test_it_resolves_references_to_channel_message_and_thread(database: Database) -> None:
    courier = Recorder()
    (card,) = await add(database, "card", payload={"channel": "C9"})
    (reply,) = await add(database, "reply", after_id=card)
    await add(database, "update", kind="slack.update", after_id=reply)
    await add(database, "file", kind="slack.file", lane="x", after_id=reply)
    async with dispatching(database, courier):
        await settled(database)

    sent = {letter.payload["text"]: dict(letter.payload) for letter in courier.received}
    ts = {row.key: row.ts for row in await rows(database)}
    assert sent["reply"] == {"text": "reply", "channel": "C9", "thread_ts": ts["card"]}
    assert sent["update"] == {"text": "update", "channel": "C9", "ts": ts["reply"]}
    assert sent["file"] == {"text": "file", "channel": "C9", "thread_ts": ts["card"]}


# ---- failures ---------------------------------------------------------------------------------------------


async def test_it_waits_as_long_as_it_is_asked_to_and_counts_no_try(database: Database) -> None:
    courier = Recorder()
    courier.fail_before(*[NotDelivered("wait", retry_after=0.2)] * 3)
    await add(database, "a1")
    began = monotonic()
    async with dispatching(database, courier, attempts=1):
        await settled(database)

    assert courier.texts == ["a1"]
    assert monotonic() - began >= 0.6
    assert (await rows(database))[0].attempts == 1


async def test_it_tries_again_what_was_turned_away(database: Database) -> None:
    courier = Recorder()
    courier.fail_before(NotDelivered("refused"))
    await add(database, "a1", "a2")
    async with dispatching(database, courier):
        assert set((await settled(database)).values()) == {"sent"}

    assert courier.texts == ["a1", "a2"]


async def test_it_sets_a_poison_row_aside_and_tells_whoever_asked(database: Database) -> None:
    courier, told = Recorder(), []
    courier.fail_before(NotDelivered("the server is away"))

    async def outcome(_: AsyncSession, row: OutboxRow) -> None:
        told.append((row.key, row.subject_id, row.state, row.error))

    await add(database, "a1", purpose="answer", subject_id=7)
    await add(database, "a2", purpose="answer", subject_id=8)
    async with dispatching(database, courier, outcomes={"answer": outcome}, attempts=1):
        assert await settled(database) == {"a1": "failed", "a2": "sent"}

    said = NotDelivered("the server is away").sentence
    assert told == [("a1", 7, "failed", said), ("a2", 8, "sent", None)]


async def test_it_sets_aside_what_can_never_be_delivered_with_all_that_hangs_on_it(
    database: Database,
) -> None:
    courier, told = Recorder(), []
    courier.fail_before(Undeliverable("the channel is gone"))

    async def outcome(_: AsyncSession, row: OutboxRow) -> None:
        told.append((row.key, row.error))

    (card,) = await add(database, "a card")
    (reply,) = await add(database, "a reply", after_id=card, purpose="answer")
    await add(database, "f file", after_id=reply, purpose="answer")
    await add(database, "a later")
    async with dispatching(database, courier, outcomes={"answer": outcome}):
        expected = {"a card": "failed", "a reply": "failed", "f file": "failed", "a later": "sent"}
        assert await settled(database) == expected
        await add(database, "a much later", after_id=card)
        assert (await settled(database))["a much later"] == "failed"

    assert courier.texts == ["a later"]
    assert sorted(told) == [("a reply", ORPHANED), ("f file", ORPHANED)]


async def test_it_delivers_everything_once_an_admin_retries(database: Database) -> None:
    courier = Recorder()
    courier.fail_before(Undeliverable("the channel is gone"))
    (card,) = await add(database, "a card")
    await add(database, "a reply", after_id=card)
    async with dispatching(database, courier):
        await settled(database)
        async with database.write() as session:
            assert await outbox.retry(session, card)
        assert set((await settled(database)).values()) == {"sent"}

    assert courier.texts == ["a card", "a reply"]


async def test_it_sets_aside_what_nothing_here_can_carry(database: Database) -> None:
    await add(database, "a1", kind="carrier.pigeon")
    async with dispatching(database, Recorder()):
        assert await settled(database) == {"a1": "failed"}

    assert NO_COURIER in str((await rows(database))[0].error)


# ---- uncertain --------------------------------------------------------------------------------------------


async def test_it_does_not_repeat_what_got_through_without_an_answer(database: Database) -> None:
    courier = Recorder()
    courier.fail_after(Uncertain("the connection broke"))
    await add(database, "a1", "a2")
    began = monotonic()
    async with dispatching(database, courier):
        assert set((await settled(database)).values()) == {"sent"}

    assert courier.texts == ["a1", "a2"]
    assert courier.asked == ["a1"]
    assert monotonic() - began >= GRACE
    assert (await rows(database))[0].ts == "1.0"


async def test_it_repeats_what_did_not_get_through(database: Database) -> None:
    courier = Recorder()
    courier.fail_before(Uncertain("the connection broke"))
    await add(database, "a1", "a2")
    async with dispatching(database, courier):
        await settled(database)

    assert courier.texts == ["a1", "a2"]


async def test_it_asks_only_after_the_grace_period(database: Database) -> None:
    courier = Recorder()
    courier.fail_before(Uncertain("the connection broke"))
    await add(database, "a1")
    async with dispatching(database, courier, grace=60):
        await until(lambda: not courier.troubles and not courier.under_way)
        await until(_is_uncertain(database))
        (row,) = await rows(database)

    assert courier.asked == []
    assert row.retry_at is not None
    assert row.tried_at is not None
    assert row.retry_at - row.tried_at > timedelta(seconds=59)


def _is_uncertain(database: Database):  # noqa: ANN202 - a check for `until`
    async def check() -> bool:
        return (await states(database))["a1"] == "uncertain"

    return check


async def test_it_asks_again_when_nobody_could_tell(database: Database) -> None:
    courier = Recorder()
    courier.fail_after(Uncertain("the connection broke"))
    courier.answers += [
        Uncertain("broke again"),
        NotDelivered("not reached"),
        RuntimeError("a mistake"),
        None,
    ]
    await add(database, "a1")
    async with dispatching(database, courier):
        assert await settled(database) == {"a1": "sent"}

    assert courier.texts == ["a1"]
    assert courier.asked == ["a1"] * 4


async def test_it_sets_aside_what_can_neither_be_found_nor_repeated(database: Database) -> None:
    courier = Recorder()
    courier.fail_after(Uncertain("the connection broke"))
    courier.answers.append(Undeliverable("nobody can tell"))
    await add(database, "a1", "a2")
    async with dispatching(database, courier):
        assert await settled(database) == {"a1": "failed", "a2": "sent"}


async def test_it_does_not_try_for_ever_what_breaks_each_time(database: Database) -> None:
    courier = Recorder()
    courier.fail_before(*[Uncertain("it answered 500")] * 3)
    await add(database, "a1", "a2")
    async with dispatching(database, courier, attempts=3):
        assert await settled(database) == {"a1": "failed", "a2": "sent"}


async def test_it_takes_a_couriers_mistake_as_uncertain(database: Database) -> None:
    courier = Recorder()
    courier.fail_after(KeyError("a mistake of ours"))
    await add(database, "a1", "b1")
    async with dispatching(database, courier):
        assert set((await settled(database)).values()) == {"sent"}

    assert sorted(courier.texts) == ["a1", "b1"]


async def test_it_keeps_that_a_row_left_though_what_follows_from_it_fails(database: Database) -> None:
    async def outcome(session: AsyncSession, row: OutboxRow) -> None:
        await blobs.put(database, session, {row.key: b"half of the effect"})
        raise KeyError("a mistake of ours")

    courier = Recorder()
    await add(database, "a1", purpose="answer")
    await add(database, "a2")
    async with dispatching(database, courier, outcomes={"answer": outcome}):
        assert set((await settled(database)).values()) == {"sent"}

    assert courier.texts == ["a1", "a2"]
    async with database.read() as session:
        with pytest.raises(blobs.MissingBlob):
            await blobs.get(session, "a1")


# ---- files ------------------------------------------------------------------------------------------------


async def test_it_commits_what_was_prepared_before_it_relies_on_it(database: Database) -> None:
    courier, hang = Recorder(), asyncio.Event()
    courier.fail_before(hang)
    await add(database, "a1", payload={"file": True})
    async with dispatching(database, courier, killed=True):
        await until(lambda: courier.under_way)
        assert (await rows(database))[0].progress == {"ticket": 1}

    async with dispatching(database, courier):
        await settled(database)
    assert courier.prepared == ["a1"]
    assert [dict(letter.progress) for letter in courier.received] == [{"ticket": 1}]


# ---- kills and replicas -----------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["after acting", "before acting"])
async def test_it_delivers_once_though_it_is_killed(
    database: Database, database_url: str, moment: str
) -> None:
    courier, hang = Recorder(), asyncio.Event()
    (courier.fail_after if moment == "after acting" else courier.fail_before)(hang, hang)
    await add(database, "a1", "b1", "a2")
    async with dispatching(database, courier, killed=True):
        await until(lambda: courier.under_way == 2)
    assert set((await states(database)).values()) == {"sending", "pending"}

    restarted = Database(database_url)
    async with dispatching(restarted, courier):
        assert set((await settled(restarted)).values()) == {"sent"}
    await restarted.dispose()

    assert sorted(courier.texts) == ["a1", "a2", "b1"]
    assert courier.lane("a") == ["a1", "a2"]


async def test_it_delivers_once_though_two_dispatch_at_once(database: Database, database_url: str) -> None:
    other, courier = Database(database_url), Recorder()
    texts = [f"{lane}{number}" for number in range(10) for lane in "abcd"]
    async with dispatching(database, courier), dispatching(other, courier):
        for text in texts:
            await add(database, text)
        assert set((await settled(database)).values()) == {"sent"}
    await other.dispose()

    assert sorted(courier.texts) == sorted(texts)
    for lane in "abcd":
        assert courier.lane(lane) == [f"{lane}{number}" for number in range(10)]


async def test_it_delivers_once_though_the_lease_is_lost_in_the_middle(
    database: Database, database_url: str
) -> None:
    other, courier, slow = Database(database_url), Recorder(), asyncio.Event()
    courier.fail_before(slow)
    await add(database, "a1", "a2")
    async with dispatching(database, courier, lease=timedelta(seconds=0.05)) as first:
        await until(lambda: courier.under_way)
        first._held_until = monotonic() + 60  # it hangs, and believes that it still leads
        async with dispatching(other, courier, lease=timedelta(seconds=0.6), grace=1.0):
            await until(_is_uncertain(database))
            slow.set()  # the call of the first lands only now
            assert set((await settled(database)).values()) == {"sent"}
    await other.dispose()

    assert courier.texts == ["a1", "a2"]


async def test_it_hands_over_at_once_when_it_stops(database: Database, database_url: str) -> None:
    other, courier = Database(database_url), Recorder()
    minute = timedelta(seconds=60)
    async with dispatching(database, courier, lease=minute):
        await add(database, "a1")
        await settled(database)
    async with dispatching(other, courier, lease=minute):
        await add(other, "a2")
        await settled(other, within=5)
    await other.dispose()

    assert courier.texts == ["a1", "a2"]


@pytest.mark.parametrize("database_kind", ["postgresql"])
async def test_it_keeps_its_lease_though_business_time_moves_by_a_week(
    database: Database, database_url: str
) -> None:
    other, courier, idle = Database(database_url), Recorder(), Recorder()
    clocks = [MovableClock(NOW), MovableClock(NOW)]
    half_a_minute = timedelta(seconds=30)
    async with dispatching(database, courier, clock=clocks[0], lease=half_a_minute) as first:
        await until(lambda: first._token)
        async with dispatching(other, idle, clock=clocks[1], lease=half_a_minute) as second:
            for clock in clocks:
                clock.advance(WEEK)
            second.wake()
            await add(database, "a1")
            await settled(database)
            assert second._token is None
    await other.dispose()

    assert courier.texts == ["a1"]
    assert idle.texts == []


async def test_it_lets_what_is_on_its_way_arrive_when_it_stops(database: Database) -> None:
    courier, slow = Recorder(), asyncio.Event()
    courier.fail_before(slow)
    await add(database, "a1", "a2")
    async with dispatching(database, courier) as dispatcher:
        await until(lambda: courier.under_way)
        asyncio.get_running_loop().call_later(0.2, slow.set)
        await dispatcher.stop()
        assert dispatcher.idle

    assert await states(database) == {"a1": "sent", "a2": "pending"}


async def test_it_loses_no_lane_when_the_database_fails_while_it_looks_around(database: Database) -> None:
    failed: list[str] = []

    def fail(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        # The last thing it asks for: what may go has been found by then.
        if "min(outbox.retry_at)" in statement and not failed:
            failed.append(statement)
            raise ConnectionError("the database went away")

    courier = Recorder()
    await add(database, "a1", "a2", "b1")
    event.listen(database.read_engine.sync_engine, "before_cursor_execute", fail)
    async with dispatching(database, courier):
        assert set((await settled(database)).values()) == {"sent"}

    assert failed
    assert sorted(courier.texts) == ["a1", "a2", "b1"]


@pytest.mark.parametrize("database_kind", ["postgresql"])
async def test_it_tells_again_who_had_to_give_way_while_hearing_what_became_of_it(database: Database) -> None:
    told: list[str] = []

    async def outcome(session: AsyncSession, row: OutboxRow) -> None:
        told.append(row.state)
        if len(told) == 1:
            await session.execute(text("SET LOCAL lock_timeout = 50"))
        await session.execute(update(LeaseRow).where(LeaseRow.name == "matter").values(holder=row.key))

    async with database.write() as session:
        session.add(LeaseRow(name="matter", holder="", token=0, until=NOW))
    async with dispatching(database, Recorder(), outcomes={"answer": outcome}):
        async with database.write() as session:
            await session.execute(update(LeaseRow).values(holder="somebody"))
            await add(database, "a1", purpose="answer")
            await until(lambda: len(told) > 1)
        assert await settled(database) == {"a1": "sent"}

    async with database.read() as session:
        matter = select(LeaseRow.holder).where(LeaseRow.name == "matter")
        assert (await session.execute(matter)).scalar_one() == "a1"


async def test_it_looks_no_sooner_than_it_is_allowed_to(database: Database) -> None:
    courier = Recorder()
    courier.fail_after(Uncertain("no answer"))
    courier.answers.append(NotDelivered("too many", retry_after=1.5))
    await add(database, "a1")
    began = monotonic()
    async with dispatching(database, courier):
        assert await settled(database) == {"a1": "sent"}

    assert courier.asked == ["a1", "a1"]
    assert monotonic() - began > 1.5


@pytest.mark.parametrize("database_kind", ["postgresql"])
async def test_it_sends_nothing_again_that_arrived_while_the_database_was_away(
    database: Database, postgres: Postgres
) -> None:
    """A mail, which cannot be asked whether it left."""
    courier, slow = Recorder(), asyncio.Event()
    courier.fail_after(slow)
    courier.remembers = False
    await add(database, "a1", "a2")
    async with dispatching(database, courier):
        await until(lambda: courier.under_way)
        await asyncio.to_thread(postgres.stop)
        slow.set()
        await until(lambda: not courier.under_way)
        await asyncio.sleep(1)
        await asyncio.to_thread(postgres.start)
        assert set((await settled(database)).values()) == {"sent"}

    assert courier.texts == ["a1", "a2"]


@pytest.mark.parametrize("database_kind", ["postgresql"])
async def test_it_survives_a_restart_of_the_database(database: Database, postgres: Postgres) -> None:
    courier, slow = Recorder(), asyncio.Event()
    courier.fail_after(slow)
    await add(database, "a1", "a2", "b1")
    async with dispatching(database, courier):
        await until(lambda: courier.texts.count("b1") and courier.under_way)
        await asyncio.to_thread(postgres.stop)
        slow.set()  # it got through, and there is nowhere to write that down
        await until(lambda: not courier.under_way)
        await asyncio.to_thread(postgres.start)
        assert set((await settled(database)).values()) == {"sent"}

    assert sorted(courier.texts) == ["a1", "a2", "b1"]
