"""users.*, usergroups.*, dnd.*: who is who, and when not to disturb them."""

from typing import Any

from bot.workspace.errors import ApiError
from bot.workspace.methods.table import Call, invalid, method

Json = dict[str, Any]

_MOST_ASKED = 50


@method("users.list", "users:read", tier=2)
def _users(call: Call) -> Json:
    found, metadata = call.page(list(call.world.users.values()))
    return {
        "members": [_person(call, one) for one in found],
        "cache_ts": _now(call),
        "response_metadata": metadata,
    }


@method("users.info", "users:read", tier=4)
def _user(call: Call) -> Json:
    return {"user": _person(call, call.user())}


@method("users.lookupByEmail", "users:read.email")
def _by_email(call: Call) -> Json:
    email = call.text("email").lower()
    for user in call.world.users.values():
        if not user["deleted"] and user["profile"].get("email", "").lower() == email:
            return {"user": _person(call, user)}
    raise ApiError("users_not_found")


def _person(call: Call, user: Json) -> Json:
    return call.tools.people.shown(user, locale=call.flag("include_locale"))


def _now(call: Call) -> int:
    return int(call.room.clock.now().timestamp())


@method("users.profile.get", "users.profile:read", tier=4)
def _profile(call: Call) -> Json:
    return {"profile": call.tools.people.profile(call.maybe("user") or call.bot)}


@method("users.profile.set", "users.profile:write")
def _set_profile(call: Call) -> Json:
    if call.maybe("user") not in (None, call.bot):
        raise ApiError("cannot_update_admin_user")
    profile = call.parsed("profile")
    if call.maybe("name"):
        profile = {call.text("name"): str(call.args.get("value") or "")}
    if not isinstance(profile, dict) or not profile:
        raise ApiError("invalid_profile")
    if len(str(profile.get("status_text", ""))) > 100:
        raise ApiError("too_long")
    call.tools.people.change(call.bot, {"profile": profile})
    return {"profile": call.tools.people.profile(call.bot), "username": call.world.users[call.bot]["name"]}


@method("users.getPresence", "users:read")
def _presence(call: Call) -> Json:
    user = call.user() if call.maybe("user") else call.world.users[call.bot]
    presence = "away" if user["deleted"] or user.get("presence") == "away" else "active"
    return {"presence": presence}


@method("users.setPresence", "users:write", tier=2)
def _set_presence(call: Call) -> Json:
    presence = call.text("presence")
    if presence not in ("auto", "away"):
        raise ApiError("invalid_presence")
    call.tools.people.change(call.bot, {"presence": presence})
    return {}


# ---- not to be disturbed -------------------------------------------------------------------------------


@method("dnd.info", "dnd:read")
def _dnd(call: Call) -> Json:
    return call.tools.people.rest(call.user()["id"] if call.maybe("user") else call.bot)


@method("dnd.teamInfo", "dnd:read", tier=2)
def _team_dnd(call: Call) -> Json:
    users = call.names("users")
    if len(users) > _MOST_ASKED:
        raise ApiError("too_many_users")
    return {"users": {one: call.tools.people.rest(one) for one in users if one in call.world.users}}


# ---- groups --------------------------------------------------------------------------------------------


def _group(call: Call) -> Json:
    group = call.world.usergroups.get(call.text("usergroup"))
    if group is None:
        raise ApiError("no_such_subteam")
    return group


def _shown(call: Call, group: Json) -> Json:
    hidden = set() if call.flag("include_users") else {"users"}
    if not call.flag("include_count"):
        hidden.add("user_count")
    return {name: value for name, value in group.items() if name not in hidden}


@method("usergroups.list", "usergroups:read", tier=2)
def _groups(call: Call) -> Json:
    every = [
        one
        for one in call.world.usergroups.values()
        if call.flag("include_disabled") or not one["date_delete"]
    ]
    return {"usergroups": [_shown(call, one) for one in every]}


@method("usergroups.users.list", "usergroups:read", tier=2)
def _group_users(call: Call) -> Json:
    return {"users": _group(call)["users"]}


@method("usergroups.create", "usergroups:write", tier=2)
def _create_group(call: Call) -> Json:
    name = call.text("name")
    handle = call.maybe("handle") or name.lower().replace(" ", "-")
    for group in call.world.usergroups.values():
        if group["name"] == name:
            raise ApiError("name_already_exists")
        if group["handle"] == handle:
            raise ApiError("handle_already_exists")
    more = {"description": call.maybe("description") or "", "date_create": _now(call), "created_by": call.bot}
    group_id = call.world.add_usergroup(handle, name, [], **more)
    return {"usergroup": _changed(call, call.world.usergroups[group_id], {}, "subteam_created")}


@method("usergroups.update", "usergroups:write", tier=2)
def _update_group(call: Call) -> Json:
    changes = {
        name: value for name in ("name", "handle", "description") if (value := call.maybe(name)) is not None
    }
    return {"usergroup": _changed(call, _group(call), changes)}


@method("usergroups.users.update", "usergroups:write", tier=2)
def _update_users(call: Call) -> Json:
    users = call.names("users")
    for user in users:
        if user not in call.world.users:
            raise invalid(f"invalid user: {user}")
    return {"usergroup": _changed(call, _group(call), {"users": users, "user_count": len(users)})}


@method("usergroups.enable", "usergroups:write", tier=2)
def _enable(call: Call) -> Json:
    return {"usergroup": _changed(call, _group(call), {"date_delete": 0})}


@method("usergroups.disable", "usergroups:write", tier=2)
def _disable(call: Call) -> Json:
    return {"usergroup": _changed(call, _group(call), {"date_delete": _now(call), "deleted_by": call.bot})}


def _changed(call: Call, group: Json, changes: Json, kind: str = "subteam_updated") -> Json:
    group |= changes | {"date_update": _now(call), "updated_by": call.bot}
    call.world.touch("usergroups", group["id"])
    call.room.on_event({"type": kind, "subteam": dict(group), "event_ts": call.room.new_ts()})
    return _shown(call, group)
