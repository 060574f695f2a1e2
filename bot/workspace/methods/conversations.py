"""conversations.*: channels, DMs, and what was said in them."""

from typing import Any

from bot.workspace.channels import described
from bot.workspace.errors import ApiError
from bot.workspace.methods.table import Call, method
from bot.workspace.room import kind_of, public

Json = dict[str, Any]

_KINDS = ("public_channel", "private_channel", "mpim", "im")
_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
_MANAGE = ("channels:manage", "groups:write", "im:write", "mpim:write")
_SCOPE = dict(zip(_KINDS, ("channels", "groups", "mpim", "im"), strict=True))


def _scoped(call: Call, channel: Json, right: str) -> Json:
    """Hold that the app may do this to a channel of this kind."""
    prefix = _SCOPE[kind_of(channel)]
    scope = "channels:manage" if (prefix, right) == ("channels", "write") else f"{prefix}:{right}"
    call.need(scope)
    return channel


def _shown(call: Call, channel: Json, *, count: bool = True) -> Json:
    shown = described(channel, call.world.team_id)
    if channel["is_im"]:
        others = [one for one in channel["members"] if one != call.bot]
        return shown | {"user": others[0] if others else call.bot}
    shown["is_member"] = call.world.is_member(channel["id"], call.bot)
    if count:
        shown["num_members"] = len(channel["members"])
    return shown


# ---- what was said -------------------------------------------------------------------------------------


@method("conversations.history", *_HISTORY)
def _history(call: Call) -> Json:
    channel = _scoped(call, call.member_channel(), "history")
    return _listed(call, list(reversed(call.room.top_level(channel["id"])))) | {
        "pin_count": len(call.world.pins.get(channel["id"], [])), "channel_actions_ts": None,
        "channel_actions_count": 0,
    }  # fmt: skip


@method("conversations.replies", *_HISTORY)
def _replies(call: Call) -> Json:
    channel, ts = _scoped(call, call.member_channel(), "history"), call.text("ts")
    thread = call.room.thread(channel["id"], ts)
    if not thread:
        raise ApiError("thread_not_found")
    return _listed(call, thread)


def _listed(call: Call, messages: list[Json]) -> Json:
    oldest, latest = call.maybe("oldest"), call.maybe("latest")
    inclusive = call.flag("inclusive")
    for name, value in (("oldest", oldest), ("latest", latest)):
        try:
            float(value or 0)
        except ValueError as error:
            raise ApiError(f"invalid_ts_{name}") from error
    kept = [
        one for one in messages
        if (not oldest or float(one["ts"]) > float(oldest) or (inclusive and one["ts"] == oldest))
        and (not latest or float(one["ts"]) < float(latest) or (inclusive and one["ts"] == latest))
    ]  # fmt: skip
    found, metadata = call.page(kept)
    every = call.flag("include_all_metadata")
    more = bool(metadata["next_cursor"])
    answer: Json = {"messages": [public(one, metadata=every) for one in found], "has_more": more}
    return answer | ({"response_metadata": metadata} if more else {})


# ---- which there are -----------------------------------------------------------------------------------


@method("conversations.list", *_READ, tier=2)
def _conversations(call: Call) -> Json:
    kinds = _kinds(call)
    every = [
        _shown(call, one) for one in call.world.channels.values()
        if kind_of(one) in kinds and call.world.may_see(one["id"], call.bot)
        and not (one["is_archived"] and call.flag("exclude_archived"))
    ]  # fmt: skip
    found, metadata = call.page(every)
    return {"channels": found, "response_metadata": metadata}


def _kinds(call: Call) -> list[str]:
    kinds = [one.strip() for one in str(call.args.get("types") or "public_channel").split(",")]
    for kind in kinds:
        if kind not in _KINDS:
            raise ApiError("invalid_types")
        call.need(f"{_SCOPE[kind]}:read")
    return kinds


@method("users.conversations", *_READ, tier=2)
def _users_conversations(call: Call) -> Json:
    kinds, user = _kinds(call), call.user()["id"] if call.maybe("user") else call.bot
    every = [
        {name: value for name, value in _shown(call, one, count=False).items() if name != "is_member"}
        for one in call.world.channels.values()
        if kind_of(one) in kinds and user in one["members"] and call.world.may_see(one["id"], call.bot)
        and not (one["is_archived"] and call.flag("exclude_archived"))
    ]  # fmt: skip
    found, metadata = call.page(every)
    return {"channels": found, "response_metadata": metadata}


@method("conversations.info", *_READ)
def _info(call: Call) -> Json:
    channel = _scoped(call, call.channel(), "read")
    return {"channel": _shown(call, channel, count=call.flag("include_num_members"))}


@method("conversations.members", *_READ, tier=4)
def _members(call: Call) -> Json:
    channel = _scoped(call, call.channel(), "read")
    found, metadata = call.page(channel["members"])
    return {"members": found, "response_metadata": metadata}


@method("conversations.open", "im:write", "mpim:write", "channels:manage", "groups:write")
def _open(call: Call) -> Json:
    if call.maybe("channel"):
        channel = call.channel()
        return {"no_op": True, "already_open": True, "channel": _opened(call, channel)}
    users = call.names("users")
    for user in users:
        if user not in call.world.users:
            raise ApiError("user_not_found")
        if call.world.users[user]["deleted"]:
            raise ApiError("user_disabled")
    if users == [call.bot]:
        raise ApiError("cannot_dm_bot")
    call.need("im:write" if len(users) == 1 else "mpim:write")
    channel, was_there = call.tools.channels.open(call.bot, users)
    answer: Json = {"channel": _opened(call, channel)}
    return answer | ({"no_op": True, "already_open": True} if was_there else {})


