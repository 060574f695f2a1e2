"""What the tests of the page sit at: a workspace, a small real app in it, and pages that people look at."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Locator, Page
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace import Workspace


@dataclass
class Desk:
    """A workspace with one app and a browser in front of it.

    `sit_down(person id, place, width=, height=, ...)` opens a page in a context of its own: another person.
    """

    slack: Workspace
    client: AsyncWebClient
    app: AsyncApp
    sit_down: Callable[..., Awaitable[Page]]

    def person(self, name: str) -> str:
        """Give the user id of the colleague whose name begins so."""
        users = self.slack.world.users.values()
        return next(str(user["id"]) for user in users if user["real_name"].startswith(name))

    def channel(self, name: str) -> str:
        """Give a channel's id by its name."""
        channels = self.slack.world.channels.values()
        return next(str(channel["id"]) for channel in channels if channel["name"] == name)

    async def post(self, channel: str, text: str, **more: Any) -> str:
        """Let the app say something in a channel; gives the ts."""
        answer = await self.client.chat_postMessage(channel=self.channel(channel), text=text, **more)
        return str(answer["ts"])


def message(page: Page, text: str) -> Locator:
    """Find the message that holds this text."""
    return page.locator(".message", has_text=text)


async def say(page: Page, text: str, *, within: str = ".stage") -> None:
    """Type into the composer and press Enter."""
    composer = page.locator(f"{within} .composer__text")
    await composer.fill(text)
    await composer.press("Enter")


def plain(text: str) -> dict[str, str]:
    """Give a plain_text object."""
    return {"type": "plain_text", "text": text}


def button(text: str, action_id: str, **more: Any) -> dict[str, Any]:
    """Give a button element."""
    return {"type": "button", "text": plain(text), "action_id": action_id, "value": "7", **more}


def actions(*elements: dict[str, Any]) -> list[dict[str, Any]]:
    """Give an actions block with these elements."""
    return [{"type": "actions", "block_id": "actions", "elements": list(elements)}]
