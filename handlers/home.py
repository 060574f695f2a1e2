"""The App Home: what waits on its reader across all areas, then what each area has to show.

An area plugs in with `waits` and `section`; Home knows none of them.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks
from bot.blocks import Block
from bot.people.permissions import Rank
from bot.storage import outbox
from bot.words import _, speaking
from handlers import private
from handlers.routes import Request, event

_MOST_WAITING = 25
_MOST_BLOCKS = 98


@dataclass(frozen=True)
class Waiting:
    """One thing that waits on somebody: when it is or was due, and a block with its next action.

    `outside`: a customer or supplier waits for it, who comes before our own chores once it is due.
    """

    due: datetime
    block: Block
    outside: bool = False


Waits = Callable[[Request, AsyncSession], Awaitable[list[Waiting]]]
Section = Callable[[Request, AsyncSession], Awaitable[list[Block]]]
WAITS: dict[str, Waits] = {}
SECTIONS: dict[str, tuple[int, Rank, Section]] = {}


def waits(area: str) -> Callable[[Waits], Waits]:
    """Let a function give what waits on the reader in an area."""

    def register(function: Waits) -> Waits:
        if area in WAITS:
            raise ValueError(f"{area} gives what waits twice")
        WAITS[area] = function
        return function

    return register


def section(name: str, order: int, needs: Rank = Rank.MEMBER) -> Callable[[Section], Section]:
    """Let a function give a part of Home ([] when it has nothing); lower `order` stands higher."""

    def register(function: Section) -> Section:
        if name in SECTIONS:
            raise ValueError(f"{name} is there twice")
        SECTIONS[name] = (order, needs, function)
        return function

    return register


@event("app_home_opened")
async def app_home_opened(request: Request) -> None:
    """Draw somebody's Home anew when they open it."""
    if request.body["event"].get("tab") != "home":
        return
    async with request.transaction() as session:
        await redraw(request, session)


async def redraw(request: Request, session: AsyncSession) -> None:
    """Draw the Home of whoever did this anew, with the transaction that changed it.

    Also the message only they see, where they did it in one.
    """
    # The language may be what was just changed.
    with speaking(request.person.language):
        shown = await _compose(request, session) if request.person.may_act else _nothing()
    draft = outbox.Draft(
        key=f"home:{outbox.new_uid()}",
        kind="slack.home",
        lane=f"home:{request.person.id}",
        payload={"user_id": request.person.id, "view": {"type": "home", "blocks": shown}},
        topic=f"home:{request.person.id}",
    )
    await outbox.add(session, draft)
    await private.redraw(request, session)


async def _compose(request: Request, session: AsyncSession) -> list[Block]:
    await session.flush()
    waiting = [one for function in WAITS.values() for one in await function(request, session)]
    now = request.services.clock.now()
    waiting.sort(key=lambda one: (not (one.outside and one.due <= now), one.due))
    shown = [blocks.header(_("Waiting for you")), *(one.block for one in waiting[:_MOST_WAITING])]
    if not waiting:
        shown.append(blocks.section(_("Nothing waits for you. ☕")))
    elif len(waiting) > _MOST_WAITING:
        shown.append(blocks.context(_("and {count} more").format(count=len(waiting) - _MOST_WAITING)))
    for _order, needs, function in sorted(SECTIONS.values(), key=lambda one: one[0]):
        part = await function(request, session) if request.standing.rank >= needs else []
        room = _MOST_BLOCKS - len(shown) - 1
        if part and room > 1:
            more = [blocks.context(_("There is more than fits here."))] if len(part) > room else []
            shown += [blocks.divider(), *part[: room - len(more)], *more]
    return shown


def _nothing() -> list[Block]:
    return [blocks.section(_("Switchboard works for the shop's own team. A lead can let you in."))]
