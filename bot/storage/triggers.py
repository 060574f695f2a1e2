"""One trigger is one transaction: its effects, its outbox rows and the mark that it is dealt with."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import SwitchboardError
from bot.storage import inbox
from bot.storage.database import Database


class AlreadyHandled(SwitchboardError):
    """This has been dealt with already."""


class Trigger:
    """What set a handler to work, and the only way for it to write."""

    def __init__(self, database: Database, mark: Callable[[AsyncSession], Awaitable[None]]) -> None:
        self._database = database
        self._mark = mark
        self.done = False

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Open the one write transaction; it is undone as a whole when the trigger is no longer ours."""
        async with self._database.write() as session:
            await self._mark(session)
            yield session
        self.done = True


def of_arrival(database: Database, arrival: inbox.Arrival) -> Trigger:
    """Give the trigger of a claimed inbox row; `LostClaim` when another worker has it."""
    return Trigger(database, lambda session: inbox.finish(session, arrival))


def of_interaction(database: Database, trigger_id: str) -> Trigger:
    """Give the trigger of a command, button or modal; `AlreadyHandled` when Slack sends it a second time."""

    async def mark(session: AsyncSession) -> None:
        if not await inbox.once(session, "slack.trigger", trigger_id):
            raise AlreadyHandled

    return Trigger(database, mark)
