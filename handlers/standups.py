"""What people do with standups in Slack: /standup, and answering."""

import json
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks, calendar
from bot.errors import SwitchboardError
from bot.people import areas, availability
from bot.people import messages as people_messages
from bot.people import store as people
from bot.people.model import Person
from bot.rhythms import Rhythm, RhythmNotUnderstood, describe, next_dates
from bot.standups import messages, modals, rounds, store
from bot.standups.model import TEMPLATES, Asked, Round, Standup, asked_on, without_absences
from bot.words import _
from handlers import home
from handlers.people import HELPS
from handlers.routes import Request, action, command, view

AREA = "standups"
HELPS[AREA] = lambda: _(messages.HELP)


class NoSuchStandup(SwitchboardError):
    """There is no standup of this name that is yours."""


class NothingOpen(SwitchboardError):
    """Nothing waits for an answer of yours."""


class NotYours(SwitchboardError):
    """Only who began a standup, or an admin, can do this."""


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
    async with request.services.database.read() as session:
        standups = await store.mine(session, request.person.id)
        opened = await store.open_for(session, request.person.id)
    await request.ack(text=_("Your standups"), blocks=messages.mine(standups, opened, request.person))


async def _new(request: Request, _rest: str) -> None:
    async with request.services.database.read() as session:
        departments = await people.departments(session)
    today = calendar.local(request.services.clock.now(), request.person.zone).date()
    await request.open(modals.plan(departments, request.person.id, None, today))
    await request.ack()


async def _answer(request: Request, _rest: str) -> None:
    async with request.services.database.read() as session:
        opened = await store.open_for(session, request.person.id)
        if not opened:
            raise NothingOpen
        waiting = [one for one in opened if one[2].state == "waiting"] or opened
        shown = await _answer_window(session, *waiting[0], more=False)
    await request.open(shown)
    await request.ack()


async def _report(request: Request, rest: str) -> None:
    async with request.services.database.read() as session:
        standups = await store.mine(session, request.person.id)
        found = [one for standup in standups if (one := await _round_of(session, standup, rest))]
        if not found:
            await request.ack(text=_("There is no report of that date."))
            return
        newest = max(found, key=lambda one: one.nominal)
        owner = await session.get_one(Standup, newest.standup_id)
        report = await rounds.compose(session, owner, newest)
    await request.ack(text=report["text"], blocks=report["blocks"])


async def _round_of(session: AsyncSession, standup: Standup, text: str) -> Round | None:
    try:
        wanted = date.fromisoformat(text) if text else None
    except ValueError:
        return None
    if wanted:
        return await store.round_on(session, standup.id, wanted)
    return await store.last_round(session, standup.id)


async def _changes(request: Request, _rest: str) -> None:
    async with request.services.database.read() as session:
        changes = await store.recent_changes(session)
        ids = {one.owner_id for one in changes} | {one.person_id for one in changes}
        names = await people.names(session, ids)
    await request.ack(text=_("Changes"), blocks=messages.changes_list(changes, names))


async def _pause(request: Request, rest: str) -> None:
    await _set_state(request, await _called(request, rest), "paused")
    await request.ack(text=_("Paused. */standup resume NAME* lets it go on."))


async def _resume(request: Request, rest: str) -> None:
    await _set_state(request, await _called(request, rest), "active")
    await request.ack(text=_("It goes on."))


_WORDS: dict[str, Callable[[Request, str], Awaitable[None]]] = {
    "": _mine, "mine": _mine, "help": _help, "new": _new, "answer": _answer, "report": _report,
    "changes": _changes, "pause": _pause, "resume": _resume,
}  # fmt: skip


async def _called(request: Request, text: str) -> int:
    async with request.services.database.read() as session:
        standups = await store.mine(session, request.person.id)
    names = {one.name.casefold(): one.id for one in standups}
    near = get_close_matches(text.casefold(), names, n=1, cutoff=0.4)
    if not text and len(standups) == 1:
        return standups[0].id
    if not near:
        raise NoSuchStandup
    return names[near[0]]


