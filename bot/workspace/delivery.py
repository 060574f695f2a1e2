"""How the app hears of things: Socket Mode, or signed HTTP; each envelope to one place, until acknowledged.

Delivery lives in real time. Events are delivered again after `redelivery` seconds; while no socket is
connected they wait (kinder than Slack, which gives up after three tries). Commands and interactions have
three seconds.
"""

import asyncio
import hashlib
import hmac
import itertools
import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import WSMsgType, web

from bot.clock import wall

Json = dict[str, Any]
Log = Callable[[str, str, Any], None]

PATIENCE = 3.0
MOST_SOCKETS = 10
# Slack closes a socket that would need a larger frame.
LARGEST_ENVELOPE = 1024 * 1024


class NoAnswer(Exception):
    """The app did not acknowledge in time."""


@dataclass
class Envelope:
    """Something on its way to the app. `answer` is the acknowledgement's payload."""

    kind: str  # events_api, interactive, slash_commands
    payload: Json
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    attempt: int = 0
    reason: str | None = None
    answer: "asyncio.Future[Json | None]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Delivery:
    """Brings envelopes to the app."""

    def __init__(
        self,
        app_id: str,
        log: Log,
        *,
        redelivery: Sequence[float],
        request_url: str | None,
        signing_secret: str,
    ) -> None:
        self._app_id, self._log, self._redelivery = app_id, log, tuple(redelivery)
        self._request_url, self._signing_secret = request_url, signing_secret
        self._sockets: list[web.WebSocketResponse] = []
        self._turn = itertools.count()
        self._waiting: dict[str, tuple[Envelope, web.WebSocketResponse | None]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._connected = asyncio.Event()
        self._session: aiohttp.ClientSession | None = None
        self.on_connection: Callable[[], None] = lambda: None
        # Faults, from the control API: how many of the next envelopes are sent twice, or lose their ack.
        self.duplicates = self.lost_acks = 0

    @property
    def connected(self) -> bool:
        """Tell whether the app can be reached."""
        return bool(self._sockets) or self._request_url is not None

    @property
    def under_way(self) -> int:
        """Count envelopes that are not acknowledged."""
        return len(self._waiting)

    async def stop(self) -> None:
        """Close all sockets and forget what is under way."""
        for task in list(self._tasks):
            task.cancel()
        for socket in list(self._sockets):
            await socket.close()
        if self._session:
            await self._session.close()

    # ---- sending --------------------------------------------------------------------------------------

    def event(self, payload: Json) -> None:
        """Send an event, again and again until it is acknowledged."""
        self._keep(asyncio.create_task(self._persist(Envelope("events_api", payload))))

    async def ask(self, kind: str, payload: Json) -> Json | None:
        """Send what somebody did; the app's answer, or `NoAnswer` after three seconds."""
        envelope = Envelope(kind, payload)
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    await self._connected_or_http()
                    await self._send(envelope)
                    try:
                        return await asyncio.shield(envelope.answer)
                    except asyncio.CancelledError:
                        if not envelope.answer.cancelled():
                            raise
                        envelope.answer = asyncio.get_running_loop().create_future()
        except TimeoutError:
            raise NoAnswer from None
        finally:
            self._waiting.pop(envelope.id, None)

    async def _persist(self, envelope: Envelope) -> None:
        pauses = iter(self._redelivery)
        while True:
            await self._connected_or_http()
            if await self._acknowledged(envelope):
                return
            envelope.attempt += 1
            if envelope.reason == "timeout":
                pause = next(pauses, None)
                if pause is None:
                    break
                await asyncio.sleep(pause)
        self._log("envelope", f"gave up on {envelope.payload.get('event', {}).get('type')}", {})

    async def _acknowledged(self, envelope: Envelope) -> bool:
        """Try once. A socket that closes meanwhile is no reason to wait, only to take another."""
        envelope.answer = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(PATIENCE):
                await self._send(envelope)
                await asyncio.shield(envelope.answer)
        except TimeoutError:
            envelope.reason = "timeout"
            return False
        except asyncio.CancelledError:
            if not envelope.answer.cancelled():
                raise
            envelope.reason = "socket closed"
            return False
        finally:
            self._waiting.pop(envelope.id, None)
        return True

    async def _connected_or_http(self) -> None:
        if self._request_url is None:
            await self._connected.wait()

    async def _send(self, envelope: Envelope) -> None:
        kind = envelope.payload.get("type") or envelope.payload.get("command") or envelope.kind
        self._log("envelope", f"{envelope.kind}: {kind}", envelope.payload)
        if self._request_url:
            self._keep(asyncio.create_task(self._post(envelope, self._request_url)))
            return
        frame: Json = {
            "envelope_id": envelope.id, "type": envelope.kind, "payload": envelope.payload,
            "accepts_response_payload": envelope.kind != "events_api",
        }  # fmt: skip
        if envelope.kind == "events_api":
            frame |= {"retry_attempt": envelope.attempt, "retry_reason": envelope.reason or ""}
        text = json.dumps(frame)
        socket = self._sockets[next(self._turn) % len(self._sockets)]
        self._waiting[envelope.id] = (envelope, socket)
        if len(text) > LARGEST_ENVELOPE:
            await socket.close(code=1009)
            return
        await socket.send_str(text)
        if self.duplicates:
            self.duplicates -= 1
            await socket.send_str(text)

    def _keep(self, task: asyncio.Task[Any]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ---- Socket Mode ----------------------------------------------------------------------------------

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one Socket Mode connection."""
        socket = web.WebSocketResponse(heartbeat=30, max_msg_size=0)
        await socket.prepare(request)
        if len(self._sockets) >= MOST_SOCKETS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        hello = {"type": "hello", "num_connections": len(self._sockets) + 1,
                 "debug_info": {"host": "local", "approximate_connection_time": 18060},
                 "connection_info": {"app_id": self._app_id}}  # fmt: skip
        await socket.send_json(hello)
        self._sockets.append(socket)
        self._connected.set()
        self.on_connection()
        try:
            async for frame in socket:
                if frame.type == WSMsgType.TEXT:
                    self._acknowledge(frame.data)
        finally:
            self._gone(socket)
        return socket

    def _gone(self, socket: web.WebSocketResponse) -> None:
        self._sockets.remove(socket)
        if not self._sockets:
            self._connected.clear()
        self.on_connection()
        for envelope, carrier in list(self._waiting.values()):
            if carrier is socket and not envelope.answer.done():
                envelope.answer.cancel()  # whoever waits sends it to another socket

    def _acknowledge(self, text: str) -> None:
        try:
            said = json.loads(text)
        except ValueError:
            return
        if self.lost_acks and isinstance(said, dict) and said.get("envelope_id") in self._waiting:
            self.lost_acks -= 1
            return
        envelope, _ = self._waiting.pop(str(said.get("envelope_id")), (None, None))
        if envelope and not envelope.answer.done():
            self._log("ack", envelope.kind, said.get("payload"))
            envelope.answer.set_result(said.get("payload"))

    async def refresh(self) -> None:
        """Ask every socket to be replaced, as Slack does every few hours."""
        for socket in list(self._sockets):
            await socket.send_json({"type": "disconnect", "reason": "refresh_requested", "debug_info": {}})

    # ---- signed HTTP ----------------------------------------------------------------------------------

    async def _post(self, envelope: Envelope, url: str) -> None:
        self._waiting[envelope.id] = (envelope, None)
        body, content_type = _http_body(envelope)
        # Signatures are checked against real time.
        timestamp = str(int(wall().timestamp()))
        base = f"v0:{timestamp}:{body}".encode()
        signature = "v0=" + hmac.new(self._signing_secret.encode(), base, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature,
        }
        if envelope.attempt:
            headers |= {
                "X-Slack-Retry-Num": str(envelope.attempt),
                "X-Slack-Retry-Reason": envelope.reason or "http_error",
            }
        self._session = self._session or aiohttp.ClientSession()
        try:
            async with self._session.post(url, data=body.encode(), headers=headers) as answer:
                text = await answer.text()
                if answer.status == 200 and not envelope.answer.done():
                    said = json.loads(text) if text.startswith("{") else {"text": text} if text else None
                    envelope.answer.set_result(said)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            self._log("envelope", f"not delivered: {type(error).__name__}", {})


def _http_body(envelope: Envelope) -> tuple[str, str]:
    if envelope.kind == "events_api":
        return json.dumps(envelope.payload), "application/json"
    form = (
        envelope.payload if envelope.kind == "slash_commands" else {"payload": json.dumps(envelope.payload)}
    )
    return urlencode(form), "application/x-www-form-urlencoded"
