"""Dovecot lets us in by XOAUTH2, and asks the token server whether the token is good."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.gateways.oauth import OAuth
from tests.conftest import missing
from tests.gateways import dovecot as servers
from tests.gateways.desk import FAST, Desk, mail
from tests.gateways.dovecot import Dovecot, Wire
from tests.gateways.tokens import Tokens, TokenServer
from tests.patience import until


@pytest.fixture
def database_kind() -> str:
    """Storage is tested on both databases elsewhere."""
    return "sqlite"


@pytest_asyncio.fixture
async def provider(desk: Desk) -> AsyncIterator[TokenServer]:
    """Give a token server, and a mail server that believes it."""
    if not servers.is_there():
        missing(servers.MISSING)
    async with TokenServer(desk.address) as tokens:
        server = Dovecot(introspection=f"{tokens.url}/introspect")
        try:
            server.start()
            desk.server = server
            yield tokens
        finally:
            server.remove()


async def test_it_signs_in_with_a_token(desk: Desk, provider: TokenServer) -> None:
    oauth = OAuth(desk.address, provider.app(), Tokens())
    async with desk.watching(sign_in=oauth, password=""):
        desk.server.deliver(desk.address, mail("By token"))
        await desk.has("By token")


async def test_it_fetches_a_fresh_token_when_the_old_one_was_taken_back(
    desk: Desk, provider: TokenServer
) -> None:
    oauth = OAuth(desk.address, provider.app(), Tokens())
    async with Wire(desk.server.imap) as wire, desk.watching(sign_in=oauth, port=wire.port) as watcher:
        provider.good.clear()
        wire.cut()
        desk.server.deliver(desk.address, mail("Under the new token"))
        await desk.has("Under the new token")
        await until(lambda: watcher.state.connected)
    assert provider.good == {"access-2"}


async def test_it_says_that_one_must_sign_in_again_and_goes_on_when_one_did(
    desk: Desk, provider: TokenServer
) -> None:
    oauth = OAuth(desk.address, provider.app(), Tokens())
    async with Wire(desk.server.imap) as wire, desk.watching(sign_in=oauth, port=wire.port) as watcher:
        provider.good.clear()
        provider.refresh = "another"
        wire.cut()
        said = await desk.problem(watcher, "Sign in to this mailbox again")
        assert desk.address in said
        desk.server.deliver(desk.address, mail("Waits"))
        page = oauth.page("http://127.0.0.1:8080/signed-in")
        await oauth.redeem(provider.sign_in(page.url), page, "http://127.0.0.1:8080/signed-in")
        await desk.has("Waits")
        await until(lambda: watcher.state.problem is None)


async def test_it_says_that_somebody_else_is_signed_in(desk: Desk, provider: TokenServer) -> None:
    oauth = OAuth(desk.address, provider.app(), Tokens())
    provider.address = "somebody.else@shop.example"
    async with desk.watching(pace=FAST, sign_in=oauth, is_ready=False) as watcher:
        said = await desk.problem(watcher, "does not accept the sign-in")
        assert said == (
            f"The mail server 127.0.0.1 does not accept the sign-in for {desk.address}. "
            "Check that the account signed in is this mailbox's, and that IMAP is allowed for it; "
            "mail waits on the server meanwhile."
        )