async def _set_state(request: Request, standup_id: int, state: str) -> None:
    async with request.transaction() as session:
        standup = await session.get_one(Standup, standup_id)
        if standup.owner_id != request.person.id and not request.standing.is_admin:
            raise NotYours
        await rounds.set_state(session, standup_id, state, request.services.clock.now())


@action(messages.PAUSE)
async def pause(request: Request) -> None:
    """Pause a standup."""
    await _set_state(request, int(request.value), "paused")
    await request.ack()


@action(messages.RESUME)
async def resume(request: Request) -> None:
    """Let a standup go on."""
    await _set_state(request, int(request.value), "active")
    await request.ack()


@action(messages.END)
async def end(request: Request) -> None:
    """End a standup."""
    await _set_state(request, int(request.value), "ended")
    await request.ack()


# ---- beginning ----------------------------------------------------------------------------------------


@action(messages.NEW)
async def open_new(request: Request) -> None:
    """Open the window for a new standup."""
    await _new(request, "")


@view(modals.PLAN)
async def preview(request: Request) -> None:
    """Show the next five dates of everybody, before anything begins."""
    wanted, wrong = await _wanted(request)
    if wrong:
        await request.ack(response_action="errors", errors=wrong)
        return
    rhythm = Rhythm.from_dict(wanted["rhythm"])
    now = request.services.clock.now()
    async with request.services.database.read() as session:
        everybody = await people.several(session, wanted["people"])
        calendars = await availability.calendars(session, everybody, now)
    hour = datetime.strptime(wanted["hour"], "%H:%M").time()  # noqa: DTZ007 - a wall time
    previews = []
    for person in everybody:
        theirs = without_absences(calendars[person.id])
        nominals = next_dates(rhythm, now.date(), 5)
        days = [asked_on(one, theirs) for one in nominals]
        moments = [calendar.resolve(one, hour, theirs.zone) for one in days]
        holidays = [
            calendar.holiday_name(theirs, nominal) if nominal != day else None
            for nominal, day in zip(nominals, days, strict=True)
        ]
        previews.append(messages.dates_preview(person, moments, holidays))
    rhythm_text = messages.rhythm_words(describe(rhythm))
    summary = f"*{blocks.escape(wanted['name'])}* · {rhythm_text} · {wanted['hour']} · <#{wanted['channel']}>"
    await request.ack(response_action="push", view=modals.confirm(wanted, summary, previews))


async def _wanted(request: Request) -> tuple[dict[str, Any], dict[str, str]]:
    """Read what was filled in; what is wrong, by field."""
    typed = request.typed
    ids = list(typed("people") or [])
    async with request.services.database.read() as session:
        for department_id in typed("departments") or []:
            ids += [one.id for one in await people.members(session, int(department_id))]
        known = [one for one in await people.several(session, ids) if one.is_colleague]
    wrong: dict[str, str] = {}
    if not known:
        wrong["people"] = _("Choose at least one colleague, or a department with members.")
    rhythm: dict[str, Any] = {}
    try:
        rhythm = _rhythm(request).to_dict()
    except RhythmNotUnderstood as error:
        wrong["rhythm"] = error.sentence
    except ValueError:
        wrong["n"] = _("A whole number, such as 2.")
    wanted = {
        "name": (typed("name") or "").strip(),
        "template": typed("template"),
        "rhythm": rhythm,
        "hour": typed("hour"),
        "channel": typed("channel"),
        "people": [one.id for one in known],
    }
    return wanted, wrong


def _rhythm(request: Request) -> Rhythm:
    first = date.fromisoformat(request.typed("first"))
    weekdays = [int(one) for one in request.typed("weekdays") or []]
    match request.typed("rhythm"):
        case "daily":
            return Rhythm.on_weekdays(0, 1, 2, 3, 4)
        case "weekdays":
            return Rhythm.on_weekdays(*weekdays)
        case "nth":
            return Rhythm.nth_weekday(int(request.typed("n")), weekdays[0] if weekdays else first.weekday())
        case _:
            return Rhythm.every_weeks(int(request.typed("n")), first)


