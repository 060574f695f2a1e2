"""All that was written to and by a customer, in whichever of their tickets."""

from collections.abc import Sequence

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters import history
from bot.letters.history import Entry
from bot.triage.desk import DESK
from bot.triage.model import Ticket


async def of(session: AsyncSession, ticket: Ticket) -> tuple[Sequence[Entry], bool]:
    """Give what was written last, the newest first, and whether there is more.

    Of a customer without an address nobody knows which other tickets are theirs.
    """
    address = ticket.customer_address.lower()
    if not address:
        return await history.of(DESK, session, Ticket.id == ticket.id, ())
    theirs = func.lower(Ticket.customer_address) == address
    return await history.of(DESK, session, theirs, {address, ticket.customer_address})
