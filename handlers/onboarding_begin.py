"""Beginning an onboarding in Slack, changing it and breaking it off; who joins."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from bot.onboarding import leading, messages, modals, store, telling
from bot.onboarding.model import Hire
from bot.people import areas
from bot.people import store as people
from bot.people.model import Person
from bot.storage import outbox
from handlers import events, guard, home, private
from handlers.onboarding_rights import AREA, now_of, plans_of, require_manager, require_starter, today
from handlers.routes import Request, action, view

# ---- who joins ----------------------------------------------------------------------------------------


@events.joined(AREA)
async def joined(request: Request, session: AsyncSession, person: Person) -> None:
    """Ask the approver whether somebody who joined is a hire."""
    if await areas.is_on(session, AREA) and person.is_colleague:
        await telling.joined(session, person, request.services.settings.admins, now_of(request))


@action(messages.START)
async def start_joined(request: Request) -> None:
    """Open the window in which the onboarding of somebody who joined is begun."""
    async with request.services.database.read() as session:
        await require_starter(request, session)
        person = await people.get(session, request.value)
    await open_start(request, person)
    await request.ack()


@action(messages.NO_HIRE)
async def no_hire(request: Request) -> None:
    """Note that somebody who joined is no hire; whoever changes their mind can still start it."""
    shown = messages.not_a_hire(request.person.name)
    async with request.transaction() as session:
        await require_starter(request, session)
        await people.audit(session, now_of(request), request.person.id, "onboarding.no_hire", request.value)
        await private.put_in_place(request, session, shown)
    await request.ack()


# ---- starting and changing ----------------------------------------------------------------------------


async def open_start(request: Request, person: Person | None) -> None:
    """Open the window in which the onboarding of this person, or of whoever is chosen there, is begun."""
    shown = modals.start(
        plans_of(request).plans.values(),
        person=person.id if person else None,
        manager=(person.manager_id if person else None) or request.person.id,
        buddy=None,
        today=today(request),
    )
    await request.open(shown)


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
        await require_starter(request, session)
        wrong = await leading.mistakes(session, order, read.plans, today(request))
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
    await private.open_window(request, modals.change(hire, person.name))
    await request.ack()


@view(modals.CHANGE)
async def submit_change(request: Request) -> None:
    """Change a hire's start, manager or buddy, or break it off."""
    hire_id, now = private.carried(request)["hire"], now_of(request)
    async with request.transaction() as session:
        hire = await store.lock(session, hire_id)
        require_manager(request, hire)
        order = _order(request, hire.person_id, hire.plan)
        wrong = await leading.mistakes(session, order, (), today(request), hire)
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
