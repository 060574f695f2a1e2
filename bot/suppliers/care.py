"""Whose a suppliers question is: its assignee, else the owner, else the departments that buy."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.people import store as people
from bot.people.model import Person
from bot.suppliers.model import Conversation, Supplier

# The departments that look after suppliers nobody owns.
BUYERS = ("production", "logistics")


def responsible(conversation: Conversation, supplier: Supplier) -> str | None:
    """Give who answers; None when it is the buyers'."""
    return conversation.assignee_id or supplier.owner_id


async def cares_for(session: AsyncSession, person: Person, *, leads_only: bool) -> set[str | None]:
    """Give whose questions are this person's: their own, and the buyers' (None) where they are one of them.

    With `leads_only` only those who lead a buying department are; where none has a lead or members, all are.
    """
    buyers: set[str] = set()
    for slug in BUYERS:
        department = await people.department(session, slug)
        if department is None:
            continue
        if department.lead_id:
            buyers.add(department.lead_id)
        if not (leads_only and department.lead_id):
            buyers |= {one.id for one in await people.members(session, department.id)}
    return {person.id, None} if not buyers or person.id in buyers else {person.id}
