"""Which channels there are, and who is in the private ones: nothing is told where it does not belong."""

from collections.abc import AsyncIterator
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient


async def read(client: AsyncWebClient) -> dict[str, list[str] | None]:
    """Give the channels the bot sees, by id: None for one that all may read, else the ids of its members."""
    found: dict[str, list[str] | None] = {}
    kinds = "public_channel,private_channel"
    async for channel in _pages(client.conversations_list, "channels", limit=200, types=kinds):
        found[channel["id"]] = None
        if channel.get("is_private"):
            members = _pages(client.conversations_members, "members", channel=channel["id"], limit=200)
            found[channel["id"]] = [str(one) async for one in members]
    return found


async def _pages(method: Any, key: str, **arguments: Any) -> AsyncIterator[Any]:
    cursor = ""
    while True:
        answer = await method(cursor=cursor, **arguments)
        for one in answer[key]:
            yield one
        cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return
