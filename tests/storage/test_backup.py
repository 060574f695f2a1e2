"""Backups: everything in one file, taken while the bot works, put back into either kind of database."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import app
from bot.storage import backup, blobs, inbox, outbox
from bot.storage.backup import BackupExists, NoBackup, NotEmpty
from bot.storage.database import Database
from bot.storage.inbox import Inbox
from bot.storage.outbox import Draft, OutboxRow

# Importing the whole bot is what tells the metadata of every table.
assert app.run
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def ignore(_table: str, _number: int, _of: int) -> None:
    return


async def fill(database: Database) -> None:
    async with database.write() as session:
        await blobs.put(database, session, {blobs.digest(b"a\x00b"): b"a\x00b"})
        root = await outbox.add(session, Draft("card", "slack.post", "slack:C1", {"text": "浙江 🏺"}))
        await outbox.add(
            session, Draft("reply", "mail.send", "mail:1", {"n": 1}, after_id=root, not_before=NOW)
        )
        await outbox.add(session, Draft("whisper", "slack.ephemeral", "e:1", {"text": "hush"}))


@pytest.fixture
async def other(database_kind: str, empty_database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    """Give a second, empty database of the same kind."""
    sqlite = f"sqlite+aiosqlite:///{tmp_path / 'other.sqlite'}"
    opened = Database(sqlite if database_kind == "sqlite" else empty_database_url)
    yield opened
    await opened.dispose()


async def test_it_puts_everything_back_and_counts_on(
    database: Database, other: Database, tmp_path: Path
) -> None:
    await fill(database)
    await backup.take(database, tmp_path / "copy", ignore)
    await backup.put_back(other, tmp_path / "copy", ignore)

    async with other.write() as session:
        assert await blobs.get(session, blobs.digest(b"a\x00b")) == b"a\x00b"
        kept = [await outbox.get(session, number) for number in (1, 2, 3)]
        assert [row.payload for row in kept] == [{"text": "浙江 🏺"}, {"n": 1}, {"text": "hush"}]
        assert kept[1].not_before == NOW
        assert await outbox.add(session, Draft("new", "slack.post", "slack:C1", {})) == 4


async def test_it_looks_before_it_sends_again_what_may_have_left_since(
    database: Database, other: Database, tmp_path: Path
) -> None:
    await fill(database)
    await backup.take(database, tmp_path / "copy", ignore)
    await backup.put_back(other, tmp_path / "copy", ignore)

    async with other.read() as session:
        rows = [await session.get_one(OutboxRow, number) for number in (1, 2, 3)]
    assert [(row.key, row.state) for row in rows] == [
        ("card", "uncertain"),
        ("reply", "pending"),
        ("whisper", "cancelled"),
    ]


async def test_it_takes_a_backup_while_others_write(
    database: Database, tmp_path: Path, other: Database
) -> None:
    async with Inbox(database) as store:
        for number in range(50):
            await store.accept("slack", str(number), b"{}")
            if number == 25:
                await backup.take(database, tmp_path / "copy", ignore)
    await backup.put_back(other, tmp_path / "copy", ignore)
    async with other.read() as session:
        assert 26 <= await inbox.waiting(session) <= 50


async def test_it_never_writes_over_an_older_backup(database: Database, tmp_path: Path) -> None:
    (tmp_path / "copy").write_bytes(b"precious")
    with pytest.raises(BackupExists):
        await backup.take(database, tmp_path / "copy", ignore)
    assert (tmp_path / "copy").read_bytes() == b"precious"


async def test_it_never_restores_into_a_database_that_holds_something(
    database: Database, tmp_path: Path
) -> None:
    await fill(database)
    await backup.take(database, tmp_path / "copy", ignore)
    with pytest.raises(NotEmpty):
        await backup.put_back(database, tmp_path / "copy", ignore)


async def test_it_says_that_a_file_is_no_backup(other: Database, tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("Dear Nora")
    with pytest.raises(NoBackup, match="letter is no backup"):
        await backup.put_back(other, tmp_path / "letter", ignore)
