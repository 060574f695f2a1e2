"""Answers to a `response_url` (five in half an hour), and to a command: shown where it was asked.

https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

import secrets
from dataclasses import dataclass
from typing import Any

from bot.clock import monotonic
from bot.workspace import kit
from bot.workspace.errors import ApiError, Refused
from bot.workspace.room import Room, with_ids

Json = dict[str, Any]

# Real seconds, and how many.
LIVES, MOST = 30 * 60.0, 5


@dataclass
class _Place:
    channel_id: str
    user_id: str
    ts: str | None
    is_ephemeral: bool
    thread_ts: str | None
    until: float
    left: int = MOST


class Responses:
    """Keeps the open `response_url`s."""

    def __init__(self, room: Room) -> None:
        self._room, self._places = room, dict[str, _Place]()

    def address(
        self, channel_id: str, user_id: str, ts: str | None = None, *, is_ephemeral: bool = False,
        thread_ts: str | None = None,
    ) -> str:  # fmt: skip
        """Make a `response_url` for this place."""
        ticket = secrets.token_urlsafe(16)
        self._places[ticket] = _Place(channel_id, user_id, ts, is_ephemeral, thread_ts, monotonic() + LIVES)
        return f"{self._room.url}/respond/{ticket}"

    def respond(self, ticket: str, body: Json) -> None:
        """Take an answer; `Refused` when the address was used up or is too old, `ApiError` if broken."""
        place = self._places.get(ticket)
        if place is None or place.until < monotonic():
            raise Refused("expired_url", 404)
        if place.left <= 0:
            raise Refused("used_url", 404)
        if "blocks" in body:
            kit.check_blocks(body["blocks"], "message")
        if not any(body.get(name) for name in ("text", "blocks", "attachments", "delete_original")):
            raise ApiError("no_text")
        place.left -= 1
        if body.get("delete_original") and place.ts:
            self._delete(place)
        elif body.get("replace_original") and place.ts:
            self._replace(place, body)
        else:
            self.show(body, place.channel_id, place.user_id, body.get("thread_ts") or place.thread_ts)

    def _delete(self, place: _Place) -> None:
        assert place.ts
        if place.is_ephemeral:
            self._room.unwhisper(place.channel_id, place.user_id, place.ts)
        elif message := self._room.world.message(place.channel_id, place.ts):
            self._room.delete(place.channel_id, message)

    def _replace(self, place: _Place, body: Json) -> None:
        assert place.ts
        room = self._room
        changes: Json = {
            name: body[name] for name in ("text", "blocks", "attachments", "metadata") if name in body
        }
        if "text" in changes and "blocks" not in changes:
            changes["blocks"] = None
        if place.is_ephemeral:
            if whisper := room.whispered(place.channel_id, place.user_id, place.ts):
                if changes.get("blocks"):
                    changes["blocks"] = with_ids(changes["blocks"])
                whisper |= changes
                for name in [name for name, value in whisper.items() if value is None]:
                    del whisper[name]
                room.rewhisper(place.channel_id, place.user_id, whisper)
        elif message := room.world.message(place.channel_id, place.ts):
            room.edit(place.channel_id, message, changes, room.world.bot_user_id)

    def show(self, answer: Json, channel_id: str, user_id: str, thread_ts: str | None) -> None:
        """Show an answer to who asked, or to the channel if it says so; `ApiError` for broken blocks."""
        message = {"text": str(answer.get("text") or ""), **self._room.bot_author()}
        for name in ("blocks", "attachments", "metadata"):
            if answer.get(name):
                message[name] = answer[name]
        if answer.get("blocks"):
            kit.check_blocks(answer["blocks"], "message")
        if answer.get("response_type") == "in_channel":
            self._room.post(channel_id, message, thread_ts=thread_ts)
        else:
            self._room.whisper(channel_id, user_id, message, thread_ts)
