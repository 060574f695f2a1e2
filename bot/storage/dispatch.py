"""The dispatcher's side of the outbox: which row is next, and what became of it.

Every change is compare and set on state and token, so whoever lost its lease changes nothing any more; but
what certainly got through is noted while nobody tries it again.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot import clock
from bot.ports import Delivered
from bot.storage.database import wake
from bot.storage.holds import is_held
from bot.storage.outbox import UNSETTLED, OutboxRow, change, is_due


def _is_ready(row: type[OutboxRow]) -> ColumnElement[bool]:
    after = aliased(OutboxRow)
    return or_(row.after_id.is_(None), exists().where(after.id == row.after_id, after.state == "sent"))


async def heads(
    session: AsyncSession, *, now: datetime, real: datetime, busy: Collection[str], limit: int
) -> list[OutboxRow]:
    """Give the first due row of every lane that is not `busy`, the oldest first.

    A row held until later, or waiting for another row, does not hold up its lane; one that waits for a retry,
    or is uncertain, does.
    """
    earlier = aliased(OutboxRow)
    blocked = exists().where(
        earlier.lane == OutboxRow.lane,
        earlier.id < OutboxRow.id,
        earlier.state.in_(UNSETTLED),
        is_due(earlier, now),
        or_(earlier.state != "pending", _is_ready(earlier)),
    )
    rows = (
        select(OutboxRow)
        .where(
            OutboxRow.state == "pending",
            is_due(OutboxRow, now),
            or_(OutboxRow.retry_at.is_(None), OutboxRow.retry_at <= real),
            OutboxRow.lane.not_in(busy),
            ~blocked,
            _is_ready(OutboxRow),
        )
        .order_by(OutboxRow.id)
        .limit(limit)
    )
    return list((await session.execute(rows)).scalars())


async def doubtful(
    session: AsyncSession, *, real: datetime, busy: Collection[str], limit: int
) -> list[OutboxRow]:
    """Give the uncertain rows whose grace period is over."""
    rows = (
        select(OutboxRow)
        .where(OutboxRow.state == "uncertain", OutboxRow.retry_at <= real, OutboxRow.lane.not_in(busy))
        .order_by(OutboxRow.id)
        .limit(limit)
    )
    return list((await session.execute(rows)).scalars())


async def stranded(session: AsyncSession, *, limit: int) -> list[int]:
    """Give the rows that wait for one which will never be sent."""
    rows = select(OutboxRow.id).where(_waits_in_vain()).order_by(OutboxRow.id).limit(limit)
    return list((await session.execute(rows)).scalars())


def _waits_in_vain() -> ColumnElement[bool]:
    after = aliased(OutboxRow)
    lost = after.state.in_(("failed", "cancelled", "superseded"))
    return and_(OutboxRow.state == "pending", exists().where(after.id == OutboxRow.after_id, lost))


async def strand(session: AsyncSession, row_id: int, *, error: str) -> bool:
    """Set aside a row that waits in vain; False when it no longer does."""
    mine = and_(OutboxRow.id == row_id, _waits_in_vain())
    wake(session, "outbox")
    return bool(await change(session, mine, state="failed", error=error, settled_at=clock.wall()))


async def doubt_orphans(
    session: AsyncSession, *, token: int, retry_at: datetime, spared: Collection[str]
) -> int:
    """Make uncertain what is in `sending` though nobody alive sends it; the count of such rows.

    `spared` are the lanes in which the holder of `token` is sending just now.
    """
    orphan = and_(OutboxRow.state == "sending", OutboxRow.token <= token, OutboxRow.lane.not_in(spared))
    return await change(session, orphan, state="uncertain", token=token, retry_at=retry_at)


async def take_up(session: AsyncSession, row_id: int, *, token: int) -> bool:
    """Commit to finding out about an uncertain row; False when another dispatcher deals with it."""
    mine = and_(OutboxRow.id == row_id, OutboxRow.state == "uncertain", OutboxRow.token <= token)
    return bool(await change(session, mine, token=token))


async def start(session: AsyncSession, row_id: int, *, token: int, real: datetime) -> bool:
    """Commit to trying (`pending -> sending`); False when the row is no longer to be sent, or held back."""
    free = ~is_held(OutboxRow.kind, OutboxRow.purpose)
    mine = and_(OutboxRow.id == row_id, OutboxRow.state == "pending", OutboxRow.token <= token, free)
    values: dict[str, Any] = {
        "state": "sending",
        "token": token,
        "attempts": OutboxRow.attempts + 1,
        "tried_at": func.coalesce(OutboxRow.tried_at, real),
    }
    return bool(await change(session, mine, **values))


async def note_progress(
    session: AsyncSession, row_id: int, *, token: int, progress: Mapping[str, Any]
) -> bool:
    """Keep what a courier prepared, before the delivery relies on it; False when the row was taken over."""
    return bool(await change(session, _held(row_id, token), progress=dict(progress)))


async def settle(
    session: AsyncSession,
    row_id: int,
    *,
    token: int,
    state: str,
    delivered: Delivered | None = None,
    error: str | None = None,
) -> bool:
    """End a row: `sent` with what the outside gave, or `failed` with the reason; False when taken over."""
    values: dict[str, Any] = {"state": state, "error": error, "settled_at": clock.wall(), "retry_at": None}
    if delivered:
        values |= {
            "channel_id": delivered.channel_id,
            "ts": delivered.ts,
            "result": dict(delivered.detail),
        }
    mine = _held(row_id, token)
    if state == "sent":
        mine = or_(mine, and_(OutboxRow.id == row_id, OutboxRow.state == "uncertain"))
    settled = bool(await change(session, mine, **values))
    wake(session, "outbox")
    return settled


async def put_back(
    session: AsyncSession,
    row_id: int,
    *,
    token: int,
    state: str,
    retry_at: datetime | None,
    error: str | None,
    counts: bool = True,
) -> bool:
    """Return a row to `pending` or `uncertain` until `retry_at` (real time); False when taken over."""
    attempts = OutboxRow.attempts if counts else OutboxRow.attempts - 1
    return bool(
        await change(
            session, _held(row_id, token), state=state, retry_at=retry_at, error=error, attempts=attempts
        )
    )


def _held(row_id: int, token: int) -> ColumnElement[bool]:
    return and_(
        OutboxRow.id == row_id, OutboxRow.token == token, OutboxRow.state.in_(("sending", "uncertain"))
    )
