"""Migrations: they make what the models say, whole or not at all, once, and never over a newer database."""

import asyncio
import importlib
import pkgutil
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import SQLAlchemyError

import bot
from bot.storage import migrate
from bot.storage.database import Base, Database

SHIPPED = Path(migrate.__file__).parent / "migrations"


@pytest_asyncio.fixture
async def empty(empty_database_url: str) -> AsyncIterator[Database]:
    database = Database(empty_database_url)
    yield database
    await database.dispose()


def import_every_model() -> None:
    for module in pkgutil.walk_packages(bot.__path__, "bot."):
        name = module.name.removeprefix("bot.")
        if name.endswith(".model") or (name.startswith("storage.") and "migrations" not in name):
            importlib.import_module(module.name)


def described(connection: Connection) -> dict[str, Any]:
    looking = inspect(connection)
    tables = {}
    for table in sorted(looking.get_table_names()):
        if table == "alembic_version":
            continue
        tables[table] = {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"])
                for column in looking.get_columns(table)
            },
            "primary key": looking.get_pk_constraint(table),
            "unique": sorted(map(str, looking.get_unique_constraints(table))),
            "foreign keys": sorted(map(str, looking.get_foreign_keys(table))),
            "checks": sorted(map(str, looking.get_check_constraints(table))),
            "indexes": sorted(map(str, looking.get_indexes(table))),
        }
    return tables


async def shape(database: Database) -> dict[str, Any]:
    async with database.write_engine.connect() as connection:
        return await connection.run_sync(described)


async def revision(database: Database) -> str | None:
    async with database.write_engine.connect() as connection:
        return await connection.run_sync(migrate._revision)


def copy_with(directory: Path, body: str) -> Path:
    """Give a copy of the shipped migrations with one more, that does `body`."""
    copied = directory / "migrations"
    shutil.copytree(SHIPPED, copied, ignore=shutil.ignore_patterns("__pycache__"))
    following = f"{int(migrate.head()) + 1:04}"
    (copied / "versions" / f"{following}_more.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision, down_revision = {following!r}, {migrate.head()!r}\n"
        f"def upgrade():\n    {body}\n"
    )
    return copied


MAKES_A_TABLE = 'op.create_table("half", sa.Column("id", sa.Integer(), primary_key=True))'


async def test_it_makes_from_nothing_what_the_models_say(empty: Database) -> None:
    import_every_model()
    async with empty.write_engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    said = await shape(empty)
    async with empty.write_engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)

    await migrate.upgrade(empty)

    assert await shape(empty) == said
    await migrate.require_current(empty)


async def test_it_does_nothing_the_second_time(database: Database) -> None:
    before = await shape(database)
    await migrate.upgrade(database)
    assert await shape(database) == before


async def test_it_leaves_everything_as_it_was_when_a_migration_fails_halfway(
    database: Database, tmp_path: Path
) -> None:
    before = await shape(database)
    failing = copy_with(
        tmp_path, f'{MAKES_A_TABLE}; op.execute("INSERT INTO half VALUES (1)"); op.execute("nonsense")'
    )

    with pytest.raises(SQLAlchemyError):
        await migrate.upgrade(database, failing)

    assert await revision(database) == migrate.head()
    assert await shape(database) == before
    await migrate.require_current(database)


async def test_it_leaves_an_empty_database_empty_when_the_last_migration_fails(
    empty: Database, tmp_path: Path
) -> None:
    failing = copy_with(tmp_path, f"{MAKES_A_TABLE}; raise RuntimeError")

    with pytest.raises(RuntimeError):
        await migrate.upgrade(empty, failing)

    assert await shape(empty) == {}
    assert await revision(empty) is None
    await migrate.upgrade(empty)
    await migrate.require_current(empty)


async def test_it_can_go_on_after_the_failing_migration_was_mended(
    database: Database, tmp_path: Path
) -> None:
    failing = copy_with(tmp_path / "bad", f"{MAKES_A_TABLE}; raise RuntimeError")
    with pytest.raises(RuntimeError):
        await migrate.upgrade(database, failing)

    await migrate.upgrade(database, copy_with(tmp_path / "good", MAKES_A_TABLE))

    assert "half" in await shape(database)


UPGRADES = """
import asyncio, sys
from bot.storage import migrate
from bot.storage.database import Database
async def upgrade():
    database = Database(sys.argv[1])
    await migrate.upgrade(database)
    await database.dispose()
asyncio.run(upgrade())
"""


async def test_it_lets_replicas_that_start_at_once_migrate_once(
    empty: Database, empty_database_url: str
) -> None:
    replicas = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", UPGRADES, empty_database_url)
        for _ in range(2)
    ]
    assert [await replica.wait() for replica in replicas] == [0, 0]
    await migrate.require_current(empty)


async def test_it_refuses_a_database_made_by_a_newer_version(database: Database) -> None:
    async with database.write() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    for step in (migrate.upgrade, migrate.require_current):
        with pytest.raises(migrate.NewerDatabase, match="9999"):
            await step(database)


async def test_it_asks_for_migrate_when_the_database_is_older(empty: Database) -> None:
    with pytest.raises(migrate.OutdatedDatabase, match="switchboard migrate"):
        await migrate.require_current(empty)
