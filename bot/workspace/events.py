"""What the app hears of: events it subscribed to in its manifest and has the scopes for."""

import secrets
from collections.abc import Callable
from typing import Any

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
    "file_deleted": ("files:read",), "team_join": ("users:read",), "user_change": ("users:read",),
    "user_profile_changed": ("users.profile:read",), "user_status_changed": ("users:read",),
    "dnd_updated_user": ("dnd:read",), "subteam_created": ("usergroups:read",),
    "subteam_updated": ("usergroups:read",), "channel_created": ("channels:read",),
    "channel_rename": ("channels:read",), "channel_archive": ("channels:read",),
    "channel_unarchive": ("channels:read",), "group_rename": ("groups:read",),
    "group_archive": ("groups:read",),
    "group_unarchive": ("groups:read",), "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"), "assistant_thread_started": ("assistant:write",),
}  # fmt: skip


class Events:
    """Wraps what happens and hands on what the app wants to hear."""

    def __init__(self, world: World, manifest: Json, deliver: Callable[[Json], None]) -> None:
        subscriptions = (manifest.get("settings") or {}).get("event_subscriptions") or {}
        scopes = set(((manifest.get("oauth_config") or {}).get("scopes") or {}).get("bot") or [])
        wanted = subscriptions.get("bot_events") or []
        self.wanted = frozenset(
            one for one in wanted if one not in _SCOPES or scopes.intersection(_SCOPES[one])
        )
        self._world, self._deliver = world, deliver

    def happened(self, event: Json) -> None:
        """Deliver an event, if the app subscribed to it."""
        name = event["type"]
        if name == "message":
            name = _MESSAGE_KINDS.get(event.get("channel_type", ""), "message.channels")
        if name not in self.wanted:
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
