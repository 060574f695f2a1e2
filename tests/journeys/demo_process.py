"""The demo as a person starts it: a real process, and a browser in front of it."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bot import seed

ROOT = Path(__file__).parent.parent.parent


@dataclass
class Demo:
    """A running demo: where its page is, where mail goes, and the process."""

    url: str
    smtp_port: int
    process: asyncio.subprocess.Process

    async def stops(self, number: signal.Signals) -> int:
        """Send a signal and wait for the end; the exit code."""
        self.process.send_signal(number)
        async with asyncio.timeout(20):
            return await self.process.wait()


def command(data: Path, *more: str, port: int, smtp_port: int) -> list[str]:
    """Give the command line of a demo in this directory."""
    options = ("--no-browser", "--port", str(port), "--smtp-port", str(smtp_port), "--data", str(data))
    return [sys.executable, "-m", "bot", "demo", *options, *more]


@asynccontextmanager
async def running(data: Path, *more: str) -> AsyncIterator[Demo]:
    """Run `switchboard demo` inside this block, from its first line to Ready."""
    port, smtp_port = seed.free_port(), seed.free_port()
    process = await asyncio.create_subprocess_exec(
        *command(data, *more, port=port, smtp_port=smtp_port),
        cwd=ROOT,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield Demo(await _ready(process), smtp_port, process)
    finally:
        if process.returncode is None:
            process.terminate()
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), 20)


async def _ready(process: asyncio.subprocess.Process) -> str:
    assert process.stdout
    async with asyncio.timeout(60):
        while line := (await process.stdout.readline()).decode():
            if found := re.fullmatch(r"Ready: (http://127\.0\.0\.1:\d+)\n", line):
                return found.group(1)
    raise AssertionError("the demo ended before it was ready")
