"""What only one person sees says what is so now, once they pressed something in it."""

from datetime import timedelta

from bot.storage import schedule
from tests.journeys.shop import Shop
from tests.journeys.test_triage import ask


async def test_it_no_longer_offers_to_come_back_once_somebody_is_back(shop: Shop) -> None:
    tom = await shop.person("Tom").goes_to("#general")
    await tom.runs("/switchboard away for 3 days")
    await tom.presses("I am back", on="You are away from now")
    await tom.sees("Welcome back!")
    await tom.does_not_see("You are away")


async def test_it_shows_an_absence_as_it_was_changed_in_the_window(shop: Shop) -> None:
    tom = await shop.person("Tom").goes_to("#general")
    await tom.runs("/switchboard away for 3 days")
    await tom.presses("Change", on="You are away from now")
    await tom.fills("Last day away", None)
    assert await tom.submits() == {}
    await tom.sees("until you say you are back")
    await tom.does_not_see("to the end of")


async def test_it_shows_the_areas_as_they_were_switched(shop: Shop) -> None:
    nora = await shop.person("Nora").goes_to("#general")
    await nora.runs("/switchboard settings")
    await nora.sees("🟢 *Customers")
    await nora.presses("Switch areas", on="What the shop uses")
    await nora.fills("areas", ["suppliers"])
    assert await nora.submits() == {}
    await nora.sees("⚪ *Customers")
    await nora.does_not_see("🟢 *Customers")


async def test_it_draws_the_list_anew_in_which_a_ticket_was_taken(shop: Shop) -> None:
    await ask(shop)
    diego = await shop.person("Diego").goes_to("#general")
    await shop.slack.is_quiet()
    await diego.runs("/triage")
    await diego.presses("Take", on="Customers who wait")
    shown = await diego.sees("#1 is yours now")
    assert "👤 *Diego*" in shown
    assert "[Take]" not in shown


async def test_it_says_in_the_list_who_was_quicker(shop: Shop) -> None:
    await ask(shop)
    diego, nora = [await shop.person(name).goes_to("#general") for name in ("Diego", "Nora")]
    await shop.slack.is_quiet()
    for one in (diego, nora):
        await one.runs("/triage")
        await one.sees("Customers who wait")
    await diego.presses("Take")
    await diego.sees("#1 is yours now")
    await nora.presses("Take")
    assert "👤 *Diego*" in await nora.sees("Diego was quicker")


async def test_it_shows_one_ticket_in_the_readers_language_and_as_it_was_closed(shop: Shop) -> None:
    await ask(shop)
    diego = await shop.person("Diego").goes_to("#general")
    await diego.runs("/switchboard settings")
    await diego.presses("Change", on="What the shop uses")
    await diego.fills("Language", "German")
    assert await diego.submits() == {}
    await diego.sees("Was der Shop nutzt")
    await shop.slack.is_quiet()
    await diego.runs("/triage 1")
    assert "Antworten bis" in await diego.sees("*#1*")
    await diego.presses("Schließen", on="*#1*")
    assert await diego.submits() == {}
    await diego.sees("Geschlossen von *Diego*")
    await diego.does_not_see("Antworten bis")
    await diego.goes_to("#support")
    await diego.sees("Closed by *Diego*")


async def test_it_takes_a_hint_away_once_it_was_followed(shop: Shop) -> None:
    await ask(shop)
    diego = await shop.person("Diego").goes_to("#support")
    await diego.opens_thread("Where is my parcel?")
    await diego.says("Who packed this one?")
    await diego.presses("Send as reply", on="Not sent")
    await diego.closes(everything=True)
    await diego.does_not_see("Not sent")


async def test_it_says_what_comes_first_in_an_area_just_switched_on(shop: Shop) -> None:
    nora = await shop.person("Nora").goes_to("home")
    await nora.presses("Switch areas")
    await nora.fills("areas", ["suppliers", "triage", "standups", "digests"])
    assert await nora.submits() == {}
    assert "What to do first" in await nora.sees("nobody is asked anything yet")
    await nora.presses("Start a standup")
    await nora.sees("New standup")


async def test_it_tells_admins_and_the_clock_which_errand_fails(shop: Shop) -> None:
    assert shop.services is not None
    async with shop.services.database.write() as session:
        await schedule.plan(session, "odd:1", "no such kind", shop.services.clock.now())
    fired = await shop.slack.advance(timedelta(minutes=1))
    assert any("could not do odd:1 (KeyError). It is tried again at" in one["what"] for one in fired)
    nora = await shop.person("Nora").goes_to("#general")
    await nora.runs("/switchboard status")
    assert "failing: odd:1 (KeyError); tried again" in await nora.sees("did not work")