@view(modals.CONFIRM)
async def begin(request: Request) -> None:
    """Begin the standup that was previewed."""
    wanted = json.loads(request.body["view"]["private_metadata"])
    plan = rounds.Plan(
        wanted["name"],
        wanted["template"] if wanted["template"] in TEMPLATES else "daily",
        Rhythm.from_dict(wanted["rhythm"]),
        wanted["hour"],
        wanted["channel"],
        tuple(wanted["people"]),
    )
    async with request.transaction() as session:
        now = request.services.clock.now()
        await rounds.begin(session, plan, request.person, now)
        await rounds.announce(session, plan, request.person)
        await home.redraw(request, session)
    await request.ack(response_action="clear")


# ---- answering ----------------------------------------------------------------------------------------


@action(messages.ANSWER)
async def answer(request: Request) -> None:
    """Open the window in which somebody answers, or changes their answer."""
    await _open_answer(request, more=False)


@action(messages.MORE)
async def more(request: Request) -> None:
    """Open the window for one more change."""
    await _open_answer(request, more=True)


async def _open_answer(request: Request, *, more: bool) -> None:
    async with request.services.database.read() as session:
        one = await session.get_one(Round, int(request.value))
        standup = await session.get_one(Standup, one.standup_id)
        asked = await store.asked_one(session, one.id, request.person.id)
        if asked is None:
            raise rounds.NotAsked
        shown = await _answer_window(session, standup, one, asked, more=more)
    await request.open(shown)
    await request.ack()


async def _answer_window(
    session: AsyncSession, standup: Standup, one: Round, asked: Asked, *, more: bool
) -> blocks.Block:
    if not standup.kind.makes_changes:
        return modals.tell(standup, one, asked)
    before = [] if more else await store.own_changes(session, one.id, asked.person_id)
    return modals.share(standup, one, before[0] if before else None, more=more)


@view(modals.SHARE)
async def share(request: Request) -> None:
    """Keep a change somebody shared."""
    carried = json.loads(request.body["view"]["private_metadata"])
    due = request.typed("due")
    shared = rounds.Shared(
        request.typed("what") or "",
        request.typed("impact") or "",
        request.typed("action") or "",
        request.typed("owner"),
        date.fromisoformat(due) if due else None,
    )
    async with request.transaction() as session:
        now, person = request.services.clock.now(), await session.get_one(Person, request.person.id)
        await rounds.share(session, carried["round"], person, shared, now, more=carried["more"])
        await home.redraw(request, session)
    await request.ack()


@view(modals.TELL)
async def tell(request: Request) -> None:
    """Keep plain answers."""
    round_id = json.loads(request.body["view"]["private_metadata"])["round"]
    async with request.transaction() as session:
        one = await session.get_one(Round, round_id)
        standup = await session.get_one(Standup, one.standup_id)
        answers = [request.typed(f"answer-{number}") or "" for number in range(len(standup.questions))]
        await rounds.answer(session, round_id, request.person, answers, request.services.clock.now())
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
            shared = rounds.Shared(what=typed[0], action=typed[1])
            await rounds.share(session, round_id, request.person, shared, now)
        else:
            await rounds.answer(session, round_id, request.person, typed, now)
    await request.ack()


@action(messages.SKIP)
async def skip(request: Request) -> None:
    """Note that somebody has nothing to share."""
    async with request.transaction() as session:
        await rounds.skip(session, int(request.value), request.person, request.services.clock.now())
    await request.ack()


@action(messages.DONE)
async def done(request: Request) -> None:
    """Note that an action is done."""
    async with request.transaction() as session:
        await rounds.close_action(session, int(request.value), request.person, request.services.clock.now())
        await home.redraw(request, session)
    await request.ack()


# ---- Home ---------------------------------------------------------------------------------------------


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
