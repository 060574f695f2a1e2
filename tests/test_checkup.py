"""`switchboard check`: a test for everything that can be wrong, each with its remedy."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot import checkup, seed
from bot.checkup import Finding
from bot.clock import MovableClock
from bot.settings import Settings
from bot.workspace import Workspace, demo_world
from tests.journeys.shop import MANIFEST


@pytest_asyncio.fixture
async def workspace() -> AsyncIterator[Workspace]:
    async with Workspace(demo_world(), MANIFEST, clock=MovableClock()) as running:
        yield running


@pytest.fixture
def given(workspace: Workspace, tmp_path: Path, database_url: str) -> dict[str, Any]:
    """Give settings with which all is well."""
    settings = seed.settings(workspace, tmp_path, seed.free_port(), seed.free_port())
    return settings | {"database_url": database_url}


async def wrong(given: dict[str, Any], **changes: Any) -> list[Finding]:
    found = await checkup.findings(Settings(**(given | changes)), http=False)
    assert all(one.remedy for one in found if not one.is_well)
    return [one for one in found if not one.is_well]


async def test_it_finds_nothing_wrong_with_a_good_set_up(given: dict[str, Any]) -> None:
    assert await wrong(given) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"slack_bot_token": "xoxb-wrong"}, "does not accept the bot token"),
        ({"slack_app_token": "xapp-wrong"}, "does not accept the app-level token"),
        ({"slack_api_url": "http://127.0.0.1:9/api/"}, "Slack cannot be reached"),
        ({"smtp_out_port": 9}, "cannot be used with none"),
        ({"smtp_out_host": ""}, "SMTP_OUT_HOST is missing"),
        ({"mailbox": []}, "no mailbox"),
        ({"database_url": "sqlite+aiosqlite:////nowhere/x.sqlite"}, "there is none yet"),
        ({"database_url": "postgresql+asyncpg://a:b@127.0.0.1:9/x"}, "the database cannot be opened"),
        ({"data_dir": "/proc/nowhere"}, "cannot be written"),
        ({"http_host": "192.0.2.1"}, "cannot be opened"),
    ],
)
async def test_it_says_what_is_wrong(given: dict[str, Any], changes: dict[str, Any], problem: str) -> None:
    assert any(problem in one.problem for one in await wrong(given, **changes))


async def test_it_says_everything_at_once(given: dict[str, Any]) -> None:
    found = await wrong(given, slack_bot_token="xoxb-wrong", smtp_out_port=9, http_host="192.0.2.1")
    assert len(found) == 3


async def test_it_says_that_a_channel_is_archived_or_closed_to_the_bot(
    given: dict[str, Any], workspace: Workspace
) -> None:
    for channel in workspace.world.channels.values():
        if channel["name"] == "suppliers":
            channel["is_archived"] = True
    assert [one.problem for one in await wrong(given)] == ["#suppliers is archived"]


async def test_it_says_that_a_port_is_taken(given: dict[str, Any], workspace: Workspace) -> None:
    taken = int(workspace.url.rpartition(":")[2])
    assert any(
        f"127.0.0.1:{taken} cannot be opened" in one.problem for one in await wrong(given, http_port=taken)
    )


async def test_it_says_that_the_database_is_old(
    given: dict[str, Any], empty_database_url: str, tmp_path: Path
) -> None:
    if empty_database_url.startswith("sqlite"):
        (tmp_path / "empty.sqlite").touch()
        empty_database_url = f"sqlite+aiosqlite:///{tmp_path / 'empty.sqlite'}"
    [found] = await wrong(given, database_url=empty_database_url)
    assert found.remedy == "./switchboard migrate"
