"""A digital marketer in Manila is led through the first weeks, with what goes wrong on the way."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest_asyncio
from sqlalchemy import select

from bot.calendar import Week, WorkCalendar, add_working_days
from bot.onboarding import leading, plans
from bot.onboarding.model import CheckIn, Hire, Objective, Question, Task
from bot.people import areas
from bot.people import store as people
from bot.people.model import Person as Colleague
from bot.workspace.driver import Person
from tests.journeys.shop import Shop, built

# The Thursday before; 30 November and 8 December are public holidays in the Philippines.
BEGIN = datetime(2026, 11, 12, 8, tzinfo=UTC)
FIRST = date(2026, 11, 16)
MANILA = WorkCalendar("Asia/Manila", Week.office(), "PH")


@pytest_asyncio.fixture
async def shop(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    async with built(database_url, tmp_path, now=BEGIN) as made, made.open() as services:
        await made.slack.pause()
        async with services.database.write() as session:
            await areas.switch(session, "onboarding", on=True)
            for area in ("standups", "triage", "digests"):
                await areas.switch(session, area, on=False)
        yield made


async def hired(shop: Shop, **more: Any) -> Person:
    """Let Marisol of Manila be led through the marketer's plan by Camille, with Aiko as her buddy."""
    marisol = await shop.slack.hires("Marisol Cruz", tz="Asia/Manila", locale="en-PH")
    await shop.slack.is_quiet()
    assert shop.services
    async with shop.services.database.write() as session:
        names = {one.name.split()[0]: one for one in await people.colleagues(session)}
        names["Marisol"].country = "PH"
        order = leading.Order(
            names["Marisol"].id,
            "digital-marketer",
            more.get("first", FIRST),
            names["Camille"].id,
            names["Aiko"].id,
        )
        plan = plans.load().plans[order.plan]
        await leading.start(session, order, plan, names["Nora"], shop.services.clock.now())
    return await marisol.goes_to("@Switchboard")


async def morning_of_day(shop: Shop, number: int, first: date = FIRST) -> None:
    """Move the clock to a quarter past nine in Manila on one of Marisol's working days."""
    day = add_working_days(MANILA, first, number)
    await shop.slack.clock_to(datetime(day.year, day.month, day.day, 1, 15, tzinfo=UTC))


async def kept(shop: Shop, table: Any) -> list[Any]:
    assert shop.services
    async with shop.services.database.read() as session:
        return list((await session.execute(select(table).order_by(table.id))).scalars())


async def charts(shop: Shop, name: str) -> list[dict[str, Any]]:
    """Give the charts in somebody's conversation with the app."""
    world = shop.workspace.world
    channel = world.dm(await shop.person(name).id(), world.bot_user_id)
    blocks = [block for message in world.messages[channel] for block in message.get("blocks", ())]
    return [block for block in blocks if block["type"] == "data_visualization"]


async def test_it_asks_the_approver_about_who_joins_and_starts_from_there(shop: Shop) -> None:
    nora = await shop.person("Nora").goes_to("@Switchboard")
    marisol = await shop.slack.hires("Marisol Cruz", tz="Asia/Manila")
    await nora.sees("*Marisol* has joined")

    await nora.presses("Start")
    await nora.sees("Start an onboarding")
    await nora.chooses("Plan", "Digital marketer")
    await nora.fills("First day", "2026-11-16")
    await nora.chooses("Manager", "Camille")
    await nora.chooses("Buddy", "Marisol Cruz")
    assert await nora.submits() == {"Buddy": "Nobody can be this for themselves."}
    await nora.chooses("Buddy", "Aiko")
    assert await nora.submits() == {}
    shown = await nora.sees("starts on Monday 16 November")
    assert "34 tasks" in shown
    assert "Hires do not read them until then" in shown
    assert "which accounts every new colleague gets" in shown
    await nora.runs("/onboard plans")
    assert "which accounts every new colleague gets" in await nora.sees("Digital marketer")

    camille = await shop.person("Camille").goes_to("@Switchboard")
    await camille.sees("You are the manager of *Marisol*")
    await marisol.goes_to("@Switchboard")
    await morning_of_day(shop, 0)
    shown = await marisol.sees("Your onboarding, day 1")
    assert "Set your working hours" in shown
    assert "due today" not in shown.partition("*Today*")[2]
    await marisol.presses("How do I do this?")
    explained = await marisol.sees("Set your working hours")
    assert "[" not in explained
    assert len(explained) < 5000
    await marisol.presses("Read more", on="Your hours are those")
    await marisol.sees("Not written down yet: how long ahead time off is asked for")
    await marisol.closes(everything=True)

    await nora.runs("/onboard start @Marisol")
    await nora.sees("Start an onboarding")
    assert "being led through a plan already" in (await nora.submits())["Who?"]


