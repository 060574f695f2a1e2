"""What people do with onboarding in Slack: /onboard, starting and changing; who joins; Home."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks, calendar
from bot.blocks import Block
from bot.errors import SwitchboardError
from bot.onboarding import (
    cards,
    checklist,
    figures,
    leading,
    looking,
    messages,
    modals,
    plans,
    quoting,
    store,
    telling,
)
from bot.onboarding.model import Hire
from bot.people import areas
from bot.people import messages as people_messages
from bot.people import store as people
from bot.people.model import Person, known_zone
from bot.people.permissions import Rank
from bot.storage import outbox
from bot.words import _
from handlers import events, guard, home
from handlers.people import HELPS, HELPS_OF_LEADS
from handlers.routes import Request, action, command, view

AREA = "onboarding"
HELPS[AREA] = lambda: _(messages.HELP)
HELPS_OF_LEADS[AREA] = lambda: _(messages.HELP_LEADS)


class NoHire(SwitchboardError):
    """Nobody leads {name} through a plan. */onboard start @person* begins it."""


class MayNotStart(SwitchboardError):
    """Only a lead, an admin or whoever is asked about new people can start an onboarding."""


class NotTheManager(SwitchboardError):
    """Only the manager of this hire, or an admin, can do this."""


class NotForYou(SwitchboardError):
    """Only admins and the managers of hires see these figures."""


@command("/onboard")
async def onboard(request: Request) -> None:
    """Hand a word on to whoever answers it; a person's name shows how they get on."""
    async with request.services.database.read() as session:
        await areas.require(session, AREA)
    text = str(request.body.get("text", "")).strip()
    name, _space, rest = text.partition(" ")
    known = _WORDS.get(name.lower())
    if known is not None:
        await known(request, rest.strip())
        return
    async with request.services.database.read() as session:
        person = await _called(session, text)
        if person is not None:
            shown = await looking.card_for(
                session, await _hire_of(session, person), request.person, plans_of(request), now_of(request)
            )
    if person is None:
        near = get_close_matches(name.lower(), [one for one in _WORDS if one], n=1, cutoff=0.6)
        await request.ack(text=people_messages.unknown_word(request.text, near[0] if near else None))
        return
    await request.ack(text=blocks.escape(person.name), blocks=shown)


async def _mine(request: Request, _rest: str) -> None:
    async with request.services.database.read() as session:
        shown = await looking.mine(session, request.person, plans_of(request), now_of(request))
    await request.ack(text=_("Onboarding"), blocks=(shown or [blocks.section(messages.nothing_here())])[:50])


async def _help(request: Request, _rest: str) -> None:
    leads = f"\n{_(messages.HELP_LEADS)}" if request.standing.rank >= Rank.LEAD else ""
    await request.ack(text=_(messages.HELP) + leads)


async def _start(request: Request, rest: str) -> None:
    async with request.services.database.read() as session:
        await _require_starter(request, session)
        person = await _called(session, rest) if rest else None
    await _open_start(request, person)
    await request.ack()


async def _plan_list(request: Request, _rest: str) -> None:
    async with request.services.database.read() as session:
        known = await store.filled(session)
        may_fill = await prepares(request, session)
    await request.ack(text=_("Plans"), blocks=cards.plan_list(plans_of(request), known, may_fill=may_fill))


async def _report(request: Request, _rest: str) -> None:
    now = now_of(request)
    async with request.services.database.read() as session:
        own = await store.led_by(session, request.person.id, since=now)
        led = [one for one in own if one.manager_id == request.person.id]
        if not (led or request.standing.is_admin):
            raise NotForYou
        total, parts = await figures.of_everybody(session, now)
        names = {slug: plan.name for slug, plan in plans_of(request).plans.items()}
        shown = cards.report(total, [(names.get(slug, slug), part) for slug, part in parts.items()])
        for hire in led[:20]:
            shown.append(cards.hire_line(await checklist.standing(session, hire, now)))
    await request.ack(text=_("Onboarding in figures"), blocks=shown)


async def _guide(request: Request, rest: str) -> None:
    read, words = plans_of(request), blocks.unformat(rest, {})
    async with request.services.database.read() as session:
        found = await looking.answer(session, request.person, words, read, now_of(request)) if words else None
        titles = [] if words else await looking.titles(session, request.person, read)
    if found:
        await request.ack(text=found[0], blocks=found[1])
    elif words:
        await request.ack(text=_("The guide says nothing about that."))
    else:
        await request.ack(text=_("Guide"), blocks=quoting.chapter_list(titles))


