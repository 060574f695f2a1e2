"""A manifest that asks for everything, for tests of what the workspace offers to any bot."""

from typing import Any

SCOPES = [
    "app_mentions:read", "assistant:write", "bookmarks:read", "bookmarks:write", "channels:history",
    "channels:join", "channels:manage", "channels:read", "chat:write", "chat:write.customize",
    "chat:write.public", "commands", "dnd:read", "emoji:read", "files:read", "files:write", "groups:history",
    "groups:read", "groups:write", "im:history", "im:read", "im:write", "mpim:history", "mpim:read",
    "mpim:write", "pins:read", "pins:write", "reactions:read", "reactions:write",
    "team.billing:read", "team:read", "usergroups:read", "usergroups:write", "users.profile:read",
    "users.profile:write", "users:read", "users:read.email", "users:write",
]  # fmt: skip
EVENTS = [
    "app_home_opened", "app_mention", "app_uninstalled", "assistant_thread_started", "channel_archive",
    "channel_created", "channel_deleted", "channel_rename", "channel_unarchive",
    "dnd_updated_user", "file_change", "file_created",
    "file_deleted", "file_shared", "function_executed", "group_rename", "member_joined_channel",
    "member_left_channel", "message.channels", "message.groups", "message.im", "message.mpim", "pin_added",
    "pin_removed", "reaction_added", "reaction_removed", "subteam_created", "subteam_updated", "team_join",
    "tokens_revoked", "user_change", "user_status_changed",
]  # fmt: skip


def manifest(**changes: Any) -> dict[str, Any]:
    """Give it, with other `scopes`, `events` or `features` maybe."""
    features = {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "Switchboard", "always_online": True},
        "slash_commands": [{"command": "/note", "description": "Keep a note", "should_escape": True}],
        "shortcuts": [
            {"name": "Keep this", "type": "message", "callback_id": "keep", "description": "Keep a message"},
            {"name": "New note", "type": "global", "callback_id": "new", "description": "Write a note"},
        ],
    }
    return {
        "display_information": {"name": "Switchboard"},
        "features": features | changes.get("features", {}),
        "functions": {"greet": {"title": "Greet", "description": "Says hello"}},
        "oauth_config": {
            "redirect_urls": ["http://127.0.0.1/installed"],
            "scopes": {"bot": changes.get("scopes", SCOPES)},
        },
        "settings": {
            "event_subscriptions": {"bot_events": changes.get("events", EVENTS)},
            "interactivity": {"is_enabled": True},
            "socket_mode_enabled": True,
        },
    }
