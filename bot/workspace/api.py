"""Slack's Web API: one table of methods, each with its scopes and its tier, over the room and the views.

Methods: https://docs.slack.dev/reference/methods. Arguments come as query, form or
JSON, on GET and POST alike.
"""

import asyncio
import base64
import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import BodyPartReader, web

from bot.workspace import checks
from bot.workspace.delivery import Delivery
from bot.workspace.errors import ApiError
from bot.workspace.faults import Faults
from bot.workspace.interactions import Interactions
from bot.workspace.limits import Limits
from bot.workspace.room import Room, public
from bot.workspace.world import World

Json = dict[str, Any]
Log = Callable[[str, str, Any], None]


@dataclass
class Call:
    """One call of a method: its arguments, and what it may use."""

    api: "Api"
    args: Json
    world: World
    room: Room

    def text(self, name: str, default: str | None = None) -> str:
        """Give a required argument as text; `invalid_arguments` when it is missing."""
        value = self.args.get(name, default)
        if value is None or value == "":
            raise ApiError(
                "invalid_arguments",
                response_metadata={"messages": [f"[ERROR] missing required field: {name}"]},
            )
        return str(value)

    def maybe(self, name: str) -> str | None:
        """Give an optional argument as text."""
        value = self.args.get(name)
        return None if value in (None, "") else str(value)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Give a yes or no."""
        value = self.args.get(name, default)
        return value if isinstance(value, bool) else str(value).lower() in ("true", "1")

    def parsed(self, name: str) -> Any:
        """Give an argument that is JSON, sent as such or as text; `invalid_NAME` when it is broken."""
        value = self.args.get(name)
        if not isinstance(value, str) or not value:
            return value
        try:
            return json.loads(value)
        except ValueError as error:
            raise ApiError("invalid_json" if name == "view" else f"invalid_{name}") from error

    def channel(self, name: str = "channel") -> Json:
        """Give a channel the app may see, by its id; a user's id stands for the DM with them."""
        wanted = self.text(name)
        if wanted in self.world.users:
            wanted = self.world.dm(wanted, self.world.bot_user_id)
        channel = self.room.channel(wanted)
        if not self.world.may_see(wanted, self.world.bot_user_id):
            raise ApiError("channel_not_found")
        return channel

    def member_channel(self) -> Json:
        """Give a channel the app is in; `not_in_channel`."""
        channel = self.channel()
        if channel["is_archived"]:
            raise ApiError("is_archived")
        if not self.world.is_member(channel["id"], self.world.bot_user_id):
            raise ApiError("not_in_channel")
        return channel

    def page(self, items: list[Any], default: int = 100) -> tuple[list[Any], Json]:
        """Cut a list by `limit` and `cursor`; gives the page and `response_metadata`."""
        cursor, start = self.maybe("cursor"), 0
        if cursor:
            try:
                start = int(base64.b64decode(cursor).decode().removeprefix("next:"))
            except ValueError as error:
                raise ApiError("invalid_cursor") from error
        limit = min(int(self.args.get("limit") or default), 1000)
        following = start + limit < len(items)
        mark = base64.b64encode(f"next:{start + limit}".encode()).decode() if following else ""
        return items[start : start + limit], {"next_cursor": mark}


Handler = Callable[[Call], Awaitable[Json] | Json]


@dataclass(frozen=True)
class Method:
    """One method: who may call it (`token`: bot, app), with which scopes (any of them), how often."""

    name: str
    handler: Handler
    scopes: tuple[str, ...]
    tier: int
    token: str


METHODS: dict[str, Method] = {}


def method(name: str, *scopes: str, tier: int = 3, token: str = "bot") -> Callable[[Handler], Handler]:  # noqa: S107
    """Fill the table."""

    def register(handler: Handler) -> Handler:
        assert name not in METHODS
        METHODS[name] = Method(name, handler, scopes, tier, token)
        return handler

    return register


