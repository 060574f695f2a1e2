"""Mail is sent with a token where the mail server takes no password."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from bot.clock import wall
from bot.gateways.mailbox import MailCourier, Server
from bot.gateways.oauth import OAuth
from bot.ports import Letter, NotDelivered
from tests.gateways.tokens import Tokens, TokenServer

ADDRESS = "orders@shop.example"


class Submission:
    """A mail server that lets in whom the token server vouches for."""

    def __init__(self, tokens: TokenServer) -> None:
        self.tokens = tokens
        self.mails: list[bytes] = []

    async def auth_XOAUTH2(self, _server: SMTP, said: list[str]) -> AuthResult:  # noqa: N802 - aiosmtpd's name
        parts = base64.b64decode(said[1]).decode().split("\1")
        good = parts[0] == f"user={ADDRESS}" and parts[1].removeprefix("auth=Bearer ") in self.tokens.good
        return AuthResult(success=good, handled=False)

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if not session.authenticated:
            return "530 5.7.0 Who are you?"
        self.mails.append(envelope.original_content or b"")
        return "250 OK"


@asynccontextmanager
async def running(handler: Submission) -> AsyncIterator[int]:
    """Run it inside this block; gives its port."""

    def protocol() -> SMTP:
        return SMTP(handler, auth_require_tls=False, loop=asyncio.get_running_loop())

    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def _blob(_sha256: str) -> bytes:
    return b"Subject: Re: Invoice\r\n\r\nYes.\r\n"


def courier(port: int, oauth: OAuth) -> MailCourier:
    return MailCourier(Server("127.0.0.1", port, "none", ADDRESS, sign_in=oauth), _blob)


LETTER = Letter(
    "u1", "mail.send", {"sender": ADDRESS, "recipients": ["li@factory.example"], "sha256": "x"}, wall()
)


async def test_it_sends_with_a_token_and_with_a_fresh_one_when_that_was_taken_back() -> None:
    async with TokenServer(ADDRESS) as tokens:
        handler = Submission(tokens)
        async with running(handler) as port:
            post = courier(port, OAuth(ADDRESS, tokens.app(), Tokens()))
            await post.deliver(LETTER)
            tokens.good.clear()
            await post.deliver(LETTER)
    assert len(handler.mails) == 2
    assert tokens.good == {"access-2"}


async def test_it_keeps_the_mail_until_somebody_signs_in_again() -> None:
    async with TokenServer(ADDRESS) as tokens:
        tokens.refresh = "taken back"
        handler = Submission(tokens)
        async with running(handler) as port:
            with pytest.raises(NotDelivered, match="Sign in to this mailbox again") as kept:
                await courier(port, OAuth(ADDRESS, tokens.app(), Tokens())).deliver(LETTER)
    assert kept.value.retry_after == 900
    assert handler.mails == []


async def test_it_says_that_the_server_takes_no_such_sign_in() -> None:
    async with TokenServer(ADDRESS) as tokens:
        handler = Submission(tokens)
        async with running(handler) as port:
            tokens.address = "else@shop.example"
            post = courier(port, OAuth(ADDRESS, tokens.app(), Tokens()))
            handler.tokens = TokenServer(ADDRESS)  # one that vouches for nobody
            with pytest.raises(NotDelivered, match="does not accept our sign-in"):
                await post.deliver(LETTER)
