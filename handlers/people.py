"""What people do about themselves and each other: /switchboard, and the windows behind it."""

from collections.abc import Awaitable, Callable
from datetime import date
from difflib import get_close_matches

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks, calendar
from bot.blocks import Block
from bot.people import absence, areas, availability, directory, messages, modals, overlap, store
from bot.people.model import Person
from bot.people.permissions import Rank
from bot.suppliers import messages as supplier_messages
from bot.week import HoursNotUnderstood
from bot.words import _
from handlers import guard, home
from handlers.routes import Request, action, command, view

Word = Callable[[Request, str], Awaitable[None]]
# The words of /switchboard. Other modules of handlers add theirs.
WORDS: dict[str, Word] = {}


def word(name: str) -> Callable[[Word], Word]:
    """Let a function answer a word of /switchboard."""

    def register(function: Word) -> Word:
        if name in WORDS:
            raise ValueError(f"/switchboard {name} has two handlers")
        WORDS[name] = function
        return function

    return register


COMMAND = "/switchboard"


@command(COMMAND)
async def switchboard(request: Request) -> None:
    """Hand a word on to whoever answers it."""
    name, _space, rest = request.body.get("text", "").strip().partition(" ")
    name = name.lower() or "help"
    known = WORDS.get(name)
    if known is None:
        near = get_close_matches(name, WORDS, n=1, cutoff=0.6)
        await request.ack(text=messages.unknown_word(name, near[0] if near else None))
        return
    await known(request, rest.strip())


@word("help")
async def help_(request: Request, _rest: str) -> None:
    """Say what there is, by area, and only what this person may do."""
    await request.ack(text=_("What I can do"), blocks=await help_blocks(request))


# What each area can do, said to everybody, and what only leads and admins can.
HELPS: dict[str, Callable[[], str]] = {"suppliers": lambda: _(supplier_messages.HELP)}
HELPS_OF_LEADS: dict[str, Callable[[], str]] = {}


async def help_blocks(request: Request) -> list[Block]:
    """Give the help of every area that is on."""
    async with request.services.database.read() as session:
        on = [area for area in areas.AREAS if await areas.is_on(session, area)]
    shown = [blocks.section(_(messages.HELP))]
    if request.standing.is_admin:
        shown.append(blocks.section(_(messages.HELP_ADMIN)))
    helps = [HELPS, HELPS_OF_LEADS] if request.standing.rank >= Rank.LEAD else [HELPS]
    shown += [blocks.section(help_[area]()) for area in on for help_ in helps if area in help_]
    return shown


# ---- being away ---------------------------------------------------------------------------------------


@word("away")
async def away(request: Request, rest: str) -> None:
    """Note an absence, or open the window for it."""
    today = _today(request)
    if not rest:
        await request.open(modals.away(today))
        await request.ack()
        return
    shown = await _say_away(request, absence.understood(rest, today), "")
    await request.ack(text=_("You are away"), blocks=shown)


async def _say_away(request: Request, days: absence.Away, reason: str) -> list[Block]:
    now = request.services.clock.now()
    async with request.transaction() as session:
        person = await session.get_one(Person, request.person.id)
        row = await absence.say_away(session, person, days, reason, now)
        await home.redraw(request, session)
    return messages.away_said(person, row, now)


@word("back")
async def back(request: Request, _rest: str) -> None:
    """End an absence."""
    await request.ack(text=messages.back_said(ended=await _come_back(request)))


async def _come_back(request: Request) -> bool:
    async with request.transaction() as session:
        person = await session.get_one(Person, request.person.id)
        ended = await absence.come_back(session, person, request.services.clock.now())
        await home.redraw(request, session)
    return ended


@action(messages.COME_BACK)
async def press_back(request: Request) -> None:
    """End an absence from a message or Home."""
    await _come_back(request)
    await request.ack()


@action(messages.OPEN_AWAY)
async def open_away(request: Request) -> None:
    """Open the window for an absence."""
    await request.open(modals.away(_today(request)))
    await request.ack()


