"""All that was written to and by a supplier."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters import history
from bot.letters.history import Entry
from bot.suppliers import store
from bot.suppliers.desk import DESK
from bot.suppliers.model import Conversation


async def of(session: AsyncSession, supplier_id: int) -> tuple[Sequence[Entry], bool]:
    """Give what was written last, the newest first, and whether there is more."""
    addresses = [one.address for one in await store.contacts(session, supplier_id)]
    return await history.of(DESK, session, Conversation.supplier_id == supplier_id, addresses)
