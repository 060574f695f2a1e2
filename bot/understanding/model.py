"""What is kept of the model's work: its answers, each call with its cost, and what a day has used.

Money is counted in millionths of the currency the prices are given in, as whole numbers: both databases add
those exactly.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.database import Base, BigId


class ModelAnswer(Base):
    """An answer that was read, checked and put back together. `key`: the hash of what was asked, in hex."""

    __tablename__ = "model_answer"

    key: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    model: Mapped[str]
    value: Mapped[dict[str, Any]]
    tokens_in: Mapped[int]
    tokens_out: Mapped[int]
    micros: Mapped[int] = mapped_column(BigInteger)
    answered_at: Mapped[datetime] = mapped_column(index=True)


class ModelCall(Base):
    """One time the model was asked. `outcome` is "answered", or the reason why there is no answer."""

    __tablename__ = "model_call"
    __table_args__ = (Index("ix_model_call_day_kind", "day", "kind"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    day: Mapped[str]
    called_at: Mapped[datetime]
    kind: Mapped[str]
    model: Mapped[str]
    tokens_in: Mapped[int]
    tokens_out: Mapped[int]
    micros: Mapped[int] = mapped_column(BigInteger)
    outcome: Mapped[str]


class ModelDay(Base):
    """What a day (UTC, `2026-11-24`) has used, with what is set aside for calls still under way."""

    __tablename__ = "model_day"

    day: Mapped[str] = mapped_column(primary_key=True)
    tokens: Mapped[int] = mapped_column(BigInteger)
    micros: Mapped[int] = mapped_column(BigInteger)
