"""A customers' desk for tests: departments, people with hours, a clock that stands still, the heartbeat."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest_asyncio
from sqlalchemy import select

from bot.clock import MovableClock
from bot.letters.model import Channels
from bot.people import areas, store
from bot.people.model import Department, Person
from bot.storage.database import Database
from bot.storage.outbox import OutboxRow
from bot.triage import form, intake
from bot.triage.model import Found, Ticket
from jobs import people as people_jobs
from jobs import triage as triage_jobs
from jobs.schedule import Heartbeat
from tests.people.office import Office, at, somebody, words


@dataclass
class Desk(Office):
    """An office in which customers write."""

    async def begins(self, slug: str, lead: str | None, members: tuple[str, ...], **more: Any) -> None:
        """Found a department."""
        async with self.database.write() as session:
            department = Department(slug=slug, name=slug.title(), aim="retention", lead_id=lead, **more)
            session.add(department)
            await session.flush()
            await store.set_members(session, department.id, members)

    async def mail(
        self, text: str = "Where is it?", priority: str = "normal", department: str = "service"
    ) -> int:
        """Let a customer write something new; the ticket's number."""
        filled = form.Form(text=text, email=f"c{self.clock.now().timestamp()}@box.example", name="Cleo")
        arrived = form.mail_of(filled, "support@shop.example", self.clock.now())
        found = Found(
            category="order_status",
            confidence=0.95,
            asks=False,
            why=("Where",),
            language="en",
            priority=priority,
            priority_why=(),
            order_number=None,
            sku=None,
            department=department,
        )
        async with self.database.write() as session:
            await intake.receive(self.database, session, arrived, found, Channels("CS", "CU", "CT"))
            newest = select(Ticket.id).order_by(Ticket.id.desc()).limit(1)
            return int((await session.execute(newest)).scalar_one())

    async def ticket(self, number: int) -> Ticket:
        """Give a ticket as it stands."""
        async with self.database.read() as session:
            return await session.get_one(Ticket, number)

    async def does(self, number: int, what: Any, person_id: str, *more: Any, **named: Any) -> None:
        """Let somebody do something with a ticket."""
        async with self.database.write() as session:
            person = await session.get_one(Person, person_id)
            await what(session, number, *more, person, self.clock.now(), **named)

    async def told(self) -> list[str]:
        """Give who was written to in a direct message about customers, in order."""
        # What stands in the one message of a morning is told to nobody out of turn.
        return [who for who, text in await self.direct() if "*#" in text and "Your day" not in text]

    async def direct(self) -> list[tuple[str, str]]:
        """Give every direct message, to whom and its words, in order."""
        async with self.database.read() as session:
            rows = await session.execute(
                select(OutboxRow).where(OutboxRow.kind == "slack.post").order_by(OutboxRow.id)
            )
            direct = [row.payload for row in rows.scalars() if row.payload.get("channel", "").startswith("U")]
        return [(one["channel"], words(one["blocks"])) for one in direct]


@pytest_asyncio.fixture
async def desk(database: Database) -> AsyncIterator[Desk]:
    """Give a desk on a Wednesday at 10 in London: ULEA leads service, UANN and UBEN work there."""
    clock = MovableClock(at("2026-11-25 10:00"), running=False)
    errands = {**people_jobs.errands(), **triage_jobs.errands()}
    made = Desk(database, clock, Heartbeat(database, clock, errands, []))
    await made.add(somebody("ULEA"), somebody("UANN"), somebody("UBEN"))
    await made.begins("service", "ULEA", ("UANN", "UBEN"), zone="Europe/London", hours="mon-fri 9-17")
    async with database.write() as session:
        await areas.switch(session, "triage", on=True)
    yield made
