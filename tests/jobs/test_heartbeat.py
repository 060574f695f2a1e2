"""The heartbeat to outside: there while the bot is well, silent when it is not, never in the way."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from sqlalchemy import text

from bot import clock
from bot.gateways import heartbeat, metrics
from bot.storage import health
from bot.storage.database import Database
from jobs.heartbeat import LifeSigns
from tests.gateways.health_desk import HealthDesk
from tests.journeys import shop
from tests.patience import until


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[HealthDesk]:
    async with HealthDesk() as running:
        yield running


@asynccontextmanager
async def beating(database: Database, url: str) -> AsyncIterator[None]:
    async def measures() -> list[metrics.Gauge]:
        async with database.read() as session:
            await health.measure(session, clock.wall())
        return []

    signs = LifeSigns(partial(metrics.problem, measures), partial(heartbeat.beat, url), every=0.02)
    task = asyncio.create_task(signs.run())
    yield
    await signs.stop()
    async with asyncio.timeout(5):
        await task


async def rename(database: Database, table: str, to: str) -> None:
    async with database.write() as session:
        await session.execute(text(f"ALTER TABLE {table} RENAME TO {to}"))


async def test_it_beats_while_the_bot_is_well_and_not_while_it_is_unwell(
    database: Database, desk: HealthDesk, caplog: pytest.LogCaptureFixture
) -> None:
    async with beating(database, desk.url):
        await until(lambda: len(desk.heard) >= 3)
        await rename(database, "outbox", "gone")
        await until(lambda: "not well" in caplog.text)
        before = len(desk.heard)
        silence = asyncio.get_running_loop().time() + 0.5
        await until(lambda: asyncio.get_running_loop().time() > silence)
        assert len(desk.heard) == before
        await rename(database, "gone", "outbox")
        await until(lambda: len(desk.heard) > before)
    assert caplog.text.count("not well") == 1


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_it_tells_the_outside_nothing_but_that_it_lives(database: Database, desk: HealthDesk) -> None:
    async with beating(database, desk.url):
        await until(lambda: len(desk.heard) >= 3)
    for method, path, headers, body in desk.heard:
        assert (method, path, body) == ("GET", "/ping/0f0f-secret", b"")
        assert set(headers) <= {"host", "accept", "accept-encoding", "user-agent"}
        assert headers["user-agent"] == "Switchboard"


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("status", [404, 500, 302])
async def test_it_says_once_that_the_outside_does_not_take_it_and_goes_on(
    database: Database, desk: HealthDesk, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    caplog.set_level(logging.INFO)
    desk.status = status
    async with beating(database, desk.url):
        await until(lambda: len(desk.heard) >= 5)
        desk.status = 200
        await until(lambda: "again" in caplog.text)
    assert caplog.text.count(f"answered {status}") == 1
    assert "secret" not in caplog.text
    assert {path for _, path, _, _ in desk.heard} == {"/ping/0f0f-secret"}


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_it_keeps_the_address_secret_when_nobody_is_there(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with beating(database, "http://127.0.0.1:9/0f0f-secret"):
        await until(lambda: "not taken" in caplog.text)
    assert "secret" not in caplog.text


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_it_stops_at_once_though_the_outside_never_answers(database: Database) -> None:
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await reader.read()
        writer.close()
        left.set()

    asked, left = asyncio.Event(), asyncio.Event()
    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with beating(database, f"http://127.0.0.1:{port}/"):
        await asked.wait()
    await left.wait()
    server.close()


async def test_it_lets_the_real_bot_be_heard(database_url: str, tmp_path: Path, desk: HealthDesk) -> None:
    given: dict[str, Any] = {"heartbeat_url": desk.url, "heartbeat_seconds": 0.05}
    async with shop.built(database_url, tmp_path, **given) as juniper, juniper.open():
        await until(lambda: len(desk.heard) >= 2)
        port = juniper.settings.http_port
        async with aiohttp.request("GET", f"http://127.0.0.1:{port}/healthz") as answer:
            assert answer.status == 200
    before = len(desk.heard)
    assert before
    async with HealthDesk() as other:  # the bot is gone: nothing reaches anybody
        assert other.heard == []
    assert len(desk.heard) == before
