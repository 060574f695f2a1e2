"""SQLite on a thread of its own: each statement, with all its rows, in one turn of that thread.

aiosqlite goes to it and back four times a statement (for a cursor, to execute, to fetch, to close) and
again for BEGIN and for a rollback of nothing. To wake the other thread takes far longer than SQLite's answer.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import aiosqlite

_Row = Sequence[Any]


class Cursor:
    """What SQLAlchemy asks of a cursor of aiosqlite; once it has executed, the rows are here."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._rows: list[_Row] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        """Execute it and fetch what it gives."""
        if statement.startswith("BEGIN"):
            self._connection.begin(statement)
        else:
            await self._connection.in_turn(lambda opened: self._keep(opened.execute(statement, parameters)))

    async def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> None:
        """Execute it for each of these."""
        await self._connection.in_turn(lambda opened: self._keep(opened.executemany(statement, parameters)))

    async def fetchone(self) -> _Row | None:
        """Give the next row, None after the last."""
        return self._rows.pop(0) if self._rows else None

    async def fetchmany(self, size: int = 1) -> Sequence[_Row]:
        """Give the next rows."""
        rows, self._rows = self._rows[:size], self._rows[size:]
        return rows

    async def fetchall(self) -> Sequence[_Row]:
        """Give the rows that are left."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Let the rows go."""
        self._rows = []

    def _keep(self, executed: sqlite3.Cursor) -> None:
        self.description, self._rows = executed.description, executed.fetchall()
        self.rowcount, self.lastrowid = executed.rowcount, executed.lastrowid
        executed.close()


class Connection(aiosqlite.Connection):
    """A connection whose transaction begins with its first statement, in the same turn."""

    _begin = ""
    _is_begun = False

    def begin(self, statement: str) -> None:
        """Begin with this, once there is something to do."""
        self._begin = statement

    async def in_turn(self, do: Callable[[sqlite3.Connection], None]) -> None:
        """Do this on the connection's thread."""
        await self._execute(self._turn, do)  # type: ignore[no-untyped-call]

    def _turn(self, do: Callable[[sqlite3.Connection], None]) -> None:
        if self._begin:
            self._conn.execute(self._begin)
            self._begin, self._is_begun = "", True
        do(self._conn)

    async def cursor(self) -> Cursor:  # type: ignore[override]
        """Give a cursor; that takes no turn."""
        return Cursor(self)

    async def commit(self) -> None:
        """Commit what was done; an error where SQLite itself gave it up before (a full disk)."""
        if self._is_begun:
            await self._execute(self._conn.execute, "COMMIT")  # type: ignore[no-untyped-call]
        self._begin, self._is_begun = "", False

    async def rollback(self) -> None:
        """Undo what was done. The pool asks for it whenever it gets a connection back."""
        self._begin, self._is_begun = "", False
        if self.in_transaction:
            await super().rollback()


def connect(*arguments: Any, **options: Any) -> Connection:
    """Give a connection, to be awaited; `arguments` and `options` are those of `sqlite3.connect`."""
    connection = Connection(lambda: sqlite3.connect(*arguments, **options), iter_chunk_size=64)
    connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy does: a process that ends does not wait
    return connection
