"""What people hold back: a kind of delivery, or all that one area sends, until somebody lets it go."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.database import Base, clean, insert, wake

# The kind of every mail that leaves.
ALL_MAIL = "mail.send"


class HoldRow(Base):
    """Deliveries of the kind or purpose `name` wait. `by` None: they have waited from the start."""

    __tablename__ = "outbox_hold"

    name: Mapped[str] = mapped_column(primary_key=True)
    by: Mapped[str | None]
    at: Mapped[datetime]


def is_held(kind: Any, purpose: Any) -> ColumnElement[bool]:
    """Give the condition that somebody holds a delivery back."""
    return exists().where(or_(HoldRow.name == kind, HoldRow.name == purpose))


async def hold(session: AsyncSession, name: str, by: str | None, now: datetime) -> bool:
    """Hold deliveries back; False when they are held already."""
    row = {"name": clean(name), "by": by, "at": now}
    statement = insert(session, HoldRow).values(row).on_conflict_do_nothing().returning(HoldRow.name)
    return (await session.execute(statement)).first() is not None


async def let_go(session: AsyncSession, name: str) -> bool:
    """Let them leave; False when nobody held them."""
    wake(session, "outbox")
    gone = delete(HoldRow).where(HoldRow.name == name).returning(HoldRow.name)
    return (await session.execute(gone)).first() is not None


async def all_of(session: AsyncSession) -> Sequence[HoldRow]:
    """Give what is held back."""
    return (await session.execute(select(HoldRow).order_by(HoldRow.name))).scalars().all()
