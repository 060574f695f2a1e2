"""Customers' mail: sorted on arrival, taken, answered, put right and closed."""

import asyncio
import base64
import json
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiohttp
from standardwebhooks.webhooks import Webhook

from bot.workspace.driver import Person
from tests.journeys.shop import Shop, built
from tests.journeys.test_first_light import answer


async def test_it_brings_a_customers_mail_to_the_team_and_the_answer_back(shop: Shop) -> None:
    jonas, diego = shop.outside("Jonas"), shop.person("Diego")
    await jonas.writes(
        "Wo ist mein Paket?",
        "Guten Tag,\nmeine Bestellung 48213 ist seit zwei Wochen nicht angekommen. Wo ist mein Paket?\n\n"
        "Mit freundlichen Grüßen\nJonas",
    )
    await diego.goes_to("#support")
    card = await diego.sees("Wo ist mein Paket?")
    assert "German" in card
    assert "48213" in card
    assert "Answer by" in card
    assert "Mit freundlichen" not in card

    await diego.presses("Take")
    await diego.sees("*Diego* takes care of it")
    await answer(diego, "Guten Tag, es kommt morgen an.", on="Wo ist mein Paket?")

    mail = await jonas.receives("es kommt morgen an")
    assert "[#1]" in mail["subject"]
    assert mail["from"].endswith("<support@juniper.example>")
    await diego.sees("It is the customer's turn")


async def ask(shop: Shop, name: str = "Harriet", subject: str = "Where is my parcel?") -> None:
    """Let a customer ask for a parcel."""
    text = "Hello,\nI ordered two weeks ago, order 50117, and nothing has arrived. Where is my parcel?\nBest"
    await shop.outside(name).writes(subject, text)


async def test_it_lets_one_of_two_who_take_at_once_win_and_tells_the_other(shop: Shop) -> None:
    await ask(shop)
    people = [shop.person("Nora"), shop.person("Diego")]
    buttons = []
    for one in people:
        await one.goes_to("#support")
        await one.sees("Where is my parcel?")
        buttons.append(await one._find("Take", "", ("button",)))

    async def press(person: Person, place: dict[str, Any], found: Any) -> None:
        element = found.element
        action = {name: element[name] for name in ("action_id", "type", "text", "value")}
        where = {"channel": place["channel"], "ts": place["ts"]}
        await person._do("act", action=action | {"block_id": found.block["block_id"]}, **where)

    await asyncio.gather(*(press(one, *button) for one, button in zip(people, buttons, strict=True)))
    await shop.slack.is_quiet()
    told = [("was quicker" in await one.reads()) for one in people]
    assert sorted(told) == [False, True]
    winner = people[told.index(False)]
    await winner.sees(f"*{winner.name}* takes care of it")


async def test_it_shows_at_the_next_mail_what_a_colleague_taught_and_takes_it_back(shop: Shop) -> None:
    nora = await shop.person("Nora").goes_to("#support")
    text = "My glaze looks like the moon and the sea met on a plate."
    await shop.outside("Harriet").writes("Moon glaze", text)
    await nora.sees("Moon glaze")
    await nora.chooses("triage.category", "Feedback", on="Moon glaze")
    assert "learned" not in await nora.sees("*Feedback*")
    await nora.opens_thread("Moon glaze")
    await nora.sees("to Feedback. I remember it")
    await nora.leaves_thread()

    await shop.outside("Jonas").writes("Moon glaze again", text)
    card = await nora.sees("Moon glaze again")
    assert "*Feedback*" in card
    assert "learned from *Nora*" in card

    diego = await shop.person("Diego").goes_to("#support")
    await diego.opens_thread("*#1*")
    await diego.presses("Undo")
    await diego.sees("Taken back by *Diego*")
    await diego.leaves_thread()
    await shop.outside("Amélie").writes("Moon glaze, third", text)
    assert "learned" not in await diego.sees("Moon glaze, third")


