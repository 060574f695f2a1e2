"""Business time from outside: the demo's bot follows the clock of its workspace."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

import aiohttp

from bot.clock import MovableClock

log = logging.getLogger(__name__)

_AGAIN_AFTER = 1.0
_HEARTBEAT = 10.0
_STARTS_WITHIN = 10.0


@asynccontextmanager
async def following(url: str, token: str) -> AsyncIterator[MovableClock]:
    """Give a clock that shows what the stream at `url` says, from where the stream is: even in the past."""
    first: asyncio.Future[MovableClock] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(_follow(url, token, first), name="clock stream")
    try:
        async with asyncio.timeout(_STARTS_WITHIN):
            clock = await first
        yield clock
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def is_there(url: str, token: str) -> bool:
    """Tell whether a clock can be followed there."""
    timeout, headers = aiohttp.ClientTimeout(total=_STARTS_WITHIN), {"X-Workspace-Token": token}
    try:
        async with (
            aiohttp.ClientSession(headers=headers, timeout=timeout) as session,
            session.ws_connect(url) as stream,
        ):
            return "now" in await stream.receive_json(timeout=_STARTS_WITHIN)
    except (aiohttp.ClientError, OSError, ValueError, TypeError):
        return False


async def _follow(url: str, token: str, first: asyncio.Future[MovableClock]) -> None:
    async with aiohttp.ClientSession(headers={"X-Workspace-Token": token}) as session:
        while True:
            with suppress(aiohttp.ClientError, OSError):
                async with session.ws_connect(url, heartbeat=_HEARTBEAT) as stream:
                    await _listen(stream, first)
            # The workspace is gone for the moment; time runs on meanwhile.
            await asyncio.sleep(_AGAIN_AFTER)


async def _listen(stream: aiohttp.ClientWebSocketResponse, first: asyncio.Future[MovableClock]) -> None:
    """Follow one connection, until it says anything but text: that it is lost, most likely."""
    async for message in stream:
        if message.type is not aiohttp.WSMsgType.TEXT:
            return
        try:
            now, running = _read(message.data)
        except (ValueError, TypeError, LookupError, OverflowError):
            log.warning("the stream of the clock says what is no time")
        else:
            _show(now, first, running=running)


def _read(text: str) -> tuple[datetime, bool]:
    said = json.loads(text)
    return datetime.fromisoformat(said["now"]).astimezone(UTC), bool(said["running"])


def _show(now: datetime, first: asyncio.Future[MovableClock], *, running: bool) -> None:
    if first.done():
        first.result().set(now, running=running)
    else:
        first.set_result(MovableClock(now, running=running))
