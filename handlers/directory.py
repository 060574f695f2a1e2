"""Who is who: people and their cards, departments, admins, guests whom a lead lets in."""

from collections.abc import Sequence
from difflib import get_close_matches

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks
from bot.blocks import Block
from bot.people import availability, cards, directory, messages, modals, overlap, permissions, store
from bot.people.model import Department, Person
from bot.people.permissions import Rank
from bot.week import HoursNotUnderstood
from bot.words import _
from handlers import home, private
from handlers.people import word
from handlers.routes import Request, action, view

# Messages that only whoever asked sees.
_LIST, _CARD = "people-list", "people-card"


@word("people")
async def people(request: Request, rest: str) -> None:
    """Show everybody by department, or one of them."""
    if not rest:
        await private.answer(request, _LIST)
        return
    async with request.services.database.read() as session:
        found = await _called(session, rest)
    if found is None:
        await request.ack(text=_("I know nobody of this name."))
        return
    await private.answer(request, _CARD, found.id)


@private.message(_LIST)
async def list_message(request: Request, session: AsyncSession, _about: str) -> tuple[str, list[Block]]:
    """Give everybody by department."""
    now, everybody = request.services.clock.now(), await store.colleagues(session)
    departments = [(one, await store.members(session, one.id)) for one in await store.departments(session)]
    placed = {person.id for _one, members in departments for person in members}
    others = [one for one in everybody if one.id not in placed]
    away = await availability.away(session, everybody, now)
    return _("People"), cards.people_list(departments, others, away, now, request.standing)


@private.message(_CARD)
async def card_message(request: Request, session: AsyncSession, about: str) -> tuple[str, list[Block]]:
    """Give one of them, with what may be decided about them."""
    now, person = request.services.clock.now(), await session.get_one(Person, about)
    hats = await store.departments_of(session, person.id)
    manager = (await store.names(session, [person.manager_id])).get(person.manager_id or "")
    away = (await availability.away(session, [person], now)).get(person.id)
    both = await overlap.sentence(session, request.person, person, now)
    shown = cards.person_card(person, hats, manager, away, now, both)
    named = permissions.is_named_admin(person, request.services.settings.admins)
    buttons = cards.person_buttons(
        person, request.standing, may_edit=_decides_for(request, hats), is_named_admin=named
    )
    return blocks.escape(person.name), [*shown, *buttons]


def _decides_for(request: Request, hats: Sequence[Department]) -> bool:
    """Tell whether this person may change somebody of these departments."""
    return request.standing.is_admin or any(request.standing.leads_department(one.id) for one in hats)


async def _called(session: AsyncSession, text: str) -> Person | None:
    """Find somebody by a mention, a name or the beginning of one; never somebody of another company."""
    if mentioned := blocks.mentioned(text):
        found = await store.get(session, mentioned[0])
        return None if found is None or found.is_stranger or found.is_bot else found
    wanted = text.lstrip("@").casefold()
    everybody = [one for one in await store.everybody(session) if not one.is_stranger]
    names = {one.name.casefold(): one for one in reversed(everybody)}
    if wanted in names:
        return names[wanted]
    starts = [one for one in everybody if any(part.startswith(wanted) for part in _parts(one.name))]
    near = get_close_matches(wanted, [*names], n=1, cutoff=0.6)
    return starts[0] if starts else names[near[0]] if near else None


def _parts(name: str) -> list[str]:
    return [name.casefold(), *name.casefold().split()]


# ---- what leads and admins decide about somebody ------------------------------------------------------


@action(messages.EDIT_PERSON, needs=Rank.LEAD)
async def edit_person(request: Request) -> None:
    """Open the window for somebody's role and manager."""
    async with request.services.database.read() as session:
        person = await session.get_one(Person, request.value)
    await private.open_window(request, modals.person(person))
    await request.ack()


