"""A process that holds the bot's modules and forks the bot: killed thirty times, it is back in a moment.

What is forked is the bot as `switchboard run` runs it, in a process of its own with nothing left over from
the one before; only the second that Python needs for importing it is saved.
"""

import asyncio
import json
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.patience import until


class Nursery:
    """Starts and kills the bot. One runs at a time. `module`: this one, or another that calls `main`."""

    def __init__(self, settings: dict[str, Any], log_file: Path, module: str = __name__) -> None:
        self._settings, self.log_file, self._module = settings, log_file, module
        self._mother: asyncio.subprocess.Process | None = None
        self._pid = 0

    @property
    def running(self) -> bool:
        """Tell whether the bot runs."""
        if not self._pid:
            return False
        try:
            os.kill(self._pid, 0)
        except ProcessLookupError:
            return False
        return True

    async def start(self) -> None:
        """Let the bot begin."""
        if self._mother is None:
            self._mother = await asyncio.create_subprocess_exec(
                sys.executable, "-m", self._module, json.dumps(self._settings), str(self.log_file),
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, start_new_session=True,
            )  # fmt: skip
        if self.running:
            return
        assert self._mother.stdin is not None
        assert self._mother.stdout is not None
        self._mother.stdin.write(b"start\n")
        self._pid = int(await self._mother.stdout.readline())

    async def kill(self) -> None:
        """Kill -9."""
        await self._end(signal.SIGKILL)

    async def close(self) -> None:
        """Stop the bot in order, then the process that begot it."""
        with suppress(TimeoutError):
            await self._end(signal.SIGTERM)
        await self.kill()
        if self._mother:
            assert self._mother.stdin is not None
            self._mother.stdin.close()
            await self._mother.wait()

    async def _end(self, how: signal.Signals) -> None:
        if self.running:
            os.kill(self._pid, how)
            await until(lambda: not self.running, within=8)


def main() -> None:
    """Fork a bot for each line on standard input, and print its process id."""
    # In memory before anything is forked.
    from bot import __main__, app  # noqa: PLC0415
    from bot.settings import Settings  # noqa: PLC0415

    settings, log_file = Settings(**json.loads(sys.argv[1])), sys.argv[2]
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system buries the dead
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            output = os.open(log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(output, 1)
            os.dup2(output, 2)
            __main__._run(app.run(settings))
            os._exit(0)
        print(child, flush=True)  # noqa: T201 - this is how it answers


if __name__ == "__main__":
    main()
