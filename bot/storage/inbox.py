"""The inbox: everything that reached us, stored before it is acknowledged.

`Inbox.accept` commits for many callers in one statement (group commit). `claim`, `finish`, `release` and
`set_aside` are the worker's side: a claim carries a lease and a fencing token, so that another replica takes
up what a dead one held and the dead one, should it wake, changes nothing.
"""

import asyncio
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

from sqlalchemy import (
    ColumnElement,
    Index,
    LargeBinary,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, aliased, mapped_column

from bot import clock
from bot.errors import SwitchboardError
from bot.pulse import Pulse
from bot.storage import blobs
from bot.storage.database import CLAIMING, Base, BigId, Database, UtcDateTime, clean, is_away, wake

# SQLite takes at most 32 766 variables a statement; a row has eight.
ROWS_A_BATCH = 500
BYTES_A_BATCH = 32 * 1024 * 1024
# Seconds for which the first of several waits for the others: they would wait for a second commit.
_MOMENT = 0.001
UNDEALT = ("pending", "claimed")


class InboxClosed(SwitchboardError):
    """Switchboard is shutting down and takes nothing in; it will be taken when it is offered again."""


class LostClaim(SwitchboardError):
    """Another worker has taken this over."""


class InboxRow(Base):
    """One thing that reached us. `state`: pending, claimed, done, aside (given up; a person must look)."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index("uq_inbox_source_key", "source", "key", unique=True),
        Index("ix_inbox_state_lane_id", "state", "lane", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    source: Mapped[str]
    key: Mapped[str]
    lane: Mapped[str] = mapped_column(default="")
    body: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="pending")
    token: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    retry_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]


_TABLE = InboxRow.metadata.tables["inbox"]
# As text: SQLAlchemy compiles an INSERT with ON CONFLICT anew each time, 0.3 ms.
_ADD = text(
    "INSERT INTO inbox (source, key, lane, body, received_at, state, token, attempts)"
    " VALUES (:source, :key, :lane, :body, :received_at, :state, :token, :attempts)"
    " ON CONFLICT DO NOTHING RETURNING id"
).bindparams(bindparam("received_at", type_=UtcDateTime()))


@dataclass(frozen=True)
class Arrival:
    """A claimed row, as its worker sees it."""

    id: int
    source: str
    key: str
    lane: str
    body: bytes
    received_at: datetime
    attempts: int
    token: int


@dataclass
class _Waiting:
    row: dict[str, Any]
    blobs: Mapping[str, bytes]
    stored: asyncio.Future[bool] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    @property
    def size(self) -> int:
        return len(self.row["body"]) + sum(map(len, self.blobs.values()))


class Inbox:
    """Takes things in, many callers at once, one transaction for all that wait."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[_Waiting] = []
        self._knock = asyncio.Event()
        self._closed = False
        self._together = 1  # how many came last time
        self._writer: asyncio.Task[None] | None = None
        self.pulse = Pulse()

    async def __aenter__(self) -> Self:
        self._writer = asyncio.create_task(self._write_for_ever(), name="inbox writer")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Store what still waits, then stop."""
        self._closed = True
        self._knock.set()
        if self._writer:
            await self._writer

    async def accept(
        self, source: str, key: str, body: bytes, *, lane: str = "", blobs: Mapping[str, bytes] | None = None
    ) -> bool:
        """Commit it; False when (`source`, `key`) was stored before. Raises when it could not be stored."""
        if self._closed or self._writer is None or self._writer.done():
            raise InboxClosed
        waiting = _Waiting(_row(source, key, body, lane=lane), blobs or {})
        self._waiting.append(waiting)
        self._knock.set()
        return await waiting.stored

    async def _write_for_ever(self) -> None:
        while self._waiting or not self._closed:
            self.pulse.beat(math.inf)  # until somebody comes
            await self._knock.wait()
            self._knock.clear()
            while self._waiting:
                self.pulse.beat()
                await self._let_in()
                batch = self._next_batch()
                self._together = len(batch)
                await self._store(batch)

    async def _let_in(self) -> None:
        """Take along who is just coming: who was answered together comes together, but one is the first."""
        if len(self._waiting) < self._together:
            await asyncio.sleep(_MOMENT)
        count = 0
        while count < len(self._waiting) < ROWS_A_BATCH:
            count = len(self._waiting)
            await asyncio.sleep(0)

    def _next_batch(self) -> list[_Waiting]:
        count, size = 0, 0
        for waiting in self._waiting[:ROWS_A_BATCH]:
            size += waiting.size
            if count and size > BYTES_A_BATCH:
                break
            count += 1
        batch, self._waiting = self._waiting[:count], self._waiting[count:]
        return batch

    async def _store(self, batch: Sequence[_Waiting]) -> None:
        """Store a batch; when it fails, row by row, so that one bad row fails alone."""
        try:
            new = await self._insert(batch)
        except Exception as error:  # noqa: BLE001 - it is each caller's; and nothing comes in without the writer
            if len(batch) == 1 or (is_away(error) and not _is_slow(batch, error)):
                for waiting in batch:
                    _fail(waiting, error)
                return
            for waiting in batch:
                await self._store([waiting])
            return
        for waiting in batch:
            name = (waiting.row["source"], waiting.row["key"])
            if not waiting.stored.done():
                waiting.stored.set_result(name in new)
            new.discard(name)  # the same key twice in one batch: the second is the duplicate

    async def _insert(self, batch: Sequence[_Waiting]) -> set[tuple[str, str]]:
        rows: dict[tuple[str, str], dict[str, Any]] = {}
        for waiting in batch:
            rows.setdefault((waiting.row["source"], waiting.row["key"]), waiting.row)
        async with self._database.write() as session:
            for waiting in batch:
                await blobs.put(self._database, session, waiting.blobs)
            statement = self._database.insert(_TABLE).on_conflict_do_nothing()
            statement = statement.returning(_TABLE.c.source, _TABLE.c.key)
            # The rows beside the statement, not inside it: so it is compiled once and not for every batch.
            stored = (await session.execute(statement, list(rows.values()))).all()
            wake(session, "inbox")
        return {(source, key) for source, key in stored}


def _is_slow(batch: Sequence[_Waiting], error: BaseException) -> bool:
    """Tell whether it was rather the size of a mail that took too long."""
    return isinstance(error, TimeoutError) and any(waiting.blobs for waiting in batch)


def _fail(waiting: _Waiting, error: BaseException) -> None:
    if not waiting.stored.done():
        waiting.stored.set_exception(error)


async def claim(
    database: Database, *, limit: int, lease: timedelta, spared: Collection[int] = ()
) -> list[Arrival]:
    """Claim up to `limit` rows in the order they came: of each lane the first that is not dealt with.

    `spared` are the rows the caller works on just now, should their lease have run out unnoticed.
    """
    # Two at once could both find the same row free.
    async with database.write_in_turn(CLAIMING) as session:
        now = await database.machine_now(session)
        earlier = aliased(InboxRow)
        free = or_(
            and_(InboxRow.state == "pending", or_(InboxRow.retry_at.is_(None), InboxRow.retry_at <= now)),
            and_(InboxRow.state == "claimed", InboxRow.lease_until < now),
        )
        behind = exists().where(
            earlier.lane == InboxRow.lane, earlier.id < InboxRow.id, earlier.state.in_(UNDEALT)
        )
        chosen = (
            select(InboxRow.id)
            .where(free, or_(InboxRow.lane == "", ~behind), InboxRow.id.not_in(spared))
            .order_by(InboxRow.id)
            .limit(limit)
        )
        claimed = (
            update(InboxRow)
            # Said twice: who waited here for one that was being finished finds it finished, and leaves it.
            .where(InboxRow.id.in_(chosen.scalar_subquery()), free)
            .values(
                state="claimed",
                token=InboxRow.token + 1,
                lease_until=now + lease,
                attempts=InboxRow.attempts + 1,
            )
            .returning(InboxRow)
            .execution_options(synchronize_session=False)
        )
        rows = (await session.execute(claimed)).scalars().all()
        return sorted((_arrival(row) for row in rows), key=lambda arrival: arrival.id)


def _arrival(row: InboxRow) -> Arrival:
    return Arrival(row.id, row.source, row.key, row.lane, row.body, row.received_at, row.attempts, row.token)


def _is_claim(arrival: Arrival) -> ColumnElement[bool]:
    return and_(InboxRow.id == arrival.id, InboxRow.token == arrival.token, InboxRow.state == "claimed")


async def _settle(session: AsyncSession, arrival: Arrival, **values: object) -> None:
    settled = (
        update(InboxRow).where(_is_claim(arrival)).values(lease_until=None, **values).returning(InboxRow.id)
    )
    if (await session.execute(settled.execution_options(synchronize_session=False))).first() is None:
        raise LostClaim


async def finish(session: AsyncSession, arrival: Arrival) -> None:
    """Mark it done, in the transaction of its effects. `LostClaim` undoes them all: somebody else has it."""
    session.info["received_at"] = arrival.received_at
    await _settle(session, arrival, state="done", error=None)


async def release(
    session: AsyncSession,
    arrival: Arrival,
    *,
    retry_at: datetime | None,
    error: str | None = None,
    counts: bool = True,
) -> None:
    """Put it back; `retry_at` in the database's time, None for at once. `counts`: this try failed."""
    attempts = arrival.attempts if counts else arrival.attempts - 1
    await _settle(session, arrival, state="pending", retry_at=retry_at, error=error, attempts=attempts)


async def set_aside(session: AsyncSession, arrival: Arrival, *, error: str) -> None:
    """Give it up until a person looks; it no longer holds up its lane."""
    await _settle(session, arrival, state="aside", error=error)


async def renew(database: Database, arrivals: Collection[Arrival], *, lease: timedelta) -> None:
    """Hold on to what is still being dealt with; a claim that was lost meanwhile stays lost."""
    async with database.write() as session:
        until = await database.machine_now(session) + lease
        for arrival in arrivals:
            await session.execute(
                update(InboxRow)
                .where(_is_claim(arrival))
                .values(lease_until=until)
                .execution_options(synchronize_session=False)
            )


async def aside(session: AsyncSession, *, limit: int = 50) -> list[InboxRow]:
    """Give what was given up, the newest first: for an admin."""
    rows = select(InboxRow).where(InboxRow.state == "aside").order_by(InboxRow.id.desc()).limit(limit)
    return list((await session.execute(rows)).scalars())


async def retry(session: AsyncSession, row_id: int) -> bool:
    """Deal again with what was given up; False when it was not."""
    mine = and_(InboxRow.id == row_id, InboxRow.state == "aside")
    again = update(InboxRow).where(mine).values(state="pending", attempts=0, retry_at=None, error=None)
    wake(session, "inbox")
    found = await session.execute(again.returning(InboxRow.id).execution_options(synchronize_session=False))
    return found.first() is not None


async def has_dealt_with(session: AsyncSession, source: str) -> bool:
    """Tell whether anything of this source ever came and was dealt with."""
    found = select(InboxRow.id).where(InboxRow.source == source, InboxRow.state == "done").limit(1)
    return (await session.execute(found)).first() is not None


async def take_back_claims(session: AsyncSession) -> None:
    """Free every claim. Only for the one process of an embedded database, before it starts working."""
    await session.execute(
        update(InboxRow).where(InboxRow.state == "claimed").values(state="pending", lease_until=None)
    )


async def once(session: AsyncSession, source: str, key: str) -> bool:
    """Note (`source`, `key`) as dealt with in this transaction; False when it was before."""
    return await _add(session, _row(source, key, b"", state="done"))


async def enqueue(session: AsyncSession, source: str, key: str, body: bytes, *, lane: str = "") -> bool:
    """Give ourselves something to deal with once this transaction is committed; False when it was before."""
    wake(session, "inbox")
    return await _add(session, _row(source, key, body, lane=lane))


async def _add(session: AsyncSession, row: dict[str, Any]) -> bool:
    return (await session.execute(_ADD, row)).first() is not None


def _row(source: str, key: str, body: bytes, *, lane: str = "", state: str = "pending") -> dict[str, Any]:
    return {
        "source": clean(source),
        "key": clean(key),
        "lane": clean(lane),
        "body": body,
        "received_at": clock.wall(),
        "state": state,
        "token": 0,
        "attempts": 0,
    }


async def waiting(session: AsyncSession) -> int:
    """Count what is not dealt with yet."""
    states = select(func.count()).where(InboxRow.state.in_(UNDEALT))
    return (await session.execute(states)).scalar_one()
