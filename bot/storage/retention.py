"""What need not be kept any longer: passing rows go, settled ones forget what they carried, files follow.

Rows keep their keys, so that what comes a second time is known; only what they carried goes. Each function
takes one batch and gives how much it took; what is not dealt with, not sent or given up is never touched.
"""

import re
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, cast, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from bot import clock
from bot.storage.blobs import BlobRow
from bot.storage.inbox import InboxRow
from bot.storage.outbox import UNSETTLED, OutboxRow

# Short enough that whoever wants to store something waits for a moment only.
BATCH = 500
SETTLED = ("sent", "superseded", "cancelled")
# Whoever names a file again stores it again, which makes it young (blobs.put).
_YOUNG = timedelta(days=1)
_SHA256 = re.compile(rb"[0-9a-f]{64}")
_CARRIERS = ("mail.send", "mail.file", "slack.file")

Column = InstrumentedAttribute[Any]


async def drop_events(session: AsyncSession, sources: Collection[str], before: datetime) -> int:
    """Delete events that were dealt with."""
    # The newest stays: SQLite gives the number of the last row again when that row is gone.
    newest = select(func.max(InboxRow.id)).scalar_subquery()
    old = select(InboxRow.id).where(
        InboxRow.source.in_(sources),
        InboxRow.state == "done",
        InboxRow.received_at < before,
        InboxRow.id < newest,
    )
    return await _delete(session, InboxRow.id, old)


async def drop_deliveries(session: AsyncSession, kinds: Collection[str], before: datetime) -> int:
    """Delete deliveries that are settled, or failed, and that nothing hangs on."""
    waiting, newest = aliased(OutboxRow), select(func.max(OutboxRow.id)).scalar_subquery()
    old = select(OutboxRow.id).where(
        OutboxRow.kind.in_(kinds),
        OutboxRow.state.in_((*SETTLED, "failed")),
        OutboxRow.settled_at < before,
        OutboxRow.id < newest,
        ~exists().where(waiting.after_id == OutboxRow.id),
    )
    return await _delete(session, OutboxRow.id, old)


async def empty_arrivals(
    session: AsyncSession, before: datetime, *, only: Collection[str] = (), but: Collection[str] = ()
) -> tuple[int, set[str]]:
    """Let arrivals that were dealt with forget what they brought; how many, and the files they named."""
    chosen = InboxRow.source.in_(only) if only else InboxRow.source.not_in(but)
    rows = (
        select(InboxRow.id, InboxRow.body)
        .where(chosen, InboxRow.state == "done", InboxRow.received_at < before, InboxRow.body != b"")
        .limit(BATCH)
    )
    found = (await session.execute(rows)).all()
    emptied = update(InboxRow).where(InboxRow.id.in_([one.id for one in found])).values(body=b"", lane="")
    await session.execute(emptied.execution_options(synchronize_session=False))
    return len(found), {sha256.decode() for one in found for sha256 in _SHA256.findall(one.body)}


async def empty_deliveries(
    session: AsyncSession, before: datetime, *, kinds: Collection[str] = (), named_by: Sequence[Column] = ()
) -> tuple[int, set[str]]:
    """Let what left forget what it said; how many, and the files it named.

    Not the rows that a column of `named_by` names, nor what followed these.
    """
    rows = select(OutboxRow.id, OutboxRow.payload).where(
        OutboxRow.state.in_(SETTLED),
        OutboxRow.settled_at < before,
        cast(OutboxRow.payload, String) != "{}",
        *(~exists().where(column == OutboxRow.id) for column in named_by),
        *(~exists().where(column == OutboxRow.after_id) for column in named_by),
    )
    if kinds:
        rows = rows.where(OutboxRow.kind.in_(kinds))
    found = (await session.execute(rows.limit(BATCH))).all()
    emptied = update(OutboxRow).where(OutboxRow.id.in_([one.id for one in found]))
    emptied = emptied.values(payload={}, progress=None, result=None, error=None)
    await session.execute(emptied.execution_options(synchronize_session=False))
    return len(found), {str(one.payload["sha256"]) for one in found if "sha256" in one.payload}


def is_live(row_id: Any) -> ColumnElement[bool]:
    """Give the condition that a delivery, or one that follows it, has not left or was set aside."""
    row = aliased(OutboxRow)
    named = or_(row.id == row_id, row.after_id == row_id)
    return exists().where(named, row.state.in_((*UNSETTLED, "failed")))


async def drop_files(session: AsyncSession, candidates: Collection[str], named_by: Sequence[Column]) -> int:
    """Delete those of these files that nothing names any more: no column of `named_by`, nothing in or out."""
    kept: set[str] = set()
    for start in range(0, len(ordered := sorted(candidates)), BATCH):
        part = ordered[start : start + BATCH]
        for column in named_by:
            kept |= set((await session.execute(select(column).where(column.in_(part)))).scalars())
        carried = OutboxRow.payload["sha256"].as_string()
        leaving = select(carried).where(OutboxRow.kind.in_(_CARRIERS), carried.in_(part))
        kept |= set((await session.execute(leaving)).scalars())
    if candidates:
        open_arrivals = select(InboxRow.body).where(InboxRow.state != "done")
        async for body in await session.stream_scalars(open_arrivals):
            kept |= {sha256.decode() for sha256 in _SHA256.findall(body)}
    gone = [one for one in ordered if one not in kept]
    old = select(BlobRow.sha256).where(BlobRow.sha256.in_(gone), BlobRow.stored_at < clock.wall() - _YOUNG)
    return await _delete(session, BlobRow.sha256, old)


async def _delete(session: AsyncSession, name: Column, chosen: Any) -> int:
    names = (await session.execute(chosen.limit(BATCH))).scalars().all()
    return await delete_named(session, name, names)


async def delete_named(session: AsyncSession, name: Column, names: Sequence[Any]) -> int:
    """Delete the rows of these names."""
    gone = delete(name.class_).where(name.in_(names)).execution_options(synchronize_session=False)
    await session.execute(gone)
    return len(names)
