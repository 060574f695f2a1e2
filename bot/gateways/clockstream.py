"""Business time from outside: the demo's bot follows the clock of its workspace."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime

import aiohttp

from bot.clock import MovableClock

log = logging.getLogger(__name__)


@asynccontextmanager
async def following(url: str, token: str, clock: MovableClock) -> AsyncIterator[None]:
    """Set `clock` to what the stream at `url` says, from before this block on."""
    first = asyncio.Event()
    task = asyncio.create_task(_follow(url, token, clock, first), name="clock stream")
    try:
        await asyncio.wait_for(first.wait(), 10)
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _follow(url: str, token: str, clock: MovableClock, first: asyncio.Event) -> None:
    async with aiohttp.ClientSession(headers={"X-Workspace-Token": token}) as session:
        while True:
            with suppress(aiohttp.ClientError, OSError):
                async with session.ws_connect(url, heartbeat=10) as stream:
                    async for message in stream:
                        said = message.json()
                        clock.set(datetime.fromisoformat(said["now"]), running=said["running"])
                        first.set()
            # The workspace is gone for the moment; time runs on meanwhile.
            await asyncio.sleep(1)