async def test_it_greets_above_the_tasks_of_the_first_morning(shop: Shop) -> None:
    marisol = await (await shop.slack.hires("Marisol Cruz", tz="Asia/Manila")).goes_to("@Switchboard")
    await shop.slack.clock_to(datetime(2026, 11, 13, 0, 30, tzinfo=UTC))
    nora = await shop.person("Nora").goes_to("@Switchboard")
    await nora.runs("/onboard start @Marisol")
    await nora.chooses("Plan", "Digital marketer")
    await nora.fills("First day", "2026-11-13")
    await nora.chooses("Manager", "Camille")
    assert await nora.submits() == {}
    await shop.slack.clock_to(datetime(2026, 11, 13, 1, 15, tzinfo=UTC))
    shown = await marisol.sees("Your onboarding, day 1")
    assert 0 < shown.index("Welcome, Marisol") < shown.index("Your onboarding, day 1")
    assert (await marisol.reads()).count("Welcome, Marisol") == 1


async def test_it_shows_the_approver_what_of_a_plan_nobody_has_written_down(shop: Shop) -> None:
    marisol = await hired(shop)
    nora = await shop.person("Nora").goes_to("home")
    await nora.sees("still to be written down")
    await nora.presses("Fill in", on="Digital marketer")
    await nora.fills("How long ahead time off is asked for", "two weeks")
    assert await nora.submits() == {}
    await marisol.says("How do I ask for a day off?")
    await marisol.sees("Do it at least two weeks before.")
    await marisol.goes_to("home")
    await marisol.does_not_see("still to be written down")


async def test_it_begins_at_once_where_the_hour_of_the_hire_is_over(shop: Shop) -> None:
    # It is four in the afternoon in Manila.
    marisol = await hired(shop, first=BEGIN.date())
    shown = await marisol.sees("Your onboarding, day 1: 0 of 34 done")
    assert "Set your working hours" in shown


async def test_it_asks_nobody_twice_about_somebody_who_is_no_hire(shop: Shop) -> None:
    nora = await shop.person("Nora").goes_to("@Switchboard")
    await shop.slack.hires("Ines Prado", tz="Europe/Lisbon")
    await nora.sees("*Ines* has joined")
    await nora.presses("Not a hire")
    await nora.sees("said this is not a hire")
    assert len(await kept(shop, Hire)) == 1  # Priya's, of the seed


async def test_it_ticks_and_clears_boxes_in_place(shop: Shop) -> None:
    marisol = await hired(shop)
    await morning_of_day(shop, 0)
    await marisol.sees("Your onboarding, day 1: 0 of 34 done")

    await marisol.chooses("onboarding.tick", ["Set your working hours, time zone and country"])
    await marisol.sees("Your onboarding, day 1: 1 of 34 done")
    await marisol.chooses("onboarding.tick", [])
    await marisol.sees("Your onboarding, day 1: 0 of 34 done")

    assert not [task for task in await kept(shop, Task) if task.done_at and task.hire_id == 2]
    assert (await marisol.reads()).count("Your onboarding, day 1") == 1


