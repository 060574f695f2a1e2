"""An office for tests: people with hours, a clock that stands still, and the real heartbeat over it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot import blocks
from bot.clock import MovableClock
from bot.people import mornings, notices, store
from bot.people.model import Person
from bot.people.notices import Notice
from bot.storage import schedule
from bot.storage.database import Database
from bot.storage.outbox import OutboxRow
from jobs import people as jobs
from jobs.schedule import Heartbeat


def somebody(person_id: str, **more: Any) -> Person:
    """Give a colleague in London with office hours, unless `more` says otherwise."""
    given: dict[str, Any] = {
        "id": person_id, "name": person_id.title(), "email": f"{person_id.lower()}@shop.example", "title": "",
        "slack_zone": "Europe/London", "slack_language": "en", "is_bot": False, "is_guest": False,
        "is_stranger": False, "is_gone": False,
    }  # fmt: skip
    return Person(**(given | more))


def at(text: str, zone: str = "Europe/London") -> datetime:
    """Give the instant at which the clocks there show `text`."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@dataclass
class Office:
    """The database, the clock and the heartbeat."""

    database: Database
    clock: MovableClock
    heartbeat: Heartbeat

    @classmethod
    def opened(cls, database: Database, now: datetime) -> "Office":
        clock = MovableClock(now, running=False)
        return cls(database, clock, Heartbeat(database, clock, jobs.errands(), []))

    async def add(self, *people: Person) -> None:
        async with self.database.write() as session:
            await store.keep(session, people)
            for person in people:
                await mornings.plan(session, await session.get_one(Person, person.id), self.clock.now())

    async def tell(self, person_id: str, text: str, **more: Any) -> None:
        notice = Notice(more.pop("key", text), "test", text, **more)
        async with self.database.write() as session:
            person = await session.get_one(Person, person_id)
            await notices.tell(session, person, notice, self.clock.now())

    async def time_is(self, instant: datetime) -> None:
        """Move the clock through all that is due on the way, as the heartbeat of each second would."""
        while True:
            async with self.database.read() as session:
                due = await schedule.next_due(session)
            if due is None or due > instant:
                break
            self.clock.set(due)
            await self.heartbeat.knock()
        self.clock.set(instant)
        await self.heartbeat.knock()

    async def posts(self) -> list[tuple[str, str]]:
        """Give to whom what was posted: the person and all words of the message."""
        async with self.database.read() as session:
            rows = await session.execute(
                select(OutboxRow).where(OutboxRow.kind == "slack.post").order_by(OutboxRow.id)
            )
            return [(row.payload["channel"], words(row.payload["blocks"])) for row in rows.scalars()]


def words(shown: Sequence[blocks.Block]) -> str:
    """Give all words of some blocks."""
    lines = []
    for block in shown:
        if "text" in block:
            lines.append(str(block["text"]["text"]))
        lines += [str(one.get("text", "")) for one in block.get("elements", ()) if block["type"] == "context"]
    return "\n".join(lines)
