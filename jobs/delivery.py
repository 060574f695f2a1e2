"""The dispatcher: takes what is due from the outbox to the outside, in order per lane, paced, and once.

It commits that it tries before it tries. What happened then is certain (settle), certainly nothing (queue
again or set aside), or uncertain: after a grace period longer than the time-out the outside is asked first.
"""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot import clock as clocks
from bot.clock import Clock
from bot.ports import Courier, Delivered, DeliveryError, Letter, NotDelivered, Uncertain, Undeliverable
from bot.pulse import Pulse
from bot.storage import dispatch, leases, outbox
from bot.storage.database import Collision, Database
from bot.storage.outbox import OutboxRow
from jobs import runner
from jobs.pacing import Pace

log = logging.getLogger(__name__)

Outcome = Callable[[AsyncSession, OutboxRow], Awaitable[None]]
Work = Callable[[OutboxRow, int], Awaitable[None]]

LEASE = "delivery"
ORPHANED = "The message it belongs to could not be sent."
NO_COURIER = "this Switchboard does not know how to deliver it"
_BATCH = 50
_LONGEST_WAIT = 300.0
_AFTER_A_MISHAP, _LONGEST_MISHAP = 1.0, 10.0
_LAST_CALL = 3.0


class Dispatcher:
    """Delivers the outbox. One is active at a time, by a lease; compare and set makes a second harmless."""

    def __init__(
        self,
        database: Database,
        couriers: Mapping[str, Courier],
        outcomes: Mapping[str, Outcome],
        clock: Clock,
        *,
        pace: Pace,
        grace: float = 12.0,
        attempts: int = 12,
        lease: timedelta = timedelta(seconds=6),
    ) -> None:
        self._database, self._couriers, self._outcomes, self._clock = database, couriers, outcomes, clock
        self._pace, self._grace, self._attempts, self._lease = pace, grace, attempts, lease
        self._holder = uuid.uuid4().hex
        self._token: int | None = None
        self._held_until = 0.0
        self._forced = database.is_sqlite
        self._in_flight: dict[str, asyncio.Task[None]] = {}
        self._resting: dict[str, float] = {}  # lane -> when to look at it again
        self._wait = 0.0
        self._knock = asyncio.Event()
        self._stopping = False
        self._ended: asyncio.Event | None = None
        self.pulse = Pulse()
        database.on_commit("outbox", self.wake)

    def wake(self) -> None:
        """Look at once: something was added, or time has moved."""
        self._knock.set()

    @property
    def idle(self) -> bool:
        """Tell whether nothing is on its way."""
        return not self._in_flight

    async def run(self) -> None:
        """Deliver until `stop`."""
        self._ended = asyncio.Event()
        while not self._stopping:
            self._knock.clear()
            if await runner.attempt("a round of deliveries", self._round()):
                # A database that is restarting: nothing is lost, every row keeps its state.
                self._wait = _AFTER_A_MISHAP
            self.pulse.beat(self._wait)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._knock.wait(), max(self._wait, 0.001))
        await self._wind_down()
        self._ended.set()

    async def stop(self) -> None:
        """Let what is on its way arrive (3 s at most), then give the lease up."""
        self._stopping = True
        self.wake()
        if self._ended:
            await self._ended.wait()

    async def _wind_down(self) -> None:
        if self._in_flight:
            await asyncio.wait(self._in_flight.values(), timeout=_LAST_CALL)
        for task in (left := list(self._in_flight.values())):
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        if self._token is not None:
            await runner.attempt("giving up the lease", self._let_go())

    async def _let_go(self) -> None:
        async with self._database.write() as session:
            await leases.let_go(session, LEASE, self._holder, await self._database.machine_now(session))

    async def _round(self) -> None:
        """Start everything that may go now; `_wait` seconds until there is something to do again."""
        token = await self._hold_lease()
        self._wait = self._lease.total_seconds() / 3
        if token is None:
            return
        present, now, real = clocks.monotonic(), self._clock.now(), clocks.wall()
        self._resting = {lane: until for lane, until in self._resting.items() if until > present}
        going: dict[str, tuple[OutboxRow, Work]] = {}
        async with self._database.read() as session:
            stranded = await dispatch.stranded(session, limit=_BATCH)
            for row in await dispatch.doubtful(session, real=real, busy=self._busy(), limit=_BATCH):
                going.setdefault(row.lane, (row, self._reconcile))
            while True:
                busy = self._busy() | going.keys()
                heads = await dispatch.heads(session, now=now, real=real, busy=busy, limit=_BATCH)
                going |= {row.lane: (row, self._deliver) for row in heads if self._may_go(row, present)}
                if len(heads) < _BATCH:
                    break
            dues = await outbox.next_due(session, now, real)
        # Not before: when a read fails, rows are taken away from whoever already works with them.
        for row, work in going.values():
            self._launch(row, token, work)
        for row_id in stranded:
            await self._strand(row_id)
        waits = [due.total_seconds() for due in dues if due is not None]
        self._wait = min([self._wait, *waits, *(until - present for until in self._resting.values())])

    def _busy(self) -> set[str]:
        return {*self._in_flight, *self._resting}

    def _may_go(self, row: OutboxRow, present: float) -> bool:
        """Take its place in the pace; or let its lane rest until it may go."""
        ready = self._pace.ready_at(row.kind, row.lane, present)
        if ready > present:
            self._resting[row.lane] = ready
            return False
        self._pace.take(row.kind, row.lane, present)
        return True

    async def _hold_lease(self) -> int | None:
        if self._token is not None and clocks.monotonic() < self._held_until:
            return self._token
        async with self._database.write() as session:
            token = await leases.hold(
                self._database, session, LEASE, self._holder, self._lease, force=self._forced
            )
            if token is not None:
                # Whatever an earlier dispatcher was sending, or this one when the database went away, may or
                # may not have got through.
                after_grace = clocks.wall() + timedelta(seconds=self._grace)
                await dispatch.doubt_orphans(
                    session, token=token, retry_at=after_grace, spared=self._in_flight
                )
        self._forced, self._token = False, token
        self._held_until = clocks.monotonic() + self._lease.total_seconds() / 3
        return token

    def _launch(self, row: OutboxRow, token: int, work: Work) -> None:
        task = asyncio.create_task(self._carry(row, token, work), name=f"outbox {row.id}")
        lane = row.lane
        self._in_flight[lane] = task
        task.add_done_callback(lambda _: self._landed(lane))

    def _landed(self, lane: str) -> None:
        self._in_flight.pop(lane, None)
        self.wake()

    async def _carry(self, row: OutboxRow, token: int, work: Work) -> None:
        name = f"outbox row {row.id}"
        if error := await runner.attempt(name, work(row, token)):
            # A mistake of ours, or the database is away: it may have happened after the call went out.
            self._resting[row.lane] = clocks.monotonic() + _AFTER_A_MISHAP
            await runner.attempt(name, self._doubt(row, token, f"an unexpected failure ({error})"))

    async def _deliver(self, row: OutboxRow, token: int) -> None:
        async with self._database.write() as session:
            if not await dispatch.start(session, row.id, token=token, real=clocks.wall()):
                return
            row = await self._fresh(session, row.id)
            letter = await self._letter(session, row)
        try:
            courier = self._courier(row)
            if not row.progress and (progress := await courier.prepare(letter)):
                async with self._database.write() as session:
                    if not await dispatch.note_progress(session, row.id, token=token, progress=progress):
                        return
                letter = replace(letter, progress=progress)
            delivered = await courier.deliver(letter)
        except NotDelivered as error:
            await self._again(row, token, error)
        except Undeliverable as error:
            await self._settle(row, token, "failed", error=error.sentence)
        except Uncertain as error:
            await self._doubt(row, token, error.sentence)
        else:
            await self._settle(row, token, "sent", delivered=delivered)

    def _courier(self, row: OutboxRow) -> Courier:
        if row.kind not in self._couriers:
            raise Undeliverable(NO_COURIER)
        return self._couriers[row.kind]

    async def _reconcile(self, row: OutboxRow, token: int) -> None:
        """Ask the outside what became of an uncertain try; only then settle it or queue it again."""
        async with self._database.write() as session:
            if not await dispatch.take_up(session, row.id, token=token):
                return
            row = await self._fresh(session, row.id)
            letter = await self._letter(session, row)
        try:
            delivered = await self._courier(row).find(letter)
        except Undeliverable as error:
            await self._settle(row, token, "failed", error=error.sentence)
        except DeliveryError as error:
            log.warning("cannot tell yet what became of outbox row %s: %s", row.id, error.sentence)
            wait = getattr(error, "retry_after", None) or 0.0
            await self._doubt(row, token, row.error or error.sentence, wait=wait)
        else:
            if delivered:
                await self._settle(row, token, "sent", delivered=delivered)
            else:
                await self._once_more(row, token, row.error or "", waited=self._grace)

    async def _again(self, row: OutboxRow, token: int, error: NotDelivered) -> None:
        if error.retry_after is None:
            await self._once_more(row, token, error.sentence)
        else:
            self._pace.pause(row.kind, row.lane, clocks.monotonic() + error.retry_after)
            await self._put_back(row, token, "pending", error.retry_after, error.sentence, counts=False)

    async def _once_more(self, row: OutboxRow, token: int, error: str, *, waited: float = 0.0) -> None:
        """Queue again what certainly did not get through, ever later; set it aside after too many tries."""
        if row.attempts >= self._attempts:
            await self._settle(row, token, "failed", error=error)
        else:
            wait = max(0.0, min(2.0 ** (row.attempts - 1), _LONGEST_WAIT) - waited)
            await self._put_back(row, token, "pending", wait, error)

    async def _doubt(self, row: OutboxRow, token: int, error: str, *, wait: float = 0.0) -> None:
        await self._put_back(row, token, "uncertain", max(self._grace, wait), error)

    async def _put_back(
        self,
        row: OutboxRow,
        token: int,
        state: str,
        retry_in: float,
        error: str | None,
        *,
        counts: bool = True,
    ) -> None:
        retry_at = clocks.wall() + timedelta(seconds=retry_in)
        async with self._database.write() as session:
            await dispatch.put_back(
                session, row.id, token=token, state=state, retry_at=retry_at, error=error, counts=counts
            )

    async def _settle(
        self,
        row: OutboxRow,
        token: int,
        state: str,
        *,
        delivered: Delivered | None = None,
        error: str | None = None,
    ) -> None:
        """End a row, and tell whoever wanted to hear it, in one transaction.

        What is known is kept until it can be written down, for as long as the database is away: a mail
        cannot be asked whether it left, and would leave twice.
        """

        async def end(session: AsyncSession) -> None:
            if await dispatch.settle(
                session, row.id, token=token, state=state, delivered=delivered, error=error
            ):
                await self._tell(session, row.id)

        wait = _AFTER_A_MISHAP
        while await runner.attempt(f"settling outbox row {row.id}", self._database.write_again(end)):
            await asyncio.sleep(wait)
            wait = min(2 * wait, _LONGEST_MISHAP)

    async def _strand(self, row_id: int) -> None:
        async def end(session: AsyncSession) -> None:
            if await dispatch.strand(session, row_id, error=ORPHANED):
                await self._tell(session, row_id)

        await self._database.write_again(end)

    async def _tell(self, session: AsyncSession, row_id: int) -> None:
        row = await self._fresh(session, row_id)
        outcome = self._outcomes.get(row.purpose or "")
        if outcome is None:
            return

        async def tell() -> None:
            async with session.begin_nested():
                await outcome(session, row)

        # A mistake in there must not undo that the row left, else it would be asked about for ever.
        await runner.attempt(f"the outcome of outbox row {row_id}", tell(), through=(Collision,))

    @staticmethod
    async def _fresh(session: AsyncSession, row_id: int) -> OutboxRow:
        return await session.get_one(OutboxRow, row_id, populate_existing=True)

    async def _letter(self, session: AsyncSession, row: OutboxRow) -> Letter:
        """Make the letter, with references to other rows resolved to Slack's channel and ts."""
        payload = dict(row.payload)
        if row.after_id is not None:
            after = await outbox.get(session, row.after_id)
            payload["channel"] = after.channel_id
            if row.kind == "slack.update":
                payload["ts"] = after.ts
            else:
                root = await self._root(session, after)
                payload["thread_ts"] = root.payload.get("thread_ts") or root.ts
        tried_at = row.tried_at or clocks.wall()
        return Letter(row.uid, row.kind, payload, tried_at, row.progress or {})

    @staticmethod
    async def _root(session: AsyncSession, row: OutboxRow) -> OutboxRow:
        """Walk up to the message a thread hangs on: Slack knows no threads inside threads."""
        while row.after_id is not None:
            row = await outbox.get(session, row.after_id)
        return row
