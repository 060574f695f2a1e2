"""What people do with standups in Slack: /standup, and answering."""

import json
from collections.abc import Awaitable, Callable
from datetime import date, datetime, time
from difflib import get_close_matches
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks, calendar
from bot.calendar import WorkCalendar
from bot.errors import SwitchboardError
from bot.people import areas, availability
from bot.people import messages as people_messages
from bot.people import store as people
from bot.people.model import Person
from bot.rhythms import LAST, NoWeekday, Rhythm, RhythmNotUnderstood, describe
from bot.standups import answering, messages, modals, rounds, store
from bot.standups.model import TEMPLATES, Asked, Round, Standup, asked_on, coming
from bot.storage import outbox
from bot.words import _
from handlers import home
from handlers.people import HELPS
from handlers.routes import Request, action, command, view

AREA = "standups"
HELPS[AREA] = lambda: _(messages.HELP)
_MOST_PREVIEWED = 40
_METADATA = 3000  # characters that a window carries


class NoSuchStandup(SwitchboardError):
    """There is no standup of this name that is yours."""


class NothingOpen(SwitchboardError):
    """Nothing waits for an answer of yours."""


class NotYours(SwitchboardError):
    """Only who began a standup, or an admin, can do this."""


class NoSuchDate(SwitchboardError):
    """Write the date of a report as 2026-11-23."""


class TooManyPeople(SwitchboardError):
    """These are too many single people for one window. Choose whole departments instead."""


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
        shown = await _own(request, session)
    await request.ack(text=_("Your standups"), blocks=shown)


async def _own(request: Request, session: AsyncSession) -> list[blocks.Block]:
    standups = await store.mine(session, request.person.id)
    is_admin = request.standing.is_admin
    if is_admin:
        # Somebody must be able to change those whose owner has left.
        known = {one.id for one in standups}
        standups = [*standups, *(one for one in await store.active(session) if one.id not in known)]
    opened = await store.open_for(session, request.person.id)
    return messages.mine(standups, opened, request.person, is_admin=is_admin)


async def _new(request: Request, _rest: str) -> None:
    async with request.services.database.read() as session:
        departments = await people.departments(session)
    await request.open(modals.plan(departments, request.person.id, None, today(request)))
    await request.ack()


def today(request: Request) -> date:
    """Give the date where the person is."""
    return calendar.local(request.services.clock.now(), request.person.zone).date()


async def _answer(request: Request, _rest: str) -> None:
    async with request.services.database.read() as session:
        opened = await store.open_for(session, request.person.id)
        if not opened:
            raise NothingOpen
        waiting = [one for one in opened if one[2].state == "waiting"] or opened
        shown = await _answer_window(session, *waiting[0])
    await request.open(shown)
    await request.ack()


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
        report = await rounds.compose(session, standup, newest)
    await request.ack(text=report["text"], blocks=report["blocks"])


async def _changes(request: Request, _rest: str) -> None:
    async with request.services.database.read() as session:
        changes = await store.recent_changes(session)
        ids = {one.owner_id for one in changes} | {one.person_id for one in changes}
        names = await people.names(session, ids)
    await request.ack(text=_("Changes"), blocks=messages.changes_list(changes, names))


async def _edit(request: Request, rest: str) -> None:
    await _open_edit(request, await _called(request, rest))


async def _pause(request: Request, rest: str) -> None:
    await _set_state(request, await _called(request, rest), rounds.PAUSED)


async def _resume(request: Request, rest: str) -> None:
    await _set_state(request, await _called(request, rest), rounds.ACTIVE)


async def _end(request: Request, rest: str) -> None:
    await _set_state(request, await _called(request, rest), rounds.ENDED)


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


async def _owned(request: Request, session: AsyncSession, standup_id: int) -> Standup:
    standup = await session.get_one(Standup, standup_id)
    if standup.owner_id != request.person.id and not request.standing.is_admin:
        raise NotYours
    return standup


