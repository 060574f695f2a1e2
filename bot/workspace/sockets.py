"""Socket Mode: up to ten sockets, each envelope to one of them.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import itertools
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from aiohttp import WSMsgType, web

from bot.workspace.delivery import Envelope, Failed
from bot.workspace.faults import Faults
from bot.workspace.upgrading import Gone, opened

Json = dict[str, Any]

MOST_SOCKETS = 10
# A larger frame closes the socket, with the code for "message too big".
LARGEST_ENVELOPE = 1024 * 1024
_TOO_BIG = 1009


class Sockets:
    """The app's sockets."""

    def __init__(self, app_id: str, faults: Faults) -> None:
        self._app_id, self._faults = app_id, faults
        self._sockets: list[web.WebSocketResponse] = []
        self._turn = itertools.count()
        self._waiting: dict[str, tuple[Envelope, web.WebSocketResponse]] = {}
        self._some = asyncio.Event()
        self._refreshing: set[asyncio.Task[None]] = set()
        self.late = "timeout"
        self.on_connection: Callable[[], None] = lambda: None

    @property
    def connected(self) -> bool:
        """Tell whether there is a socket."""
        return bool(self._sockets)

    @property
    def count(self) -> int:
        """Count the sockets."""
        return len(self._sockets)

    async def ready(self) -> None:
        """Wait for a socket."""
        await self._some.wait()

    async def stop(self) -> None:
        """Close all sockets."""
        for task in self._refreshing:
            task.cancel()
        await self.close_all()

    async def close_all(self) -> None:
        """Close all sockets without a word."""
        for socket in list(self._sockets):
            await socket.close()

    async def send(self, envelope: Envelope) -> None:
        """Send an envelope to one socket, in turn."""
        frame: Json = {
            "envelope_id": envelope.id, "type": envelope.kind, "payload": envelope.payload,
            "accepts_response_payload": envelope.kind != "events_api",
        }  # fmt: skip
        if envelope.kind == "events_api":
            frame |= {"retry_attempt": envelope.attempt, "retry_reason": envelope.reason or ""}
        text = json.dumps(frame)
        if not self._sockets:
            raise Failed("socket closed", again_at_once=True)
        socket = self._sockets[next(self._turn) % len(self._sockets)]
        if len(text.encode()) > LARGEST_ENVELOPE:
            await socket.close(code=_TOO_BIG)
            raise Failed("message too big", final=True)
        self._waiting[envelope.id] = (envelope, socket)
        try:
            await socket.send_str(text)
        except (ConnectionError, RuntimeError) as error:
            self._waiting.pop(envelope.id, None)
            raise Failed("socket closed", again_at_once=True) from error

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection."""
        socket = await opened(request, most=0)
        if len(self._sockets) >= MOST_SOCKETS:
            await socket.send_json(_farewell("too_many_websockets"))
            await socket.close()
            return socket
        hello = {
            "type": "hello", "num_connections": len(self._sockets) + 1,
            "debug_info": {"host": "local", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._app_id},
        }  # fmt: skip
        try:
            await socket.send_json(hello)
        except ConnectionError as error:
            raise Gone from error
        self._sockets.append(socket)
        self._some.set()
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
            self._some.clear()
        self.on_connection()
        for envelope, carrier in list(self._waiting.values()):
            if carrier is socket:
                self._waiting.pop(envelope.id, None)
                envelope.fail(Failed("socket closed", again_at_once=True))

    def _acknowledge(self, text: str) -> None:
        try:
            said = json.loads(text)
        except ValueError:
            return
        envelope_id = str(said.get("envelope_id")) if isinstance(said, dict) else ""
        if envelope_id not in self._waiting or self._faults.take("lost_ack"):
            return
        envelope, _ = self._waiting.pop(envelope_id)
        envelope.settle(said.get("payload"))

    def refresh(self, seconds: float) -> None:
        """Ask for every socket to be replaced, as Slack does every few hours: warn, ask, close."""
        task = asyncio.create_task(self._refresh(list(self._sockets), seconds))
        self._refreshing.add(task)
        task.add_done_callback(self._refreshing.discard)

    async def _refresh(self, sockets: list[web.WebSocketResponse], seconds: float) -> None:
        for reason in ("warning", "refresh_requested"):
            for socket in sockets:
                with suppress(ConnectionError, RuntimeError):
                    await socket.send_json(_farewell(reason))
            await asyncio.sleep(seconds / 2)
        for socket in sockets:
            await socket.close()


def _farewell(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "local"}}
