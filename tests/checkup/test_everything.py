"""`switchboard check`: what is wrong with Slack, the machine and what is reached outside."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from bot import clock, installation, settings
from bot.checkup import machine
from bot.gateways import bolt
from bot.gateways import slack as slack_gateway
from bot.people import store as people
from bot.settings import Settings
from bot.storage.database import Database
from bot.workspace import Workspace
from bot.workspace.driver import Person, Slack
from tests.checkup.conftest import SetUp
from tests.gateways.health_desk import HealthDesk

Request = web.Request


@asynccontextmanager
async def between(workspace: Workspace, **headers: str) -> AsyncIterator[str]:
    """Pass everything on to Slack, and change what comes back: its address."""

    async def pass_on(request: Request) -> web.Response:
        url, given = f"{workspace.url}{request.path_qs}", dict(request.headers)
        body = await request.read()
        async with session.request(request.method, url, headers=given, data=body) as answer:
            kept = {name: answer.headers[name] for name in ("X-OAuth-Scopes",) if name in answer.headers}
            kept |= {name.replace("_", "-"): value for name, value in headers.items()}
            return web.Response(
                body=await answer.read(), headers={"Content-Type": "application/json", **kept}
            )

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", pass_on)
    runner = web.AppRunner(app, access_log=None)
    async with aiohttp.ClientSession() as session:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
        await runner.cleanup()


def channel(workspace: Workspace, name: str) -> dict[str, Any]:
    return next(one for one in workspace.world.channels.values() if one["name"] == name)


# ---- Slack ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("off", "said"), [(400, "400 seconds behind"), (-400, "400 seconds ahead")])
async def test_it_says_that_the_clock_is_wrong(
    shop: SetUp, workspace: Workspace, off: int, said: str
) -> None:
    async with between(workspace, Date=format_datetime(clock.wall() + timedelta(seconds=off))) as url:
        [problem] = await shop.wrong(slack_api_url=url)
    assert said in problem.replace("399", "400").replace("401", "400")


async def test_it_says_which_permissions_are_missing(shop: SetUp, workspace: Workspace) -> None:
    workspace.api.scopes -= {"files:write", "im:write"}
    assert await shop.wrong() == ["the app lacks files:write, im:write"]


async def test_it_says_that_channels_cannot_be_listed(shop: SetUp, workspace: Workspace) -> None:
    workspace.api.scopes -= {"channels:read"}
    assert "the channels cannot be listed" in await shop.wrong()


@pytest.mark.parametrize("name", ["suppliers", "mail-unsorted", "support"])
async def test_it_says_that_a_channel_is_archived(shop: SetUp, workspace: Workspace, name: str) -> None:
    if name not in {one["name"] for one in workspace.world.channels.values()}:
        workspace.world.add_channel(name)
    channel(workspace, name)["is_archived"] = True
    assert await shop.wrong() == [f"#{name} is archived"]


async def test_it_says_that_the_last_start_found_a_channel_to_be_private(
    shop: SetUp, workspace: Workspace, database: Database
) -> None:
    nora = next(one["id"] for one in workspace.world.users.values() if one["real_name"] == "Nora Lindqvist")
    workspace.world.add_channel("post", [nora], is_private=True)
    # Slack does not show it. Until a start tried, all that can be said is what to do if there is one.
    found = {one.what: one for one in await shop.found(unsorted_channel="post")}
    [hint] = [one for what, one in found.items() if what.startswith("#post")]
    assert (hint.is_well, "if there is a private one: /invite @Switchboard" in hint.what) == (True, True)

    with pytest.raises(installation.ChannelsClosed) as refused:
        await start(settings.read()[0], database)
    assert "#post is private and Switchboard not in it" in refused.value.sentence
    assert "/invite @Switchboard" in refused.value.sentence
    assert "SWITCHBOARD_UNSORTED_CHANNEL" in refused.value.sentence
    [one] = [one for one in await shop.found() if not one.is_well]
    assert one.problem == "#post is private, and Switchboard is not in it: the last start ended at that"
    assert "/invite @Switchboard" in one.remedy

    async with Slack(workspace.url, workspace.control_token) as slack:
        person = await Person(slack, "Nora").goes_to("#post")
        await person._do("channel", channel=person._place, invite=[workspace.world.bot_user_id])
    assert await shop.wrong() == []
    await start(settings.read()[0], database)
    assert await shop.wrong() == []


async def test_it_says_everything_that_keeps_it_from_its_channels_at_once(
    shop: SetUp, workspace: Workspace, database: Database
) -> None:
    channel(workspace, "suppliers")["is_archived"] = True
    workspace.api.scopes -= {"channels:manage"}
    shop.set(unsorted_channel="new-one")
    with pytest.raises(installation.ChannelsClosed) as refused:
        await start(settings.read()[0], database)
    said = refused.value.sentence
    assert "- #suppliers is archived: unarchive it" in said
    assert "- #new-one cannot be made (missing scope)" in said
    assert said.count("\n- ") == 2
    async with database.read() as session:
        assert await installation.hidden_channels(session) == []


async def start(loaded: Settings, database: Database) -> None:
    """Find the channels as a start does."""
    token = loaded.slack_bot_token.get_secret_value()
    async with slack_gateway.client(token, loaded.slack_api_url, loaded.slack_timeout) as client:
        identity = await bolt.identify(client)
        await installation.prepare(client, database, loaded, identity, clock.wall())


async def test_it_does_not_ask_for_a_channel_for_customers_where_none_write(shop: SetUp) -> None:
    found = await shop.found(mailbox=[{"address": "orders@shop.example"}])
    assert not any(one.what.startswith("#support") for one in found)
    assert any(one.what.startswith("#suppliers") for one in found)


@pytest.mark.parametrize(
    ("change", "said"), [({"deleted": True}, "has left the workspace"), ({"is_bot": True}, "is a bot")]
)
async def test_it_says_that_an_admin_is_none(
    shop: SetUp, workspace: Workspace, change: dict[str, Any], said: str
) -> None:
    nora = next(one for one in workspace.world.users.values() if one["real_name"] == "Nora Lindqvist")
    nora |= change
    [problem] = await shop.wrong(admins=[nora["id"]])
    assert said in problem


@pytest.mark.parametrize(("plan", "said"), [("free", "older than 90 days"), ("plus", "plan: plus")])
async def test_it_says_what_the_plan_lacks_and_takes_it_as_no_fault(
    shop: SetUp, workspace: Workspace, plan: str, said: str
) -> None:
    workspace.world.meta["plan"] = plan
    found = await shop.found()
    [one] = [one for one in found if "plan" in one.what]
    assert (said in one.what, one.is_well) == (True, True)


async def test_it_says_that_the_database_is_of_another_workspace(shop: SetUp, database: Database) -> None:
    assert not await shop.wrong()
    async with database.write() as session:
        await people.pin_team(session, "T0OTHER")
    [problem] = await shop.wrong()
    assert "belongs to the Slack workspace T0OTHER" in problem


# ---- this machine -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("setting", ["http_port", "smtp_in_port"])
async def test_it_says_that_a_port_is_taken(shop: SetUp, workspace: Workspace, setting: str) -> None:
    taken = workspace.url.rpartition(":")[2]
    [problem] = await shop.wrong(**{setting: taken})
    assert f"127.0.0.1:{taken} cannot be opened" in problem


@pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"])
async def test_it_says_that_the_database_is_old(shop: SetUp, empty_database_url: str, tmp_path: Path) -> None:
    if empty_database_url.startswith("sqlite"):
        (tmp_path / "empty.sqlite").touch()
        empty_database_url = f"sqlite+aiosqlite:///{tmp_path / 'empty.sqlite'}"
    [found] = [one for one in await shop.found(database_url=empty_database_url) if not one.is_well]
    assert found.remedy == "./switchboard migrate"


async def test_it_says_that_the_disk_is_nearly_full(shop: SetUp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_LEAST_DISK", 2**60)
    [problem] = await shop.wrong()
    assert problem.startswith("only ")


# ---- outside ----------------------------------------------------------------------------------------------


class Door:
    """A mail server's door that knows one password."""

    def __call__(
        self, _server: object, _session: Session, _envelope: Envelope, _how: str, given: LoginPassword
    ) -> AuthResult:
        return AuthResult(success=given.password == b"right", handled=False)


