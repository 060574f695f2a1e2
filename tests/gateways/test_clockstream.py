"""The demo's bot follows a clock over a line that breaks, and past what is no time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from aiohttp import web

from bot.gateways import clockstream
from tests.patience import until

EARLY, LATE = datetime(2026, 11, 23, 9, tzinfo=UTC), datetime(2026, 11, 24, 9, tzinfo=UTC)
Say = Callable[[web.WebSocketResponse], Awaitable[None]]


def time(now: datetime) -> dict[str, object]:
    return {"now": now.isoformat(), "running": False}


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clockstream, "_HEARTBEAT", 0.4)
    monkeypatch.setattr(clockstream, "_AGAIN_AFTER", 0.05)


@asynccontextmanager
async def saying(*says: Say) -> AsyncIterator[str]:
    """Serve a stream in which each connection says what is next, and then does not even answer pings."""
    left, over = list(says), asyncio.Event()

    async def stream(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        await left.pop(0)(socket)
        await over.wait()
        return socket

    app = web.Application()
    app.router.add_get("/", stream)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        over.set()
        await runner.cleanup()


async def early(socket: web.WebSocketResponse) -> None:
    await socket.send_json(time(EARLY))


async def late(socket: web.WebSocketResponse) -> None:
    await socket.send_json(time(LATE))
    await asyncio.Event().wait()


async def rubbish(socket: web.WebSocketResponse) -> None:
    for text in ("", "soon", "[]", "7", "{}", '{"now": 7, "running": true}', '{"now": "noon", "running": 1}'):
        await socket.send_str(text)


@pytest.mark.usefixtures("hasty")
async def test_it_connects_again_when_the_line_has_gone_silent() -> None:
    async with saying(early, late) as url, clockstream.following(url, "token") as clock:
        assert clock.now() == EARLY
        await until(lambda: clock.now() == LATE)


async def test_it_passes_by_what_is_no_time(caplog: pytest.LogCaptureFixture) -> None:
    async def mixed(socket: web.WebSocketResponse) -> None:
        await early(socket)
        await rubbish(socket)
        await late(socket)

    # One connection only: a second would find nothing to say.
    async with saying(mixed) as url, clockstream.following(url, "token") as clock:
        await until(lambda: clock.now() == LATE)
    assert caplog.text.count("says what is no time") == 7
