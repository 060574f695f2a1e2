"""What people do about themselves: /switchboard and its words, being away, one's own settings."""

import json
from collections.abc import Awaitable, Callable
from datetime import date
from difflib import get_close_matches
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks, calendar
from bot.blocks import Block
from bot.people import absence, areas, directory, messages, modals, store
from bot.people.model import Person
from bot.people.permissions import Rank
from bot.storage import inbox
from bot.suppliers import messages as supplier_messages
from bot.words import _
from handlers import home, private
from handlers.routes import Request, action, command, view

Word = Callable[[Request, str], Awaitable[None]]
# The words of /switchboard. Other modules of handlers add theirs.
WORDS: dict[str, Word] = {}
# Messages that only whoever asked sees.
_AWAY, _SETTINGS = "people-away", "people-settings"


def word(name: str) -> Callable[[Word], Word]:
    """Let a function answer a word of /switchboard."""

    def register(function: Word) -> Word:
        if name in WORDS:
            raise ValueError(f"/switchboard {name} has two handlers")
        WORDS[name] = function
        return function

    return register


COMMAND = "/switchboard"


@command(COMMAND)
async def switchboard(request: Request) -> None:
    """Hand a word on to whoever answers it."""
    name, _space, rest = request.body.get("text", "").strip().partition(" ")
    name = name.lower() or "help"
    known = WORDS.get(name)
    if known is None:
        near = get_close_matches(name, WORDS, n=1, cutoff=0.6)
        await request.ack(text=messages.unknown_word(name, near[0] if near else None))
        return
    await known(request, rest.strip())


@word("help")
async def help_(request: Request, _rest: str) -> None:
    """Say what there is, by area, and only what this person may do."""
    await request.ack(text=_("What I can do"), blocks=await help_blocks(request))


# What each area can do, said to everybody, and what only leads and admins can.
HELPS: dict[str, Callable[[], str]] = {"suppliers": lambda: _(supplier_messages.HELP)}
HELPS_OF_LEADS: dict[str, Callable[[], str]] = {}


async def help_blocks(request: Request) -> list[Block]:
    """Give the help of every area that is on."""
    async with request.services.database.read() as session:
        on = [area for area in areas.AREAS if await areas.is_on(session, area)]
    shown = [blocks.section(_(messages.HELP))]
    if request.standing.is_admin:
        shown.append(blocks.section(_(messages.HELP_ADMIN)))
    helps = [HELPS, HELPS_OF_LEADS] if request.standing.rank >= Rank.LEAD else [HELPS]
    shown += [blocks.section(help_[area]()) for area in on for help_ in helps if area in help_]
    return shown


# ---- being away ---------------------------------------------------------------------------------------


@word("away")
async def away(request: Request, rest: str) -> None:
    """Note an absence, or open the window for it."""
    today = _today(request)
    if not rest:
        await request.open(modals.away(today))
        await request.ack()
        return
    await request.ack(**await _say_away(request, absence.understood(rest, today), ""))


async def _say_away(request: Request, days: absence.Away, reason: str) -> dict[str, Any]:
    async with request.transaction() as session:
        person = await session.get_one(Person, request.person.id)
        row = await absence.say_away(session, person, days, reason, request.services.clock.now())
        await home.redraw(request, session)
        return await private.compose(request, session, _AWAY, str(row.id))


@private.message(_AWAY)
async def away_message(request: Request, session: AsyncSession, about: str) -> tuple[str, list[Block]]:
    """Say what is understood of an absence; where it was changed, of the one that took its place."""
    now = request.services.clock.now()
    known = await store.absences(session, [request.person.id], now)
    ahead = [one for one in known if one.ends_at is None or one.ends_at > now]
    row = next((one for one in ahead if str(one.id) == about), ahead[0] if ahead else None)
    if row is None:
        text = messages.back_said(ended=True)
        return text, [blocks.section(text)]
    back = await absence.back_on(session, request.person, row, now)
    return _("You are away"), messages.away_said(request.person, row, back, now)


@word("back")
async def back(request: Request, _rest: str) -> None:
    """End an absence."""
    await request.ack(text=messages.back_said(ended=await _come_back(request)))


