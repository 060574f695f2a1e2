"""Waiting in tests: look again and again until it is so, with a deadline, never a fixed sleep."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any


async def until(check: Callable[[], Any | Awaitable[Any]], within: float = 15.0) -> Any:
    """Give the first true answer of `check`, plain or awaitable; TimeoutError after `within` seconds."""
    async with asyncio.timeout(within):
        while True:
            answer = check()
            if inspect.isawaitable(answer):
                answer = await answer
            if answer:
                return answer
            await asyncio.sleep(0.01)
