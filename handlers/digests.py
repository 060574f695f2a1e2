"""What people do with digests in Slack: /digest."""

from datetime import timedelta
from difflib import get_close_matches

from bot import blocks, calendar
from bot.blocks import Block
from bot.digests import compile as digest
from bot.digests import messages
from bot.people import areas
from bot.people import messages as people_messages
from bot.people import store as people
from bot.words import _
from handlers.people import HELPS
from handlers.routes import Request, command

AREA = "digests"
HELPS[AREA] = lambda: _(messages.HELP)
_WORDS = ("now", "week", "settings", "help")


@command("/digest")
async def digests(request: Request) -> None:
    """Show what is open now, a department's week, or the settings."""
    async with request.services.database.read() as session:
        await areas.require(session, AREA)
    word = request.text.lower() or "now"
    if word == "help":
        await request.ack(text=_(messages.HELP))
    elif word == "now":
        await request.ack(text=_("What is open for you"), blocks=await _now(request))
    elif word == "week":
        await request.ack(text=_("The week"), blocks=await _week(request))
    elif word == "settings":
        await request.ack(text=_("Settings"), blocks=await _settings(request))
    else:
        near = get_close_matches(word, _WORDS, n=1, cutoff=0.6)
        await request.ack(text=people_messages.unknown_word(word, near[0] if near else None))


async def _now(request: Request) -> list[Block]:
    now = request.services.clock.now()
    async with request.services.database.read() as session:
        # Everything that is open, however long: what one asks for is never "nothing new".
        parts = await digest.for_person(session, request.person, now - timedelta(days=3650), now)
    shown = [block for part in parts for block in messages.part(part.title, part.lines)]
    return shown or [blocks.section(messages.nothing())]


async def _week(request: Request) -> list[Block]:
    now = request.services.clock.now()
    today = calendar.local(now, request.person.zone).date()
    monday = today - timedelta(days=today.weekday())
    shown: list[Block] = []
    async with request.services.database.read() as session:
        for department in await people.departments_of(session, request.person.id):
            parts = await digest.for_department(session, department, monday, now)
            if parts:
                shown.append(blocks.header(messages.week_head(department, monday)))
            shown += [block for part in parts for block in messages.part(part.title, part.lines)]
    return shown[:50] or [blocks.section(messages.nothing())]


async def _settings(request: Request) -> list[Block]:
    async with request.services.database.read() as session:
        departments = [(one, True) for one in await people.departments(session)]
    return messages.settings(departments, "09:00")
