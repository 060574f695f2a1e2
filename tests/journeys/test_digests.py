"""Digests: once a day for a person, once a week for a department, only what is new, each with a link."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest_asyncio

from bot.digests import rooms, weekly
from bot.onboarding import leading, plans
from bot.onboarding.leading import Order
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


async def test_it_names_nothing_that_its_reader_may_not_see(shop: Shop) -> None:
    world = shop.workspace.world
    [private] = [one for one in world.channels.values() if one["name"] == "supplier-huang"]
    private["is_private"] = True
    nora_id, tom_id = await shop.person("Nora").id(), await shop.person("Tom").id()
    private["members"] = [one for one in private["members"] if one != tom_id]
    await shop.restart()
    await shop.outside("Mei").writes("Secret kiln", "The new kiln is a secret.")
    await shop.outside("Deniz").writes("Oak", "The oak is ready.")
    await shop.slack.is_quiet()
    async with shop.services.database.read() as session:  # type: ignore[union-attr]
        # As an owner who is no longer in the channel would.
        parts = {}
        for person_id in (nora_id, tom_id):
            reader = await rooms.person(session, person_id)
            parts[person_id] = reader.may_see(private["id"])
    assert parts == {nora_id: True, tom_id: False}
    await shop.slack.clock_to(datetime(2026, 10, 19, 7, 30, tzinfo=UTC))
    nora = await shop.person("Nora").goes_to("#logistics")
    week = await nora.sees("the week of 19 October")
    assert "Oak" in week
    assert "Secret kiln" not in week
    await nora.runs("/digest")
    await nora.sees("Secret kiln")


async def test_it_lets_the_lead_choose_the_day_and_hour_and_nobody_else(shop: Shop) -> None:
    await shop.outside("Mei").writes("Kiln", "The kiln is down until Friday.")
    await shop.slack.is_quiet()
    camille = await shop.person("Camille").goes_to("#general")
    await camille.runs("/digest settings")
    assert (await camille.sees("Weekly overviews")).count("Change") == 1
    nora = await shop.person("Nora").goes_to("#logistics")
    await nora.runs("/digest settings")
    await nora.sees("Weekly overviews")
    await nora.presses("Change", on="Logistics")
    await nora.sees("By the clock of the department")
    await nora.chooses("Weekday", "Friday")
    await nora.fills("Hour", "10:30")
    assert await nora.submits() == {}
    shown = await nora.sees("Friday at 10:30")
    assert shown.count("Weekly overviews") == 1
    async with shop.services.database.read() as session:  # type: ignore[union-attr]
        entry = (await people.audit_log(session, limit=1))[0]
        assert (entry.act, entry.detail["weekday"]) == ("digests.week", 4)
    # Friday at 10:30 in Stockholm.
    await shop.slack.clock_to(datetime(2026, 10, 16, 9, tzinfo=UTC))
    await nora.sees("the week of 12 October")

    await nora.presses("Change", on="Logistics")
    await nora.chooses("Weekly overview", "Do not post it")
    assert await nora.submits() == {}
    await shop.slack.clock_to(datetime(2026, 10, 23, 9, tzinfo=UTC))
    await nora.does_not_see("the week of 19 October")


async def test_it_tells_a_department_of_customers_at_risk_and_of_hires_without_how_they_get_on(
    shop: Shop,
) -> None:
    assert shop.services
    world = shop.workspace.world
    async with shop.services.database.write() as session:
        await areas.switch(session, "onboarding", on=True)
        await areas.switch(session, "triage", on=True)
        service = await people.department(session, "service")
        assert service
        [support] = [one for one in world.channels.values() if one["name"] == "support"]
        service.channel_id = support["id"]
        await weekly.plan(session, service, shop.services.clock.now())
        everybody = {one.name.split()[0]: one for one in await people.colleagues(session)}
        order = Order(
            everybody["Sam"].id, "general", date(2026, 10, 26), everybody["Diego"].id, everybody["Priya"].id
        )
        await leading.start(
            session, order, plans.load().plans["general"], everybody["Nora"], shop.services.clock.now()
        )
    # A Saturday evening in Bogotá: the promise ends on Monday.
    await shop.slack.clock_to(datetime(2026, 10, 17, 23, tzinfo=UTC))
    text = "I want to send the bowl back and get a refund, please."
    await shop.outside("Harriet").writes("Send the bowl back", text)
    await shop.slack.is_quiet()
    await shop.slack.clock_to(datetime(2026, 10, 19, 16, tzinfo=UTC))

    week = await (await shop.person("Diego").goes_to("#support")).sees("the week of 19 October")
    assert "Customers to be answered soon" in week
    assert "Send the bowl back" in week.partition("Customers to be answered soon")[2]
    assert "answer by" in week
    assert "starts Mon 26 Oct · buddy Priya" in week
    # How a hire gets on is for the hire, the manager and the buddy.
    assert "tasks done" not in week


async def test_it_names_no_holiday_that_is_over(shop: Shop) -> None:
    # In Colombia Monday 12 October was a holiday, and Monday 2 November is one.
    diego = await shop.person("Diego").goes_to("@Switchboard")
    await diego.runs("/digest week")
    await diego.does_not_see("Columbus Day")
    await shop.slack.clock_to(datetime(2026, 11, 2, 15, tzinfo=UTC))
    await diego.runs("/digest week")
    await diego.sees("All Saints' Day (observed) on Mon 2 Nov")
