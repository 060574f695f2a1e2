"""For the tests of mailboxes: a mail server for all of them, and a desk with its own mailbox for each."""

import threading
from collections.abc import AsyncIterator, Iterator
from itertools import count

import pytest
import pytest_asyncio

from bot.storage.database import Database
from bot.storage.inbox import Inbox
from tests.conftest import missing
from tests.gateways import dovecot as servers
from tests.gateways.desk import Desk
from tests.gateways.dovecot import Dovecot

_numbers = count(1)


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    if not servers.is_there():
        missing(servers.MISSING)
    server = Dovecot()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def own_dovecot() -> Iterator[Dovecot]:
    """Give a mail server that a test may stop."""
    if not servers.is_there():
        missing(servers.MISSING)
    server = Dovecot()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest_asyncio.fixture
async def desk(database: Database, dovecot: Dovecot) -> AsyncIterator[Desk]:
    async with Inbox(database) as store:
        yield Desk(database, store, dovecot, f"orders{next(_numbers)}@shop.example")
    assert not [one.name for one in threading.enumerate() if one.name.startswith("mailbox")]
