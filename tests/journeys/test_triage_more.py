"""More of customers' mail: a model's draft, a question to a supplier, what admins decide, who sees what."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.people import areas
from bot.storage.database import Database
from tests.journeys.shop import Shop, built
from tests.journeys.test_first_light import answer
from tests.understanding.model_server import running, thinks


def brain(body: dict[str, Any]) -> object:
    """Answer as a good model would: choose when choices are given, else write."""
    said = str(body["messages"])
    if "Choose what fits" in said:
        return {"choice": "complaint", "confidence": 0.97, "words": ["moon"]}
    if "Your bowl is on its way" in said:
        return {"text": "Votre bol est en route, il arrive demain matin chez vous."}
    return {"text": "Dear customer, thank you for your lines about our plates."}


async def test_it_asks_a_model_only_where_it_is_not_sure_and_sends_no_draft_by_itself(
    database_url: str, tmp_path: Path
) -> None:
    async with running() as server:
        server.usually = thinks(brain)
        model = {"llm_model": "small", "llm_base_url": server.url}
        async with built(database_url, tmp_path, hold_seconds=1, **model) as shop, shop.open():
            harriet, diego = shop.outside("Harriet"), shop.person("Diego")
            await harriet.writes("A thought", "The moon and the sea met on your plate.")
            await diego.goes_to("#support")
            card = await diego.sees("*Complaint*")
            assert "*Complaint* · 97%" in card
            assert "“moon”" in card

            await diego.presses("Reply", on="A thought")
            await diego.presses("Ask for a draft")
            await diego.sees("A draft is being written")
            await diego.closes()
            await diego.presses("Open the draft", on="is ready")
            await diego.sees("thank you for your lines")
            await shop.slack.is_quiet()
            assert not [one for one in await harriet.box() if one["direction"] == "in"]
            await diego.submits()
            await diego.submits()
            await harriet.receives("thank you for your lines")


async def test_it_translates_an_answer_into_the_language_they_read_and_keeps_the_authors_words(
    database_url: str, tmp_path: Path
) -> None:
    async with running() as server:
        server.usually = thinks(brain)
        model = {"llm_model": "small", "llm_base_url": server.url}
        async with built(database_url, tmp_path, hold_seconds=1, **model) as shop, shop.open():
            amelie, diego = shop.outside("Amélie"), shop.person("Diego")
            await amelie.writes("Mon bol", "Bonjour, où en est ma commande de bol ? Je l'attends toujours.")
            await diego.goes_to("#support")
            await diego.presses("Reply", on="Mon bol")
            await diego.fills("Your answer", "Your bowl is on its way to you.")
            await diego.submits()
            assert "they read" in await diego.sees("leads to *Translate*")
            await diego.closes()
            await diego.presses("Translate into French")
            await diego.sees("A translation is being written")
            await diego.closes()
            assert "Your bowl is on its way" in await diego.sees("is translated")
            await diego.presses("Open the translation", on="is translated")
            await diego.sees("Votre bol est en route")
            await diego.submits()
            assert "French" in await diego.sees("This is the mail as it leaves")
            await diego.submits()
            await amelie.receives("Votre bol est en route")
            await diego.does_not_see("Open the translation")


async def test_it_offers_the_saved_replies_first_that_the_customer_reads(shop: Shop) -> None:
    diego = await shop.person("Diego").goes_to("#support")
    await diego.runs("/triage replies")
    await diego.presses("Add a reply")
    await diego.fills("Title", "Zu spät")
    await diego.fills(
        "Text", "Guten Tag {name}, Ihr Paket ist leider später dran, wir entschuldigen uns dafür."
    )
    assert await diego.submits() == {}
    await diego.sees("Zu spät")
    await shop.outside("Jonas").writes(
        "Paket", "Guten Tag, wo bleibt mein Paket? Ich warte seit zwei Wochen."
    )
    await diego.presses("Reply", on="wo bleibt mein Paket")
    view = (await diego._get("views"))["stack"][-1]
    titles = [
        option["text"]["text"]
        for block in view["blocks"]
        for element in block.get("elements", [])
        for option in element.get("options", [])
    ]
    assert titles[0] == "Zu spät"
    assert all(title.endswith("· English") for title in titles[1:])


async def test_it_asks_a_supplier_from_a_ticket(shop: Shop) -> None:
    lucia, diego = shop.outside("Lucia"), shop.person("Diego")
    await lucia.writes("Lotto 12", "Il lotto 12 arriva lunedì.")
    await shop.outside("Harriet").writes("Napkins", "Are the napkins of order 50117 washable at 60 degrees?")
    await diego.goes_to("#support")
    await diego.chooses("triage.more", "Escalate", on="Napkins")
    await diego.presses("Ask a supplier instead")
    await diego.fills("Which supplier?", "Tessile Brina")
    await diego.fills("Your question", "A customer asks: are the napkins washable at 60 degrees?")
    await diego.submits()
    await diego.sees("Answer Tessile Brina")
    await diego.submits()
    await diego.sees("This is the mail as it leaves")
    await diego.submits()
    await lucia.receives("washable at 60 degrees")


async def test_it_asks_a_supplier_who_never_wrote(shop: Shop) -> None:
    deniz, diego = shop.outside("Deniz"), shop.person("Diego")
    await shop.outside("Harriet").writes("Board", "Is the cutting board of order 50117 oiled?")
    await diego.goes_to("#support")
    await diego.chooses("triage.more", "Escalate", on="Board")
    await diego.presses("Ask a supplier instead")
    await diego.fills("Which supplier?", "Anatolia Wood")
    await diego.fills("Your question", "Are your boards oiled before they are sent?")
    await diego.fills("Subject", "The oak boards")
    await diego.submits()
    await diego.sees("Write to Anatolia Wood")
    await diego.submits()
    await diego.sees("This is the mail as it leaves")
    nora = await shop.person("Nora").goes_to("#suppliers")
    await nora.does_not_see("The oak boards")
    await diego.submits()
    mail = await deniz.receives("oiled before they are sent")
    assert mail["subject"] == "The oak boards"
    assert "wrote:" not in mail["text"]

    await diego.goes_to("#suppliers")
    assert "We write to them first" in await diego.sees("*The oak boards*")
    await deniz.answers("Yes, with linseed oil.")
    await diego.opens_thread("We write to them first")
    await diego.sees("linseed oil")
    await diego.leaves_thread()
    await diego.sees("*Waiting for us*")
    await diego.presses("Full history", on="We write to them first")
    shown = await diego.reads()
    assert "oiled before they are sent" in shown
    assert "(no text)" not in shown


async def test_it_keeps_what_comes_while_it_is_off(database_url: str, tmp_path: Path) -> None:
    async with built(database_url, tmp_path, hold_seconds=1) as shop:
        await _switch(database_url, on=False)
        async with shop.open():
            diego = await shop.person("Diego").goes_to("#support")
            await shop.outside("Harriet").writes("Parcel", "Where is my parcel, please?")
            await shop.slack.is_quiet()
            await diego.does_not_see("Where is my parcel")
            await diego.runs("/triage")
            await diego.sees("/switchboard settings")
            await _switch(database_url, on=True)
            await diego.runs("/triage aside")
            await diego.presses("Bring back", on="Parcel")
            await diego.sees("Where is my parcel, please?")


async def _switch(database_url: str, *, on: bool) -> None:
    database = Database(database_url)
    async with database.write() as session:
        await areas.switch(session, "triage", on=on)
    await database.dispose()


async def test_it_lets_an_admin_decide_the_hours_and_one_lead_see_answer_times(shop: Shop) -> None:
    await shop.slack.pause()
    await shop.slack.clock_to("wednesday 09:00", "America/Bogota")
    nora, diego = shop.person("Nora"), shop.person("Diego")
    await diego.goes_to("#support")
    await diego.runs("/triage settings")
    await diego.sees("Only an admin")
    await nora.goes_to("#support")
    await nora.runs("/triage settings")
    await nora.fills("🔵 normal: answered within how many working hours?", "soon")
    assert "whole number" in str(await nora.submits())
    await nora.fills("🔵 normal: answered within how many working hours?", "1")
    await nora.fills("Who sees everybody's answer times?", "Nora")
    assert await nora.submits() == {}

    for number in range(5):
        await shop.outside("Harriet").writes(f"Return {number}", "I want to send the bowl back for a refund.")
        await diego.sees(f"Return {number}")
        await answer(diego, "Please do.", on=f"Return {number}")
        await shop.slack.advance(timedelta(seconds=2))
        await shop.slack.is_quiet()
    await nora.runs("/triage report")
    assert "*Diego*: 5 answers" in await nora.sees("Return or refund: 5")
    priya = await shop.person("Priya").goes_to("#support")
    await priya.runs("/triage report")
    assert "Diego" not in await priya.sees("Return or refund: 5")
    await diego.runs("/triage report")
    assert "*Yours*" in await diego.sees("Return or refund: 5")


async def test_it_brings_back_what_was_put_off_when_its_time_has_come(shop: Shop) -> None:
    await shop.slack.pause()
    await shop.slack.clock_to("wednesday 09:00", "America/Bogota")
    diego = await shop.person("Diego").goes_to("#support")
    await shop.outside("Harriet").writes("Return", "I want to send the bowl back for a refund.")
    await diego.presses("Take", on="Return")
    await diego.chooses("triage.more", "Snooze", on="Return")
    await diego.fills("When shall it come back?", "In two hours")
    await diego.submits()
    await diego.sees("Put off until")
    await shop.slack.advance(timedelta(hours=2, minutes=1))
    await diego.opens_thread("Return")
    await diego.sees("Back in the queue")
    await diego.goes_to("@Switchboard")
    await diego.sees("the time it was put off for is over")
    await diego.presses("Show", on="put off for is over")
    assert "I want to send the bowl back" in await diego.sees("*Diego* takes care of it")


async def test_it_says_in_a_window_why_a_shortcut_does_nothing_while_it_is_off(shop: Shop) -> None:
    await _switch(shop.settings.database_url, on=False)
    tom = await shop.person("Tom").goes_to("#general")
    await tom.says("Mrs Lee on the phone: her vase is broken")
    await tom.picks("My customer says ...", on="Mrs Lee")
    await tom.sees("/switchboard settings")


async def test_it_shows_a_late_customer_before_ones_own_chores(database_url: str, tmp_path: Path) -> None:
    async with built(database_url, tmp_path, now=datetime(2026, 11, 23, 14, tzinfo=UTC)) as shop, shop.open():
        assert shop.services
        await shop.slack.pause()
        async with shop.services.database.write() as session:
            await areas.switch(session, "onboarding", on=True)
        await shop.outside("Jonas").writes("Zerbrochen", "Die Vase kam zerbrochen an.")
        diego = await shop.person("Diego").goes_to("#support")
        await diego.sees("Zerbrochen")
        await shop.slack.clock_to(datetime(2026, 11, 25, 20, tzinfo=UTC))

        await diego.goes_to("home")
        await diego.sees("Zerbrochen")

        shown = await diego.reads()
        # Diego's part in Priya's onboarding is due since Monday, and still comes after.
        assert 0 < shown.index("late since") < shown.index("for Priya")
