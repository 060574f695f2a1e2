"""What an official account's app calls at WeChat: tokens, and messages to contacts, with WeChat's numbers.

The app speaks first to nobody: it may send so many messages after each that a contact wrote.
https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Service_Center_messages.html
"""

import asyncio
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from bot.clock import Clock, monotonic
from bot.workspace.faults import Fault, Faults
from bot.workspace.inspector import Inspector
from bot.workspace.wechat import WeChat

Json = dict[str, Any]

# How many messages an app may send after what a contact did, and for how long in workspace time.
ALLOWED = {"text": (5, timedelta(hours=48)), "subscribe": (3, timedelta(minutes=1))}
LONGEST_TEXT = 2048  # bytes
# Real seconds: the life of a token, and of one that a newer took the place of.
_TOKEN_LIVES, _OLD_TOKEN_LIVES = 7200, 300
_ERRORS = {
    40001: "invalid credential, access_token is invalid or not latest", 40002: "invalid grant_type",
    40003: "invalid openid", 40008: "invalid message type", 40013: "invalid appid",
    40125: "invalid appsecret", 41001: "access_token missing", 42001: "access_token expired",
    44004: "empty content", 45002: "content size out of limit", 45009: "reach max api daily quota limit",
    45015: "response out of time limit or subscription is canceled", 45047: "out of response count limit",
    47001: "data format error",
}  # fmt: skip


class _Wrong(Exception):
    """A call is refused by one of WeChat's numbers."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class WeChatCalls:
    """Answers them."""

    def __init__(
        self, wechat: WeChat, clock: Clock, faults: Faults, inspector: Inspector,
        log: Callable[[str, str, Any], None],
    ) -> None:  # fmt: skip
        self._wechat, self._clock = wechat, clock
        self._faults, self._inspector, self._log = faults, inspector, log
        self._tokens: dict[str, float] = {}

    def routes(self) -> list[web.AbstractRouteDef]:
        """Give the routes of WeChat's own API."""
        return [
            web.get("/cgi-bin/token", self._token), web.post("/cgi-bin/stable_token", self._stable_token),
            web.post("/cgi-bin/message/custom/send", self._custom_send),
        ]  # fmt: skip

    async def _token(self, request: web.Request) -> web.StreamResponse:
        return await self._answered(request, dict(request.query), self._new_token)

    async def _stable_token(self, request: web.Request) -> web.StreamResponse:
        return await self._answered(request, await _body(request), self._same_token)

    async def _custom_send(self, request: web.Request) -> web.StreamResponse:
        token = request.query.get("access_token", "")
        return await self._answered(request, await _body(request), lambda given: self._say(token, given))

    async def _answered(
        self, request: web.Request, given: Json, act: Callable[[Json], Json]
    ) -> web.StreamResponse:
        name = request.path.removeprefix("/")
        shown = {key: value for key, value in given.items() if key != "secret"}
        span = self._inspector.attribute("wechat", name, [f"wechat:{given.get('touser')}"], arguments=shown)
        fault = self._faults.next(name)
        if fault:
            span.fault = fault.kind
        try:
            if fault and fault.kind == "delay":
                await asyncio.sleep(fault.seconds)
            elif fault and not fault.after:
                span.end(error=fault.kind)
                return await _failed(request, fault)
            with self._inspector.within(span):
                answer = _refused(47001) if "" in given else _tried(act, given)
            wrong = answer.get("errmsg") if answer.get("errcode") else None
            span.end(answer={key: one for key, one in answer.items() if key != "access_token"}, error=wrong)
            self._log("wechat", f"{name}: {wrong or 'ok'}", shown)
            if fault and fault.after and fault.kind != "delay":
                return await _failed(request, fault)
            return web.json_response(answer)
        finally:
            self._inspector.changed(span)

    def _new_token(self, given: Json) -> Json:
        self._must_be_ours(given)
        now = monotonic()
        self._tokens = {one: min(ends, now + _OLD_TOKEN_LIVES) for one, ends in self._tokens.items()}
        token = secrets.token_urlsafe(48)
        self._tokens[token] = now + _TOKEN_LIVES
        return {"access_token": token, "expires_in": _TOKEN_LIVES}

    def _same_token(self, given: Json) -> Json:
        self._must_be_ours(given)
        newest = next(reversed(self._tokens), None)
        if newest is None or given.get("force_refresh") or self._tokens[newest] <= monotonic():
            return self._new_token(given)
        return {"access_token": newest, "expires_in": int(self._tokens[newest] - monotonic())}

    def _must_be_ours(self, given: Json) -> None:
        if given.get("grant_type") != "client_credential":
            raise _Wrong(40002)
        if given.get("appid") != self._wechat.account["app_id"]:
            raise _Wrong(40013)
        if given.get("secret") != self._wechat.account["secret"]:
            raise _Wrong(40125)

    def _say(self, token: str, given: Json) -> Json:
        if not token:
            raise _Wrong(41001)
        if token not in self._tokens:
            raise _Wrong(40001)
        if self._tokens[token] <= monotonic():
            raise _Wrong(42001)
        contact = str(given.get("touser"))
        if not self._wechat.knows(contact):
            raise _Wrong(40003)
        if given.get("msgtype") != "text":
            raise _Wrong(40008)
        text = (given.get("text") or {}).get("content") if isinstance(given.get("text"), dict) else None
        if not isinstance(text, str) or not text:
            raise _Wrong(44004)
        if len(text.encode()) > LONGEST_TEXT:
            raise _Wrong(45002)
        self._must_be_allowed(contact)
        self._wechat.file(contact, "in", text)
        return {"errcode": 0, "errmsg": "ok"}

    def _must_be_allowed(self, contact: str) -> None:
        """Hold the app to so many messages after each that the contact wrote, and for so long."""
        said = 0
        for one in reversed(self._wechat.chat(contact)):
            if one["direction"] == "in":
                said += not one.get("passive")
                continue
            most, lasts = ALLOWED.get(one.get("event", "text"), (0, timedelta()))
            if self._clock.now() - datetime.fromisoformat(one["at"]) > lasts or not most:
                raise _Wrong(45015)
            if said >= most:
                raise _Wrong(45047)
            return
        raise _Wrong(45015)


async def _body(request: web.Request) -> Json:
    """Read a JSON object; {"": ...} stands for what is none."""
    try:
        given = await request.json()
    except ValueError:
        given = None
    return given if isinstance(given, dict) else {"": None}


def _tried(act: Callable[[Json], Json], given: Json) -> Json:
    try:
        return act(given)
    except _Wrong as wrong:
        return _refused(wrong.code)


def _refused(code: int) -> Json:
    return {"errcode": code, "errmsg": f"{_ERRORS.get(code, 'system error')} rid: {secrets.token_hex(6)}"}


async def _failed(request: web.Request, fault: Fault) -> web.StreamResponse:
    """Fail as ordered: `error` is a number of WeChat's or an HTTP status, the rest as for Slack's calls."""
    if fault.kind == "ratelimited":
        return web.json_response(_refused(45009))
    if fault.kind == "error":
        number = int(fault.error) if fault.error.lstrip("-").isdigit() else -1
        if 400 <= number < 600:
            return web.Response(status=number, text="upstream error")
        return web.json_response(_refused(number))
    if fault.kind == "timeout":
        await asyncio.sleep(fault.seconds)
    if request.transport:
        request.transport.abort()
    return web.Response(status=500)