class Api:
    """Answers calls of the Web API."""

    def __init__(
        self, room: Room, delivery: Delivery, interactions: Interactions, faults: Faults, limits: Limits,
        manifest: Json, log: Log,
    ) -> None:  # fmt: skip
        self.room, self.world, self.delivery, self.interactions = room, room.world, delivery, interactions
        self.faults, self.limits, self.log = faults, limits, log
        scopes = (manifest.get("oauth_config") or {}).get("scopes") or {}
        self.scopes = frozenset(scopes.get("bot") or [])
        self.url = ""
        self.under_way = 0
        self.tickets: dict[str, str] = {}  # upload ticket -> file id
        self.sockets: set[str] = set()  # socket tickets not used yet

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one call."""
        name = request.match_info["method"]
        self.under_way += 1
        try:
            return await self._serve(request, name)
        finally:
            self.under_way -= 1

    async def _serve(self, request: web.Request, name: str) -> web.StreamResponse:
        args = await arguments(request)
        fault = self.faults.next(name)
        if fault:
            self.log("fault", f"{name}: {fault.kind}", {"after": fault.after})
            if fault.kind == "ratelimited":
                return _limited(int(fault.seconds) or 1)
            if fault.kind == "delay":
                await asyncio.sleep(fault.seconds)
            elif not fault.after:
                return await self._fail(request, fault.kind, fault.error, fault.seconds)
        answer = await self.call(name, args, request.headers.get("Authorization", ""))
        self.log("api", f"{name}: {answer.get('error', 'ok')}", args)
        if fault and fault.after and fault.kind != "delay":
            return await self._fail(request, fault.kind, fault.error, fault.seconds)
        if "retry_after" in answer:
            return _limited(answer["retry_after"])
        return web.json_response(answer)

    @staticmethod
    async def _fail(request: web.Request, kind: str, error: str, seconds: float) -> web.StreamResponse:
        if kind == "error":
            if error.isdigit():
                return web.Response(status=int(error), text="upstream error")
            return web.json_response({"ok": False, "error": error})
        if kind == "timeout":
            await asyncio.sleep(seconds)
        if request.transport:
            request.transport.abort()
        return web.Response(status=500)

    async def call(self, name: str, args: Json, authorization: str) -> Json:
        """Call a method; always gives Slack's envelope, `ok` and maybe `error`."""
        found = METHODS.get(name)
        if found is None:
            return {"ok": False, "error": "unknown_method", "req_method": name}
        try:
            self._may(found, str(args.pop("token", "") or authorization.removeprefix("Bearer ").strip()))
            if wait := self.limits.wait(name, found.tier, str(args.get("channel"))):
                return {"ok": False, "error": "ratelimited", "retry_after": wait}
            answer = found.handler(Call(self, args, self.world, self.room))
            return {"ok": True, **(answer if isinstance(answer, dict) else await answer)}
        except ApiError as error:
            return {"ok": False, "error": error.code, **error.more}
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            return {
                "ok": False,
                "error": "invalid_arguments",
                "response_metadata": {"messages": [f"[ERROR] {error}"]},
            }

    def _may(self, found: Method, token: str) -> None:
        if found.token == "none":  # noqa: S105
            return
        if not token:
            raise ApiError("not_authed")
        tokens = self.world.meta["tokens"]
        if token not in (tokens["bot"], tokens["app"]):
            raise ApiError("invalid_auth")
        if token != tokens[found.token]:
            raise ApiError("not_allowed_token_type")
        if found.scopes and not self.scopes.intersection(found.scopes):
            raise ApiError(
                "missing_scope", needed=",".join(found.scopes), provided=",".join(sorted(self.scopes))
            )

    def need(self, scope: str) -> None:
        """Ask for one more scope; `missing_scope`."""
        if scope not in self.scopes:
            raise ApiError("missing_scope", needed=scope, provided=",".join(sorted(self.scopes)))

    async def upload(self, request: web.Request) -> web.Response:
        """Take the bytes of a file."""
        file_id = self.tickets.pop(request.match_info["ticket"], None)
        if file_id is None:
            return web.Response(status=404, text="unknown upload")
        content = await _content(request)
        file = self.world.files[file_id]
        if len(content) != file["size"]:
            return web.Response(status=400, text="length differs")
        self.world.contents[file_id] = content
        self.world.touch("contents", file_id)
        return web.Response(text=f"OK - {len(content)}")


def _limited(seconds: int) -> web.Response:
    return web.json_response(
        {"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": str(seconds)}
    )


async def _content(request: web.Request) -> bytes:
    if not request.content_type.startswith("multipart/"):
        return await request.read()
    async for part in await request.multipart():
        if isinstance(part, BodyPartReader):
            return bytes(await part.read())
    return b""


async def arguments(request: web.Request) -> Json:
    """Read what was given, wherever it stands."""
    args: Json = dict(request.query)
    if request.method == "POST":
        if request.content_type == "application/json":
            given = await request.json()
            args |= given if isinstance(given, dict) else {}
        else:
            args |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    return args


