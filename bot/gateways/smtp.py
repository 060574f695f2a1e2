"""Mail in, by SMTP: known recipients only, never a relay; stored before it is acknowledged.

It runs in the bot's own loop, so that `accept` is awaited where the database lives.
"""

import asyncio
import json
import ssl
from collections.abc import Collection

from aiosmtpd.smtp import SMTP, Envelope, Session

from bot.errors import SwitchboardError
from bot.mail.identity import names
from bot.ports import Accept

# A 25 MB attachment is more in base64, and mails carry several.
LARGEST_MAIL = 60 * 1024 * 1024
# Senders' servers fold at 998; some programs do not fold at all.
_LONGEST_LINE = 1024 * 1024


class PortTaken(SwitchboardError):
    """Port {port} is taken by another program. Stop that one, or choose another port with {option}."""


class MailReceiver:
    """Takes mail for `addresses` and hands it to `accept`."""

    def __init__(
        self,
        accept: Accept,
        addresses: Collection[str],
        *,
        port: int,
        host: str = "127.0.0.1",
        tls: ssl.SSLContext | None = None,
        largest: int = LARGEST_MAIL,
    ) -> None:
        self._accept = accept
        self._addresses = {address.lower() for address in addresses}
        self._host, self._port, self._tls, self._largest = host, port, tls, largest
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Open the port; `PortTaken` when another program has it."""
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(self._protocol, self._host, self._port)
        except OSError as error:
            raise PortTaken(port=self._port, option="--smtp-port or SWITCHBOARD_SMTP_IN_PORT") from error

    def _protocol(self) -> SMTP:
        protocol = SMTP(
            self,
            data_size_limit=self._largest,
            enable_SMTPUTF8=True,
            ident="Switchboard",
            tls_context=self._tls,
            loop=asyncio.get_running_loop(),
        )
        protocol.line_length_limit = _LONGEST_LINE
        return protocol

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        assert self._server is not None
        host, port = self._server.sockets[0].getsockname()[:2]
        return host, port

    async def stop(self) -> None:
        """Close the port; a mail half received will be sent again by its sender."""
        if self._server:
            self._server.close()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take mail for addresses of ours only."""
        if address.lower() not in self._addresses:
            return "550 5.1.1 Nobody here has this address."
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Store the mail, then acknowledge it. A mail we cannot store is offered to us again."""
        raw = envelope.original_content or b""
        peer = str(session.peer[0]) if session.peer else ""
        try:
            # Each mailbox gets its own: they may belong to different areas.
            for recipient in dict.fromkeys(address.lower() for address in envelope.rcpt_tos):
                await self._store(raw, recipient, envelope.mail_from or "", peer)
        except Exception:  # noqa: BLE001 - whatever it was: the sender keeps the mail and tries again
            return "451 4.3.0 It could not be stored just now. Please try again later."
        return "250 OK"

    async def _store(self, raw: bytes, recipient: str, sender: str, peer: str) -> None:
        # Hashing 60 MB takes a tenth of a second: not in the loop.
        sha256, key = await asyncio.to_thread(names, raw, recipient)
        body = {
            "envelope_from": sender,
            "recipients": [recipient],
            "sha256": sha256,
            "size": len(raw),
            "peer": peer,
        }
        lane = "mail:" + sender.rpartition("@")[2].lower()
        await self._accept("mail", key, json.dumps(body).encode(), lane=lane, blobs={sha256: raw})
