"""Answering a standup in Slack: in the message itself, in a window, or with nothing to share."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks
from bot.errors import SwitchboardError
from bot.people.model import Person
from bot.standups import answering, messages, modals, rounds, store
from bot.standups.model import Asked, Round, Standup
from handlers import home, private
from handlers.routes import Request, action, view


class NothingOpen(SwitchboardError):
    """Nothing waits for an answer of yours."""


async def open_waiting(request: Request) -> None:
    """Open the window for what waits the longest; `NothingOpen`."""
    async with request.services.database.read() as session:
        opened = await store.open_for(session, request.person.id)
        if not opened:
            raise NothingOpen
        waiting = [one for one in opened if one[2].state == "waiting"] or opened
        shown = await _answer_window(session, *waiting[0])
    await private.open_window(request, shown)
    await request.ack()


@action(messages.ANSWER)
async def answer(request: Request) -> None:
    """Open the window in which somebody answers, or changes their answer."""
    await _open_answer(request, more=False)


@action(messages.MORE)
async def more(request: Request) -> None:
    """Open the window for one more change."""
    await _open_answer(request, more=True)


async def _open_answer(request: Request, *, more: bool) -> None:
    round_id, _colon, change_id = request.value.partition(":")
    async with request.services.database.read() as session:
        one = await session.get_one(Round, int(round_id))
        standup = await session.get_one(Standup, one.standup_id)
        asked = await store.asked_one(session, one.id, request.person.id)
        if asked is None:
            raise answering.NotAsked
        chosen = int(change_id) if change_id else None
        shown = await _answer_window(session, standup, one, asked, more=more, change_id=chosen)
    await private.open_window(request, shown)
    await request.ack()


async def _answer_window(
    session: AsyncSession,
    standup: Standup,
    one: Round,
    asked: Asked,
    *,
    more: bool = False,
    change_id: int | None = None,
) -> blocks.Block:
    if not standup.kind.makes_changes:
        return modals.tell(standup, one, asked)
    before = [] if more else list(await store.own_changes(session, one.id, asked.person_id))
    chosen = [change for change in before if change.id == change_id] or before
    return modals.share(standup, one, chosen[0] if chosen else None, more=more)


@view(modals.SHARE)
async def share(request: Request) -> None:
    """Keep a change somebody shared."""
    carried = private.carried(request)
    due = request.typed("due")
    shared = answering.Shared(
        request.typed("what") or "",
        request.typed("impact") or "",
        request.typed("action") or "",
        request.typed("owner"),
        date.fromisoformat(due) if due else None,
        carried.get("change"),
    )
    if not shared.what.strip():
        await request.ack(response_action="errors", errors={"what": answering.NothingSaid().sentence})
        return
    async with request.transaction() as session:
        now, person = request.services.clock.now(), await session.get_one(Person, request.person.id)
        await answering.share(session, carried["round"], person, shared, now, more=carried["more"])
        await home.redraw(request, session)
    await request.ack()


@view(modals.TELL)
async def tell(request: Request) -> None:
    """Keep plain answers."""
    round_id = private.carried(request)["round"]
    async with request.transaction() as session:
        one = await session.get_one(Round, round_id)
        standup = await session.get_one(Standup, one.standup_id)
        answers = [request.typed(f"answer-{number}") or "" for number in range(len(standup.questions))]
        await answering.answer(session, round_id, request.person, answers, request.services.clock.now())
        await home.redraw(request, session)
    await request.ack()


@action(messages.SEND)
async def send(request: Request) -> None:
    """Keep what somebody wrote in the message itself."""
    round_id = int(request.value)
    values = (request.body.get("state") or {}).get("values") or {}
    async with request.transaction() as session:
        one = await session.get_one(Round, round_id)
        standup = await session.get_one(Standup, one.standup_id)
        typed = [
            (values.get(f"standup-{round_id}-{number}", {}).get("value") or {}).get("value") or ""
            for number in range(len(standup.questions))
        ]
        now = request.services.clock.now()
        if standup.kind.makes_changes:
            shared = answering.Shared(what=typed[0], action=typed[1])
            await answering.share(session, round_id, request.person, shared, now)
        else:
            await answering.answer(session, round_id, request.person, typed, now)
    await request.ack()


@action(messages.SKIP)
async def skip(request: Request) -> None:
    """Note that somebody has nothing to share."""
    async with request.transaction() as session:
        await answering.skip(session, int(request.value), request.person, request.services.clock.now())
    await request.ack()


@action(messages.DONE)
async def done(request: Request) -> None:
    """Note that an action is done."""
    async with request.transaction() as session:
        await rounds.close_action(session, int(request.value), request.person, request.services.clock.now())
        await home.redraw(request, session)
    await request.ack()
