"""People come, change and go; the app hears of it."""

from typing import Any
from zoneinfo import ZoneInfo

from bot.workspace.errors import ApiError, Refused
from bot.workspace.room import Room

Json = dict[str, Any]

_STATUS = ("status_text", "status_emoji", "status_expiration")
_PICTURES = (24, 32, 48, 72, 192, 512)


class People:
    """Changes people."""

    def __init__(self, room: Room, scopes: frozenset[str]) -> None:
        self._room, self._world, self._scopes = room, room.world, scopes

    def hire(self, name: str, **more: Any) -> Json:
        """Let somebody join the team, and the channel for everybody."""
        user_id = self._world.add_user(name, updated=self._now(), **more)
        user = self._world.users[user_id]
        self._tell(user)
        self._room.on_event({"type": "team_join", "user": self.shown(user), "event_ts": self._room.new_ts()})
        return user

    def change(self, user_id: str, changes: Json) -> Json:
        """Change a person: `profile` (merged), `tz`, `locale`, `presence`, `deleted`, ..."""
        user = self._world.users.get(user_id)
        if user is None:
            raise ApiError("user_not_found")
        profile = changes.get("profile") or {}
        status = {name: value for name, value in profile.items() if name in _STATUS}
        user |= {name: value for name, value in changes.items() if name != "profile"}
        user["profile"] |= profile
        if "real_name" in profile:
            user["real_name"] = profile["real_name"]
        user["updated"] = self._now()
        self._tell(user)
        # Presence is told by no event that an app could hear.
        if set(changes) - {"presence"}:
            self._changed("user_change", user)
        if profile:
            self._changed("user_profile_changed", user)
        if status:
            self._changed("user_status_changed", user)
        return user

    def snooze(self, user_id: str, minutes: float) -> None:
        """Let nobody disturb a person for so long."""
        self._world.snoozes[user_id] = self._room.clock.now().timestamp() + minutes * 60
        self._world.touch("snoozes", user_id)
        event = {"type": "dnd_updated_user", "user": user_id, "dnd_status": self.rest(user_id)}
        self._room.on_event(event | {"event_ts": self._room.new_ts()})

    def rest(self, user_id: str) -> Json:
        """Give when somebody does not want to be disturbed."""
        until = self._world.snoozes.get(user_id, 0.0)
        now = self._room.clock.now().timestamp()
        if until <= now:
            return {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}
        return {"dnd_enabled": True, "next_dnd_start_ts": int(now), "next_dnd_end_ts": int(until)}

    def shown(self, user: Json, *, locale: bool = True) -> Json:
        """Give a user object as Slack does; email with its scope, locale where asked for."""
        zone = user.get("tz") or "UTC"
        local = self._room.clock.now().astimezone(ZoneInfo(zone))
        profile = _profile(user)
        if "users:read.email" not in self._scopes:
            profile.pop("email", None)
        hidden = {"presence"} | (set() if locale else {"locale"})
        shown = {name: value for name, value in user.items() if name not in hidden}
        offset = local.utcoffset()
        return {
            "is_owner": False, "is_primary_owner": False, "is_email_confirmed": True,
            "who_can_share_contact_card": "EVERYONE",
            **shown, "tz": zone, "tz_label": local.tzname() or zone,
            "tz_offset": int(offset.total_seconds()) if offset else 0, "profile": profile,
        }  # fmt: skip

    def profile(self, user_id: str) -> Json:
        """Give a profile; `user_not_found`."""
        user = self._world.users.get(user_id)
        if user is None:
            raise ApiError("user_not_found")
        profile: Json = self.shown(user)["profile"]
        return {name: value for name, value in profile.items() if name != "team"}

    def find(self, user_id: str) -> Json:
        """Find a person; a sentence when there is nobody."""
        user = self._world.users.get(user_id)
        if user is None:
            raise Refused("There is nobody of this name here.", 404)
        return user

    def _changed(self, kind: str, user: Json) -> None:
        event = {"type": kind, "user": self.shown(user), "cache_ts": self._now()}
        self._room.on_event(event | {"event_ts": self._room.new_ts()})

    def _tell(self, user: Json) -> None:
        self._world.touch("users", user["id"])
        self._room.on_change("user", {"user": user}, None)

    def _now(self) -> int:
        return int(self._room.clock.now().timestamp())


def _profile(user: Json) -> Json:
    profile = user["profile"]
    first, _, last = str(profile["real_name"]).partition(" ")
    return {
        "title": "", "phone": "", "skype": "", "real_name_normalized": profile["real_name"],
        "display_name_normalized": profile["display_name"], "status_text": "", "status_emoji": "",
        "status_emoji_display_info": [], "status_expiration": 0, "status_text_canonical": "",
        "avatar_hash": f"g{user['id'][-8:].lower()}", "first_name": first, "last_name": last,
        "team": user["team_id"],
        **{f"image_{size}": "" for size in _PICTURES}, **profile,
    }  # fmt: skip
