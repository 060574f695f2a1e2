"""The heartbeat: knocks each real second, and at once when the business clock is moved."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy.ext.asyncio import AsyncSession

from bot import clock as clocks
from bot.clock import Clock
from bot.pulse import Pulse
from bot.storage import schedule
from bot.storage.database import Collision, Database
from bot.storage.schedule import ScheduleRow
from jobs import runner

log = logging.getLogger(__name__)

# Does what was due at `row.due`, in the errand's transaction; gives when it is due next, None for never
# again. All times are business time; `now` may be much later than `row.due` after a standstill.
Errand = Callable[[AsyncSession, ScheduleRow, datetime], Awaitable[datetime | None]]
_AFTER_A_FAILURE = timedelta(minutes=1)
_TOO_OFTEN = 30  # times of giving way, one a second


class Heartbeat:
    """Runs due errands, each once among all replicas, and wakes the workers."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        errands: Mapping[str, Errand],
        listeners: Sequence[Callable[[], None]],
    ) -> None:
        self._database, self._clock, self._errands, self._listeners = database, clock, errands, listeners
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._beating = asyncio.Lock()
        self._knocks: set[asyncio.Task[None]] = set()
        self._stopped = False
        self._gave_way: Counter[str] = Counter()
        self.pulse = Pulse()

    def start(self) -> None:
        """Begin to beat."""
        self._scheduler.add_job(
            self.knock, IntervalTrigger(seconds=1), misfire_grace_time=None, coalesce=True, max_instances=1
        )
        self._scheduler.start()
        self.pulse.beat()

    async def stop(self) -> None:
        """Stop beating; an errand under way ends first."""
        self._stopped = True
        async with self._beating:
            pass
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
            await asyncio.sleep(0)  # it ends in the loop's next turn

    def knock_soon(self) -> None:
        """Knock without waiting for the next second."""
        task = asyncio.create_task(self.knock())
        self._knocks.add(task)
        task.add_done_callback(self._knocks.discard)

    async def knock(self) -> None:
        """Wake the workers, and do what is due."""
        for listener in self._listeners:
            listener()
        async with self._beating:
            if self._stopped:
                return
            self.pulse.beat()
            await runner.attempt("the heartbeat", self._do_what_is_due())

    async def _do_what_is_due(self) -> None:
        async with self._database.read() as session:
            due = await schedule.due(session, self._clock.now())
        for row in due:
            self.pulse.beat()
            if error := await self._attempt(row):
                async with self._database.write() as session:
                    await schedule.failed(session, row, error, clocks.wall() + _AFTER_A_FAILURE)

    async def _attempt(self, row: ScheduleRow) -> str | None:
        """Do it; the kind of failure. One that gave way is still due, and done at the next beat."""
        try:
            error = await runner.attempt(f"errand {row.key}", self._do(row), through=(Collision,))
        except Collision as collision:
            self._gave_way[row.key] += 1
            log.info("errand %s gave way", row.key)
            # Nobody's press takes that long: admins must hear of it.
            return type(collision).__name__ if self._gave_way[row.key] % _TOO_OFTEN == 0 else None
        del self._gave_way[row.key]
        return error

    async def _do(self, row: ScheduleRow) -> None:
        async with self._database.write() as session:
            # It holds its row, and then wants what it is about: the other way round than people's presses.
            await self._database.give_way(session)
            # Held first, so that the work happens once among replicas; undone with it if the work fails.
            if await schedule.move_on(session, row, self._clock.now() + timedelta(days=1)):
                following = await self._errands[row.kind](session, row, self._clock.now())
                if following is None:
                    await schedule.drop(session, row.key)
                else:
                    await schedule.plan(session, row.key, row.kind, following)
