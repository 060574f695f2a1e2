"""Everybody who works for us: who ended without being told to is begun again, and who hangs is named.

Beginning again is safe: what a worker had in hand stands in the tables, under leases and compare and set.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from bot import clock
from bot.pulse import Pulse

log = logging.getLogger(__name__)

# Seconds until one that ended is begun again, and for how long one that was told to end is waited for.
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0
_LAST_CALL = 8.0
# From here on the wait is the longest anyhow, and its power would in the end be too large a number.
_DOUBLINGS = 20
# Whoever turned twice has done a whole turn.
_A_TURN = 2


class Worker(Protocol):
    """Works in a loop until it is told to stop, and may be begun again when it ended by a mistake."""

    @property
    def pulse(self) -> Pulse:
        """Beats at each turn of its loop."""
        ...

    async def run(self) -> None:
        """Work until `stop`."""
        ...

    async def stop(self) -> None:
        """Put down what is in hand, and end."""
        ...


class Attended:
    """One worker that is kept at work."""

    def __init__(self, name: str, worker: Worker) -> None:
        self._name, self._worker = name, worker
        self._stopping = asyncio.Event()
        self._failures, self._error, self._turns = 0, "", 0

    @property
    def problem(self) -> str:
        """Say that it ended and has not done a whole turn since, or that it hangs; "" when all is well."""
        if self._error and self._worker.pulse.turns - self._turns < _A_TURN:
            return f"{self._name} ended by a mistake ({self._error}) and is begun again."
        return hanging(self._name, self._worker.pulse)

    async def run(self) -> None:
        """Keep it at work until `stop`."""
        while True:
            began = clock.monotonic()
            work = self._begin()
            await self._attend(work)
            if self._stopping.is_set():
                return
            if clock.monotonic() - began > _LONGEST_WAIT:
                self._failures = 0
            wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2.0 ** min(self._failures, _DOUBLINGS))
            self._failures += 1
            log.error("%s is begun again in %.0f seconds", self._name, wait)
            # Stopped meanwhile, it is begun only to put down what it had in hand.
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), wait)

    async def stop(self) -> None:
        """Let it end; `run` does when it has."""
        self._stopping.set()

    def _begin(self) -> asyncio.Task[None]:
        self._worker.pulse.beat()
        self._turns = self._worker.pulse.turns
        return asyncio.create_task(self._worker.run(), name=self._name)

    async def _attend(self, work: asyncio.Task[None]) -> None:
        """Wait until it ended, of itself or because it was told to."""
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({work, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not work.done():
            telling = asyncio.create_task(self._worker.stop())
            await asyncio.wait({work}, timeout=_LAST_CALL)
            if not work.done():
                log.error("%s does not end, and is broken off", self._name)
            for one in (work, telling):
                one.cancel()
            await asyncio.gather(work, telling, return_exceptions=True)
        elif not self._stopping.is_set():
            self._error, self._turns = "it stopped", self._worker.pulse.turns
        error = None if work.cancelled() else work.exception()
        if error:
            self._error = type(error).__name__
            log.error("%s ended by a mistake", self._name, exc_info=error)


def hanging(name: str, pulse: Pulse) -> str:
    """Say that a worker hangs; "" when it does not."""
    return f"{name} hangs: its next turn is overdue." if pulse.is_missed else ""


class Crew:
    """All workers, and whoever else has a pulse."""

    def __init__(self) -> None:
        self._problems: list[Callable[[], str]] = []

    def engage(self, name: str, worker: Worker) -> Attended:
        """Give a worker that is kept at work, once it is run; `name` begins a sentence."""
        attended = Attended(name, worker)
        self._problems.append(lambda: attended.problem)
        return attended

    def feel(self, name: str, pulse: Pulse) -> None:
        """Watch the pulse of something that others keep at work."""
        self._problems.append(lambda: hanging(name, pulse))

    def problem(self) -> str:
        """Say in sentences who does not work; "" when all do."""
        return " ".join(filter(None, (problem() for problem in self._problems)))
