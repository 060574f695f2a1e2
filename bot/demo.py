"""The demo: an invented shop, a Slack of its own, and the bot, in two processes on this machine.

This process is the workspace and the supervisor; the bot is a child that the page may kill and start again.
"""

import asyncio
import json
import socket
import webbrowser
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import typer

from bot import seed
from bot.child import BotProcess
from bot.clock import MovableClock
from bot.errors import SwitchboardError
from bot.people import areas
from bot.settings import PREFIX
from bot.storage import migrate
from bot.storage.database import Database
from bot.workspace import HttpProbe, Workspace, demo_world

MANIFEST = Path(__file__).parent.parent / "manifest.yml"
_STARTS_WITHIN = 30


class PortTaken(SwitchboardError):
    """Port {port} is taken by another program. Stop that one, or choose another port with {option}."""


class BotDidNotStart(SwitchboardError):
    """The bot did not start. Its last words, from {log}:

    {words}
    """  # noqa: D400 - the words that follow end the sentence


async def run(
    bot: BotProcess, *, port: int, smtp_port: int, data: Path, browser: bool, now: datetime | None
) -> None:
    """Run the demo until cancelled; prints `Ready: http://127.0.0.1:PORT` once everything works."""
    (data / "bot").mkdir(parents=True, exist_ok=True)
    http_port = seed.free_port()
    workspace = Workspace(
        demo_world(),
        MANIFEST,
        port=port,
        data=data / "world.sqlite",
        clock=MovableClock(now),
        mail_to_smtp=("127.0.0.1", smtp_port),
        bot_control=bot,
        # Slack lets an app open one socket a minute; whoever kills the bot to see it return need not wait.
        rate_limits=False,
        probe=HttpProbe(f"http://127.0.0.1:{http_port}/quiet"),
    )
    try:
        _require_free(smtp_port, "--smtp-port")
        await _start(workspace, port)
        settings = seed.settings(workspace, data / "bot", smtp_port, http_port)
        bot.environment = _environment(settings, data)
        await _prepare(data, workspace)
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


async def _start(workspace: Workspace, port: int) -> None:
    try:
        await workspace.start()
    except OSError as error:
        raise PortTaken(port=port, option="--port") from error


def _require_free(port: int, option: str) -> None:
    """Say at once that a port is taken, and not only in the bot's log."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise PortTaken(port=port, option=option) from error


def _environment(settings: Mapping[str, Any], data: Path) -> dict[str, str]:
    """Give the bot's settings as its environment."""
    given = {
        name.upper(): value if isinstance(value, str) else json.dumps(value)
        for name, value in settings.items()
    }
    # A real shop's own file must not reach into the demo.
    own = data / "bot" / "switchboard.toml"
    own.touch()
    given["CONFIG"] = str(own)
    return {f"{PREFIX}{name}": value for name, value in given.items()}


async def _prepare(data: Path, workspace: Workspace) -> None:
    """Make the bot's database, and in a new one what the shop has told the bot."""
    database = Database(f"sqlite+aiosqlite:///{data / 'bot' / 'switchboard.sqlite'}")
    try:
        await migrate.upgrade(database)
        async with database.write() as session:
            # Everything is on, so that each story can be played at once.
            await seed.add_shop(session, workspace, on=areas.AREAS)
    finally:
        await database.dispose()


async def _until_connected(workspace: Workspace, bot: BotProcess) -> None:
    async with asyncio.timeout(_STARTS_WITHIN):
        while not workspace.delivery.connected:
            if not bot.running:
                raise BotDidNotStart(log=bot.log_file, words=bot.last_words())
            await asyncio.sleep(0.02)
