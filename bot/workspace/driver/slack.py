"""A workspace from outside: its clock, its faults, what happened in it."""

from datetime import datetime, timedelta
from typing import Any

from bot.workspace.driver.connection import Connection
from bot.workspace.driver.person import Person

Json = dict[str, Any]


class Slack(Connection):
    """A workspace, from outside; the rest are `Person` and `Correspondent`."""

    async def now(self) -> datetime:
        """Give workspace time."""
        return datetime.fromisoformat((await self.get("clock"))["now"])

    async def advance(self, step: timedelta) -> list[Json]:
        """Move the clock forward through everything due; what came about."""
        fired: list[Json] = (await self.post("clock", advance=step.total_seconds()))["fired"]
        return fired

    async def clock_to(self, when: str | datetime, zone: str | None = None) -> list[Json]:
        """Move the clock to "monday 09:00" in a zone, or to an instant; what came about."""
        if isinstance(when, datetime):
            answer = await self.post("clock", set=when.isoformat())
        else:
            answer = await self.post("clock", to=when, **({"zone": zone} if zone else {}))
        fired: list[Json] = answer["fired"]
        return fired

    async def pause(self) -> None:
        """Stop the clock."""
        await self.post("clock", running=False)

    async def fault(self, kind: str, **how: Any) -> str:
        """Order a fault; its id."""
        return str((await self.post("fault", kind=kind, **how))["id"])

    async def traces(self, since: str = "") -> list[Json]:
        """Give what happened, cause by cause."""
        found: list[Json] = (await self.get("inspect", limit=1000, since=since))["traces"]
        return found

    async def hires(self, name: str, /, **more: Any) -> Person:
        """Let somebody join the team."""
        await self.post("hire", name=name, **more)
        return Person(self, name)