async def _come_back(request: Request) -> bool:
    async with request.transaction() as session:
        person = await session.get_one(Person, request.person.id)
        ended = await absence.come_back(session, person, request.services.clock.now())
        await home.redraw(request, session)
    return ended


@action(messages.COME_BACK)
async def press_back(request: Request) -> None:
    """End an absence from a message or Home."""
    await _come_back(request)
    await request.ack()


@action(messages.TAKE_BACK)
async def take_back(request: Request) -> None:
    """End or forget one absence, from Home."""
    async with request.transaction() as session:
        person, now = await session.get_one(Person, request.person.id), request.services.clock.now()
        await absence.take_back(session, person, int(request.value), now)
        await home.redraw(request, session)
    await request.ack()


@action(messages.OPEN_AWAY)
async def open_away(request: Request) -> None:
    """Open the window for an absence."""
    await private.open_window(request, modals.away(_today(request)))
    await request.ack()


@view(modals.AWAY, once=True)
async def submit_away(request: Request) -> None:
    """Note an absence from the window."""
    first = date.fromisoformat(request.typed("first"))
    last = date.fromisoformat(request.typed("last")) if request.typed("last") else None
    if last and (last < first or last < _today(request)):
        wrong = absence.EndsBeforeItStarts if last < first else absence.OverAlready
        await request.ack(response_action="errors", errors={"last": wrong().sentence})
        return
    await _say_away(request, absence.Away(first, last), request.typed("reason") or "")
    await request.ack()


def _today(request: Request) -> date:
    return calendar.local(request.services.clock.now(), request.person.zone).date()


# ---- settings -----------------------------------------------------------------------------------------


@word("settings")
async def settings(request: Request, _rest: str) -> None:
    """Show one's own settings, and what the shop uses."""
    await private.answer(request, _SETTINGS)


@private.message(_SETTINGS)
async def settings_message(request: Request, session: AsyncSession, _about: str) -> tuple[str, list[Block]]:
    """Give one's own settings, and what the shop uses."""
    now, on = request.services.clock.now(), await areas.all_of(session)
    pauses = await store.pauses(session, _today(request))
    shown = [
        *messages.my_settings(request.person, now),
        blocks.divider(),
        *messages.area_list(on, pauses, request.standing),
    ]
    return _("Settings"), shown


@action(messages.EDIT_ME)
async def edit_me(request: Request) -> None:
    """Open the window of one's own settings."""
    await private.open_window(request, modals.me(request.person))
    await request.ack()


@view(modals.ME)
async def submit_me(request: Request) -> None:
    """Keep one's own settings."""
    typed = {
        name: request.typed(name) or ""
        for name in ("hours", "zone", "country", "language", "morning", "quiet", "skills", "feed")
    }
    wishes = directory.Wishes(**typed)
    if wrong := directory.mistakes(wishes):
        await request.ack(response_action="errors", errors=wrong)
        return
    async with request.transaction() as session:
        person = await directory.keep_wishes(session, request.person.id, wishes, request.services.clock.now())
        if person.absence_feed:
            body = json.dumps({"person": person.id}).encode()
            key, lane = f"{person.id}:{request.body['trigger_id']}", f"feed:{person.id}"
            await inbox.enqueue(session, "feed", key, body, lane=lane)
        request.person = person
        await home.redraw(request, session)
    await request.ack()


# ---- Home ---------------------------------------------------------------------------------------------


@home.section("you", order=70)
async def you(request: Request, session: AsyncSession) -> list[Block]:
    """Show somebody their own settings and absences."""
    now = request.services.clock.now()
    absences = await store.absences(session, [request.person.id], now)
    return [
        *messages.my_settings(request.person, now),
        *messages.my_absences(request.person, absences, now),
    ]


@home.waits("people")
async def wanted(request: Request, _session: AsyncSession) -> list[home.Waiting]:
    """Ask somebody who has said nothing yet when they work: the least urgent of all."""
    person = request.person
    if person.hours or person.country:
        return []
    return [home.Waiting(request.services.clock.now(), messages.tell_me_hours())]
