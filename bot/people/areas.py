"""What the shop uses of Switchboard: every area is off until somebody switches it on."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import SwitchboardError
from bot.people import store
from bot.words import _, mark

# The areas, in the order people are shown them, with what each does in a few words.
AREAS = {
    "suppliers": mark("suppliers' mail in Slack, and your answers back to them"),
    "standups": mark("the heads of departments share what changes in their industry"),
    "triage": mark("customers' mail sorted, answered and kept to promises of time"),
    "onboarding": mark("new hires are led through their first months"),
    "digests": mark("one short overview a day for people, one a week for departments"),
}
TITLES = {
    "suppliers": mark("Suppliers"),
    "standups": mark("Standups"),
    "triage": mark("Customers' mail"),
    "onboarding": mark("Onboarding"),
    "digests": mark("Digests"),
}
# A shop that set up a suppliers' mailbox has switched that area on by it.
_ON_FROM_THE_START = frozenset({"suppliers"})


class AreaIsOff(SwitchboardError):
    """This part of Switchboard is off. An admin switches it on with */switchboard settings*."""


async def is_on(session: AsyncSession, area: str) -> bool:
    """Tell whether an area is switched on."""
    return bool(await store.setting(session, f"area:{area}", area in _ON_FROM_THE_START))


async def all_of(session: AsyncSession) -> dict[str, bool]:
    """Tell of every area whether it is switched on."""
    return {area: await is_on(session, area) for area in AREAS}


async def require(session: AsyncSession, area: str) -> None:
    """Raise `AreaIsOff` unless the area is switched on."""
    if not await is_on(session, area):
        raise AreaIsOff


async def switch(session: AsyncSession, area: str, *, on: bool) -> None:
    """Switch an area on or off."""
    await store.set_setting(session, f"area:{area}", on)


def title(area: str) -> str:
    """Give an area's name for people."""
    return _(TITLES[area])


def described(area: str) -> str:
    """Say what an area does."""
    return _(AREAS[area])
