"""The suppliers' side of the mail: what the bot sends arrives here, what suppliers write leaves from here.

Both ways are real SMTP. A mail is filed once per Message-ID, as mail systems do; `transactions` counts what
was handed over.
"""

import asyncio
import base64
import email
import secrets
from collections import Counter
from collections.abc import Callable
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, getaddresses, make_msgid
from typing import Any

import aiosmtplib
from aiosmtpd.smtp import SMTP, Envelope, Session

from bot.clock import Clock
from bot.workspace.errors import Refused
from bot.workspace.inspector import Inspector
from bot.workspace.room import OnChange
from bot.workspace.world import World, new_id

Json = dict[str, Any]


class Mailroom:
    """Keeps the correspondents' mailboxes."""

    def __init__(
        self, world: World, clock: Clock, deliver_to: tuple[str, int] | None, on_change: OnChange,
        log: Callable[[str, str, Any], None], inspector: Inspector,
    ) -> None:  # fmt: skip
        self._world, self._clock, self._on_change, self._log = world, clock, on_change, log
        self.deliver_to, self._inspector = deliver_to, inspector
        self.transactions: Counter[str] = Counter()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, port: int) -> None:
        """Open the port the bot's mail server is."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(
                self, data_size_limit=100 * 1024 * 1024, enable_SMTPUTF8=True, ident="Workspace", loop=loop
            ),
            "127.0.0.1", port,
        )  # fmt: skip

    @property
    def address(self) -> tuple[str, int]:
        """Where the bot hands over its mail."""
        assert self._server is not None
        host, port = self._server.sockets[0].getsockname()[:2]
        return host, port

    async def stop(self) -> None:
        """Close the port."""
        for task in list(self._tasks):
            task.cancel()
        if self._server:
            self._server.close()

    # ---- what the bot sends ----------------------------------------------------------------------------

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Refuse `bounce@` and `full@`, take the rest."""
        name = address.partition("@")[0].lower()
        if name == "bounce":
            return "550 5.1.1 There is no mailbox of this name here."
        if name == "full":
            return "452 4.2.2 The mailbox is full."
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """File the mail for each recipient."""
        raw = envelope.original_content or b""
        message = email.message_from_bytes(raw, policy=policy.default)
        message_id = str(message.get("Message-ID", "")).strip()
        self.transactions[message_id] += 1
        for recipient in envelope.rcpt_tos:
            address = recipient.lower()
            if any(
                one["message_id"] == message_id and one["address"] == address
                for one in self._world.mails.values()
            ):
                continue
            self._file(address, "in", message)
            if address.startswith("unknown@"):
                self._later(self._bounce(str(envelope.mail_from or ""), address, message))
        subject = str(message.get("Subject", ""))
        self._log("mail", f"out: {subject}", {"to": envelope.rcpt_tos})
        self._inspector.attribute("mail", f"to {', '.join(envelope.rcpt_tos)}", [], subject=subject).end()
        return "250 OK"

    def _later(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _bounce(self, to: str, failed: str, message: EmailMessage) -> None:
        """Send what a mail server sends that took a mail and could not deliver it (RFC 3464)."""
        boundary = secrets.token_hex(8)
        raw = (
            f"From: Mail Delivery System <mailer-daemon@{failed.partition('@')[2]}>\r\nTo: {to}\r\n"
            f"Subject: Undelivered Mail Returned to Sender\r\n"
            f"Message-ID: {make_msgid(domain='mail.example')}\r\n"
            f"Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
            f"Date: {format_datetime(self._clock.now())}\r\n"
            f'Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"\r\n\r\n'
            f"--{boundary}\r\nContent-Type: text/plain\r\n\r\n"
            f"Your mail to {failed} could not be delivered.\r\n"
            f"--{boundary}\r\nContent-Type: message/delivery-status\r\n\r\n"
            f"Reporting-MTA: dns; mail.example\r\n\r\n"
            f"Final-Recipient: rfc822; {failed}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
            f"Diagnostic-Code: smtp; 550 5.1.1 unknown mailbox\r\n\r\n"
            f"--{boundary}\r\nContent-Type: text/rfc822-headers\r\n\r\n"
            f"Message-ID: {message.get('Message-ID', '')}\r\nSubject: {message.get('Subject', '')}\r\n\r\n"
            f"--{boundary}--\r\n"
        )
        await self.hand_over("", to, raw.encode())

    # ---- what suppliers write --------------------------------------------------------------------------

    async def send(self, order: Json) -> Json:
        """Compose a mail and hand it to the bot; {"id", "message_id"}."""
        sender = str(order.get("from", ""))
        to = str(order.get("to") or self._shop(sender))
        answered = self._world.mails.get(str(order.get("in_reply_to", "")))
        message = self._composed(order, sender, to, answered)
        await self.hand_over(sender, to, message.as_bytes(policy=policy.SMTP))
        filed = self._file(sender.lower(), "out", message)
        return {"id": filed["id"], "message_id": filed["message_id"]}

    def _shop(self, sender: str) -> str:
        """Give the address somebody of this role writes to."""
        everybody = self._world.meta["correspondents"]
        known: Json = next((one for one in everybody if one["address"] == sender.lower()), {})
        return str((self._world.meta["mail_to"].get(known.get("role", "supplier")) or [""])[0])

    def _composed(self, order: Json, sender: str, to: str, answered: Json | None) -> EmailMessage:
        known: Json = next(
            (one for one in self._world.meta["correspondents"] if one["address"] == sender.lower()), {}
        )
        message = EmailMessage(policy=policy.SMTP)
        message["From"] = formataddr((known.get("name", ""), sender))
        message["To"] = to
        subject, text = str(order.get("subject", "")), str(order.get("text", ""))
        if answered:
            subject = subject or f"Re: {answered['subject'].removeprefix('Re: ')}"
            message["In-Reply-To"] = answered["message_id"]
            message["References"] = " ".join([*answered["references"], answered["message_id"]])
            quoted = "\n".join(f"> {line}" for line in answered["text"].splitlines())
            text = f"{text}\n\nOn {answered['date']}, {answered['from']} wrote:\n{quoted}\n"
        message["Subject"] = " ".join(subject.split())
        message["Date"] = format_datetime(self._clock.now())
        message["Message-ID"] = make_msgid(domain=sender.partition("@")[2] or "mail.example")
        message.set_content(text)
        if order.get("html"):
            message.add_alternative(str(order["html"]), subtype="html")
        for one in order.get("attachments") or []:
            main, _, sub = str(one.get("type") or "application/octet-stream").partition("/")
            content = base64.b64decode(one["base64"])
            message.add_attachment(
                content, maintype=main, subtype=sub or "octet-stream", filename=one["name"]
            )
        return message

    async def send_raw(self, order: Json) -> Json:
        """Hand over these bytes as they are."""
        to = str(order.get("to") or self._shop(str(order.get("from", ""))))
        raw = base64.b64decode(order["base64"])
        await self.hand_over(str(order.get("from", "")), to, raw)
        message = email.message_from_bytes(raw, policy=policy.default)
        filed = self._file(str(order.get("from", "")).lower(), "out", message)
        return {"id": filed["id"], "message_id": filed["message_id"]}

    async def hand_over(self, sender: str, to: str, raw: bytes) -> None:
        """Hand a mail to the bot; `Refused` with the server's own words."""
        if self.deliver_to is None:
            raise Refused("Nobody takes mail here.", 502)
        host, port = self.deliver_to
        try:
            # Not `aiosmtplib.send`, which knows no empty sender: that of a bounce (RFC 5321 4.5.5).
            async with aiosmtplib.SMTP(hostname=host, port=port, start_tls=False, timeout=60) as client:
                await client.sendmail(sender, [to], raw)
        except aiosmtplib.SMTPRecipientsRefused as error:
            words = "; ".join(f"{one.code} {one.message}" for one in error.recipients)
            raise Refused(f"The shop's mail server refused it: {words}", 502) from error
        except aiosmtplib.SMTPResponseException as error:
            raise Refused(f"The shop's mail server refused it: {error.code} {error.message}", 502) from error
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise Refused(
                "The shop's mail server cannot be reached. Start the bot, and send it again.", 502
            ) from error
        self._log("mail", f"in: {sender}", {"to": to, "size": len(raw)})
        self._inspector.follow("mail", f"from {sender}", to=to, size=len(raw)).end()

    # ---- mailboxes -------------------------------------------------------------------------------------

    def box(self, address: str) -> list[Json]:
        """Give the mails of an address, newest first."""
        mails = [one for one in self._world.mails.values() if one["address"] == address.lower()]
        return sorted(mails, key=lambda one: one["number"], reverse=True)

    def read(self, mail_id: str) -> None:
        """Note that a mail was read."""
        if mail := self._world.mails.get(mail_id):
            mail["read"] = True
            self._world.touch("mails", mail_id)

    def unread(self, address: str) -> int:
        """Count what an address has not read."""
        return sum(not one["read"] for one in self.box(address))

    def _file(self, address: str, direction: str, message: Any) -> Json:
        mail_id = new_id("M")
        shown = _shown(message)
        mail = shown | {"id": mail_id, "address": address, "direction": direction, "read": direction == "out",
                        "number": len(self._world.mails), "date": self._clock.now().isoformat()}  # fmt: skip
        self._world.mails[mail_id] = mail
        self._world.touch("mails", mail_id)
        self._on_change("mail", {"address": address, "mail": mail}, None)
        return mail


def _shown(message: EmailMessage) -> Json:
    """Give what a mail program would show."""
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    shown: Json = {
        "from": str(message.get("From", "")),
        "to": ", ".join(address for _, address in getaddresses([str(message.get("To", ""))])),
        "subject": str(message.get("Subject", "")),
        "text": _text(text) if text else "",
        "message_id": str(message.get("Message-ID", "")).strip(),
        "in_reply_to": str(message.get("In-Reply-To", "")).strip() or None,
        "references": str(message.get("References", "")).split(),
        "attachments": [
            {"name": part.get_filename() or "file", "type": part.get_content_type(),
             "size": len(part.get_payload(decode=True) or b"")}
            for part in message.iter_attachments()
        ],
    }  # fmt: skip
    return shown | ({"html": _text(html)} if html else {})


def _text(part: Any) -> str:
    try:
        return str(part.get_content())
    except (LookupError, UnicodeDecodeError, KeyError):
        return bytes(part.get_payload(decode=True) or b"").decode("utf-8", "replace")
