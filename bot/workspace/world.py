"""The world of a local workspace: who and what is there, in Slack's own shapes, kept in one SQLite file.

Pure state: nothing here knows HTTP. A change is `touch`ed and written within a moment; without a path the
world lives in memory only.
"""

import base64
import json
import secrets
import sqlite3
from collections import defaultdict
from pathlib import Path
from typing import Any

Json = dict[str, Any]

# What is kept, as (kind, key) -> value. Kinds are attributes of `World`, but for messages: one row each.
KINDS = (
    "users", "channels", "files", "homes", "mails", "read", "meta", "usergroups", "bookmarks", "scheduled",
    "pins", "assistants", "snoozes", "chats",
)  # fmt: skip


class World:
    """Everything there is. Ids look like Slack's; messages are lists by channel, oldest first."""

    def __init__(self, name: str = "Workspace", domain: str = "workspace") -> None:
        self.meta: dict[str, Any] = {
            "team": {"id": _id("T"), "name": name, "domain": domain},
            "app": {"app_id": _id("A"), "bot_id": _id("B"), "bot_user_id": "", "name": "Switchboard"},
            "tokens": {
                "bot": f"xoxb-{secrets.token_hex(16)}",
                "app": f"xapp-1-{secrets.token_hex(16)}",
                "signing": secrets.token_hex(16),
                "control": secrets.token_urlsafe(24),
            },
            "correspondents": [],
            "mail_to": {},
            "emoji": {},
        }
        self.users: dict[str, Json] = {}
        self.channels: dict[str, Json] = {}
        self.messages: defaultdict[str, list[Json]] = defaultdict(list)
        self.files: dict[str, Json] = {}
        self.contents: dict[str, bytes] = {}
        self.homes: dict[str, Json] = {}
        self.mails: dict[str, Json] = {}
        self.chats: dict[str, Json] = {}  # WeChat: one message each
        self.read: dict[str, dict[str, str]] = {}
        self.usergroups: dict[str, Json] = {}
        self.bookmarks: dict[str, list[Json]] = {}  # by channel
        self.pins: dict[str, list[Json]] = {}  # by channel: {"ts", "created", "created_by"}
        self.scheduled: dict[str, Json] = {}
        self.assistants: dict[str, Json] = {}  # by "channel:thread_ts": status, title, prompts
        self.snoozes: dict[str, float] = {}  # by person: until, in workspace time
        self.snapshots: dict[str, Json] = {}
        self._dirty: set[tuple[str, str]] = set()
        self._database: sqlite3.Connection | None = None

    # ---- building -------------------------------------------------------------------------------------

    def add_user(self, name: str, **more: Any) -> str:
        """Add a person; `more` overrides what a user object has. Gives the id."""
        user_id = _id("U")
        real_name = more.pop("real_name", name)
        profile = {
            "real_name": real_name,
            "display_name": name,
            "title": "",
            "email": "",
            "status_text": "",
            "image_48": "",
        }
        profile |= more.pop("profile", {})
        self.users[user_id] = {
            "id": user_id, "team_id": self.team_id, "name": name.lower().replace(" ", "."),
            "real_name": real_name,
            "deleted": False, "is_bot": False, "is_admin": False, "is_restricted": False,
            "is_ultra_restricted": False, "is_app_user": False, "tz": "Europe/London", "tz_offset": 0,
            "locale": "en-GB", "color": "1f5c57", "updated": 0, "profile": profile,
        } | more  # fmt: skip
        self.touch("users", user_id)
        return user_id

    def add_channel(self, name: str, members: list[str], **more: Any) -> str:
        """Add a channel; gives the id."""
        channel_id = _id("D" if more.get("is_im") else "C")
        self.channels[channel_id] = {
            "id": channel_id, "name": name, "is_channel": True, "is_group": False, "is_im": False,
            "is_mpim": False,
            "is_private": False, "is_archived": False, "is_general": False, "created": 0,
            "creator": members[0] if members else "", "members": list(dict.fromkeys(members)),
            "topic": {"value": "", "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
        } | more  # fmt: skip
        self.touch("channels", channel_id)
        return channel_id

    def add_usergroup(self, handle: str, name: str, users: list[str], **more: Any) -> str:
        """Add a user group; gives the id."""
        group_id = _id("S")
        self.usergroups[group_id] = {
            "id": group_id, "team_id": self.team_id, "is_usergroup": True, "is_subteam": True, "name": name,
            "description": "", "handle": handle, "is_external": False, "date_create": 0, "date_update": 0,
            "date_delete": 0, "created_by": "", "updated_by": "",
            "prefs": {"channels": [], "groups": []}, "users": list(users), "user_count": len(users),
        } | more  # fmt: skip
        self.touch("usergroups", group_id)
        return group_id

    # ---- looking --------------------------------------------------------------------------------------

    @property
    def team_id(self) -> str:
        """The id of the workspace."""
        return str(self.meta["team"]["id"])

    @property
    def app(self) -> Json:
        """The installed app: app_id, bot_id, bot_user_id, name."""
        app: Json = self.meta["app"]
        return app

    @property
    def bot_user_id(self) -> str:
        """The app's user."""
        return str(self.app["bot_user_id"])

    def message(self, channel_id: str, ts: str) -> Json | None:
        """Find a message by its channel and ts."""
        return next((one for one in reversed(self.messages[channel_id]) if one["ts"] == ts), None)

    def is_outsider(self, user_id: str) -> bool:
        """Tell whether somebody is a guest, or of another company."""
        user = self.users.get(user_id, {})
        return any(user.get(name) for name in ("is_restricted", "is_ultra_restricted", "is_stranger"))

    def is_member(self, channel_id: str, user_id: str) -> bool:
        """Tell whether somebody is in a channel."""
        return user_id in self.channels[channel_id]["members"]

    def may_see(self, channel_id: str, user_id: str) -> bool:
        """Tell whether somebody sees a channel: members always, others public ones unless they are guests."""
        channel = self.channels[channel_id]
        if user_id in channel["members"]:
            return True
        closed = channel["is_private"] or channel["is_im"] or channel["is_mpim"]
        return not (closed or self.is_outsider(user_id))

    def dm(self, one: str, other: str) -> str:
        """Give the DM of two people, made now if there is none."""
        for channel in self.channels.values():
            if channel["is_im"] and set(channel["members"]) == {one, other}:
                return str(channel["id"])
        return self.add_channel("", [one, other], is_im=True, is_channel=False, is_private=True, user=other)

    # ---- keeping --------------------------------------------------------------------------------------

    def touch(self, kind: str, key: str) -> None:
        """Note that something changed and must be kept."""
        self._dirty.add((kind, key))

    def open(self, path: Path) -> None:
        """Keep the world in this file; what it holds already replaces what is here."""
        # Another thread writes, one at a time: see Workspace.
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS thing (kind TEXT, key TEXT, value BLOB, PRIMARY KEY (kind, key))"
        )
        self._database.execute("CREATE TABLE IF NOT EXISTS snapshot (name TEXT PRIMARY KEY, value BLOB)")
        for name, value in self._database.execute("SELECT name, value FROM snapshot"):
            self.snapshots[name] = json.loads(value)
        rows = self._database.execute("SELECT kind, key, value FROM thing ORDER BY kind, key").fetchall()
        if rows:
            self._load(rows)
        else:
            self._touch_everything()
        self.flush()

    def _load(self, rows: list[tuple[str, str, bytes]]) -> None:
        for kind in KINDS:
            if kind != "meta":
                getattr(self, kind).clear()
        self.messages.clear()
        for kind, key, value in rows:
            if kind == "contents":
                self.contents[key] = value
            elif kind == "messages":
                self.messages[key.partition(":")[0]].append(json.loads(value))
            else:
                getattr(self, kind)[key] = json.loads(value)
        for messages in self.messages.values():
            messages.sort(key=lambda one: one["ts"])
        self._dirty.clear()

    def _touch_everything(self) -> None:
        self._dirty |= self._keys()

    def _keys(self) -> set[tuple[str, str]]:
        keys = {(kind, key) for kind in (*KINDS, "contents") for key in getattr(self, kind)}
        return keys | {
            ("messages", f"{channel_id}:{message['ts']}")
            for channel_id, messages in self.messages.items()
            for message in messages
        }

    def snapshot(self, name: str, at: str) -> None:
        """Keep everything as it is now under this name; a snapshot of that name is replaced."""
        rows = [
            [kind, key, base64.b64encode(self._value(kind, key) or b"").decode()]
            for kind, key in sorted(self._keys())
        ]
        self.snapshots[name] = {"at": at, "rows": rows}
        if self._database:
            value = json.dumps(self.snapshots[name]).encode()
            self._database.execute("INSERT OR REPLACE INTO snapshot VALUES (?, ?)", (name, value))

    def restore(self, name: str) -> None:
        """Put everything back as it was then; KeyError when there is no such snapshot."""
        rows = [(kind, key, base64.b64decode(value)) for kind, key, value in self.snapshots[name]["rows"]]
        before = self._keys()
        self.contents.clear()
        self._load(rows)
        self._dirty = before | self._keys()

    def flush(self) -> None:
        """Write what changed."""
        dirty, self._dirty = self._dirty, set()
        if self._database is None or not dirty:
            return
        changes = [(kind, key, self._value(kind, key)) for kind, key in dirty]
        self._database.execute("BEGIN")
        for kind, key, value in changes:
            if value is None:
                self._database.execute("DELETE FROM thing WHERE kind = ? AND key = ?", (kind, key))
            else:
                self._database.execute("INSERT OR REPLACE INTO thing VALUES (?, ?, ?)", (kind, key, value))
        self._database.execute("COMMIT")

    def _value(self, kind: str, key: str) -> bytes | None:
        if kind == "contents":
            return self.contents.get(key)
        if kind == "messages":
            channel_id, _, ts = key.partition(":")
            value = self.message(channel_id, ts)
        else:
            value = getattr(self, kind).get(key)
        return None if value is None else json.dumps(value).encode()

    def close(self) -> None:
        """Write what is left and let go of the file."""
        self.flush()
        if self._database:
            self._database.close()
            self._database = None


def _id(letter: str) -> str:
    alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
    return f"{letter}0" + "".join(secrets.choice(alphabet) for _ in range(9))


new_id = _id
