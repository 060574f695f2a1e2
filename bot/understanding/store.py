"""Every query about the model's work: stored answers, calls and their cost, the day's budget."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ports import Answer, Answered
from bot.storage.database import Database, clean
from bot.understanding.model import ModelAnswer, ModelCall, ModelDay
from bot.understanding.settings import ModelSettings, money

ANSWERED = "answered"


@dataclass(frozen=True)
class Spent:
    """What one kind of question took in a day. `unanswered`: how many of the calls gave nothing."""

    kind: str
    calls: int
    unanswered: int
    tokens: int
    cost: Decimal


def day_of(now: datetime) -> str:
    """Give the day (UTC) a call counts for."""
    return now.date().isoformat()


async def answer(session: AsyncSession, key: str) -> Mapping[str, Any] | None:
    """Give a stored answer, or None."""
    return (
        await session.execute(select(ModelAnswer.value).where(ModelAnswer.key == key))
    ).scalar_one_or_none()


async def keep(
    database: Database, session: AsyncSession, key: str, call: ModelCall, value: Mapping[str, Any]
) -> None:
    """Store an answer; the one stored first stays."""
    row = {
        "key": key,
        "kind": call.kind,
        "model": call.model,
        "value": _storable(dict(value)),
        "tokens_in": call.tokens_in,
        "tokens_out": call.tokens_out,
        "micros": call.micros,
        "answered_at": call.called_at,
    }
    await session.execute(database.insert(ModelAnswer).values(row).on_conflict_do_nothing())


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {name: _storable(one) for name, one in value.items()}
    return [_storable(one) for one in value] if isinstance(value, list | tuple) else value


async def set_aside(
    database: Database, session: AsyncSession, day: str, tokens: int, settings: ModelSettings, micros: int
) -> bool:
    """Set aside what a call may take; False when the day's budget does not have it any more.

    One statement decides, so that replicas together stay within the budget.
    """
    empty = {"day": day, "tokens": 0, "micros": 0}
    await session.execute(database.insert(ModelDay).values(empty).on_conflict_do_nothing())
    wanted = update(ModelDay).where(ModelDay.day == day)
    if settings.daily_tokens is not None:
        wanted = wanted.where(ModelDay.tokens + tokens <= settings.daily_tokens)
    if settings.daily_money is not None:
        wanted = wanted.where(ModelDay.micros + micros <= int(settings.daily_money * 1_000_000))
    changed = await session.execute(
        wanted.values(tokens=ModelDay.tokens + tokens, micros=ModelDay.micros + micros)
        .returning(ModelDay.day)
        .execution_options(synchronize_session=False)
    )
    return changed.first() is not None


async def settle(session: AsyncSession, call: ModelCall, tokens: int, micros: int) -> None:
    """Note a call, and count what it took instead of what was set aside for it (`tokens`, `micros`)."""
    session.add(call)
    used = call.tokens_in + call.tokens_out
    await session.execute(
        update(ModelDay)
        .where(ModelDay.day == call.day)
        .values(tokens=ModelDay.tokens + used - tokens, micros=ModelDay.micros + call.micros - micros)
        .execution_options(synchronize_session=False)
    )


def note(day: str, now: datetime, kind: str, model: str, answer: Answer[Any]) -> ModelCall:
    """Make the note of a call that counts for `day`."""
    return ModelCall(
        day=day,
        called_at=now,
        kind=kind,
        model=model,
        tokens_in=answer.usage.tokens_in,
        tokens_out=answer.usage.tokens_out,
        micros=int(answer.usage.cost * 1_000_000),
        outcome=ANSWERED if isinstance(answer, Answered) else answer.reason.value,
    )


async def used(session: AsyncSession, day: str) -> tuple[int, Decimal]:
    """Give the tokens and the money a day has used, with what is set aside for calls under way."""
    row = await session.get(ModelDay, day)
    return (row.tokens, money(row.micros)) if row else (0, Decimal(0))


async def spent(session: AsyncSession, first: str, last: str) -> list[Spent]:
    """Give what the days from `first` to `last` took, by kind of question."""
    asked = (
        select(
            ModelCall.kind,
            func.count().label("calls"),
            func.count().filter(ModelCall.outcome != ANSWERED).label("unanswered"),
            func.sum(ModelCall.tokens_in + ModelCall.tokens_out).label("tokens"),
            func.sum(ModelCall.micros).label("micros"),
        )
        .where(ModelCall.day.between(first, last))
        .group_by(ModelCall.kind)
        .order_by(ModelCall.kind)
    )
    return [
        Spent(row.kind, row.calls, row.unanswered, int(row.tokens), money(int(row.micros)))
        for row in await session.execute(asked)
    ]


async def forget(session: AsyncSession, before: datetime) -> int:
    """Delete answers and notes of calls older than that; how many answers. Answers may speak of people."""
    old = delete(ModelAnswer).where(ModelAnswer.answered_at < before).returning(ModelAnswer.key)
    answers = (await session.execute(old)).all()
    await session.execute(delete(ModelCall).where(ModelCall.called_at < before))
    await session.execute(delete(ModelDay).where(ModelDay.day < day_of(before)))
    return len(answers)