async def test_it_tells_the_buddy_and_then_the_manager_of_a_missed_week(shop: Shop) -> None:
    await hired(shop)
    aiko = await shop.person("Aiko").goes_to("@Switchboard")
    camille = await shop.person("Camille").goes_to("@Switchboard")
    await shop.slack.clock_to(datetime(2026, 11, 18, 23, tzinfo=UTC))
    assert "Is something in the way?" not in await aiko.reads()

    await shop.slack.clock_to(datetime(2026, 11, 19, 12, tzinfo=UTC))
    await aiko.sees("*Marisol* has 2 tasks open, the oldest since Mon 16 Nov")
    assert "Is something in the way?" not in await camille.reads()

    await shop.slack.clock_to(datetime(2026, 11, 23, 12, tzinfo=UTC))
    shown = await camille.sees("Is something in the way?")
    assert "Set your working hours" in shown
    assert "Monday 23 November" not in _with(await aiko.reads(), "Is something in the way?")

    await camille.presses("Stop reminding")
    await camille.sees("Nobody is reminded any more")
    await shop.slack.clock_to(datetime(2026, 11, 25, 12, tzinfo=UTC))
    assert "Wednesday 25 November" not in _with(await camille.reads(), "Is something in the way?")


def _with(shown: str, text: str) -> str:
    """Give those messages that have this text."""
    return "\n".join(part for part in shown.split("\n\n") if text in part)


async def test_it_leaves_who_is_away_and_who_has_a_holiday_in_peace(shop: Shop) -> None:
    marisol = await hired(shop)
    await shop.slack.clock_to(datetime(2026, 11, 15, 23, tzinfo=UTC))
    await marisol.runs("/switchboard away 16 nov to 20 nov")
    camille = await shop.person("Camille").goes_to("@Switchboard")
    await shop.slack.clock_to(datetime(2026, 11, 27, 12, tzinfo=UTC))
    assert "Is something in the way?" not in _with(await camille.reads(), "oldest since Mon 16 Nov")
    shown = await marisol.sees("Your onboarding, day 5")
    assert "tasks from before are still open" in shown
    assert "overdue since Mon 23 Nov" in await marisol.reads()

    # Bonifacio Day: no morning, and no day that counts.
    await shop.slack.clock_to(datetime(2026, 12, 1, 2, tzinfo=UTC))
    shown = await marisol.reads()
    assert "Monday 30 November" not in shown
    assert "Your onboarding, day 6" in _with(shown, "Tuesday 1 December")


async def test_it_asks_for_numbers_and_draws_them_until_the_goal(shop: Shop) -> None:
    # Marisol came four weeks ago; the plan is begun today.
    first = date(2026, 10, 19)
    marisol = await hired(shop, first=first)
    camille = await shop.person("Camille").goes_to("@Switchboard")
    await shop.slack.clock_to(datetime(2026, 11, 13, 9, tzinfo=UTC))
    await camille.sees("3 objectives of *Marisol* have no numbers yet")
    sign_ups = next(one for one in await kept(shop, Objective) if "newsletter" in one.what)
    await camille.presses("Set the numbers")
    await camille.fills(f"baseline-{sign_ups.id}", "two")
    assert "not a number" in str(await camille.submits())
    await camille.fills(f"baseline-{sign_ups.id}", "2,0")
    await camille.fills(f"target-{sign_ups.id}", "4")
    assert await camille.submits() == {}

    await morning_of_day(shop, 20, first)
    await marisol.sees("where does it stand? (the goal: 4 % by day 60)")
    await marisol.presses("Say it")
    await marisol.fills("value", "2.2")
    await marisol.fills("note", "The form hides on phones")
    assert await marisol.submits() == {}
    shown = await marisol.sees("That is off track")
    assert "it would be 2.67 % by now" in shown
    await shop.slack.clock_to(datetime(2026, 11, 17, 10, tzinfo=UTC))
    assert "The form hides on phones" in await camille.sees("is off track on")

    await morning_of_day(shop, 40, first)
    await marisol.presses("Say it", on=f"day {41}")
    await marisol.fills("value", "3.4")
    assert await marisol.submits() == {}
    await marisol.sees("On the way to the goal it would be 3.33 % by now")
    drawn = (await charts(shop, "Marisol"))[-1]["chart"]["series"]
    assert [[point["value"] for point in series["data"]] for series in drawn] == [
        [2.0, 2.2, 3.4],
        [2.0, 2.6667, 3.3333],
        [4.0, 4.0, 4.0],
    ]
    assert [(row.day, row.value) for row in await kept(shop, CheckIn)] == [(20, 2.2), (40, 3.4)]


