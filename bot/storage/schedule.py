"""The schedule: one row an errand that recurs, moved on by compare and set so that it happens once.

What is due is a question to rows and the business clock; the heartbeat only asks it.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot import clock
from bot.storage.database import Base, Database, insert


class ScheduleRow(Base):
    """An errand of `kind` that is due next at `due` (business time).

    While it fails, `error` says in a word why, and it rests until `retry_at` (real time).
    """

    __tablename__ = "schedule"

    key: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    due: Mapped[datetime]
    error: Mapped[str | None]
    retry_at: Mapped[datetime | None]


def _is_awake() -> ColumnElement[bool]:
    return or_(ScheduleRow.retry_at.is_(None), ScheduleRow.retry_at <= clock.wall())


async def ensure(database: Database, session: AsyncSession, key: str, kind: str, due: datetime) -> None:
    """Plan the errand unless it is planned already."""
    row = {"key": key, "kind": kind, "due": due}
    await session.execute(database.insert(ScheduleRow).values(row).on_conflict_do_nothing())


async def due(session: AsyncSession, now: datetime) -> list[ScheduleRow]:
    """Give what is due and does not rest, the oldest first."""
    rows = select(ScheduleRow).where(ScheduleRow.due <= now, _is_awake()).order_by(ScheduleRow.due)
    return list((await session.execute(rows)).scalars())


async def next_due(session: AsyncSession) -> datetime | None:
    """Tell when the next errand is due, or was; None when nothing is planned. What rests does not count."""
    return (await session.execute(select(func.min(ScheduleRow.due)).where(_is_awake()))).scalar()


async def failing(session: AsyncSession) -> list[ScheduleRow]:
    """Give the errands that failed last time, the one that is tried next first."""
    rows = select(ScheduleRow).where(ScheduleRow.error.is_not(None)).order_by(ScheduleRow.retry_at)
    return list((await session.execute(rows)).scalars())


async def failed(session: AsyncSession, row: ScheduleRow, error: str, retry_at: datetime) -> None:
    """Note that this occurrence failed, and let it rest until then."""
    same = (ScheduleRow.key == row.key, ScheduleRow.due == row.due)
    await session.execute(update(ScheduleRow).where(*same).values(error=error, retry_at=retry_at))


async def move_on(session: AsyncSession, row: ScheduleRow, to: datetime) -> bool:
    """Move the errand to its next time; True for exactly one of all who try for this occurrence."""
    moved = (
        update(ScheduleRow)
        .where(ScheduleRow.key == row.key, ScheduleRow.due == row.due)
        .values(due=to, error=None, retry_at=None)
        .returning(ScheduleRow.key)
        .execution_options(synchronize_session=False)
    )
    return (await session.execute(moved)).first() is not None


async def planned(session: AsyncSession, key: str) -> datetime | None:
    """Tell when an errand is due, or was; None when it is not planned."""
    return (await session.execute(select(ScheduleRow.due).where(ScheduleRow.key == key))).scalar()


async def keys(session: AsyncSession, kind: str) -> set[str]:
    """Give the keys of what is planned of a kind."""
    return set((await session.execute(select(ScheduleRow.key).where(ScheduleRow.kind == kind))).scalars())


async def plan(session: AsyncSession, key: str, kind: str, due: datetime) -> None:
    """Plan the errand for `due`, whenever it was planned for before."""
    row = {"key": key, "kind": kind, "due": due}
    new = insert(session, ScheduleRow).values(row)
    await session.execute(new.on_conflict_do_update(index_elements=["key"], set_={"due": due}))


async def bring_forward(session: AsyncSession, key: str, kind: str, due: datetime) -> None:
    """Plan the errand for `due`, unless it is planned for an earlier time."""
    row = {"key": key, "kind": kind, "due": due}
    new = insert(session, ScheduleRow).values(row)
    earlier = new.on_conflict_do_update(
        index_elements=["key"], set_={"due": due}, where=ScheduleRow.due > due
    )
    await session.execute(earlier)


async def drop(session: AsyncSession, key: str) -> None:
    """Plan the errand no more."""
    await session.execute(delete(ScheduleRow).where(ScheduleRow.key == key))
