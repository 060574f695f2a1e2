"""Pytest fixtures for the tests of any bot: a workspace, its people, and the driver.

Use it with `pytest_plugins = ["bot.workspace.pytest_plugin"]`, and override `workspace_manifest` (and
`workspace_world`, `workspace_options`) with what your bot needs. Its tests are asyncio ones (pytest-asyncio).
"""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.workspace.driver import Correspondent, Person, Slack
from bot.workspace.seed import demo_world
from bot.workspace.server import Workspace
from bot.workspace.world import World


@pytest.fixture
def workspace_manifest() -> Path | dict[str, Any]:
    """Give the bot's manifest: a file, or its content."""
    return Path("manifest.yml")


@pytest.fixture
def workspace_world() -> World:
    """Give who and what is there."""
    return demo_world()


@pytest.fixture
def workspace_options() -> dict[str, Any]:
    """Give further arguments of `Workspace`."""
    return {"rate_limits": False}


@pytest_asyncio.fixture
async def workspace(
    workspace_world: World,
    workspace_manifest: Path | dict[str, Any],
    workspace_options: dict[str, Any],
) -> AsyncIterator[Workspace]:
    """Run a workspace for one test."""
    async with Workspace(workspace_world, workspace_manifest, **workspace_options) as running:
        yield running


@pytest_asyncio.fixture
async def slack(workspace: Workspace) -> AsyncIterator[Slack]:
    """Reach the workspace from outside."""
    async with Slack(workspace.url, workspace.control_token) as outside:
        yield outside


@pytest.fixture
def person(slack: Slack) -> Callable[[str], Person]:
    """Give a colleague by name."""
    return lambda name: Person(slack, name)


@pytest.fixture
def correspondent(slack: Slack) -> Callable[[str], Correspondent]:
    """Give a supplier or customer by name."""
    return lambda name: Correspondent(slack, name)
