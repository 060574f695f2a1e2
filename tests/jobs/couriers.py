"""An outside that remembers everything, and fails as a test asks it to."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from bot.clock import Clock, SystemClock
from bot.ports import Courier, Delivered, Letter
from bot.storage import outbox
from bot.storage.database import Database
from bot.storage.outbox import Draft, OutboxRow
from jobs.delivery import Dispatcher, Outcome
from jobs.pacing import Pace
from tests.patience import until

# A kind without a limit, so that a test of something else need not wait for the pace.
KIND = "test.send"
GRACE = 0.15


class Recorder:
    """Takes letters. `troubles` are what happens to the next ones: (before acting, after acting)."""

    def __init__(self) -> None:
        self.received: list[Letter] = []
        self.prepared: list[str] = []
        self.asked: list[str] = []
        self.troubles: deque[tuple[Any, Any]] = deque()
        self.answers: deque[Any] = deque()
        self.under_way = 0
        self.remembers = True  # a mail server does not

    def fail_before(self, *failures: Any) -> None:
        """Let the next calls fail before anything happened; an Event is waited for."""
        self.troubles += [(failure, None) for failure in failures]

    def fail_after(self, *failures: Any) -> None:
        """Let the next calls happen, and fail nevertheless; an Event is waited for."""
        self.troubles += [(None, failure) for failure in failures]

    async def prepare(self, letter: Letter) -> Mapping[str, Any]:
        self.prepared.append(letter.payload["text"])
        return {"ticket": len(self.prepared)} if letter.payload.get("file") else {}

    async def deliver(self, letter: Letter) -> Delivered:
        before, after = self.troubles.popleft() if self.troubles else (None, None)
        self.under_way += 1
        try:
            await self._suffer(before)
            self.received.append(letter)
            ts = f"{len(self.received)}.0"
            await self._suffer(after)
        finally:
            self.under_way -= 1
        return Delivered(letter.payload.get("channel", "C1"), ts)

    async def find(self, letter: Letter) -> Delivered | None:
        self.asked.append(letter.payload["text"])
        if self.answers:
            await self._suffer(self.answers.popleft())
        for number, received in enumerate(self.received):
            if received.uid == letter.uid and self.remembers:
                return Delivered("C1", f"{number + 1}.0")
        return None

    @staticmethod
    async def _suffer(trouble: Any) -> None:
        if isinstance(trouble, asyncio.Event):
            await trouble.wait()
        elif trouble is not None:
            raise trouble

    @property
    def texts(self) -> list[str]:
        """What arrived, in order."""
        return [letter.payload["text"] for letter in self.received]

    def lane(self, prefix: str) -> list[str]:
        """Give what arrived of one lane, in order."""
        return [text for text in self.texts if text.startswith(prefix)]

    @property
    def doubled(self) -> list[str]:
        """What arrived more than once."""
        return [text for text, times in Counter(self.texts).items() if times > 1]


@asynccontextmanager
async def dispatching(
    database: Database,
    courier: Courier,
    *,
    outcomes: Mapping[str, Outcome] | None = None,
    clock: Clock | None = None,
    pace: Pace | None = None,
    kinds: tuple[str, ...] = (KIND, "slack.update", "slack.file"),
    killed: bool = False,
    **options: Any,
) -> AsyncIterator[Dispatcher]:
    """Run a dispatcher; with `killed` it ends as under kill -9: no lease given up, no row put back."""
    couriers = dict.fromkeys(kinds, courier)
    options = {"grace": GRACE, "lease": timedelta(seconds=0.6)} | options
    dispatcher = Dispatcher(
        database, couriers, outcomes or {}, clock or SystemClock(), pace=pace or Pace(), **options
    )
    task = asyncio.create_task(dispatcher.run())
    try:
        yield dispatcher
        if not killed:
            await dispatcher.stop()
            await task
    finally:
        left = [task, *dispatcher._in_flight.values()]
        for one in left:
            one.cancel()
        await asyncio.gather(*left, return_exceptions=True)


async def add(database: Database, *texts: str, lane: str | None = None, **more: Any) -> list[int]:
    """Add letters; the lane is the first letter of the text."""
    payload = more.pop("payload", {})
    kind = more.pop("kind", KIND)
    async with database.write() as session:
        return [
            await outbox.add(session, Draft(text, kind, lane or text[0], {"text": text, **payload}, **more))
            for text in texts
        ]


async def states(database: Database) -> dict[str, str]:
    """Give the state of every row, by its key."""
    async with database.read() as session:
        found = await session.execute(select(OutboxRow.key, OutboxRow.state))
        return dict(found.tuples().all())


async def rows(database: Database) -> list[OutboxRow]:
    """Give every row."""
    async with database.read() as session:
        return list((await session.execute(select(OutboxRow).order_by(OutboxRow.id))).scalars())


async def settled(database: Database, within: float = 20) -> dict[str, str]:
    """Wait until nothing is to be delivered any more; the states."""

    async def nothing_waits() -> bool:
        return not set(outbox.UNSETTLED) & set((await states(database)).values())

    await until(nothing_waits, within)
    return await states(database)
