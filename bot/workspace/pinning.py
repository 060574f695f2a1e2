"""Pins and bookmarks of channels."""

from typing import Any

from bot.workspace.errors import ApiError
from bot.workspace.room import Room, public
from bot.workspace.world import new_id

Json = dict[str, Any]

MOST_PINS, MOST_BOOKMARKS = 100, 100


class Pinning:
    """Keeps what is pinned and bookmarked."""

    def __init__(self, room: Room) -> None:
        self._room, self._world = room, room.world

    def pin(self, channel_id: str, ts: str, user_id: str) -> None:
        """Pin a message; `already_pinned`."""
        message = self._room.message(channel_id, ts)
        pins = self._world.pins.setdefault(channel_id, [])
        if any(one["ts"] == ts for one in pins):
            raise ApiError("already_pinned")
        if len(pins) >= MOST_PINS:
            raise ApiError("too_many_pins")
        pins.append({"ts": ts, "created": self._now(), "created_by": user_id})
        message["pinned_to"] = [channel_id]
        self._changed("pin_added", channel_id, message, user_id)

    def unpin(self, channel_id: str, ts: str, user_id: str) -> None:
        """Unpin a message; `no_pin`."""
        message = self._room.message(channel_id, ts)
        pins = self._world.pins.get(channel_id, [])
        if not any(one["ts"] == ts for one in pins):
            raise ApiError("no_pin")
        self._world.pins[channel_id] = [one for one in pins if one["ts"] != ts]
        message.pop("pinned_to", None)
        self._changed("pin_removed", channel_id, message, user_id)

    def pinned(self, channel_id: str) -> list[Json]:
        """Give the items of `pins.list`, the newest first."""
        return [
            self._item(channel_id, message, pin)
            for pin in reversed(self._world.pins.get(channel_id, []))
            if (message := self._world.message(channel_id, pin["ts"]))
        ]

    def _item(self, channel_id: str, message: Json, pin: Json) -> Json:
        link = f"{self._room.url}/archives/{channel_id}/p{message['ts'].replace('.', '')}"
        return {
            "type": "message", "created": pin["created"], "created_by": pin["created_by"],
            "channel": channel_id,
            "message": public(message) | {"permalink": link},
        }  # fmt: skip

    def _changed(self, kind: str, channel_id: str, message: Json, user_id: str) -> None:
        self._world.touch("pins", channel_id)
        self._world.touch("messages", f"{channel_id}:{message['ts']}")
        self._room.tell("message_changed", channel_id, message=message)
        if not self._world.is_member(channel_id, self._world.bot_user_id):
            return
        pin = {"created": self._now(), "created_by": user_id}
        event = {
            "type": kind, "user": user_id, "channel_id": channel_id, "item": self._item(channel_id, message,
            pin),
            "item_user": message.get("user", ""), "pin_count": len(self._world.pins[channel_id]),
            "pinned_info": {"channel": channel_id, "pinned_by": user_id, "pinned_ts": self._now()},
            "event_ts": self._room.new_ts(),
        }  # fmt: skip
        self._room.on_event(event | ({"has_pins": bool(event["pin_count"])} if kind == "pin_removed" else {}))

    # ---- bookmarks -------------------------------------------------------------------------------------

    def bookmarks(self, channel_id: str) -> list[Json]:
        """Give a channel's bookmarks."""
        return list(self._world.bookmarks.get(channel_id, []))

    def add_bookmark(self, channel_id: str, title: str, link: str, emoji: str) -> Json:
        """Add one; `too_many_bookmarks`."""
        kept = self._world.bookmarks.setdefault(channel_id, [])
        if len(kept) >= MOST_BOOKMARKS:
            raise ApiError("too_many_bookmarks")
        bookmark = {
            "id": new_id("Bk"), "channel_id": channel_id, "title": title, "link": link, "emoji": emoji,
            "icon_url": None, "type": "link", "entity_id": None, "date_created": self._now(),
            "date_updated": 0,
            "rank": f"{len(kept):04}", "last_updated_by_user_id": self._world.bot_user_id,
            "last_updated_by_team_id": self._world.team_id, "shortcut_id": None, "app_id": None,
        }  # fmt: skip
        kept.append(bookmark)
        self._bookmarked(channel_id)
        return bookmark

    def edit_bookmark(self, channel_id: str, bookmark_id: str, changes: Json) -> Json:
        """Change one; `bookmark_not_found`."""
        for bookmark in self._world.bookmarks.get(channel_id, []):
            if bookmark["id"] == bookmark_id:
                bookmark.update(changes, date_updated=self._now())
                self._bookmarked(channel_id)
                return bookmark
        raise ApiError("bookmark_not_found")

    def remove_bookmark(self, channel_id: str, bookmark_id: str) -> None:
        """Take one away; `bookmark_not_found`."""
        kept = self._world.bookmarks.get(channel_id, [])
        if not any(one["id"] == bookmark_id for one in kept):
            raise ApiError("bookmark_not_found")
        self._world.bookmarks[channel_id] = [one for one in kept if one["id"] != bookmark_id]
        self._bookmarked(channel_id)

    def _bookmarked(self, channel_id: str) -> None:
        self._world.touch("bookmarks", channel_id)
        self._room.tell("channel", channel_id)

    def _now(self) -> int:
        return int(self._room.clock.now().timestamp())
