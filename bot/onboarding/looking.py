"""What people look up: a hire's card, their own page, tasks in detail, an answer from the guide."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot import calendar
from bot.blocks import Block
from bot.errors import SwitchboardError
from bot.onboarding import cards, checklist, guide, messages, modals, objectives, quoting, store
from bot.onboarding.blanks import as_read
from bot.onboarding.checklist import Standing
from bot.onboarding.guide import Chapter
from bot.onboarding.model import DEPARTMENT, Hire, Objective, Task
from bot.onboarding.objectives import Progress
from bot.onboarding.plans import Plans
from bot.people import availability
from bot.people import store as people
from bot.people.model import Person, known_zone
from bot.words import _

# A hire whose onboarding is over stays in the manager's list so long.
_STAYS = timedelta(days=60)
_NEXT_IN_DETAIL = 3
# Of what somebody has not done, so much stands among all that waits for them.
_AT_HOME = 10
_QUESTION_MARKS = ("?", "？", "吗", "呢")
_ASKING = frozenset(
    word
    for line in (
        "how what where when who whom whose why which can could may must should do does did is are am was",
        "wie was wo wann wer warum welche welcher kann darf muss soll",
    )
    for word in line.split()
)


class OnlyTheirOwn(SwitchboardError):
    """How a hire gets on is seen by them, their manager and their buddy only."""


def may_see(hire: Hire, person: Person) -> bool:
    """Tell whether somebody may see how a hire gets on."""
    return person.id in (hire.person_id, hire.manager_id, hire.buddy_id)


async def progress_of(session: AsyncSession, hire: Hire) -> list[Progress]:
    """Give the objectives of a hire with all that was said."""
    said = await store.check_ins(session, hire.id)
    return objectives.progress(await store.objectives(session, hire.id), said)


async def card(session: AsyncSession, hire: Hire, plans: Plans, now: datetime) -> list[Block]:
    """Give how a hire stands, as the hire, the manager and the buddy see it."""
    stands = await checklist.standing(session, hire, now)
    plan = plans.plans.get(hire.plan)
    names = await _names(session, hire)
    return cards.card(stands, await progress_of(session, hire), plan.name if plan else hire.plan, names)


async def _names(session: AsyncSession, hire: Hire) -> dict[str, str]:
    """Give how those are called who do a hire's tasks: people by id, departments as tasks name them."""
    departments = {DEPARTMENT + one.slug: one.name for one in await people.departments(session)}
    return departments | await people.names(session, [hire.person_id, hire.manager_id, hire.buddy_id])


async def card_for(
    session: AsyncSession, hire: Hire, person: Person, plans: Plans, now: datetime
) -> list[Block]:
    """Give a hire's card with what this person can do there; `OnlyTheirOwn`."""
    if not may_see(hire, person):
        raise OnlyTheirOwn
    shown = await card(session, hire, plans, now)
    if hire.state != "active":
        return shown
    if person.id == hire.person_id:
        stands = await checklist.standing(session, hire, now)
        shown += messages.boxes(f"*{_('To tick')}*", stands, _to_tick(stands))
        shown.append(cards.mine_buttons(hire))
    if person.id == hire.manager_id:
        missing = objectives.without_numbers(await store.objectives(session, hire.id))
        shown.append(cards.manager_buttons(hire, without_numbers=bool(missing)))
    return shown


def _to_tick(stands: Standing) -> list[Task]:
    """Give what a hire can tick: all that is due, and what comes next."""
    mine = [task for task in stands.open if task.by == "hire"]
    due = [task for task in mine if stands.due(task) <= stands.today]
    return [*due, *mine[len(due) : len(due) + _NEXT_IN_DETAIL]]


async def mine(session: AsyncSession, person: Person, plans: Plans, now: datetime) -> list[Block]:
    """Give somebody's own page: their first weeks, and the hires they help."""
    shown = []
    own = await store.active_of(session, person.id)
    if own is not None:
        shown += await card_for(session, own, person, plans, now)
    for question in await store.open_questions(session, person.id):
        names = await people.names(session, [question.asker_id])
        shown.append(quoting.question_line(question, names.get(question.asker_id, "")))
    for hire in await store.led_by(session, person.id, since=now - _STAYS):
        shown.append(cards.hire_line(await checklist.standing(session, hire, now)))
    return shown


async def in_detail(session: AsyncSession, hire: Hire, person: Person, plans: Plans, now: datetime) -> Block:
    """Give what somebody has to do for a hire, with all that explains it."""
    stands = await checklist.standing(session, hire, now)
    if person.id == hire.person_id:
        tasks = _to_tick(stands)
    else:
        duties = await checklist.duties(session, person, stands.today, now, now)
        tasks = [task for duty in duties if duty.standing.hire.id == hire.id for task in duty.tasks]
    known = await store.filled(session)
    names = await people.names(session, [hire.manager_id])
    who = names.get(hire.manager_id, "") if person.id == hire.person_id else _("an admin")
    texts = {task.id: as_read(task.about, known, who) for task in tasks}
    chapters = {one.key: one for one in await _chapters(session, hire, plans)}
    return modals.details(stands, tasks, texts, chapters)


