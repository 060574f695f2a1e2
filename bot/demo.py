"""The demo: an invented shop, a Slack of its own, and the bot, in two processes on this machine.

This process is the workspace and the supervisor; the bot is a child that the page may kill and start again.
"""

import asyncio
import json
import logging
import os
import shutil
import sys
import webbrowser
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import typer

from bot.clock import MovableClock
from bot.errors import SwitchboardError
from bot.settings import PREFIX
from bot.storage import migrate
from bot.storage.database import Database
from bot.suppliers import store
from bot.suppliers.model import Contact, Supplier, fold
from bot.workspace import Workspace, World, demo_world

log = logging.getLogger(__name__)

SHOP_NAME = "Juniper & Co"
MANIFEST = Path(__file__).parent.parent / "manifest.yml"
_STARTS_WITHIN, _STOPS_WITHIN = 30, 5


class PortTaken(SwitchboardError):
    """Port {port} is taken by another program. Stop that one, or choose another port with {option}."""


class BotDidNotStart(SwitchboardError):
    """The bot did not start. Its last words, from {log}:

    {words}
    """


class BotProcess:
    """The bot as a child process."""

    def __init__(self, environment: dict[str, str], log_file: Path) -> None:
        self._environment = environment
        self._log = log_file
        self._process: asyncio.subprocess.Process | None = None

    @property
    def running(self) -> bool:
        """Tell whether it runs."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start it, unless it runs."""
        if self.running:
            return
        with self._log.open("ab") as log_file:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run",
                env=os.environ | self._environment,
                stdout=log_file, stderr=log_file, stdin=asyncio.subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C reaches this process only, which stops the child in order
            )  # fmt: skip

    async def kill(self) -> None:
        """Kill it at once (kill -9): what a power cut does."""
        if self._process and self.running:
            self._process.kill()
            await self._process.wait()

    async def stop(self) -> None:
        """Let it end in order; kill it when it takes too long."""
        if not self._process or not self.running:
            return
        self._process.terminate()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), _STOPS_WITHIN)
        await self.kill()

    def last_words(self) -> str:
        """Give the end of its log."""
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-12:])


async def run(  # noqa: PLR0913 - the options of the command
    *, port: int, smtp_port: int, data: Path, fresh: bool, browser: bool, now: datetime | None
) -> None:
    """Run the demo until cancelled; prints `Ready: http://127.0.0.1:PORT` once everything works."""
    if fresh:
        shutil.rmtree(data, ignore_errors=True)
    (data / "bot").mkdir(parents=True, exist_ok=True)
    world = demo_world()
    bot = BotProcess({}, data / "bot.log")
    workspace = Workspace(
        world,
        MANIFEST,
        port=port,
        data=data / "world.sqlite",
        clock=MovableClock(now),
        mail_to_smtp=("127.0.0.1", smtp_port),
        bot_control=bot,
    )
    try:
        await workspace.start()
    except OSError as error:
        raise PortTaken(port=port, option="--port") from error
    try:
        bot.configure(_environment(workspace, data, smtp_port))
        await _seed(data, workspace)
        await bot.start()
        await _until_connected(workspace, bot)
        typer.echo(f"Suppliers can write to 127.0.0.1:{smtp_port} (SMTP)")
        typer.echo(f"Ready: {workspace.url}")
        if browser:
            webbrowser.open(workspace.url)
        await asyncio.Event().wait()
    finally:
        await bot.stop()
        await workspace.stop()
