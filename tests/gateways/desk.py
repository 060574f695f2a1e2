"""A shop with a mailbox on a real mail server and a real inbox, for the tests of what reads it."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from itertools import count
from typing import Any

from sqlalchemy import select

from bot.gateways.imap import Lease, MailboxState, Pace, Watcher
from bot.gateways.imap_connection import Account
from bot.gateways.imap_older import OlderMail
from bot.gateways.imap_session import SignIn
from bot.storage import blobs
from bot.storage.database import Database
from bot.storage.inbox import Inbox, InboxRow
from tests.gateways.dovecot import PASSWORD, Dovecot
from tests.patience import until

FAST = Pace(recheck=0.3, first_wait=0.05, longest_wait=0.2, slow_wait=0.2, longest_slow_wait=0.3, renew=0.1)
# As above, but whatever is not told by IDLE is never looked for.
IDLE_ONLY = Pace(recheck=600, first_wait=0.05, longest_wait=0.2, renew=0.1)
_numbers = count(1)


def mail(
    subject: str,
    *,
    sender: str = "li@factory.example",
    to: str = "orders@shop.example",
    at: datetime | None = None,
    headers: Mapping[str, str] | None = None,
    size: int = 0,
) -> bytes:
    """Write a mail as a supplier's program does."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = format_datetime(at or datetime.now(UTC))
    message["Message-ID"] = f"<{next(_numbers)}@factory.example>"
    for name, value in (headers or {}).items():
        message[name] = value
    message.set_content(f"About {subject}: 订单已发货。\n" + "x" * 70 * (size // 70))
    return message.as_bytes()


@dataclass(frozen=True)
class Taken:
    """A mail in the inbox."""

    subject: str
    envelope: Mapping[str, Any]
    raw: bytes
    lane: str


class Desk:
    """The shop's side: its inbox, its bookmarks (in memory), and what was reported about its mailbox."""

    def __init__(self, database: Database, store: Inbox, server: Dovecot, address: str) -> None:
        self.database, self.store, self.server, self.address = database, store, server, address
        self.notes: dict[tuple[str, str], str] = {}
        self.states: list[MailboxState] = []
        self.refuses = self.forgets = self.is_deaf = False
        self.offers = 0

    def account(self, **changes: Any) -> Account:
        """Give the mailbox."""
        settings: dict[str, Any] = {
            "address": self.address,
            "host": "127.0.0.1",
            "port": self.server.imap,
            "security": "none",
            "password": PASSWORD,
            "timeout": 5.0,
        }
        return Account(**settings | changes)

    async def get(self, mailbox: str, folder: str) -> str | None:
        return self.notes.get((mailbox, folder))

    async def set(self, mailbox: str, folder: str, text: str) -> None:
        if self.forgets:
            raise ConnectionError
        self.notes[mailbox, folder] = text

    async def accept(
        self, source: str, key: str, body: bytes, *, lane: str = "", blobs: Mapping[str, bytes] | None = None
    ) -> bool:
        """Be the inbox, or an inbox whose database is down."""
        self.offers += 1
        if self.refuses:
            raise ConnectionError
        return await self.store.accept(source, key, body, lane=lane, blobs=blobs)

    async def report(self, state: MailboxState) -> None:
        if self.is_deaf:
            raise ConnectionError
        self.states.append(state)

    async def taken(self) -> list[Taken]:
        """Give all mails that are in the inbox, in order."""
        async with self.database.read() as session:
            rows = (await session.execute(select(InboxRow).order_by(InboxRow.id))).scalars().all()
            found = []
            for row in rows:
                envelope = json.loads(row.body)
                raw = await blobs.get(session, envelope["sha256"])
                subject = next(line for line in raw.splitlines() if line.startswith(b"Subject: "))
                found.append(Taken(subject[9:].decode(), envelope, raw, row.lane))
        return found

    async def subjects(self) -> list[str]:
        return [one.subject for one in await self.taken()]

    async def has(self, *subjects: str) -> None:
        """Wait until these are in the inbox, and nothing else."""

        async def there() -> bool:
            return sorted(await self.subjects()) == sorted(subjects)

        try:
            await until(there, 8)
        except TimeoutError:
            raise AssertionError(f"{await self.subjects()} are in the inbox, not {subjects}") from None

    @asynccontextmanager
    async def watching(
        self,
        *,
        pace: Pace = FAST,
        sign_in: SignIn | None = None,
        lease: Lease | None = None,
        is_ready: bool = True,
        **changes: Any,
    ) -> AsyncIterator[Watcher]:
        """Watch the mailbox inside this block; `is_ready`: wait for the first look before it begins."""
        watcher = Watcher(
            self.account(**changes),
            self.accept,
            self,
            sign_in=sign_in,
            lease=lease,
            report=self.report,
            pace=pace,
        )
        task = asyncio.create_task(watcher.run())
        try:
            if is_ready:
                await until(lambda: watcher.state.connected, 8)
            yield watcher
        finally:
            await watcher.stop()
            async with asyncio.timeout(5):
                await task

    def older(self, *, since: datetime | None = None, **changes: Any) -> OlderMail:
        return OlderMail(self.account(**changes), self, since=since)

    async def problem(self, watcher: Watcher, words: str) -> str:
        """Wait until the watcher reports a problem with these words."""
        await until(lambda: words in (watcher.state.problem or ""), 8)
        return watcher.state.problem or ""


class OneOfTwo:
    """A lease that is held by one of several at a time, and can be taken away."""

    def __init__(self) -> None:
        self.holder: object | None = None

    def of(self, name: str) -> "_Mine":
        return _Mine(self, name)


@dataclass(frozen=True)
class _Mine:
    lease: OneOfTwo
    name: str

    async def hold(self) -> bool:
        if self.lease.holder is None:
            self.lease.holder = self.name
        return self.lease.holder == self.name

    async def let_go(self) -> None:
        if self.lease.holder == self.name:
            self.lease.holder = None


def ago(days: float) -> datetime:
    """Give an instant so many days ago."""
    return datetime.now(UTC) - timedelta(days=days)


def as_imap(instant: datetime) -> str:
    """Write an instant as IMAP does."""
    _, day, month, year, time, zone = format_datetime(instant).split()
    return f"{day}-{month}-{year} {time} {zone}"
