"""The bot as a child process of the demo, which the page may kill and start again.

The child is spawned before its settings are known, and loads its code until it is told them: on a cold start
that takes as long as the demo itself needs. Nothing heavy is imported here.
"""

import asyncio
import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

# Of `bot.settings`, which takes long to load.
_PREFIX = "SWITCHBOARD_"
_STOPS_WITHIN = 5

# No line means that the demo has ended before the bot was wanted.
_WAITING = """
import json, os, sys
from bot.__main__ import main
import bot.app
if told := sys.stdin.readline():
    os.environ |= json.loads(told)
    sys.argv = ["switchboard", "run"]
    main()
"""


class BotProcess:
    """The bot as a child process; `environment` are its settings."""

    def __init__(self, log_file: Path) -> None:
        self.environment: dict[str, str] = {}
        self.log_file = log_file
        self._process: subprocess.Popen[str] | None = None
        self._told = False

    @property
    def running(self) -> bool:
        """Tell whether it runs."""
        return self._told and self._process is not None and self._process.poll() is None

    def warm_up(self) -> None:
        """Let it load its code; it does nothing before `start`."""
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as log_file:
            self._process = subprocess.Popen(  # noqa: S603 - our own code
                [sys.executable, "-c", _WAITING],
                env=self._inherited(),
                stdin=subprocess.PIPE, stdout=log_file, stderr=log_file, text=True,
                start_new_session=True,  # Ctrl-C reaches this process only, which stops the child in order
            )  # fmt: skip
        self._told = False

    async def start(self) -> None:
        """Start it, unless it runs."""
        if self.running:
            return
        if self._process is None or self._process.poll() is not None:
            self.warm_up()
        if self._process and self._process.stdin:
            self._told = True
            with suppress(BrokenPipeError):  # it died while it loaded: its last words say why
                self._process.stdin.write(json.dumps(self.environment) + "\n")
                self._process.stdin.flush()

    @staticmethod
    def _inherited() -> dict[str, str]:
        # A real shop's settings in this shell must not reach into the demo.
        return {name: value for name, value in os.environ.items() if not name.startswith(_PREFIX)}

    async def kill(self) -> None:
        """Kill it at once (kill -9): what a power cut does."""
        if self._process:
            self._process.kill()
            await asyncio.to_thread(self._process.communicate)

    async def stop(self) -> None:
        """Let it end in order; kill it when it takes too long."""
        if self.running and self._process:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                await asyncio.to_thread(self._process.wait, _STOPS_WITHIN)
        await self.kill()

    def last_words(self) -> str:
        """Give the end of its log."""
        return "\n".join(self.log_file.read_text(errors="replace").splitlines()[-12:])
