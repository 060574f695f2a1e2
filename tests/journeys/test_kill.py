"""Kill -9 at any instant, while Slack fails in every way it knows: nothing is lost, nothing is said twice."""

import asyncio
import os
import random
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import pytest

from bot import seed
from bot.storage.database import Database
from bot.workspace import Workspace, demo_world
from bot.workspace.driver import Slack
from tests.journeys import campaign
from tests.journeys.campaign import FAULTS, PEOPLE, Story
from tests.journeys.nursery import Nursery
from tests.journeys.shop import MANIFEST
from tests.patience import until

KILLS = int(os.environ.get("SWITCHBOARD_TEST_KILLS", "30"))
# Short, so that a campaign fits into a minute: what Slack is given to answer, and to let a lost call land.
PATIENCE = {"slack_timeout": 1.0, "grace_seconds": 1.6, "lease_seconds": 2.0, "hold_seconds": 1}

pytestmark = pytest.mark.timeout(420 + 6 * KILLS)  # about a minute for 30, where nothing else runs


async def test_it_loses_and_doubles_nothing_though_it_is_killed_again_and_again(
    database_url: str, tmp_path: Path
) -> None:
    await _play(database_url, tmp_path, replicas=1)


@pytest.mark.parametrize("database_kind", ["postgresql"])  # SQLite is for one process
async def test_it_loses_and_doubles_nothing_though_two_replicas_are_killed_again_and_again(
    database_url: str, tmp_path: Path
) -> None:
    await _play(database_url, tmp_path, replicas=2)


async def _play(database_url: str, folder: Path, *, replicas: int) -> None:
    number = int(os.environ.get("SWITCHBOARD_TEST_SEED") or random.SystemRandom().randrange(10**6))
    print(f"SWITCHBOARD_TEST_SEED={number}")  # noqa: T201 - to play a failure again
    chance, story = random.Random(number), Story()
    async with AsyncExitStack() as stack:
        workspace = await stack.enter_async_context(Workspace(demo_world(), MANIFEST, rate_limits=False))
        slack = await stack.enter_async_context(
            Slack(workspace.url, workspace.control_token, patience=100 + KILLS)
        )
        database = Database(database_url)
        stack.push_async_callback(database.dispose)
        async with database.write() as session:
            await seed.add_shop(session, workspace)
        ports = [seed.free_port() for _ in range(replicas)]
        bots = []
        for port in ports:
            settings = seed.settings(workspace, folder, port, seed.free_port())
            bot = Nursery(settings | PATIENCE | {"database_url": database_url}, folder / f"bot-{port}.log")
            bots.append(bot)
            stack.push_async_callback(bot.close)
        people = [
            asyncio.create_task(work)
            for address, name, place in PEOPLE
            for work in (
                campaign.supplier_writes(story, address, ports, 2.5, chance),
                campaign.colleague_answers(story, slack, name, place, address),
            )
        ]

        await _kill_again_and_again(bots, workspace, slack, chance)
        story.over = True
        workspace.faults.clear()
        for bot in bots:
            await bot.start()
        # A channel takes a message a second, and during the kills the posts fall behind the mails.
        async with asyncio.timeout(90 + 2 * KILLS):
            await asyncio.gather(*people)
        with suppress(TimeoutError):
            await until(lambda: campaign.everything_settled(database, story), within=120 + 2 * KILLS)
        found = await campaign.look(database, workspace)

    complaints = campaign.judge(story, found)
    print(  # noqa: T201 - what the campaign was worth
        f"{KILLS} kills, {workspace.faults.happened} faults, {len(story.mails)} mails, "
        f"{len(story.replies)} replies, {len(story.typed)} typed, {story.refusals} refusals"
    )
    logs = [campaign.log_of(bot.log_file) for bot in bots]
    assert not complaints, "\n".join([*complaints, *logs])
    assert len(story.mails) > KILLS / 2
    assert len(story.replies) > 2
    assert workspace.faults.happened > KILLS / 3


async def _kill_again_and_again(
    bots: list[Nursery], workspace: Workspace, slack: Slack, chance: random.Random
) -> None:
    """Kill one of them at any instant, again and again; the others work on."""
    for _ in range(KILLS):
        # Those that nothing met would pile up until no call goes through any more.
        workspace.faults.clear()
        for fault in chance.sample(FAULTS, 2):
            await slack.fault(**fault)
        for bot in bots:
            await bot.start()
        if chance.random() < 0.8:
            with suppress(TimeoutError):
                await until(lambda: workspace.delivery.connected, within=10)
            await asyncio.sleep(chance.uniform(0, 1.8))
        else:
            await asyncio.sleep(chance.uniform(0, 1.5))
        await chance.choice(bots).kill()
