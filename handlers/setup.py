"""From nothing to the first relayed mail: what an admin still has to do, each step checked by looking.

An area adds steps of its own with `step`; when every step is done the list is gone from Home.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks
from bot.blocks import Block
from bot.people import messages, permissions, store
from bot.people.permissions import Rank
from bot.storage import inbox
from bot.suppliers import store as suppliers
from bot.words import _
from handlers import home, talk
from handlers.routes import Request


@dataclass(frozen=True)
class Step:
    """One step: whether it is done, what it is, and the words or the button that do it."""

    done: bool
    title: str
    how: str
    button: Block | None = None


Steps = Callable[[Request, AsyncSession], Awaitable[Step]]
STEPS: dict[str, tuple[int, Steps]] = {}


def step(name: str, order: int) -> Callable[[Steps], Steps]:
    """Let a function look whether a step is done; lower `order` comes first."""

    def register(function: Steps) -> Steps:
        if name in STEPS:
            raise ValueError(f"the step {name} is there twice")
        STEPS[name] = (order, function)
        return function

    return register


@home.section("setup", order=1, needs=Rank.ADMIN)
async def on_home(request: Request, session: AsyncSession) -> list[Block]:
    """Show an admin what is still to be done; [] once all is."""
    steps = [
        await function(request, session)
        for _order, function in sorted(STEPS.values(), key=lambda one: one[0])
    ]
    done = sum(one.done for one in steps)
    if done == len(steps):
        return []
    head = _("Setting up: {done} of {all} done").format(done=done, all=len(steps))
    return [blocks.header(head), *map(_shown, steps)]


def _shown(one: Step) -> Block:
    if one.done:
        return blocks.context(f"✅ {one.title}")
    return blocks.section(f"⬜ *{one.title}*\n{one.how}", accessory=one.button)


@step("admin", order=10)
async def admin(request: Request, session: AsyncSession) -> Step:
    """Look whether somebody decides."""
    known = await permissions.admins(session, request.services.settings.admins)
    how = _("*/switchboard people NAME* shows the button that makes somebody an admin.")
    return Step(bool(known), _("Somebody is an admin"), how)


@step("yourself", order=20)
async def yourself(request: Request, _session: AsyncSession) -> Step:
    """Look whether whoever sets it up has said when they work."""
    person = request.person
    button = blocks.button(_("Your settings"), messages.EDIT_ME, "-")
    how = _("Your hours and your country, so that I disturb you only when you work.")
    return Step(bool(person.country and person.hours), _("You have said when you work"), how, button)


@step("leads", order=30)
async def leads(_request: Request, session: AsyncSession) -> Step:
    """Look whether a department has a lead."""
    known = any(one.lead_id for one in await store.departments(session))
    how = _("*/switchboard people* shows the departments; *Edit* names a lead and who works there.")
    button = blocks.button(_("New department"), messages.ADD_DEPARTMENT, "-")
    return Step(known, _("A department has a lead"), how, button)


@step("mailbox", order=40)
async def mailbox(request: Request, _session: AsyncSession) -> Step:
    """Look whether mail can come."""
    how = _("Whoever runs Switchboard adds the address to its settings, as [[mailbox]].")
    return Step(bool(request.services.settings.mailbox), _("An address of the shop takes mail"), how)


@step("supplier", order=50)
async def supplier(_request: Request, session: AsyncSession) -> Step:
    """Look whether a supplier is known."""
    button = blocks.button(_("Add a supplier"), talk.OPEN, "/supplier add", style="primary")
    how = _("With the mail address of somebody who writes for them; */supplier add* does the same.")
    return Step(bool(await suppliers.all_suppliers(session)), _("A supplier is known"), how, button)


@step("mail", order=60)
async def first_mail(request: Request, session: AsyncSession) -> Step:
    """Look whether a mail came through."""
    addresses = ", ".join(one.address for one in request.services.settings.mailbox)
    how = _("Write to {address}, or forward a supplier's mail there: it appears in Slack.").format(
        address=blocks.escape(addresses) or "…"
    )
    return Step(await inbox.has_dealt_with(session, "mail"), _("The first mail came through"), how)