@view(modals.PERSON, needs=Rank.LEAD)
async def submit_person(request: Request) -> None:
    """Keep somebody's role and manager."""
    person_id, manager_id = modals.meant(request.body["view"]), request.typed("manager")
    async with request.services.database.read() as session:
        hats = await store.departments_of(session, person_id)
    wrong = {}
    if not _decides_for(request, hats):
        wrong["role"] = messages.only_lead_or_admin()
    if manager_id == person_id:
        wrong["manager"] = _("Nobody reports to themselves.")
    if wrong:
        await request.ack(response_action="errors", errors=wrong)
        return
    async with request.transaction() as session:
        person = await session.get_one(Person, person_id)
        role, now = request.typed("role") or "", request.services.clock.now()
        await directory.keep_role(session, person, role, manager_id, by=request.person, now=now)
        await private.redraw(request, session)
    await request.ack()


@action(messages.MAKE_ADMIN, needs=Rank.ADMIN)
async def make_admin(request: Request) -> None:
    """Make a colleague an admin."""
    await _set_admin(request, admin=True)


@action(messages.UNMAKE_ADMIN, needs=Rank.ADMIN)
async def unmake_admin(request: Request) -> None:
    """Make an admin an ordinary member again."""
    await _set_admin(request, admin=False)


async def _set_admin(request: Request, *, admin: bool) -> None:
    now = request.services.clock.now()
    async with request.transaction() as session:
        person = await session.get_one(Person, request.value)
        await directory.make_admin(session, person, admin=admin, by=request.person, now=now)
        await private.redraw(request, session)
    await request.ack()


@action(messages.WELCOME_GUEST, needs=Rank.LEAD)
async def welcome_guest(request: Request) -> None:
    """Let a guest in."""
    await _set_welcome(request, welcome=True)


@action(messages.SHOW_OUT_GUEST, needs=Rank.LEAD)
async def show_out_guest(request: Request) -> None:
    """Let a guest in no longer."""
    await _set_welcome(request, welcome=False)


async def _set_welcome(request: Request, *, welcome: bool) -> None:
    now = request.services.clock.now()
    async with request.transaction() as session:
        person = await session.get_one(Person, request.value)
        await directory.welcome_guest(session, person, welcome=welcome, by=request.person, now=now)
        await private.redraw(request, session)
    await request.ack()


# ---- departments --------------------------------------------------------------------------------------


@action(messages.ADD_DEPARTMENT, needs=Rank.ADMIN)
async def add_department(request: Request) -> None:
    """Open the window for a new department."""
    await private.open_window(request, modals.department(None, []))
    await request.ack()


@action(messages.EDIT_DEPARTMENT, needs=Rank.LEAD)
async def edit_department(request: Request) -> None:
    """Open the window of a department."""
    department_id = int(request.value)
    async with request.services.database.read() as session:
        one = await store.department_by_id(session, department_id)
        members = await store.members(session, department_id)
    await private.open_window(request, modals.department(one, [person.id for person in members]))
    await request.ack()


@view(modals.DEPARTMENT, needs=Rank.LEAD)
async def submit_department(request: Request) -> None:
    """Keep a department; leads only their own."""
    stored = modals.meant(request.body["view"])
    department_id = int(stored) if stored else None
    if not request.standing.leads_department(department_id):
        await request.ack(response_action="errors", errors={"name": messages.only_lead_or_admin()})
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
            await home.redraw(request, session)
    except directory.NameTaken as error:
        await request.ack(response_action="errors", errors={"name": error.sentence})
        return
    except HoursNotUnderstood as error:
        await request.ack(response_action="errors", errors={"hours": error.sentence})
        return
    await request.ack()


@home.section("departments", order=60, needs=Rank.LEAD)
async def my_departments(request: Request, session: AsyncSession) -> list[Block]:
    """Show leads their departments: who is there, who is away, who works now."""
    now = request.services.clock.now()
    led = await store.led_by(session, request.person.id)
    shown: list[Block] = []
    for one in led:
        members = await store.members(session, one.id)
        away = await availability.away(session, members, now)
        working = await availability.working(session, members, now)
        shown += cards.led_department(one, members, away, working, now)
    return shown
