"""Who may read what stands in which channel, as far as we know: what we do not know, nobody is told of."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bot.people import store as people

_KEY = "digests.rooms"


@dataclass(frozen=True)
class Reader:
    """Whom something is told: one person, or everybody in a channel."""

    rooms: Mapping[str, list[str] | None]
    person_id: str | None = None
    channel_id: str | None = None

    def may_see(self, channel_id: str | None) -> bool:
        """Tell whether this reader may know what stands in a channel."""
        if channel_id is None or channel_id == self.channel_id:
            return True
        members = self.rooms.get(channel_id, [])
        return members is None or self.person_id in members


async def know(session: AsyncSession, rooms: Mapping[str, list[str] | None]) -> None:
    """Keep which channels all may read, and who is in the others."""
    await people.set_setting(session, _KEY, dict(rooms))


async def person(session: AsyncSession, person_id: str) -> Reader:
    """Give what one person may see."""
    return Reader(await people.setting(session, _KEY, {}), person_id=person_id)


async def channel(session: AsyncSession, channel_id: str | None) -> Reader:
    """Give what everybody in a channel may see."""
    return Reader(await people.setting(session, _KEY, {}), channel_id=channel_id)
