"""Threads with an app that is an agent: status, title, suggested prompts. https://docs.slack.dev/ai."""

from typing import Any

from bot.workspace.errors import ApiError
from bot.workspace.room import Room

Json = dict[str, Any]


class Assistants:
    """Keeps how each thread with the app stands."""

    def __init__(self, room: Room, manifest: Json) -> None:
        self._room, self._world = room, room.world
        self._features = manifest.get("features") or {}

    def open(self, user_id: str, looking_at: str | None) -> Json:
        """Open a new thread with the app, as its assistant pane does; `{"channel", "thread_ts"}`."""
        channel_id = self._world.dm(user_id, self._world.bot_user_id)
        if "assistant_view" not in self._features:
            # An agent has no thread of its own yet: its messages tab is opened, and each message begins one.
            self._room.on_event({
                "type": "app_home_opened", "user": user_id, "channel": channel_id, "tab": "messages",
                "event_ts": self._room.new_ts(),
            })  # fmt: skip
            return {"channel": channel_id, "thread_ts": None}
        root = self._room.post(
            channel_id, self._room.bot_author() | {"text": "New chat", "subtype": "assistant_app_thread"}
        )
        context = {"team_id": self._world.team_id, "enterprise_id": None}
        if looking_at:
            context["channel_id"] = looking_at
        thread = {
            "user_id": user_id, "context": context, "channel_id": channel_id, "thread_ts": root["ts"],
        }  # fmt: skip
        self._room.on_event(
            {"type": "assistant_thread_started", "assistant_thread": thread, "event_ts": self._room.new_ts()}
        )
        return {"channel": channel_id, "thread_ts": root["ts"]}

    def set(self, channel_id: str, thread_ts: str, **what: Any) -> None:
        """Set the status, title or prompts of a thread with somebody."""
        if not self._room.thread(channel_id, thread_ts):
            raise ApiError("thread_not_found")
        key = f"{channel_id}:{thread_ts}"
        kept = self._world.assistants.setdefault(key, {"status": "", "title": "", "prompts": []})
        kept |= what
        self._world.touch("assistants", key)
        self._room.tell("assistant", channel_id, thread_ts=thread_ts, **kept)

    def answered(self, channel_id: str, thread_ts: str) -> None:
        """Take the status away: the app has written into the thread."""
        kept = self._world.assistants.get(f"{channel_id}:{thread_ts}")
        if kept and kept["status"]:
            self.set(channel_id, thread_ts, status="")
