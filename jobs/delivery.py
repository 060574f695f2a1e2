"""The dispatcher: takes what is due from the outbox to the outside, in order per lane, paced, and once.

It commits that it tries before it tries. What happened then is certain (settle), certainly nothing (queue
again or set aside), or uncertain: after a grace period longer than the time-out the outside is asked first.
"""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from bot import clock as clocks
from bot.clock import Clock
from bot.ports import Courier, Delivered, Letter, NotDelivered, Uncertain, Undeliverable
from bot.storage import leases, outbox
from bot.storage.database import Database
from bot.storage.outbox import OutboxRow
from jobs.pacing import Pace

log = logging.getLogger(__name__)

Outcome = Callable[[AsyncSession, OutboxRow], Awaitable[None]]

LEASE = "delivery"
ORPHANED = "The message it belongs to could not be sent."
_BATCH = 50
_LONGEST_WAIT = 300.0


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
        self._knock = asyncio.Event()
        self._stopping = False
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
        while not self._stopping:
            self._knock.clear()
            try:
                wait = await self._round()
            except (SQLAlchemyError, OSError):
                # A database that is restarting: nothing is lost, every row keeps its state.
                log.exception("the outbox cannot be read; trying again in a second")
                wait = 1.0
            with suppress(TimeoutError):
                await asyncio.wait_for(self._knock.wait(), max(wait, 0.001))

    async def stop(self) -> None:
        """Let what is on its way arrive (3 s at most), then give the lease up."""
        self._stopping = True
        self.wake()
        if self._in_flight:
            await asyncio.wait(self._in_flight.values(), timeout=3)
        for task in list(self._in_flight.values()):
            task.cancel()
        if self._token is not None:
            async with self._database.write() as session:
                now = await self._database.machine_now(session)
                await leases.let_go(session, LEASE, self._holder, now)

    async def _round(self) -> float:
        """Start everything that may go now; the seconds until there is something to do again."""
        token = await self._hold_lease()
        if token is None:
            return self._lease.total_seconds() / 3
        async with self._database.read() as session:
            now, real = self._clock.now(), clocks.wall()
            doubtful = await outbox.doubtful(session, real=real, busy=self._in_flight, limit=_BATCH)
            busy = {*self._in_flight, *(row.lane for row in doubtful)}
            heads = await outbox.heads(session, now=now, real=real, busy=busy, limit=_BATCH)
            held, again = await outbox.next_due(session, now, real)
        for row in doubtful:
            self._launch(row, self._reconcile(row, token))
        waits = [self._lease.total_seconds() / 3]
        waits += [one.total_seconds() for one in (held, again) if one is not None]
        for row in heads:
            present = clocks.monotonic()
            ready = self._pace.ready_at(row.kind, row.lane, present)
            if ready > present:
                waits.append(ready - present)
            else:
                self._pace.take(row.kind, row.lane, present)
                self._launch(row, self._deliver(row, token))
        return min(waits)

    async def _hold_lease(self) -> int | None:
        if self._token is not None and clocks.monotonic() < self._held_until:
            return self._token
        async with self._database.write() as session:
            token = await leases.hold(
                self._database, session, LEASE, self._holder, self._lease, force=self._forced
            )
            if token is not None and token != self._token:
                # Whatever an earlier dispatcher was sending may or may not have got through.
                after_grace = clocks.wall() + timedelta(seconds=self._grace)
                await outbox.doubt_orphans(session, token=token, retry_at=after_grace)
        self._forced, self._token = False, token
        self._held_until = clocks.monotonic() + self._lease.total_seconds() / 3
        return token

    def _launch(self, row: OutboxRow, work: Any) -> None:
        task = asyncio.create_task(work, name=f"outbox {row.id}")
        self._in_flight[row.lane] = task
        task.add_done_callback(lambda _: self._landed(row.lane))

    def _landed(self, lane: str) -> None:
        self._in_flight.pop(lane, None)
        self.wake()

    async def _deliver(self, row: OutboxRow, token: int) -> None:
        async with self._database.write() as session:
            if not await outbox.start(session, row.id, token=token, real=clocks.wall()):
                return
            row = await self._fresh(session, row.id)
            letter = await self._letter(session, row)
        courier = self._couriers[row.kind]
        try:
            if not row.progress and (progress := await courier.prepare(letter)):
                async with self._database.write() as session:
                    if not await outbox.note_progress(session, row.id, token=token, progress=progress):
                        return
                letter = Letter(letter.uid, letter.kind, letter.payload, letter.tried_at, progress)
            delivered = await courier.deliver(letter)
        except NotDelivered as error:
            await self._again(row, token, error)
        except Undeliverable as error:
            await self._settle(row, token, "failed", error=error.sentence)
        except Uncertain as error:
            await self._doubt(row, token, error.sentence)
        except Exception:
            # A courier's mistake: it may have happened after the call went out.
            log.exception("delivering outbox row %s failed in an unexpected way", row.id)
            await self._doubt(row, token, "an unexpected failure")
        else:
            await self._settle(row, token, "sent", delivered=delivered)

    async def _reconcile(self, row: OutboxRow, token: int) -> None:
        """Ask the outside what became of an uncertain try; only then settle it or queue it again."""
        async with self._database.write() as session:
            row = await self._fresh(session, row.id)
            row.token = token
            letter = await self._letter(session, row)
        try:
            delivered = await self._couriers[row.kind].find(letter)
        except Exception as error:  # noqa: BLE001 - whatever went wrong: without an answer it stays uncertain
            log.warning("cannot tell yet what became of outbox row %s: %s", row.id, type(error).__name__)
            await self._doubt(row, token, row.error or "")
            return
        if delivered:
            await self._settle(row, token, "sent", delivered=delivered)
        else:
            await self._put_back(row, token, "pending", retry_in=0.0, error=row.error)

    async def _again(self, row: OutboxRow, token: int, error: NotDelivered) -> None:
        if error.retry_after is not None:
            self._pace.pause(row.kind, row.lane, clocks.monotonic() + error.retry_after)
            await self._put_back(row, token, "pending", error.retry_after, error.sentence, counts=False)
        elif row.attempts >= self._attempts:
            await self._settle(row, token, "failed", error=error.sentence)
        else:
            wait = min(2.0 ** (row.attempts - 1), _LONGEST_WAIT)
            await self._put_back(row, token, "pending", wait, error.sentence)

    async def _doubt(self, row: OutboxRow, token: int, error: str) -> None:
        await self._put_back(row, token, "uncertain", self._grace, error)

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
            await outbox.put_back(
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
        """End a row, and tell whoever wanted to hear it, in one transaction."""
        async with self._database.write() as session:
            if not await outbox.settle(
                session, row.id, token=token, state=state, delivered=delivered, error=error
            ):
                return
            await self._tell(session, row.id)
            if state == "failed":
                await self._fail_dependents(session, row.id, token)

    async def _fail_dependents(self, session: AsyncSession, row_id: int, token: int) -> None:
        for child in await outbox.dependents(session, row_id):
            child.token, child.state, child.error = token, "failed", ORPHANED
            child.settled_at = clocks.wall()
            await session.flush()
            await self._tell(session, child.id)
            await self._fail_dependents(session, child.id, token)

    async def _tell(self, session: AsyncSession, row_id: int) -> None:
        row = await self._fresh(session, row_id)
        if row.purpose and (outcome := self._outcomes.get(row.purpose)):
            await outcome(session, row)

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
