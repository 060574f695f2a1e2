"""The life of channels: made, joined, left, renamed, archived. The app hears of it."""

import re
from typing import Any

from bot.workspace.errors import ApiError
from bot.workspace.room import Room

Json = dict[str, Any]

MOST_IN_GROUP_DM = 8
_NAME = re.compile(r"[\w\-]{1,80}")


class Channels:
    """Changes channels."""

    def __init__(self, room: Room) -> None:
        self._room, self._world = room, room.world

    def create(self, name: str, creator: str, *, is_private: bool) -> Json:
        """Make a channel; `name_taken`, `invalid_name_...`."""
        self._free(name)
        channel_id = self._world.add_channel(
            name, [creator], is_private=is_private, is_group=is_private, is_channel=not is_private,
            created=self._now(),
        )  # fmt: skip
        channel = self._world.channels[channel_id]
        self._changed(channel)
        if not is_private:
            self._room.on_event(
                self._event("channel_created", channel=described(channel, self._world.team_id))
            )
        self._says(channel, creator, "channel_join", f"<@{creator}> has joined the channel")
        return channel

    def _free(self, name: str) -> None:
        if len(name) > 80:
            raise ApiError("invalid_name_maxlength")
        if name != name.lower() or not _NAME.fullmatch(name):
            raise ApiError("invalid_name_specials")
        if any(one["name"] == name for one in self._world.channels.values()):
            raise ApiError("name_taken")

    def open(self, opener: str, users: list[str]) -> tuple[Json, bool]:
        """Give the DM or group DM of these people, and whether it was there already."""
        everybody = list(dict.fromkeys([opener, *users]))
        if len(everybody) > MOST_IN_GROUP_DM + 1:
            raise ApiError("too_many_users")
        before = set(self._world.channels)
        if len(everybody) <= 2:
            channel = self._world.channels[self._world.dm(opener, users[0])]
        else:
            same = (
                one
                for one in self._world.channels.values()
                if one["is_mpim"] and set(one["members"]) == set(everybody)
            )
            found = next(same, None)
            channel = found or self._group_dm(everybody)
        was_there = channel["id"] in before
        if not was_there:
            self._changed(channel)
        return channel, was_there

    def _group_dm(self, everybody: list[str]) -> Json:
        names = "--".join(self._world.users[one]["name"] for one in everybody)
        channel_id = self._world.add_channel(
            f"mpdm-{names}-1", everybody, is_mpim=True, is_private=True, is_channel=False, created=self._now()
        )
        return self._world.channels[channel_id]

    # ---- members ---------------------------------------------------------------------------------------

    def join(self, channel_id: str, user_id: str, inviter: str | None = None) -> bool:
        """Let somebody in; False when they are there."""
        channel = self._room.channel(channel_id)
        if user_id in channel["members"]:
            return False
        channel["members"].append(user_id)
        self._member("member_joined_channel", channel, user_id, inviter)
        more = {"inviter": inviter} if inviter else {}
        self._says(channel, user_id, "channel_join", f"<@{user_id}> has joined the channel", **more)
        return True

    def leave(self, channel_id: str, user_id: str) -> bool:
        """Let somebody go; False when they are not there."""
        channel = self._room.channel(channel_id)
        if user_id not in channel["members"]:
            return False
        if channel["is_general"]:
            raise ApiError("cant_leave_general")
        # The leaving is told first: whoever leaves a private channel hears nothing of it afterwards.
        self._says(channel, user_id, "channel_leave", f"<@{user_id}> has left the channel")
        heard = self._world.is_member(channel_id, self._world.bot_user_id)
        channel["members"].remove(user_id)
        self._member("member_left_channel", channel, user_id, None, heard=heard)
        return True

    def _member(
        self, kind: str, channel: Json, user_id: str, inviter: str | None, *, heard: bool = False
    ) -> None:
        self._changed(channel)
        if heard or self._world.is_member(channel["id"], self._world.bot_user_id):
            event = self._event(
                kind, user=user_id, channel=channel["id"], channel_type="G" if channel["is_private"] else "C",
                team=self._world.team_id,
            )  # fmt: skip
            self._room.on_event(event | ({"inviter": inviter} if inviter else {}))

    # ---- names and ends --------------------------------------------------------------------------------

    def rename(self, channel_id: str, name: str, user_id: str) -> Json:
        """Give a channel another name."""
        channel = self._room.channel(channel_id)
        if channel["name"] == name:
            return channel
        self._free(name)
        old, channel["name"] = channel["name"], name
        channel["previous_names"] = [old, *channel.get("previous_names", [])]
        self._changed(channel)
        self._of_channel(channel, "rename", channel=brief(channel))
        self._says(
            channel, user_id, "channel_name",
            f'<@{user_id}> has renamed the channel from "{old}" to "{name}"',
            old_name=old, name=name,
        )  # fmt: skip
        return channel

    def describe(self, channel_id: str, what: str, value: str, user_id: str) -> Json:
        """Set the `topic` or the `purpose`."""
        channel = self._room.channel(channel_id)
        if len(value) > 250:
            raise ApiError("too_long")
        channel[what] = {"value": value, "creator": user_id, "last_set": self._now()}
        self._changed(channel)
        self._says(
            channel,
            user_id,
            f"channel_{what}",
            f"<@{user_id}> set the channel {what}: {value}",
            **{what: value},
        )
        return channel

    def archive(self, channel_id: str, user_id: str, *, archived: bool) -> None:
        """Archive a channel, or bring it back; `already_archived`, `not_archived`, `cant_archive_general`."""
        channel = self._room.channel(channel_id)
        if channel["is_archived"] == archived:
            raise ApiError("already_archived" if archived else "not_archived")
        if channel["is_general"]:
            raise ApiError("cant_archive_general")
        channel["is_archived"] = archived
        self._changed(channel)
        word = "archive" if archived else "unarchive"
        self._of_channel(channel, word, channel=channel["id"], user=user_id)
        self._says(channel, user_id, f"channel_{word}", f"<@{user_id}> {word}d the channel")

    def delete(self, channel_id: str, user_id: str) -> None:
        """Delete a channel and all that was said in it; `cant_delete_general`."""
        channel, world = self._room.channel(channel_id), self._world
        if channel["is_general"]:
            raise ApiError("cant_delete_general")
        self._of_channel(channel, "deleted", channel=channel_id, actor_id=user_id)
        # Told first: nobody sees a channel that is gone.
        self._room.on_change("channel_gone", {"channel": channel_id}, None)
        for message in world.messages.pop(channel_id, []):
            world.touch("messages", f"{channel_id}:{message['ts']}")
        for order in [one for one in world.scheduled.values() if one["channel_id"] == channel_id]:
            del world.scheduled[order["id"]]
            world.touch("scheduled", order["id"])
        for kind in ("channels", "pins", "bookmarks"):
            getattr(world, kind).pop(channel_id, None)
            world.touch(kind, channel_id)

    # ---- telling ---------------------------------------------------------------------------------------

    def _of_channel(self, channel: Json, word: str, /, **fields: Any) -> None:
        if channel["is_private"] and not self._world.is_member(channel["id"], self._world.bot_user_id):
            return
        kind = "group" if channel["is_private"] else "channel"
        self._room.on_event(self._event(f"{kind}_{word}", **fields))

    def _says(self, channel: Json, user_id: str, subtype: str, text: str, **more: Any) -> None:
        """Let the channel say what happened, as Slack does; private ones say group_ for channel_."""
        if channel["is_im"] or channel["is_mpim"]:
            return
        if channel["is_private"]:
            subtype = subtype.replace("channel_", "group_")
        self._room.post(channel["id"], {"user": user_id, "subtype": subtype, "text": text, **more})

    def _changed(self, channel: Json) -> None:
        channel["updated"] = self._now() * 1000
        self._world.touch("channels", channel["id"])
        self._room.tell("channel", channel["id"])

    def _event(self, kind: str, **fields: Any) -> Json:
        return {"type": kind, **fields, "event_ts": self._room.new_ts()}

    def _now(self) -> int:
        return int(self._room.clock.now().timestamp())


def brief(channel: Json) -> Json:
    """Give what a rename tells of a channel."""
    kept = ("id", "is_channel", "is_mpim", "name", "created")
    return {name: channel[name] for name in kept} | {"name_normalized": channel["name"]}


def described(channel: Json, team_id: str) -> Json:
    """Give a channel as Slack's objects show it: without its members."""
    found = {name: value for name, value in channel.items() if name != "members"}
    if channel["is_im"]:
        kept = ("id", "created", "is_archived", "is_im", "user", "updated")
        return {name: found[name] for name in kept if name in found} | {
            "is_org_shared": False,
            "context_team_id": team_id,
        }
    return {
        "name_normalized": channel["name"], "unlinked": 0, "is_shared": False, "is_org_shared": False,
        "is_ext_shared": False, "is_pending_ext_shared": False, "pending_shared": [],
        "shared_team_ids": [team_id],
        "pending_connected_team_ids": [], "previous_names": [], "context_team_id": team_id, "updated": 0,
        **found,
    }  # fmt: skip
