"""What the app hears of: events it subscribed to in its manifest, in Slack's envelope."""

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


class Events:
    """Wraps what happens and hands on what the app wants to hear."""

    def __init__(self, world: World, manifest: Json, deliver: Callable[[Json], None]) -> None:
        subscriptions = (manifest.get("settings") or {}).get("event_subscriptions") or {}
        self._wanted = frozenset(subscriptions.get("bot_events") or [])
        self._world, self._deliver = world, deliver

    def happened(self, event: Json) -> None:
        """Deliver an event, if the app subscribed to it."""
        name = event["type"]
        if name == "message":
            name = _MESSAGE_KINDS.get(event.get("channel_type", ""), "message.channels")
        if name not in self._wanted:
            return
        world = self._world
        stamp = event.get("event_ts") or event.get("ts") or "0"
        self._deliver({
            "token": "local", "team_id": world.team_id, "context_team_id": world.team_id,
            "context_enterprise_id": None, "api_app_id": world.app["app_id"], "event": event,
            "type": "event_callback", "event_id": f"Ev0{secrets.token_hex(5).upper()}",
            "event_time": int(float(stamp)), "is_ext_shared_channel": False,
            "authorizations": [{"enterprise_id": None, "team_id": world.team_id, "user_id": world.bot_user_id,
                                "is_bot": True, "is_enterprise_install": False}],
        })  # fmt: skip