async def _set_state(request: Request, standup_id: int, state: str) -> None:
    async with request.transaction() as session:
        standup = await _owned(request, session, standup_id)
        await rounds.set_state(session, standup, state, request.services.clock.now())
        text = messages.changed(standup)
        if request.kind == "action":
            await session.flush()
            await outbox.add(session, _in_place(request, await _own(request, session)))
    await request.ack(**({"text": text} if request.kind == "command" else {}))


def _in_place(request: Request, shown: list[blocks.Block]) -> outbox.Draft:
    """Put this in the place of the message whose button was pressed, which only this person sees."""
    return outbox.Draft(
        key=f"standup:in-place:{outbox.new_uid()}",
        kind="slack.respond",
        lane=f"ephemeral:{request.channel_id}:{request.person.id}",
        payload={
            "response_url": request.body["response_url"],
            "replace_original": True,
            "text": _("Your standups"),
            "blocks": shown,
        },
    )


@action(messages.PAUSE)
async def pause(request: Request) -> None:
    """Pause a standup."""
    await _set_state(request, int(request.value), rounds.PAUSED)


@action(messages.RESUME)
async def resume(request: Request) -> None:
    """Let a standup go on."""
    await _set_state(request, int(request.value), rounds.ACTIVE)


@action(messages.END)
async def end(request: Request) -> None:
    """End a standup."""
    await _set_state(request, int(request.value), rounds.ENDED)


@action(messages.EDIT)
async def edit(request: Request) -> None:
    """Open the window in which a standup is changed."""
    await _open_edit(request, int(request.value))


async def _open_edit(request: Request, standup_id: int) -> None:
    async with request.services.database.read() as session:
        standup = await _owned(request, session, standup_id)
        everybody = await store.participants(session, standup_id)
    await request.open(modals.edit(standup, [one.id for one in everybody]))
    await request.ack()


@view(modals.EDIT)
async def save(request: Request) -> None:
    """Change who takes part, the hour, the channel or the name."""
    name = (request.typed("name") or "").strip()
    async with request.services.database.read() as session:
        found = await people.several(session, request.typed("people"))
        chosen = [one.id for one in found if one.is_colleague]
    wrong = {}
    if not chosen:
        wrong["people"] = _("Choose at least one colleague.")
    if not name:
        wrong["name"] = _("Give it a name.")
    if wrong:
        await request.ack(response_action="errors", errors=wrong)
        return
    wanted = rounds.Changed(name, request.typed("hour"), request.typed("channel"), tuple(chosen))
    async with request.transaction() as session:
        standup = await _owned(request, session, int(request.body["view"]["private_metadata"]))
        await rounds.change(session, standup, wanted, request.services.clock.now())
    await request.ack()


# ---- beginning ----------------------------------------------------------------------------------------


@action(messages.NEW)
async def open_new(request: Request) -> None:
    """Open the window for a new standup."""
    await _new(request, "")


@view(modals.PLAN)
async def preview(request: Request) -> None:
    """Show the next five dates of everybody, before anything begins."""
    async with request.services.database.read() as session:
        wanted, wrong = await _wanted(request, session)
        if wrong:
            await request.ack(response_action="errors", errors=wrong)
            return
        everybody = await _people_of(session, wanted)
        now = request.services.clock.now()
        calendars = await availability.calendars(session, everybody, now)
    rhythm, hour = Rhythm.from_dict(wanted["rhythm"]), time.fromisoformat(wanted["hour"])
    nominals = coming(rhythm, hour, calendars.values(), date.min, now, 5)
    shown = [_preview(one, calendars[one.id], nominals, hour) for one in everybody[:_MOST_PREVIEWED]]
    unseen = len(everybody) - len(shown)
    rhythm_text = messages.rhythm_words(describe(rhythm))
    summary = f"*{blocks.escape(wanted['name'])}* · {rhythm_text} · {wanted['hour']} · <#{wanted['channel']}>"
    if nominals and rhythm.since is not None and nominals[0] > rhythm.since >= today(request):
        shown.insert(0, blocks.context(messages.begins_later(nominals[0])))
    if len(json.dumps(wanted)) > _METADATA:
        raise TooManyPeople
    await request.ack(response_action="push", view=modals.confirm(wanted, summary, shown, unseen))


