"""The inbox worker: hands what reached us to its handler, in order per lane, until it is dealt with."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from bot.storage import inbox, triggers
from bot.storage.database import Database
from bot.storage.inbox import Arrival, LostClaim
from bot.storage.triggers import Trigger
from jobs import runner

log = logging.getLogger(__name__)

Handle = Callable[[bytes, Trigger], Awaitable[None]]

# Seconds before each further try; after the last, a person must look.
WAITS = (1, 5, 30, 120, 600)
# A row that was claimed so often without ever failing or ending takes the process down each time.
KILLER = 20
_BATCH = 32


class ArrivalWorker:
    """Deals with the inbox."""

    def __init__(
        self,
        database: Database,
        handlers: Mapping[str, Handle],
        *,
        lease: timedelta = timedelta(seconds=30),
        concurrency: int = 8,
    ) -> None:
        self._database, self._handlers, self._lease = database, handlers, lease
        self._slots = asyncio.Semaphore(concurrency)
        self._knock = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._stopping = False
        database.on_commit("inbox", self.wake)

    def wake(self) -> None:
        """Look at once."""
        self._knock.set()

    @property
    def idle(self) -> bool:
        """Tell whether nothing is being dealt with."""
        return not self._running

    async def run(self) -> None:
        """Work until `stop`."""
        while not self._stopping:
            self._knock.clear()
            try:
                arrivals = await inbox.claim(self._database, limit=_BATCH, lease=self._lease)
            except (SQLAlchemyError, OSError):
                log.exception("the inbox cannot be read; trying again in a second")
                arrivals = []
            for lane in _by_lane(arrivals):
                task = asyncio.create_task(self._work_off(lane))
                self._running.add(task)
                task.add_done_callback(self._running.discard)
            if len(arrivals) < _BATCH:
                # The heartbeat knocks each second, for retries and for what a dead replica held.
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._knock.wait(), 1.0)
            elif self._running:
                await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)

    async def stop(self) -> None:
        """Finish what is being dealt with (3 s at most); the rest is put back."""
        self._stopping = True
        self.wake()
        if self._running:
            await asyncio.wait(self._running, timeout=3)
        for task in list(self._running):
            task.cancel()

    async def _work_off(self, lane: list[Arrival]) -> None:
        async with self._slots:
            for position, arrival in enumerate(lane):
                if self._stopping or not await self._deal_with(arrival):
                    rest = lane[position:] if self._stopping else lane[position + 1 :]
                    await self._release(rest)
                    return

    async def _deal_with(self, arrival: Arrival) -> bool:
        """Hand one on; False when it must be tried again, so that its lane waits."""
        if arrival.attempts > KILLER:
            return await self._give_up(arrival, "it stopped the bot each time")
        trigger = triggers.of_arrival(self._database, arrival)
        error = await runner.attempt(
            f"{arrival.source} {arrival.id}", self._handle(arrival, trigger), LostClaim
        )
        if error is None:
            return True
        if arrival.attempts > len(WAITS):
            return await self._give_up(arrival, error)
        wait = timedelta(seconds=WAITS[arrival.attempts - 1])
        with suppress(LostClaim):
            async with self._database.write() as session:
                retry_at = await self._database.machine_now(session) + wait
                await inbox.release(session, arrival, retry_at=retry_at, error=error)
        return False

    async def _handle(self, arrival: Arrival, trigger: Trigger) -> None:
        await self._handlers[arrival.source](arrival.body, trigger)
        if not trigger.done:
            async with trigger.transaction():
                pass  # there was nothing to write: only the mark

    async def _give_up(self, arrival: Arrival, error: str) -> bool:
        log.error("inbox row %s is set aside: %s", arrival.id, error)
        with suppress(LostClaim):
            async with self._database.write() as session:
                await inbox.set_aside(session, arrival, error=error)
        return True

    async def _release(self, arrivals: list[Arrival]) -> None:
        async with self._database.write() as session:
            for arrival in arrivals:
                with suppress(LostClaim):
                    await inbox.release(session, arrival, retry_at=None, error=None)


def _by_lane(arrivals: list[Arrival]) -> list[list[Arrival]]:
    lanes: defaultdict[str, list[Arrival]] = defaultdict(list)
    for arrival in arrivals:
        lanes[arrival.lane or f"#{arrival.id}"].append(arrival)
    return list(lanes.values())
