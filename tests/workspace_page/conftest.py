"""A browser, a workspace and a small real app for the tests of the page."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright
from slack_bolt.adapter.socket_mode.websockets import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace import Workspace, demo_world
from tests.workspace_page.desk import Desk

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Milliseconds: long enough for a busy machine, far below Playwright's own half a minute.
PATIENCE = 8000
MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Switchboard"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "Switchboard", "always_online": True},
        "slash_commands": [
            {"command": "/note", "description": "Keep a note", "usage_hint": "[what]", "should_escape": True}
        ],
        "shortcuts": [
            {"name": "Keep this", "type": "message", "callback_id": "keep", "description": "Keep a message"},
            {"name": "Count boxes", "type": "global", "callback_id": "count", "description": "Count them"},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "assistant:write", "channels:history", "channels:join", "channels:read", "chat:write",
                "chat:write.customize", "commands", "files:read", "im:history", "im:write", "users:read",
            ]
        }
    },
    "settings": {
        "event_subscriptions": {"bot_events": ["app_home_opened", "message.channels", "message.im"]},
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}  # fmt: skip


class Switch:
    """Connects the app of a test, and cuts it off."""

    def __init__(self) -> None:
        self.make: Callable[[], AsyncSocketModeHandler]
        self._handler: AsyncSocketModeHandler | None = None

    @property
    def running(self) -> bool:
        return self._handler is not None

    async def start(self) -> None:
        self._handler = self.make()
        await self._handler.connect_async()

    async def kill(self) -> None:
        if self._handler:
            await self._handler.close_async()
        self._handler = None


@pytest.fixture(scope="session")
def chromium() -> Path:
    if not CHROMIUM.exists():
        if os.environ.get("SWITCHBOARD_NOTHING_SKIPPED") == "1":
            pytest.fail(f"{CHROMIUM} is missing, and nothing may be skipped.")
        pytest.skip(f"{CHROMIUM} is missing.")
    return CHROMIUM


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: Path) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def desk(browser: Browser) -> AsyncIterator[Desk]:
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        # The browser itself logs every refused call; the page answers for showing it.
        if message.type == "error" and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    async with AsyncExitStack() as stack:
        switch = Switch()
        workspace = Workspace(world=demo_world(), manifest=MANIFEST, bot_control=switch, rate_limits=False)
        slack = await stack.enter_async_context(workspace)

        async def sit_down(
            person: str, place: str, width: int = 1280, height: int = 800, **options: Any
        ) -> Page:
            context = await browser.new_context(viewport={"width": width, "height": height}, **options)
            stack.push_async_callback(context.close)
            page = await context.new_page()
            page.set_default_timeout(PATIENCE)
            page.on("console", listen)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            await page.goto(f"{slack.url}/#/{person}/{place}")
            await page.wait_for_selector(".sidebar__head")
            return page

        client = AsyncWebClient(token=slack.bot_token, base_url=f"{slack.url}/api/")
        app = AsyncApp(client=client, process_before_response=True)
        switch.make = lambda: AsyncSocketModeHandler(app, slack.app_token)
        await switch.start()
        stack.push_async_callback(switch.kill)
        _ignore_events(app)
        yield Desk(slack, client, app, sit_down)
    assert not complaints


def _ignore_events(app: AsyncApp) -> None:
    # Acknowledged, so that the workspace does not deliver them again while a test looks at something else.
    @app.event("message")
    @app.event("app_home_opened")
    async def ignore(ack: AsyncAck) -> None:
        await ack()
