"""Leases: one replica at a time does a thing. They live in the database's time, never in business time."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.database import Base, Database, for_change


class LeaseRow(Base):
    """Who does `name` now, until when; `token` grows with every change of holder."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    token: Mapped[int]
    until: Mapped[datetime]


async def hold(
    database: Database, session: AsyncSession, name: str, holder: str, ttl: timedelta, *, force: bool = False
) -> int | None:
    """Take or renew the lease; its fencing token, or None while somebody else holds it.

    `force` takes it from a holder known to be dead: the one process of an embedded database at its start.
    """
    now = await database.machine_now(session)
    fresh = {"name": name, "holder": "", "token": 0, "until": now}
    await session.execute(database.insert(LeaseRow).values(fresh).on_conflict_do_nothing())
    row = (await session.execute(for_change(select(LeaseRow).where(LeaseRow.name == name)))).scalar_one()
    if row.holder != holder:
        if row.until > now and not force:
            return None
        row.holder, row.token = holder, row.token + 1
    row.until = now + ttl
    return row.token


async def let_go(session: AsyncSession, name: str, holder: str, now: datetime) -> None:
    """Give the lease up, so that the next one need not wait."""
    row = await session.get(LeaseRow, name)
    if row is not None and row.holder == holder:
        row.until = now
