"""Kill -9 in the middle of a round: while people are asked, after an answer, while the report goes out."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot import seed
from bot.clock import MovableClock
from bot.people import areas, store
from bot.people.model import Person
from bot.rhythms import Rhythm
from bot.standups import rounds
from bot.storage import outbox
from bot.storage.database import Database
from bot.storage.outbox import OutboxRow
from bot.workspace import HttpProbe, Workspace, demo_world
from bot.workspace.driver import Person as Colleague
from bot.workspace.driver import Slack
from tests.journeys.nursery import Nursery
from tests.journeys.shop import MANIFEST
from tests.journeys.test_kill import PATIENCE
from tests.patience import until

# A Monday, shortly before Camille and Tom are asked.
BEGIN = datetime(2026, 10, 19, 7, tzinfo=UTC)
ASKED = ("Camille", "Tom")


@pytest.mark.timeout(240)
async def test_it_asks_and_reports_once_though_it_is_killed_in_the_middle(
    database_url: str, tmp_path: Path
) -> None:
    smtp_port, http_port = seed.free_port(), seed.free_port()
    async with AsyncExitStack() as stack:
        probe = HttpProbe(f"http://127.0.0.1:{http_port}/quiet")
        clock = MovableClock(BEGIN)
        workspace = await stack.enter_async_context(
            Workspace(demo_world(), MANIFEST, clock=clock, probe=probe, rate_limits=False)
        )
        slack = await stack.enter_async_context(Slack(workspace.url, workspace.control_token, patience=60))
        database = Database(database_url)
        stack.push_async_callback(database.dispose)
        await slack.pause()
        async with database.write() as session:
            await seed.add_shop(session, workspace)
            await _begin(session, workspace)
        settings: dict[str, Any] = seed.settings(workspace, tmp_path, smtp_port, http_port) | PATIENCE
        bot = Nursery(settings | {"database_url": database_url}, tmp_path / "bot.log")
        stack.push_async_callback(bot.close)

        for hour in (datetime(2026, 10, 19, 7, 30), datetime(2026, 10, 19, 8, 30)):
            await _kill_while(bot, workspace, slack.clock_to(hour.replace(tzinfo=UTC)))
        await bot.start()
        for name in ASKED:
            await _answers(slack, name)
            await bot.kill()
            await bot.start()
        nora = await Colleague(slack, "Nora").goes_to("#logistics")
        await nora.sees("2 answers")
        await until(lambda: _settled(database), within=60)

        bot_id = workspace.world.app["bot_id"]
        said = [
            str(one)
            for messages in workspace.world.messages.values()
            for one in messages
            if one.get("bot_id") == bot_id
        ]
        assert sum("2 answers" in one for one in said) == 1
        for name in ASKED:
            person = await Colleague(slack, name).goes_to("@Switchboard")
            assert (await person.reads()).count("Our industry") == 1
            assert sum(f"{name} saw it" in one for one in said) == 2  # in their message, and in the report


async def _begin(session: Any, workspace: Workspace) -> None:
    await areas.switch(session, "standups", on=True)
    channels = {one["name"]: one for one in workspace.world.channels.values()}
    channels["logistics"]["members"].append(workspace.world.app["bot_user_id"])
    people = {one.name.split()[0]: one.id for one in await store.colleagues(session)}
    plan = rounds.Plan(
        "Our industry", "industry_change", Rhythm.every_weeks(2, BEGIN.date()), "09:30",
        channels["logistics"]["id"], tuple(people[name] for name in ASKED),
    )  # fmt: skip
    await rounds.begin(session, plan, await session.get_one(Person, people["Nora"]), BEGIN)


async def _kill_while(bot: Nursery, workspace: Workspace, moving: Any) -> None:
    """Kill the bot while the clock moves to an hour at which somebody is asked."""
    await bot.start()
    await until(lambda: workspace.delivery.connected, within=30)
    move = asyncio.create_task(moving)
    await asyncio.sleep(0.15)
    await bot.kill()
    await bot.start()
    await move


async def _answers(slack: Slack, name: str) -> None:
    person = await Colleague(slack, name).goes_to("@Switchboard")
    await person.sees("Our industry")
    await person.fills("What changed that touches us?", f"{name} saw it")
    await person.presses("Send")
    await person.sees("You answered")


async def _settled(database: Database) -> bool:
    async with database.read() as session:
        waits = select(OutboxRow.id).where(OutboxRow.state.in_(outbox.UNSETTLED)).limit(1)
        return (await session.execute(waits)).first() is None
