"""Two replicas share a mailbox: each mail is taken in once, and one goes on when the other ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial

import pytest
import pytest_asyncio
from sqlalchemy import select

from bot import mailing
from bot.clock import wall
from bot.mailing import Watching
from bot.services import Services
from bot.settings import Mailbox, Settings
from bot.storage import mailboxes
from bot.storage.database import Database
from bot.storage.inbox import Inbox, InboxRow
from jobs.crew import Crew
from tests.gateways.conftest import dovecot as dovecot  # noqa: PLC0414 - a fixture
from tests.gateways.desk import mail
from tests.gateways.dovecot import PASSWORD, Dovecot
from tests.mailboxes.post_room import PostRoom
from tests.patience import until

ADDRESS = "orders96@shop.example"


@pytest.fixture
def database_kind() -> str:
    """Leave the embedded database out: it has one process only."""
    return "postgresql"


@pytest_asyncio.fixture
async def replica(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url)
    yield opened
    await opened.dispose()


@asynccontextmanager
async def watching(services: Services) -> AsyncIterator[None]:
    async with Inbox(services.database) as store:
        doors = mailing.doors(services.settings, services.database)
        watched = Watching(services, doors, store.accept, Crew())
        task = asyncio.create_task(watched.run())
        try:
            yield
        finally:
            await watched.stop()
            async with asyncio.timeout(5):
                await task


async def test_it_takes_each_mail_in_once_and_goes_on_when_one_replica_ends(
    room: PostRoom, replica: Database, dovecot: Dovecot
) -> None:
    box = Mailbox(
        address=ADDRESS, imap_host="127.0.0.1", imap_port=dovecot.imap, imap_security="none",
        imap_password=PASSWORD,
    )  # fmt: skip
    settings = Settings(mailbox=[box], mail_recheck_seconds=0.3)
    first = replace(room.services, settings=settings)
    second = replace(first, database=replica)

    async def taken() -> int:
        async with room.database.read() as session:
            return len((await session.execute(select(InboxRow.id))).all())

    async def has(count: int) -> bool:
        return await taken() >= count

    async def connected() -> bool:
        async with room.database.write() as session:
            return (await mailboxes.get(session, ADDRESS, wall())).is_connected

    async with AsyncExitStack() as ending:
        await ending.enter_async_context(watching(first))
        await until(connected)
        async with watching(second):
            for number in range(5):
                dovecot.deliver(ADDRESS, mail(f"Number {number}"))
            await until(partial(has, 5))
            await ending.aclose()
            dovecot.deliver(ADDRESS, mail("After one has ended"))
            await until(partial(has, 6), 30)
    assert await taken() == 6
