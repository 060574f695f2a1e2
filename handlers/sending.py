"""Whether mail leaves: the rehearsal of each area, and /switchboard stop and go for all of it at once."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks
from bot.blocks import Block
from bot.letters import sending, store
from bot.people import areas
from bot.people.permissions import Rank
from bot.words import _, n_
from handlers import guard, home, operations
from handlers.letters import DESKS
from handlers.people import word
from handlers.routes import Request, action

GO = "sending.go"
SWITCH_ON = "sending.switch_on"
REHEARSE = "sending.rehearse"


@word("stop")
async def stop(request: Request, _rest: str) -> None:
    """Hold back all outgoing mail at once. Anybody may: what is held back can still be let go."""
    async with request.transaction() as session:
        now, channels = request.services.clock.now(), _channels(request)
        is_new = await sending.stop(session, tuple(DESKS.values()), channels, request.person, now)
        who, at = await sending.stopped_by(session) or ("", now)
        await home.redraw(request, session)
    if is_new:
        said = _("You stopped all outgoing mail. What is on its way already arrives; the rest waits.")
    else:
        said = _("All outgoing mail is stopped already, by {name}, {time}.").format(
            name=blocks.escape(who), time=blocks.when(at)
        )
    await request.ack(text=f"🛑 {said} " + _("*/switchboard go* lets it leave."))


@word("go")
async def go(request: Request, _rest: str) -> None:
    """Let mail leave again."""
    if request.standing.rank < Rank.LEAD:
        await request.ack(text=await guard.needs(request, Rank.LEAD))
        return
    said = _("Outgoing mail leaves again.") if await _go(request) else _("Nobody has stopped outgoing mail.")
    await request.ack(text=f"🟢 {said}")


@action(GO, needs=Rank.LEAD)
async def press_go(request: Request) -> None:
    """Let mail leave again, from Home."""
    await _go(request)
    await request.ack()


async def _go(request: Request) -> bool:
    async with request.transaction() as session:
        now, channels = request.services.clock.now(), _channels(request)
        is_new = await sending.go(session, tuple(DESKS.values()), channels, request.person, now)
        await home.redraw(request, session)
    return is_new


def _channels(request: Request) -> list[str]:
    known = request.services.channels
    return [one for one in (known.suppliers, known.triage) if one]


@action(SWITCH_ON, needs=Rank.ADMIN)
async def switch_on(request: Request) -> None:
    """End the rehearsal of an area: what waits leaves, too."""
    await _switch(request, on=True)


@action(REHEARSE, needs=Rank.ADMIN)
async def rehearse(request: Request) -> None:
    """Only show what an area would send, from now on."""
    await _switch(request, on=False)


async def _switch(request: Request, *, on: bool) -> None:
    desk = DESKS[request.value]
    async with request.transaction() as session:
        await sending.switch(session, desk, request.person, request.services.clock.now(), on=on)
        await home.redraw(request, session)
    await request.ack()


# ---- what people see of it ----------------------------------------------------------------------------


@operations.state("sending", order=15)
async def states(_request: Request, session: AsyncSession) -> list[str]:
    """Tell who stopped mail, and which areas only rehearse."""
    lines = []
    if stopped := await sending.stopped_by(session):
        said = _("{name} stopped all outgoing mail, {time}")
        lines.append("🛑 " + said.format(name=blocks.escape(stopped[0]), time=blocks.when(stopped[1])))
    silent = [desk.name for desk in DESKS.values() if await sending.rehearses(session, desk)]
    said = "🎭 " + _("{area}: rehearsal, nothing is sent")
    return [*lines, *(said.format(area=areas.title(name)) for name in silent)]


@home.section("sending", order=70, needs=Rank.LEAD)
async def on_home(request: Request, session: AsyncSession) -> list[Block]:
    """Show leads that mail is stopped, and admins which areas rehearse, each with what ends it."""
    shown: list[Block] = []
    if stopped := await sending.stopped_by(session):
        said = "🛑 " + _("{name} stopped all outgoing mail, {time}")
        text = said.format(name=f"*{blocks.escape(stopped[0])}*", time=blocks.when(stopped[1]))
        shown.append(blocks.section(text, accessory=blocks.button(_("Let it leave"), GO, "-")))
    if request.standing.is_admin:
        for desk in DESKS.values():
            if await sending.has_begun(session, desk):
                waiting = len(await store.held_answers(desk, session))
                rehearses = await sending.rehearses(session, desk)
                shown.append(_area(desk.name, waiting, rehearses=rehearses))
    return shown


def _area(name: str, waiting: int, *, rehearses: bool) -> Block:
    area = f"*{areas.title(name)}*"
    if not rehearses:
        text = "✉️ " + _("{area}: answers are sent").format(area=area)
        return blocks.section(text, accessory=blocks.button(_("Rehearse again"), REHEARSE, name))
    text = "🎭 " + _("{area}: rehearsal. Answers are shown and wait; nothing is sent.").format(area=area)
    if waiting:
        text += " " + n_("{count} answer waits.", "{count} answers wait.", waiting).format(count=waiting)
    return blocks.section(text, accessory=blocks.button(_("Switch sending on"), SWITCH_ON, name))
