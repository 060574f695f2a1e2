"""First light: a supplier's mail reaches the team, and the answer goes back."""

import base64
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from bot.letters import replies
from bot.suppliers.desk import DESK as SUPPLIERS
from bot.workspace.driver import Person, Refusal
from tests.journeys.shop import Shop, built

LOT = "Buongiorno,\nil lotto 12 arriva lunedì.\n\nCordiali saluti\nLucia"


async def answer(person: Person, text: str, *, on: str) -> None:
    """Write an answer and confirm it."""
    await person.presses("Reply", on=on)
    await person.fills("Your answer", text)
    assert await person.submits() == {}
    await person.sees("This is the mail as it leaves")
    assert await person.submits() == {}


async def test_it_brings_a_suppliers_mail_to_the_team_and_the_answer_back(shop: Shop) -> None:
    lucia, tom = shop.outside("Lucia"), shop.person("Tom")
    await lucia.writes("Ritardo lotto 12", LOT)

    await tom.goes_to("#suppliers")
    card = await tom.sees("Ritardo lotto 12")
    assert "il lotto 12 arriva lunedì" in card
    assert "Cordiali saluti" not in card
    assert "Italian" in card
    assert "Waiting for us" in card

    await tom.presses("Reply")
    await tom.fills("Your answer", "Thank you, Monday is fine.")
    await tom.submits()
    shown = await tom.sees("This is the mail as it leaves")
    assert "Thank you, Monday is fine." in shown
    assert "ufficio@tessile-brina.example" in shown
    await tom.submits()

    mail = await lucia.receives("Monday is fine")
    assert mail["subject"] == "Re: Ritardo lotto 12"
    assert mail["in_reply_to"]
    assert "> il lotto 12 arriva lunedì." in mail["text"]
    await tom.sees("Answered by *Tom*")
    await tom.opens_thread("Ritardo lotto 12")
    await tom.sees("✓ Sent")


async def test_it_keeps_a_conversation_in_one_thread_both_ways(shop: Shop) -> None:
    lucia, tom = shop.outside("Lucia"), shop.person("Tom")
    await lucia.writes("Campioni", "I campioni sono pronti.")
    await tom.goes_to("#suppliers")
    await tom.sees("I campioni sono pronti")
    await answer(tom, "Please send them on.", on="Campioni")
    await lucia.receives("Please send them on")

    await lucia.answers("Spediti oggi.")

    await tom.sees("Waiting for us")
    await tom.opens_thread("Campioni")
    follow_up = await tom.sees("Spediti oggi.")
    assert "Please send them on" not in follow_up


async def test_it_uses_a_suppliers_own_channel(shop: Shop) -> None:
    await shop.outside("Mei").writes("窑温报告", "您好，窑温正常，周五发货。")
    nora = await shop.person("Nora").goes_to("#supplier-huang")
    card = await nora.sees("窑温正常")
    assert "Chinese" in card


async def test_it_lets_a_held_answer_be_cancelled_and_taken_up_again(
    database_url: str, tmp_path: Path
) -> None:
    async with built(database_url, tmp_path, hold_seconds=30) as shop, shop.open():
        lucia, tom = shop.outside("Lucia"), shop.person("Tom")
        await shop.slack.pause()
        await lucia.writes("Prezzi", "I prezzi aumentano.")
        await tom.goes_to("#suppliers")
        await answer(tom, "Never!", on="Prezzi")
        await tom.opens_thread("Prezzi")
        await tom.sees("Leaves at")

        await tom.presses("Cancel")
        await tom.sees("Nothing was sent")
        await shop.slack.advance(timedelta(minutes=2))
        assert not [one for one in await lucia.box() if one["direction"] == "in"]

        await tom.presses("Edit and send again")
        await tom.sees("Never!")
        await tom.fills("Your answer", "Let us talk about it.")
        await tom.submits()
        await tom.submits()
        await shop.slack.advance(timedelta(seconds=29))
        assert not [one for one in await lucia.box() if one["direction"] == "in"]
        await shop.slack.advance(timedelta(seconds=2))
        await lucia.receives("Let us talk about it")


