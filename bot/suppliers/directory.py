"""Adding suppliers and their people, with every mistake said at the field it was made in."""

import re
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from sqlalchemy.ext.asyncio import AsyncSession

from bot import calendar, languages
from bot.letters.model import fold
from bot.people.model import Person
from bot.suppliers import store
from bot.suppliers.model import Contact, Supplier
from bot.words import _

_ADDRESS = re.compile(r"[^@\s<>,;\"]{1,64}@[^@\s<>,;\"]{1,250}\.[^@\s<>,;\"]{1,60}")


@dataclass(frozen=True)
class Entry:
    """What somebody filled in: the address, and either a supplier we have or a new one's particulars."""

    address: str
    contact: str = ""
    existing_id: int | None = None
    name: str = ""
    zone: str = ""
    country: str = ""
    language: str = ""
    owner_id: str | None = None
    channel_id: str | None = None


async def mistakes(session: AsyncSession, entry: Entry) -> dict[str, str]:
    """Tell what is wrong, by field; {} when the entry can be added."""
    wrong: dict[str, str] = {}
    address = entry.address.strip().lower()
    if not _ADDRESS.fullmatch(address):
        wrong["address"] = _("This is not a mail address. It looks like mei@huang.example.")
    elif contact := await store.contact_of(session, address):
        supplier = await session.get_one(Supplier, contact.supplier_id)
        wrong["address"] = _("This address already belongs to {name}.").format(name=supplier.name)
    if entry.existing_id is None:
        wrong |= await _mistakes_of_a_new_one(session, entry)
    return wrong


async def _mistakes_of_a_new_one(session: AsyncSession, entry: Entry) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if not fold(entry.name):
        wrong["name"] = _("The company needs a name.")
    elif known := await store.by_name(session, entry.name):
        taken = _("{name} is there already. Add the address to it, or choose another name.")
        wrong["name"] = taken.format(name=known.name)
    if entry.zone.strip() and calendar.zone(entry.zone.strip()) is None:
        wrong["zone"] = _("There is no such time zone. Write it as Continent/City, such as Asia/Shanghai.")
    if entry.country.strip() and not languages.country_flag(entry.country.strip()):
        wrong["country"] = _("Two letters, such as CN, IT or TR.")
    return wrong


async def add(session: AsyncSession, entry: Entry, by: Person, now: datetime) -> Contact:
    """Add an entry that has no `mistakes`."""
    if entry.existing_id is not None:
        supplier = await session.get_one(Supplier, entry.existing_id)
    else:
        supplier = Supplier(
            name=" ".join(entry.name.split()),
            folded_name=fold(entry.name),
            channel_id=entry.channel_id,
            owner_id=entry.owner_id,
            language=entry.language or "en",
            zone=entry.zone.strip() or by.zone,
            country=entry.country.strip().upper(),
            added_by=by.id,
            added_at=now,
        )
        session.add(supplier)
        await session.flush()
    contact = Contact(
        supplier_id=supplier.id, name=" ".join(entry.contact.split()), address=entry.address.strip().lower()
    )
    session.add(contact)
    await session.flush()
    return contact


async def nearest(session: AsyncSession, word: str) -> str | None:
    """Find the supplier whose name is most like this word."""
    names = {one.folded_name: one.name for one in await store.all_suppliers(session)}
    starts = [name for folded, name in names.items() if folded.startswith(fold(word))]
    close = get_close_matches(fold(word), names, n=1, cutoff=0.5)
    return starts[0] if starts else names[close[0]] if close else None
