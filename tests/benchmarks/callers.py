"""Slack as many callers at once: signed requests over open connections, made ready beforehand.

Plain sockets and no HTTP client, so that the load costs little beside what it measures.
"""

import asyncio
import hashlib
import hmac
import itertools
import json
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from bot.clock import monotonic, wall

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Caller:
    """What requests are made of: who does it, where, in which workspace, and the secret it is signed with."""

    secret: str
    team_id: str
    app_id: str
    user_id: str
    channels: tuple[str, ...]

    def command(self, name: str) -> bytes:
        """Type a slash command."""
        fields = {
            "token": "local", "team_id": self.team_id, "team_domain": "shop", "channel_id": self.channels[0],
            "channel_name": "general", "user_id": self.user_id, "user_name": "somebody", "command": name,
            "text": "", "api_app_id": self.app_id, "is_enterprise_install": "false",
            "response_url": "http://127.0.0.1:9/none", "trigger_id": f"{next(_numbers)}.1.bench",
        }  # fmt: skip
        return self._signed(urlencode(fields), "application/x-www-form-urlencoded")

    def event(self) -> bytes:
        """Write into a channel: an event the app hears, and need not answer."""
        number, channel = next(_numbers), random.choice(self.channels)
        ts = f"1764000000.{number:06}"
        happened: dict[str, Any] = {
            "type": "message", "channel": channel, "channel_type": "channel", "user": self.user_id,
            "text": f"number {number}", "ts": ts, "event_ts": ts, "team": self.team_id,
        }  # fmt: skip
        body = {
            "token": "local", "team_id": self.team_id, "api_app_id": self.app_id, "type": "event_callback",
            "event_id": f"EvBENCH{number}", "event_time": 1764000000, "event": happened,
            "authorizations": [{"enterprise_id": None, "team_id": self.team_id, "user_id": self.user_id,
                                "is_bot": True, "is_enterprise_install": False}],
        }  # fmt: skip
        return self._signed(json.dumps(body), "application/json")

    def _signed(self, body: str, kind: str) -> bytes:
        timestamp = str(int(wall().timestamp()))
        signature = hmac.new(self.secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256)
        head = (
            "POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Content-Type: {kind}\r\nContent-Length: {len(body.encode())}\r\n"
            f"X-Slack-Request-Timestamp: {timestamp}\r\nX-Slack-Signature: v0={signature.hexdigest()}\r\n\r\n"
        )
        return (head + body).encode()


@asynccontextmanager
async def lines(port: int, count: int) -> AsyncIterator[Sequence[Line]]:
    """Open so many connections."""
    opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(count)]
    try:
        yield opened
    finally:
        for _, writer in opened:
            writer.close()
        for _, writer in opened:
            await writer.wait_closed()


async def seconds_until_all_acked(opened: Sequence[Line], requests: Sequence[bytes]) -> float:
    """Send the requests, each line one after the other; the seconds until the last is acknowledged."""
    left = iter(requests)

    async def call(line: Line) -> None:
        for request in left:
            await _acked(line, request)

    began = monotonic()
    await asyncio.gather(*(call(line) for line in opened))
    return monotonic() - began


async def _acked(line: Line, request: bytes) -> None:
    reader, writer = line
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    body = await reader.readexactly(int(head.partition(b"content-length:")[2].split(None, 1)[0]))
    if not head.startswith(b"http/1.1 200"):
        raise RuntimeError(f"not acknowledged: {head.decode()}{body.decode()}")
