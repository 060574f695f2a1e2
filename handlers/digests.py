"""What people do with digests in Slack: /digest."""

from datetime import timedelta
from difflib import get_close_matches

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks, calendar
from bot.blocks import Block
from bot.digests import compile as digest
from bot.digests import messages, weekly
from bot.digests.weekly import Weekly
from bot.errors import SwitchboardError
from bot.people import areas
from bot.people import messages as people_messages
from bot.people import store as people
from bot.people.model import Department
from bot.people.permissions import Rank
from bot.words import _
from handlers import private
from handlers.people import HELPS
from handlers.routes import Request, action, command, view

AREA = "digests"
_SETTINGS = "digests-settings"


class NotYourDepartment(SwitchboardError):
    """Only the lead of this department, or an admin, can change this."""


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
        await private.answer(request, _SETTINGS)
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


@private.message(_SETTINGS)
async def settings_message(request: Request, session: AsyncSession, _about: str) -> tuple[str, list[Block]]:
    """Give when the departments' weeks are posted."""
    departments = [
        (one, await weekly.of(session, one), request.standing.leads_department(one.id))
        for one in await people.departments(session)
    ]
    return _("Settings"), messages.settings(departments)


@action(messages.CHOOSE, needs=Rank.LEAD)
async def choose(request: Request) -> None:
    """Open the window in which a department's weekly overview is chosen."""
    async with request.services.database.read() as session:
        department = await _led(request, session, int(request.value))
        chosen = await weekly.of(session, department)
    await private.open_window(request, messages.choose(department, chosen))
    await request.ack()


@view(messages.CHOSEN, needs=Rank.LEAD)
async def chosen(request: Request) -> None:
    """Keep when a department's week is posted, or that it is not."""
    wanted = Weekly(request.typed("state") == "on", int(request.typed("weekday")), request.typed("hour"))
    async with request.transaction() as session:
        department = await _led(request, session, private.carried(request)["department"])
        await weekly.choose(session, department, wanted, request.person, request.services.clock.now())
        await private.redraw(request, session)
    await request.ack()


async def _led(request: Request, session: AsyncSession, department_id: int) -> Department:
    if not request.standing.leads_department(department_id):
        raise NotYourDepartment
    return await people.department_by_id(session, department_id)
