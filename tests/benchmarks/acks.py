"""How fast commands and events are acknowledged, ours after the commit, by signed HTTP.

HTTP and not Socket Mode, because there the load can be far cheaper than what it measures: of an envelope that
our workspace makes, most of the cost is the workspace's, and would pull every ratio towards 1. Both are
measured with many callers at once (acks a second) and with one at a time (what a person waits).
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path

from tests.benchmarks import callers
from tests.benchmarks.bare import COMMAND
from tests.benchmarks.figures import Figure, Step, Target, paired
from tests.benchmarks.stage import Stage, staged

CALLERS, ROUNDS, REQUESTS, ALONE = 32, 7, 1000, 60
LISTENERS = (1, 150)
# By the number of callers. One event alone waits for the disk, and nobody waits for it.
TARGETS: dict[str, dict[int, Target]] = {
    "commands": {1: Target("≥", 1.5), CALLERS: Target("≥", 1.5)},
    "events": {CALLERS: Target("≥", 0.8)},
}


async def commands(
    directory: Path, step: Step, *, rounds: int = ROUNDS, requests: int = REQUESTS
) -> list[Figure]:
    """Measure slash commands; ours commit that they were dealt with."""
    async with staged(directory) as stage:
        caller = stage.caller
        sides = Sides(stage, "commands", lambda: caller.command(COMMAND), TARGETS["commands"])
        return await sides.measure("slack.trigger", step, rounds, requests)


async def events(
    directory: Path, step: Step, *, rounds: int = ROUNDS, requests: int = REQUESTS
) -> list[Figure]:
    """Measure events; ours are stored, and dealt with meanwhile."""
    async with staged(directory) as stage:
        sides = Sides(stage, "events", stage.caller.event, TARGETS["events"])
        return await sides.measure("slack", step, rounds, requests)


class Sides:
    """Ours and theirs, sent what `make` gives."""

    def __init__(
        self, stage: Stage, benchmark: str, make: Callable[[], bytes], targets: Mapping[int, Target]
    ) -> None:
        self._stage, self._benchmark, self._make, self._targets = stage, benchmark, make, targets
        self._ports: tuple[int, int] = (0, 0)
        self._sent = 0  # to ours

    async def measure(self, source: str, step: Step, rounds: int, requests: int) -> list[Figure]:
        """Measure against each bare app; every one of ours must then stand in the inbox as `source`."""
        ours, figures = await self._stage.ours(), []
        for listeners in LISTENERS:
            self._ports = ours, await self._stage.bare(listeners)
            against = f"bare Bolt, {listeners} listener{'s' * (listeners > 1)}"
            figures.append(await self._many(against, step, rounds, requests))
            figures.append(await self._one(against, step, rounds, min(requests, ALONE)))
        if (stored := await self._stage.stored(source)) != self._sent:
            raise RuntimeError(f"{self._sent} were acknowledged, and {stored} stored")
        return figures

    async def _many(self, against: str, step: Step, rounds: int, requests: int) -> Figure:
        async def measured(port: int) -> float:
            return requests / await self._seconds(port, CALLERS, requests)

        what = f"{CALLERS} callers"
        pairs = await self._paired(measured, rounds, lambda done: step(f"{self._benchmark}, {what}: {done}"))
        return Figure(self._benchmark, what, against, "/s", pairs, self._targets.get(CALLERS))

    async def _one(self, against: str, step: Step, rounds: int, requests: int) -> Figure:
        async def measured(port: int) -> float:
            return await self._seconds(port, 1, requests) / requests * 1000

        what = "one caller"
        pairs = await self._paired(measured, rounds, lambda done: step(f"{self._benchmark}, {what}: {done}"))
        return Figure(self._benchmark, what, against, "ms", pairs, self._targets.get(1), less_is_more=True)

    async def _paired(
        self, measured: Callable[[int], Awaitable[float]], rounds: int, step: Step
    ) -> tuple[tuple[float, float], ...]:
        ours, theirs = (partial(measured, port) for port in self._ports)
        for side in (ours, theirs):
            await side()  # what is done once, at the first request, is done
        return await paired(ours, theirs, rounds, step)

    async def _seconds(self, port: int, count: int, requests: int) -> float:
        made = [self._make() for _ in range(requests)]
        async with callers.lines(port, count) as lines:
            seconds = await callers.seconds_until_all_acked(lines, made)
        if port == self._ports[0]:
            self._sent += requests
            await self._stage.quiet()
        return seconds
