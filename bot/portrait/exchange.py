"""Taking the portrait of a shop from its database, and putting changes of it back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters.model import fold
from bot.people import directory, mornings
from bot.people import store as people
from bot.people.model import Aim, Department, Person
from bot.portrait import difference, document
from bot.portrait.difference import Change
from bot.portrait.document import NAMING, VALUE, Document, Portrait
from bot.suppliers import store as suppliers
from bot.suppliers.model import Contact, Supplier
from bot.words import _

# What Switchboard notes for itself, and no admin decided.
_OURS = frozenset({"departments", "hidden_channels"})
_FIELDS = {"zone": "own_zone", "language": "own_language", "admin": "is_admin", "manager": "manager_id"}


async def take(session: AsyncSession) -> Portrait:
    """Give the portrait of the shop as it is now."""
    everybody = await people.colleagues(session)
    names = {one.id: called(one) for one in await people.everybody(session)}
    return {
        "departments": {
            one.slug: await _department(session, one, names) for one in await people.departments(session)
        },
        "people": {called(one): _person(one, names) for one in everybody},
        "suppliers": {
            one.name: await _supplier(session, one, names) for one in await suppliers.all_suppliers(session)
        },
        "settings": {
            key: {VALUE: value}
            for key, value in (await people.all_settings(session)).items()
            if key not in _OURS
        },
    }


def called(person: Person) -> str:
    """Name somebody for a file."""
    return (person.email or person.id).lower() if person.email else person.id


async def _department(session: AsyncSession, one: Department, names: dict[str, str]) -> dict[str, Any]:
    members = await people.hats(session, one.id)
    return {
        "name": one.name, "aim": one.aim, "lead": names.get(one.lead_id or ""),
        "members": sorted(names[member] for member in members if member in names), "channel": one.channel_id,
        "hours": one.hours, "zone": one.zone, "country": _place(one.country, one.subdivision),
    }  # fmt: skip


def _person(one: Person, names: dict[str, str]) -> dict[str, Any]:
    return {
        "role": one.role, "manager": names.get(one.manager_id or ""), "hours": one.hours, "quiet": one.quiet,
        "zone": one.own_zone, "country": _place(one.country, one.subdivision), "language": one.own_language,
        "morning": one.morning, "skills": list(one.skills), "admin": one.is_admin,
    }  # fmt: skip


async def _supplier(session: AsyncSession, one: Supplier, names: dict[str, str]) -> dict[str, Any]:
    contacts = await suppliers.contacts(session, one.id)
    return {
        "owner": names.get(one.owner_id or ""), "channel": one.channel_id, "language": one.language,
        "zone": one.zone, "country": one.country,
        "contacts": {contact.address: contact.name for contact in contacts},
    }  # fmt: skip


def _place(country: str | None, part: str | None) -> str | None:
    return "-".join(filter(None, (country, part))) or None


async def plan(session: AsyncSession, text: str) -> list[Change]:
    """Give what a file would change; `NotUnderstood` with every line that is wrong."""
    wanted = document.read(text)
    known = {called(one) for one in await people.everybody(session)}
    _check_people(wanted, known)
    current = await take(session)
    _check_suppliers(wanted, current)
    wanted.require_sound()
    return difference.between(current, wanted.portrait)


def _check_people(wanted: Document, known: set[str]) -> None:
    entries = wanted.portrait.get("people", {})
    for name in list(entries):
        proper = name if name in known else name.lower()
        if proper not in known:
            wanted.complain(wanted.lines["people", name], _nobody(name))
        entries[proper] = entries.pop(name)
    for section, fields in NAMING.items():
        for name, entry in wanted.portrait.get(section, {}).items():
            for key in fields:
                _check_named(wanted, known, (section, name, key), entry)


def _check_named(
    wanted: Document, known: set[str], where: tuple[str, str, str], entry: dict[str, Any]
) -> None:
    value = entry.get(where[2])
    named = value if isinstance(value, list) else [value] if value else []
    proper = [one if one in known else one.lower() for one in named]
    for one, other in zip(named, proper, strict=True):
        if other not in known:
            wanted.complain(wanted.lines.get(where, 1), _nobody(one))
    if named:
        entry[where[2]] = proper if isinstance(value, list) else proper[0]


def _nobody(name: str) -> str:
    return _("Nobody in this workspace has the address or Slack id “{name}”.").format(name=name)


def _check_suppliers(wanted: Document, current: Portrait) -> None:
    """Hold names to how they are written already, and every address to one supplier."""
    entries = wanted.portrait.get("suppliers", {})
    known = {fold(name): name for name in current["suppliers"]}
    owners = {address: name for name, entry in current["suppliers"].items() for address in entry["contacts"]}
    for name in list(entries):
        proper = known.get(fold(name), name)
        for address in entries[name].get("contacts", {}):
            if owners.setdefault(address, proper) != proper:
                sentence = _("{address} already belongs to {name}.")
                line = wanted.lines["suppliers", name, "contacts"]
                wanted.complain(line, sentence.format(address=address, name=owners[address]))
        entries[proper] = entries.pop(name)


async def apply(session: AsyncSession, changes: Sequence[Change], now: datetime) -> None:
    """Make the changes, and note in the audit log that they were imported."""
    ids = {called(one): one.id for one in await people.everybody(session)}
    for change in changes:
        match change.section:
            case "departments":
                await _change_department(session, change, ids)
            case "people":
                await _change_person(session, change, ids)
            case "suppliers":
                await _change_supplier(session, change, ids, now)
            case _:
                await people.set_setting(session, change.name, change.new)
        await session.flush()
    if changes:
        counted = {section: sum(one.section == section for one in changes) for section in document.SECTIONS}
        subject = ", ".join(f"{section}: {count}" for section, count in counted.items() if count)
        await people.audit(session, now, None, "import", subject)
    for person in await people.colleagues(session):
        await mornings.plan(session, person, now)


async def _change_department(session: AsyncSession, change: Change, ids: dict[str, str]) -> None:
    one = await people.department(session, change.name)
    if one is None:
        one = Department(slug=change.name, name=change.name, aim=Aim.PRODUCT.value)
        session.add(one)
        await session.flush()
    match change.field:
        case "members":
            await people.set_members(session, one.id, [ids[name] for name in change.new])
        case "lead":
            one.lead_id = ids[change.new] if change.new else None
        case "channel":
            one.channel_id = change.new
        case "country":
            one.country, one.subdivision = _parts(change.new)
        case _:
            setattr(one, change.field, change.new)


async def _change_person(session: AsyncSession, change: Change, ids: dict[str, str]) -> None:
    person = await session.get_one(Person, ids[change.name])
    match change.field:
        case "name":
            pass
        case "country":
            person.country, person.subdivision = _parts(change.new)
        case "manager":
            person.manager_id = ids[change.new] if change.new else None
        case "role":
            person.role = change.new or ""
        case _:
            setattr(person, _FIELDS.get(change.field, change.field), change.new)


async def _change_supplier(session: AsyncSession, change: Change, ids: dict[str, str], now: datetime) -> None:
    one = await suppliers.by_name(session, change.name)
    if one is None:
        one = Supplier(
            name=change.name,
            folded_name=fold(change.name),
            language="en",
            zone="UTC",
            country="",
            added_at=now,
        )
        session.add(one)
        await session.flush()
    match change.field:
        case "contacts":
            await _change_contacts(session, one, change.new)
        case "owner":
            one.owner_id = ids[change.new] if change.new else None
        case "channel":
            one.channel_id = change.new
        case "language" | "zone" | "country":
            setattr(one, change.field, change.new or {"language": "en", "zone": "UTC"}.get(change.field, ""))


async def _change_contacts(session: AsyncSession, supplier: Supplier, wanted: dict[str, str]) -> None:
    known = {one.address: one for one in await suppliers.contacts(session, supplier.id)}
    for address, name in wanted.items():
        if address in known:
            known[address].name = name
        else:
            session.add(Contact(supplier_id=supplier.id, name=name, address=address))


def _parts(place: str | None) -> tuple[str | None, str | None]:
    return (directory.place(place) if place else None) or (None, None)
