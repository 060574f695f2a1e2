"""The control API: who may use it, what it keeps, and the stories it tells."""

import re
import socket
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import aiosmtplib
import pytest
from aiohttp import web
from aiosmtpd.controller import Controller
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace import HttpProbe, Workspace, demo_world
from bot.workspace.driver import Correspondent, Person, Refusal, Slack
from tests.patience import until
from tests.workspace.manifest import manifest

Json = dict[str, Any]
ROOT = Path(__file__).parents[2]


# ---- who may use it -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Workspace-Token": "guess"},
        {"Origin": "https://elsewhere.example"},
        {"Host": "rebound.example"},
        {"Origin": "null"},
    ],
)
async def test_it_refuses_control_to_others(workspace: Workspace, headers: dict[str, str]) -> None:
    if set(headers) & {"Origin", "Host"}:
        headers["X-Workspace-Token"] = workspace.control_token
    async with aiohttp.ClientSession() as session:
        for method, path in (("get", "people"), ("post", "say"), ("get", "stream")):
            async with session.request(method, f"{workspace.url}/control/{path}", headers=headers) as answer:
                assert answer.status == 403


async def test_it_listens_on_this_machine_only(workspace: Workspace) -> None:
    assert workspace._runner is not None
    assert [host for host, _ in workspace._runner.addresses] == ["127.0.0.1"]
    assert workspace.smtp_address[0] == "127.0.0.1"


async def test_it_says_what_is_wrong_with_an_order(slack: Slack, nora: Person) -> None:
    with pytest.raises(Refusal, match="nobody of this name"):
        await slack.post("say", as_="U404", channel="C1", text="x")
    await nora.goes_to("#general")
    with pytest.raises(Refusal, match="Write something first"):
        await nora.says("  ")
    with pytest.raises(Refusal, match="base64"):
        await slack.post("upload", as_=await nora.id(), channel=nora._place, name="x", base64="?")


# ---- what it keeps --------------------------------------------------------------------------------------


async def test_it_puts_a_snapshot_back(slack: Slack, nora: Person) -> None:
    await nora.goes_to("#general")
    await nora.says("Before")
    file = await nora.uploads("straw.txt", b"straw")
    await slack.post("snapshot", name="morning")
    await nora.says("After")
    await nora.deletes("Before")
    await slack.post("restore", name="morning")

    assert await nora.sees("Before")
    assert "After" not in await nora.reads()
    assert (await slack.get("files", as_=await nora.id(), channel=nora._place))["files"][0]["id"] == file[
        "id"
    ]
    assert [one["name"] for one in (await slack.get("snapshots"))["snapshots"]] == ["morning"]
    with pytest.raises(Refusal, match="no snapshot of this name"):
        await slack.post("restore", name="evening")


async def test_it_keeps_its_world_and_snapshots_when_it_is_opened_again(tmp_path: Path) -> None:
    kept = tmp_path / "world.sqlite"
    for texts in (["First"], ["First", "Second"]):
        async with (
            Workspace(demo_world(), manifest(), data=kept) as workspace,
            Slack(workspace.url, workspace.control_token) as slack,
        ):
            nora = Person(slack, "Nora")
            await nora.goes_to("#general")
            await nora.says(texts[-1])
            assert [text for text in ("First", "Second") if text in await nora.reads()] == texts
            await slack.post("snapshot", name=texts[-1])
            assert len((await slack.get("snapshots"))["snapshots"]) == len(texts)


async def test_it_lets_people_join_change_and_leave(
    app: AsyncApp, heard: list[Json], slack: Slack, workspace: Workspace
) -> None:
    assert app
    zoe = await slack.hires("Zoe Ray", title="Buyer", email="zoe@juniper.example", tz="Europe/Paris")
    await zoe.goes_to("#general")
    await slack.post("profile", as_=await zoe.id(), profile={"status_text": "On leave"})
    await slack.post("deactivate", user=await zoe.id())
    await until(lambda: len([one for one in heard if one["event"]["type"] == "user_change"]) == 2)
    joined = next(one["event"] for one in heard if one["event"]["type"] == "team_join")
    assert (joined["user"]["profile"]["email"], joined["user"]["tz"]) == (
        "zoe@juniper.example",
        "Europe/Paris",
    )
    assert workspace.world.users[await zoe.id()]["deleted"]


