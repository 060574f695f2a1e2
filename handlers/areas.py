"""What the shop uses of Switchboard, and when it rests: areas and company holidays."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from bot import calendar
from bot.blocks import Block
from bot.people import areas, directory, messages, modals, store
from bot.people.model import Pause
from bot.people.permissions import Rank
from bot.words import _
from handlers import home, private
from handlers.routes import Request, action, view


@action(messages.SWITCH_AREAS, needs=Rank.ADMIN)
async def switch_areas(request: Request) -> None:
    """Open the window in which areas are switched."""
    async with request.services.database.read() as session:
        on = await areas.all_of(session)
    await private.open_window(request, modals.switch_areas(on))
    await request.ack()


@view(modals.AREAS, needs=Rank.ADMIN)
async def submit_areas(request: Request) -> None:
    """Switch areas on and off."""
    wanted, now = request.typed("areas"), request.services.clock.now()
    async with request.transaction() as session:
        for area in areas.AREAS:
            if (area in wanted) != await areas.is_on(session, area):
                await areas.switch(session, area, on=area in wanted)
                act = "area.on" if area in wanted else "area.off"
                await store.audit(session, now, request.person.id, act, area)
        await home.redraw(request, session)
    await request.ack()


@action(messages.PAUSE, needs=Rank.LEAD)
async def open_pause(request: Request) -> None:
    """Open the window for days on which nobody works: an admin's for everyone, a lead's for a department."""
    async with request.services.database.read() as session:
        departments = [
            one for one in await store.departments(session) if request.standing.leads_department(one.id)
        ]
    everyone = request.standing.is_admin
    await private.open_window(request, modals.pause(departments, _today(request), everyone=everyone))
    await request.ack()


@view(modals.PAUSE, needs=Rank.LEAD)
async def submit_pause(request: Request) -> None:
    """Note a company holiday."""
    first, last = date.fromisoformat(request.typed("first")), date.fromisoformat(request.typed("last"))
    chosen = request.typed("department")
    department_id = int(chosen) if chosen not in (None, "-") else None
    wrong = {}
    if last < first:
        wrong["last"] = _("The last day lies before the first.")
    if not request.standing.leads_department(department_id):
        wrong["department"] = messages.only_lead_or_admin()
    if wrong:
        await request.ack(response_action="errors", errors=wrong)
        return
    async with request.transaction() as session:
        now, name = request.services.clock.now(), request.typed("name") or ""
        await directory.add_pause(session, name, department_id, first, last, request.person, now)
        await home.redraw(request, session)
    await request.ack()


@action(messages.END_PAUSE, needs=Rank.LEAD)
async def end_pause(request: Request) -> None:
    """Take a pause back."""
    async with request.transaction() as session:
        pause = await session.get(Pause, int(request.value))
        if pause is not None and request.standing.leads_department(pause.department_id):
            await directory.end_pause(session, pause.id, request.person, request.services.clock.now())
        await home.redraw(request, session)
    await request.ack()


def _today(request: Request) -> date:
    return calendar.local(request.services.clock.now(), request.person.zone).date()


@home.section("areas", order=80)
async def shown_areas(request: Request, session: AsyncSession) -> list[Block]:
    """Show what the shop uses, and when it rests."""
    pauses = await store.pauses(session, _today(request))
    return messages.area_list(await areas.all_of(session), pauses, request.standing)
