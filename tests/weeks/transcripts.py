"""What everybody was told over the weeks: a text a person, and one a channel, with their local times."""

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.workspace.driver import Slack
from bot.workspace.reading import words

Json = dict[str, Any]
_DATE = re.compile(r"<!date\^(\d+)\^[^|>]*\|[^>]*>")


async def write(slack: Slack, folder: Path) -> int:
    """Write `told-NAME.txt` for everybody the bot wrote to, and `channel-NAME.txt`; how many messages."""
    people = (await slack.get("people"))["users"]
    names = {one["id"]: one["profile"]["display_name"] or one["real_name"] for one in people}
    count = 0
    for user in people:
        if user["is_bot"] or user["deleted"] or user.get("is_stranger"):
            continue
        state = await slack.get("state", as_=user["id"])
        bot = state["bot"]["user_id"]
        names |= {one["id"]: one["name"] for one in state["channels"] if not one["is_im"]}
        direct = [one["id"] for one in state["channels"] if one["is_im"] and one["user"] == bot]
        zone = ZoneInfo(user["tz"])
        count += await _one(slack, user["id"], direct, zone, names, folder / f"told-{names[user['id']]}.txt")
        if names[user["id"]] == "Nora":
            for one in state["channels"]:
                if not one["is_im"]:
                    path = folder / f"channel-{one['name']}.txt"
                    await _one(slack, user["id"], [one["id"]], zone, names, path)
    return count


async def _one(
    slack: Slack, person: str, channels: list[str], zone: ZoneInfo, names: dict[str, str], path: Path
) -> int:
    parts = []
    for channel in channels:
        found = await slack.get("messages", as_=person, channel=channel, limit=2000)
        for message in found["messages"]:
            at = datetime.fromtimestamp(float(message["ts"]), UTC).astimezone(zone)
            only = " (only visible to them)" if message.get("is_ephemeral") else ""
            parts.append(f"=== {at:%a %d %b %H:%M}{only}\n{_words(message, zone, names)}\n")
    if parts:
        await asyncio.to_thread(path.write_text, "\n".join(parts), encoding="utf-8")
    return len(parts)


def _words(message: Json, zone: ZoneInfo, names: dict[str, str]) -> str:
    return words(_local(message, zone), names)


def _local(thing: Any, zone: ZoneInfo) -> Any:
    """Put instants into the reader's own time, as Slack does."""
    if isinstance(thing, str):
        return _DATE.sub(lambda found: _instant(int(found[1]), zone), thing)
    if isinstance(thing, list):
        return [_local(one, zone) for one in thing]
    if isinstance(thing, dict):
        return {key: _local(value, zone) for key, value in thing.items()}
    return thing


def _instant(seconds: int, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC).astimezone(zone):%a %d %b %H:%M}"
