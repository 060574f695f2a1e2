"""What the invented shop has told the bot: its settings, and in a new database its suppliers."""

import socket
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot import calendar
from bot.letters.model import fold
from bot.onboarding import checklist, guide, leading, plans
from bot.people import areas, directory, roster
from bot.people import store as people_store
from bot.people.model import Person
from bot.suppliers import store
from bot.suppliers.model import Contact, Supplier
from bot.triage.model import SavedReply
from bot.week import Week
from bot.workspace import Workspace
from handlers import events

SHOP_NAME = "Juniper & Co"
ADMIN = "nora@juniper.example"


def settings(workspace: Workspace, data_dir: Path, smtp_port: int, http_port: int) -> dict[str, Any]:
    """Give the bot's settings: the workspace stands in the place of Slack and of the mail server."""
    host, port = workspace.smtp_address
    return {
        "slack_bot_token": workspace.bot_token,
        "slack_app_token": workspace.app_token,
        "slack_signing_secret": workspace.signing_secret,
        "slack_api_url": f"{workspace.url}/api/",
        "data_dir": str(data_dir),
        "admins": [ADMIN],
        "mailbox": [
            {"address": address, "name": SHOP_NAME, "area": f"{role}s"}
            for role in ("supplier", "customer")
            for address in workspace.world.meta["mail_to"][role]
        ],
        "smtp_in_port": smtp_port,
        "smtp_out_host": host,
        "smtp_out_port": port,
        "smtp_out_security": "none",
        "http_port": http_port,
        "clock_url": f"{workspace.url}/control/clock/stream",
        "clock_token": workspace.control_token,
    }


