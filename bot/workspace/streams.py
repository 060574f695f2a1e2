"""Messages that are written bit by bit. A stream nobody adds to for five minutes (real time) is over.

https://docs.slack.dev/reference/methods/chat.startStream
"""

from typing import Any

from bot.clock import monotonic
from bot.workspace.errors import ApiError
from bot.workspace.room import Room

Json = dict[str, Any]

# Real seconds; characters at a time.
LIVES, LONGEST = 300.0, 12_000


class Streams:
    """Keeps the streams under way."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._heard: dict[tuple[str, str], float] = {}

    def start(self, channel_id: str, thread_ts: str, text: str, chunks: list[Json]) -> Json:
        """Begin a message in a thread."""
        message = self._room.bot_author() | {"text": "", "streaming_state": "in_progress"}
        posted = self._room.post(channel_id, message, thread_ts=thread_ts)
        self._heard[channel_id, posted["ts"]] = monotonic()
        if text or chunks:
            self.append(channel_id, posted["ts"], text, chunks)
        return posted

    def append(self, channel_id: str, ts: str, text: str, chunks: list[Json]) -> None:
        """Add to it; `message_not_in_streaming_state`."""
        message = self._running(channel_id, ts)
        self._heard[channel_id, ts] = monotonic()
        self._grow(channel_id, message, text, chunks)

    def stop(self, channel_id: str, ts: str, text: str, chunks: list[Json], more: Json) -> Json:
        """End it, with blocks and metadata maybe."""
        message = self._running(channel_id, ts)
        del self._heard[channel_id, ts]
        message["streaming_state"] = "completed"
        if more.get("metadata"):
            message["metadata"] = more["metadata"]
        if more.get("blocks"):
            message["blocks"] = more["blocks"]
        self._grow(channel_id, message, text, chunks)
        return message

    def _running(self, channel_id: str, ts: str) -> Json:
        message = self._room.message(channel_id, ts)
        if message.get("bot_id") != self._room.world.app["bot_id"]:
            raise ApiError("message_not_owned_by_app")
        heard = self._heard.get((channel_id, ts))
        if heard is None or monotonic() - heard > LIVES:
            raise ApiError("message_not_in_streaming_state")
        return message

    def _grow(self, channel_id: str, message: Json, text: str, chunks: list[Json]) -> None:
        written = text + "".join(
            str(one.get("text", "")) for one in chunks if one.get("type") == "markdown_text"
        )
        if len(written) > LONGEST:
            raise ApiError("msg_too_long")
        message["text"] += written
        tasks = {one["id"]: one for one in message.get("chunks", [])}
        tasks |= {one["id"]: one for one in chunks if one.get("type") == "task_update" and one.get("id")}
        if tasks:
            message["chunks"] = list(tasks.values())
        self._room.world.touch("messages", f"{channel_id}:{message['ts']}")
        self._room.tell("message_changed", channel_id, message=message)
