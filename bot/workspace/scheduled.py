"""Messages the app has scheduled: posted when workspace time reaches them, in order."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from bot.clock import Clock
from bot.workspace.errors import ApiError
from bot.workspace.room import Room
from bot.workspace.world import new_id

Json = dict[str, Any]

# https://docs.slack.dev/reference/methods/chat.scheduleMessage: 120 days ahead, 30 for 5 minutes.
FURTHEST, MOST, WINDOW = 120 * 24 * 3600, 30, 300


class Scheduled:
    """Keeps scheduled messages in the world, and posts them."""

    def __init__(self, room: Room, clock: Clock) -> None:
        self._room, self._kept, self._clock = room, room.world.scheduled, clock
        self.on_fired: Callable[[Json], None] = lambda _order: None

    def add(
        self, channel_id: str, post_at: int, message: Json, thread_ts: str | None, *, broadcast: bool
    ) -> Json:
        """Schedule a message; `time_in_past`, `time_too_far`, `restricted_too_many`."""
        now = self._clock.now().timestamp()
        if post_at <= now:
            raise ApiError("time_in_past")
        if post_at > now + FURTHEST:
            raise ApiError("time_too_far")
        near = [
            one
            for one in self._kept.values()
            if one["channel_id"] == channel_id and abs(one["post_at"] - post_at) < WINDOW
        ]
        if len(near) >= MOST:
            raise ApiError("restricted_too_many")
        order = {
            "id": new_id("Q"), "channel_id": channel_id, "post_at": post_at, "date_created": int(now),
            "text": message.get("text", ""), "message": message, "thread_ts": thread_ts,
            "broadcast": broadcast,
        }  # fmt: skip
        self._kept[order["id"]] = order
        self._room.world.touch("scheduled", order["id"])
        return order

    def remove(self, order_id: str, channel_id: str) -> None:
        """Take one back; `invalid_scheduled_message_id`."""
        order = self._kept.get(order_id)
        if order is None or order["channel_id"] != channel_id:
            raise ApiError("invalid_scheduled_message_id")
        del self._kept[order_id]
        self._room.world.touch("scheduled", order_id)

    def coming(self) -> list[Json]:
        """Give what is scheduled, the next first."""
        return sorted(self._kept.values(), key=lambda one: (one["post_at"], one["id"]))

    def next_due(self) -> datetime | None:
        """Give when the next is due."""
        coming = self.coming()
        return datetime.fromtimestamp(coming[0]["post_at"], UTC) if coming else None

    def fire(self) -> None:
        """Post what is due by now."""
        now = self._clock.now().timestamp()
        for order in self.coming():
            if order["post_at"] > now:
                return
            del self._kept[order["id"]]
            self._room.world.touch("scheduled", order["id"])
            self._post(order)

    def _post(self, order: Json) -> None:
        channel = self._room.world.channels.get(order["channel_id"])
        if channel is None or channel["is_archived"]:
            return
        # As Slack: a scheduled message with metadata is accepted and never posted.
        if "metadata" in order["message"]:
            return
        self.on_fired(order)
        try:
            self._room.post(
                channel["id"], order["message"], thread_ts=order["thread_ts"], broadcast=order["broadcast"]
            )
        except ApiError:
            return  # its thread is gone