async def test_it_never_sends_what_is_typed_in_a_thread_and_says_so_to_its_author_only(shop: Shop) -> None:
    lucia, tom, nora = shop.outside("Lucia"), shop.person("Tom"), shop.person("Nora")
    await lucia.writes("Bolle", "Dove sono le bolle?")
    for person in (tom, nora):
        await person.goes_to("#suppliers")
        await person.opens_thread("Dove sono le bolle")

    await tom.says("Sam has them, I think")
    await tom.sees("Not sent")
    await tom.says("or Diego")
    await shop.slack.is_quiet()
    assert (await tom.reads()).count("Not sent") == 2
    await nora.does_not_see("Not sent")

    await tom.presses("Keep inside")
    await shop.slack.is_quiet()
    await tom.presses("Send as reply")
    assert "Sam has them" in await tom.sees("Your answer")
    await tom.closes()
    assert not [one for one in await lucia.box() if one["direction"] == "in"]


async def test_it_warns_of_a_newer_mail_and_of_a_colleague_who_answers(shop: Shop) -> None:
    lucia, tom, nora = shop.outside("Lucia"), shop.person("Tom"), shop.person("Nora")
    sent = await lucia.writes("Tessuto blu", "Il blu è finito.")
    for person in (tom, nora):
        await person.goes_to("#suppliers")
        await person.sees("Il blu è finito")
    await tom.presses("Reply", on="Tessuto blu")
    await nora.presses("Reply", on="Tessuto blu")
    await nora.sees("Tom is answering this right now")
    await nora.closes()

    await lucia.writes("", "Anche il verde.", in_reply_to=sent["id"])
    await shop.slack.is_quiet()
    await tom.fills("Your answer", "Then take the red one.")
    await tom.submits()
    await tom.sees("A newer mail came in while you were writing")
    await tom.submits()
    await lucia.receives("Then take the red one")


async def test_it_asks_once_more_when_a_mail_comes_in_between_preview_and_send(shop: Shop) -> None:
    lucia, tom = shop.outside("Lucia"), shop.person("Tom")
    sent = await lucia.writes("Etichette", "Etichette nuove?")
    await tom.goes_to("#suppliers")
    await tom.presses("Reply", on="Etichette")
    await tom.fills("Your answer", "Yes please.")
    await tom.submits()
    await lucia.writes("", "O vecchie?", in_reply_to=sent["id"])
    await shop.slack.is_quiet()

    await tom.submits()
    await tom.sees("A newer mail came in")
    assert not [one for one in await lucia.box() if one["direction"] == "in"]
    await tom.submits()
    await lucia.receives("Yes please")


async def test_it_sorts_mail_of_an_unknown_sender_and_makes_a_supplier_of_it(shop: Shop) -> None:
    stranger, tom = shop.outside("ana@cortica.example"), shop.person("Tom")
    await stranger.writes("Cortiça", "Bom dia, vendemos cortiça.")
    await tom.goes_to("#mail-unsorted")
    await tom.presses("Add as supplier", on="Cortiça")
    await tom.fills("Company", "Cortiça Lda")
    await tom.fills("Time zone", "Lisbon")
    assert "There is no such time zone" in (await tom.submits())["Time zone"]
    await tom.fills("Time zone", "Europe/Lisbon")
    assert await tom.submits() == {}

    await tom.sees("added the sender to *Cortiça Lda*")
    await tom.goes_to("#suppliers")
    await tom.sees("vendemos cortiça")


async def test_it_sets_aside_who_is_no_supplier_for_good(shop: Shop) -> None:
    stranger, tom = shop.outside("win@prizes.example"), shop.person("Tom")
    await stranger.writes("You won", "Click here")
    await tom.goes_to("#mail-unsorted")
    await tom.presses("Not a supplier", on="You won")
    await tom.sees("said this is not a supplier")

    await stranger.writes("You won again", "Click here, too")
    await shop.slack.is_quiet()
    await tom.does_not_see("You won again")
    await tom.goes_to("#suppliers")
    await tom.runs("/supplier aside")
    await tom.sees("You won again")


@pytest.mark.parametrize(
    "header",
    [("Auto-Submitted", "auto-replied"), ("List-Id", "<news.example>"), ("Precedence", "bulk")],
)
async def test_it_sets_aside_what_no_person_wrote(shop: Shop, header: tuple[str, str]) -> None:
    tom = await shop.person("Tom").goes_to("#suppliers")
    mail = EmailMessage()
    mail["From"], mail["To"] = "ufficio@tessile-brina.example", "suppliers@juniper.example"
    mail["Subject"], mail[header[0]] = "Fuori ufficio", header[1]
    mail.set_content("Torno lunedì.")
    await send(shop, mail.as_bytes())
    await shop.slack.is_quiet()
    await tom.does_not_see("Fuori ufficio")

    await tom.runs("/supplier aside")
    await tom.presses("Bring back", on="Fuori ufficio")
    await tom.sees("Torno lunedì")


