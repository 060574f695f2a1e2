"""Bots that are not ours run on the workspace unchanged: Bolt's sync App, and each Socket Mode client."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler as AiohttpHandler
from slack_bolt.adapter.socket_mode.websockets import AsyncSocketModeHandler as WebsocketsHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk import WebClient
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace import Workspace
from bot.workspace.driver import Person

ROOT = Path(__file__).parents[2]
TITLE = {"type": "plain_text", "text": "A note"}
MODAL = {
    "type": "modal", "callback_id": "note", "title": TITLE, "submit": {"type": "plain_text", "text": "Keep"},
    "blocks": [{
        "type": "input", "block_id": "words", "label": {"type": "plain_text", "text": "Your note"},
        "element": {"type": "plain_text_input", "action_id": "typed"},
    }],
}  # fmt: skip


def _words(view: dict[str, Any]) -> str:
    return str(view["state"]["values"]["words"]["typed"]["value"])


async def _keeps_a_note(nora: Person) -> None:
    await nora.goes_to("#general")
    await nora.says("anybody there?")
    await nora.sees("I heard: anybody there?")
    await nora.runs("/note")
    await nora.fills("Your note", "Order more straw")
    assert await nora.submits() == {}
    await nora.goes_to("@Switchboard")
    await nora.sees("Kept: Order more straw")


async def test_it_runs_a_sync_bolt_app_with_the_builtin_client(workspace: Workspace, nora: Person) -> None:
    def build() -> tuple[App, SocketModeHandler]:
        app = App(client=WebClient(token=workspace.bot_token, base_url=f"{workspace.url}/api/"))

        @app.event("message")
        def hear(event: dict[str, Any], say: Callable[..., Any]) -> None:
            if not event.get("bot_id"):
                say(f"I heard: {event['text']}")

        @app.command("/note")
        def note(ack: Callable[..., Any], body: dict[str, Any], client: WebClient) -> None:
            ack()
            client.views_open(trigger_id=body["trigger_id"], view=MODAL)

        @app.view("note")
        def keep(
            ack: Callable[..., Any], body: dict[str, Any], view: dict[str, Any], client: WebClient
        ) -> None:
            ack()
            client.chat_postMessage(channel=body["user"]["id"], text=f"Kept: {_words(view)}")

        handler = SocketModeHandler(app, workspace.app_token)
        handler.connect()
        return app, handler

    _, handler = await asyncio.to_thread(build)
    try:
        await _keeps_a_note(nora)
    finally:
        await asyncio.to_thread(handler.close)


@pytest.mark.parametrize("handler_of", [AiohttpHandler, WebsocketsHandler])
async def test_it_runs_an_async_bolt_app_with_either_client(
    workspace: Workspace, nora: Person, handler_of: type[Any]
) -> None:
    app = _async_app(workspace)
    handler = handler_of(app, workspace.app_token)
    await handler.connect_async()
    try:
        await _keeps_a_note(nora)
    finally:
        await handler.close_async()


def _async_app(workspace: Workspace) -> AsyncApp:
    client = AsyncWebClient(token=workspace.bot_token, base_url=f"{workspace.url}/api/")
    app = AsyncApp(client=client, signing_secret=workspace.signing_secret)

    @app.event("message")
    async def hear(event: dict[str, Any], say: Callable[..., Any]) -> None:
        if not event.get("bot_id"):
            await say(f"I heard: {event['text']}")

    @app.command("/note")
    async def note(ack: Callable[..., Any], body: dict[str, Any]) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    @app.view("note")
    async def keep(ack: Callable[..., Any], body: dict[str, Any], view: dict[str, Any]) -> None:
        await ack()
        await client.chat_postMessage(channel=body["user"]["id"], text=f"Kept: {_words(view)}")

    return app


ELSEWHERE = """
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
import pytest

pytest_plugins = ["bot.workspace.pytest_plugin"]


@pytest.fixture
def workspace_manifest():
    return {
        "oauth_config": {"scopes": {"bot": ["chat:write", "channels:history"]}},
        "settings": {"event_subscriptions": {"bot_events": ["message.channels"]}},
    }


async def test_it_echoes(workspace, person):
    app = AsyncApp(client=AsyncWebClient(token=workspace.bot_token, base_url=f"{workspace.url}/api/"))

    @app.event("message")
    async def echo(event, say):
        await say("Echo: " + event["text"])

    handler = AsyncSocketModeHandler(app, workspace.app_token)
    await handler.connect_async()
    nora = await person("Nora").goes_to("#general")
    await nora.says("hello")
    await nora.sees("Echo: hello")
    await handler.close_async()
"""


def test_it_gives_its_fixtures_to_the_tests_of_any_bot(tmp_path: Path) -> None:
    (tmp_path / "test_elsewhere.py").write_text(ELSEWHERE)
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n"
    )
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", tmp_path], cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "1 passed" in ran.stdout, ran.stdout + ran.stderr