@view(modals.AWAY)
async def submit_away(request: Request) -> None:
    """Note an absence from the window."""
    first = date.fromisoformat(request.typed("first"))
    last = date.fromisoformat(request.typed("last")) if request.typed("last") else None
    if last and (last < first or last < _today(request)):
        wrong = absence.EndsBeforeItStarts if last < first else absence.OverAlready
        await request.ack(response_action="errors", errors={"last": wrong().sentence})
        return
    await _say_away(request, absence.Away(first, last), request.typed("reason") or "")
    await request.ack()


def _today(request: Request) -> date:
    return calendar.local(request.services.clock.now(), request.person.zone).date()


# ---- settings -----------------------------------------------------------------------------------------


@word("settings")
async def settings(request: Request, _rest: str) -> None:
    """Show one's own settings, and what the shop uses."""
    async with request.services.database.read() as session:
        on = {area: await areas.is_on(session, area) for area in areas.AREAS}
    now = request.services.clock.now()
    shown = [
        *messages.my_settings(request.person, now),
        blocks.divider(),
        *messages.area_list(on, request.standing),
    ]
    await request.ack(text=_("Settings"), blocks=shown)


@action(messages.EDIT_ME)
async def edit_me(request: Request) -> None:
    """Open the window of one's own settings."""
    await request.open(modals.me(request.person))
    await request.ack()


@view(modals.ME)
async def submit_me(request: Request) -> None:
    """Keep one's own settings."""
    typed = {
        name: request.typed(name) or ""
        for name in ("hours", "zone", "country", "language", "morning", "quiet", "skills", "feed")
    }
    wishes = directory.Wishes(**typed)
    if wrong := directory.mistakes(wishes):
        await request.ack(response_action="errors", errors=wrong)
        return
    async with request.transaction() as session:
        person = await directory.keep_wishes(session, request.person.id, wishes, request.services.clock.now())
        request.person = person
        await home.redraw(request, session)
    await request.ack()


@action(messages.SWITCH_AREAS, needs=Rank.ADMIN)
async def switch_areas(request: Request) -> None:
    """Open the window in which areas are switched."""
    async with request.services.database.read() as session:
        on = {area: await areas.is_on(session, area) for area in areas.AREAS}
    await request.open(modals.switch_areas(on))
    await request.ack()


@view(modals.AREAS, needs=Rank.ADMIN)
async def submit_areas(request: Request) -> None:
    """Switch areas on and off."""
    wanted, now = request.typed("areas"), request.services.clock.now()
    async with request.transaction() as session:
        for area in areas.AREAS:
            if (area in wanted) != await areas.is_on(session, area):
                await areas.switch(session, area, on=area in wanted)
                act = "area.on" if area in wanted else "area.off"
                await store.audit(session, now, request.person.id, act, area)
        await home.redraw(request, session)
    await request.ack()


@action(messages.PAUSE, needs=Rank.ADMIN)
async def open_pause(request: Request) -> None:
    """Open the window for a company holiday."""
    async with request.services.database.read() as session:
        departments = await store.departments(session)
    await request.open(modals.pause(departments, _today(request)))
    await request.ack()


@view(modals.PAUSE, needs=Rank.ADMIN)
async def submit_pause(request: Request) -> None:
    """Note a company holiday."""
    first, last = date.fromisoformat(request.typed("first")), date.fromisoformat(request.typed("last"))
    if last < first:
        sentence = _("The last day lies before the first.")
        await request.ack(response_action="errors", errors={"last": sentence})
        return
    chosen = request.typed("department")
    department_id = int(chosen) if chosen not in (None, "-") else None
    async with request.transaction() as session:
        now = request.services.clock.now()
        name = request.typed("name") or ""
        await directory.add_pause(session, name, department_id, first, last, request.person, now)
    await request.ack()


# ---- who is who ---------------------------------------------------------------------------------------


@word("people")
async def people(request: Request, rest: str) -> None:
    """Show everybody by department, or one of them."""
    async with request.services.database.read() as session:
        shown = await (_one(request, session, rest) if rest else _everybody(request, session))
    if shown is None:
        await request.ack(text=_("I know nobody of this name."))
        return
    await request.ack(text=_("People"), blocks=shown[:50])


