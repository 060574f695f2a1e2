"""Digests: once a day for a person, once a week for a department, only what is new, each with a link."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest_asyncio

from bot.people import areas
from bot.people import store as people
from tests.journeys.shop import Shop, built

# A Thursday in summer time.
BEGIN = datetime(2026, 10, 15, 12, tzinfo=UTC)


@pytest_asyncio.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with built(database_url, tmp_path, now=BEGIN) as made, made.open() as services:
        await made.slack.pause()
        async with services.database.write() as session:
            await areas.switch(session, "digests", on=True)
            logistics = await people.department(session, "logistics")
            assert logistics
            channels = {one["name"]: one["id"] for one in made.workspace.world.channels.values()}
            logistics.channel_id = channels["logistics"]
            made.workspace.world.channels[channels["logistics"]]["members"].append(services.bot_user_id)
        yield made


async def test_it_tells_a_person_once_of_what_waits_with_a_link(shop: Shop) -> None:
    await shop.outside("Lucia").writes("Ritardo lotto 12", "Il lotto arriva lunedì.")
    await shop.slack.is_quiet()
    await shop.slack.clock_to(datetime(2026, 10, 19, 12, tzinfo=UTC))

    tom = await shop.person("Tom").goes_to("@Switchboard")
    mornings = await tom.reads()
    assert mornings.count("Ritardo lotto 12") == 1
    user, world = await tom.id(), shop.workspace.world
    [message] = [one for one in world.messages[world.dm(user, world.bot_user_id)] if "Ritardo" in str(one)]
    assert "/archives/C" in str(message["blocks"])
    assert f"{datetime.fromtimestamp(float(message['ts']), UTC):%d %H:%M}" == "16 08:00"


async def test_it_posts_a_departments_week_once_through_a_restart(shop: Shop) -> None:
    await shop.outside("Mei").writes("Kiln", "The kiln is down until Friday.")
    await shop.slack.is_quiet()
    await shop.slack.clock_to(datetime(2026, 10, 19, 7, 30, tzinfo=UTC))
    await shop.restart()
    await shop.slack.clock_to(datetime(2026, 10, 19, 12, tzinfo=UTC))

    nora = await shop.person("Nora").goes_to("#logistics")
    week = await nora.sees("the week of 19 October")
    assert "🔴" in week
    assert "Kiln" in week
    assert (await nora.reads()).count("the week of") == 1


async def test_it_shows_at_once_what_is_open_and_answers_help(shop: Shop) -> None:
    tom = await shop.person("Tom").goes_to("#general")
    await tom.runs("/digest")
    await tom.sees("Nothing is open for you")
    await shop.outside("Lucia").writes("Prezzi", "I prezzi aumentano.")
    await shop.slack.is_quiet()
    await tom.runs("/digest now")
    await tom.sees("Prezzi")
    await tom.runs("/digest weak")
    await tom.sees("Did you mean *week*?")
    await tom.runs("/digest help")
    await tom.sees("/digest settings")
