"""A shop to which mail is brought by hand: the real tables and handlers, without Slack."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import MovableClock
from bot.letters.model import Channels, Stray, fold
from bot.people.model import Person
from bot.services import Services
from bot.settings import Mailbox, Settings
from bot.storage import blobs
from bot.storage.database import Database
from bot.storage.outbox import OutboxRow
from bot.storage.triggers import Trigger
from bot.suppliers.model import Contact, Conversation, Supplier, SupplierMail
from bot.understanding.nomodel import NoModel
from handlers import mail

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
LI = "li@ningbo.example"
ORDERS, PARTS, HELP = "orders@shop.example", "parts@shop.example", "help@shop.example"
_numbers = count(1)


def written(
    subject: str, text: str, *, sender: str = f"Li Wei <{LI}>", to: str = ORDERS, **headers: str
) -> bytes:
    """Write a mail; a keyword such as `In_Reply_To` is a header."""
    given = {"From": sender, "To": to, "Subject": subject, "Message-ID": f"<{next(_numbers)}@mail.example>"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode()


async def _at_once(_session: AsyncSession) -> None:
    """Mark nothing: these mails come from no inbox."""


class PostRoom:
    """Brings mail in, and tells what became of it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        settings = Settings(
            mailbox=[
                Mailbox(address=ORDERS),
                Mailbox(address=PARTS),
                Mailbox(address=HELP, area="customers"),
            ]
        )
        given = {
            "settings": settings,
            "clock": MovableClock(NOW, running=False),
            "database": database,
            "model": NoModel(),
            "channels": Channels("C-suppliers", "C-unsorted", "C-triage"),
        }
        self.services = Services(**dict.fromkeys(Services.__dataclass_fields__) | given)

    async def opens(self) -> None:
        """Let the shop know a supplier, and a colleague."""
        async with self.database.write() as session:
            supplier = Supplier(
                name="Ningbo Kilns", folded_name=fold("Ningbo Kilns"), language="zh", zone="Asia/Shanghai",
                country="CN", added_at=NOW,
            )  # fmt: skip
            session.add(supplier)
            await session.flush()
            session.add(Contact(supplier_id=supplier.id, name="Li Wei", address=LI))
            tom = {"id": "TOM", "name": "Tom", "email": "tom@shop.example", "title": ""}
            tom |= {"slack_zone": "Europe/London", "slack_language": "en"}
            session.add(Person(**tom, is_bot=False, is_guest=False, is_stranger=False, is_gone=False))

    async def arrives(self, raw: bytes, *, mailbox: str = ORDERS, **envelope: Any) -> None:
        """Let a mail arrive."""
        sha256 = blobs.digest(raw)
        async with self.database.write() as session:
            await blobs.put(self.database, session, {sha256: raw})
        body = {"recipients": [mailbox], "sha256": sha256, "arrived_at": NOW.isoformat(), **envelope}
        await mail.arrived(self.services, json.dumps(body).encode(), Trigger(self.database, _at_once))

    async def _all(self, table: Any) -> Sequence[Any]:
        async with self.database.read() as session:
            return (await session.execute(select(table).order_by(table.id))).scalars().all()

    async def conversations(self) -> Sequence[Conversation]:
        return await self._all(Conversation)

    async def mails(self) -> Sequence[SupplierMail]:
        return await self._all(SupplierMail)

    async def strays(self) -> Sequence[Stray]:
        return await self._all(Stray)

    async def leaving(self) -> Sequence[OutboxRow]:
        return await self._all(OutboxRow)

    async def posts(self) -> list[str]:
        """Give what is said in Slack, as JSON."""
        return [json.dumps(row.payload) for row in await self.leaving() if row.kind == "slack.post"]
