"""The outbox: everything that shall leave us, written in the transaction that decided it.

A row is `pending`, `sending` (a dispatcher committed that it tries), `uncertain` (nobody knows whether the
try got through), and in the end `sent`, `failed` (set aside for an admin), `cancelled` or `superseded` (a
newer row of the same `topic` says it better). Rows of one lane leave in the order they were added.

References: a row with `after_id` waits until that row is sent. A `slack.update` then changes that message;
any other Slack row goes into its thread. So nobody needs to know a `ts` before Slack gave it.
"""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, aliased, mapped_column

from bot import clock
from bot.errors import SwitchboardError
from bot.storage.database import Base, BigId, clean, insert, wake
from bot.storage.holds import is_held

UNSETTLED = ("pending", "sending", "uncertain")


class StillOnItsWay(SwitchboardError):
    """It is not known yet whether that message arrived. Please try again in a moment."""


class OutboxRow(Base):
    """One delivery. `not_before` is business time, `retry_at` and `tried_at` are real time."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_state_lane_id", "state", "lane", "id"),
        Index("ix_outbox_channel_id_ts", "channel_id", "ts"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    uid: Mapped[str] = mapped_column(unique=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    lane: Mapped[str]
    payload: Mapped[dict[str, Any]]
    purpose: Mapped[str | None]
    subject_id: Mapped[int | None] = mapped_column(BigId)
    after_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("outbox.id"), index=True)
    topic: Mapped[str | None] = mapped_column(index=True)
    not_before: Mapped[datetime | None]
    created_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="pending")
    token: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None]
    retry_at: Mapped[datetime | None]
    progress: Mapped[dict[str, Any] | None]
    channel_id: Mapped[str | None]
    ts: Mapped[str | None]
    result: Mapped[dict[str, Any] | None]
    error: Mapped[str | None]
    settled_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Draft:
    """What a use case wants to leave.

    `key` makes it happen once: a second draft of the same key is not added. `purpose` names who wants to hear
    how it went (jobs/delivery.py), about its own row `subject_id`.
    """

    key: str
    kind: str
    lane: str
    payload: Mapping[str, Any]
    purpose: str | None = None
    subject_id: int | None = None
    after_id: int | None = None
    topic: str | None = None
    not_before: datetime | None = None
    uid: str | None = None


def new_uid() -> str:
    """Make the opaque id under which the outside knows a delivery."""
    return secrets.token_hex(16)


async def add(session: AsyncSession, draft: Draft) -> int:
    """Add it, and give its id; the id of the row already there when the key was used before."""
    values = {
        "uid": draft.uid or new_uid(),
        "key": draft.key,
        "kind": draft.kind,
        "lane": draft.lane,
        "payload": dict(draft.payload),
        "purpose": draft.purpose,
        "subject_id": draft.subject_id,
        "after_id": draft.after_id,
        "topic": draft.topic,
        "not_before": draft.not_before,
        "created_at": clock.wall(),
        "state": "pending",
        "token": 0,
        "attempts": 0,
    }
    statement = insert(session, OutboxRow).values(values).on_conflict_do_nothing(index_elements=["key"])
    added = (await session.execute(statement.returning(OutboxRow.id))).scalar_one_or_none()
    if added is None:
        known = select(OutboxRow.id).where(OutboxRow.key == clean(draft.key))
        return (await session.execute(known)).scalar_one()
    if draft.topic:
        older = and_(OutboxRow.topic == draft.topic, OutboxRow.state == "pending", OutboxRow.id != added)
        await change(session, older, state="superseded", settled_at=clock.wall())
    wake(session, "outbox")
    return int(added)


async def cancel(session: AsyncSession, row_id: int) -> bool:
    """Take a row back before it leaves; False when it is on its way or gone."""
    mine = and_(OutboxRow.id == row_id, OutboxRow.state == "pending", OutboxRow.tried_at.is_(None))
    return bool(await change(session, mine, state="cancelled", settled_at=clock.wall()))


async def hasten(session: AsyncSession, row_id: int) -> bool:
    """Let a row that waits for its time go now; False when it is on its way or gone."""
    mine = and_(OutboxRow.id == row_id, OutboxRow.state == "pending")
    wake(session, "outbox")
    return bool(await change(session, mine, not_before=None))


async def posted(session: AsyncSession, channel_id: str, ts: str) -> int | None:
    """Tell which row became this Slack message, if one did.

    `StillOnItsWay` when that cannot be told yet: people may answer a message before we know that it arrived.
    """
    # The doubt first: PostgreSQL shows each statement what is so by then, and a post that arrived between the
    # two would be neither known yet nor in doubt any more.
    in_doubt = await _channels_in_doubt(session)
    found = select(OutboxRow.id).where(
        OutboxRow.channel_id == channel_id, OutboxRow.ts == ts, OutboxRow.kind == "slack.post"
    )
    row_id = (await session.execute(found)).scalars().first()
    if row_id is None and channel_id in in_doubt:
        raise StillOnItsWay
    return row_id


async def _channels_in_doubt(session: AsyncSession) -> set[str]:
    """Give the channels in which something is being posted just now, or may have been."""
    after = aliased(OutboxRow)
    rows = (
        select(OutboxRow.payload, after.channel_id)
        .outerjoin(after, after.id == OutboxRow.after_id)
        .where(OutboxRow.kind == "slack.post", OutboxRow.state.in_(("sending", "uncertain")))
    )
    if received_at := session.info.get("received_at"):
        # Nobody can have answered what was not yet tried when their words reached us.
        rows = rows.where(OutboxRow.tried_at <= received_at)
    found = (await session.execute(rows)).all()
    return {str(channel_id or payload.get("channel")) for payload, channel_id in found}


async def get(session: AsyncSession, row_id: int) -> OutboxRow:
    """Give a row that is known to exist."""
    return await session.get_one(OutboxRow, row_id)


def is_due(row: type[OutboxRow], now: datetime) -> ColumnElement[bool]:
    """Give the condition that a row need wait neither for its time (business time) nor for people."""
    return and_(or_(row.not_before.is_(None), row.not_before <= now), ~is_held(row.kind, row.purpose))


async def last_sent(session: AsyncSession, prefixes: Collection[str]) -> datetime | None:
    """Tell when the last delivery left whose key begins so (real time)."""
    begins = or_(*(OutboxRow.key.startswith(prefix, autoescape=True) for prefix in prefixes))
    rows = select(func.max(OutboxRow.settled_at)).where(begins, OutboxRow.state == "sent")
    return (await session.execute(rows)).scalar()


async def failed(session: AsyncSession, *, limit: int = 50) -> list[OutboxRow]:
    """Give what was set aside, the newest first: for an admin."""
    rows = select(OutboxRow).where(OutboxRow.state == "failed").order_by(OutboxRow.id.desc()).limit(limit)
    return list((await session.execute(rows)).scalars())


async def retry(session: AsyncSession, row_id: int) -> bool:
    """Queue a row again that was set aside, with all that failed because of it; False when there is none."""
    # Without `progress`: what was prepared long ago may be gone.
    again = {"state": "pending", "attempts": 0, "retry_at": None, "error": None, "settled_at": None}
    again["progress"] = None
    found = await change(session, and_(OutboxRow.id == row_id, OutboxRow.state == "failed"), **again)
    if found:
        children = select(OutboxRow.id).where(OutboxRow.after_id == row_id, OutboxRow.state == "failed")
        for child in (await session.execute(children)).scalars().all():
            await retry(session, child)
    wake(session, "outbox")
    return bool(found)


async def waiting(session: AsyncSession, now: datetime) -> int:
    """Count the rows that are due and not settled."""
    due = select(func.count()).where(OutboxRow.state.in_(UNSETTLED), is_due(OutboxRow, now))
    return (await session.execute(due)).scalar_one()


async def next_due(
    session: AsyncSession, now: datetime, real: datetime
) -> tuple[timedelta | None, timedelta | None]:
    """Tell how long until the next held row is due (business time) and the next retry (real time)."""
    held = select(func.min(OutboxRow.not_before)).where(
        OutboxRow.state == "pending", OutboxRow.not_before > now
    )
    again = select(func.min(OutboxRow.retry_at)).where(
        OutboxRow.state.in_(("pending", "uncertain")), OutboxRow.retry_at > real
    )
    first, second = (await session.execute(held)).scalar(), (await session.execute(again)).scalar()
    return (first - now if first else None, second - real if second else None)


async def change(session: AsyncSession, where: ColumnElement[bool], **values: Any) -> int:
    """Change the rows that are as `where` says, and count them."""
    changed = update(OutboxRow).where(where).values(**values).returning(OutboxRow.id)
    changed = changed.execution_options(synchronize_session=False)
    return len((await session.execute(changed)).all())
