"""reactions.*, pins.*, bookmarks.*: what is put onto messages and channels."""

import re
from typing import Any

from bot.workspace.errors import ApiError
from bot.workspace.methods.table import Call, invalid, method
from bot.workspace.room import public

Json = dict[str, Any]

_EMOJI = re.compile(r"[\w+\-'’]+(::skin-tone-[2-6])?")


def _emoji(call: Call) -> str:
    name = call.text("name").strip(":")
    if not _EMOJI.fullmatch(name):
        raise ApiError("invalid_name")
    return name


@method("reactions.add", "reactions:write")
def _react(call: Call) -> Json:
    channel, name = call.open_channel(), _emoji(call)
    call.room.react(channel["id"], call.text("timestamp"), name, call.bot)
    return {}


@method("reactions.remove", "reactions:write", tier=2)
def _unreact(call: Call) -> Json:
    channel, name = call.open_channel(), _emoji(call)
    call.room.unreact(channel["id"], call.text("timestamp"), name, call.bot)
    return {}


@method("reactions.get", "reactions:read")
def _reactions(call: Call) -> Json:
    channel = call.member_channel()
    message = public(call.room.message(channel["id"], call.text("timestamp")))
    return {
        "type": "message",
        "channel": channel["id"],
        "message": message | {"permalink": _link(call, channel, message)},
    }


@method("reactions.list", "reactions:read", tier=2)
def _reacted(call: Call) -> Json:
    user = call.maybe("user") or call.bot
    items = [
        {"type": "message", "channel": channel_id, "message": public(message)}
        for channel_id, messages in call.world.messages.items()
        if call.world.may_see(channel_id, call.bot)
        for message in messages
        if any(user in one["users"] for one in message.get("reactions", []))
    ]
    found, metadata = call.page(items)
    return {"items": found, "response_metadata": metadata}


def _link(call: Call, channel: Json, message: Json) -> str:
    return f"{call.room.url}/archives/{channel['id']}/p{message['ts'].replace('.', '')}"


@method("pins.add", "pins:write", tier=2)
def _pin(call: Call) -> Json:
    call.tools.pinning.pin(call.open_channel()["id"], call.text("timestamp"), call.bot)
    return {}


@method("pins.remove", "pins:write", tier=2)
def _unpin(call: Call) -> Json:
    call.tools.pinning.unpin(call.open_channel()["id"], call.text("timestamp"), call.bot)
    return {}


@method("pins.list", "pins:read", tier=2)
def _pins(call: Call) -> Json:
    return {"items": call.tools.pinning.pinned(call.member_channel()["id"])}


def _link_given(call: Call) -> str:
    link = call.text("link")
    if not re.fullmatch(r"https?://\S+", link):
        raise ApiError("invalid_link")
    return link


@method("bookmarks.add", "bookmarks:write", tier=2)
def _bookmark(call: Call) -> Json:
    channel = call.member_channel("channel_id")
    if call.text("type") != "link":
        raise ApiError("invalid_bookmark_type")
    bookmark = call.tools.pinning.add_bookmark(
        channel["id"], call.text("title"), _link_given(call), call.maybe("emoji") or ""
    )
    return {"bookmark": bookmark}


@method("bookmarks.edit", "bookmarks:write", tier=2)
def _edit_bookmark(call: Call) -> Json:
    channel = call.member_channel("channel_id")
    changes = {name: value for name in ("title", "emoji") if (value := call.maybe(name)) is not None}
    if call.maybe("link"):
        changes["link"] = _link_given(call)
    if not changes:
        raise invalid("missing required field: title, link or emoji")
    return {"bookmark": call.tools.pinning.edit_bookmark(channel["id"], call.text("bookmark_id"), changes)}


@method("bookmarks.list", "bookmarks:read")
def _bookmarks(call: Call) -> Json:
    return {"bookmarks": call.tools.pinning.bookmarks(call.member_channel("channel_id")["id"])}


@method("bookmarks.remove", "bookmarks:write", tier=2)
def _unbookmark(call: Call) -> Json:
    call.tools.pinning.remove_bookmark(call.member_channel("channel_id")["id"], call.text("bookmark_id"))
    return {}