async def test_it_answers_from_the_guide_and_hands_on_what_the_guide_does_not_know(shop: Shop) -> None:
    marisol = await hired(shop)
    await shop.slack.clock_to(datetime(2026, 11, 16, 1, 15, tzinfo=UTC))
    await marisol.says("How do I ask for a day off?")
    shown = await marisol.sees("From the guide: *Working hours, holidays and time off*")
    assert "ask your manager in writing" in shown
    assert len(shown.partition("From the guide")[2]) < 700
    await marisol.presses("Read more")
    whole = await marisol.sees("Tasks of your plan move along")
    assert "Not written down yet: how long ahead time off is asked for" in whole
    assert "Ask Camille." in whole
    await marisol.closes()

    await marisol.says("Where can I park my bicycle?")
    await marisol.sees("The guide says nothing about that")
    await marisol.presses("Ask Aiko")
    await marisol.sees("Aiko has your question")
    await marisol.runs("/switchboard privacy")
    stored = await marisol.sees("What is stored about you")
    assert "Your onboarding: the plan" in stored
    assert "Questions you handed to a colleague (1)" in stored
    aiko = await shop.person("Aiko").goes_to("@Switchboard")
    assert "Where can I park my bicycle?" in await aiko.sees("asks something the guide has no answer to")

    await aiko.presses("Answer")
    await aiko.fills("Your answer", "In the yard behind the kiln, the code is at the gate.")
    await aiko.chooses("For others, too", ["Keep it as a chapter of the guide"])
    await aiko.fills("Title of the chapter", "Bicycles")
    assert await aiko.submits() == {}
    assert "behind the kiln" in await marisol.sees("answers your question")
    await aiko.presses("Answer")
    await aiko.sees("Aiko has answered this already")

    await marisol.says("Is there a place for bicycles?")
    assert "behind the kiln" in await marisol.sees("From the guide: *Bicycles*")
    assert [one.answered_at is not None for one in await kept(shop, Question)] == [True]


async def test_it_shows_how_a_hire_gets_on_to_those_concerned_only(shop: Shop) -> None:
    marisol = await hired(shop)
    await morning_of_day(shop, 0)
    await marisol.runs("/onboard")
    await marisol.sees("Marisol · Digital marketer")
    await marisol.presses("What others see of me")
    shown = await marisol.sees("see exactly this, and nobody else")
    assert "0 of 34 tasks done" in shown

    for name in ("Camille", "Aiko"):
        person = await shop.person(name).goes_to("@Switchboard")
        await person.runs("/onboard @Marisol")
        await person.sees("Marisol · Digital marketer")
    for name in ("Nora", "Sam"):
        person = await shop.person(name).goes_to("@Switchboard")
        await person.runs("/onboard @Marisol")
        await person.sees("seen by them, their manager and their buddy only")
        await person.does_not_see("0 of 34")
    nora = await shop.person("Nora").goes_to("@Switchboard")
    await nora.runs("/onboard report")
    await nora.sees("of fewer, one could tell who it is")
    await nora.does_not_see("tasks done")
    sam = await shop.person("Sam").goes_to("@Switchboard")
    await sam.runs("/onboard report")
    await sam.sees("Only admins and the managers of hires see these figures")


async def test_it_brings_what_others_do_for_a_hire_to_them(shop: Shop) -> None:
    await hired(shop)
    aiko = await shop.person("Aiko").goes_to("@Switchboard")
    await shop.slack.clock_to(datetime(2026, 11, 13, 2, tzinfo=UTC))
    # Aiko leads the web department, whose task it is.
    shown = await aiko.sees("*For Marisol* (starts Mon 16 Nov)")
    assert "Make the accounts and rights this role needs" in shown
    await aiko.goes_to("home")
    await aiko.sees("Make the accounts and rights this role needs · for Marisol")
    await aiko.presses("Done", on="Make the accounts")
    await aiko.does_not_see("Make the accounts")
    done = [task for task in await kept(shop, Task) if task.title.startswith("Make the acc") and task.done_at]
    assert await aiko.id() in [task.done_by for task in done]


