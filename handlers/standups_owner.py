"""What the owner of a standup does with it in Slack: change, pause, resume and end it."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.blocks import Block
from bot.errors import SwitchboardError
from bot.people import store as people
from bot.standups import messages, modals, rounds, store
from bot.standups.model import Standup
from bot.words import _
from handlers import private
from handlers.routes import Request, action, view

MINE = "standups-mine"


class NotYours(SwitchboardError):
    """Only who began a standup, or an admin, can do this."""


@private.message(MINE)
async def mine_message(request: Request, session: AsyncSession, _about: str) -> tuple[str, list[Block]]:
    """Give somebody's standups; admins see all."""
    standups = await store.mine(session, request.person.id)
    is_admin = request.standing.is_admin
    if is_admin:
        # Somebody must be able to change those whose owner has left.
        known = {one.id for one in standups}
        standups = [*standups, *(one for one in await store.active(session) if one.id not in known)]
    opened = await store.open_for(session, request.person.id)
    return _("Your standups"), messages.mine(standups, opened, request.person, is_admin=is_admin)


async def _owned(request: Request, session: AsyncSession, standup_id: int) -> Standup:
    standup = await session.get_one(Standup, standup_id)
    if standup.owner_id != request.person.id and not request.standing.is_admin:
        raise NotYours
    return standup


async def set_state(request: Request, standup_id: int, state: str) -> None:
    """Pause a standup, let it go on, or end it."""
    async with request.transaction() as session:
        standup = await _owned(request, session, standup_id)
        await rounds.set_state(session, standup, state, request.services.clock.now())
        text = messages.changed(standup)
        await private.redraw(request, session)
    await request.ack(**({"text": text} if request.kind == "command" else {}))


@action(messages.PAUSE)
async def pause(request: Request) -> None:
    """Pause a standup."""
    await set_state(request, int(request.value), rounds.PAUSED)


@action(messages.RESUME)
async def resume(request: Request) -> None:
    """Let a standup go on."""
    await set_state(request, int(request.value), rounds.ACTIVE)


@action(messages.END)
async def end(request: Request) -> None:
    """End a standup."""
    await set_state(request, int(request.value), rounds.ENDED)


@action(messages.EDIT)
async def edit(request: Request) -> None:
    """Open the window in which a standup is changed."""
    await open_edit(request, int(request.value))


async def open_edit(request: Request, standup_id: int) -> None:
    """Open the window in which a standup is changed; `NotYours`."""
    async with request.services.database.read() as session:
        standup = await _owned(request, session, standup_id)
        everybody = await store.participants(session, standup_id)
    await private.open_window(request, modals.edit(standup, [one.id for one in everybody]))
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
        standup = await _owned(request, session, private.carried(request)["standup"])
        await rounds.change(session, standup, wanted, request.services.clock.now())
        await private.redraw(request, session)
    await request.ack()
