"""What people do with standups in Slack: /standup, and what of them waits in Home."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from difflib import get_close_matches

from sqlalchemy.ext.asyncio import AsyncSession

from bot import calendar
from bot.blocks import Block
from bot.errors import SwitchboardError
from bot.people import areas, privacy
from bot.people import messages as people_messages
from bot.people import store as people
from bot.people.model import Person
from bot.people.privacy import Line
from bot.standups import messages, report, rounds, store
from bot.standups.model import Standup
from bot.words import _
from handlers import home, private, standups_answer, standups_begin, standups_owner
from handlers.people import HELPS
from handlers.routes import Request, command

AREA = "standups"
_CHANGES = "standups-changes"
HELPS[AREA] = lambda: _(messages.HELP)


class NoSuchStandup(SwitchboardError):
    """There is no standup of this name that is yours."""


class NoSuchDate(SwitchboardError):
    """Write the date of a report as 2026-11-23."""


@command("/standup")
async def standup(request: Request) -> None:
    """Hand a word on to whoever answers it."""
    async with request.services.database.read() as session:
        await areas.require(session, AREA)
    name, _space, rest = request.text.partition(" ")
    known = _WORDS.get(name.lower())
    if known is None:
        near = get_close_matches(name.lower(), [one for one in _WORDS if one], n=1, cutoff=0.6)
        await request.ack(text=people_messages.unknown_word(name, near[0] if near else None))
        return
    await known(request, rest.strip())


async def _help(request: Request, _rest: str) -> None:
    await request.ack(text=_(messages.HELP))


async def _mine(request: Request, _rest: str) -> None:
    await private.answer(request, standups_owner.MINE)


async def _new(request: Request, _rest: str) -> None:
    await standups_begin.open_window(request)


async def _answer(request: Request, _rest: str) -> None:
    await standups_answer.open_waiting(request)


async def _report(request: Request, rest: str) -> None:
    try:
        wanted = date.fromisoformat(rest) if rest else None
    except ValueError:
        raise NoSuchDate from None
    async with request.services.database.read() as session:
        newest = await store.report_of(session, request.person.id, wanted)
        if newest is None:
            await request.ack(text=_("There is no report of that date.") if wanted else _("No report yet."))
            return
        standup = await session.get_one(Standup, newest.standup_id)
        drawn = await rounds.compose(session, standup, newest)
    await request.ack(text=drawn["text"], blocks=drawn["blocks"])


async def _changes(request: Request, _rest: str) -> None:
    await private.answer(request, _CHANGES)


@private.message(_CHANGES)
async def changes_message(_request: Request, session: AsyncSession, _about: str) -> tuple[str, list[Block]]:
    """Give what was shared lately, and what of it is still to be done."""
    changes = await store.recent_changes(session)
    ids = {one.owner_id for one in changes} | {one.person_id for one in changes}
    names = await people.names(session, ids)
    return _("Changes"), report.lately(changes, names)


async def _edit(request: Request, rest: str) -> None:
    await standups_owner.open_edit(request, await _called(request, rest))


async def _pause(request: Request, rest: str) -> None:
    await standups_owner.set_state(request, await _called(request, rest), rounds.PAUSED)


async def _resume(request: Request, rest: str) -> None:
    await standups_owner.set_state(request, await _called(request, rest), rounds.ACTIVE)


async def _end(request: Request, rest: str) -> None:
    await standups_owner.set_state(request, await _called(request, rest), rounds.ENDED)


_WORDS: dict[str, Callable[[Request, str], Awaitable[None]]] = {
    "": _mine, "mine": _mine, "help": _help, "new": _new, "answer": _answer, "report": _report,
    "changes": _changes, "edit": _edit, "pause": _pause, "resume": _resume, "end": _end,
}  # fmt: skip


async def _called(request: Request, text: str) -> int:
    """Find a standup by about its name; the only one there is needs none."""
    async with request.services.database.read() as session:
        mine = await (
            store.active(session) if request.standing.is_admin else store.mine(session, request.person.id)
        )
    if not text and len(mine) == 1:
        return mine[0].id
    names = {one.name.casefold(): one.id for one in mine}
    near = get_close_matches(text.casefold(), names, n=1, cutoff=0.6)
    if not near:
        raise NoSuchStandup
    return names[near[0]]


@privacy.lines(AREA, order=50)
async def stored(session: AsyncSession, person: Person) -> list[Line]:
    """Say what standups keep of somebody."""
    count = await store.answer_count(session, person.id)
    return [
        Line(
            _("Your answers in standups ({count} so far), and what you took on there").format(count=count),
            _("everybody in the channel of the report"),
            _("for good: the reports stay"),
            _("the answers of a round, with names, addresses and numbers hidden, for three lines of themes"),
        )
    ]


@home.waits(AREA)
async def waiting(request: Request, session: AsyncSession) -> list[home.Waiting]:
    """Give the rounds that wait for an answer, and one's own open actions."""
    if not await areas.is_on(session, AREA):
        return []
    found = [
        home.Waiting(one.closes_at, messages.round_line(standup, one))
        for standup, one, asked in await store.open_for(session, request.person.id)
        if asked.state == "waiting"
    ]
    now = request.services.clock.now()
    for change in await store.open_actions(session, owner_id=request.person.id):
        zone = request.person.zone if calendar.zone(request.person.zone) else "UTC"
        due = calendar.resolve(change.due, datetime.min.time(), zone) if change.due else now
        found.append(home.Waiting(due, messages.action_line(change, name="")))
    return found
