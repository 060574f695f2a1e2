"""A shop for every journey: the real bot in the workspace, on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.journeys.shop import Shop, built


@pytest_asyncio.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    """Give a shop that is open: the bot runs."""
    async with built(database_url, tmp_path, hold_seconds=1) as made, made.open():
        yield made