async def test_it_neither_opens_nor_reopens_for_mere_thanks(shop: Shop) -> None:
    harriet, diego = shop.outside("Harriet"), shop.person("Diego")
    await ask(shop)
    await diego.goes_to("#support")
    await diego.sees("Where is my parcel?")
    await answer(diego, "It is at your post office.", on="Where is my parcel?")
    await harriet.receives("post office")
    await diego.presses("Close", on="Where is my parcel?")
    await diego.submits()
    await diego.sees("Closed by *Diego*")

    await harriet.answers("Thank you so much!")
    await diego.opens_thread("Where is my parcel?")
    await diego.sees("Only thanks: nothing else changes")
    await diego.leaves_thread()
    await diego.sees("Closed by *Diego*")
    await shop.outside("Jonas").writes("Danke", "Vielen Dank für die schnelle Hilfe!")
    await shop.slack.is_quiet()
    await diego.does_not_see("schnelle Hilfe")

    await harriet.answers("Thank you. But it is not there, the office says it went back. What now?")
    await diego.sees("Answer by")


async def test_it_keeps_a_customers_ticket_in_one_thread_by_reference_or_number(shop: Shop) -> None:
    harriet, diego = shop.outside("Harriet"), shop.person("Diego")
    await ask(shop)
    await diego.goes_to("#support")
    await diego.sees("Where is my parcel?")
    await answer(diego, "We look for it.", on="Where is my parcel?")
    await harriet.answers("Any news of my parcel?")
    await diego.opens_thread("Where is my parcel?")
    await diego.sees("Any news of my parcel?")

    await harriet.writes("About the parcel [#1]", "Still nothing has arrived here.")
    await diego.sees("Still nothing has arrived here.")
    stranger = shop.outside("somebody@else.example")
    text = "Where is that parcel, I want to know as well."
    await stranger.writes("About the parcel [#1]", text, to="support@juniper.example")
    await shop.slack.is_quiet()
    await diego.does_not_see("I want to know as well")
    await diego.leaves_thread()
    await diego.sees("I want to know as well")


async def test_it_never_sends_what_is_typed_in_a_tickets_thread(shop: Shop) -> None:
    harriet, diego = shop.outside("Harriet"), shop.person("Diego")
    await ask(shop)
    await diego.goes_to("#support")
    await diego.opens_thread("Where is my parcel?")
    await diego.says("She calls every day")
    await diego.sees("Not sent")
    await diego.presses("Send as reply")
    assert "She calls every day" in await diego.sees("Your answer")
    await diego.closes()
    assert not [one for one in await harriet.box() if one["direction"] == "in"]


async def test_it_fills_in_saved_replies_and_holds_back_what_it_cannot_fill(shop: Shop) -> None:
    diego = await shop.person("Diego").goes_to("#support")
    await shop.outside("Harriet").writes("Parcel", "Where is my parcel? Nothing has arrived yet.")
    await diego.sees("Parcel")
    await diego.runs("/triage replies")
    await diego.presses("Add a reply")
    await diego.fills("Title", "Greeting")
    await diego.fills("Text", "Hello {name}, hello {nobody}")
    assert "{nobody}" in (await diego.submits())["Text"]
    await diego.fills("Text", "Hello {name}, your order {order} is on its way. {me}")
    assert await diego.submits() == {}

    await diego.presses("Reply", on="Nothing has arrived yet")
    await diego.chooses("triage.use_reply", "Greeting")
    assert "Hello Harriet Cole, your order {order} is on its way. Diego" in await diego.sees("{order}")
    assert "{order}" in (await diego.submits())["Your answer"]
    await diego.fills("Your answer", "Hello Harriet, it is on its way.")
    await diego.submits()
    await diego.submits()
    await shop.outside("Harriet").receives("it is on its way")


async def test_it_opens_a_ticket_from_a_message_and_answers_it(shop: Shop) -> None:
    tom = await shop.person("Tom").goes_to("#general")
    await tom.says("Mrs Lee on the phone: her vase arrived broken, she wants a new one")
    await tom.picks("My customer says ...", on="Mrs Lee")
    await tom.sees("her vase arrived broken")
    await tom.fills("Customer's name", "Ann Lee")
    await tom.fills("Customer's mail address", "ann at lee")
    assert "not a mail address" in (await tom.submits())["Customer's mail address"]
    await tom.fills("Customer's mail address", "ann@lee.example")
    assert await tom.submits() == {}

    await tom.goes_to("#support")
    card = await tom.sees("her vase arrived broken")
    assert "passed on by *Tom*" in card
    assert "Damaged" in card
    await answer(tom, "A new one leaves today.", on="vase arrived broken")
    await shop.outside("ann@lee.example").receives("A new one leaves today.")


