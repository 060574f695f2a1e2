"""The database: engines, transactions, and the column types every table uses.

Two engines on SQLite: writers begin with BEGIN IMMEDIATE and queue for one connection, readers with BEGIN on
connections of their own. With SQLite's defaults two transactions that read and then write both "succeed" and
one update is lost.
"""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from copy import copy
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    event,
    func,
    select,
    text,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import ExceptionContext
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.types import TypeDecorator

from bot import clock
from bot.storage.sqlite import connect

# PostgreSQL refuses NUL in text, and no driver encodes a lone surrogate.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

_WAL_TRIES, _WAL_WAIT = 500, 0.02

# SQLSTATE of a deadlock, of a lock not got in time and of transactions that cannot be put in an order.
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_COLLIDED = ("40P01", "55P03", "40001")
_COLLISIONS = 4  # tries of work that touches nothing but the database
_GIVES_WAY_AFTER = 500  # milliseconds

# Any numbers will do, as long as nothing else of ours in PostgreSQL uses them.
CLAIMING, MIGRATING, STARTING = 7_403_201, 7_403_202, 7_403_203

PATIENCE = 30.0  # seconds
_CONNECTS_WITHIN = 10.0  # seconds
# The server frees what a replica held that vanished without a word; of itself it would take two hours.
# https://www.postgresql.org/docs/current/runtime-config-connection.html#RUNTIME-CONFIG-TCP-SETTINGS
_IF_WE_VANISH = {
    "idle_in_transaction_session_timeout": "60s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}

Rows = TypeVar("Rows", bound=tuple[Any, ...])

# SQLite counts up by itself only in a column declared INTEGER.
BigId = BigInteger().with_variant(Integer(), "sqlite")


def clean(text: str) -> str:
    """Replace what no database stores as text: NUL and lone surrogates."""
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


class CleanText(TypeDecorator[str]):
    """Text that any database takes, whatever a stranger wrote."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's
        """Clean on the way in."""
        return None if value is None else clean(value)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant. SQLite would give it back naive."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Turn to UTC; a naive time is a mistake of ours."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive time reached the database: {value}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give an aware time back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table of ours."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {str: CleanText, datetime: UtcDateTime, dict[str, Any]: JSON, list[str]: JSON}  # noqa: RUF012


class _ReadSession(Session):
    """Reads only, and so takes no locks: the queries of a store may ask for them for whoever writes."""


@event.listens_for(_ReadSession, "do_orm_execute")
def _without_locks(execution: ORMExecuteState) -> None:
    # PostgreSQL refuses FOR UPDATE in a transaction that only reads.
    statement = execution.statement
    if getattr(statement, "_for_update_arg", None) is not None:
        unlocked = copy(statement)
        unlocked._for_update_arg = None  # type: ignore[attr-defined]  # noqa: SLF001 - no public way to take it off
        execution.statement = unlocked


class Collision(SQLAlchemyError):
    """Two transactions stood in each other's way, and this one was undone. Begun again it gets through."""


def is_away(error: BaseException) -> bool:
    """Tell whether the database cannot be reached, so that asking for less would fail as well."""
    return isinstance(error, OSError) or isinstance(getattr(error, "orig", None), OSError)


class Database:
    """One database, SQLite (`sqlite+aiosqlite:///file`) or PostgreSQL (`postgresql+asyncpg://...`).

    A statement that PostgreSQL does not answer within `patience` seconds ends in TimeoutError, and every
    connection is made anew: its host may have vanished without a word. None: as long as it takes.
    """

    def __init__(self, url: str, *, patience: float | None = PATIENCE) -> None:
        self.url = url
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self.write_engine, self.read_engine = (
            _sqlite_engines(url) if self.is_sqlite else _postgresql_engines(url, patience)
        )
        self._write = async_sessionmaker(self.write_engine, expire_on_commit=False)
        self._read = async_sessionmaker(
            self.read_engine, expire_on_commit=False, sync_session_class=_ReadSession
        )
        self._wakers: dict[str, Callable[[], None]] = {}

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """Open the one write transaction of a trigger; it commits at the end, and wakes whom it gave work.

        Await nothing but the database inside: every other writer waits meanwhile.
        """
        async with self._write() as session:
            async with session.begin():
                yield session
            woken: set[str] = session.info.get("wake", set())
        for name in woken:
            if waker := self._wakers.get(name):
                waker()

    @asynccontextmanager
    async def write_in_turn(self, lock: int) -> AsyncIterator[AsyncSession]:
        """Open a write transaction that one replica has at a time: each sees what the one before it did."""
        async with self.write() as session:
            if not self.is_sqlite:
                await session.execute(text(f"SELECT pg_advisory_xact_lock({lock})"))
            yield session

    async def write_again(self, work: Callable[[AsyncSession], Awaitable[None]]) -> None:
        """Do `work` in a write transaction, and again when it had to give way: it may touch nothing else."""
        for _ in range(_COLLISIONS - 1):
            with suppress(Collision):
                async with self.write() as session:
                    await work(session)
                return
        async with self.write() as session:
            await work(session)

    async def give_way(self, session: AsyncSession) -> None:
        """Let this transaction end in `Collision` rather than wait long for what others hold.

        It holds something itself that they may want, and people do not wait for it. Less than the second
        after which PostgreSQL looks for deadlocks, and would undo any of the two.
        """
        if not self.is_sqlite:
            await session.execute(text(f"SET LOCAL lock_timeout = {_GIVES_WAY_AFTER}"))

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Open a transaction that only reads."""
        async with self._read() as session, session.begin():
            yield session

    def on_commit(self, name: str, waker: Callable[[], None]) -> None:
        """Call `waker` after each commit of a transaction that asked to `wake` that name."""
        self._wakers[name] = waker

    async def machine_now(self, session: AsyncSession) -> datetime:
        """Give the database's own time: the one that all replicas share, for leases."""
        if self.is_sqlite:
            return clock.wall()
        now: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
        return now

    def insert(self, table: type[Base] | Table) -> Any:
        """Give an INSERT that knows ON CONFLICT on this database."""
        return _insert(table, is_sqlite=self.is_sqlite)

    async def dispose(self) -> None:
        """Close every connection."""
        await self.write_engine.dispose()
        await self.read_engine.dispose()


def insert(session: AsyncSession, table: type[Base]) -> Any:
    """Give an INSERT that knows ON CONFLICT on the database of this session."""
    return _insert(table, is_sqlite=session.get_bind().dialect.name == "sqlite")


def _insert(table: type[Base] | Table, *, is_sqlite: bool) -> Any:
    if is_sqlite:
        return sqlite.insert(table)
    # Loaded with the engine; a bot on SQLite need not hold it.
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415

    return postgresql.insert(table)


def for_change(rows: Select[Rows]) -> Select[Rows]:
    """Lock what these rows find, and give it as it is then: the session may hold it as it was before."""
    return rows.with_for_update().execution_options(populate_existing=True)


def wake(session: AsyncSession, name: str) -> None:
    """Let the worker `name` know once this transaction is committed."""
    session.info.setdefault("wake", set()).add(name)


def _sqlite_engines(url: str) -> tuple[AsyncEngine, AsyncEngine]:
    # One writer at a time is all SQLite has: a pool of one makes the others queue fairly instead of polling.
    write, read = _sqlite_engine(url, 1), _sqlite_engine(url, 4)
    _prepare_sqlite(write, "BEGIN IMMEDIATE")
    _prepare_sqlite(read, "BEGIN", "query_only=ON")
    return write, read


def _sqlite_engine(url: str, connections: int) -> AsyncEngine:
    return create_async_engine(
        url,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=60,
        connect_args={"async_creator_fn": connect},
    )


def _prepare_sqlite(engine: AsyncEngine, begin: str, *more: str) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver would begin and commit on its own
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=10000")
        _use_wal(connection, cursor)
        for pragma in ("synchronous=FULL", "foreign_keys=ON", *more):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Any) -> None:
        connection.exec_driver_sql(begin)