async def _approver(request: Request, rest: str) -> None:
    if not request.standing.is_admin:
        await request.ack(text=await guard.needs(request, Rank.ADMIN))
        return
    async with request.transaction() as session:
        person = await _called(session, rest)
        if person is not None and person.is_colleague:
            await people.set_setting(session, telling.APPROVER, person.id)
            now = now_of(request)
            await people.audit(session, now, request.person.id, "onboarding.approver", person.id)
        asked = await telling.approver_of(session, request.services.settings.admins)
    await request.ack(text=messages.approver(asked.name if asked else None, understood=person is not None))


_WORDS: dict[str, Callable[[Request, str], Awaitable[None]]] = {
    "": _mine, "mine": _mine, "help": _help, "start": _start, "plans": _plan_list, "report": _report,
    "guide": _guide, "approver": _approver,
}  # fmt: skip


def plans_of(request: Request) -> plans.Plans:
    """Give the plans, the shop's own among them."""
    own = request.services.settings.plans_dir
    return plans.load(Path(own) if own else None)


def now_of(request: Request) -> datetime:
    """Give the business time."""
    return request.services.clock.now()


def _today(request: Request) -> date:
    return calendar.local(now_of(request), known_zone(request.person.zone)).date()


async def _called(session: AsyncSession, text: str) -> Person | None:
    """Find a colleague by a mention, or by the beginning of the name."""
    if mentioned := blocks.mentioned(text):
        return await people.get(session, mentioned[0])
    wanted = text.strip().lstrip("@").casefold()
    everybody = await people.colleagues(session)
    starts = [one for one in everybody if wanted and one.name.casefold().startswith(wanted)]
    return starts[0] if len(starts) == 1 else None


async def _hire_of(session: AsyncSession, person: Person) -> Hire:
    hire = await store.latest_of(session, person.id)
    if hire is None:
        raise NoHire(name=person.name)
    return hire


# ---- starting and changing ----------------------------------------------------------------------------


async def _require_starter(request: Request, session: AsyncSession) -> None:
    if not await prepares(request, session):
        raise MayNotStart


async def prepares(request: Request, session: AsyncSession) -> bool:
    """Tell whether somebody may prepare an onboarding: start it, and fill in what its plan leaves open."""
    return request.standing.rank >= Rank.LEAD or await is_approver(request, session)


async def is_approver(request: Request, session: AsyncSession) -> bool:
    """Tell whether somebody is asked about new people."""
    approver = await telling.approver_of(session, request.services.settings.admins)
    return approver is not None and approver.id == request.person.id


async def _open_start(request: Request, person: Person | None) -> None:
    shown = modals.start(
        plans_of(request).plans.values(),
        person=person.id if person else None,
        manager=(person.manager_id if person else None) or request.person.id,
        buddy=None,
        today=_today(request),
    )
    await request.open(shown)


@action(messages.START)
async def start_joined(request: Request) -> None:
    """Open the window in which the onboarding of somebody who joined is begun."""
    async with request.services.database.read() as session:
        await _require_starter(request, session)
        person = await people.get(session, request.value)
    await _open_start(request, person)
    await request.ack()


@action(messages.NO_HIRE)
async def no_hire(request: Request) -> None:
    """Note that somebody who joined is no hire; whoever changes their mind can still start it."""
    shown = messages.not_a_hire(request.person.name)
    async with request.transaction() as session:
        await _require_starter(request, session)
        await people.audit(session, now_of(request), request.person.id, "onboarding.no_hire", request.value)
        await outbox.add(session, in_place(request, shown))
    await request.ack()


def in_place(request: Request, shown: Block) -> outbox.Draft:
    """Put a block in the place of the one whose button was pressed; the rest of the message stays."""
    pressed = request.body["actions"][0].get("block_id")
    around = [shown if one.get("block_id") == pressed else one for one in request.body["message"]["blocks"]]
    return outbox.Draft(
        key=f"{AREA}:in-place:{outbox.new_uid()}",
        kind="slack.respond",
        lane=f"respond:{request.channel_id}",
        payload={
            "response_url": request.body["response_url"],
            "replace_original": True,
            "text": request.body["message"].get("text", ""),
            "blocks": around,
        },
    )


