"""A standup for tests: people in three zones, a clock that stands still, and the real errands over it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from bot.clock import MovableClock
from bot.people import areas, mornings, store
from bot.people.model import Person
from bot.ports import LanguageModel
from bot.rhythms import Rhythm
from bot.services import Services
from bot.standups import answering, rounds
from bot.standups.answering import Shared
from bot.standups.model import Asked, Change, Round, Standup
from bot.storage import inbox, schedule
from bot.storage.database import Database
from bot.storage.outbox import OutboxRow
from bot.storage.schedule import ScheduleRow
from bot.understanding.nomodel import NoModel
from jobs import people as people_jobs
from jobs import standups as jobs
from jobs.arrivals import ArrivalWorker
from jobs.schedule import Heartbeat
from tests.patience import until
from tests.people.office import somebody, words

ZONES = {"AIKO": "Asia/Shanghai", "CAMILLE": "Europe/Lisbon", "DIEGO": "America/New_York"}


@dataclass
class Circle:
    """The database, the clock and one or more hearts that beat over it, as replicas do."""

    database: Database
    clock: MovableClock
    hearts: list[Heartbeat]
    standup_id: int = 0

    async def begin(self, rhythm: Rhythm, *, template: str = "industry_change", hour: str = "09:30") -> None:
        plan = rounds.Plan("Our industry", template, rhythm, hour, "C1", tuple(ZONES))
        async with self.database.write() as session:
            owner = await session.get_one(Person, "NORA")
            self.standup_id = (await rounds.begin(session, plan, owner, self.clock.now())).id

    async def time_is(self, instant: datetime, *, standstill: bool = False) -> None:
        """Move the clock through all that is due; in a standstill nobody looks before the end."""
        while not standstill and (due := await self._next_due()) is not None and due <= instant:
            self.clock.set(max(due, self.clock.now()))
            await self._beat()
        self.clock.set(instant)
        await self._beat()
        while (due := await self._next_due()) is not None and due <= instant:
            await self._beat()

    async def _next_due(self) -> datetime | None:
        async with self.database.read() as session:
            return await schedule.next_due(session)

    async def _beat(self) -> None:
        await asyncio.gather(*(heart.knock() for heart in self.hearts))
        await until(self._is_quiet)

    async def _is_quiet(self) -> bool:
        async with self.database.read() as session:
            return not await inbox.waiting(session)

    async def shares(self, person_id: str, what: str, **more: Any) -> None:
        async with self.database.write() as session:
            one = (await session.execute(select(Round).order_by(Round.id.desc()).limit(1))).scalar_one()
            person = await session.get_one(Person, person_id)
            add = more.pop("more", False)
            await answering.share(session, one.id, person, Shared(what, **more), self.clock.now(), more=add)

    async def set_state(self, state: str) -> None:
        async with self.database.write() as session:
            standup = await session.get_one(Standup, self.standup_id)
            await rounds.set_state(session, standup, state, self.clock.now())

    async def all(self, table: type[Any]) -> list[Any]:
        async with self.database.read() as session:
            return list((await session.execute(select(table))).scalars())

    async def dates(self) -> list[str]:
        return [f"{one.nominal:%d %b}" for one in await self.all(Round)]

    async def state_of(self, person_id: str) -> str:
        return [one.state for one in await self.all(Asked) if one.person_id == person_id][-1]

    async def changes(self) -> list[Change]:
        return sorted(await self.all(Change), key=lambda one: one.id)

    async def posts(self, channel: str) -> list[str]:
        """Give the words of what was posted to a channel or person."""
        rows = sorted(await self.all(OutboxRow), key=lambda one: one.id)
        return [
            words(one.payload["blocks"])
            for one in rows
            if one.kind == "slack.post" and one.payload["channel"] == channel
        ]

    async def planned(self, key: str) -> datetime | None:
        return next((one.due for one in await self.all(ScheduleRow) if one.key == key), None)


@asynccontextmanager
async def opened(
    url: str, now: datetime, *, replicas: int = 1, model: LanguageModel | None = None
) -> AsyncIterator[Circle]:
    """Give a circle of three, and Nora who begins standups; each replica has connections of its own."""
    clock = MovableClock(now, running=False)
    databases = [Database(url) for _ in range(replicas)]
    async with databases[0].write() as session:
        await areas.switch(session, "standups", on=True)
        for person_id, zone in (ZONES | {"NORA": "Europe/Stockholm"}).items():
            session.add(somebody(person_id, slack_zone=zone))
        await session.flush()
        for person in await store.colleagues(session):
            await mornings.plan(session, person, now)
    hearts, workers = [], []
    for database in databases:
        services: Any = Services(
            settings=None, clock=clock, database=database, views=None, model=model or NoModel(),
            channels=None, bot_user_id="B", team_id="T",
        )  # type: ignore[arg-type] # fmt: skip
        worker = ArrivalWorker(
            database, {jobs.SOURCE: partial(jobs.arrived, services)}, lease=timedelta(seconds=30)
        )
        errands = people_jobs.errands() | jobs.errands()
        hearts.append(Heartbeat(database, clock, errands, [worker.wake]))
        workers.append((worker, asyncio.create_task(worker.run())))
    try:
        yield Circle(databases[0], clock, hearts)
    finally:
        for worker, task in workers:
            await worker.stop()
            await task
        for database in databases:
            await database.dispose()