def _opened(call: Call, channel: Json) -> Json:
    return _shown(call, channel) if call.flag("return_im") else {"id": channel["id"]}


# ---- changing them -------------------------------------------------------------------------------------


@method("conversations.create", "channels:manage", "groups:write", tier=2)
def _create(call: Call) -> Json:
    is_private = call.flag("is_private")
    call.need("groups:write" if is_private else "channels:manage")
    channel = call.tools.channels.create(call.text("name"), call.bot, is_private=is_private)
    return {"channel": _shown(call, channel, count=False)}


@method("conversations.join", "channels:join")
def _join(call: Call) -> Json:
    channel = call.channel()
    if channel["is_archived"]:
        raise ApiError("is_archived")
    if kind_of(channel) != "public_channel":
        raise ApiError("method_not_supported_for_channel_type")
    if not call.tools.channels.join(channel["id"], call.bot):
        call.warn("already_in_channel")
    return {"channel": _shown(call, channel, count=False)}


@method("conversations.leave", *_MANAGE)
def _leave(call: Call) -> Json:
    channel = _managed(call, member=False)
    if not call.tools.channels.leave(channel["id"], call.bot):
        return {"not_in_channel": True}
    return {}


def _managed(call: Call, *, member: bool = True) -> Json:
    channel = _scoped(call, call.channel(), "write")
    if channel["is_im"] or channel["is_mpim"]:
        raise ApiError("method_not_supported_for_channel_type")
    if member and not call.world.is_member(channel["id"], call.bot):
        raise ApiError("not_in_channel")
    return channel


@method(
    "conversations.invite",
    "channels:manage",
    "channels:write.invites",
    "groups:write",
    "groups:write.invites",
)
def _invite(call: Call) -> Json:
    channel = call.open_channel()
    if channel["is_im"] or channel["is_mpim"]:
        raise ApiError("method_not_supported_for_channel_type")
    users = call.names("users")
    problems = [
        {"user": one, "ok": False, "error": error}
        for one in users
        if (error := _uninvitable(call, channel, one))
    ]
    if problems and not (call.flag("force") and len(problems) < len(users)):
        raise ApiError(str(problems[0]["error"]), errors=problems)
    wrong = {one["user"] for one in problems}
    for user in users:
        if user not in wrong:
            call.tools.channels.join(channel["id"], user, call.bot)
    return {"channel": _shown(call, channel, count=False)}


def _uninvitable(call: Call, channel: Json, user: str) -> str:
    known = call.world.users.get(user)
    if known is None or known["deleted"]:
        return "user_not_found"
    if user == call.bot:
        return "cant_invite_self"
    if known.get("is_stranger") and not channel.get("is_ext_shared"):
        return "user_is_restricted"
    return "already_in_channel" if user in channel["members"] else ""


@method("conversations.kick", *_MANAGE)
def _kick(call: Call) -> Json:
    channel, user = _managed(call), call.user()["id"]
    if user == call.bot:
        raise ApiError("cant_kick_self")
    if channel["is_general"]:
        raise ApiError("cant_kick_from_general")
    if not call.tools.channels.leave(channel["id"], user):
        raise ApiError("not_in_channel")
    return {"errors": {}}


@method("conversations.rename", *_MANAGE, tier=2)
def _rename(call: Call) -> Json:
    channel = call.tools.channels.rename(_managed(call)["id"], call.text("name"), call.bot)
    return {"channel": _shown(call, channel, count=False)}


@method("conversations.setTopic", *_MANAGE, tier=2)
def _set_topic(call: Call) -> Json:
    topic = str(call.args.get("topic") or "")
    channel = call.tools.channels.describe(_managed(call)["id"], "topic", topic, call.bot)
    return {"channel": _shown(call, channel, count=False)}


@method("conversations.setPurpose", *_MANAGE, tier=2)
def _set_purpose(call: Call) -> Json:
    purpose = str(call.args.get("purpose") or "")
    channel = call.tools.channels.describe(_managed(call)["id"], "purpose", purpose, call.bot)
    return {"channel": _shown(call, channel, count=False)}


@method("conversations.archive", *_MANAGE, tier=2)
def _archive(call: Call) -> Json:
    call.tools.channels.archive(_managed(call)["id"], call.bot, archived=True)
    return {}


@method("conversations.unarchive", *_MANAGE, tier=2)
def _unarchive(call: Call) -> Json:
    call.tools.channels.archive(_managed(call)["id"], call.bot, archived=False)
    return {}


@method("conversations.mark", *_MANAGE)
def _mark(call: Call) -> Json:
    channel = _scoped(call, call.member_channel(), "write")
    call.world.read.setdefault(call.bot, {})[channel["id"]] = call.text("ts")
    call.world.touch("read", call.bot)
    return {}


@method("conversations.close", "im:write", "mpim:write", "channels:manage", "groups:write", tier=2)
def _close(call: Call) -> Json:
    channel = call.channel()
    if not (channel["is_im"] or channel["is_mpim"]):
        raise ApiError("method_not_supported_for_channel_type")
    return {"no_op": True, "already_closed": True}
