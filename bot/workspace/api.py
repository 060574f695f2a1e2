"""The door of Slack's Web API: tokens, scopes, rate limits and faults, before a method answers.

Arguments come as query, form or JSON, on GET and POST alike. https://docs.slack.dev/apis/web-api
"""

import asyncio
import base64
import json
from collections.abc import Callable
from typing import Any

from aiohttp import BodyPartReader, web

from bot.workspace.errors import ApiError
from bot.workspace.faults import Fault, Faults
from bot.workspace.inspector import Inspector
from bot.workspace.limits import Limits
from bot.workspace.methods import METHODS, Call, Method, Tickets
from bot.workspace.tools import Tools

Json = dict[str, Any]
Log = Callable[[str, str, Any], None]

_MESSAGE_NAMES = ("thread_ts", "ts", "timestamp", "message_ts")


class Api:
    """Answers calls of the Web API."""

    def __init__(
        self, tools: Tools, faults: Faults, limits: Limits, inspector: Inspector, manifest: Json, log: Log
    ) -> None:
        self._tools, self._faults, self._limits = tools, faults, limits
        self._inspector, self._log = inspector, log
        scopes = (manifest.get("oauth_config") or {}).get("scopes") or {}
        self.scopes = frozenset(scopes.get("bot") or [])
        self.tickets = Tickets()
        self.under_way = 0

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one call."""
        name = request.match_info["method"]
        self.under_way += 1
        try:
            return await self._serve(request, name)
        finally:
            self.under_way -= 1

    async def _serve(self, request: web.Request, name: str) -> web.StreamResponse:
        try:
            args, warnings = await arguments(request)
        except ApiError as error:
            return web.json_response({"ok": False, "error": error.code})
        token = str(
            args.pop("token", "") or request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        )
        args |= _basic(request.headers.get("Authorization", ""))
        span = self._inspector.attribute("api", name, _keys(args), arguments=args)
        fault = self._faults.next(name)
        if fault:
            span.fault = fault.kind
            self._log("fault", f"{name}: {fault.kind}", {"after": fault.after})
        try:
            if fault and not fault.after and (answered := await self._before(request, fault)):
                span.end(error=fault.error if fault.kind == "error" else fault.kind)
                return answered
            with self._inspector.within(span):
                answer = await self.call(name, args, token, warnings)
            self._log("api", f"{name}: {answer.get('error', 'ok')}", args)
            span.end(answer=answer, error=answer.get("error"))
            if fault and fault.after:
                return await self._fail(request, fault)
            return self._answered(answer, name)
        finally:
            self._inspector.changed(span)

    async def _before(self, request: web.Request, fault: Fault) -> web.StreamResponse | None:
        """Let a fault happen before the method acts; None when the method acts nevertheless."""
        if fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
            return None
        return await self._fail(request, fault)

    @staticmethod
    async def _fail(request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.kind == "ratelimited":
            return _limited(max(1, int(fault.seconds)))
        if fault.kind == "error":
            if fault.error.isdigit():
                return web.Response(status=int(fault.error), text="upstream error")
            return web.json_response({"ok": False, "error": fault.error})
        if fault.kind in ("timeout", "delay"):
            await asyncio.sleep(fault.seconds)
        if request.transport:
            request.transport.abort()
        return web.Response(status=500)

    def _answered(self, answer: Json, name: str) -> web.Response:
        if "retry_after" in answer:
            return _limited(answer["retry_after"])
        headers = {"X-OAuth-Scopes": ",".join(sorted(self.scopes))}
        if name in METHODS:
            headers["X-Accepted-OAuth-Scopes"] = ",".join(METHODS[name].scopes)
        return web.json_response(answer, headers=headers)

    async def call(self, name: str, args: Json, token: str, warnings: list[str] | None = None) -> Json:
        """Call a method; always gives Slack's envelope, `ok` and maybe `error`."""
        found = METHODS.get(name)
        if found is None:
            return {"ok": False, "error": "unknown_method", "req_method": name}
        warnings = list(warnings or [])
        try:
            self._may(found, token)
            if wait := self._limits.wait(name, found.tier, str(args.get("channel"))):
                return {"ok": False, "error": "ratelimited", "retry_after": wait}
            answer = found.handler(Call(args, self._tools, self.scopes, self.tickets, warnings))
            answer = {"ok": True, **(answer if isinstance(answer, dict) else await answer)}
        except ApiError as error:
            answer = {"ok": False, "error": error.code, **error.more}
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            messages = [f"[ERROR] {type(error).__name__}: {error}"]
            answer = {"ok": False, "error": "invalid_arguments", "response_metadata": {"messages": messages}}
        return _with_warnings(answer, warnings)

    def _may(self, found: Method, token: str) -> None:
        if found.token == "none":  # noqa: S105
            return
        if not token:
            raise ApiError("not_authed")
        tokens = self._tools.room.world.meta["tokens"]
        if token not in (tokens["bot"], tokens["app"]):
            raise ApiError("invalid_auth")
        if tokens.get("revoked"):
            raise ApiError("account_inactive")
        if token != tokens[found.token]:
            raise ApiError("not_allowed_token_type")
        if found.scopes and not self.scopes.intersection(found.scopes):
            raise ApiError(
                "missing_scope", needed=",".join(found.scopes), provided=",".join(sorted(self.scopes))
            )

    async def upload(self, request: web.Request) -> web.Response:
        """Take the bytes of a file."""
        file_id = self.tickets.uploads.pop(request.match_info["ticket"], None)
        if file_id is None:
            return web.Response(status=404, text="unknown upload")
        content, world = await _content(request), self._tools.room.world
        if len(content) != world.files[file_id]["size"]:
            return web.Response(status=400, text="length differs")
        world.contents[file_id] = content
        world.touch("contents", file_id)
        return web.Response(text=f"OK - {len(content)}")


def _basic(authorization: str) -> Json:
    """Read who an app says to be when it asks for its token."""
    kind, _, given = authorization.partition(" ")
    if kind != "Basic":
        return {}
    try:
        client_id, _, secret = base64.b64decode(given, validate=True).decode().partition(":")
    except ValueError:
        return {}
    return {"client_id": client_id, "client_secret": secret}


def _with_warnings(answer: Json, warnings: list[str]) -> Json:
    if not warnings:
        return answer
    metadata = {**answer.get("response_metadata", {}), "warnings": warnings}
    return answer | {"warning": ",".join(warnings), "response_metadata": metadata}


def _keys(args: Json) -> list[str]:
    """Give what leads from a call back to its cause, the surest first."""
    keys = [f"trigger:{args['trigger_id']}"] if args.get("trigger_id") else []
    if args.get("view_id"):
        keys.append(f"view:{args['view_id']}")
    return keys + [f"message:{args.get('channel')}:{args[name]}" for name in _MESSAGE_NAMES if args.get(name)]


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


async def arguments(request: web.Request) -> tuple[Json, list[str]]:
    """Read what was given, wherever it stands, and what Slack warns of."""
    args: Json = dict(request.query)
    warnings: list[str] = []
    if request.method == "POST":
        if request.content_type == "application/json":
            try:
                given = json.loads(await request.text() or "{}")
            except ValueError as error:
                raise ApiError("invalid_json") from error
            if not isinstance(given, dict):
                raise ApiError("json_not_object")
            args |= given
            if request.charset is None:
                warnings.append("missing_charset")
        else:
            args |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    return args, warnings
