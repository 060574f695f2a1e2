"""A set-up in which all is well, given by the environment as a shop gives it."""

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot import checkup, seed
from bot.checkup import Finding
from bot.clock import MovableClock
from bot.settings import PREFIX
from bot.workspace import Workspace, demo_world
from tests.journeys.shop import MANIFEST


@pytest_asyncio.fixture
async def workspace() -> AsyncIterator[Workspace]:
    async with Workspace(demo_world(), MANIFEST, clock=MovableClock()) as running:
        yield running


class SetUp:
    """The settings, to be broken one by one."""

    def __init__(self, given: dict[str, Any], put: Callable[[str, str], None]) -> None:
        self._put = put
        self.set(**given)

    def set(self, **changes: Any) -> None:
        """Set these, by their names in small letters."""
        for name, value in changes.items():
            self._put(PREFIX + name.upper(), value if isinstance(value, str) else json.dumps(value))

    async def wrong(self, *, http: bool = False, **changes: Any) -> list[str]:
        """Say what `check` finds wrong with these changes; each must have its remedy."""
        return [one.problem for one in await self.found(http=http, **changes) if not one.is_well]

    async def found(self, *, http: bool = False, **changes: Any) -> list[Finding]:
        """Give all that `check` finds."""
        self.set(**changes)
        found = await checkup.of_environment(http=http)
        assert all(one.remedy for one in found if not one.is_well)
        return found


@pytest.fixture
def database_kind() -> str:
    """Storage is tested on both databases elsewhere."""
    return "sqlite"


@pytest.fixture
def shop(workspace: Workspace, tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> SetUp:
    monkeypatch.chdir(tmp_path)
    given = seed.settings(workspace, tmp_path, seed.free_port(), seed.free_port())
    return SetUp(given | {"database_url": database_url}, monkeypatch.setenv)
