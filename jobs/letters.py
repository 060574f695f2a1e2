"""What the outbox tells the areas that answer letters: what left or could not, what is in its place."""

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.letters import replies
from bot.letters.desk import Desk
from bot.storage.outbox import OutboxRow
from bot.suppliers import strays
from bot.suppliers.desk import DESK as SUPPLIERS
from bot.triage.desk import DESK as TRIAGE

Outcome = Callable[[AsyncSession, OutboxRow], Awaitable[None]]
DESKS: tuple[Desk, ...] = (SUPPLIERS, TRIAGE)


def outcomes(clock: Clock) -> dict[str, Outcome]:
    """Give whom to tell, by the purpose of the delivery."""

    def of(desk: Desk) -> Outcome:
        async def settled(session: AsyncSession, row: OutboxRow) -> None:
            await replies.settled(desk, session, row, clock.now())

        return settled

    return {desk.purpose: of(desk) for desk in DESKS} | {strays.LANDED: strays.landed}