async def test_it_tells_every_role_where_to_write(slack: Slack, nora: Person) -> None:
    state = await slack.get("state", as_=await nora.id())
    assert state["mail_to"] == {
        "supplier": ["suppliers@juniper.example"],
        "customer": ["support@juniper.example"],
    }
    roles = {one["role"]: one["language"] for one in state["correspondents"]}
    assert set(roles) == {"supplier", "customer"}
    customers = [one["language"] for one in state["correspondents"] if one["role"] == "customer"]
    assert sorted(customers) == ["de", "en", "fr", "zh"]


async def test_it_carries_mail_both_ways(unused_tcp_port: int) -> None:
    got: list[Json] = []

    class Shop:
        async def handle_DATA(  # noqa: N802 - aiosmtpd's name
            self, _server: Any, _session: Any, envelope: Any
        ) -> str:
            got.append({"to": envelope.rcpt_tos, "raw": envelope.original_content})
            return "250 OK"

    shop = Controller(Shop(), hostname="127.0.0.1", port=unused_tcp_port)
    shop.start()
    try:
        async with (
            Workspace(demo_world(), manifest(), mail_to_smtp=("127.0.0.1", unused_tcp_port)) as workspace,
            Slack(workspace.url, workspace.control_token) as slack,
        ):
            mei, jonas = Correspondent(slack, "Mei"), Correspondent(slack, "Jonas")
            await mei.writes("Kiln", "It wobbles.")
            await jonas.writes("Paket", "Wo bleibt es?")
            assert [one["to"] for one in got] == [["suppliers@juniper.example"], ["support@juniper.example"]]
            host, port = workspace.smtp_address
            raw = b"From: shop@juniper.example\r\nTo: x\r\nSubject: Kiln\r\nMessage-ID: <1@x>\r\n\r\nSorry!"
            await aiosmtplib.send(
                raw, sender="shop@juniper.example", recipients=[await mei.address()], hostname=host,
                port=port, start_tls=False,
            )  # fmt: skip
            assert (await mei.receives("Sorry!"))["subject"] == "Kiln"
    finally:
        shop.stop()


# ---- stories --------------------------------------------------------------------------------------------


async def test_it_tells_what_followed_from_a_click(
    app: AsyncApp, client: AsyncWebClient, channel: Callable[[str], str], slack: Slack, nora: Person
) -> None:
    view = {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Answer"},
        "blocks": [{"type": "divider"}],
    }

    @app.action("reply")
    async def reply(ack: AsyncAck, body: Json) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=view)
        await ack()

    button = {"type": "button", "action_id": "reply", "text": {"type": "plain_text", "text": "Reply"}}
    blocks = [{"type": "actions", "elements": [button]}]
    await client.chat_postMessage(channel=channel("general"), text="Card", blocks=blocks)
    await nora.goes_to("#general")
    await slack.fault("delay", method="views.open", seconds=0.1)
    await nora.presses("Reply")

    trace = (await slack.traces())[-1]
    assert (trace["kind"], trace["who"], trace["what"]) == ("act", await nora.id(), "Nora pressed Reply")
    spans = {one["name"]: one for one in trace["spans"]}
    opened, envelope = spans["views.open"], spans["interactive: block_actions"]
    assert opened["parent"] == envelope["id"]
    assert opened["detail"]["arguments"]["trigger_id"] == envelope["detail"]["payload"]["trigger_id"]
    assert opened["detail"]["answer"]["view"]["title"]["text"] == "Answer"
    assert opened["milliseconds"] >= 100
    assert opened["fault"] == "delay"
    assert "guess" not in opened
    assert "acknowledged" in spans


async def test_it_says_when_it_only_guesses(client: AsyncWebClient, slack: Slack, nora: Person) -> None:
    await nora.goes_to("#general")
    await nora.says("A word")
    await client.users_info(user=await nora.id())
    await client.auth_test()
    trace = next(one for one in await slack.traces() if one["kind"] == "say")
    assert [(one["name"], one.get("guess")) for one in trace["spans"]] == [
        ("users.info", True),
        ("auth.test", True),
    ]


async def test_it_lets_what_the_app_hears_follow_from_what_it_said(
    app: AsyncApp, client: AsyncWebClient, channel: Callable[[str], str], slack: Slack
) -> None:
    assert app
    await client.chat_postMessage(channel=channel("general"), text="Good morning")
    assert await slack.is_quiet()
    spans = {one["name"]: one for trace in await slack.traces() for one in trace["spans"]}
    assert spans["events_api: message"]["parent"] == spans["chat.postMessage"]["id"]


