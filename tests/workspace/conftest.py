"""The workspace's own tests use the fixtures that it offers to any bot, and a small real app."""

import re
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from slack_bolt.adapter.socket_mode.websockets import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace import Workspace
from bot.workspace.driver import Person
from bot.workspace.pytest_plugin import (
    correspondent,
    person,
    slack,
    workspace,
    workspace_options,
    workspace_world,
)
from tests.workspace.manifest import manifest

__all__ = ["correspondent", "person", "slack", "workspace", "workspace_options", "workspace_world"]


@pytest.fixture
def workspace_manifest() -> dict[str, Any]:
    return manifest()


@pytest.fixture
def client(workspace: Workspace) -> AsyncWebClient:
    """Call the Web API as the app, with no retries of its own."""
    return AsyncWebClient(token=workspace.bot_token, base_url=f"{workspace.url}/api/", retry_handlers=[])


@pytest_asyncio.fixture
async def app(workspace: Workspace, client: AsyncWebClient) -> AsyncIterator[AsyncApp]:
    """Run a Bolt app that does nothing yet, connected by Socket Mode."""
    bolt = AsyncApp(client=client, process_before_response=True)
    # So that it soon notices a socket that closed without a word.
    handler = AsyncSocketModeHandler(bolt, workspace.app_token, ping_interval=1)
    await handler.connect_async()
    yield bolt
    await handler.close_async()


@pytest.fixture
def heard(app: AsyncApp) -> list[dict[str, Any]]:
    """Give the events that the app hears."""
    events: list[dict[str, Any]] = []

    @app.middleware
    async def keep(body: dict[str, Any], next_: Callable[[], Any]) -> Any:
        if "event" in body:
            events.append(body)
        return await next_()

    @app.event(re.compile(".*"))
    async def anything() -> None:
        return

    return events


@pytest.fixture
def nora(person: Callable[[str], Person]) -> Person:
    return person("Nora")


@pytest.fixture
def tom(person: Callable[[str], Person]) -> Person:
    return person("Tom")


@pytest.fixture
def channel(workspace: Workspace) -> Callable[[str], str]:
    """Give a channel's id by its name."""
    return lambda name: next(one["id"] for one in workspace.world.channels.values() if one["name"] == name)
