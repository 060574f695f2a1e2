"""Mail out, by SMTP.

SMTP cannot be asked what became of a mail. A try that broke after the last byte and before the answer is
repeated (RFC 5321 4.5.4) under the same Message-ID, by which mail systems file a mail once (RFC 5322 3.6.4).
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import aiosmtplib

from bot.gateways.oauth import OAuthError
from bot.ports import Courier, Delivered, Letter, NotDelivered, Uncertain, Undeliverable, Unreachable

KINDS = ("mail.send",)
# Seconds until a mailbox that waits for a person is tried again.
_SLOWLY = 900.0
# Bytes a second of the slowest line on which a mail gets through.
_SLOWEST_LINE = 50_000


@dataclass(frozen=True)
class Server:
    """The mail server that sends our mail. `security`: none only on a loopback or a trusted network.

    `timeout`: seconds for each answer; `patience`: for the last one, on the mail itself, which a server may
    scan first. Whoever hangs up too early doubles the mail, so it is the 10 minutes of RFC 5321 4.5.3.2.6.
    `sign_in`: gives an OAuth token instead of the password; it is told one that was refused, else "".
    """

    host: str
    port: int
    security: Literal["none", "starttls", "tls"] = "starttls"
    user: str = ""
    password: str = ""
    timeout: float = 30.0
    patience: float = 600.0
    sign_in: Callable[[str], Awaitable[str]] | None = None


class MailCourier:
    """Carries `mail.send`: {"sender", "recipients", "sha256" of the raw mail}."""

    def __init__(self, server: Server, blob: Callable[[str], Awaitable[bytes]]) -> None:
        self._server, self._blob = server, blob

    async def prepare(self, letter: Letter) -> Mapping[str, Any]:  # noqa: ARG002 - a mail needs nothing first
        """Do nothing."""
        return {}

    async def find(self, letter: Letter) -> Delivered | None:  # noqa: ARG002 - see above
        """Know nothing: SMTP cannot be asked."""
        return None

    async def reach(self) -> None:
        """Connect, sign in and hang up; `NotDelivered` when that fails."""
        client = self._client()
        try:
            await self._connect(client)
        finally:
            client.close()

    def _client(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=self._server.host,
            port=self._server.port,
            use_tls=self._server.security == "tls",
            start_tls=self._server.security == "starttls",
            timeout=self._server.timeout,
        )

    async def deliver(self, letter: Letter) -> Delivered:
        """Hand the mail to the server."""
        raw = await self._blob(letter.payload["sha256"])
        client = self._client()
        try:
            await self._connect(client)
            await self._envelope(client, letter)
            with _cut_short(client.transport):
                return await self._data(client, raw)
        finally:
            client.close()

    async def _connect(self, client: aiosmtplib.SMTP) -> None:
        try:
            await client.connect()
            await self._sign_in(client)
        except OAuthError as error:
            raise NotDelivered(error.sentence, retry_after=_SLOWLY if error.slow else None) from error
        except aiosmtplib.SMTPAuthenticationError as error:
            what = "sign-in" if self._server.sign_in else "password"
            raise NotDelivered(f"the mail server does not accept our {what}") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Unreachable(f"the mail server cannot be reached ({type(error).__name__})") from error

    async def _sign_in(self, client: aiosmtplib.SMTP) -> None:
        server = self._server
        if server.sign_in is None:
            if server.user:
                await client.login(server.user, server.password)
            return
        token = await server.sign_in("")
        try:
            await client.auth_xoauth2(server.user, token)
        except aiosmtplib.SMTPAuthenticationError:
            # It may have been taken back before its time: once more with a fresh one.
            await client.auth_xoauth2(server.user, await server.sign_in(token))

    async def _envelope(self, client: aiosmtplib.SMTP, letter: Letter) -> None:
        """Name sender and recipients; up to here nothing has been sent."""
        try:
            await client.mail(letter.payload["sender"])
            for recipient in letter.payload["recipients"]:
                await client.rcpt(recipient)
        except aiosmtplib.SMTPResponseException as error:
            raise _refusal(error) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Unreachable(f"the mail server broke off ({type(error).__name__})") from error

    async def _data(self, client: aiosmtplib.SMTP, raw: bytes) -> Delivered:
        try:
            answer = await client.data(raw, timeout=self._server.patience + len(raw) / _SLOWEST_LINE)
        except aiosmtplib.SMTPResponseException as error:
            raise _refusal(error) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Uncertain(
                f"the mail server broke off before it answered ({type(error).__name__})"
            ) from error
        return Delivered(detail={"answer": f"{answer.code} {answer.message[:200]}"})


@contextmanager
def _cut_short(line: asyncio.BaseTransport | None) -> Iterator[None]:
    """Let a mail that breaks off stay unfinished: closing writes on, and the next try would double it."""
    try:
        yield
    except BaseException:
        if isinstance(line, asyncio.WriteTransport):
            line.abort()
        raise


def _refusal(error: aiosmtplib.SMTPResponseException) -> NotDelivered | Undeliverable:
    """Tell by the first digit: 4 is for now, 5 is for good (RFC 5321 4.2.1)."""
    said = " ".join(error.message.split())[:200]
    if error.code >= 500:
        return Undeliverable(f"their mail server refused it: {error.code} {said}")
    return NotDelivered(f"the mail server asks to try later: {error.code} {said}")


class ByMailbox:
    """Carries `mail.send` the way of the mailbox it comes from, by its address; `other` for all else."""

    def __init__(self, own: Mapping[str, Courier], other: Courier) -> None:
        self._own, self._other = own, other

    def _way(self, letter: Letter) -> Courier:
        return self._own.get(str(letter.payload["sender"]).lower(), self._other)

    async def prepare(self, letter: Letter) -> Mapping[str, Any]:
        """Do what must be known first."""
        return await self._way(letter).prepare(letter)

    async def deliver(self, letter: Letter) -> Delivered:
        """Hand the mail over."""
        return await self._way(letter).deliver(letter)

    async def find(self, letter: Letter) -> Delivered | None:
        """Look for it."""
        return await self._way(letter).find(letter)
