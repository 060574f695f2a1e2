"""The guide in Slack: questions answered from it or by a colleague, answers kept, blanks filled in."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks
from bot.blocks import Block
from bot.errors import SwitchboardError
from bot.onboarding import guide, looking, messages, modals, objectives, quoting, store, telling
from bot.onboarding.model import Question
from bot.people import areas
from bot.people import store as people
from bot.words import _
from handlers import home, private, talk
from handlers.onboarding_rights import AREA, now_of, plans_of, prepares
from handlers.routes import Request, action, view

_ANSWER = "onboarding-answer"


class AlreadyAnswered(SwitchboardError):
    """{name} has answered this already."""


class MayNotFillIn(SwitchboardError):
    """Only a lead, an admin or whoever is asked about new people can fill this in."""


class NotYourQuestion(SwitchboardError):
    """This question went to somebody else."""


@action(messages.BLANKS)
async def blanks(request: Request) -> None:
    """Open the window in which the shop fills in what a plan leaves open."""
    async with request.services.database.read() as session:
        await _require_preparing(request, session)
        known = await store.filled(session)
    await private.open_window(request, modals.blanks(plans_of(request).plans[request.value], known))
    await request.ack()


async def _require_preparing(request: Request, session: AsyncSession) -> None:
    if not await prepares(request, session):
        raise MayNotFillIn


@view(modals.BLANKS)
async def submit_blanks(request: Request) -> None:
    """Keep what was filled in; a number that is none is said at its field."""
    plan = plans_of(request).plans[private.carried(request)["plan"]]
    typed = {blank: (request.typed(f"blank-{at}") or "").strip() for at, blank in enumerate(plan.blanks)}
    if wrong := objectives.not_numbers(plan, typed):
        errors = {f"blank-{plan.blanks.index(blank)}": sentence for blank, sentence in wrong.items()}
        await request.ack(response_action="errors", errors=errors)
        return
    async with request.transaction() as session:
        await _require_preparing(request, session)
        await guide.fill(session, typed, request.person, now_of(request))
        await objectives.fill_from_blanks(session, await store.filled(session))
        await home.redraw(request, session)
    await request.ack()


@talk.answers(AREA, order=20)
async def answer_question(request: Request, text: str) -> talk.Said | None:
    """Answer from the guide what somebody asks in their own words."""
    async with request.services.database.read() as session:
        if not await areas.is_on(session, AREA):
            return None
        if await store.active_of(session, request.person.id) is None and not looking.is_question(text):
            return None
        found = await looking.answer(session, request.person, text, plans_of(request), now_of(request))
    return talk.Said(found[0], private.marked(found[1], _ANSWER)) if found else None


async def show(request: Request, rest: str) -> None:
    """Answer from the guide what follows the command; without a word, give what the guide holds."""
    read, words = plans_of(request), blocks.unformat(rest, {})
    async with request.services.database.read() as session:
        found = await looking.answer(session, request.person, words, read, now_of(request)) if words else None
        titles = [] if words else await looking.titles(session, request.person, read)
    if found:
        await request.ack(text=found[0], blocks=private.marked(found[1], _ANSWER))
    elif words:
        await request.ack(text=_("The guide says nothing about that."))
    else:
        await request.ack(text=_("Guide"), blocks=quoting.chapter_list(titles))


@private.message(_ANSWER)
async def answer_message(request: Request, session: AsyncSession, _about: str) -> tuple[str, list[Block]]:
    """Give the answer again once a colleague has the question: who that is, in place of the button."""
    text, now = request.value, now_of(request)
    found = await looking.answer(session, request.person, text, plans_of(request), now)
    title, shown = found or (_("Guide"), [])
    hire = await store.active_of(session, request.person.id)
    helper = await looking.helper_of(session, hire, now) if hire else None
    return title, [*shown[:-1], *([blocks.context(quoting.handed_on(helper.name))] if helper else [])]


@action(messages.CHAPTER)
async def chapter(request: Request) -> None:
    """Show a chapter of the guide."""
    async with request.services.database.read() as session:
        found = await looking.chapter(session, request.person, request.value, plans_of(request))
    if found is not None:
        await request.open(modals.chapter(found))
    await request.ack()


@action(messages.ASK)
async def ask(request: Request) -> None:
    """Hand a question on to a colleague."""
    now = now_of(request)
    async with request.transaction() as session:
        hire = await store.active_of(session, request.person.id)
        helper = await looking.helper_of(session, hire, now) if hire else None
        if helper is not None:
            await telling.ask(session, request.person, helper, request.value, now)
            await private.redraw(request, session)
    await request.ack()


@action(messages.ANSWER)
async def answer(request: Request) -> None:
    """Open the window in which a question is answered."""
    async with request.services.database.read() as session:
        question = await session.get_one(Question, int(request.value))
        names = await people.names(session, [question.asker_id, question.answered_by])
    _require_helper(request, question, names.get(question.answered_by or "", ""))
    window = modals.answer(question, names.get(question.asker_id, ""))
    await private.open_window(request, window)
    await request.ack()


def _require_helper(request: Request, question: Question, answered_by: str) -> None:
    if request.person.id != question.helper_id and not request.standing.is_admin:
        raise NotYourQuestion
    if question.answered_at is not None:
        raise AlreadyAnswered(name=answered_by)


@view(modals.ANSWER, once=True)
async def submit_answer(request: Request) -> None:
    """Bring an answer to whoever asked, and keep it as a chapter if that is wanted."""
    text, title = request.typed("text") or "", request.typed("title") or ""
    wanted = bool(request.typed("keep"))
    wrong = {} if text.strip() else {"text": _("Write an answer first.")}
    if wanted and not title.strip():
        wrong["title"] = _("A chapter needs a title.")
    if wrong:
        await request.ack(response_action="errors", errors=wrong)
        return
    now = now_of(request)
    async with request.transaction() as session:
        question = await store.lock_question(session, private.carried(request)["question"])
        names = await people.names(session, [question.answered_by])
        _require_helper(request, question, names.get(question.answered_by or "", ""))
        guide.answer(question, text, request.person, now)
        await telling.answered(session, question, request.person, now)
        if wanted:
            guide.keep(session, question, title, request.person, now)
        await home.redraw(request, session)
    await request.ack()
