"""What benchmarks are played on: a workspace with a shop; the real bot and bare ones, processes beside it."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import func, select

from bot import seed
from bot.storage import migrate
from bot.storage.database import Database
from bot.storage.inbox import InboxRow
from bot.workspace import Workspace, demo_world
from tests.benchmarks.callers import Caller
from tests.journeys.shop import MANIFEST
from tests.patience import until


@dataclass
class Stage:
    """The workspace, where things are kept, and the settings of a bot on it (a database of its own each)."""

    workspace: Workspace
    directory: Path
    settings: dict[str, Any]
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def caller(self) -> Caller:
        """Give a colleague who writes into the open channels."""
        world = self.workspace.world
        somebody = next(user for user in world.users.values() if user["profile"].get("email") == seed.ADMIN)
        channels = [one["id"] for one in world.channels.values() if one.get("is_channel", True)]
        return Caller(
            self.workspace.signing_secret, world.team_id, world.app["app_id"], somebody["id"], tuple(channels)
        )

    async def ours(self) -> int:
        """Run the real bot with HTTP; its port."""
        await self.process("-m", "tests.benchmarks.plugged", "http", json.dumps(self.settings))
        return await _answers(self.settings["http_port"])

    async def bare(self, listeners: int) -> int:
        """Run a bare app with HTTP; its port."""
        port, workspace = seed.free_port(), self.workspace
        await self.process(
            "-m", "tests.benchmarks.bare", "http", f"{workspace.url}/api/", workspace.bot_token,
            workspace.signing_secret, str(listeners), str(port),
        )  # fmt: skip
        return await _answers(port)

    @property
    def connected(self) -> int:
        """Count the bot's sockets."""
        return self.workspace.sockets.count if self.workspace.sockets else 0

    async def process(
        self, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> asyncio.subprocess.Process:
        """Start Python, compiled once as everywhere, with these arguments; killed when the stage is left."""
        given = dict(os.environ if environment is None else environment)
        given.pop("PYTHONDONTWRITEBYTECODE", None)
        given["PYTHONPYCACHEPREFIX"] = str(self.directory / "bytecode")
        with (self.directory / "processes.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, *arguments,
                env=given, stdout=log, stderr=log, stdin=asyncio.subprocess.DEVNULL,
            )  # fmt: skip

        async def end() -> None:
            if process.returncode is None:
                process.kill()
            await process.wait()

        self._stack.push_async_callback(end)
        return process

    async def quiet(self) -> None:
        """Wait until the bot has dealt with everything it was told, so that it rests while others run."""

        async def is_quiet() -> bool:
            url = f"http://127.0.0.1:{self.settings['http_port']}/quiet"
            async with session.get(url) as answer:
                return bool((await answer.json())["quiet"])

        async with aiohttp.ClientSession() as session:
            await until(is_quiet, within=300)

    async def stored(self, source: str) -> int:
        """Count what stands in the bot's inbox: acknowledged must mean stored."""
        database = Database(self.settings["database_url"])
        try:
            async with database.read() as session:
                rows = select(func.count()).where(InboxRow.source == source)
                return (await session.execute(rows)).scalar_one()
        finally:
            await database.dispose()


@asynccontextmanager
async def staged(directory: Path, database_url: str = "", **workspace: Any) -> AsyncIterator[Stage]:
    """Give a stage in `directory`: an SQLite database in it, or the empty one given."""
    async with AsyncExitStack() as stack:
        opened = await stack.enter_async_context(Workspace(demo_world(), MANIFEST, **workspace))
        settings = seed.settings(opened, directory, seed.free_port(), seed.free_port())
        # Real time: nothing here moves the clock.
        settings |= {"clock_url": "", "clock_token": ""}
        settings["database_url"] = database_url or f"sqlite+aiosqlite:///{directory / 'switchboard.sqlite'}"
        database = Database(settings["database_url"])
        await migrate.upgrade(database)
        async with database.write() as session:
            await seed.add_shop(session, opened)
        await database.dispose()
        yield Stage(opened, directory, settings, stack)


async def _answers(port: int) -> int:
    """Wait until something listens there."""

    async def is_open() -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return False
        writer.close()
        return True

    await until(is_open, within=60)
    return port
