"""Bringing the database to the tables this code knows; the migrations are shipped in the package.

Alembic is imported only when there is something to do: it costs a quarter of a second.
"""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from bot.errors import SwitchboardError
from bot.storage.database import Database

_MIGRATIONS = Path(__file__).parent / "migrations"
# Two replicas that start at once must not migrate at once. Any number, as long as it is ours alone.
_LOCK = 7_403_202


class OutdatedDatabase(SwitchboardError):
    """The database is older than this Switchboard. Run `switchboard migrate` first."""


class NewerDatabase(SwitchboardError):
    """The database was made by a newer Switchboard ({found}). Install that version, or restore an older copy."""


def head() -> str:
    """Give the newest migration: they are numbered, one after the other."""
    return max(path.stem.partition("_")[0] for path in _MIGRATIONS.glob("versions/[0-9]*.py"))


async def require_current(database: Database) -> None:
    """Raise `OutdatedDatabase` or `NewerDatabase` unless the tables are those this code knows."""
    found = await _revision(database)
    if found and found > head():
        raise NewerDatabase(found=found)
    if found != head():
        raise OutdatedDatabase


async def upgrade(database: Database) -> None:
    """Run what is missing, each migration in a transaction of its own; nothing when all is there."""
    found = await _revision(database)
    if found and found > head():
        raise NewerDatabase(found=found)
    if found == head():
        return
    async with database.write_engine.connect() as connection:
        await connection.run_sync(_run)


async def _revision(database: Database) -> str | None:
    async with database.read_engine.connect() as connection:
        return await connection.run_sync(_read_revision)


def _read_revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    row = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return str(row) if row else None


def _run(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - see the module's docstring
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_lock({_LOCK})"))
        connection.commit()
    try:
        command.upgrade(config, "head")
    finally:
        if connection.dialect.name == "postgresql":
            connection.rollback()
            connection.execute(text(f"SELECT pg_advisory_unlock({_LOCK})"))
            connection.commit()
