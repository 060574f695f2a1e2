"""Bringing the database to the tables this code knows; the migrations are shipped in the package.

Alembic is imported only when there is something to do: it costs a quarter of a second.
"""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from bot.errors import SwitchboardError
from bot.storage.database import MIGRATING, Database

_MIGRATIONS = Path(__file__).parent / "migrations"


class OutdatedDatabase(SwitchboardError):
    """The database is older than this Switchboard. Run `switchboard migrate` first."""


class NewerDatabase(SwitchboardError):
    """A newer Switchboard made the database ({found}). Install that version, or restore an older copy."""


def head(migrations: Path = _MIGRATIONS) -> str:
    """Give the newest migration: they are numbered, one after the other."""
    return max(path.stem.partition("_")[0] for path in migrations.glob("versions/[0-9]*.py"))


async def require_current(database: Database) -> None:
    """Raise `OutdatedDatabase` or `NewerDatabase` unless the tables are those this code knows."""
    async with database.read_engine.connect() as connection:
        found = await connection.run_sync(_revision)
    if found and found > head():
        raise NewerDatabase(found=found)
    if found != head():
        raise OutdatedDatabase


async def upgrade(database: Database, migrations: Path = _MIGRATIONS) -> None:
    """Run what is missing, all in one transaction: it is done as a whole or not at all."""
    async with database.write_engine.begin() as connection:
        if not database.is_sqlite:
            # SQLite has one writer at a time anyway.
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATING})"))
        found, newest = await connection.run_sync(_revision), head(migrations)
        if found and found > newest:
            raise NewerDatabase(found=found)
        if found != newest:
            await connection.run_sync(_run, migrations)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    row = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return str(row) if row else None


def _run(connection: Connection, migrations: Path) -> None:
    from alembic import command  # noqa: PLC0415 - see the module's docstring
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
