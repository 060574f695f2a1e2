"""What the app hears of: events it subscribed to in its manifest and has the scopes for."""

import secrets
from collections.abc import Callable
from typing import Any

from bot.clock import monotonic, wall
from bot.workspace.world import World

Json = dict[str, Any]

_MESSAGE_KINDS = {
    "channel": "message.channels",
    "group": "message.groups",
    "im": "message.im",
    "mpim": "message.mpim",
}
# An event, and the scopes of which the app needs one. https://docs.slack.dev/reference/events
_SCOPES = {
    "message.channels": ("channels:history",), "message.groups": ("groups:history",),
    "message.im": ("im:history",), "message.mpim": ("mpim:history",), "app_mention": ("app_mentions:read",),
    "reaction_added": ("reactions:read",), "reaction_removed": ("reactions:read",),
    "pin_added": ("pins:read",),
    "pin_removed": ("pins:read",), "file_shared": ("files:read",), "file_created": ("files:read",),
    "file_deleted": ("files:read",), "file_change": ("files:read",),
    "team_join": ("users:read",), "user_change": ("users:read",),
    "user_profile_changed": ("users.profile:read",), "user_status_changed": ("users:read",),
    "dnd_updated_user": ("dnd:read",), "subteam_created": ("usergroups:read",),
    "subteam_updated": ("usergroups:read",), "channel_created": ("channels:read",),
    "channel_rename": ("channels:read",), "channel_archive": ("channels:read",),
    "channel_unarchive": ("channels:read",), "channel_deleted": ("channels:read",),
    "group_deleted": ("groups:read",), "group_rename": ("groups:read",),
    "group_archive": ("groups:read",),
    "group_unarchive": ("groups:read",), "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"), "assistant_thread_started": ("assistant:write",),
}  # fmt: skip


# https://docs.slack.dev/apis/events-api/#rate-limiting: events in an hour, beyond which they are lost.
MOST_AN_HOUR = 30_000
_HOUR, _MINUTE = 3600, 60


class Events:
    """Wraps what happens and hands on what the app wants to hear; too much of it is lost, as in Slack."""

    def __init__(self, world: World, manifest: Json, deliver: Callable[[Json], None]) -> None:
        subscriptions = (manifest.get("settings") or {}).get("event_subscriptions") or {}
        scopes = set(((manifest.get("oauth_config") or {}).get("scopes") or {}).get("bot") or [])
        wanted = subscriptions.get("bot_events") or []
        self.wanted = frozenset(
            one for one in wanted if one not in _SCOPES or scopes.intersection(_SCOPES[one])
        )
        self._world, self._deliver = world, deliver
        self.most = MOST_AN_HOUR
        self._begun, self._told, self._warned = monotonic(), 0, -1

    def happened(self, event: Json) -> None:
        """Deliver an event, if the app subscribed to it."""
        name = event["type"]
        if name == "message":
            name = _MESSAGE_KINDS.get(event.get("channel_type", ""), "message.channels")
        if name not in self.wanted or self._too_many():
            return
        world = self._world
        stamp = event.get("event_ts") or event.get("ts") or "0"
        channel = event.get("channel")
        shared = isinstance(channel, str) and bool(world.channels.get(channel, {}).get("is_ext_shared"))
        self._deliver({
            "token": "local", "team_id": world.team_id, "enterprise_id": None,
            "context_team_id": world.team_id,
            "context_enterprise_id": None, "api_app_id": world.app["app_id"], "event": event,
            "type": "event_callback", "event_id": f"Ev0{secrets.token_hex(5).upper()}",
            "event_time": int(float(stamp)), "is_ext_shared_channel": shared,
            "event_context": f"4-{secrets.token_urlsafe(24)}",
            "authorizations": [{"enterprise_id": None, "team_id": world.team_id, "user_id": world.bot_user_id,
                                "is_bot": True, "is_enterprise_install": False}],
        })  # fmt: skip

    def _too_many(self) -> bool:
        """Count one more; in each minute of too many the app is told of it once."""
        now = monotonic()
        if now - self._begun > _HOUR:
            self._begun, self._told = now, 0
        self._told += 1
        if self._told <= self.most:
            return False
        minute = int(wall().timestamp()) // _MINUTE
        if minute != self._warned:
            self._warned = minute
            self._deliver({
                "token": "local", "type": "app_rate_limited", "team_id": self._world.team_id,
                "minute_rate_limited": minute * _MINUTE, "api_app_id": self._world.app["app_id"],
            })  # fmt: skip
        return True