@asynccontextmanager
async def mail_server() -> AsyncIterator[int]:
    def protocol() -> SMTP:
        loop = asyncio.get_running_loop()
        return SMTP(object(), authenticator=Door(), auth_require_tls=False, loop=loop)

    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


@pytest.mark.parametrize(("password", "problems"), [("right", 0), ("wrong", 1)])
async def test_it_signs_in_to_the_mail_server(shop: SetUp, password: str, problems: int) -> None:
    async with mail_server() as port:
        said = await shop.wrong(
            smtp_out_host="127.0.0.1", smtp_out_port=port, smtp_out_user="shop", smtp_out_password=password
        )
    assert len(said) == problems
    assert all("does not accept the password" in one for one in said)


@pytest.mark.parametrize(("status", "said"), [(200, ""), (404, "it answered 404"), (302, "it answered 302")])
async def test_it_lets_the_heartbeat_beat_once(shop: SetUp, status: int, said: str) -> None:
    async with HealthDesk() as desk:
        desk.status = status
        problems = await shop.wrong(heartbeat_url=desk.url)
        assert len(desk.heard) == 1
    assert [said in one for one in problems] == ([True] if said else [])


@pytest.mark.parametrize(
    ("key", "model", "status", "said"),
    [
        ("right", "small", 200, ""),
        ("wrong", "small", 200, "does not accept the key"),
        ("right", "large", 200, "has no model called large"),
        ("right", "large", 404, ""),
    ],
)
async def test_it_asks_the_models_server_for_the_model(
    shop: SetUp, key: str, model: str, status: int, said: str
) -> None:
    async def models(request: Request) -> web.Response:
        if request.headers["Authorization"] != "Bearer right":
            return web.json_response({"error": {}}, status=401)
        return web.json_response({"data": [{"id": "small"}]}, status=status)

    app = web.Application()
    app.router.add_get("/v1/models", models)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    problems = await shop.wrong(llm_base_url=url, llm_key=key, llm_model=model)
    await runner.cleanup()
    assert [said in one for one in problems] == ([True] if said else [])
