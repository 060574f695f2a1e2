"""From nothing to the first relayed mail: what an admin still has to do, each step checked by looking.

An area adds steps of its own with `step`; when every step is done the list is gone from Home.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks
from bot.blocks import Block
from bot.onboarding import store as hires
from bot.people import areas, messages, permissions, store
from bot.people.permissions import Rank
from bot.standups import store as standups
from bot.storage import inbox, outbox
from bot.suppliers import store as suppliers
from bot.triage import store as tickets
from bot.words import _
from handlers import home, talk
from handlers.routes import Request

_LATELY = timedelta(days=365)


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


# ---- what comes first in an area that was switched on -------------------------------------------------

BEGINNINGS: dict[str, Steps] = {}


def beginning(area: str) -> Callable[[Steps], Steps]:
    """Let a function say what comes first in an area, once it is on, and look whether it is done."""

    def register(function: Steps) -> Steps:
        if area in BEGINNINGS:
            raise ValueError(f"{area} begins twice")
        BEGINNINGS[area] = function
        return function

    return register


@home.section("beginnings", order=2, needs=Rank.ADMIN)
async def first_of_areas(request: Request, session: AsyncSession) -> list[Block]:
    """Show an admin what to do first in the areas that are on and not in use; [] once all are."""
    begun = {
        area: await BEGINNINGS[area](request, session)
        for area in areas.AREAS
        if area in BEGINNINGS and await areas.is_on(session, area)
    }
    shown = [
        blocks.section(f"▶️ *{areas.title(area)}* · {one.title}\n{one.how}", accessory=one.button)
        for area, one in begun.items()
        if not one.done
    ]
    return [blocks.header(_("What to do first")), *shown] if shown else []


@beginning("standups")
async def first_standup(_request: Request, session: AsyncSession) -> Step:
    """Look whether there is a standup."""
    button = blocks.button(_("Start a standup"), talk.OPEN, "/standup new", style="primary")
    how = _("Choose who is asked what, and how often. The window shows the next five dates.")
    return Step(bool(await standups.active(session)), _("nobody is asked anything yet"), how, button)


@beginning("triage")
async def first_ticket(request: Request, session: AsyncSession) -> Step:
    """Look whether customers' mail can come, and did."""
    addresses = request.services.settings.mailboxes_of("customers")
    if not addresses:
        how = _("Whoever runs Switchboard adds an address for customers to its settings, as [[mailbox]].")
        return Step(done=False, title=_("no address takes customers' mail yet"), how=how)
    button = blocks.button(_("Open a ticket"), talk.OPEN, "/triage new", style="primary")
    how = _(
        "Write to {address}, or enter what a customer said: it is sorted and stands in {channel}."
    ).format(address=blocks.escape(addresses[0]), channel=f"<#{request.services.channels.triage}>")
    begun = await tickets.get(session, 1) is not None
    return Step(begun, _("no customer has written yet"), how, button)


@beginning("onboarding")
async def first_hire(request: Request, session: AsyncSession) -> Step:
    """Look whether somebody is led through their first months."""
    now = request.services.clock.now()
    button = blocks.button(_("Start an onboarding"), talk.OPEN, "/onboard start", style="primary")
    how = _("Choose who starts when, by which plan, and who helps them. */onboard plans* shows the plans.")
    begun = bool(await hires.of_everybody(session, since=now - _LATELY))
    return Step(begun, _("nobody is being led in yet"), how, button)


@beginning("digests")
async def first_digest(_request: Request, session: AsyncSession) -> Step:
    """Look whether an overview was sent."""
    button = blocks.button(_("Show me mine"), talk.OPEN, "/digest", style="primary")
    how = _("It comes by itself on each working morning; */digest* shows it at any time.")
    return Step(await outbox.last_sent(session, ("morning:", "digest:")) is not None,
                _("no overview was sent yet"), how, button)  # fmt: skip


# ---- the steps of setting up --------------------------------------------------------------------------


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