# ---- about oneself ---------------------------------------------------------------------------------------


@method("api.test", tier=4, token="none")  # noqa: S106
def _api_test(call: Call) -> Json:
    if error := call.maybe("error"):
        raise ApiError(error)
    return {"args": call.args}


@method("auth.test", tier=4)
def _auth_test(call: Call) -> Json:
    team, app = call.world.meta["team"], call.world.app
    return {"url": call.api.url + "/", "team": team["name"], "team_id": team["id"], "user": "switchboard",
            "user_id": app["bot_user_id"], "bot_id": app["bot_id"],
            "is_enterprise_install": False}  # fmt: skip


@method("apps.connections.open", tier=1, token="app")  # noqa: S106
def _connections_open(call: Call) -> Json:
    ticket = secrets.token_urlsafe(16)
    call.api.sockets.add(ticket)
    return {"url": call.api.url.replace("http", "ws", 1) + f"/socket/{ticket}"}


@method("bots.info", "users:read")
def _bots_info(call: Call) -> Json:
    app = call.world.app
    return {
        "bot": {
            "id": app["bot_id"],
            "app_id": app["app_id"],
            "user_id": app["bot_user_id"],
            "name": app["name"],
            "deleted": False,
        }
    }


@method("team.info", "team:read")
def _team_info(call: Call) -> Json:
    return {"team": call.world.meta["team"]}


# ---- messages --------------------------------------------------------------------------------------------


def _said(call: Call) -> Json:
    text, given = str(call.args.get("text") or ""), call.parsed("blocks")
    if given is not None:
        checks.blocks(given, "message")
    if not text and not given and not call.args.get("attachments"):
        raise ApiError("no_text")
    message: Json = {"text": text}
    if given:
        message["blocks"] = given
    if metadata := call.parsed("metadata"):
        if not isinstance(metadata, dict) or "event_type" not in metadata or "event_payload" not in metadata:
            raise ApiError("invalid_metadata_format")
        message["metadata"] = metadata
    return message


@method("chat.postMessage", "chat:write", tier=4)
def _post_message(call: Call) -> Json:
    channel, message = call.member_channel(), _said(call)
    names = (call.maybe("username"), call.maybe("icon_emoji"), call.maybe("icon_url"))
    if any(names):
        call.api.need("chat:write.customize")
    thread_ts = call.maybe("thread_ts")
    posted = call.room.post(
        channel["id"], call.room.bot_author(*names) | message, thread_ts=thread_ts,
        broadcast=call.flag("reply_broadcast"),
    )  # fmt: skip
    return {"channel": channel["id"], "ts": posted["ts"], "message": public(posted, metadata=True)}


@method("chat.postEphemeral", "chat:write", tier=4)
def _post_ephemeral(call: Call) -> Json:
    channel, message, user = call.member_channel(), _said(call), call.text("user")
    if user not in call.world.users:
        raise ApiError("user_not_found")
    if not call.world.is_member(channel["id"], user):
        raise ApiError("user_not_in_channel")
    shown = call.room.whisper(channel["id"], user, call.room.bot_author() | message, call.maybe("thread_ts"))
    return {"message_ts": shown["ts"]}


def _own(call: Call, error: str) -> tuple[Json, Json]:
    channel = call.channel()
    message = call.room.message(channel["id"], call.text("ts"))
    if message.get("bot_id") != call.world.app["bot_id"]:
        raise ApiError(error)
    return channel, message


@method("chat.update", "chat:write")
def _update(call: Call) -> Json:
    channel, message = _own(call, "cant_update_message")
    changes = _said(call)
    if "blocks" not in changes:
        changes["blocks"] = None  # Slack: text alone takes the blocks away
    call.room.edit(channel["id"], message, changes, call.world.bot_user_id)
    return {
        "channel": channel["id"],
        "ts": message["ts"],
        "text": message["text"],
        "message": public(message),
    }


@method("chat.delete", "chat:write")
def _delete(call: Call) -> Json:
    channel, message = _own(call, "cant_delete_message")
    call.room.delete(channel["id"], message)
    return {"channel": channel["id"], "ts": message["ts"]}


@method("chat.getPermalink")
def _permalink(call: Call) -> Json:
    channel = call.channel()
    message = call.room.message(channel["id"], call.text("message_ts"))
    link = f"{call.api.url}/archives/{channel['id']}/p{message['ts'].replace('.', '')}"
    if message.get("thread_ts") not in (None, message["ts"]):
        link += f"?thread_ts={message['thread_ts']}&cid={channel['id']}"
    return {"channel": channel["id"], "permalink": link}


