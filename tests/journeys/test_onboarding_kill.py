"""Kill -9 in the middle of an onboarding's mornings, and two bots that send them at once."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot import seed
from bot.clock import MovableClock
from bot.onboarding import leading, plans
from bot.onboarding.leading import Order
from bot.onboarding.model import Task
from bot.people import areas, store
from bot.people.model import Morning, Person
from bot.rhythms import Rhythm
from bot.standups import rounds
from bot.storage import outbox
from bot.storage.database import Database
from bot.storage.outbox import OutboxRow
from bot.workspace import HttpProbe, Workspace, demo_world
from bot.workspace.driver import Person as Colleague
from bot.workspace.driver import Refusal, Slack
from tests.journeys.nursery import Nursery
from tests.journeys.shop import MANIFEST
from tests.journeys.test_kill import PATIENCE
from tests.patience import until

# A Monday, shortly before the hours of everybody in Europe.
BEGIN = datetime(2026, 10, 19, 6, tzinfo=UTC)
TASK = "Introduce yourself in the team's channel"
_DAY = timedelta(days=1)

pytestmark = pytest.mark.timeout(300)


@dataclass
class Stage:
    """The workspace, the database, and the bots that may be killed."""

    workspace: Workspace
    slack: Slack
    database: Database
    bots: list[Nursery]

    async def mornings(self, name: str) -> list[str]:
        """Give the messages of the day that somebody has in Slack."""
        world = self.workspace.world
        user = await Colleague(self.slack, name).id()
        messages = world.messages.get(world.dm(user, world.bot_user_id), [])
        return [str(one) for one in messages if "Your day, " in str(one.get("text"))]

    async def rows(self, table: Any, *where: Any) -> list[Any]:
        async with self.database.read() as session:
            return list((await session.execute(select(table).where(*where))).scalars())

    async def is_settled(self) -> bool:
        return not await self.rows(OutboxRow, OutboxRow.state.in_(outbox.UNSETTLED))


async def opened(stack: AsyncExitStack, url: str, folder: Path, replicas: int = 1) -> Stage:
    """Give a shop in which Tom is led through a plan from today on, by Camille with Aiko's help."""
    ports = [(seed.free_port(), seed.free_port()) for _ in range(replicas)]
    workspace = await stack.enter_async_context(
        Workspace(
            demo_world(),
            MANIFEST,
            clock=MovableClock(BEGIN),
            probe=HttpProbe(f"http://127.0.0.1:{ports[0][1]}/quiet"),
            rate_limits=False,
        )
    )
    slack = await stack.enter_async_context(Slack(workspace.url, workspace.control_token, patience=60))
    database = Database(url)
    stack.push_async_callback(database.dispose)
    await slack.pause()
    async with database.write() as session:
        await seed.add_shop(session, workspace)
        for area in ("onboarding", "standups"):
            await areas.switch(session, area, on=True)
        people = {one.name.split()[0]: one for one in await store.colleagues(session)}
        order = Order(
            people["Tom"].id, "digital-marketer", BEGIN.date(), people["Camille"].id, people["Aiko"].id
        )
        await leading.start(session, order, plans.load().plans[order.plan], people["Nora"], BEGIN)
    bots = []
    for number, (smtp, http) in enumerate(ports):
        settings = seed.settings(workspace, folder, smtp, http) | PATIENCE | {"database_url": url}
        bots.append(Nursery(settings, folder / f"bot-{number}.log"))
        stack.push_async_callback(bots[-1].close)
    return Stage(workspace, slack, database, bots)


