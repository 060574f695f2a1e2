"""The inbox worker: hands what reached us to its handler, in order per lane, until it is dealt with."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from bot import clock
from bot.pulse import Pulse
from bot.storage import inbox, triggers
from bot.storage.database import Database
from bot.storage.inbox import Arrival, LostClaim
from bot.storage.outbox import StillOnItsWay
from bot.storage.triggers import Trigger
from jobs import runner

log = logging.getLogger(__name__)

Handle = Callable[[bytes, Trigger], Awaitable[None]]

# Seconds before each further try; after the last, a person must look.
WAITS = (1, 5, 30, 120, 600)
# A row that was claimed so often without ever failing or ending takes the process down each time.
KILLER = 20
_LAST_CALL = 3.0
# Seconds without anything new before more is taken up, and how long that may hold the work up.
_CALM, _LONGEST_POUR = 0.01, 0.25
_UNTIL_IT_IS_KNOWN = 1.0


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
        self._concurrency = concurrency
        self._knock, self._came = asyncio.Event(), asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._held: dict[int, Arrival] = {}
        self._renew_at = 0.0
        self._stopping = False
        self._ended: asyncio.Event | None = None
        self.pulse = Pulse()
        database.on_commit("inbox", self._arrived)

    def _arrived(self) -> None:
        self._came.set()
        self.wake()

    def wake(self) -> None:
        """Look at once."""
        self._knock.set()

    @property
    def idle(self) -> bool:
        """Tell whether nothing is being dealt with."""
        return not self._running

    async def run(self) -> None:
        """Work until `stop`."""
        self._ended = asyncio.Event()
        while not self._stopping:
            self._knock.clear()
            self.pulse.beat()
            if self._came.is_set():
                await self._let_in()
            # Never more than can be begun at once: a lease runs from the claim on.
            free = self._concurrency - len(self._running)
            claimed = await self._claim(free) if free else 0
            if not free or claimed < free:
                # The heartbeat knocks each second, for retries and for what a dead replica held.
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._knock.wait(), min(1.0, self._lease.total_seconds() / 3))
            await runner.attempt("holding on to claims", self._renew())
        await self._wind_down()
        self._ended.set()

    async def stop(self) -> None:
        """Finish what is being dealt with (3 s at most); the rest is put back."""
        self._stopping = True
        self.wake()
        if self._ended:
            await self._ended.wait()

    async def _wind_down(self) -> None:
        if self._running:
            await asyncio.wait(self._running, timeout=_LAST_CALL)
        held, left = list(self._held.values()), list(self._running)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await runner.attempt("putting back claims", self._release(held))

    async def _let_in(self) -> None:
        """Wait while more pours in: whoever sends it waits for each to be stored, and Slack for 3 s only."""
        until = clock.monotonic() + _LONGEST_POUR
        while self._came.is_set() and clock.monotonic() < until and not self._stopping:
            self._came.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._came.wait(), _CALM)

    async def _claim(self, limit: int) -> int:
        try:
            arrivals = await inbox.claim(self._database, limit=limit, lease=self._lease, spared=self._held)
        except (SQLAlchemyError, OSError):
            log.exception("the inbox cannot be read; trying again in a second")
            return 0
        self._held |= {arrival.id: arrival for arrival in arrivals}
        for arrival in arrivals:
            task = asyncio.create_task(self._work_off(arrival))
            self._running.add(task)
            task.add_done_callback(self._done)
        return len(arrivals)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self.wake()

    async def _renew(self) -> None:
        """Hold on to what takes long; what nobody works on any more is left to run out."""
        if self._held and clock.monotonic() > self._renew_at:
            await inbox.renew(self._database, list(self._held.values()), lease=self._lease)
            self._renew_at = clock.monotonic() + self._lease.total_seconds() / 3

    async def _work_off(self, arrival: Arrival) -> None:
        await runner.attempt(f"inbox row {arrival.id}", self._deal_with(arrival))
        self._held.pop(arrival.id, None)

    async def _deal_with(self, arrival: Arrival) -> None:
        """Hand it on; when that fails, put it back for later, or set it aside."""
        if arrival.attempts > KILLER:
            await self._give_up(arrival, "it stopped the bot each time")
            return
        trigger = triggers.of_arrival(self._database, arrival)
        error = await runner.attempt(
            f"{arrival.source} {arrival.id}", self._handle(arrival, trigger), LostClaim
        )
        if error is None:
            return
        if arrival.attempts > len(WAITS):
            await self._give_up(arrival, error)
            return
        with suppress(LostClaim):
            await self._put_off(arrival, WAITS[arrival.attempts - 1], error=error)

    async def _put_off(
        self, arrival: Arrival, seconds: float, *, error: str | None = None, counts: bool = True
    ) -> None:
        async with self._database.write() as session:
            retry_at = await self._database.machine_now(session) + timedelta(seconds=seconds)
            await inbox.release(session, arrival, retry_at=retry_at, error=error, counts=counts)

    async def _handle(self, arrival: Arrival, trigger: Trigger) -> None:
        try:
            await self._handlers[arrival.source](arrival.body, trigger)
        except StillOnItsWay:
            await self._put_off(arrival, _UNTIL_IT_IS_KNOWN, counts=False)
            return
        if not trigger.done:
            async with trigger.transaction():
                pass  # there was nothing to write: only the mark

    async def _give_up(self, arrival: Arrival, error: str) -> None:
        log.error("inbox row %s is set aside: %s", arrival.id, error)
        with suppress(LostClaim):
            async with self._database.write() as session:
                await inbox.set_aside(session, arrival, error=error)

    async def _release(self, arrivals: Collection[Arrival]) -> None:
        """Put back those that are still ours."""
        if not arrivals:
            return
        async with self._database.write() as session:
            for arrival in arrivals:
                with suppress(LostClaim):
                    await inbox.release(session, arrival, retry_at=None, counts=False)
