"""Upkeep: what served its purpose goes after 30 days; what somebody may ask for again stays."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot import clock
from bot.storage import outbox
from bot.storage.database import Database
from bot.storage.inbox import Inbox, InboxRow
from bot.storage.outbox import Draft, OutboxRow
from bot.storage.schedule import ScheduleRow
from jobs import upkeep

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
OLD = clock.wall() - timedelta(days=31)
LATELY = clock.wall() - timedelta(days=29)


async def receive(database: Database, source: str, key: str, at: datetime, state: str = "done") -> None:
    async with Inbox(database) as store:
        await store.accept(source, key, b"")
    async with database.write() as session:
        changed = update(InboxRow).where(InboxRow.key == key).values(received_at=at, state=state)
        await session.execute(changed)


async def send(
    database: Database, key: str, kind: str, at: datetime, state: str = "sent", after_id: int | None = None
) -> int:
    async with database.write() as session:
        row_id = await outbox.add(session, Draft(key, kind, "lane", {}, after_id=after_id))
        await session.execute(
            update(OutboxRow).where(OutboxRow.id == row_id).values(settled_at=at, state=state)
        )
    return row_id


async def tidy(database: Database) -> datetime:
    async with database.write() as session:
        row = ScheduleRow(key=upkeep.KEY, kind=upkeep.KIND, due=NOW)
        return await upkeep.errand(session, row, NOW + timedelta(minutes=3))


async def left(database: Database) -> set[str]:
    async with database.read() as session:
        received = (await session.execute(select(InboxRow.key))).scalars().all()
        sent = (await session.execute(select(OutboxRow.key))).scalars().all()
    return {*received, *sent}


async def test_it_forgets_old_events_that_were_dealt_with(database: Database) -> None:
    await receive(database, "slack", "old", OLD)
    await receive(database, "slack.trigger", "old button", OLD)
    await receive(database, "slack", "lately", LATELY)
    await receive(database, "slack", "not done", OLD, state="pending")
    await receive(database, "slack", "aside", OLD, state="aside")
    await receive(database, "mail", "mail", OLD)
    await tidy(database)

    assert await left(database) == {"lately", "not done", "aside", "mail"}


async def test_it_forgets_old_deliveries_that_nobody_can_ask_for(database: Database) -> None:
    for kind in upkeep.PASSING_KINDS:
        await send(database, f"old {kind}", kind, OLD)
    await send(database, "superseded", "slack.update", OLD, state="superseded")
    await send(database, "lately", "slack.update", LATELY)
    await send(database, "not sent", "slack.update", OLD, state="pending")
    await send(database, "post", "slack.post", OLD)
    await send(database, "mail", "mail.send", OLD)
    await tidy(database)

    assert await left(database) == {"lately", "not sent", "post", "mail"}


async def test_it_keeps_what_something_else_hangs_on(database: Database) -> None:
    parent = await send(database, "parent", "slack.update", OLD)
    await send(database, "child", "slack.post", OLD, after_id=parent)
    await tidy(database)

    assert await left(database) == {"parent", "child"}


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_it_comes_again_the_day_after(database: Database) -> None:
    assert await tidy(database) == NOW + timedelta(days=1, minutes=3)