async def test_it_writes_a_story_as_a_test_that_runs(app: AsyncApp, slack: Slack, nora: Person) -> None:
    @app.event("message")
    async def answer(event: Json, say: Any) -> None:
        await say(f"I heard: {event['text']}")

    await nora.goes_to("#general")
    await nora.says("anybody there?")
    await nora.sees("I heard: anybody there?")
    trace = next(one for one in await slack.traces() if one["kind"] == "say")

    story = await slack.get(f"inspect/{trace['id']}/pytest")
    assert 'await nora.says("anybody there?")' in story["source"]
    namespace: Json = {}
    exec(compile(story["source"], "story.py", "exec"), namespace)
    await namespace[story["name"]](slack)


async def test_it_streams_traces_to_pages(workspace: Workspace, slack: Slack, nora: Person) -> None:
    async with aiohttp.ClientSession() as session:
        address = f"{workspace.url}/control/stream?as={await nora.id()}&token={workspace.control_token}"
        async with session.ws_connect(address) as page:
            await nora.goes_to("#general")
            await nora.says("Hello")
            await slack.fault("error", method="api.test")
            kinds: dict[str, Json] = {}
            while not {"message", "trace", "faults", "channel"} <= set(kinds):
                told = await page.receive_json(timeout=10)
                kinds[told["type"]] = told
    assert kinds["trace"]["trace"]["what"] == "Nora wrote in #general: Hello"
    assert kinds["faults"]["faults"][0]["method"] == "api.test"


# ---- the probe and the library --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "quiet", "due"),
    [
        ({"quiet": False, "next_due": "2026-03-27T08:00:00+00:00"}, False, "2026-03-27T08:00:00+00:00"),
        ({"quiet": True, "next_due": None}, True, None),
        ("broken", True, None),
    ],
)
async def test_it_asks_the_app_whether_it_is_quiet(answer: Any, quiet: Any, due: str | None) -> None:
    app = web.Application()

    async def tell(_request: web.Request) -> web.Response:
        return web.json_response(answer)

    app.router.add_get("/quiet", tell)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    probe = HttpProbe(f"http://127.0.0.1:{runner.addresses[0][1]}/quiet")
    found = await probe.next_due()
    assert (await probe.quiet(), found and found.isoformat()) == (quiet, due)
    await runner.cleanup()
    assert await probe.quiet()
    assert await probe.next_due() is None


def test_it_can_be_imported_alone() -> None:
    program = (
        "import sys, bot.workspace, bot.workspace.driver, bot.workspace.pytest_plugin\n"
        "found = [one for one in sys.modules if one.startswith('bot.')]\n"
        "print([one for one in found if not one.startswith('bot.workspace')])"
    )
    out = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert out.stdout.strip() == "['bot.clock']"


async def test_it_documents_every_control_call(workspace: Workspace) -> None:
    text = (ROOT / "docs" / "workspace.md").read_text("utf-8")
    paths = {route.path for route in workspace.control.routes() if hasattr(route, "path")}
    missing = [path for path in sorted(paths) if not re.search(re.escape(path) + r"\b", text)]
    assert missing == []


async def test_it_lets_the_page_reach_its_own_host_only(workspace: Workspace) -> None:
    async with aiohttp.ClientSession() as session, session.get(workspace.url) as answer:
        policy = answer.headers["Content-Security-Policy"]
    host = workspace.url.removeprefix("http://")
    assert f"connect-src 'self' ws://{host};" in policy
    assert "ws:;" not in policy


async def test_it_says_nothing_when_a_page_leaves_before_its_stream_stands(
    workspace: Workspace, slack: Slack, caplog: pytest.LogCaptureFixture
) -> None:
    host, _, port = workspace.url.removeprefix("http://").partition(":")
    nora = await Person(slack, "Nora").id()
    asked = (
        f"GET /control/stream?as={nora}&token={workspace.control_token} HTTP/1.1\r\nHost: {host}:{port}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    ).encode()
    for _ in range(20):
        with socket.create_connection((host, int(port))) as page:
            page.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            page.sendall(asked)
    assert await slack.is_quiet()
    assert [one.message for one in caplog.records if one.levelname == "ERROR"] == []
