"""Mails of nobody we know: shown for sorting, or set aside on a list where they can be fetched back."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks
from bot.letters import store as letters
from bot.letters import strays
from bot.letters.arriving import Arrived
from bot.letters.model import ASIDE, TAKEN, UNSORTED, Channels, Stray
from bot.letters.strays import AlreadySorted
from bot.people import store as people
from bot.people.model import Person
from bot.storage import outbox
from bot.storage.outbox import OutboxRow
from bot.suppliers import directory, messages, store
from bot.suppliers.model import NotASupplier, Supplier

# Under which name the outbox tells that a sorted mail stands where it belongs.
LANDED = "suppliers:landed"


async def show(session: AsyncSession, stray: Stray, channels: Channels) -> None:
    """Put a mail from an unknown sender where the team sorts it."""
    known = await store.supplier_of_domain(session, stray.sender_address)
    post = outbox.Draft(
        key=f"stray:{stray.id}:{outbox.new_uid()}",
        kind="slack.post",
        lane=f"slack:{channels.unsorted}",
        payload={"channel": channels.unsorted, **messages.stray_card(stray, known)},
    )
    stray.post_id = await outbox.add(session, post)


async def refuse(session: AsyncSession, stray_id: int, person_id: str, now: datetime) -> None:
    """Say that a sender is no supplier: what waits from that address, and what will come, is set aside."""
    stray = await unsorted(session, stray_id)
    if not await store.is_not_a_supplier(session, stray.sender_address):
        session.add(NotASupplier(address=stray.sender_address, said_by=person_id, said_at=now))
    for one in await store.unsorted_of(session, stray.sender_address):
        one.state, one.reason, one.decided_by = ASIDE, messages.SAID_NOT_A_SUPPLIER, person_id
        await _redraw(session, one)


async def add_to(session: AsyncSession, stray_id: int, supplier_id: int, by: Person, now: datetime) -> None:
    """Add a sender to a supplier we have; what waits from there goes to the supplier's conversations."""
    stray = await unsorted(session, stray_id)
    entry = directory.Entry(stray.sender_address, stray.sender_name, supplier_id)
    contact = await directory.add(session, entry, by, now)
    await take_in(session, contact.address, by.id)


async def take_in(session: AsyncSession, address: str, person_id: str) -> None:
    """Let all that waits from an address that has become a supplier's arrive anew, now as that supplier's."""
    if said := await session.get(NotASupplier, address):
        await session.delete(said)
    for stray in await store.unsorted_of(session, address):
        stray.state, stray.decided_by = TAKEN, person_id
        await _redraw(session, stray)
        await strays.arrive_anew(session, stray)


async def bring_back(session: AsyncSession, stray_id: int, person_id: str, channels: Channels) -> None:
    """Fetch a mail back that was set aside: to its supplier, or else to where the team sorts it."""
    stray = await strays.set_aside(session, stray_id)
    if said := await session.get(NotASupplier, stray.sender_address):
        await session.delete(said)
    if await store.contact_of(session, stray.sender_address):
        stray.state, stray.decided_by = TAKEN, person_id
        await _redraw(session, stray)
        await strays.arrive_anew(session, stray)
    else:
        stray.state, stray.reason, stray.decided_by = UNSORTED, None, None
        await show(session, stray, channels)


async def tells(session: AsyncSession, arrived: Arrived) -> dict[str, Any]:
    """Give what a delivery needs to tell where a mail landed that a person sorted; {} for any other."""
    stray = await store.sorted_stray(session, arrived.sha256) if arrived.vouched else None
    return {"purpose": LANDED, "subject_id": stray.id} if stray else {}


async def landed(session: AsyncSession, row: OutboxRow) -> None:
    """Say in the place where a mail was sorted where it stands now."""
    stray = await session.get(Stray, row.subject_id or 0)
    home = await people.setting(session, "workspace_url", "")
    if stray and row.channel_id and row.ts:
        await _redraw(session, stray, blocks.permalink(home, row.channel_id, row.ts))


async def unsorted(session: AsyncSession, stray_id: int) -> Stray:
    """Give a mail that waits for sorting; `AlreadySorted` when somebody was quicker."""
    return _still_unsorted(await letters.lock_stray(session, stray_id))


async def look(session: AsyncSession, stray_id: int) -> Stray:
    """Give it to look at only, for which nothing is locked."""
    return _still_unsorted(await session.get_one(Stray, stray_id))


def _still_unsorted(stray: Stray) -> Stray:
    if stray.state != UNSORTED:
        raise AlreadySorted
    return stray


async def _redraw(session: AsyncSession, stray: Stray, link: str = "") -> None:
    if stray.post_id is None:
        return
    names = await people.names(session, [stray.decided_by])
    post, contact = await outbox.get(session, stray.post_id), None
    if stray.state == TAKEN:
        contact = await store.contact_of(session, stray.sender_address)
    supplier = await session.get(Supplier, contact.supplier_id) if contact else None
    update = outbox.Draft(
        key=f"stray:{stray.id}:{outbox.new_uid()}",
        kind="slack.update",
        lane=post.lane,
        payload=messages.stray_sorted(stray, names.get(stray.decided_by or "", ""), supplier, link),
        after_id=stray.post_id,
        topic=f"stray:{stray.id}",
    )
    await outbox.add(session, update)
