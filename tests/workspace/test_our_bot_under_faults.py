"""Our own bot under each fault: a mail in and an answer out, nothing lost, nothing doubled."""

import asyncio
import shutil
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.workspace.driver import Refusal
from tests.journeys.shop import Shop, built
from tests.patience import until

POST = "chat.postMessage"
# Seconds: short, and longer than what any call here takes.
GRACE = 3.0
FAULTS: list[dict[str, Any]] = [
    {"kind": "error", "method": POST, "times": 2, "error": "internal_error", "when": "after"},
    {"kind": "error", "method": POST, "times": 2, "error": "503"},
    {"kind": "ratelimited", "method": "*", "times": 2, "seconds": 1},
    {"kind": "timeout", "method": POST, "seconds": 1, "when": "after"},
    {"kind": "drop", "method": POST, "times": 2, "when": "after"},
    {"kind": "drop", "method": POST, "times": 2},
    {"kind": "delay", "method": "*", "times": 3, "seconds": 0.3},
    {"kind": "duplicate_envelope", "times": 8},
    {"kind": "lost_ack", "times": 1},
    {"kind": "socket_refresh", "seconds": 1},
    {"kind": "socket_close"},
    {"kind": "slow_database", "times": 3, "seconds": 1},
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=[f"{one['kind']} {one.get('when', '')}" for one in FAULTS])
async def test_it_loses_and_doubles_nothing(
    fault: dict[str, Any], sqlite_template: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "switchboard.sqlite"
    shutil.copy(sqlite_template, kept)
    options = {"hold_seconds": 1, "grace_seconds": GRACE}
    async with (
        _slowing(kept) as hook,
        built(f"sqlite+aiosqlite:///{kept}", tmp_path, **options) as shop,
        shop.open(),
    ):
        shop.workspace.around.fault_hook = hook
        shop.slack.patience = 40
        lucia, tom = shop.outside("Lucia"), shop.person("Tom")
        await until(lambda: shop.workspace.delivery.connected, within=30)
        await shop.slack.fault(fault.pop("kind"), **fault)

        await lucia.writes("Ritardo lotto 12", "Il lotto 12 arriva lunedì.")
        await tom.goes_to("#suppliers")
        await tom.sees("Il lotto 12 arriva lunedì")
        await _insisting(lambda: tom.presses("Reply"))
        await tom.fills("Your answer", "Monday is fine.")
        await _insisting(tom.submits)
        await tom.sees("This is the mail as it leaves")
        await _insisting(tom.submits)
        await lucia.receives("Monday is fine.")
        await _settled(shop)

        received = [one for one in await lucia.box() if one["direction"] == "in"]
        assert len(received) == 1
        assert await _cards(shop) == 1


@asynccontextmanager
async def _slowing(database: Path) -> AsyncIterator[str]:
    """Take orders to slow the database down, and give the address: somebody else holds the right to write."""
    holding: set[asyncio.Task[None]] = set()

    def hold(seconds: float) -> None:
        with closing(sqlite3.connect(database, isolation_level=None, timeout=30)) as other:
            other.execute("BEGIN IMMEDIATE")
            time.sleep(seconds)
            other.execute("ROLLBACK")

    async def again(order: dict[str, Any]) -> None:
        for _ in range(order["times"]):
            await asyncio.to_thread(hold, order["seconds"])

    async def slow(request: web.Request) -> web.Response:
        holding.add(asyncio.create_task(again(await request.json())))
        return web.Response()

    app = web.Application()
    app.router.add_post("/", slow)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await asyncio.gather(*holding)
    await runner.cleanup()


async def _insisting(deed: Callable[[], Awaitable[Any]]) -> None:
    """Do it as people do: again, when Slack says that the app did not answer; and when it went, it went."""
    for _ in range(3):
        try:
            await deed()
        except Refusal as refusal:
            if refusal.status == 404:
                return
            continue
        return


async def _settled(shop: Shop) -> None:
    """Wait until what was uncertain has been looked up."""
    assert await shop.slack.is_quiet(seconds=30)


async def _cards(shop: Shop) -> int:
    suppliers = next(
        one["id"] for one in shop.workspace.world.channels.values() if one["name"] == "suppliers"
    )
    said = shop.workspace.world.messages[suppliers]
    return sum(1 for one in said if one.get("bot_id") and one.get("thread_ts") in (None, one["ts"]))
