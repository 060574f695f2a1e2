"""One file with everything: taken while the bot runs, put back into an empty database of either kind.

The file is always SQLite with our own tables, so a shop can move between databases with it. After a restore
nobody knows what had left since the backup was taken: what was about to leave is looked for before it is
sent again, and what cannot be looked for and must not come twice stays behind.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import clock
from bot.errors import SwitchboardError
from bot.storage import migrate
from bot.storage.database import Base, Database
from bot.storage.outbox import OutboxRow

# Told the name of each table before it is copied, and how many of how many.
Progress = Callable[[str, int, int], None]
_ROWS = 500
# Blobs are up to 60 MB each.
_BIG_ROWS = 4
_ONCE_AT_MOST = ("slack.ephemeral", "slack.respond")


class BackupExists(SwitchboardError):
    """{path} exists already. Give the backup another name, or move the old one away."""


class NoBackup(SwitchboardError):
    """{path} is no backup of Switchboard."""


class NotEmpty(SwitchboardError):
    """This database is not empty. Restore into a new one: an empty data directory, or an empty database."""


async def take(database: Database, path: Path, progress: Progress) -> None:
    """Write everything into a new file, as it was at one moment; whoever works goes on working."""
    if await asyncio.to_thread(path.exists):
        raise BackupExists(path=path)
    await migrate.require_current(database)
    unfinished = path.with_name(path.name + ".part")
    await asyncio.to_thread(_make_way, unfinished)
    copy = Database(_sqlite(unfinished))
    try:
        await migrate.upgrade(copy)
        engine = database.read_engine
        if not database.is_sqlite:  # SQLite's readers see one moment as it is
            engine = engine.execution_options(isolation_level="REPEATABLE READ")
        async with engine.connect() as source, copy.write_engine.begin() as target:
            await _copy(source, target, progress)
    finally:
        await copy.dispose()
    await asyncio.to_thread(unfinished.rename, path)


async def put_back(database: Database, path: Path, progress: Progress) -> None:
    """Fill an empty database from a backup, of this version or an older one."""
    # A copy, for an old backup is migrated before it is read.
    work = path.with_name(path.name + ".restoring")
    if not await asyncio.to_thread(_copied, path, work):
        raise NoBackup(path=path)
    await migrate.upgrade(database)
    source_database = Database(_sqlite(work))
    try:
        await migrate.upgrade(source_database)
        async with source_database.read_engine.connect() as source, database.write_engine.begin() as target:
            await _require_empty(target)
            await _copy(source, target, progress)
            await _doubt_what_was_leaving(target)
            if not database.is_sqlite:
                await target.run_sync(_move_sequences)
    finally:
        await source_database.dispose()
        await asyncio.to_thread(_clear, work)


def _make_way(unfinished: Path) -> None:
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    unfinished.unlink(missing_ok=True)


def _copied(path: Path, work: Path) -> bool:
    """Copy a backup; False for a file that is none."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        if not file.read(16).startswith(b"SQLite format 3"):
            return False
    shutil.copyfile(path, work)
    return True


def _clear(work: Path) -> None:
    for leftover in work.parent.glob(work.name + "*"):
        leftover.unlink()


def _sqlite(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


def _tables() -> Sequence[Table]:
    return Base.metadata.sorted_tables


async def _require_empty(connection: AsyncConnection) -> None:
    for table in _tables():
        if (await connection.execute(select(table).limit(1))).first() is not None:
            raise NotEmpty


async def _copy(source: AsyncConnection, target: AsyncConnection, progress: Progress) -> None:
    tables = _tables()
    for number, table in enumerate(tables):
        progress(table.name, number, len(tables))
        async for rows in _pages(source, table):
            await target.execute(insert(table), rows)


async def _pages(source: AsyncConnection, table: Table) -> AsyncIterator[list[dict[str, Any]]]:
    size = _BIG_ROWS if table.name == "blob" else _ROWS
    # In the order of the key: a row of the outbox refers to earlier ones only.
    result = await source.stream(select(table).order_by(*table.primary_key.columns))
    async for page in result.mappings().partitions(size):
        yield [dict(row) for row in page]


async def _doubt_what_was_leaving(target: AsyncConnection) -> None:
    leaving = OutboxRow.state.in_(("pending", "sending"))
    asked_first = {"state": "uncertain", "retry_at": clock.wall(), "tried_at": clock.wall()}
    held = OutboxRow.not_before.is_not(None)
    await target.execute(
        update(OutboxRow)
        .where(leaving, OutboxRow.kind.in_(_ONCE_AT_MOST))
        .values(state="cancelled", settled_at=clock.wall())
    )
    await target.execute(
        update(OutboxRow)
        .where(leaving, ~held, OutboxRow.kind.in_(("slack.post", "slack.file")))
        .values(asked_first)
    )


def _move_sequences(connection: Connection) -> None:
    """Let PostgreSQL number on from where the backup ended."""
    for table, column in _numbered():
        highest = connection.execute(select(func.max(table.c[column]))).scalar()
        if highest is not None:
            name = connection.execute(
                text(f"SELECT pg_get_serial_sequence('\"{table.name}\"', '{column}')")
            ).scalar()
            connection.execute(text("SELECT setval(:name, :value)"), {"name": name, "value": highest})


def _numbered() -> Iterator[tuple[Table, str]]:
    for table in _tables():
        column = table.autoincrement_column
        if column is not None:
            yield table, column.name
