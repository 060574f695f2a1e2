"""What people do with onboarding in Slack: /onboard and what it shows, and their part of Home."""

from collections.abc import Awaitable, Callable
from difflib import get_close_matches

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks
from bot.blocks import Block
from bot.errors import SwitchboardError
from bot.onboarding import cards, checklist, figures, looking, messages, store, telling
from bot.people import areas
from bot.people import messages as people_messages
from bot.people import store as people
from bot.people.model import Person
from bot.people.permissions import Rank
from bot.words import _
from handlers import guard, home, onboarding_begin, onboarding_guide, private
from handlers.onboarding_rights import (
    AREA,
    called,
    is_approver,
    now_of,
    plans_of,
    prepares,
    require_starter,
)
from handlers.people import HELPS, HELPS_OF_LEADS
from handlers.routes import Request, command

HELPS[AREA] = lambda: _(messages.HELP)
HELPS_OF_LEADS[AREA] = lambda: _(messages.HELP_LEADS)
_MINE, _CARD, _PLANS = "onboarding-mine", "onboarding-card", "onboarding-plans"


class NoHire(SwitchboardError):
    """Nobody leads {name} through a plan. */onboard start @person* begins it."""


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
        person = await called(session, text)
        if person is not None:
            await _require_sight(request, session, person)
    if person is None:
        near = get_close_matches(name.lower(), [one for one in _WORDS if one], n=1, cutoff=0.6)
        await request.ack(text=people_messages.unknown_word(request.text, near[0] if near else None))
        return
    await private.answer(request, _CARD, person.id)


async def _require_sight(request: Request, session: AsyncSession, person: Person) -> None:
    hire = await store.latest_of(session, person.id)
    if hire is None:
        raise NoHire(name=person.name)
    if not looking.may_see(hire, request.person):
        raise looking.OnlyTheirOwn


@private.message(_CARD)
async def card_message(request: Request, session: AsyncSession, about: str) -> tuple[str, list[Block]] | None:
    """Give how a hire gets on; nothing to whoever may no longer see it."""
    hire = await store.latest_of(session, about)
    if hire is None or not looking.may_see(hire, request.person):
        return None
    name = (await people.names(session, [about])).get(about, "")
    shown = await looking.card_for(session, hire, request.person, plans_of(request), now_of(request))
    return blocks.escape(name), shown


async def _mine(request: Request, _rest: str) -> None:
    await private.answer(request, _MINE)


@private.message(_MINE)
async def mine_message(request: Request, session: AsyncSession, _about: str) -> tuple[str, list[Block]]:
    """Give somebody's own page."""
    shown = await looking.mine(session, request.person, plans_of(request), now_of(request))
    return _("Onboarding"), shown or [blocks.section(messages.nothing_here())]


async def _help(request: Request, _rest: str) -> None:
    leads = f"\n{_(messages.HELP_LEADS)}" if request.standing.rank >= Rank.LEAD else ""
    await request.ack(text=_(messages.HELP) + leads)


async def _start(request: Request, rest: str) -> None:
    async with request.services.database.read() as session:
        await require_starter(request, session)
        person = await called(session, rest) if rest else None
    await onboarding_begin.open_start(request, person)
    await request.ack()


async def _plan_list(request: Request, _rest: str) -> None:
    await private.answer(request, _PLANS)


@private.message(_PLANS)
async def plans_message(request: Request, session: AsyncSession, _about: str) -> tuple[str, list[Block]]:
    """Give every plan, with what of it is not written down."""
    known = await store.filled(session)
    may_fill = await prepares(request, session)
    return _("Plans"), cards.plan_list(plans_of(request), known, may_fill=may_fill)


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


async def _approver(request: Request, rest: str) -> None:
    if not request.standing.is_admin:
        await request.ack(text=await guard.needs(request, Rank.ADMIN))
        return
    async with request.transaction() as session:
        person = await called(session, rest)
        if person is not None and person.is_colleague:
            await people.set_setting(session, telling.APPROVER, person.id)
            now = now_of(request)
            await people.audit(session, now, request.person.id, "onboarding.approver", person.id)
        asked = await telling.approver_of(session, request.services.settings.admins)
    await request.ack(text=messages.approver(asked.name if asked else None, understood=person is not None))


_WORDS: dict[str, Callable[[Request, str], Awaitable[None]]] = {
    "": _mine, "mine": _mine, "help": _help, "start": _start, "plans": _plan_list, "report": _report,
    "guide": onboarding_guide.show, "approver": _approver,
}  # fmt: skip


# ---- Home ----------------------------------------------------------------------------------------------


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
