"""How long until `switchboard run` is connected, and how much memory it then holds, beside a bare bot.

The bare bot is what any bot begins as: Bolt's AsyncApp over Socket Mode, SQLAlchemy with an SQLite file open,
APScheduler running; two listeners and nothing else. Ours is the whole product on a shop's data, its ports
open and what it learnt loaded. Bolt alone (no database, no scheduler) is told beside it.
"""

import asyncio
import json
import os
from collections.abc import Mapping
from pathlib import Path

import psutil

from bot.clock import monotonic
from bot.settings import PREFIX
from tests.benchmarks.figures import Figure, Step, Target, paired
from tests.benchmarks.stage import Stage, staged
from tests.patience import until

ROUNDS = 5
TARGETS = {"a bare bot": Target("≤", 1.6), "Bolt alone": None}
_LOOK, _STILL = 0.25, 4


class Start:
    """Starts a bot, waits until it is connected and at rest, and ends it; keeps what each start cost."""

    def __init__(
        self, stage: Stage, arguments: list[str], environment: Mapping[str, str] | None = None
    ) -> None:
        self._stage, self._arguments, self._environment = stage, arguments, environment
        self.megabytes: list[float] = []

    async def __call__(self) -> float:
        """Give the milliseconds until it was connected."""
        began = monotonic()
        process = await self._stage.process(*self._arguments, environment=self._environment)
        await until(lambda: self._stage.connected == 1 or process.returncode is not None, within=60)
        if process.returncode is not None:
            raise RuntimeError((self._stage.directory / "processes.log").read_text("utf-8")[-2000:])
        took = monotonic() - began
        self.megabytes.append(await _at_rest(psutil.Process(process.pid)))
        process.terminate()
        await process.wait()
        await until(lambda: self._stage.connected == 0, within=10)
        return took * 1000


async def start(directory: Path, step: Step, *, rounds: int = ROUNDS) -> list[Figure]:
    """Measure milliseconds until Slack sees the socket, and megabytes of resident memory at rest."""
    figures = []
    async with staged(directory, rate_limits=False) as stage:
        for against, target in TARGETS.items():
            ours = Start(stage, ["-m", "bot", "run"], _environment(stage))
            theirs = Start(
                stage, _bare(stage, f"sqlite+aiosqlite:///{directory}/bare.sqlite" if target else "")
            )
            for side in (ours, theirs):
                await side()  # what is read from disk once, is read
            pairs = await paired(ours, theirs, rounds, lambda done: step(f"start: {done}"))
            memory = tuple(zip(ours.megabytes[-rounds:], theirs.megabytes[-rounds:], strict=True))
            figures += [
                Figure("start", "until it is connected", against, "ms", pairs, target),
                Figure("start", "resident memory", against, "MB", memory, target),
            ]
    return figures


def _environment(stage: Stage) -> dict[str, str]:
    given = {
        f"{PREFIX}{name.upper()}": value if isinstance(value, str) else json.dumps(value)
        for name, value in stage.settings.items()
    }
    config = stage.directory / "empty.toml"
    config.touch()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return inherited | given | {f"{PREFIX}CONFIG": str(config)}


def _bare(stage: Stage, database: str) -> list[str]:
    workspace = stage.workspace
    url = f"{workspace.url}/api/"
    return ["-m", "tests.benchmarks.bare", "socket", url, workspace.bot_token, workspace.app_token, database]


async def _at_rest(process: psutil.Process) -> float:
    """Wait until it takes no more memory; the megabytes it holds."""
    held = [float(process.memory_info().rss)]
    while len(held) < _STILL or held[-1] > min(held[-_STILL:]) * 1.005:
        await asyncio.sleep(_LOOK)
        held.append(float(process.memory_info().rss))
    return held[-1] / 1024**2
