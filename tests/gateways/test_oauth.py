"""Signing in by OAuth against a token server: fetched, refreshed once for all, and plain words."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.gateways.oauth import AppNotAccepted, OAuth, ProviderUnreachable, SignInAgain, for_itself, microsoft
from tests.gateways.tokens import Tokens, TokenServer
from tests.patience import until

ADDRESS = "orders@shop.example"


@pytest_asyncio.fixture
async def server() -> AsyncIterator[TokenServer]:
    async with TokenServer(ADDRESS) as running:
        yield running


async def test_it_fetches_a_token_and_uses_it_while_it_is_good(server: TokenServer) -> None:
    oauth = OAuth(ADDRESS, server.app(), Tokens())
    assert [await oauth() for _ in range(3)] == ["access-1"] * 3
    [asked] = server.asked
    assert asked == {
        "grant_type": "refresh_token",
        "refresh_token": "refresh-0",
        "client_id": "app-id",
        "client_secret": "app-secret",
        "scope": "mail offline_access",
    }


async def test_it_refreshes_before_the_token_runs_out_with_what_was_given_last(server: TokenServer) -> None:
    server.lives = 30
    oauth = OAuth(ADDRESS, server.app(), Tokens())
    assert await oauth() == "access-1"
    assert await oauth() == "access-2"
    assert [asked["refresh_token"] for asked in server.asked] == ["refresh-0", "refresh-1"]


async def test_it_keeps_the_refresh_token_of_a_provider_that_gives_no_new_one(server: TokenServer) -> None:
    server.rotates, server.lives = False, 30
    oauth = OAuth(ADDRESS, server.app(), Tokens())
    assert [await oauth(), await oauth()] == ["access-1", "access-2"]
    assert [asked["refresh_token"] for asked in server.asked] == ["refresh-0", "refresh-0"]


async def test_it_fetches_another_for_one_that_was_refused(server: TokenServer) -> None:
    oauth = OAuth(ADDRESS, server.app(), Tokens())
    assert await oauth(await oauth()) == "access-2"


async def test_it_refreshes_once_for_all_replicas(server: TokenServer) -> None:
    store = Tokens()
    replicas = [OAuth(ADDRESS, server.app(), store) for _ in range(4)]
    server.gate.clear()
    asking = [asyncio.create_task(oauth()) for oauth in replicas]
    await until(lambda: server.asked)
    server.gate.set()
    assert await asyncio.gather(*asking) == ["access-1"] * 4
    assert len(server.asked) == 1


async def test_it_takes_the_newer_token_that_a_person_put_into_the_settings(server: TokenServer) -> None:
    store = Tokens()
    await OAuth(ADDRESS, server.app(), store)()
    server.refresh = "signed in again"
    oauth = OAuth(ADDRESS, server.app(refresh_token="signed in again"), store)
    assert await oauth() == "access-2"


async def test_it_says_that_one_must_sign_in_again(server: TokenServer) -> None:
    server.refresh = "taken back"
    with pytest.raises(SignInAgain) as failed:
        await OAuth(ADDRESS, server.app(), Tokens())()
    assert failed.value.slow
    assert failed.value.sentence == (
        f"The sign-in for {ADDRESS} is no longer valid: it was taken back, ran out, or the password changed. "
        f"Sign in to this mailbox again (switchboard mail sign-in {ADDRESS}); "
        "mail waits on the server meanwhile."
    )


async def test_it_says_that_nobody_has_signed_in_yet(server: TokenServer) -> None:
    with pytest.raises(SignInAgain):
        await OAuth(ADDRESS, server.app(refresh_token=""), Tokens())()
    assert server.asked == []


async def test_it_says_that_the_secret_of_our_app_has_run_out(server: TokenServer) -> None:
    with pytest.raises(AppNotAccepted, match="invalid_client"):
        await OAuth(ADDRESS, server.app(client_secret="last year's"), Tokens())()


async def test_it_tries_later_when_the_provider_is_busy_and_loses_nothing(server: TokenServer) -> None:
    store = Tokens()
    oauth = OAuth(ADDRESS, server.app(), store)
    server.status = 503
    with pytest.raises(ProviderUnreachable, match="busy") as failed:
        await oauth()
    assert not failed.value.slow
    server.status = None
    assert await oauth() == "access-1"


async def test_it_tries_later_when_the_provider_is_away(server: TokenServer) -> None:
    app = server.app()
    await server.__aexit__()
    with pytest.raises(ProviderUnreachable, match="cannot be reached"):
        await OAuth(ADDRESS, app, Tokens())()


async def test_it_lets_a_person_sign_in_at_the_providers_page(server: TokenServer) -> None:
    store = Tokens()
    oauth = OAuth(ADDRESS, server.app(refresh_token=""), store)
    page = oauth.page("http://127.0.0.1:8080/signed-in")
    code = server.sign_in(page.url)
    await oauth.redeem(code, page, "http://127.0.0.1:8080/signed-in")
    assert await OAuth(ADDRESS, server.app(refresh_token=""), store)() == "access-1"
    # The code is good once, and for whoever opened the page.
    with pytest.raises(SignInAgain):
        await oauth.redeem(code, oauth.page("http://127.0.0.1:8080/signed-in"), "")


async def test_it_needs_nobody_where_the_app_has_a_right_of_its_own(server: TokenServer) -> None:
    app = for_itself(server.app(refresh_token=""))
    assert await OAuth(ADDRESS, app, Tokens())() == "access-1"
    assert server.asked[0]["grant_type"] == "client_credentials"
    assert server.asked[0]["scope"] == "https://outlook.office365.com/.default"


async def test_it_shows_no_secret_when_it_is_printed(server: TokenServer) -> None:
    store = Tokens()
    oauth = OAuth(ADDRESS, server.app(), store)
    await oauth()
    shown = f"{server.app()!r} {oauth.page('http://127.0.0.1')!r} {microsoft('shop.example')!r}"
    assert "app-secret" not in shown
    assert "refresh-0" not in shown
