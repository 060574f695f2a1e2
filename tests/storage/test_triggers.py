"""One trigger is one transaction: all of it or nothing, and once."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.storage import blobs, inbox, outbox, triggers
from bot.storage.database import Database
from bot.storage.inbox import Arrival, Inbox, InboxRow, LostClaim
from bot.storage.outbox import Draft, OutboxRow
from bot.storage.triggers import AlreadyHandled, Trigger


async def act(database: Database, trigger: Trigger, name: str, *, killed: bool = False) -> None:
    """Do something with an effect of ours and something to send; maybe die before the commit."""
    async with trigger.transaction() as session:
        await blobs.put(database, session, {name: b"effect"})
        await outbox.add(session, Draft(name, "slack.post", "slack:C1", {"channel": "C1", "text": name}))
        if killed:
            raise KeyboardInterrupt


async def effects(database: Database) -> tuple[int, int]:
    async with database.read() as session:
        kept = (await session.execute(select(func.count()).select_from(blobs.BlobRow))).scalar_one()
        leaving = (await session.execute(select(func.count()).select_from(OutboxRow))).scalar_one()
    return kept, leaving


async def arrive(database: Database) -> Arrival:
    async with Inbox(database) as store:
        await store.accept("slack", "Ev1", b"{}")
    (arrival,) = await inbox.claim(database, limit=1, lease=timedelta(seconds=30))
    return arrival


async def test_it_commits_effects_messages_and_mark_together(database: Database) -> None:
    trigger = triggers.of_arrival(database, await arrive(database))
    await act(database, trigger, "a")

    assert trigger.done
    assert await effects(database) == (1, 1)
    async with database.read() as session:
        assert (await session.execute(select(InboxRow.state))).scalar_one() == "done"


async def test_it_leaves_nothing_behind_when_it_dies_before_the_commit(database: Database) -> None:
    arrival = await arrive(database)
    trigger = triggers.of_arrival(database, arrival)
    with pytest.raises(KeyboardInterrupt):
        await act(database, trigger, "a", killed=True)

    assert not trigger.done
    assert await effects(database) == (0, 0)
    async with database.read() as session:
        assert (await session.execute(select(InboxRow.state))).scalar_one() == "claimed"

    await act(database, triggers.of_arrival(database, arrival), "a")
    assert await effects(database) == (1, 1)


async def test_it_handles_an_arrival_once_though_two_workers_have_it(database: Database) -> None:
    arrival = await arrive(database)
    await act(database, triggers.of_arrival(database, arrival), "a")
    with pytest.raises(LostClaim):
        await act(database, triggers.of_arrival(database, arrival), "b")

    assert await effects(database) == (1, 1)


async def test_it_handles_a_button_once_however_often_slack_sends_it(database: Database) -> None:
    await act(database, triggers.of_interaction(database, "123.456"), "a")
    with pytest.raises(AlreadyHandled):
        await act(database, triggers.of_interaction(database, "123.456"), "b")
    await act(database, triggers.of_interaction(database, "789.000"), "c")

    assert await effects(database) == (2, 2)


async def test_it_handles_a_button_once_when_it_comes_twice_at_once(database_url: str) -> None:
    replicas = [Database(database_url) for _ in range(4)]
    answers = await asyncio.gather(
        *(act(one, triggers.of_interaction(one, "123.456"), f"{n}") for n, one in enumerate(replicas)),
        return_exceptions=True,
    )
    try:
        assert sorted(type(answer).__name__ for answer in answers) == ["AlreadyHandled"] * 3 + ["NoneType"]
        assert await effects(replicas[0]) == (1, 1)
    finally:
        for replica in replicas:
            await replica.dispose()


async def test_it_lets_a_button_be_pressed_again_after_it_died_before_the_commit(database: Database) -> None:
    with pytest.raises(KeyboardInterrupt):
        await act(database, triggers.of_interaction(database, "123.456"), "a", killed=True)
    await act(database, triggers.of_interaction(database, "123.456"), "a")

    assert await effects(database) == (1, 1)
