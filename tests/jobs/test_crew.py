"""The crew: a worker that ended is begun again, one that hangs is named, and neither is called well."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import MovableClock
from bot.gateways.web import WebServer, Work
from bot.pulse import Pulse
from bot.storage import schedule
from bot.storage.database import Database
from bot.storage.schedule import ScheduleRow
from jobs import crew as crews
from jobs.arrivals import ArrivalWorker
from jobs.crew import Attended, Crew
from jobs.schedule import Heartbeat
from tests.conftest import Postgres
from tests.gateways.health_desk import HealthDesk
from tests.jobs.test_arrivals import Handler, arrive, dealt_with
from tests.journeys import shop
from tests.patience import until

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NAMES = ["The dispatcher of deliveries", "The inbox worker", "The heartbeat to outside"]


class Digger:
    """Digs until told to stop, as all workers do; `holes`: the turns in which it falls into one."""

    def __init__(self, *holes: int) -> None:
        self.pulse, self.holes, self.put_down = Pulse(patience=0.2), list(holes), 0
        self._told, self.begun = asyncio.Event(), 0

    async def run(self) -> None:
        self.begun += 1
        while not self._told.is_set():
            self.pulse.beat()
            turn = self.pulse.turns
            await asyncio.sleep(0.01)
            if turn in self.holes:
                raise RuntimeError
        self.put_down += 1

    async def stop(self) -> None:
        self._told.set()


@asynccontextmanager
async def at_work(attended: Attended) -> AsyncIterator[None]:
    task = asyncio.create_task(attended.run())
    try:
        yield
    finally:
        await attended.stop()
        async with asyncio.timeout(5):
            await task


@asynccontextmanager
async def health(problem: Callable[[], Awaitable[str]]) -> AsyncIterator[Callable[[], Awaitable[Any]]]:
    """Serve `/healthz`; gives how it is asked."""

    async def nothing() -> Any:
        return Work(quiet=True, next_due=None)

    server = WebServer(host="127.0.0.1", port=0, quiet=nothing, measures=nothing, problem=problem, hooks={})
    await server.start()
    yield lambda: asked(server.address[1])
    await server.stop()


async def asked(port: int) -> tuple[int, str]:
    async with aiohttp.request("GET", f"http://127.0.0.1:{port}/healthz") as answer:
        return answer.status, (await answer.json()).get("problem", "")


async def test_it_begins_again_who_ended_by_a_mistake(caplog: pytest.LogCaptureFixture) -> None:
    crew, digger = Crew(), Digger(5)
    async with at_work(crew.engage("The digger", digger)):
        await until(
            lambda: crew.problem() == "The digger ended by a mistake (RuntimeError) and is begun again."
        )
        await until(lambda: digger.begun == 2)
        await until(lambda: crew.problem() == "")
    assert "begun again in 1 seconds" in caplog.text
    assert "Traceback" in caplog.text


async def test_it_begins_again_who_was_broken_off() -> None:
    crew, digger = Crew(), Digger()
    async with at_work(crew.engage("The digger", digger)):
        await until(lambda: digger.pulse.turns > 2)
        next(one for one in asyncio.all_tasks() if one.get_name() == "The digger").cancel()
        await until(lambda: "ended by a mistake (it stopped)" in crew.problem())
        await until(lambda: digger.begun == 2)


async def test_it_is_not_well_while_one_ends_in_each_first_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crews, "_FIRST_WAIT", 0.02)
    monkeypatch.setattr(crews, "_LONGEST_WAIT", 0.05)
    crew, digger = Crew(), Digger(*range(1000))
    async with at_work(crew.engage("The digger", digger)):
        await until(crew.problem)
        seen = set()
        await until(lambda: seen.add(crew.problem()) or digger.begun > 5)
    assert seen == {"The digger ended by a mistake (RuntimeError) and is begun again."}


async def test_it_begins_again_however_often_one_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stumbler(Digger):
        async def run(self) -> None:
            self.begun += 1
            raise RuntimeError

    monkeypatch.setattr(crews, "_FIRST_WAIT", 0.0)
    monkeypatch.setattr(crews.log, "disabled", True)
    stumbler = Stumbler()
    async with at_work(Crew().engage("The stumbler", stumbler)):
        # Two to the power of so many is no number any more.
        await until(lambda: stumbler.begun > 1100)


async def test_it_names_who_hangs_until_it_turns_again() -> None:
    crew, digger = Crew(), Digger()
    crew.feel("The digger", digger.pulse)
    digger.pulse.beat()
    assert crew.problem() == ""
    await until(lambda: crew.problem() == "The digger hangs: its next turn is overdue.")
    digger.pulse.beat(rest=60)
    assert crew.problem() == ""


async def test_it_lets_who_ended_by_a_mistake_put_down_what_it_had_in_hand() -> None:
    crew, digger = Crew(), Digger(3)
    async with at_work(crew.engage("The digger", digger)):
        await until(crew.problem)
        assert digger.put_down == 0
    assert digger.put_down == 1


async def test_it_ends_though_one_hangs(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Sleeper(Digger):
        async def run(self) -> None:
            self.begun += 1
            await asyncio.Event().wait()

    monkeypatch.setattr(crews, "_LAST_CALL", 0.1)
    sleeper = Sleeper()
    async with at_work(Crew().engage("The sleeper", sleeper)):
        await until(lambda: sleeper.begun)
    assert "The sleeper does not end, and is broken off" in caplog.text


async def test_it_says_that_an_errand_that_never_ends_holds_up_the_schedule(
    database: Database,
) -> None:
    begun, over = asyncio.Event(), asyncio.Event()

    async def errand(_session: AsyncSession, _row: ScheduleRow, _now: datetime) -> None:
        begun.set()
        await over.wait()

    async with database.write() as session:
        await schedule.ensure(database, session, "endless", "endless", NOW)
    crew, beat = Crew(), Heartbeat(database, MovableClock(NOW), {"endless": errand}, [])
    beat.pulse = Pulse(patience=1.2)
    crew.feel("The schedule", beat.pulse)

    async def problem() -> str:
        return crew.problem()

    async with health(problem) as ask:
        assert await ask() == (200, "")
        beat.start()
        await begun.wait()

        async def is_unwell() -> bool:
            return bool(await ask() == (503, "The schedule hangs: its next turn is overdue."))

        await until(is_unwell)
        over.set()

        async def is_well() -> bool:
            return bool(await ask() == (200, ""))

        await until(is_well)
    await beat.stop()


@pytest.mark.parametrize("database_kind", ["postgresql"])
async def test_it_goes_on_with_the_inbox_after_the_databases_server_was_away(
    database: Database, postgres: Postgres
) -> None:
    crew, handler = Crew(), Handler(database)
    worker = ArrivalWorker(database, {"test": handler})
    async with at_work(crew.engage("The inbox worker", worker)):
        await arrive(database, "a1")
        await dealt_with(database)
        await asyncio.to_thread(postgres.stop)
        try:
            turns = worker.pulse.turns
            await until(lambda: crew.problem() or worker.pulse.turns > turns + 2)
        finally:
            await asyncio.to_thread(postgres.start)
        await until(lambda: crew.problem() == "", 30)
        await arrive(database, "a2")
        assert await dealt_with(database, 30) == {"a1": "done", "a2": "done"}
    assert handler.committed == ["a1", "a2"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_it_tells_nobody_that_the_bot_is_well_while_one_is_dead_and_then_works_on(
    database_url: str, tmp_path: Path, name: str
) -> None:
    async with (
        HealthDesk() as desk,
        shop.built(database_url, tmp_path, heartbeat_url=desk.url, heartbeat_seconds=0.05) as juniper,
        juniper.open(),
    ):
        port = juniper.settings.http_port
        await until(lambda: len(desk.heard) >= 2)
        assert await asked(port) == (200, "")
        next(one for one in asyncio.all_tasks() if one.get_name() == name).cancel()

        async def is_unwell() -> bool:
            return bool(
                await asked(port) == (503, f"{name} ended by a mistake (it stopped) and is begun again.")
            )

        await until(is_unwell)
        heard = len(desk.heard)

        async def is_well() -> bool:
            status, _problem = await asked(port)
            if status == 503:
                # One that was on its way may still arrive.
                assert len(desk.heard) <= heard + 1
            return status == 200

        await until(is_well)
        await until(lambda: len(desk.heard) > heard + 2)
        await juniper.outside("Mei").writes("窑温报告", "您好，窑温正常，周五发货。")
        nora = await juniper.person("Nora").goes_to("#supplier-huang")
        await nora.sees("窑温正常")