def _preview(person: Person, theirs: WorkCalendar, nominals: list[date], hour: time) -> blocks.Block:
    days = [asked_on(one, theirs) for one in nominals]
    moments = [calendar.resolve(one, hour, theirs.zone) for one in days]
    holidays = [
        calendar.holiday_name(theirs, nominal) if nominal != day else None
        for nominal, day in zip(nominals, days, strict=True)
    ]
    return messages.dates_preview(person, moments, holidays)


async def _wanted(request: Request, session: AsyncSession) -> tuple[dict[str, Any], dict[str, str]]:
    """Read what was filled in; what is wrong, by field."""
    typed = request.typed
    wanted: dict[str, Any] = {
        "name": " ".join((typed("name") or "").split()),
        "template": typed("template"),
        "hour": typed("hour"),
        "channel": typed("channel"),
        "people": list(typed("people") or []),
        "departments": [int(one) for one in typed("departments") or []],
    }
    wrong: dict[str, str] = {}
    if not wanted["name"]:
        wrong["name"] = _("Give it a name.")
    if not await _people_of(session, wanted):
        wrong["people"] = _("Choose at least one colleague, or a department with members.")
    try:
        wanted["rhythm"] = _rhythm(request).to_dict()
    except NoWeekday as error:
        wrong["weekdays"] = error.sentence
    except RhythmNotUnderstood as error:
        wrong["n"] = error.sentence
    except ValueError:
        wrong["n"] = _("A whole number, such as 2.")
    return wanted, wrong


async def _people_of(session: AsyncSession, wanted: dict[str, Any]) -> list[Person]:
    ids = list(wanted["people"])
    for department_id in wanted["departments"]:
        ids += [one.id for one in await people.members(session, department_id)]
    return [one for one in await people.several(session, ids) if one.is_colleague]


def _rhythm(request: Request) -> Rhythm:
    first = date.fromisoformat(request.typed("first"))
    weekdays = [int(one) for one in request.typed("weekdays") or []]
    match request.typed("rhythm"):
        case "daily":
            return Rhythm.on_weekdays(0, 1, 2, 3, 4)
        case "weekdays":
            return Rhythm.on_weekdays(*weekdays)
        case "nth":
            return Rhythm.nth_weekday(_number(request), weekdays[0] if weekdays else first.weekday())
        case _:
            return Rhythm.every_weeks(_number(request), first)


def _number(request: Request) -> int:
    word = (request.typed("n") or "").strip().casefold()
    return LAST if word in ("last", _("last")) else int(word)


@view(modals.CONFIRM, once=True)
async def begin(request: Request) -> None:
    """Begin the standup that was previewed."""
    wanted = json.loads(request.body["view"]["private_metadata"])
    async with request.transaction() as session:
        now = request.services.clock.now()
        plan = rounds.Plan(
            wanted["name"],
            wanted["template"] if wanted["template"] in TEMPLATES else "daily",
            Rhythm.from_dict(wanted["rhythm"]),
            wanted["hour"],
            wanted["channel"],
            tuple(one.id for one in await _people_of(session, wanted)),
        )
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
    round_id, _colon, change_id = request.value.partition(":")
    async with request.services.database.read() as session:
        one = await session.get_one(Round, int(round_id))
        standup = await session.get_one(Standup, one.standup_id)
        asked = await store.asked_one(session, one.id, request.person.id)
        if asked is None:
            raise answering.NotAsked
        chosen = int(change_id) if change_id else None
        shown = await _answer_window(session, standup, one, asked, more=more, change_id=chosen)
    await request.open(shown)
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
    carried = json.loads(request.body["view"]["private_metadata"])
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
    round_id = json.loads(request.body["view"]["private_metadata"])["round"]
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
