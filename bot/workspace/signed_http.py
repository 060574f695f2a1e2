"""Signed HTTP: Slack's requests to the app's request URL.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import asyncio
import hashlib
import hmac
import json
import secrets
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.clock import wall
from bot.workspace.delivery import Envelope, Failed

Json = dict[str, Any]

_FORM = "application/x-www-form-urlencoded"
# Slack follows two redirects at most.
_REDIRECTS = 2


class SignedHttp:
    """The app's request URL."""

    def __init__(self, url: str, signing_secret: str) -> None:
        self._url, self._secret = url, signing_secret
        self.late = "http_timeout"
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def connected(self) -> bool:
        """Take the address for reachable until tried."""
        return True

    async def ready(self) -> None:
        """Wait for nothing."""

    async def stop(self) -> None:
        """Let go of the connection."""
        for task in self._tasks:
            task.cancel()
        if self._session:
            await self._session.close()

    async def send(self, envelope: Envelope) -> None:
        """Post an envelope; the answer settles it."""
        task = asyncio.create_task(self._post(envelope))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _post(self, envelope: Envelope) -> None:
        headers = {}
        if envelope.attempt:
            headers = {
                "X-Slack-Retry-Num": str(envelope.attempt),
                "X-Slack-Retry-Reason": envelope.reason or "unknown_error",
            }
        body, kind = _body(envelope)
        try:
            status, text, final = await self._request(body, kind, headers)
        except aiohttp.TooManyRedirects:
            envelope.fail(Failed("too_many_redirects"))
        except (aiohttp.ClientError, OSError):
            envelope.fail(Failed("connection_failed"))
        else:
            if status == 200:
                envelope.settle(_said(text))
            else:
                envelope.fail(Failed("http_error", final=final))

    async def _request(self, body: str, kind: str, headers: dict[str, str]) -> tuple[int, str, bool]:
        # Signatures are checked against real time.
        timestamp = str(int(wall().timestamp()))
        base = f"v0:{timestamp}:{body}".encode()
        signature = "v0=" + hmac.new(self._secret.encode(), base, hashlib.sha256).hexdigest()
        headers |= {
            "Content-Type": kind, "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature,
        }  # fmt: skip
        self._session = self._session or aiohttp.ClientSession()
        async with self._session.post(
            self._url, data=body.encode(), headers=headers, max_redirects=_REDIRECTS
        ) as answer:
            return answer.status, await answer.text(), answer.headers.get("X-Slack-No-Retry") == "1"

    async def verify(self) -> bool:
        """Do what Slack does when the address is entered: `url_verification`, answered with the challenge."""
        challenge = secrets.token_urlsafe(24)
        body = json.dumps({"token": "local", "challenge": challenge, "type": "url_verification"})
        try:
            status, text, _ = await self._request(body, "application/json", {})
        except (aiohttp.ClientError, OSError):
            return False
        said = _said(text)
        return status == 200 and bool(said) and challenge in (said or {}).values()

    async def ssl_check(self) -> bool:
        """Do what Slack does now and then for commands: ask whether the certificate is good."""
        try:
            status, _, _ = await self._request(urlencode({"ssl_check": "1", "token": "local"}), _FORM, {})
        except (aiohttp.ClientError, OSError):
            return False
        return status == 200


def _said(text: str) -> Json | None:
    """Read an answer: JSON, or words to show."""
    if not text:
        return None
    try:
        said = json.loads(text)
    except ValueError:
        return {"text": text}
    return said if isinstance(said, dict) else {"text": text}


def _body(envelope: Envelope) -> tuple[str, str]:
    if envelope.kind == "events_api":
        return json.dumps(envelope.payload), "application/json"
    if envelope.kind == "slash_commands":
        return urlencode(envelope.payload), _FORM
    return urlencode({"payload": json.dumps(envelope.payload)}), _FORM