async def test_it_puts_off_hands_over_and_closes(shop: Shop) -> None:
    diego = await shop.person("Diego").goes_to("#support")
    await ask(shop)
    await diego.sees("Where is my parcel?")
    await diego.chooses("triage.more", "Priority", on="Where is my parcel?")
    await diego.fills("How soon?", "🔴 urgent")
    await diego.submits()
    await diego.sees("🔴 urgent")
    await diego.chooses("triage.more", "Snooze", on="Where is my parcel?")
    await diego.fills("When shall it come back?", "Tomorrow morning")
    assert await diego.submits() == {}
    await diego.sees("Put off until")
    await diego.runs("/triage")
    await diego.sees("No customer waits")

    await diego.chooses("triage.more", "Escalate", on="Where is my parcel?")
    await diego.fills("Which department?", "Web & IT")
    await diego.fills("Words for them", "The tracking page is empty")
    await diego.submits()
    await diego.sees("Web & IT")
    await diego.presses("Close", on="Where is my parcel?")
    await diego.sees("The customer has no answer yet")
    await diego.fills("Why is it done?", "Needs no answer")
    await diego.submits()
    await diego.sees("Needs no answer")
    await shop.outside("Jonas").writes("Noch etwas", "Wo ist meine Bestellung 4711?")
    await diego.sees("Noch etwas")
    await diego.runs("/triage")
    await diego.presses("Take", on="Customers who wait")
    await diego.sees("#2 is yours now.")
    await diego.runs("/triage repot")
    await diego.sees("Did you mean *report*?")
    await diego.runs("/triage report")
    await diego.sees("2 tickets")
    await diego.runs("/triage 1")
    await diego.sees("#1")


async def test_it_takes_signed_forms_once_and_refuses_others(database_url: str, tmp_path: Path) -> None:
    secret = "whsec_" + base64.b64encode(b"x" * 32).decode()
    async with built(database_url, tmp_path, hold_seconds=1, webhook_secret=secret) as shop, shop.open():
        body = json.dumps(
            {
                "email": "li@lee.example",
                "name": "Li",
                "text": "I cannot sign in to my account",
                "draft": 1,
                "by": "U1",
            }
        )
        url = f"http://127.0.0.1:{shop.settings.http_port}/hooks/triage"
        at = datetime.now(UTC)
        headers = {
            "webhook-id": "form-1",
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(secret).sign("form-1", at, body),
        }
        bad = json.dumps({"email": "li@lee.example"})
        signed = headers | {"webhook-signature": Webhook(secret).sign("form-1", at, bad)}
        async with aiohttp.ClientSession() as http:
            said = [
                (await http.post(url, data=given, headers=more)).status
                for given, more in ((body, headers), (body, headers), (body + " ", headers), (bad, signed))
            ]
        assert said == [200, 200, 401, 400]
        diego = await shop.person("Diego").goes_to("#support")
        card = await diego.sees("I cannot sign in")
        assert "by a form" in card
        await shop.slack.is_quiet()
        assert (await diego.reads()).count("I cannot sign in") == 1


async def test_it_shows_at_home_who_waits_and_sets_machines_aside(shop: Shop) -> None:
    diego = shop.person("Diego")
    await shop.outside("Harriet").writes("Return", "I want to send the bowl back and get a refund, please.")
    await diego.goes_to("#support")
    await diego.sees("refund")
    await diego.goes_to("home")
    await diego.presses("Take", on="Return")
    await diego.sees("1 customer waits")
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = (
        "robot@box.example",
        "support@juniper.example",
        "Out of office",
    )
    mail["Auto-Submitted"] = "auto-replied"
    mail.set_content("I am away.")
    raw = base64.b64encode(mail.as_bytes()).decode()
    await shop.slack.post("mail/raw", from_="robot@box.example", to="support@juniper.example", base64=raw)
    await shop.slack.is_quiet()
    await diego.goes_to("#support")
    await diego.does_not_see("Out of office")
    await diego.runs("/triage aside")
    await diego.presses("Bring back", on="Out of office")
    await diego.sees("I am away.")