def free_port() -> int:
    """Give a port that nobody uses right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def add_shop(session: AsyncSession, workspace: Workspace, on: Collection[str] = ("triage",)) -> None:
    """Fill a new database and switch areas `on`; one that has suppliers already is left as it is."""
    if not await store.all_suppliers(session):
        await _add_suppliers(session, workspace)
        await _add_saved_replies(session, workspace)
        for area in on:
            await areas.switch(session, area, on=True)
        _welcome(workspace)
    if not await people_store.everybody(session):
        await _add_people(session, workspace)
        await _lead_priya(session, workspace)


_WELCOME = (
    f"*Welcome to {SHOP_NAME}.* Nobody here is real: press everything. Three things to try:\n"
    "1. *Be a supplier*: choose Mei Huang under _Suppliers_ on the left and write a mail. Come back as Nora: "
    "it stands in {supplier}. Press *Reply*, and read the answer in Mei's mailbox.\n"
    "2. *Be a customer*: write as Jonas Weber under _Customers_. It is sorted in {support}; press *Take*.\n"
    "3. *Move the time*: press *Mon 09:00* at the foot of the sidebar. What is due happens, and is listed."
)


def _welcome(workspace: Workspace) -> None:
    """Say to whoever comes for the first time what to try, where the page opens."""
    world, room = workspace.world, workspace.room
    channels = {channel["name"]: channel["id"] for channel in world.channels.values()}
    nora = next(user["id"] for user in world.users.values() if user["real_name"] == "Nora Lindqvist")
    text = _WELCOME.format(supplier=f"<#{channels['supplier-huang']}>", support=f"<#{channels['support']}>")
    room.post(channels["general"], room.person_author(nora) | {"text": text})


# Who leads what, works where, when and at what, beside what Slack knows of them.
_DEPARTMENTS = {
    "production": ("Tom Okafor", "suppliers"), "marketing": ("Camille Roux", "marketing"),
    "web": ("Aiko Tanaka", None), "logistics": ("Nora Lindqvist", "logistics"),
    "service": ("Diego Paredes", None), "management": ("Nora Lindqvist", None),
}  # fmt: skip
_COLLEAGUES: dict[str, dict[str, Any]] = {
    "Nora Lindqvist": {"country": "SE", "hours": "mon-fri 8-12, 13-17", "skills": ["customs", "carriers"]},
    "Tom Okafor": {"country": "GB", "subdivision": "ENG", "hours": "mon-fri 9-17:30",
                   "skills": ["kilns", "glazes", "prices"]},
    "Camille Roux": {"country": "FR", "hours": "mon-thu 9-12:30, 14-18; fri 9-13", "skills": ["campaigns"]},
    "Diego Paredes": {"country": "CO", "hours": "mon-fri 8-12, 13-17; sat 9-12", "skills": ["returns"]},
    "Aiko Tanaka": {"country": "JP", "hours": "mon-fri 10-19", "skills": ["the web shop", "search"]},
    "Priya Raman": {"manager": "Diego Paredes", "hats": ("service",)},
    "Sam Whitfield": {"country": "GB", "subdivision": "ENG", "hours": "mon-fri 7-15",
                      "manager": "Nora Lindqvist", "hats": ("logistics",)},
}  # fmt: skip


async def _add_people(session: AsyncSession, workspace: Workspace) -> None:
    """Tell who leads what and when people work: what a shop that uses the bot has filled in."""
    world, now = workspace.world, workspace.clock.now()
    everybody = [events.heard(user, world.team_id) for user in world.users.values()]
    await roster.keep(session, everybody, now)
    await directory.ensure_departments(session)
    await session.flush()
    people = {user["real_name"]: user["id"] for user in world.users.values()}
    channels = {channel["name"]: channel["id"] for channel in world.channels.values()}
    hats: dict[str, list[str]] = {}
    for name, known in _COLLEAGUES.items():
        person = await session.get_one(Person, people[name])
        person.country, person.subdivision = known.get("country"), known.get("subdivision")
        person.hours = str(Week.parse(known["hours"])) if "hours" in known else None
        person.skills, person.manager_id = known.get("skills", []), people.get(known.get("manager"))
        for slug in known.get("hats", ()):
            hats.setdefault(slug, []).append(person.id)
    for department in await people_store.departments(session):
        lead, channel = _DEPARTMENTS.get(department.slug, (None, None))
        department.lead_id = people[lead] if lead else None
        department.channel_id = channels[channel] if channel else None
        await people_store.set_members(session, department.id, hats.get(department.slug, ()))


# What the shop has filled into the plans; the rest stays open, as in any shop that has just begun.
_FILLED = {
    "the return period and who pays for it": "30 days; we pay the parcel inside Europe",
    "how much an agent may refund without asking": "40 euros an order",
    "share of first answers within the promised time today, in percent": "62",
    "share of first answers that should be within the promised time, in percent": "85",
}


async def _lead_priya(session: AsyncSession, workspace: Workspace) -> None:
    """Let Priya be a hire since this week, with all done that was due before today."""
    now = workspace.clock.now()
    people = {user["real_name"]: user["id"] for user in workspace.world.users.values()}
    nora = await session.get_one(Person, people["Nora Lindqvist"])
    await guide.fill(session, _FILLED, nora, now)
    today = calendar.local(now, "Asia/Kolkata").date()
    monday = today - timedelta(days=today.weekday())
    priya, diego = people["Priya Raman"], people["Diego Paredes"]
    order = leading.Order(priya, "customer-service-agent", monday, diego, None)
    hire = await leading.start(session, order, plans.load().plans[order.plan], nora, now)
    stands = await checklist.standing(session, hire, now)
    for task in stands.tasks:
        if stands.timetable.on(task.day) < today:
            task.done_at, task.done_by = now, hire.person_id if task.by == "hire" else hire.manager_id


_SAVED_REPLIES = {
    "Where is my parcel": "Hello {name},\n\nyour order {order} has left our warehouse and is on its way. "
    "Parcels take two to four working days.\n\nKind regards\n{me}, {shop}",
    "How to send something back": "Hello {name},\n\nyou can send everything back within 30 days. Please put "
    "the number {number} into the parcel; you get your money back within a week of its arrival.\n\n"
    "Kind regards\n{me}, {shop}",
}


async def _add_saved_replies(session: AsyncSession, workspace: Workspace) -> None:
    """Give what the team says often."""
    for title, text in _SAVED_REPLIES.items():
        session.add(SavedReply(title=title, text=text, changed_at=workspace.clock.now()))


async def _add_suppliers(session: AsyncSession, workspace: Workspace) -> None:
    world = workspace.world
    people = {user["real_name"]: user["id"] for user in world.users.values()}
    channels = {channel["name"]: channel["id"] for channel in world.channels.values()}
    for one in world.meta["correspondents"]:
        if one["role"] != "supplier":
            continue
        supplier = Supplier(
            name=one["company"],
            folded_name=fold(one["company"]),
            channel_id=channels.get(one["channel"]),
            owner_id=people.get(one["owner"]),
            language=one["language"],
            zone=one["zone"],
            country=one["country"],
            added_at=workspace.clock.now(),
        )
        session.add(supplier)
        await session.flush()
        session.add(Contact(supplier_id=supplier.id, name=one["name"], address=one["address"]))