async def test_it_is_off_until_somebody_switches_it_on(shop: Shop) -> None:
    assert shop.services
    await hired(shop)
    async with shop.services.database.write() as session:
        await areas.switch(session, "onboarding", on=False)
    marisol = await shop.person("Marisol").goes_to("@Switchboard")
    await morning_of_day(shop, 1)
    await marisol.does_not_see("Your onboarding")
    await marisol.runs("/onboard")
    await marisol.sees("/switchboard settings")
    nora = await shop.person("Nora").goes_to("@Switchboard")
    await shop.slack.hires("Ines Prado")
    await nora.does_not_see("Ines* has joined")


async def test_it_ends_when_the_plan_is_over(shop: Shop) -> None:
    marisol = await hired(shop, first=date(2026, 8, 17))
    assert shop.services
    await shop.slack.advance(timedelta(days=40))
    assert "is over" in await marisol.sees("Your onboarding is over")
    hire = (await kept(shop, Hire))[-1]
    assert hire.state == "finished"
    async with shop.services.database.read() as session:
        person = await session.get_one(Colleague, hire.person_id)
    assert person.name.startswith("Marisol")


async def test_it_guesses_a_word_it_does_not_know(shop: Shop) -> None:
    nora = await shop.person("Nora").goes_to("@Switchboard")
    await nora.runs("/onboard repport")
    await nora.sees("Did you mean *report*?")


async def test_it_shows_the_page_as_it_is_after_what_was_ticked_on_it(shop: Shop) -> None:
    marisol = await hired(shop)
    await morning_of_day(shop, 0)
    await marisol.goes_to("#general")
    await marisol.runs("/onboard")
    await marisol.sees("0 of 34")
    await marisol.chooses("onboarding.tick", ["Set your working hours, time zone and country"])
    shown = await marisol.sees("1 of 34")
    assert "0 of 34" not in shown
    assert [task.title for task in await kept(shop, Task) if task.done_at and task.hire_id == 2] == [
        "Set your working hours, time zone and country"
    ]


async def test_it_shows_the_plans_as_they_were_filled_in(shop: Shop) -> None:
    nora = await shop.person("Nora").goes_to("#general")
    await nora.runs("/onboard plans")
    assert "How long ahead time off is asked for".lower() in (await nora.sees("Digital marketer")).lower()
    await nora.presses("Fill in", on="Digital marketer")
    await nora.fills("How long ahead time off is asked for", "two weeks")
    assert await nora.submits() == {}
    await nora.does_not_see("how long ahead time off is asked for")
    await nora.sees("Digital marketer")


async def test_it_shows_who_has_a_question_in_place_of_the_button_that_handed_it_on(shop: Shop) -> None:
    marisol = await hired(shop)
    await marisol.goes_to("#general")
    await marisol.runs("/onboard guide how do I ask for a day off?")
    await marisol.sees("From the guide")
    await marisol.presses("Ask Aiko")
    shown = await marisol.sees("Aiko has your question")
    assert "From the guide" in shown
    assert "[Ask Aiko]" not in shown
    assert [one.text for one in await kept(shop, Question)] == ["how do I ask for a day off?"]


async def test_it_takes_the_card_away_from_a_manager_who_gave_the_hire_to_another(shop: Shop) -> None:
    await hired(shop)
    camille = await shop.person("Camille").goes_to("#general")
    await camille.runs("/onboard Marisol")
    await camille.presses("Change")
    await camille.fills("Manager", "Diego")
    assert await camille.submits() == {}
    await camille.does_not_see("of 34")
    diego = await shop.person("Diego").id()
    assert [one.manager_id for one in await kept(shop, Hire)][-1] == diego
    await camille.runs("/onboard Marisol")
    await camille.sees("How a hire gets on is seen by them, their manager and their buddy only.")
