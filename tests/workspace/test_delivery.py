"""Delivery: one envelope to one socket, ten sockets, too large ones, signed HTTP with retries."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace import Workspace, delivery, demo_world
from bot.workspace.driver import Person, Refusal, Slack
from tests.patience import until
from tests.workspace.manifest import manifest

Json = dict[str, Any]


class Socket:
    """A bare Socket Mode client: what it got, and how it was closed."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, *, answers: bool) -> None:
        self.socket, self.answers = socket, answers
        self.frames: list[Json] = []

    async def listen(self) -> None:
        async for frame in self.socket:
            got = json.loads(frame.data)
            self.frames.append(got)
            if self.answers and "envelope_id" in got:
                await self.socket.send_json({"envelope_id": got["envelope_id"]})

    @property
    def envelopes(self) -> list[Json]:
        return [one for one in self.frames if "envelope_id" in one]


@pytest.fixture
async def connect(workspace: Workspace) -> AsyncIterator[Callable[..., Any]]:
    """Open further sockets, as `connect(answers=True)`."""
    client = AsyncWebClient(token=workspace.app_token, base_url=f"{workspace.url}/api/")
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())

        async def open_one(*, answers: bool = True) -> Socket:
            address = (await client.apps_connections_open(app_token=workspace.app_token))["url"]
            one = Socket(await session.ws_connect(address, max_msg_size=0), answers=answers)
            task = asyncio.create_task(one.listen())
            stack.callback(task.cancel)
            stack.push_async_callback(one.socket.close)
            await until(lambda: one.frames)
            return one

        yield open_one


async def test_it_greets_and_gives_each_envelope_to_one_socket(
    connect: Callable[..., Any], nora: Person
) -> None:
    sockets = [await connect(), await connect()]
    assert [one.frames[0]["type"] for one in sockets] == ["hello", "hello"]
    assert [one.frames[0]["num_connections"] for one in sockets] == [1, 2]
    await nora.goes_to("#general")
    for number in range(6):
        await nora.says(f"Number {number}")
    await until(lambda: sum(len(one.envelopes) for one in sockets) == 6)
    assert [len(one.envelopes) for one in sockets] == [3, 3]


async def test_it_refuses_the_eleventh_socket(connect: Callable[..., Any]) -> None:
    for _ in range(10):
        await connect()
    assert (await connect()).frames[0] == {
        "type": "disconnect", "reason": "too_many_websockets", "debug_info": {"host": "local"},
    }  # fmt: skip


async def test_it_uses_a_socket_ticket_once(workspace: Workspace, client: AsyncWebClient) -> None:
    address = (await client.apps_connections_open(app_token=workspace.app_token))["url"]
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(address):
            pass
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(address)


async def test_it_delivers_again_at_once_with_retry_fields(connect: Callable[..., Any], nora: Person) -> None:
    deaf = await connect(answers=False)
    await nora.goes_to("#general")
    await nora.says("Hello?")
    await until(lambda: len(deaf.envelopes) == 2)
    first, second = deaf.envelopes
    assert (first["retry_attempt"], first["retry_reason"]) == (0, "")
    assert (second["retry_attempt"], second["retry_reason"]) == (1, "timeout")
    assert first["payload"] == second["payload"]


async def test_it_closes_the_socket_of_too_large_an_envelope_while_the_other_lives(
    connect: Callable[..., Any], channel: Callable[[str], str], slack: Slack, nora: Person
) -> None:
    sockets = [await connect(), await connect()]
    await nora.goes_to("#general")
    where = {"as_": await nora.id(), "channel": channel("general")}
    await slack.post("upload", name="long.txt", base64="MQ==", title="x" * 1_200_000, **where)
    await until(lambda: any(one.socket.closed for one in sockets))
    assert [one.socket.close_code for one in sockets if one.socket.closed] == [1009]
    await nora.says("Short")
    alive = next(one for one in sockets if not one.socket.closed)
    await until(lambda: any(one["payload"]["event"].get("text") == "Short" for one in alive.envelopes))


# ---- signed HTTP ----------------------------------------------------------------------------------------


