"""Standups: asked at one's own hour, answered in the message, reported, carried on."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest_asyncio
from sqlalchemy import select

from bot import words
from bot.people import areas
from bot.people.model import Person
from bot.standups.model import Asked, Round
from tests.journeys.shop import Shop, built

# A Monday. Summer time ends in Europe on 25 October, in New York on 1 November.
BEGIN = datetime(2026, 10, 12, 12, tzinfo=UTC)
NAME = "Our industry, and what of it reaches us"


@pytest_asyncio.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with built(database_url, tmp_path, now=BEGIN) as made, made.open() as services:
        await made.slack.pause()
        async with services.database.write() as session:
            await areas.switch(session, "standups", on=True)
            rows = select(Person).where(Person.name.in_(["Camille", "Aiko", "Diego"]))
            for person in (await session.execute(rows)).scalars():
                zones = {"Camille": "Europe/Lisbon", "Aiko": "Asia/Shanghai", "Diego": "America/New_York"}
                person.own_zone, person.country = zones[person.name], None
        yield made


async def begin(shop: Shop, *, first: str = "2026-10-19", template: str = "Industry change") -> None:
    """Let Nora begin a fortnightly standup of Camille, Aiko and Diego."""
    nora = await shop.person("Nora").goes_to("#logistics")
    await nora.runs("/standup new")
    await nora.fills("Name", NAME)
    await nora.chooses("Template", template)
    await nora.chooses("People", ["Camille", "Aiko", "Diego"])
    await nora.fills("First date", first)
    assert await nora.submits() == {}
    shown = await nora.sees("every 2 weeks on Monday")
    assert words.day(date.fromisoformat(first)) in shown
    assert shown.count("09:30") >= 15
    assert await nora.submits() == {}
    # It was typed in #logistics, so that is where reports go, and where it is announced.
    assert "Asked are Aiko, Camille, Diego." in await nora.sees("began the standup")


async def asked_at(shop: Shop, name: str) -> datetime:
    """Tell when somebody got their message of the day, in workspace time."""
    person = shop.person(name)
    user, world = await person.id(), shop.workspace.world
    channel = world.dm(user, world.bot_user_id)
    return datetime.fromtimestamp(float(world.messages[channel][-1]["ts"]), UTC)


async def test_it_asks_everybody_at_the_same_hour_of_their_own_day(shop: Shop) -> None:
    await begin(shop)
    await shop.slack.clock_to(datetime(2026, 10, 19, 20, tzinfo=UTC))
    asked = {name: await asked_at(shop, name) for name in ("Aiko", "Camille", "Diego")}
    assert [f"{one:%d %H:%M}" for one in asked.values()] == ["19 01:30", "19 08:30", "19 13:30"]

    # A fortnight later Lisbon and New York have changed their clocks, Shanghai has not.
    await shop.slack.clock_to(datetime(2026, 11, 2, 20, tzinfo=UTC))
    asked = {name: await asked_at(shop, name) for name in ("Aiko", "Camille", "Diego")}
    assert [f"{one:%d %H:%M}" for one in asked.values()] == ["02 01:30", "02 09:30", "02 14:30"]


async def test_it_takes_answers_in_the_message_and_reports_when_all_have_answered(shop: Shop) -> None:
    await begin(shop)
    await shop.slack.clock_to(datetime(2026, 10, 19, 14, tzinfo=UTC))
    for name, what, action in (
        ("Aiko", "Browsers drop third-party cookies", "Move the shop's login, Sam, by Friday"),
        ("Camille", "Ad prices rise 12 %", ""),
        ("Diego", "", ""),
    ):
        person = await shop.person(name).goes_to("@Switchboard")
        await person.sees("Our industry")
        if what:
            await person.fills("What changed that touches us?", what)
            await person.fills("What should we do, who, by when?", action)
            await person.presses("Send")
            shown = await person.sees("You answered")
            assert not action or "→ Move the shop's login · *Sam* · due Fri 23 Oct" in shown
        else:
            await person.presses("Nothing this time")
            await person.sees("nothing to share this time")
    await shop.slack.advance(timedelta(minutes=1))

    nora = await shop.person("Nora").goes_to("#logistics")
    report = await nora.sees("2 answers")
    assert "nothing to share: Diego" in report
    assert "Browsers drop third-party cookies" in report
    sam = await shop.person("Sam").goes_to("home")
    assert "Fri 23 Oct" in await sam.sees("Move the shop's login")
    assert "Ad prices rise 12 %" in report

    camille = await shop.person("Camille").goes_to("@Switchboard")
    await camille.presses("Change my answer")
    await camille.fills("What changed that touches us?", "Ad prices rise 14 %")
    assert await camille.submits() == {}
    await nora.sees("Ad prices rise 14 %")
    await camille.runs("/switchboard privacy")
    assert "Your answers in standups (1 so far)" in await camille.sees("What is stored about you")


async def test_it_reminds_once_shows_who_was_away_and_takes_a_late_answer(shop: Shop) -> None:
    await begin(shop)
    diego = await shop.person("Diego").goes_to("@Switchboard")
    await diego.runs("/switchboard away 2026-10-19 - 2026-10-30")
    await shop.slack.clock_to(datetime(2026, 10, 22, 12, tzinfo=UTC))

    camille = await shop.person("Camille").goes_to("@Switchboard")
    assert (await camille.reads()).count("your answer is missing") == 1
    assert "This round is closed" in await camille.sees("Your day, Monday 19 October")
    assert "answer is missing" not in await diego.reads()
    nora = await shop.person("Nora").goes_to("#logistics")
    report = await nora.sees("no answer: ")
    assert "away: Diego" in report

    async with shop.services.database.read() as session:  # type: ignore[union-attr]
        one = (await session.execute(select(Round))).scalars().one()
        states = {row.person_id: row.state for row in (await session.execute(select(Asked))).scalars()}
    assert one.state == "closed"
    assert sorted(states.values()) == ["away", "waiting", "waiting"]


async def test_it_carries_an_open_action_until_its_owner_closes_it(shop: Shop) -> None:
    await begin(shop)
    await shop.slack.clock_to(datetime(2026, 10, 19, 14, tzinfo=UTC))
    aiko = await shop.person("Aiko").goes_to("@Switchboard")
    await aiko.presses("Answer in a window")
    assert NAME in await aiko.sees("Your answer")
    await aiko.fills("What changed that touches us?", "New packaging law")
    await aiko.fills("What should we do?", "Register with the agency")
    await aiko.fills("Who?", "Camille")
    await aiko.fills("By when?", "2026-11-20")
    assert await aiko.submits() == {}
    await shop.slack.clock_to(datetime(2026, 11, 2, 14, tzinfo=UTC))

    camille = await shop.person("Camille").goes_to("@Switchboard")
    asked = await camille.sees("Still open from last time")
    assert "Register with the agency" in asked
    await camille.goes_to("home")
    await camille.sees("Register with the agency")
    await camille.presses("Done", on="Register with the agency")
    await camille.does_not_see("Register with the agency")
    nora = await shop.person("Nora").goes_to("#logistics")
    await nora.sees("Register with the agency ✓")


async def test_it_moves_a_round_past_a_holiday_and_keeps_the_fortnight(shop: Shop) -> None:
    await begin(shop, first="2026-11-09")
    async with shop.services.database.write() as session:  # type: ignore[union-attr]
        aiko = (await session.execute(select(Person).where(Person.name == "Aiko"))).scalar_one()
        aiko.country, aiko.own_zone = "JP", "Asia/Tokyo"
    # 23 November is a holiday in Japan.
    await shop.slack.clock_to(datetime(2026, 11, 23, 20, tzinfo=UTC))
    assert f"{await asked_at(shop, 'Camille'):%d %H:%M}" == "23 09:30"
    await shop.slack.clock_to(datetime(2026, 11, 24, 2, tzinfo=UTC))
    assert f"{await asked_at(shop, 'Aiko'):%d %H:%M}" == "24 00:30"
    await shop.slack.clock_to(datetime(2026, 12, 7, 20, tzinfo=UTC))
    assert f"{await asked_at(shop, 'Aiko'):%d %H:%M}" == "07 00:30"


async def test_it_updates_the_report_with_a_late_answer(shop: Shop) -> None:
    await begin(shop)
    await shop.slack.clock_to(datetime(2026, 10, 22, 12, tzinfo=UTC))
    nora = await shop.person("Nora").goes_to("#logistics")
    await nora.sees("Nobody had anything to share")

    camille = await shop.person("Camille").goes_to("@Switchboard")
    await camille.presses("Answer", on="This round is closed")
    await camille.fills("What changed that touches us?", "Better late than never")
    assert await camille.submits() == {}
    assert "late: Camille" in await nora.sees("Better late than never")


async def test_it_asks_nobody_twice_through_a_restart_in_the_middle_of_a_round(shop: Shop) -> None:
    await begin(shop)
    await shop.slack.clock_to(datetime(2026, 10, 19, 9, tzinfo=UTC))
    await shop.restart()
    await shop.slack.clock_to(datetime(2026, 10, 19, 20, tzinfo=UTC))
    for name in ("Aiko", "Camille", "Diego"):
        person = await shop.person(name).goes_to("@Switchboard")
        assert (await person.reads()).count("Our industry") == 1


async def test_it_says_what_is_wrong_with_a_plan_at_its_field(shop: Shop) -> None:
    nora = await shop.person("Nora").goes_to("#logistics")
    await nora.runs("/standup new")
    await nora.fills("Number", "two")
    await nora.fills("Where the report goes", "logistics")
    assert await nora.submits() == {"Number": "A whole number, such as 2."}
    await nora.closes()
    await nora.runs("/standup anser")
    await nora.sees("Did you mean *answer*?")
    await nora.runs("/standup answer")
    await nora.sees("Nothing waits for an answer of yours.")


async def test_it_is_off_until_an_admin_switches_it_on(database_url: str, tmp_path: Path) -> None:
    async with built(database_url, tmp_path) as made, made.open():
        nora = await made.person("Nora").goes_to("#logistics")
        await nora.runs("/standup new")
        await nora.sees("This part of Switchboard is off")


async def test_it_tells_the_owner_of_an_archived_channel_and_posts_the_report_in_another(
    database_url: str, tmp_path: Path
) -> None:
    now = datetime(2026, 10, 19, 7, tzinfo=UTC)
    async with built(database_url, tmp_path, now=now) as shop, shop.open() as services:
        await shop.slack.pause()
        async with services.database.write() as session:
            await areas.switch(session, "standups", on=True)
        nora = await shop.person("Nora").goes_to("#general")
        await nora.runs("/standup new")
        await nora.fills("Name", "Our industry")
        await nora.fills("First date", "2026-10-19")
        await nora.fills("Where the report goes", "logistics")
        assert await nora.submits() == {}
        await nora.sees("Mon 19 Oct")
        assert await nora.submits() == {}
        await shop.slack.is_quiet()
        world = shop.workspace.world
        [logistics] = [one for one in world.channels.values() if one["name"] == "logistics"]
        logistics["is_archived"] = True
        await shop.slack.advance(timedelta(minutes=31))
        await nora.goes_to("@Switchboard")
        await nora.sees("Our industry")
        await nora.fills("What changed that touches us?", "Channels go")
        await nora.presses("Send")
        await nora.sees("You answered")
        await shop.slack.advance(timedelta(minutes=1))
        assert "the channel is archived" in await nora.sees("could not be posted")

        await nora.goes_to("#general")
        await nora.runs("/standup edit")
        await nora.fills("People", [])
        assert await nora.submits() == {"People": "Choose at least one colleague."}
        await nora.fills("People", ["Nora", "Tom"])
        await nora.fills("Where the report goes", "general")
        assert await nora.submits() == {}
        assert "Channels go" in await nora.sees("1 answer")
        tom = await shop.person("Tom").goes_to("#general")
        await tom.runs("/standup pause Our industry")
        await tom.sees("Only who began a standup, or an admin, can do this.")
        await nora.runs("/standup end")
        await nora.sees("has ended")
        await nora.runs("/standup report yesterday")
        await nora.sees("Write the date of a report as 2026-11-23.")


async def test_it_shows_the_list_as_it_is_after_each_change_made_from_it(shop: Shop) -> None:
    await begin(shop)
    nora = await shop.person("Nora").goes_to("#general")
    await nora.runs("/standup")
    await nora.presses("Pause", on=NAME)
    await nora.sees("paused")
    await nora.presses("Resume")
    await nora.does_not_see("paused")
    await nora.presses("People, hour, channel")
    await nora.fills("Name", "What our trade does")
    assert await nora.submits() == {}
    await nora.sees("What our trade does")
    await nora.does_not_see(NAME)

    await nora.presses("New standup")
    await nora.fills("Name", "Second of mine")
    await nora.chooses("Where the report goes", "logistics")  # it is announced there
    assert await nora.submits() == {}
    assert await nora.submits() == {}
    shown = await nora.sees("Second of mine")
    assert shown.count("Your standups") == 1


async def test_it_takes_what_was_done_out_of_the_list_in_which_it_was_done(shop: Shop) -> None:
    await begin(shop)
    await shop.slack.clock_to(datetime(2026, 10, 19, 14, tzinfo=UTC))
    aiko = await shop.person("Aiko").goes_to("@Switchboard")
    await aiko.presses("Answer in a window")
    await aiko.fills("What changed that touches us?", "New packaging law")
    await aiko.fills("What should we do?", "Register with the agency")
    await aiko.fills("Who?", "Aiko")
    assert await aiko.submits() == {}
    await aiko.goes_to("#general")
    await aiko.runs("/standup changes")
    await aiko.presses("Done", on="To be done")
    await aiko.does_not_see("To be done")
    await aiko.sees("Register with the agency")