async def others_see(session: AsyncSession, hire: Hire, plans: Plans, now: datetime) -> Block:
    """Give a hire what others see of them."""
    names = await people.names(session, [hire.manager_id, hire.buddy_id])
    shown = await card(session, hire, plans, now)
    buddy = names.get(hire.buddy_id) if hire.buddy_id else None
    return modals.others_see(shown, names.get(hire.manager_id, ""), buddy)


# ---- the guide ----------------------------------------------------------------------------------------


async def _chapters(session: AsyncSession, hire: Hire | None, plans: Plans) -> list[Chapter]:
    own = plans.plans.get(hire.plan) if hire else None
    who = (await people.names(session, [hire.manager_id])).get(hire.manager_id, "") if hire else _("an admin")
    known = await store.filled(session)
    return guide.chapters(plans.plans.values(), own, await store.kept_chapters(session), known, who)


async def chapter(session: AsyncSession, person: Person, key: str, plans: Plans) -> Chapter | None:
    """Give one chapter as this person reads it."""
    chapters = await _chapters(session, await store.active_of(session, person.id), plans)
    return next((one for one in chapters if one.key == key), None)


async def titles(session: AsyncSession, person: Person, plans: Plans) -> list[str]:
    """Give what the guide holds for this person."""
    hire = await store.active_of(session, person.id)
    return [one.title for one in await _chapters(session, hire, plans) if hire is None or one.home]


async def answer(
    session: AsyncSession, person: Person, text: str, plans: Plans, now: datetime
) -> tuple[str, list[Block]] | None:
    """Answer from the guide; a hire whose question it cannot answer is offered a colleague, else None."""
    hire = await store.active_of(session, person.id)
    helper = await helper_of(session, hire, now) if hire else None
    button = quoting.ask_button(helper.name, text) if helper else None
    found = guide.search(text, await _chapters(session, hire, plans))
    if found:
        best, *others = found
        return best.title, quoting.found(best, text, others, button)
    if button and is_question(text):
        return _("The guide says nothing about that."), quoting.nothing_found(button)
    return None


def is_question(text: str) -> bool:
    """Tell whether somebody asks something."""
    words = text.casefold().split()
    return bool(words) and (words[0] in _ASKING or text.rstrip().endswith(_QUESTION_MARKS))


async def helper_of(session: AsyncSession, hire: Hire, now: datetime) -> Person | None:
    """Give whom a hire's questions go to: the buddy, or the manager when that one is away."""
    both = [await people.get(session, one) for one in dict.fromkeys((hire.helper_id, hire.manager_id))]
    able = [one for one in both if one is not None and one.is_colleague]
    away = await availability.away(session, able, now)
    return next((one for one in able if one.id not in away), able[0] if able else None)


# ---- Home ---------------------------------------------------------------------------------------------


async def waiting(session: AsyncSession, person: Person, now: datetime) -> list[tuple[datetime, Block]]:
    """Give what waits on somebody, each with when it is due and its next action."""
    found = []
    own = await store.active_of(session, person.id)
    if own is not None:
        stands = await checklist.standing(session, own, now)
        due = [task for task in stands.open if task.by == "hire" and stands.due(task) <= stands.today]
        found += [(_morning_of(stands, task), messages.task_line(stands, task)) for task in due[:_AT_HOME]]
        found += [(now, messages.asked_line(one, day)) for one, day in await _asked(session, stands)]
    today = calendar.local(now, known_zone(person.zone)).date()
    for duty in await checklist.duties(session, person, today, now, now):
        undone = [task for task in duty.tasks if task.done_at is None]
        found += [
            (_morning_of(duty.standing, task), messages.task_line(duty.standing, task)) for task in undone
        ]
    for question in await store.open_questions(session, person.id):
        names = await people.names(session, [question.asker_id])
        line = quoting.question_line(question, names.get(question.asker_id, ""))
        found.append((question.asked_at, line))
    return found


def _morning_of(stands: Standing, task: Task) -> datetime:
    zone = known_zone(stands.person.zone)
    return calendar.resolve(stands.due(task), stands.person.morning_hour, zone)


async def _asked(session: AsyncSession, stands: Standing) -> list[tuple[Objective, int]]:
    said = await store.check_ins(session, stands.hire.id)
    found = []
    for one in await store.objectives(session, stands.hire.id):
        days = {row.day for row in said if row.objective_id == one.id}
        number = objectives.asked_on(one, stands.number, days)
        if number is not None:
            found.append((one, number))
    return found


async def to_fill_in(session: AsyncSession, plans: Plans) -> list[Block]:
    """Give what is not written down in the plans by which somebody is led now."""
    known = await store.filled(session)
    used = [plans.plans[slug] for slug in await store.plans_in_use(session) if slug in plans.plans]
    return [
        messages.to_fill_in(one.name, one.slug, left, named=False)
        for one in used
        if (left := one.left(known))
    ]


async def at_home(session: AsyncSession, person: Person, now: datetime) -> list[Block]:
    """Give how somebody, and the hires they help, get on."""
    shown = []
    own = await store.active_of(session, person.id)
    if own is not None:
        shown += cards.at_home(await checklist.standing(session, own, now))
    for hire in (await store.led_by(session, person.id, since=now))[:10]:
        shown.append(cards.hire_line(await checklist.standing(session, hire, now)))
    return shown
