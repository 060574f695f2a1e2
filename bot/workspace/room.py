"""What is said in a workspace: messages, ephemerals, reactions. It tells the pages, and the app.

`on_change(kind, fields, readers)` is for pages: `readers` is None for all who may see `fields["channel"]`.
`on_event(event)` is for the app.
"""

import secrets
import uuid
from collections import defaultdict
from collections.abc import Callable, Collection
from typing import Any

from bot.clock import Clock
from bot.workspace.errors import ApiError
from bot.workspace.world import World

Json = dict[str, Any]
OnChange = Callable[[str, Json, Collection[str] | None], None]

# What `chat.postMessage` cuts off: https://docs.slack.dev/changelog/2018-truncating-really-long-messages
LONGEST_TEXT = 40_000


class Room:
    """The world, and everything that is said in it."""

    def __init__(self, world: World, clock: Clock) -> None:
        self.world, self.clock, self.url = world, clock, ""
        self.ephemerals: defaultdict[tuple[str, str], list[Json]] = defaultdict(list)
        self.on_change: OnChange = lambda _kind, _fields, _readers: None
        self.on_event: Callable[[Json], None] = lambda _event: None
        self._last_ts = 0
        self.resume()

    # ---- time and reading -----------------------------------------------------------------------------

    def resume(self) -> None:
        """Begin after the last message there is."""
        newest = (messages[-1]["ts"] for messages in self.world.messages.values() if messages)
        latest = max(newest, default="0.0").replace(".", "")
        self._last_ts = max(self._last_ts, int(latest))

    def new_ts(self) -> str:
        """Give a ts: workspace time, unique and always later than the one before."""
        self._last_ts = max(self._last_ts + 1, int(self.clock.now().timestamp() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def channel(self, channel_id: object) -> Json:
        """Find a channel by id; `channel_not_found`."""
        channel = self.world.channels.get(str(channel_id))
        if channel is None:
            raise ApiError("channel_not_found")
        return channel

    def message(self, channel_id: str, ts: object) -> Json:
        """Find a message; `message_not_found`."""
        message = self.world.message(channel_id, str(ts))
        if message is None:
            raise ApiError("message_not_found")
        return message

    def thread(self, channel_id: str, thread_ts: str) -> list[Json]:
        """Give a parent and its replies, oldest first."""
        return [
            one for one in self.world.messages[channel_id] if thread_ts in (one["ts"], one.get("thread_ts"))
        ]

    def top_level(self, channel_id: str) -> list[Json]:
        """Give what stands in the channel itself: no replies, unless they were also sent to the channel."""
        return [
            one for one in self.world.messages[channel_id]
            if one.get("thread_ts") in (None, one["ts"]) or one.get("subtype") == "thread_broadcast"
        ]  # fmt: skip

    # ---- messages -------------------------------------------------------------------------------------

    def post(
        self, channel_id: str, message: Json, *, thread_ts: str | None = None, broadcast: bool = False
    ) -> Json:
        """Put a message into a channel or thread; `message` has its author, text and blocks."""
        world = self.world
        ts = self.new_ts()
        message = {"type": "message", "team": world.team_id, **message, "ts": ts}
        message["text"] = message.get("text", "")[:LONGEST_TEXT]
        if "blocks" in message:
            message["blocks"] = with_ids(message["blocks"])
        if thread_ts:
            root = self._root(channel_id, thread_ts)
            message |= {"thread_ts": root["ts"], "parent_user_id": root.get("user", "")}
            if broadcast:
                message["subtype"] = "thread_broadcast"
            self._count_reply(channel_id, root, message)
        world.messages[channel_id].append(message)
        world.touch("messages", f"{channel_id}:{ts}")
        self.tell("message", channel_id, message=message)
        self._message_event(channel_id, message)
        return message

    def _root(self, channel_id: str, thread_ts: str) -> Json:
        root = self.world.message(channel_id, thread_ts)
        if root is None:
            raise ApiError("thread_not_found")
        if root.get("thread_ts", root["ts"]) != root["ts"]:
            root = self.world.message(channel_id, root["thread_ts"]) or root
        return root

    def _count_reply(self, channel_id: str, root: Json, reply: Json) -> None:
        users = [*root.get("reply_users", []), reply.get("user", "")]
        root |= {
            "thread_ts": root["ts"],
            "reply_count": root.get("reply_count", 0) + 1,
            "reply_users": list(dict.fromkeys(users)),
            "latest_reply": reply["ts"],
        }
        root["reply_users_count"] = len(root["reply_users"])
        self.world.touch("messages", f"{channel_id}:{root['ts']}")
        self.tell("message_changed", channel_id, message=root)

    def edit(self, channel_id: str, message: Json, changes: Json, editor: str) -> Json:
        """Change a message; None as a value takes the field away."""
        previous = dict(message)
        for name, value in changes.items():
            if value is None:
                message.pop(name, None)
            else:
                message[name] = with_ids(value) if name == "blocks" else value
        message["edited"] = {"user": editor, "ts": self.new_ts()}
        self.world.touch("messages", f"{channel_id}:{message['ts']}")
        self.tell("message_changed", channel_id, message=message)
        self._emit_message(
            channel_id,
            {"type": "message", "subtype": "message_changed", "hidden": True, "channel": channel_id,
             "message": public(message), "previous_message": public(previous), **self._stamps()},
        )  # fmt: skip
        return message

    def delete(self, channel_id: str, message: Json) -> None:
        """Take a message away; one that has replies leaves a tombstone."""
        if message.get("reply_count"):
            self._bury(channel_id, message)
            return
        self._uncount_reply(channel_id, message)
        self.world.messages[channel_id].remove(message)
        self.world.touch("messages", f"{channel_id}:{message['ts']}")
        self.tell("message_deleted", channel_id, ts=message["ts"])
        self._emit_message(
            channel_id,
            {"type": "message", "subtype": "message_deleted", "hidden": True, "channel": channel_id,
             "deleted_ts": message["ts"], "previous_message": public(message), **self._stamps()},
        )  # fmt: skip

    def _bury(self, channel_id: str, message: Json) -> None:
        previous = dict(message)
        kept = ("type", "ts", "thread_ts", "reply_count", "reply_users", "reply_users_count", "latest_reply")
        left = {name: message[name] for name in kept if name in message}
        message.clear()
        message |= left | {
            "subtype": "tombstone", "text": "This message was deleted.", "user": "USLACKBOT", "hidden": True,
        }  # fmt: skip
        self.world.touch("messages", f"{channel_id}:{message['ts']}")
        self.tell("message_changed", channel_id, message=message)
        self._emit_message(
            channel_id,
            {"type": "message", "subtype": "message_changed", "hidden": True, "channel": channel_id,
             "message": public(message), "previous_message": public(previous), **self._stamps()},
        )  # fmt: skip

    def _uncount_reply(self, channel_id: str, message: Json) -> None:
        root = self.world.message(channel_id, str(message.get("thread_ts")))
        if root is None or root is message:
            return
        replies = [one for one in self.thread(channel_id, root["ts"]) if one not in (root, message)]
        users = list(dict.fromkeys(one.get("user", "") for one in replies))
        root |= {"reply_count": len(replies), "reply_users": users, "reply_users_count": len(users)}
        if replies:
            root["latest_reply"] = replies[-1]["ts"]
        else:
            for name in ("reply_count", "reply_users", "reply_users_count", "latest_reply", "thread_ts"):
                root.pop(name, None)
        self.world.touch("messages", f"{channel_id}:{root['ts']}")
        self.tell("message_changed", channel_id, message=root)

    def _stamps(self) -> Json:
        ts = self.new_ts()
        return {"ts": ts, "event_ts": ts}

    def whisper(self, channel_id: str, user_id: str, message: Json, thread_ts: str | None = None) -> Json:
        """Show something to one person only."""
        message = {"type": "message", **message, "ts": self.new_ts(), "is_ephemeral": True}
        if "blocks" in message:
            message["blocks"] = with_ids(message["blocks"])
        if thread_ts:
            message["thread_ts"] = thread_ts
        self.ephemerals[channel_id, user_id].append(message)
        self.on_change("ephemeral", {"channel": channel_id, "message": message}, [user_id])
        return message

    def whispered(self, channel_id: str, user_id: str, ts: str) -> Json | None:
        """Find an ephemeral that somebody sees."""
        return next((one for one in self.ephemerals[channel_id, user_id] if one["ts"] == ts), None)

    def unwhisper(self, channel_id: str, user_id: str, ts: str) -> None:
        """Take an ephemeral away."""
        kept = [one for one in self.ephemerals[channel_id, user_id] if one["ts"] != ts]
        self.ephemerals[channel_id, user_id] = kept
        self.on_change("ephemeral_deleted", {"channel": channel_id, "ts": ts}, [user_id])

    def rewhisper(self, channel_id: str, user_id: str, message: Json) -> None:
        """Show an ephemeral anew that was changed."""
        self.on_change("ephemeral_changed", {"channel": channel_id, "message": message}, [user_id])

    def react(self, channel_id: str, ts: str, name: str, user_id: str) -> None:
        """Add a reaction; `already_reacted`."""
        message = self.message(channel_id, ts)
        reactions = message.setdefault("reactions", [])
        found = next((one for one in reactions if one["name"] == name), None)
        if found and user_id in found["users"]:
            raise ApiError("already_reacted")
        if found is None:
            found = {"name": name, "users": [], "count": 0}
            reactions.append(found)
        found["users"].append(user_id)
        found["count"] += 1
        self._reacted("reaction_added", channel_id, message, name, user_id)

    def unreact(self, channel_id: str, ts: str, name: str, user_id: str) -> None:
        """Take a reaction back; `no_reaction`."""
        message = self.message(channel_id, ts)
        found = next((one for one in message.get("reactions", []) if one["name"] == name), None)
        if found is None or user_id not in found["users"]:
            raise ApiError("no_reaction")
        found["users"].remove(user_id)
        found["count"] -= 1
        message["reactions"] = [one for one in message["reactions"] if one["count"]]
        self._reacted("reaction_removed", channel_id, message, name, user_id)

    def _reacted(self, kind: str, channel_id: str, message: Json, name: str, user_id: str) -> None:
        self.world.touch("messages", f"{channel_id}:{message['ts']}")
        self.tell("message_changed", channel_id, message=message)
        item = {"type": "message", "channel": channel_id, "ts": message["ts"]}
        event = {"type": kind, "user": user_id, "reaction": name, "item": item, "event_ts": self.new_ts()}
        if self.world.is_member(channel_id, self.world.bot_user_id):
            self.on_event(event | {"item_user": message.get("user", "")})

    # ---- telling --------------------------------------------------------------------------------------

    def tell(self, kind: str, channel_id: str, **fields: Any) -> None:
        """Tell everybody's page who may see the channel."""
        self.on_change(kind, {"channel": channel_id, **fields}, None)

    def _message_event(self, channel_id: str, message: Json) -> None:
        event = public(message) | {"channel": channel_id, "event_ts": message["ts"]}
        self._emit_message(channel_id, event)
        mention = f"<@{self.world.bot_user_id}>"
        if mention not in message["text"] or "bot_id" in message or self.channel(channel_id)["is_im"]:
            return
        if self.world.is_member(channel_id, self.world.bot_user_id):
            self.on_event(event | {"type": "app_mention"})

    def _emit_message(self, channel_id: str, event: Json) -> None:
        channel = self.channel(channel_id)
        if not self.world.is_member(channel_id, self.world.bot_user_id):
            return
        self.on_event({**event, "channel_type": CHANNEL_TYPES[kind_of(channel)]})

    # ---- authors ---------------------------------------------------------------------------------------

    def bot_author(
        self, username: str | None = None, emoji: str | None = None, url: str | None = None
    ) -> Json:
        """Give the fields that say a message is the app's."""
        app = self.world.app
        author: Json = {
            "user": self.world.bot_user_id, "bot_id": app["bot_id"], "app_id": app["app_id"],
            "bot_profile": {"id": app["bot_id"], "app_id": app["app_id"], "name": app["name"],
                            "deleted": False, "updated": 0, "team_id": self.world.team_id, "icons": {}},
        }  # fmt: skip
        if username or emoji or url:
            # Under a name of its own a message has no user, as in Slack.
            del author["user"]
            author |= {"subtype": "bot_message", "username": username or app["name"]}
            author["icons"] = {"emoji": emoji} if emoji else {"image_48": url} if url else {}
        return author

    def person_author(self, user_id: str) -> Json:
        """Give the fields that say a message is a person's."""
        user = self.world.users[user_id]
        author = {"user": user_id, "client_msg_id": str(uuid.uuid4()), "team": user["team_id"]}
        if user["team_id"] != self.world.team_id:
            author |= {"user_team": user["team_id"], "source_team": user["team_id"]}
        return author


CHANNEL_TYPES = {"im": "im", "mpim": "mpim", "private_channel": "group", "public_channel": "channel"}


def kind_of(channel: Json) -> str:
    """Give what `conversations.list` calls a channel's type."""
    if channel["is_im"]:
        return "im"
    if channel["is_mpim"]:
        return "mpim"
    return "private_channel" if channel["is_private"] else "public_channel"


def with_ids(given: list[Json]) -> list[Json]:
    """Give every block and element the ids Slack makes up where the app named none."""
    result = []
    for block in given:
        block = {**block, "block_id": block.get("block_id") or secrets.token_urlsafe(4)}  # noqa: PLW2901
        for name in ("accessory", "element"):
            if isinstance(block.get(name), dict) and block[name].get("type") != "image":
                block[name] = {"action_id": secrets.token_urlsafe(4), **block[name]}
        if block["type"] == "actions":
            block["elements"] = [{"action_id": secrets.token_urlsafe(4), **one} for one in block["elements"]]
        result.append(block)
    return result


def public(message: Json, *, metadata: bool = False) -> Json:
    """Give a message as the API shows it: metadata only to who asks for it."""
    return {name: value for name, value in message.items() if metadata or name != "metadata"}
