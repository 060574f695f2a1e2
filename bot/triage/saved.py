"""Answers the team uses again, with {variables} that are filled in for a ticket."""

import re
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import SwitchboardError
from bot.people.model import Person
from bot.triage import store
from bot.triage.model import SavedReply, Ticket
from bot.words import _

VARIABLES = ("name", "order", "sku", "number", "me", "shop")
_VARIABLE = re.compile(r"\{(\w{1,30})\}")


class TitleTaken(SwitchboardError):
    """There is a reply of this title already."""


def fill(text: str, ticket: Ticket, me: str, shop: str) -> str:
    """Fill in what is known; what is not stays, so that whoever answers sees it."""
    known = {
        "name": ticket.customer_name,
        "order": ticket.order_number,
        "sku": ticket.sku,
        "number": str(ticket.id),
        "me": me,
        "shop": shop,
    }
    return _VARIABLE.sub(lambda found: known.get(found.group(1)) or found.group(0), text)


def unfilled(text: str) -> str:
    """Say which variable still stands in an answer; "" when none does."""
    left = [found.group(0) for found in _VARIABLE.finditer(text) if found.group(1) in VARIABLES]
    return _("Fill in {variable} first: I do not know it.").format(variable=left[0]) if left else ""


def unknown(text: str) -> str:
    """Say which variable of a saved reply nobody can fill in; "" when all can be."""
    wrong = [found.group(0) for found in _VARIABLE.finditer(text) if found.group(1) not in VARIABLES]
    if not wrong:
        return ""
    known = ", ".join(f"{{{one}}}" for one in VARIABLES)
    return _("I cannot fill in {variable}. There are: {known}").format(variable=wrong[0], known=known)


async def keep(
    session: AsyncSession, reply_id: int | None, title: str, text: str, by: Person, now: datetime
) -> None:
    """Add a saved reply, or change one. `TitleTaken`."""
    title = " ".join(title.split())
    other = await store.saved_by_title(session, title)
    if other is not None and other.id != reply_id:
        raise TitleTaken
    row = await session.get_one(SavedReply, reply_id) if reply_id else SavedReply(title=title)
    row.title, row.text, row.changed_by, row.changed_at = title, text.strip(), by.id, now
    session.add(row)
    await session.flush()


async def drop(session: AsyncSession, reply_id: int) -> None:
    """Take a saved reply away."""
    if row := await session.get(SavedReply, reply_id):
        await session.delete(row)
