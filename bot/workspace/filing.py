"""Files: kept, shared into channels, deleted. The app hears of it."""

from typing import Any
from urllib.parse import quote

from bot.workspace.errors import ApiError
from bot.workspace.room import Room
from bot.workspace.world import new_id

Json = dict[str, Any]

# Where a file is shared stands in the file, not in the messages that share it.
_PLACES = ("shares", "channels", "groups", "ims")


class Filing:
    """Keeps files."""

    def __init__(self, room: Room) -> None:
        self._room, self._world = room, room.world

    def add(self, name: str, content: bytes, mimetype: str, user_id: str, title: str | None = None) -> Json:
        """Keep a file that is not shared yet."""
        file_id = new_id("F")
        ending = name.rpartition(".")[2].lower() if "." in name else ""
        created = int(self._room.clock.now().timestamp())
        address = f"{self._room.url}/files/{file_id}/{quote(name)}"
        file = {
            "id": file_id, "created": created, "timestamp": created, "name": name, "title": title or name,
            "mimetype": mimetype, "filetype": ending, "pretty_type": ending.upper(), "user": user_id,
            "user_team": self._world.team_id, "editable": False, "size": len(content), "mode": "hosted",
            "is_external": False, "external_type": "", "is_public": False, "public_url_shared": False,
            "display_as_bot": False, "username": "", "url_private": address, "url_private_download": address,
            "permalink": address, "file_access": "visible", "shares": {}, "channels": [], "groups": [],
            "ims": [],
        }  # fmt: skip
        self._world.files[file_id] = file
        self._world.contents[file_id] = content
        self._world.touch("files", file_id)
        self._world.touch("contents", file_id)
        return file

    def find(self, file_id: str) -> Json:
        """Find a file that is not deleted; `file_not_found`, `file_deleted`."""
        file = self._world.files.get(file_id)
        if file is None:
            raise ApiError("file_not_found")
        if file["mode"] == "tombstone":
            raise ApiError("file_deleted")
        return file

    def share(self, files: list[Json], channel_id: str, message: Json, thread_ts: str | None) -> Json:
        """Put files into a channel as one message."""
        message = {name: value for name, value in message.items() if name != "client_msg_id"}
        shown = [{name: value for name, value in one.items() if name not in _PLACES} for one in files]
        message |= {"files": shown, "upload": False, "subtype": "file_share"}
        posted = self._room.post(channel_id, message, thread_ts=thread_ts)
        channel = self._room.channel(channel_id)
        place = "private" if channel["is_private"] else "public"
        listed = "ims" if channel["is_im"] else "groups" if channel["is_private"] else "channels"
        for file in files:
            share = {
                "reply_users": [], "reply_users_count": 0, "reply_count": 0, "ts": posted["ts"],
                "channel_name": channel["name"], "team_id": self._world.team_id,
                "share_user_id": file["user"],
            }  # fmt: skip
            if posted.get("thread_ts"):
                share["thread_ts"] = posted["thread_ts"]
            file["shares"].setdefault(place, {}).setdefault(channel_id, []).append(share)
            file[listed] = list(dict.fromkeys([*file[listed], channel_id]))
            self._world.touch("files", file["id"])
            if self._world.is_member(channel_id, self._world.bot_user_id):
                self._tell("file_shared", file, channel_id=channel_id)
                change = {"type": "file_change", "file_id": file["id"], "file": {"id": file["id"]}}
                self._room.on_event(change | {"event_ts": self._room.new_ts()})
        return posted

    def created(self, file: Json) -> None:
        """Tell the app that a file is complete."""
        self._tell("file_created", file)

    def delete(self, file: Json) -> None:
        """Delete a file; what shared it shows a tombstone."""
        places = [*file["channels"], *file["groups"], *file["ims"]]
        self._world.files[file["id"]] |= {"mode": "tombstone"}
        self._world.contents.pop(file["id"], None)
        self._world.touch("files", file["id"])
        self._world.touch("contents", file["id"])
        for channel_id in places:
            self._bury(file["id"], channel_id)
        self._room.on_event(
            {
                "type": "file_deleted",
                "file_id": file["id"],
                "channel_ids": places,
                "event_ts": self._room.new_ts(),
            }
        )

    def _bury(self, file_id: str, channel_id: str) -> None:
        for message in self._world.messages[channel_id]:
            files = message.get("files") or []
            if any(one["id"] == file_id for one in files):
                message["files"] = [
                    {"id": file_id, "mode": "tombstone"} if one["id"] == file_id else one for one in files
                ]
                self._world.touch("messages", f"{channel_id}:{message['ts']}")
                self._room.tell("message_changed", channel_id, message=message)

    def _tell(self, kind: str, file: Json, **more: Any) -> None:
        self._room.on_event(
            {"type": kind, "file_id": file["id"], "user_id": file["user"], "file": {"id": file["id"]}, **more,
             "event_ts": self._room.new_ts()}
        )  # fmt: skip
