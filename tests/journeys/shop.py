"""What journeys are played on: the workspace, and the real bot in it, in this process."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from bot import app, seed
from bot.clock import MovableClock
from bot.services import Services
from bot.settings import Settings
from bot.storage.database import Database
from bot.workspace import HttpProbe, Workspace, demo_world
from bot.workspace.driver import Correspondent, Person, Slack

MANIFEST = Path(__file__).parent.parent.parent / "manifest.yml"


@dataclass
class Shop:
    """The shop at work. `services` are the bot's living parts while it runs."""

    workspace: Workspace
    slack: Slack
    settings: Settings
    services: Services | None = None
    _running: AsyncExitStack = field(default_factory=AsyncExitStack)

    def person(self, name: str) -> Person:
        """Give a colleague."""
        return Person(self.slack, name)

    def outside(self, name: str) -> Correspondent:
        """Give a supplier or customer."""
        return Correspondent(self.slack, name)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Services]:
        """Run the bot inside this block."""
        self._running = AsyncExitStack()
        try:
            self.services = await self._running.enter_async_context(app.running(self.settings))
            yield self.services
        finally:
            await self._running.aclose()

    async def restart(self) -> None:
        """End the bot in order, and run it again."""
        await self._running.aclose()
        self.services = await self._running.enter_async_context(app.running(self.settings))


@asynccontextmanager
async def built(
    database_url: str, directory: Path, *, now: datetime | None = None, **settings: Any
) -> AsyncIterator[Shop]:
    """Give a shop whose bot does not run yet; `settings` override those of the demo."""
    smtp_port, http_port = seed.free_port(), seed.free_port()
    async with AsyncExitStack() as stack:
        workspace = await stack.enter_async_context(
            Workspace(
                demo_world(),
                MANIFEST,
                clock=MovableClock(now),
                mail_to_smtp=("127.0.0.1", smtp_port),
                probe=HttpProbe(f"http://127.0.0.1:{http_port}/quiet"),
                rate_limits=False,
            )
        )
        database = Database(database_url)
        async with database.write() as session:
            await seed.add_shop(session, workspace)
        await database.dispose()
        given = seed.settings(workspace, directory, smtp_port, http_port) | {"database_url": database_url}
        slack = await stack.enter_async_context(Slack(workspace.url, workspace.control_token))
        yield Shop(workspace, slack, Settings(**(given | settings)))
