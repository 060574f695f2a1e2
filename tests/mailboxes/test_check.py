"""`switchboard check` says what is wrong with a mailbox, with its remedy, and touches nothing in it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from bot import checkup, seed
from bot.checkup import Finding
from bot.settings import Mailbox, Settings
from bot.storage.database import Database
from tests.gateways.conftest import dovecot as dovecot  # noqa: PLC0414 - a fixture
from tests.gateways.dovecot import PASSWORD, Dovecot
from tests.gateways.tokens import TokenServer

ADDRESS = "orders97@shop.example"


@pytest.fixture
def database_kind() -> str:
    """Storage is tested on both databases elsewhere."""
    return "sqlite"


@pytest_asyncio.fixture
async def tokens() -> AsyncIterator[TokenServer]:
    async with TokenServer(ADDRESS) as server:
        yield server


async def looked(database: Database, server: Dovecot, **changes: Any) -> Finding:
    box = {
        "address": ADDRESS, "imap_host": "127.0.0.1", "imap_port": server.imap, "imap_security": "none",
        "imap_password": PASSWORD, **changes,
    }  # fmt: skip
    settings = Settings(mailbox=[Mailbox(**box)], database_url=database.url, smtp_in_port=seed.free_port())
    found = await checkup.findings(settings, http=False)
    return next(one for one in found if one.what == f"the mailbox {ADDRESS}")


async def test_it_finds_a_mailbox_well_and_leaves_it_as_it_is(database: Database, dovecot: Dovecot) -> None:
    assert (await looked(database, dovecot)).is_well


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"imap_password": "wrong"}, "password"),
        ({"imap_port": 9}, "127.0.0.1"),
        ({"imap_security": "tls"}, "TLS"),
        ({"imap_folders": ["INBOX", "Orders"]}, "has no folder Orders"),
        ({"smtp_host": "127.0.0.1", "smtp_port": 9, "smtp_security": "none"}, "cannot be reached"),
    ],
)
async def test_it_says_what_is_wrong_with_a_mailbox(
    database: Database, dovecot: Dovecot, changes: dict[str, Any], problem: str
) -> None:
    found = await looked(database, dovecot, **changes)
    assert problem in found.problem
    assert found.remedy


async def test_it_says_that_somebody_must_sign_in_again(
    database: Database, dovecot: Dovecot, tokens: TokenServer
) -> None:
    by_token = {
        "sign_in": "oauth", "client_id": "app-id", "client_secret": "app-secret", "scope": "mail",
        "refresh_token": "taken back", "token_url": f"{tokens.url}/token",
    }  # fmt: skip
    assert "Sign in to this mailbox again" in (await looked(database, dovecot, **by_token)).problem
