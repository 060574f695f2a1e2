"""What we know of our mailboxes: how far each was read, how it is, and the tokens to sign in with.

Who watches a mailbox, and who refreshes its token, is decided by leases, in the database's own time.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage import leases
from bot.storage.database import Base, Database, clean, for_change, insert

# Longer than a provider may take to answer: nobody else refreshes a token meanwhile.
_REFRESHING = timedelta(seconds=45)
_WAIT = 0.1
# How far the older mail of a mailbox was taken in.
WANTED, DONE = "wanted", "done"


class BookmarkRow(Base):
    """How far a folder of a mailbox was read, in the reader's own words."""

    __tablename__ = "bookmark"

    mailbox: Mapped[str] = mapped_column(primary_key=True)
    folder: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]


class TokenRow(Base):
    """What a provider gave last for signing in to a mailbox. It never leaves this table."""

    __tablename__ = "mailbox_token"

    address: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]


class MailboxRow(Base):
    """How a mailbox is. `since` is real time; `older`: wanted, done, or "" when nobody asked for it."""

    __tablename__ = "mailbox"

    address: Mapped[str] = mapped_column(primary_key=True)
    is_connected: Mapped[bool] = mapped_column(default=False)
    since: Mapped[datetime]
    problem: Mapped[str | None] = mapped_column(default=None)
    older: Mapped[str] = mapped_column(default="")
    older_count: Mapped[int] = mapped_column(default=0)
    older_taken: Mapped[int] = mapped_column(default=0)


async def all_of(session: AsyncSession) -> Sequence[MailboxRow]:
    """Give every mailbox of which something is known, by address."""
    return (await session.execute(select(MailboxRow).order_by(MailboxRow.address))).scalars().all()


async def get(session: AsyncSession, address: str, now: datetime) -> MailboxRow:
    """Give how a mailbox is, locked until this transaction ends; it is added when nothing was known of it."""
    row = {
        "address": clean(address), "is_connected": False, "since": now, "older": "", "older_count": 0,
        "older_taken": 0,
    }  # fmt: skip
    await session.execute(insert(session, MailboxRow).values(row).on_conflict_do_nothing())
    rows = select(MailboxRow).where(MailboxRow.address == address)
    return (await session.execute(for_change(rows))).scalar_one()


@dataclass(frozen=True)
class StoredBookmarks:
    """Keeps bookmarks; each is committed when `set` returns."""

    database: Database

    async def get(self, mailbox: str, folder: str) -> str | None:
        """Give what was kept last."""
        async with self.database.read() as session:
            row = await session.get(BookmarkRow, (mailbox, folder))
            return row.text if row else None

    async def set(self, mailbox: str, folder: str, text: str) -> None:
        """Keep it."""
        row = {"mailbox": clean(mailbox), "folder": clean(folder), "text": text}
        statement = self.database.insert(BookmarkRow).values(row)
        keep = statement.on_conflict_do_update(
            index_elements=["mailbox", "folder"], set_={"text": statement.excluded.text}
        )
        async with self.database.write() as session:
            await session.execute(keep)


@dataclass(frozen=True)
class StoredTokens:
    """Keeps the tokens of mailboxes, for all replicas."""

    database: Database

    async def get(self, address: str) -> str | None:
        """Give what was kept last."""
        async with self.database.read() as session:
            row = await session.get(TokenRow, address)
            return row.text if row else None

    async def put(self, address: str, text: str) -> None:
        """Keep it."""
        statement = self.database.insert(TokenRow).values({"address": clean(address), "text": text})
        keep = statement.on_conflict_do_update(
            index_elements=["address"], set_={"text": statement.excluded.text}
        )
        async with self.database.write() as session:
            await session.execute(keep)

    @asynccontextmanager
    async def alone(self, address: str) -> AsyncIterator[None]:
        """Let one at a time into this block, of all replicas; the others wait."""
        mine = Lease(self.database, f"token:{address}", _REFRESHING)
        while not await mine.hold():  # noqa: ASYNC110 - another replica's end is told by the database only
            await asyncio.sleep(_WAIT)
        try:
            yield
        finally:
            await mine.let_go()


@dataclass
class Lease:
    """Decides which replica does something for a mailbox; `ttl` says for how long without a renewal."""

    database: Database
    name: str
    ttl: timedelta
    # The one process of an embedded database takes over what one before it held.
    takes_over: bool = False
    _holder: str = field(default_factory=lambda: uuid.uuid4().hex)

    async def hold(self) -> bool:
        """Take or renew it; False while another holder has it."""
        async with self.database.write() as session:
            force = self.takes_over and self.database.is_sqlite
            token = await leases.hold(self.database, session, self.name, self._holder, self.ttl, force=force)
        self.takes_over = False
        return token is not None

    async def let_go(self) -> None:
        """Give it up, so that another need not wait."""
        async with self.database.write() as session:
            await leases.let_go(session, self.name, self._holder, await self.database.machine_now(session))
