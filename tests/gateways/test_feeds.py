"""Fetching calendars: what lies inside our own network, is too large, slow or endless is refused."""

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web

from bot.gateways import feeds
from bot.gateways.feeds import Feeds, is_public
from bot.ports import FeedUnreadable

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    directory = tmp_path_factory.mktemp("certificate")
    key, cert = directory / "key.pem", directory / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1",
         "-keyout", str(key), "-out", str(cert)],
        check=True, capture_output=True,
    )  # fmt: skip
    return key, cert


class Server:
    """A server with a certificate; `answer` is what it does."""

    def __init__(self, port: int, trusted: ssl.SSLContext) -> None:
        self.port, self.trusted, self.asked = port, trusted, 0
        self.feeds = Feeds(lambda _address: True, trusted)
        self.answer: Handler = self._calendar

    async def _calendar(self, _request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"BEGIN:VCALENDAR")

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked += 1
        return await self.answer(request)

    def url(self, path: str = "/x.ics") -> str:
        return f"https://localhost:{self.port}{path}"


@pytest_asyncio.fixture
async def server(certificate: tuple[Path, Path], unused_tcp_port: int) -> AsyncIterator[Server]:
    key, cert = certificate
    theirs = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    theirs.load_cert_chain(cert, key)
    mine = ssl.create_default_context(cafile=str(cert))
    made = Server(unused_tcp_port, mine)
    app = web.Application()
    app.router.add_get("/{rest:.*}", made.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "localhost", unused_tcp_port, ssl_context=theirs).start()
    yield made
    await runner.cleanup()


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True), ("2606:2800:220:1:248:1893:25c8:1946", True), ("127.0.0.1", False),
        ("10.1.2.3", False), ("192.168.0.1", False), ("172.16.0.9", False), ("169.254.169.254", False),
        ("100.64.0.1", False), ("0.0.0.0", False), ("224.0.0.1", False), ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False), ("::ffff:127.0.0.1", False), ("64:ff9b::7f00:1", False), ("2002:7f00:1::", False),
        ("localhost", False),
    ],
)  # fmt: skip
def test_it_knows_the_open_internet(address: str, public: bool) -> None:  # noqa: FBT001
    assert is_public(address) is public


async def test_it_fetches_a_calendar(server: Server) -> None:
    assert await server.feeds.fetch(server.url()) == b"BEGIN:VCALENDAR"


@pytest.mark.parametrize(
    "url",
    ["https://localhost:{port}/", "https://127.0.0.1:{port}/", "https://127.1:{port}/", "https://[::1]:{port}/",
     "https://0x7f000001:{port}/", "https://2130706433:{port}/", "https://[::ffff:127.0.0.1]:{port}/"],
)  # fmt: skip
async def test_it_never_reaches_into_our_own_network(server: Server, url: str) -> None:
    with pytest.raises(FeedUnreadable):
        await Feeds(trusted=server.trusted).fetch(url.format(port=server.port))
    assert server.asked == 0


@pytest.mark.parametrize(
    "url", ["http://localhost/", "file:///etc/passwd", "https://", "", "ftp://a.example/x"]
)
async def test_it_takes_https_only(url: str) -> None:
    with pytest.raises(FeedUnreadable):
        await Feeds().fetch(url)


async def test_it_follows_three_redirects_and_no_more(server: Server) -> None:
    async def lead_on(request: web.Request) -> web.StreamResponse:
        left = int(request.path.strip("/"))
        if not left:
            return web.Response(body=b"there")
        return web.Response(status=302, headers={"Location": f"/{left - 1}"})

    server.answer = lead_on
    assert await server.feeds.fetch(server.url("/3")) == b"there"
    with pytest.raises(FeedUnreadable, match="without end"):
        await server.feeds.fetch(server.url("/4"))


@pytest.mark.parametrize("target", ["http://a.example/", "https://10.0.0.1/", "file:///etc/passwd"])
async def test_it_is_not_led_where_it_would_not_go(server: Server, target: str) -> None:
    async def lead_astray(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": target})

    server.answer = lead_astray
    server.feeds._may_reach = lambda address: address in ("127.0.0.1", "::1")
    with pytest.raises(FeedUnreadable):
        await server.feeds.fetch(server.url())


async def test_it_stops_reading_what_is_too_large(server: Server) -> None:
    async def pour(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        for _ in range(200):
            await answer.write(b"x" * 65536)
        return answer

    server.answer = pour
    with pytest.raises(FeedUnreadable, match="too large"):
        await server.feeds.fetch(server.url())


async def test_it_gives_up_on_a_slow_server(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(_request: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(feeds, "_PATIENCE", feeds.aiohttp.ClientTimeout(total=0.2))
    server.answer = hang
    with pytest.raises(FeedUnreadable, match="too long"):
        await server.feeds.fetch(server.url())


async def test_it_says_what_a_server_answers(server: Server) -> None:
    async def refuse(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=403)

    server.answer = refuse
    with pytest.raises(FeedUnreadable, match="403"):
        await server.feeds.fetch(server.url())


async def test_it_does_not_trust_a_certificate_nobody_vouches_for(server: Server) -> None:
    with pytest.raises(FeedUnreadable, match="cannot be reached"):
        await Feeds(lambda _address: True).fetch(server.url())