class Site:
    """A request URL that answers as a test wants."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], str]] = []
        self.answer: Callable[[str], web.Response] = lambda _body: web.Response()
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        body = await request.text()
        self.requests.append((dict(request.headers), body))
        return self.answer(body)


@asynccontextmanager
async def _site(take: Callable[..., Any]) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/slack/events", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    await runner.cleanup()


@asynccontextmanager
async def _over_http(site: Site) -> AsyncIterator[tuple[Workspace, Person]]:
    async with (
        _site(site.take) as url,
        Workspace(demo_world(), manifest(), request_url=url, redelivery=(0.0, 0.1)) as workspace,
        Slack(workspace.url, workspace.control_token) as slack,
    ):
        nora = Person(slack, "Nora")
        await nora.goes_to("#general")
        yield workspace, nora


async def test_it_signs_what_it_posts() -> None:
    site = Site()
    async with _over_http(site) as (workspace, nora):
        await nora.says("Hello")
        await until(lambda: site.requests)
        headers, body = site.requests[0]
        assert SignatureVerifier(workspace.signing_secret).is_valid_request(body, headers)
        assert not SignatureVerifier("another").is_valid_request(body, headers)


async def test_it_posts_again_and_gives_up_after_the_last_retry() -> None:
    site = Site()
    site.answer = lambda _body: web.Response(status=500)
    async with _over_http(site) as (workspace, nora):
        await nora.says("Hello")
        await until(lambda: any("gave up" in one["summary"] for one in workspace.around.logged))
    numbers = [headers.get("X-Slack-Retry-Num") for headers, _ in site.requests]
    assert numbers == [None, "1", "2"]
    assert site.requests[1][0]["X-Slack-Retry-Reason"] == "http_error"


async def test_it_posts_again_to_who_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "PATIENCE", 0.3)
    site, slow = Site(), asyncio.Event()

    async def wait(request: web.Request) -> web.Response:
        answer = await site.take(request)
        await asyncio.wait_for(slow.wait(), 10)
        return answer

    async with (
        _site(wait) as url,
        Workspace(demo_world(), manifest(), request_url=url, redelivery=(0.0,)) as workspace,
        Slack(workspace.url, workspace.control_token) as slack,
    ):
        await (await Person(slack, "Nora").goes_to("#general")).says("Hello?")
        await until(lambda: len(site.requests) == 2)
        slow.set()
    assert site.requests[1][0]["X-Slack-Retry-Reason"] == "http_timeout"


async def test_it_does_not_post_again_when_asked_not_to() -> None:
    site = Site()
    site.answer = lambda _body: web.Response(status=500, headers={"X-Slack-No-Retry": "1"})
    async with _over_http(site) as (workspace, nora):
        await nora.says("Hello")
        await until(lambda: any("gave up" in one["summary"] for one in workspace.around.logged))
    assert len(site.requests) == 1


async def test_it_verifies_a_request_url() -> None:
    site = Site()

    def echo(body: str) -> web.Response:
        return web.json_response({"challenge": json.loads(body)["challenge"]} if body.startswith("{") else {})

    site.answer = echo
    async with _over_http(site) as (workspace, _):
        assert await workspace.verify_request_url()
        site.answer = lambda _body: web.json_response({"challenge": "wrong"})
        assert not await workspace.verify_request_url()


async def test_it_runs_a_bolt_app_over_signed_http() -> None:
    world = demo_world()
    app = AsyncApp(token=world.meta["tokens"]["bot"], signing_secret=world.meta["tokens"]["signing"])

    @app.command("/note")
    async def note(ack: Callable[..., Any], command: Json) -> None:
        await ack(f"Noted: {command['text']}")

    async def take(request: web.Request) -> web.StreamResponse:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    async with (
        _site(take) as url,
        Workspace(world, manifest(), request_url=url) as workspace,
        Slack(workspace.url, workspace.control_token) as slack,
    ):
        app.client.base_url = f"{workspace.url}/api/"
        nora = Person(slack, "Nora")
        await nora.goes_to("#general")
        await nora.runs("/note straw")
        await nora.sees("Noted: straw")


async def test_it_says_that_an_app_is_not_reachable(nora: Person) -> None:
    await nora.goes_to("#general")
    with pytest.raises(Refusal, match="Switchboard is not reachable right now"):
        await nora.runs("/note")


async def test_it_loses_events_beyond_the_hours_measure_and_says_so_once(
    connect: Callable[..., Any], workspace: Workspace, nora: Person
) -> None:
    socket = await connect()
    workspace.events.most = 2
    await nora.goes_to("#general")
    for text in ("one", "two", "three", "four"):
        await nora.says(text)
    await until(lambda: len(socket.envelopes) == 3)
    *told, limited = [one["payload"] for one in socket.envelopes]
    assert [one["event"]["text"] for one in told] == ["one", "two"]
    assert limited["type"] == "app_rate_limited"
    assert limited["minute_rate_limited"] % 60 == 0
    assert "event" not in limited
