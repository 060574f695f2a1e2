"""What a hire and their helpers do day by day: tick, look, say and set numbers."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks
from bot.onboarding import checklist, looking, messages, modals, objectives, store, telling
from bot.onboarding.model import Hire, Objective
from bot.people import privacy
from bot.people import store as people
from bot.people.model import Person
from bot.people.privacy import Line
from bot.words import _
from handlers import home, private
from handlers.onboarding_rights import AREA, now_of, plans_of, require_manager
from handlers.routes import Request, action, view

# ---- tasks --------------------------------------------------------------------------------------------


@action(messages.TICK)
async def tick(request: Request) -> None:
    """Take over from boxes what is done, and what is not after all."""
    chosen = request.body["actions"][0]
    ticked = {int(one["value"]) for one in chosen.get("selected_options") or []}
    before = {int(one["value"]) for one in request.element.get("initial_options") or []}
    async with request.transaction() as session:
        shown = messages.shown_tasks(blocks.own_id(str(chosen.get("block_id", ""))))
        await checklist.tick(session, request.person, shown, ticked, now_of(request), before=before)
        await home.redraw(request, session)
    await request.ack()


@action(messages.DONE)
async def done(request: Request) -> None:
    """Note that one task is done."""
    task_id = int(request.value)
    async with request.transaction() as session:
        await checklist.tick(session, request.person, [task_id], [task_id], now_of(request))
        await home.redraw(request, session)
    await request.ack()


@action(messages.DETAILS)
async def details(request: Request) -> None:
    """Show what explains the tasks."""
    async with request.services.database.read() as session:
        hire = await session.get_one(Hire, int(request.value))
        shown = await looking.in_detail(session, hire, request.person, plans_of(request), now_of(request))
    await request.open(shown)
    await request.ack()


@action(messages.LOOK)
async def look(request: Request) -> None:
    """Show how a hire stands."""
    async with request.services.database.read() as session:
        hire = await session.get_one(Hire, int(request.value))
        shown = await looking.card_for(session, hire, request.person, plans_of(request), now_of(request))
    await private.open_window(request, modals.card(shown))
    await request.ack()


@action(messages.OTHERS_SEE)
async def others_see(request: Request) -> None:
    """Show a hire what others see of them."""
    async with request.services.database.read() as session:
        hire = await session.get_one(Hire, int(request.value))
        if hire.person_id != request.person.id:
            raise looking.OnlyTheirOwn
        shown = await looking.others_see(session, hire, plans_of(request), now_of(request))
    await request.open(shown)
    await request.ack()


@privacy.lines(AREA, order=55)
async def stored(session: AsyncSession, person: Person) -> list[Line]:
    """Say what onboarding keeps of somebody."""
    given = []
    if await store.latest_of(session, person.id):
        given.append(
            Line(
                _("Your onboarding: the plan, what you did when, and what you said of your objectives"),
                _("you, your manager and your buddy; admins see figures of five hires or more"),
                _("for good"),
            )
        )
    if count := await store.asked_count(session, person.id):
        given.append(
            Line(
                _("Questions you handed to a colleague ({count}), and the answers").format(count=count),
                _("you and the colleague; an answer that is kept: everybody, without your name"),
                _("for good"),
            )
        )
    return given


# ---- numbers ------------------------------------------------------------------------------------------


@action(messages.SAY)
async def say(request: Request) -> None:
    """Open the window in which it is said where an objective stands."""
    objective_id, day = map(int, request.value.split(":"))
    async with request.services.database.read() as session:
        objective = await _objective(session, objective_id, request.person)
        known = await store.check_in(session, objective_id, day)
    window = modals.say(objective, day, known.value if known else None, known.note if known else "")
    await private.open_window(request, window)
    await request.ack()


async def _objective(session: AsyncSession, objective_id: int, person: Person) -> Objective:
    objective = await session.get_one(Objective, objective_id)
    hire = await session.get_one(Hire, objective.hire_id)
    if person.id not in (hire.person_id, hire.manager_id):
        raise looking.OnlyTheirOwn
    return objective


@view(modals.SAY)
async def submit_say(request: Request) -> None:
    """Keep where an objective stands."""
    carried = private.carried(request)
    objective_id, day = carried["objective"], carried["day"]
    try:
        value = objectives.number(request.typed("value") or "")
    except objectives.NotANumber as error:
        await request.ack(response_action="errors", errors={"value": error.sentence})
        return
    now = now_of(request)
    async with request.transaction() as session:
        objective = await _objective(session, objective_id, request.person)
        hire = await session.get_one(Hire, objective.hire_id)
        note = request.typed("note") or ""
        said = await objectives.say(session, objective, day, value, note, request.person, now)
        await telling.said(session, hire, objective, said, request.person, now)
        await checklist.redraw(session, hire, (), now)
        await home.redraw(request, session)
    await request.ack()


@action(messages.NUMBERS)
async def numbers(request: Request) -> None:
    """Open the window in which the numbers of objectives are set."""
    async with request.services.database.read() as session:
        hire = await session.get_one(Hire, int(request.value))
        require_manager(request, hire)
        shown = modals.numbers(hire, await store.objectives(session, hire.id))
    await private.open_window(request, shown)
    await request.ack()


@view(modals.NUMBERS)
async def submit_numbers(request: Request) -> None:
    """Set the numbers of objectives; every mistake is said at its field."""
    hire_id, now = private.carried(request)["hire"], now_of(request)
    async with request.transaction() as session:
        hire = await store.lock(session, hire_id)
        require_manager(request, hire)
        rows = await store.objectives(session, hire_id)
        wrong = objectives.set_numbers(rows, request.typed)
        if not wrong:
            await people.audit(session, now, request.person.id, "onboarding.numbers", hire.person_id)
            await checklist.redraw(session, hire, (), now)
            await home.redraw(request, session)
    if wrong:
        await request.ack(response_action="errors", errors=wrong)
        return
    await request.ack()