@method("conversations.history", "channels:history", "groups:history", "im:history")
def _history(call: Call) -> Json:
    channel = call.member_channel()
    return _listed(call, list(reversed(call.room.top_level(channel["id"]))))


@method("conversations.replies", "channels:history", "groups:history", "im:history")
def _replies(call: Call) -> Json:
    channel, ts = call.member_channel(), call.text("ts")
    thread = call.room.thread(channel["id"], ts)
    if not thread:
        raise ApiError("thread_not_found")
    return _listed(call, thread)


def _listed(call: Call, messages: list[Json]) -> Json:
    oldest, latest = call.maybe("oldest"), call.maybe("latest")
    inclusive = call.flag("inclusive")
    kept = [
        one for one in messages
        if (not oldest or float(one["ts"]) > float(oldest) or (inclusive and one["ts"] == oldest))
        and (not latest or float(one["ts"]) < float(latest) or (inclusive and one["ts"] == latest))
    ]  # fmt: skip
    found, metadata = call.page(kept)
    every = call.flag("include_all_metadata")
    answer: Json = {
        "messages": [public(one, metadata=every) for one in found],
        "has_more": bool(metadata["next_cursor"]),
    }
    return answer | ({"response_metadata": metadata} if metadata["next_cursor"] else {})


@method("reactions.add", "reactions:write")
def _react(call: Call) -> Json:
    call.room.react(
        call.member_channel()["id"], call.text("timestamp"), call.text("name"), call.world.bot_user_id
    )
    return {}


@method("reactions.remove", "reactions:write", tier=2)
def _unreact(call: Call) -> Json:
    call.room.unreact(
        call.member_channel()["id"], call.text("timestamp"), call.text("name"), call.world.bot_user_id
    )
    return {}


# ---- channels and people ---------------------------------------------------------------------------------


def _shown(call: Call, channel: Json) -> Json:
    return {name: value for name, value in channel.items() if name != "members"} | {
        "is_member": call.world.is_member(channel["id"], call.world.bot_user_id),
        "num_members": len(channel["members"]),
    }


def _kind(channel: Json) -> str:
    if channel["is_im"]:
        return "im"
    if channel["is_mpim"]:
        return "mpim"
    return "private_channel" if channel["is_private"] else "public_channel"


@method("conversations.list", "channels:read", "groups:read", "im:read", tier=2)
def _conversations(call: Call) -> Json:
    kinds = str(call.args.get("types") or "public_channel").split(",")
    every = [
        _shown(call, one) for one in call.world.channels.values()
        if _kind(one) in kinds and call.world.may_see(one["id"], call.world.bot_user_id)
        and not (one["is_archived"] and call.flag("exclude_archived"))
    ]  # fmt: skip
    found, metadata = call.page(every)
    return {"channels": found, "response_metadata": metadata}


@method("conversations.info", "channels:read", "groups:read", "im:read")
def _info(call: Call) -> Json:
    return {"channel": _shown(call, call.channel())}


@method("conversations.members", "channels:read", "groups:read", "im:read", tier=4)
def _members(call: Call) -> Json:
    found, metadata = call.page(call.channel()["members"])
    return {"members": found, "response_metadata": metadata}


@method("conversations.open", "im:write")
def _open(call: Call) -> Json:
    user = call.text("users")
    if user not in call.world.users:
        raise ApiError("user_not_found")
    return {"channel": {"id": call.world.dm(user, call.world.bot_user_id)}}


@method("conversations.create", "channels:manage", tier=2)
def _create(call: Call) -> Json:
    name = call.text("name")
    if name != name.lower() or " " in name or len(name) > 80:
        raise ApiError("invalid_name_specials")
    if any(one["name"] == name for one in call.world.channels.values()):
        raise ApiError("name_taken")
    bot = call.world.bot_user_id
    channel = call.world.channels[call.world.add_channel(name, [bot], is_private=call.flag("is_private"))]
    call.room.change_channel(
        channel, "channel_created", {"channel": {"id": channel["id"], "name": name, "creator": bot}}
    )
    return {"channel": _shown(call, channel)}


@method("conversations.join", "channels:join")
def _join(call: Call) -> Json:
    channel = call.channel()
    if channel["is_archived"]:
        raise ApiError("is_archived")
    if _kind(channel) != "public_channel":
        raise ApiError("method_not_supported_for_channel_type")
    call.room.join(channel["id"], call.world.bot_user_id)
    return {"channel": _shown(call, channel)}