async def test_it_shows_on_our_answer_that_it_came_back(shop: Shop) -> None:
    tom, gone = shop.person("Tom"), shop.outside("unknown@tessile-brina.example")
    await gone.writes("Nuovo indirizzo", "Scrivetemi qui.")
    await tom.goes_to("#mail-unsorted")
    await tom.presses("Add as supplier", on="Nuovo indirizzo")
    await tom.submits()
    await tom.goes_to("#suppliers")
    await tom.sees("Scrivetemi qui")
    await answer(tom, "We do.", on="Nuovo indirizzo")

    await tom.sees("Our answer did not reach them")
    await tom.opens_thread("Nuovo indirizzo")
    await tom.sees("It came back")


async def test_it_says_that_an_answer_was_refused_and_offers_to_send_it_again(shop: Shop) -> None:
    tom, gone = shop.person("Tom"), shop.outside("bounce@tessile-brina.example")
    await gone.writes("Ciao", "Sono Bruno.")
    await tom.goes_to("#mail-unsorted")
    await tom.presses("Add as supplier", on="Ciao")
    await tom.submits()
    await tom.goes_to("#suppliers")
    await tom.sees("Sono Bruno")
    await answer(tom, "Ciao Bruno!", on="Ciao")
    await tom.opens_thread("Ciao")
    failed = await tom.sees("Not sent")
    assert "550" in failed


async def test_it_takes_care_of_what_a_stranger_may_write(shop: Shop) -> None:
    tom = await shop.person("Tom").goes_to("#suppliers")
    mail = EmailMessage()
    mail["From"], mail["To"] = "ufficio@tessile-brina.example", "suppliers@juniper.example"
    mail["Subject"] = "<!channel> offerta"
    mail.set_content(
        '<p>Hello <!channel> &lt;!here&gt; <a href="javascript:alert(1)">click</a> '
        '<a href="https://evil.example/x">www.tessile-brina.example</a>'
        '<span style="display:none">hidden</span>',
        subtype="html",
    )
    await send(shop, mail.as_bytes())
    card = await tom.sees("offerta")
    assert "hidden" not in card
    assert "evil.example" in card
    channels = {one["name"]: one["id"] for one in shop.workspace.world.channels.values()}
    [message] = shop.workspace.world.messages[channels["suppliers"]]
    assert "<!" not in str(message["text"])
    assert "broadcast" not in str(message["blocks"])
    assert "javascript:" not in str(message["blocks"])


async def test_it_reads_chinese_that_was_declared_wrongly(shop: Shop) -> None:
    raw = (
        b"From: mei.huang@huang-ceramics.example\r\nTo: suppliers@juniper.example\r\n"
        b"Subject: =?gb2312?B?" + base64.b64encode("镕窑延期".encode("gb18030")) + b"?=\r\n"
        b"Content-Type: text/plain; charset=gb2312\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        + "朱镕基说：货物延期到周五，共 1200 件。\r\n".encode("gb18030")
    )
    await send(shop, raw)
    nora = await shop.person("Nora").goes_to("#supplier-huang")
    assert "朱镕基说：货物延期到周五" in await nora.sees("镕窑延期")


async def test_it_brings_files_into_the_thread_and_says_which_it_refused(shop: Shop) -> None:
    lucia, tom = shop.outside("Lucia"), shop.person("Tom")
    big = {"name": "foto.tif", "type": "application/octet-stream", "base64": data(20 * 1024 * 1024)}
    climbing = {"name": "../../x", "type": "text/plain", "base64": data(10)}
    sent = await lucia.writes("Allegati", "Ecco.", attachments=[big, climbing])
    await tom.goes_to("#suppliers")
    await tom.opens_thread("Allegati")
    await tom.sees("foto.tif")
    await tom.sees("x")

    huge = {"name": "video.mov", "type": "application/octet-stream", "base64": data(26 * 1024 * 1024)}
    await lucia.writes("", "E il video.", attachments=[huge], in_reply_to=sent["id"])
    refused = await tom.sees("E il video.")
    assert "video.mov is too large to pass on: 26 MB, and 25 MB is the most." in refused
    await shop.slack.is_quiet()
    kept = {file["name"]: file["size"] for file in shop.workspace.world.files.values()}
    assert kept == {"foto.tif": 20 * 1024 * 1024, "x": 10}


