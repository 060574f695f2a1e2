"""How the bot is, read from its tables: what waits, how long, and what could not be delivered."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import clock
from bot.storage.inbox import InboxRow
from bot.storage.outbox import UNSETTLED, OutboxRow, is_due

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Health:
    """Depths, and ages in seconds of real time; `delivered` counts the last 24 hours by kind and end."""

    inbox_waiting: int
    inbox_aside: int
    inbox_age: float
    outbox: dict[str, int] = field(default_factory=dict)
    outbox_age: float = 0.0
    delivered: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def outbox_waiting(self) -> int:
        """How much is due and has not left."""
        return sum(self.outbox.get(state, 0) for state in UNSETTLED)


async def measure(session: AsyncSession, now: datetime) -> Health:
    """Look at inbox and outbox; `now` is business time, by which held rows do not count as waiting."""
    real = clock.wall()
    states = await session.execute(
        select(InboxRow.state, func.count(), func.min(InboxRow.received_at))
        .where(InboxRow.state != "done")
        .group_by(InboxRow.state)
    )
    inbox = {state: (count, oldest) for state, count, oldest in states}
    waiting = [inbox[state] for state in ("pending", "claimed") if state in inbox]
    left = await session.execute(
        select(OutboxRow.state, func.count(), func.min(OutboxRow.created_at))
        .where(OutboxRow.state.in_((*UNSETTLED, "failed")), is_due(OutboxRow, now))
        .group_by(OutboxRow.state)
    )
    outbox = {state: (count, oldest) for state, count, oldest in left}
    ended = await session.execute(
        select(OutboxRow.kind, OutboxRow.state, func.count())
        .where(OutboxRow.settled_at > real - _DAY)
        .group_by(OutboxRow.kind, OutboxRow.state)
    )
    return Health(
        inbox_waiting=sum(count for count, _ in waiting),
        inbox_aside=inbox.get("aside", (0, None))[0],
        inbox_age=_age(real, [oldest for _, oldest in waiting]),
        outbox={state: count for state, (count, _) in outbox.items()},
        outbox_age=_age(real, [oldest for state, (_, oldest) in outbox.items() if state in UNSETTLED]),
        delivered={(kind, state): count for kind, state, count in ended},
    )


def _age(real: datetime, oldest: list[datetime]) -> float:
    return max((real - one).total_seconds() for one in oldest) if oldest else 0.0
