"""A workspace with an app that may do everything."""

from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from bot.workspace import Workspace, demo_world
from tests.workspace.manifest import manifest


class Wire:
    """A workspace and plain calls of its Web API."""

    def __init__(self, slack: Workspace) -> None:
        self.slack, self.room, self.tools = slack, slack.room, slack.tools
        world = slack.world
        self.nora, self.tom = (one["id"] for one in list(world.users.values())[:2])
        self.general = next(one["id"] for one in world.channels.values() if one["name"] == "general")
        self.suppliers = next(one["id"] for one in world.channels.values() if one["name"] == "suppliers")
        self.events: list[dict[str, Any]] = []
        slack.delivery.event = self.events.append  # type: ignore[method-assign]
        slack.events._deliver = self.events.append

    async def __call__(self, method: str, /, **args: Any) -> dict[str, Any]:
        """Call a method that must succeed."""
        token = self.slack.app_token if method == "apps.connections.open" else self.slack.bot_token
        answer = await self.slack.api.call(method, args, token)
        assert answer["ok"], answer
        return answer

    async def refused(self, method: str, /, **args: Any) -> str:
        """Call a method that must fail; the error."""
        answer = await self.slack.api.call(method, args, self.slack.bot_token)
        assert not answer["ok"], answer
        return str(answer["error"])

    async def post(self, text: str = "Hello", **more: Any) -> str:
        """Let the app write into #general; the ts."""
        return str((await self("chat.postMessage", channel=self.general, text=text, **more))["ts"])

    def says(self, text: str, **more: Any) -> str:
        """Let Nora write into #general; the ts."""
        return str(
            self.room.post(self.general, self.room.person_author(self.nora) | {"text": text}, **more)["ts"]
        )

    def heard(self, kind: str) -> dict[str, Any]:
        """Give the newest event of this type, or type.subtype, in its envelope."""
        return next(one for one in reversed(self.events) if kind in _names(one["event"]))


def _names(event: dict[str, Any]) -> tuple[str, str]:
    return event["type"], f"{event['type']}.{event.get('subtype')}"


@pytest_asyncio.fixture
async def wire() -> AsyncIterator[Wire]:
    async with Workspace(demo_world(), manifest(), rate_limits=False) as slack:
        yield Wire(slack)
