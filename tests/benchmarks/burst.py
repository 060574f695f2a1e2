"""A burst of events, all at once: how long until the last is acknowledged, and so whether it is in time.

Slack gives 3 seconds for each, and stops sending to an app that is late too often. The target is against the
bare app of 150 listeners: what a bot of this size is when built on Bolt's own dispatch.
"""

from pathlib import Path

from tests.benchmarks import callers
from tests.benchmarks.figures import Figure, Round, Step, Target, paired
from tests.benchmarks.stage import Stage, staged

EVENTS, ROUNDS = 500, 7
TARGETS = {1: None, 150: Target("≤", 0.25)}


async def burst(directory: Path, step: Step, *, rounds: int = ROUNDS, events: int = EVENTS) -> list[Figure]:
    """Measure the milliseconds until the last ack."""
    figures = []
    async with staged(directory) as stage:
        ours = await stage.ours()
        for listeners, target in TARGETS.items():
            against = f"bare Bolt, {listeners} listener{'s' * (listeners > 1)}"
            theirs = await stage.bare(listeners)
            left, right = _round(stage, ours, events), _round(stage, theirs, events)
            for side in (left, right):
                await side()  # what is done once, at the first request, is done
            pairs = await paired(left, right, rounds, lambda done: step(f"burst: {done}"))
            figures.append(Figure("burst", f"last ack of {events} events", against, "ms", pairs, target))
        if (stored := await stage.stored("slack")) != (sent := len(TARGETS) * (rounds + 1) * events):
            raise RuntimeError(f"{sent} were acknowledged, and {stored} stored")
    return figures


def _round(stage: Stage, port: int, events: int) -> Round:
    async def measured() -> float:
        made = [stage.caller.event() for _ in range(events)]
        async with callers.lines(port, events) as lines:
            seconds = await callers.seconds_until_all_acked(lines, made)
        await stage.quiet()
        return seconds * 1000

    return measured