@method("conversations.invite", "channels:manage", "groups:write")
def _invite(call: Call) -> Json:
    channel = call.member_channel()
    for user in call.text("users").split(","):
        if user not in call.world.users:
            raise ApiError("user_not_found")
        call.room.join(channel["id"], user, call.world.bot_user_id)
    return {"channel": _shown(call, channel)}


@method("users.list", "users:read", tier=2)
def _users(call: Call) -> Json:
    found, metadata = call.page(list(call.world.users.values()))
    return {"members": [_person(call, one) for one in found], "response_metadata": metadata}


@method("users.info", "users:read", tier=4)
def _user(call: Call) -> Json:
    user = call.world.users.get(call.text("user"))
    if user is None:
        raise ApiError("user_not_found")
    return {"user": _person(call, user)}


@method("users.lookupByEmail", "users:read.email")
def _by_email(call: Call) -> Json:
    email = call.text("email").lower()
    for user in call.world.users.values():
        if email and user["profile"].get("email", "").lower() == email:
            return {"user": _person(call, user)}
    raise ApiError("users_not_found")


def _person(call: Call, user: Json) -> Json:
    hidden = {"locale"} if not call.flag("include_locale") else set()
    profile = dict(user["profile"])
    if "users:read.email" not in call.api.scopes:
        profile.pop("email", None)
    return {name: value for name, value in user.items() if name not in hidden} | {"profile": profile}


# ---- files -----------------------------------------------------------------------------------------------


@method("files.getUploadURLExternal", "files:write", tier=4)
def _upload_url(call: Call) -> Json:
    name, length = call.text("filename"), int(call.text("length"))
    if length <= 0:
        raise ApiError(
            "invalid_arguments", response_metadata={"messages": ["[ERROR] length must be greater than 0"]}
        )
    file = call.room.add_file(name, b"", call.args.get("mimetype") or _type_of(name), call.world.bot_user_id)
    file["size"] = length
    ticket = secrets.token_urlsafe(16)
    call.api.tickets[ticket] = file["id"]
    return {"upload_url": f"{call.api.url}/upload/{ticket}", "file_id": file["id"]}


def _type_of(name: str) -> str:
    import mimetypes  # noqa: PLC0415 - its tables cost more than most calls need

    return mimetypes.guess_type(name)[0] or "application/octet-stream"


@method("files.completeUploadExternal", "files:write", tier=4)
def _complete(call: Call) -> Json:
    files = []
    for one in call.parsed("files") or []:
        file = call.world.files.get(one["id"])
        if file is None or len(call.world.contents.get(one["id"], b"")) != file["size"]:
            raise ApiError("file_not_found")
        file["title"] = one.get("title") or file["name"]
        files.append(file)
    if not files:
        raise ApiError("invalid_arguments")
    if call.maybe("channel_id"):
        call.args["channel"] = call.args["channel_id"]
        message = call.room.bot_author() | {"text": str(call.args.get("initial_comment") or "")}
        call.room.share(files, call.member_channel()["id"], message, call.maybe("thread_ts"))
    return {"files": files}


@method("files.info", "files:read", tier=4)
def _file(call: Call) -> Json:
    file = call.world.files.get(call.text("file"))
    if file is None:
        raise ApiError("file_not_found")
    return {"file": file}


# ---- views -----------------------------------------------------------------------------------------------


def _view(call: Call) -> Json:
    view = call.parsed("view")
    if not isinstance(view, dict):
        raise ApiError("invalid_arguments")
    return view


@method("views.open", tier=4)
def _views_open(call: Call) -> Json:
    return {"view": call.api.interactions.views_open(call.text("trigger_id"), _view(call))}


@method("views.push", tier=4)
def _views_push(call: Call) -> Json:
    return {"view": call.api.interactions.views_open(call.text("trigger_id"), _view(call), push=True)}


@method("views.update", tier=4)
def _views_update(call: Call) -> Json:
    view = call.api.interactions.views_update(
        call.maybe("view_id"), call.maybe("external_id"), _view(call), call.maybe("hash")
    )
    return {"view": view}


@method("views.publish", tier=4)
def _views_publish(call: Call) -> Json:
    return {
        "view": call.api.interactions.views_publish(call.text("user_id"), _view(call), call.maybe("hash"))
    }