def _use_wal(connection: Any, cursor: Any) -> None:
    """Switch to WAL. Of two processes that open a new file at once SQLite lets one fail, without waiting."""
    for _ in range(_WAL_TRIES):
        with suppress(sqlite3.OperationalError):
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        connection.run_async(lambda _: asyncio.sleep(_WAL_WAIT))
    cursor.execute("PRAGMA journal_mode=WAL")


def _postgresql_engines(url: str, patience: float | None) -> tuple[AsyncEngine, AsyncEngine]:
    engine = create_async_engine(
        url,
        pool_size=10,
        max_overflow=10,
        pool_pre_ping=True,
        connect_args={
            "timeout": _CONNECTS_WITHIN,
            "command_timeout": patience,
            "server_settings": _IF_WE_VANISH if patience else {},
        },
    )

    @event.listens_for(engine.sync_engine, "do_connect")
    def reach(dialect: Dialect, _record: Any, arguments: Any, options: Any) -> Any:
        try:
            return dialect.connect(*arguments, **options)
        except Exception as error:
            # SQLAlchemy lets the driver's own errors through here, and "restarting" comes as one of them.
            raise OperationalError("connect", None, error) from error

    dialect = engine.sync_engine.dialect
    ping = dialect.do_ping

    def answers(connection: Any) -> bool:
        # Whoever finds one connection silent lets all be made anew: each would else keep somebody waiting.
        with suppress(TimeoutError):
            return ping(connection)
        return False

    # There is no event for it.
    dialect.do_ping = answers  # type: ignore[method-assign, assignment]

    @event.listens_for(engine.sync_engine, "handle_error")
    def name(context: ExceptionContext) -> None:
        error = context.original_exception
        if getattr(error, "sqlstate", None) in _COLLIDED:
            raise Collision from error
        if isinstance(error, TimeoutError):
            context.is_disconnect = True

    return engine, engine.execution_options(postgresql_readonly=True)