async def test_it_keeps_notes_inside_and_says_who_takes_care(shop: Shop) -> None:
    lucia, tom, sam = shop.outside("Lucia"), shop.person("Tom"), shop.person("Sam")
    await lucia.writes("Reso", "Vi rimandiamo il lotto.")
    await tom.goes_to("#suppliers")
    await tom.presses("Internal note", on="Reso")
    await tom.fills("Note", "We never ordered it")
    await tom.submits()
    await tom.presses("Assign", on="Reso")
    await tom.fills("Who takes care of it?", "Sam")
    await tom.submits()
    await tom.sees("*Sam* takes care of it")
    await sam.goes_to("#suppliers")
    await sam.opens_thread("Reso")
    await sam.sees("We never ordered it")
    assert not [one for one in await lucia.box() if one["direction"] == "in"]


async def test_it_shows_suppliers_and_adds_one(shop: Shop) -> None:
    tom = await shop.person("Tom").goes_to("#general")
    await tom.runs("/supplier")
    shown = await tom.sees("Suppliers")
    assert "Huang Ceramics" in shown
    await tom.runs("/supplier huang ceramics")
    assert "mei.huang@huang-ceramics.example" in await tom.sees("Asia/Shanghai")
    await tom.runs("/supplier hunag ceramics")
    await tom.sees("Did you mean")
    await tom.runs("/supplier add")
    await tom.fills("Company", "Kork & Co")
    await tom.fills("Contact's mail address", "not an address")
    assert "not a mail address" in (await tom.submits())["Contact's mail address"]
    await tom.fills("Contact's mail address", "kork@kork.example")
    assert await tom.submits() == {}
    await tom.runs("/supplier kork & co")
    await tom.sees("kork@kork.example")


async def test_it_does_nothing_for_guests(shop: Shop) -> None:
    ola = await shop.person("Ola").goes_to("#marketing")
    with pytest.raises(Refusal, match="Guests"):
        await ola.runs("/supplier")


def data(size: int) -> str:
    return base64.b64encode(bytes(size)).decode()


async def send(shop: Shop, raw: bytes) -> None:
    """Hand over a mail as it is."""
    sender = "ufficio@tessile-brina.example"
    await shop.slack.post("mail/raw", from_=sender, base64=base64.b64encode(raw).decode())


async def test_it_sends_once_though_slack_says_that_the_confirmation_did_not_work(shop: Shop) -> None:
    lucia, tom = shop.outside("Lucia"), shop.person("Tom")
    await lucia.writes("Ritardo lotto 12", LOT)
    await tom.goes_to("#suppliers")
    await tom.presses("Reply", on="Ritardo lotto 12")
    await tom.fills("Your answer", "Monday is fine.")
    await tom.submits()
    await shop.slack.fault("lost_ack")
    with pytest.raises(Refusal):
        await tom.submits()

    await tom.submits()

    assert (await shop.slack.get("views", **{"as": await tom.id()}))["stack"] == []
    await lucia.receives("Monday is fine.")
    await shop.slack.is_quiet()
    assert len([one for one in await lucia.box() if one["direction"] == "in"]) == 1


async def test_it_sends_no_other_words_than_were_shown(shop: Shop) -> None:
    lucia, tom = shop.outside("Lucia"), shop.person("Tom")
    await lucia.writes("Ritardo lotto 12", LOT)
    await tom.goes_to("#suppliers")
    await tom.presses("Reply", on="Ritardo lotto 12")
    await tom.fills("Your answer", "Monday is fine.")
    await tom.submits()
    async with shop.services.database.write() as session:
        # What a second window of Tom's, on his phone, does in the meantime.
        await replies.keep(SUPPLIERS, session, 1, await tom.id(), shop.services.clock.now(), "Not on Monday!")

    await tom.submits()

    assert "Not on Monday!" in await tom.sees("This is the mail as it leaves")
    assert not [one for one in await lucia.box() if one["direction"] == "in"]
    await tom.submits()
    await lucia.receives("Not on Monday!")