async def _everybody(request: Request, session: AsyncSession) -> list[Block]:
    now, everybody = request.services.clock.now(), await store.colleagues(session)
    departments = [(one, await store.members(session, one.id)) for one in await store.departments(session)]
    placed = {person.id for _one, members in departments for person in members}
    others = [one for one in everybody if one.id not in placed]
    away = await availability.away(session, everybody, now)
    return messages.people_list(departments, others, away, now, request.standing)


async def _one(request: Request, session: AsyncSession, text: str) -> list[Block] | None:
    now = request.services.clock.now()
    person = await _called(session, text)
    if person is None:
        return None
    hats = await store.departments_of(session, person.id)
    manager = (await store.names(session, [person.manager_id])).get(person.manager_id or "")
    away = (await availability.away(session, [person], now)).get(person.id)
    both = await overlap.sentence(session, request.person, person, now)
    return messages.person_card(person, hats, manager, away, now, both)


async def _called(session: AsyncSession, text: str) -> Person | None:
    """Find a colleague by a mention, a name or the beginning of one."""
    if mentioned := blocks.mentioned(text):
        return await store.get(session, mentioned[0])
    wanted = text.lstrip("@").casefold()
    everybody = await store.colleagues(session)
    starts = [one for one in everybody if one.name.casefold().startswith(wanted)]
    near = get_close_matches(wanted, [one.name.casefold() for one in everybody], n=1, cutoff=0.5)
    return starts[0] if starts else next((one for one in everybody if one.name.casefold() in near), None)


@action(messages.ADD_DEPARTMENT, needs=Rank.ADMIN)
async def add_department(request: Request) -> None:
    """Open the window for a new department."""
    await request.open(modals.department(None, []))
    await request.ack()


@action(messages.EDIT_DEPARTMENT, needs=Rank.LEAD)
async def edit_department(request: Request) -> None:
    """Open the window of a department."""
    department_id = int(request.value)
    async with request.services.database.read() as session:
        one = await store.department_by_id(session, department_id)
        members = await store.members(session, department_id)
    await request.open(modals.department(one, [person.id for person in members]))
    await request.ack()


@view(modals.DEPARTMENT, needs=Rank.LEAD)
async def submit_department(request: Request) -> None:
    """Keep a department; leads only their own."""
    stored = request.body["view"]["private_metadata"]
    department_id = int(stored) if stored else None
    if not request.standing.leads_department(department_id):
        await request.ack(
            response_action="errors", errors={"name": _("Only its lead or an admin changes it.")}
        )
        return
    plan = directory.Plan(
        request.typed("name") or "",
        request.typed("lead"),
        tuple(request.typed("members") or ()),
        request.typed("channel"),
        request.typed("aim"),
        request.typed("hours") or "",
    )
    try:
        async with request.transaction() as session:
            now = request.services.clock.now()
            await directory.keep_department(session, department_id, plan, request.person, now)
    except directory.NameTaken as error:
        await request.ack(response_action="errors", errors={"name": error.sentence})
        return
    except HoursNotUnderstood as error:
        await request.ack(response_action="errors", errors={"hours": error.sentence})
        return
    await request.ack()


# ---- audit --------------------------------------------------------------------------------------------


@word("audit")
async def audit(request: Request, _rest: str) -> None:
    """Show admins who changed what, and what left the company."""
    if not request.standing.is_admin:
        await request.ack(text=await guard.needs(request, Rank.ADMIN))
        return
    async with request.services.database.read() as session:
        entries = await store.audit_log(session, limit=40)
        names = await store.names(session, {one.actor_id for one in entries})
    await request.ack(text=_("Audit log"), blocks=messages.audit_list(entries, names))


# ---- Home ---------------------------------------------------------------------------------------------


@home.section("you", order=70)
async def you(request: Request, _session: AsyncSession) -> list[Block]:
    """Show somebody their own settings."""
    return messages.my_settings(request.person, request.services.clock.now())


@home.section("areas", order=80, needs=Rank.ADMIN)
async def shown_areas(request: Request, session: AsyncSession) -> list[Block]:
    """Show admins what the shop uses."""
    on = {area: await areas.is_on(session, area) for area in areas.AREAS}
    return messages.area_list(on, request.standing)