def _order(request: Request, person_id: str, plan: str) -> leading.Order:
    return leading.Order(
        person_id,
        plan,
        date.fromisoformat(request.typed("start")),
        request.typed("manager") or "",
        request.typed("buddy"),
    )


@view(modals.START)
async def submit_start(request: Request) -> None:
    """Begin an onboarding."""
    read, now = plans_of(request), now_of(request)
    order = _order(request, request.typed("person") or "", request.typed("plan") or "")
    async with request.transaction() as session:
        await _require_starter(request, session)
        wrong = await leading.mistakes(session, order, read.plans, _today(request))
        if not wrong:
            plan = read.plans[order.plan]
            hire = await leading.start(session, order, plan, request.person, now)
            await telling.started(session, hire, plan, request.person, now)
            await home.redraw(request, session)
    if wrong:
        await request.ack(response_action="errors", errors=wrong)
        return
    await request.ack()


@action(messages.CHANGE)
async def change(request: Request) -> None:
    """Open the window in which a hire's start, manager and buddy are changed."""
    async with request.services.database.read() as session:
        hire = await session.get_one(Hire, int(request.value))
        require_manager(request, hire)
        person = await session.get_one(Person, hire.person_id)
    await request.open(modals.change(hire, person.name))
    await request.ack()


def require_manager(request: Request, hire: Hire) -> None:
    """Raise `NotTheManager` for anybody but the manager of a hire and admins."""
    if request.person.id != hire.manager_id and not request.standing.is_admin:
        raise NotTheManager


@view(modals.CHANGE)
async def submit_change(request: Request) -> None:
    """Change a hire's start, manager or buddy, or break it off."""
    hire_id, now = int(request.body["view"]["private_metadata"]), now_of(request)
    async with request.transaction() as session:
        hire = await store.lock(session, hire_id)
        require_manager(request, hire)
        order = _order(request, hire.person_id, hire.plan)
        wrong = await leading.mistakes(session, order, (), _today(request), hire)
        if request.typed("end"):
            await leading.end(session, hire, request.person, now)
        elif not wrong:
            await leading.change(session, hire, order, request.person, now)
        await home.redraw(request, session)
    if wrong and not request.typed("end"):
        await request.ack(response_action="errors", errors=wrong)
        return
    await request.ack()


@action(messages.QUIET)
async def quiet(request: Request) -> None:
    """Stop reminding of what a hire has not done."""
    await _set_quiet(request, quiet=True)


@action(messages.LOUD)
async def loud(request: Request) -> None:
    """Remind again of what a hire has not done."""
    await _set_quiet(request, quiet=False)


async def _set_quiet(request: Request, *, quiet: bool) -> None:
    async with request.transaction() as session:
        hire = await store.lock(session, int(request.value))
        await leading.set_quiet(session, hire, request.person, now_of(request), quiet=quiet)
        name = (await session.get_one(Person, hire.person_id)).name
        if request.channel_id:
            await outbox.add(session, guard.ephemeral(request, messages.quiet_set(name, quiet=quiet)))
        await home.redraw(request, session)
    await request.ack()


# ---- who joins, and Home ------------------------------------------------------------------------------


@events.joined(AREA)
async def joined(request: Request, session: AsyncSession, person: Person) -> None:
    """Ask the approver whether somebody who joined is a hire."""
    if await areas.is_on(session, AREA) and person.is_colleague:
        await telling.joined(session, person, request.services.settings.admins, now_of(request))


@home.waits(AREA)
async def waiting(request: Request, session: AsyncSession) -> list[home.Waiting]:
    """Give the tasks that are due, numbers asked for and questions, each with its next action."""
    if not await areas.is_on(session, AREA):
        return []
    return [home.Waiting(*one) for one in await looking.waiting(session, request.person, now_of(request))]


@home.section(AREA, order=30)
async def shown_at_home(request: Request, session: AsyncSession) -> list[Block]:
    """Show how somebody, and the hires they help, get on."""
    if not await areas.is_on(session, AREA):
        return []
    shown = await looking.at_home(session, request.person, now_of(request))
    if await is_approver(request, session):
        shown += await looking.to_fill_in(session, plans_of(request))
    return shown
