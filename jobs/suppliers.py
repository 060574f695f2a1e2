"""What the outbox tells the suppliers' area: an answer left, or could not."""

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.storage.outbox import OutboxRow
from bot.suppliers import replies

Outcome = Callable[[AsyncSession, OutboxRow], Awaitable[None]]


def outcomes(clock: Clock) -> dict[str, Outcome]:
    """Give whom to tell, by the purpose of the delivery."""

    async def reply_settled(session: AsyncSession, row: OutboxRow) -> None:
        await replies.settled(session, row, clock.now())

    return {replies.PURPOSE: reply_settled}
