"""The outbox: added once, in order per lane, replaced by what says it better, never out of its turn."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.ports import Delivered
from bot.storage import dispatch, outbox
from bot.storage.database import Database
from bot.storage.outbox import Draft, OutboxRow

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SOON = timedelta(minutes=1)
POSTED = Delivered("C1", "1.0")


async def add(database: Database, key: str, lane: str = "slack:C1", **more: Any) -> int:
    async with database.write() as session:
        payload = more.pop("payload", {"text": key})
        draft = Draft(key=key, kind=more.pop("kind", "slack.post"), lane=lane, payload=payload, **more)
        return await outbox.add(session, draft)


async def row(database: Database, row_id: int) -> OutboxRow:
    async with database.read() as session:
        return await outbox.get(session, row_id)


async def ready(database: Database, now: datetime = NOW, busy: tuple[str, ...] = ()) -> list[str]:
    async with database.read() as session:
        heads = await dispatch.heads(session, now=now, real=NOW, busy=busy, limit=50)
    return [head.key for head in heads]


async def start(database: Database, row_id: int, token: int = 1) -> bool:
    async with database.write() as session:
        return await dispatch.start(session, row_id, token=token, real=NOW)


async def settle(database: Database, row_id: int, state: str = "sent", token: int = 1) -> bool:
    async with database.write() as session:
        return await dispatch.settle(
            session, row_id, token=token, state=state, delivered=POSTED if state == "sent" else None
        )


async def put_back(database: Database, row_id: int, state: str, retry_at: datetime) -> bool:
    async with database.write() as session:
        return await dispatch.put_back(session, row_id, token=1, state=state, retry_at=retry_at, error="hm")


# ---- adding -------------------------------------------------------------------------------------------


async def test_it_adds_a_key_once(database: Database) -> None:
    first = await add(database, "a")
    assert await add(database, "a", lane="elsewhere") == first
    assert await add(database, "b") != first
    assert (await row(database, first)).lane == "slack:C1"


async def test_it_adds_a_key_once_when_two_decide_at_once(database_url: str) -> None:
    replicas = [Database(database_url) for _ in range(4)]
    ids = await asyncio.gather(*(add(one, "same") for one in replicas * 3))
    for replica in replicas:
        await replica.dispose()

    assert len(set(ids)) == 1


async def test_it_finds_a_key_that_had_to_be_cleaned(database: Database) -> None:
    assert await add(database, "a\x00\ud800") == await add(database, "a\x00\ud800")


async def test_it_gives_every_row_an_id_of_its_own_that_says_nothing(database: Database) -> None:
    uids = {(await row(database, await add(database, str(number)))).uid for number in range(20)}
    assert len(uids) == 20
    assert all(len(uid) == 32 for uid in uids)


async def test_it_replaces_what_has_not_left_by_the_newer_of_the_same_topic(database: Database) -> None:
    leaving = await add(database, "1", topic="card")
    await start(database, leaving)
    waiting = await add(database, "2", topic="card")
    other = await add(database, "3", topic="another card")
    newest = await add(database, "4", topic="card")

    states = [(await row(database, one)).state for one in (leaving, waiting, other, newest)]
    assert states == ["sending", "superseded", "pending", "pending"]


async def test_it_keeps_the_newest_when_an_old_key_of_the_topic_comes_again(database: Database) -> None:
    await add(database, "1", topic="card")
    newest = await add(database, "2", topic="card")
    await add(database, "1", topic="card")

    assert (await row(database, newest)).state == "pending"


# ---- order --------------------------------------------------------------------------------------------


async def test_it_gives_the_first_of_each_lane(database: Database) -> None:
    first = await add(database, "a1", lane="a")
    await add(database, "a2", lane="a")
    await add(database, "b1", lane="b")

    assert await ready(database) == ["a1", "b1"]
    assert await ready(database, busy=("a",)) == ["b1"]
    await start(database, first)
    assert await ready(database) == ["b1"]
    await settle(database, first)
    assert await ready(database) == ["a2", "b1"]


async def test_it_lets_a_held_row_wait_without_holding_up_its_lane(database: Database) -> None:
    await add(database, "held", not_before=NOW + SOON)
    await add(database, "next")

    assert await ready(database) == ["next"]
    assert await ready(database, now=NOW + SOON) == ["held"]


@pytest.mark.parametrize("state", ["pending", "uncertain"])
async def test_it_lets_a_lane_wait_for_the_row_to_be_tried_again(database: Database, state: str) -> None:
    first = await add(database, "first")
    await add(database, "second")
    await start(database, first)
    await put_back(database, first, state, NOW + SOON)

    assert await ready(database) == []


async def test_it_lets_a_row_wait_for_the_one_it_belongs_to(database: Database) -> None:
    parent = await add(database, "card", lane="a")
    await add(database, "file", lane="b", after_id=parent)
    assert await ready(database) == ["card"]
    await start(database, parent)
    assert await ready(database) == []
    await settle(database, parent)

    assert await ready(database) == ["file"]


async def test_it_lets_nobody_wait_for_a_row_that_waits_for_another(database: Database) -> None:
    parent = await add(database, "held card", lane="a", not_before=NOW + SOON)
    await add(database, "below it", after_id=parent)
    await add(database, "unconcerned")

    assert await ready(database) == ["unconcerned"]


@pytest.mark.parametrize("end", ["failed", "cancelled"])
async def test_it_names_the_rows_that_wait_in_vain(database: Database, end: str) -> None:
    parent = await add(database, "card", lane="a")
    child = await add(database, "below it", after_id=parent)
    async with database.write() as session:
        if end == "cancelled":
            await outbox.cancel(session, parent)
        else:
            await dispatch.start(session, parent, token=1, real=NOW)
            await dispatch.settle(session, parent, token=1, state="failed", error="gone")
    late = await add(database, "even later", after_id=parent)

    async with database.write() as session:
        assert await dispatch.stranded(session, limit=9) == [child, late]
        assert await dispatch.strand(session, child, error="in vain")
        assert not await dispatch.strand(session, child, error="in vain")
        assert await dispatch.stranded(session, limit=9) == [late]


# ---- who may do what ------------------------------------------------------------------------------------


async def test_it_cancels_only_what_was_never_tried(database: Database) -> None:
    fresh, tried = await add(database, "fresh"), await add(database, "tried", lane="b")
    await start(database, tried)
    await put_back(database, tried, "pending", NOW)
    async with database.write() as session:
        assert await outbox.cancel(session, fresh)
        assert not await outbox.cancel(session, fresh)
        assert not await outbox.cancel(session, tried)

    assert not await start(database, fresh)
    assert await ready(database) == ["tried"]


async def test_it_hastens_what_is_held(database: Database) -> None:
    held = await add(database, "held", not_before=NOW + SOON)
    async with database.write() as session:
        assert await outbox.hasten(session, held)
    assert await ready(database) == ["held"]
    await start(database, held)
    async with database.write() as session:
        assert not await outbox.hasten(session, held)


async def test_it_lets_one_dispatcher_start_a_row(database_url: str) -> None:
    replicas = [Database(database_url) for _ in range(4)]
    row_id = await add(replicas[0], "a")
    won = await asyncio.gather(*(start(one, row_id, token=number) for number, one in enumerate(replicas)))
    for replica in replicas:
        await replica.dispose()

    assert sum(won) == 1


async def test_it_lets_a_dispatcher_of_the_past_settle_nothing(database: Database) -> None:
    row_id = await add(database, "a")
    await start(database, row_id, token=1)
    async with database.write() as session:
        assert await dispatch.doubt_orphans(session, token=2, retry_at=NOW, spared=()) == 1

    assert not await settle(database, row_id, token=1, state="failed")
    assert not await put_back(database, row_id, "pending", NOW)
    async with database.write() as session:
        assert not await dispatch.note_progress(session, row_id, token=1, progress={"file_id": "F"})
        assert not await dispatch.take_up(session, row_id, token=1)
        assert await dispatch.take_up(session, row_id, token=2)
    assert await settle(database, row_id, token=2)


async def test_it_notes_what_a_dispatcher_of_the_past_saw_arrive_until_it_is_tried_again(
    database: Database,
) -> None:
    seen, again = await add(database, "seen"), await add(database, "again", lane="b")
    for row_id in (seen, again):
        await start(database, row_id, token=1)
    async with database.write() as session:
        await dispatch.doubt_orphans(session, token=2, retry_at=NOW, spared=())
        assert await dispatch.put_back(session, again, token=2, state="pending", retry_at=None, error=None)
    assert await start(database, again, token=2)

    assert await settle(database, seen, token=1)
    assert not await settle(database, again, token=1)


async def test_it_lets_a_late_finder_not_disturb_who_is_sending_again(database: Database) -> None:
    row_id = await add(database, "a")
    await start(database, row_id)
    await put_back(database, row_id, "pending", NOW)
    await start(database, row_id, token=3)
    async with database.write() as session:
        assert not await dispatch.take_up(session, row_id, token=2)

    assert await settle(database, row_id, token=3)


async def test_it_doubts_only_what_nobody_sends(database: Database) -> None:
    mine, lost = await add(database, "mine", lane="a"), await add(database, "lost", lane="b")
    await start(database, mine, token=2)
    await start(database, lost, token=2)
    async with database.write() as session:
        await dispatch.doubt_orphans(session, token=2, retry_at=NOW + SOON, spared=["a"])

    assert (await row(database, mine)).state == "sending"
    assert (await row(database, lost)).state == "uncertain"


async def test_it_lets_uncertain_rows_wait_out_the_grace_period(database: Database) -> None:
    row_id = await add(database, "a")
    await start(database, row_id)
    await put_back(database, row_id, "uncertain", NOW + SOON)

    async def doubtful(real: datetime, busy: tuple[str, ...] = ()) -> list[str]:
        async with database.read() as session:
            return [one.key for one in await dispatch.doubtful(session, real=real, busy=busy, limit=9)]

    assert await doubtful(NOW) == []
    assert await doubtful(NOW + SOON) == ["a"]
    assert await doubtful(NOW + SOON, busy=("slack:C1",)) == []


async def test_it_retries_what_was_set_aside_from_the_beginning(database: Database) -> None:
    row_id = await add(database, "a", kind="slack.file")
    await start(database, row_id)
    async with database.write() as session:
        await dispatch.note_progress(session, row_id, token=1, progress={"file_id": "F-expired"})
    await settle(database, row_id, "failed")
    child = await add(database, "child", lane="b", after_id=row_id)
    async with database.write() as session:
        await dispatch.strand(session, child, error="in vain")

    async with database.write() as session:
        assert [one.key for one in await outbox.failed(session)] == ["child", "a"]
        assert await outbox.retry(session, row_id)
        assert not await outbox.retry(session, row_id)
    again = await row(database, row_id)
    assert (again.state, again.attempts, again.progress, again.error) == ("pending", 0, None, None)
    assert (await row(database, child)).state == "pending"


async def test_it_finds_which_row_became_a_message(database: Database) -> None:
    row_id = await add(database, "a")
    update = await add(database, "update", lane="b", kind="slack.update", after_id=row_id)
    for one in (row_id, update):
        await start(database, one)
        await settle(database, one)
    async with database.read() as session:
        assert await outbox.posted(session, "C1", "1.0") == row_id
        assert await outbox.posted(session, "C1", "2.0") is None


@pytest.mark.parametrize("state", ["sending", "uncertain"])
async def test_it_says_when_a_message_may_be_one_of_which_we_do_not_know_yet(
    database: Database, state: str
) -> None:
    card = await add(database, "card", payload={"channel": "C1"})
    reply = await add(database, "reply", payload={}, after_id=card)

    async def ask(channel_id: str) -> int | None:
        async with database.read() as session:
            return await outbox.posted(session, channel_id, "9.0")

    assert await ask("C1") is None
    for row_id in (card, reply):
        await start(database, row_id)
        if state == "uncertain":
            await put_back(database, row_id, "uncertain", NOW + SOON)
        assert await ask("C2") is None
        with pytest.raises(outbox.StillOnItsWay):
            await ask("C1")
        await settle(database, row_id)
        assert await ask("C1") is None


async def test_it_never_takes_a_message_that_arrives_meanwhile_for_none_of_ours(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await add(database, "card", payload={"channel": "C1"})
    await start(database, card)
    async with database.read() as session:
        execute = session.execute

        async def then_it_arrives(*given: Any, **more: Any) -> Any:
            found = await execute(*given, **more)
            await settle(database, card)
            return found

        monkeypatch.setattr(session, "execute", then_it_arrives)
        try:
            found = await outbox.posted(session, "C1", "1.0")
        except outbox.StillOnItsWay:
            found = card  # SQLite shows what was so at first: it is looked again
    assert found == card


async def test_it_knows_that_nobody_can_have_answered_what_was_tried_later(database: Database) -> None:
    await start(database, await add(database, "card", payload={"channel": "C1"}))
    async with database.read() as session:
        session.info["received_at"] = NOW - SOON
        assert await outbox.posted(session, "C1", "9.0") is None
        session.info["received_at"] = NOW + SOON
        with pytest.raises(outbox.StillOnItsWay):
            await outbox.posted(session, "C1", "9.0")


async def test_it_tells_when_there_is_something_to_do_again(database: Database) -> None:
    await add(database, "held", not_before=NOW + 3 * SOON)
    tried = await add(database, "tried", lane="b")
    await start(database, tried)
    await put_back(database, tried, "uncertain", NOW + SOON)
    async with database.read() as session:
        assert await outbox.next_due(session, NOW, NOW) == (3 * SOON, SOON)
        assert await outbox.waiting(session, NOW) == 1
        assert await outbox.waiting(session, NOW + 3 * SOON) == 2
        assert await outbox.next_due(session, NOW + 3 * SOON, NOW + SOON) == (None, None)
