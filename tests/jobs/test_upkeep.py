"""Upkeep: what served its purpose goes after 30 days; what somebody may ask for again stays."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot import clock
from bot.settings import Settings
from bot.storage import outbox, retention
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


async def tidy(database: Database, **kept: int) -> datetime:
    """Let the errand come until it has nothing left to do."""
    errand = upkeep.errand(upkeep.keeping(Settings(**kept)))
    row, now = ScheduleRow(key=upkeep.KEY, kind=upkeep.KIND, due=NOW), NOW + timedelta(minutes=3)
    while True:
        async with database.write() as session:
            row.due = await errand(session, row, now)
        if row.due - now > timedelta(hours=1):
            return row.due
        now = row.due


async def one_more(database: Database) -> None:
    """Let something come and leave today: the newest stays anyway."""
    await receive(database, "slack", "newest", LATELY, state="aside")
    await send(database, "newest one", "slack.post", LATELY)


async def left(database: Database) -> set[str]:
    async with database.read() as session:
        received = (await session.execute(select(InboxRow.key))).scalars().all()
        sent = (await session.execute(select(OutboxRow.key))).scalars().all()
    return {*received, *sent} - {"newest", "newest one"}


async def test_it_forgets_old_events_that_were_dealt_with(database: Database) -> None:
    await receive(database, "slack", "old", OLD)
    await receive(database, "slack.trigger", "old button", OLD)
    await receive(database, "slack", "lately", LATELY)
    await receive(database, "slack", "not done", OLD, state="pending")
    await receive(database, "slack", "aside", OLD, state="aside")
    await receive(database, "mail", "mail", OLD)
    await one_more(database)
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
    await one_more(database)
    await tidy(database)

    assert await left(database) == {"lately", "not sent", "post", "mail"}


async def test_it_keeps_what_something_else_hangs_on(database: Database) -> None:
    parent = await send(database, "parent", "slack.update", OLD)
    await send(database, "child", "slack.post", OLD, after_id=parent)
    await one_more(database)
    await tidy(database)

    assert await left(database) == {"parent", "child"}


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_it_comes_again_the_day_after(database: Database) -> None:
    assert await tidy(database) == NOW + timedelta(days=1, minutes=3)


async def test_it_never_lets_a_number_come_again(database: Database) -> None:
    await receive(database, "slack", "old", OLD)
    old = await send(database, "old", "slack.update", OLD)
    await tidy(database)

    assert await send(database, "next", "slack.update", LATELY) > old


async def test_it_does_a_lot_in_small_batches(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 3)
    for number in range(10):
        await receive(database, "slack", f"old {number}", OLD)
        await receive(database, "feed", f"feed {number}", OLD)
    await one_more(database)
    async with database.write() as session:
        row = ScheduleRow(key=upkeep.KEY, kind=upkeep.KIND, due=NOW)
        soon = await upkeep.errand(upkeep.keeping(Settings()))(session, row, NOW)
    assert soon - NOW < timedelta(minutes=1)
    assert len(await left(database)) == 17
    await tidy(database)
    assert await left(database) == {f"feed {number}" for number in range(10)}


async def test_it_lets_notes_to_ourselves_forget_what_they_said_but_not_that_they_were(
    database: Database,
) -> None:
    async with Inbox(database) as store:
        for key, at in (("done", OLD), ("waiting", OLD), ("lately", LATELY)):
            await store.accept("digest", key, b"what was said")
            await receive(database, "digest", key, at, state="pending" if key == "waiting" else "done")
    await tidy(database)
    async with database.read() as session:
        rows = dict((await session.execute(select(InboxRow.key, InboxRow.body))).tuples().all())
    assert rows == {"done": b"", "waiting": b"what was said", "lately": b"what was said"}
