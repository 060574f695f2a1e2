"""Slack as the courier meets it: the local workspace over loopback, with faults on order."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.gateways import slack
from bot.gateways.slack import SlackCourier
from bot.ports import Letter
from bot.workspace import Workspace, demo_world

MANIFEST = Path(__file__).parent.parent.parent / "manifest.yml"
FILE = b"a file's bytes"


@dataclass
class Outside:
    """A workspace, and the courier that speaks to it."""

    workspace: Workspace
    courier: SlackCourier

    def channel(self, name: str = "suppliers") -> str:
        """Give a channel's id."""
        found = [one["id"] for one in self.workspace.world.channels.values() if one["name"] == name]
        return str(found[0])

    def user(self, name: str = "Tom") -> str:
        """Give a person's id."""
        users = self.workspace.world.users.values()
        return str(next(one["id"] for one in users if one["real_name"].startswith(name)))

    def fault(self, kind: str, **more: Any) -> None:
        """Let the next calls fail."""
        self.workspace.faults.add(self.workspace.faults.read({"kind": kind, **more}))

    def said(self, name: str = "suppliers") -> list[dict[str, Any]]:
        """Give what the bot said in a channel."""
        messages = self.workspace.world.messages[self.channel(name)]
        return [one for one in messages if one.get("bot_id")]

    def texts(self, name: str = "suppliers") -> list[str]:
        """Give the texts of what the bot said in a channel."""
        return [one["text"] for one in self.said(name)]

    async def post(self, text: str, uid: str = "", **more: Any) -> Letter:
        """Post something; its letter."""
        letter = make("slack.post", uid or text, channel=self.channel(), text=text, **more)
        await self.courier.deliver(letter)
        return letter


def make(kind: str, uid: str, *, progress: dict[str, Any] | None = None, **payload: Any) -> Letter:
    """Make a letter."""
    return Letter(uid, kind, payload, datetime.now(UTC), progress or {})


async def _blob(_sha256: str) -> bytes:
    return FILE


@asynccontextmanager
async def opened(*, patience: float = 1.0, url: str = "", token: str = "") -> AsyncIterator[Outside]:
    """Open a workspace and a courier; `url` and `token` replace those of the workspace."""
    async with (
        Workspace(demo_world(), MANIFEST, rate_limits=False) as workspace,
        slack.client(token or workspace.bot_token, url or f"{workspace.url}/api/", patience) as client,
    ):
        yield Outside(workspace, SlackCourier(client, _blob))
