"""Mail is handed to a mail server once, however long that takes to say what it thinks of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from bot.clock import wall
from bot.gateways.mailbox import MailCourier, Server
from bot.ports import Letter, Uncertain
from tests.patience import until

LETTER = Letter(
    "u1",
    "mail.send",
    {"sender": "orders@shop.example", "recipients": ["li@factory.example"], "sha256": "x"},
    wall(),
)
SHORT = b"Subject: Re: Invoice\r\n\r\nYes.\r\n"
# More than the line between us holds.
LONG = SHORT + (b"x" * 70 + b"\r\n") * 400_000


class Scanner:
    """A mail server that has a mail, and looks into it for a while before it says so."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.mails: list[bytes] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.mails.append(envelope.original_content or b"")
        await asyncio.sleep(self.seconds)
        return "250 OK, clean"

    @asynccontextmanager
    async def running(self) -> AsyncIterator[int]:
        """Run it inside this block; gives its port."""

        def protocol() -> SMTP:
            return SMTP(self, loop=asyncio.get_running_loop())

        server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()


class Dawdler:
    """A mail server that reads nothing of a mail until it is told to."""

    def __init__(self) -> None:
        self.is_asked, self.goes_on, self.is_over = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.end = b""

    async def has_it_whole(self) -> bool:
        """Read on until the other side hangs up; tell whether that was a mail."""
        self.goes_on.set()
        await self.is_over.wait()
        assert self.end
        return self.end == b"\r\n.\r\n"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        while not (line := await reader.readline()).startswith(b"DATA"):
            assert line
            writer.write(b"250 OK\r\n")
        writer.write(b"354 go on\r\n")
        self.is_asked.set()
        await self.goes_on.wait()
        with suppress(ConnectionError):
            while some := await reader.read(2**20):
                self.end = (self.end + some)[-5:]
        writer.close()
        self.is_over.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[int]:
        """Run it inside this block; gives its port."""
        async with await asyncio.start_server(self._serve, "127.0.0.1", 0) as server:
            yield server.sockets[0].getsockname()[1]


def courier(port: int, raw: bytes = SHORT, *, timeout: float = 30.0, patience: float = 600.0) -> MailCourier:
    async def blob(_sha256: str) -> bytes:
        return raw

    return MailCourier(Server("127.0.0.1", port, "none", timeout=timeout, patience=patience), blob)


async def test_it_waits_longer_for_the_word_on_a_mail_than_for_any_other() -> None:
    server = Scanner(4.0)
    async with server.running() as port:
        delivered = await courier(port, timeout=2.0).deliver(LETTER)
    assert delivered.detail["answer"] == "250 OK, clean"
    assert len(server.mails) == 1


async def test_it_does_not_wait_for_ever() -> None:
    server = Scanner(2.0)
    async with server.running() as port:
        with pytest.raises(Uncertain, match="broke off before it answered"):
            await courier(port, patience=0.2).deliver(LETTER)
        await until(lambda: server.mails)


async def test_it_waits_longer_for_a_large_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.gateways.mailbox._SLOWEST_LINE", len(SHORT) / 10)
    server = Scanner(1.0)
    async with server.running() as port:
        await courier(port, patience=0.1).deliver(LETTER)
    assert len(server.mails) == 1


async def test_it_goes_on_with_no_mail_it_gave_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.gateways.mailbox._SLOWEST_LINE", len(LONG))
    server = Dawdler()
    async with server.running() as port, asyncio.timeout(20):
        with pytest.raises(Uncertain):
            await courier(port, LONG, patience=0.0).deliver(LETTER)
        assert not await server.has_it_whole()


async def test_it_goes_on_with_no_mail_for_which_there_is_no_time_any_more() -> None:
    server = Dawdler()
    async with server.running() as port, asyncio.timeout(20):
        delivering = asyncio.create_task(courier(port, LONG).deliver(LETTER))
        await server.is_asked.wait()
        await asyncio.wait({delivering}, timeout=0.2)
        delivering.cancel()
        await asyncio.wait({delivering})
        assert not await server.has_it_whole()
