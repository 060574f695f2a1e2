"""Beginning a standup in Slack: a window, everybody's next dates, and then it begins."""

from datetime import date, time
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks, calendar
from bot.calendar import WorkCalendar
from bot.errors import SwitchboardError
from bot.people import availability
from bot.people import store as people
from bot.people.model import Person
from bot.rhythms import LAST, NoWeekday, Rhythm, RhythmNotUnderstood, describe
from bot.standups import messages, modals, rounds
from bot.standups.model import TEMPLATES, asked_on, coming
from bot.words import _
from handlers import home, private
from handlers.routes import Request, action, view

_MOST_PREVIEWED = 40
_METADATA = 3000  # characters that a window carries


class TooManyPeople(SwitchboardError):
    """These are too many single people for one window. Choose whole departments instead."""


async def open_window(request: Request) -> None:
    """Open the window for a new standup; it proposes the channel that is in view."""
    async with request.services.database.read() as session:
        departments = await people.departments(session)
    view = modals.plan(departments, request.person.id, _here(request), today(request))
    await private.open_window(request, view)
    await request.ack()


def today(request: Request) -> date:
    """Give the date where the person is."""
    return calendar.local(request.services.clock.now(), request.person.zone).date()


def _here(request: Request) -> str | None:
    """Give the channel something was typed or pressed in, where a menu of public channels knows it."""
    channel = request.body.get("channel") or {}
    name = request.body.get("channel_name") or channel.get("name")
    is_public = name not in (None, "directmessage", "privategroup")
    return request.channel_id if is_public else None


@action(messages.NEW)
async def open_new(request: Request) -> None:
    """Open the window for a new standup."""
    await open_window(request)


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
    window = private.carrying(request, modals.confirm(wanted, summary, shown, unseen))
    if len(window["private_metadata"]) > _METADATA:
        raise TooManyPeople
    await request.ack(response_action="push", view=window)


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
    wanted = private.carried(request)
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
