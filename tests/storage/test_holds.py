"""What people hold back does not leave, whoever would send it, and holds up nothing else."""

from datetime import UTC, datetime

from bot.clock import wall
from bot.storage import dispatch, health, holds, outbox
from bot.storage.database import Database
from bot.storage.outbox import Draft

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


async def leaving(database: Database) -> list[str]:
    async with database.read() as session:
        rows = await dispatch.heads(session, now=NOW, real=wall(), busy=[], limit=9)
    return [row.key for row in rows]


async def fill(database: Database) -> dict[str, int]:
    drafts = [
        Draft("theirs", "mail.send", "mail:1", {}, purpose="suppliers.reply"),
        Draft("customers", "mail.send", "mail:2", {}, purpose="triage.reply"),
        Draft("behind", "slack.post", "mail:1", {}),
    ]
    async with database.write() as session:
        return {draft.key: await outbox.add(session, draft) for draft in drafts}


async def test_it_holds_back_what_one_area_sends_and_lets_it_go(database: Database) -> None:
    await fill(database)
    async with database.write() as session:
        assert await holds.hold(session, "suppliers.reply", None, NOW)
        assert not await holds.hold(session, "suppliers.reply", "NORA", NOW)
    assert await leaving(database) == ["customers", "behind"]
    async with database.write() as session:
        assert await holds.let_go(session, "suppliers.reply")
        assert not await holds.let_go(session, "suppliers.reply")
    assert await leaving(database) == ["theirs", "customers"]


async def test_it_holds_back_all_mail_at_once_and_nothing_else(database: Database) -> None:
    await fill(database)
    async with database.write() as session:
        await holds.hold(session, holds.ALL_MAIL, "SAM", NOW)
    assert await leaving(database) == ["behind"]


async def test_it_refuses_the_start_of_what_was_held_back_a_moment_ago(database: Database) -> None:
    ids = await fill(database)
    async with database.write() as session:
        await holds.hold(session, holds.ALL_MAIL, "SAM", NOW)
    async with database.write() as session:
        assert not await dispatch.start(session, ids["theirs"], token=1, real=wall())
        assert await dispatch.start(session, ids["behind"], token=1, real=wall())
        assert await outbox.cancel(session, ids["theirs"])


async def test_it_takes_what_is_held_back_for_no_delay(database: Database) -> None:
    await fill(database)
    async with database.write() as session:
        await holds.hold(session, holds.ALL_MAIL, "SAM", NOW)
    async with database.read() as session:
        assert await outbox.waiting(session, NOW) == 1
        assert (await health.measure(session, NOW)).outbox_waiting == 1