async def test_it_sends_each_morning_once_though_it_is_killed_in_the_middle(
    database_url: str, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        stage = await opened(stack, database_url, tmp_path)
        tom = Colleague(stage.slack, "Tom")
        tom_id = await tom.id()

        async def is_decided(day: date) -> bool:
            return bool(await stage.rows(Morning, Morning.person_id == tom_id, Morning.day == day))

        async def is_under_way(day: date) -> bool:
            key = f"morning:{tom_id}:{day}"
            return bool(await stage.rows(OutboxRow, OutboxRow.key == key, OutboxRow.state != "pending"))

        async def is_there(day: date) -> bool:
            return len(await stage.mornings("Tom")) > (day - BEGIN.date()).days

        # The bot is killed when the message is decided, when it leaves, and when it has just arrived.
        for number, moment in enumerate((is_decided, is_under_way, is_there)):
            day = BEGIN.date() + number * _DAY
            await _kill_at(stage, day, moment)
        assert [f"{day:%d}" for day in _days(await stage.mornings("Tom"))] == ["19", "20", "21"]

        await tom.goes_to("@Switchboard")
        await until(lambda: _ticks(tom), within=60)
        await stage.bots[0].kill()
        await stage.bots[0].start()
        await tom.sees("Your onboarding, day 3: 1 of 34 done")
        await until(stage.is_settled, within=60)

        done = await stage.rows(Task, Task.done_by == tom_id)
        assert [task.title for task in done] == [TASK]
        assert len(await stage.mornings("Tom")) == 3


async def _kill_at(stage: Stage, day: date, moment: Callable[[date], Awaitable[bool]]) -> None:
    """Let the clock go to the afternoon of a day, and kill the bot at a moment of its morning."""
    [bot] = stage.bots
    await bot.start()
    await until(lambda: stage.workspace.delivery.connected, within=30)
    move = asyncio.create_task(stage.slack.clock_to(datetime(day.year, day.month, day.day, 13, tzinfo=UTC)))
    await until(lambda: moment(day), within=60)
    await bot.kill()
    await bot.start()
    await move
    await until(stage.is_settled, within=60)


async def _ticks(person: Colleague) -> bool:
    """Tick a box, as somebody who tries again when Slack says that it did not work."""
    try:
        await person.chooses("onboarding.tick", [TASK])
    except Refusal:
        return False
    return True


def _days(mornings: list[str]) -> list[date]:
    """Give the days of messages, as they stand in Slack."""
    days = [BEGIN.date() + number * _DAY for number in range(14)]
    return [day for one in mornings for day in days if f"{day:%A} {day.day} {day:%B}" in one]


@pytest.mark.parametrize("database_kind", ["postgresql"])  # SQLite is for one process
async def test_it_asks_each_person_once_though_two_bots_send_the_mornings(
    database_url: str, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        stage = await opened(stack, database_url, tmp_path, replicas=2)
        world = stage.workspace.world
        channels = {one["name"]: one for one in world.channels.values()}
        channels["logistics"]["members"].append(world.app["bot_user_id"])
        async with stage.database.write() as session:
            people = {one.name.split()[0]: one.id for one in await store.colleagues(session)}
            plan = rounds.Plan(
                "Our industry", "industry_change", Rhythm.every_weeks(2, BEGIN.date()), "09:30",
                channels["logistics"]["id"], (people["Camille"], people["Tom"]),
            )  # fmt: skip
            await rounds.begin(session, plan, await session.get_one(Person, people["Nora"]), BEGIN)
        for bot in stage.bots:
            await bot.start()
        await until(lambda: stage.workspace.delivery.connected, within=30)
        await stage.slack.clock_to(datetime(2026, 10, 22, 13, tzinfo=UTC))
        await until(stage.is_settled, within=60)

        for name in ("Tom", "Camille"):
            mornings = await stage.mornings(name)
            days = _days(mornings)
            assert days
            assert len(days) == len(set(days)), f"{name}: {days}"
            assert sum("*Our industry*" in one for one in mornings) == 1
        tom = await stage.mornings("Tom")
        assert [f"{day:%d}" for day in _days(tom)] == ["19", "20", "21", "22"]
        assert all("Your onboarding, day" in one for one in tom)
        keys = [row.key for row in await stage.rows(OutboxRow, OutboxRow.kind == "slack.post")]
        assert len(keys) == len(set(keys))
        uids = [
            one["metadata"]["event_payload"]["uid"]
            for messages in world.messages.values()
            for one in messages
            if one.get("metadata") and one.get("bot_id") == world.app["bot_id"]
        ]
        assert len(uids) == len(set(uids))
