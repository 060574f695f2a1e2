"""A real mailbox: read where it is, answered from Slack, and left as a colleague would leave it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.workspace.driver import Correspondent, Person
from tests.conftest import missing
from tests.gateways import dovecot as servers
from tests.gateways.dovecot import PASSWORD, Dovecot
from tests.journeys.shop import Shop, built
from tests.patience import until

LUCIA = "ufficio@tessile-brina.example"
SENT = "Gesendete Objekte"
_numbers = count(60)


@pytest.fixture(scope="session")
def server() -> Iterator[Dovecot]:
    if not servers.is_there():
        missing(servers.MISSING)
    made = Dovecot()
    try:
        made.start()
        yield made
    finally:
        made.remove()


@pytest.fixture
def address() -> str:
    return f"orders{next(_numbers)}@shop.example"


@asynccontextmanager
async def reading(
    database_url: str, directory: Path, server: Dovecot, address: str, **changes: Any
) -> AsyncIterator[Shop]:
    """Run a shop whose mailbox stands on the mail server."""
    mailbox = {
        "address": address,
        "name": "Juniper & Co",
        "imap_host": "127.0.0.1",
        "imap_port": server.imap,
        "imap_security": "none",
        "imap_password": PASSWORD,
        **changes,
    }
    settings = {"mailbox": [mailbox], "hold_seconds": 0, "mail_recheck_seconds": 0.3}
    async with built(database_url, directory, **settings) as shop, shop.open():
        yield shop


def letter(
    subject: str, text: str, *, sender: str = LUCIA, to: str, answers: str = "", days: int = 0
) -> bytes:
    """Write a mail as a program outside does; `days` ago."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = format_datetime(datetime.now(UTC) - timedelta(days=days))
    message["Message-ID"] = f"<{next(_numbers)}.{sender}>"
    if answers:
        message["In-Reply-To"] = answers
    message.set_content(text)
    return message.as_bytes()


async def answer(person: Person, text: str, *, on: str) -> None:
    """Write an answer and confirm it."""
    await person.presses("Reply", on=on)
    await person.fills("Your answer", text)
    await person.submits()
    await person.submits()


async def received(outside: Correspondent, text: str) -> bool:
    """Tell whether somebody outside has a mail from us that says so."""
    return any(text in str(mail["text"]) for mail in await outside.box())


async def home_says(nora: Person, text: str) -> str:
    """Open Home now and then until it says so: it is drawn when it is opened."""
    async with asyncio.timeout(40):
        while True:
            await nora.goes_to("home")
            with suppress(TimeoutError):
                return str(await until(partial(_reads, nora, text), 1.5))


async def _reads(nora: Person, text: str) -> str:
    seen = await nora.reads()
    return seen if text in seen else ""


async def test_it_brings_mail_from_a_mailbox_and_files_the_answer_in_it(
    database_url: str, tmp_path: Path, server: Dovecot, address: str
) -> None:
    server.deliver(address, letter("Before us", "Ciao.", to=address), LUCIA)
    async with reading(database_url, tmp_path, server, address) as shop:
        nora = shop.person("Nora")
        await home_says(nora, "· connected")
        await nora.presses("Switch sending on")
        server.deliver(address, letter("Lotto 12", "Il lotto arriva lunedì.", to=address), LUCIA)

        tom = await shop.person("Tom").goes_to("#suppliers")
        await tom.sees("Il lotto arriva lunedì")
        await tom.does_not_see("Before us")
        await answer(tom, "Monday is fine.", on="Lotto 12")

        await shop.outside("Lucia").receives("Monday is fine")
        await until(lambda: server.mails(address, SENT), 10)
        assert await shop.slack.is_quiet()
        # Two more looks at the folder of sent mail: our own answer is not taken for a colleague's.
        server.deliver(address, letter("Lotto 13", "E anche questo.", to=address), LUCIA)
        await tom.sees("E anche questo")
        await tom.opens_thread("Lotto 12")
        await tom.sees("✓ Sent")
        await tom.does_not_see("from another mail program")

    (_flags, filed), *more = server.mails(address, SENT)
    assert not more
    assert b"Monday is fine." in filed
    assert ["\\Seen" in flags for flags, _ in server.mails(address)] == [False, False, False]


async def test_it_shows_what_a_colleague_answered_from_another_program(
    database_url: str, tmp_path: Path, server: Dovecot, address: str
) -> None:
    async with reading(database_url, tmp_path, server, address) as shop:
        await home_says(shop.person("Nora"), "· connected")
        asked = letter("Campioni", "Sono pronti.", to=address)
        server.deliver(address, asked, LUCIA)
        tom = await shop.person("Tom").goes_to("#suppliers")
        await tom.sees("Waiting for us")

        message_id = asked.split(b"Message-ID: ")[1].split(b"\r\n")[0].decode()
        sender = f"Sam <{address}>"
        answer = letter("Re: Campioni", "Send them on.", sender=sender, to=LUCIA, answers=message_id)
        server.put(address, SENT, answer)

        await tom.sees("Answered by")
        await tom.does_not_see("Waiting for us")
        await tom.opens_thread("Campioni")
        assert "Send them on." in await tom.sees("from another mail program")


async def test_it_takes_in_what_came_while_it_was_away_once(
    database_url: str, tmp_path: Path, server: Dovecot, address: str
) -> None:
    async with reading(database_url, tmp_path, server, address) as shop:
        await home_says(shop.person("Nora"), "· connected")
        server.deliver(address, letter("One", "The first.", to=address), LUCIA)
        tom = await shop.person("Tom").goes_to("#suppliers")
        await tom.sees("The first.")
        await shop.restart()
        server.deliver(address, letter("Two", "The second.", to=address), LUCIA)
        await tom.sees("The second.")
        assert await shop.slack.is_quiet()
        assert (await tom.reads()).count("The first.") == 1


async def test_it_takes_in_older_mail_without_a_word(
    database_url: str, tmp_path: Path, server: Dovecot, address: str
) -> None:
    for days in (400, 30, 20, 10):
        server.put(address, "INBOX", letter(f"{days} days ago", "Old news.", to=address, days=days))
    async with reading(database_url, tmp_path, server, address) as shop:
        nora = shop.person("Nora")
        await shop.slack.clock_to("monday 10:00", "Europe/Stockholm")
        await home_says(nora, "Older mail can be taken in silently")
        await nora.presses("Take in older mail")
        await nora.sees("Nothing is posted")
        await nora.submits()

        await nora.goes_to("@Switchboard")
        await nora.sees("is in: 3 mails")
        assert await shop.slack.is_quiet()
        await nora.goes_to("#suppliers")
        await nora.does_not_see("Old news")
        await nora.goes_to("#mail-unsorted")
        await nora.does_not_see("Old news")
        await nora.goes_to("home")
        await nora.does_not_see("Take in older mail")

        server.deliver(address, letter("Today", "Something new.", to=address), LUCIA)
        await nora.goes_to("#suppliers")
        await nora.presses("Full history", on="Something new")
        seen = await nora.sees("10 days ago")
        assert seen.index("Something new.") < seen.index("10 days ago") < seen.index("30 days ago")
        assert "400 days ago" not in seen


async def test_it_tells_admins_of_a_mailbox_that_does_not_let_it_in(
    database_url: str, tmp_path: Path, server: Dovecot, address: str
) -> None:
    wrong = {"imap_password": "wrong"}
    async with reading(database_url, tmp_path, server, address, **wrong) as shop:
        nora, tom = shop.person("Nora"), shop.person("Tom")
        seen = await home_says(nora, "not connected since")
        assert "password" in seen
        await shop.slack.clock_to("monday 10:00", "Europe/Stockholm")
        await shop.slack.advance(timedelta(minutes=15))
        await nora.goes_to("@Switchboard")
        await nora.sees(f"The mailbox {address} has a problem")
        await tom.goes_to("home")
        await tom.does_not_see(address)


async def test_it_only_shows_answers_until_somebody_switches_sending_on(
    database_url: str, tmp_path: Path, server: Dovecot, address: str
) -> None:
    async with reading(database_url, tmp_path, server, address) as shop:
        nora, tom, lucia = shop.person("Nora"), shop.person("Tom"), shop.outside("Lucia")
        await home_says(nora, "· connected")
        server.deliver(address, letter("Tessuti", "Quanti metri?", to=address), LUCIA)
        await tom.goes_to("#suppliers")
        await tom.sees("Quanti metri?")
        await answer(tom, "Forty.", on="Tessuti")
        await tom.opens_thread("Tessuti")
        await tom.sees("Rehearsal")
        await shop.restart()
        assert await shop.slack.is_quiet()
        assert not await received(lucia, "Forty.")

        await tom.goes_to("home")
        await tom.does_not_see("Switch sending on")
        await home_says(nora, "1 answer waits")
        await nora.presses("Switch sending on")
        await lucia.receives("Forty.")
        await nora.runs("/switchboard audit")
        await nora.sees("switched sending on")


async def test_it_stops_all_mail_at_once_and_says_who_did_it(shop: Shop) -> None:
    tom, sam, nora, lucia = *map(shop.person, ("Tom", "Sam", "Nora")), shop.outside("Lucia")
    await lucia.writes("Prezzi", "I prezzi aumentano.")
    await tom.goes_to("#suppliers")
    await tom.sees("I prezzi aumentano")
    await sam.goes_to("#suppliers")
    await sam.runs("/switchboard stop")
    await sam.sees("You stopped all outgoing mail")
    await tom.sees("*Sam* stopped all outgoing mail")

    await answer(tom, "By how much?", on="Prezzi")
    await tom.opens_thread("Prezzi")
    await tom.sees("*Sam* stopped all outgoing mail. This leaves after")
    await shop.slack.advance(timedelta(minutes=5))
    await shop.restart()
    assert await shop.slack.is_quiet()
    assert not await received(lucia, "By how much?")

    await sam.runs("/switchboard go")
    await sam.sees("Only the lead of a department can do this")
    assert not await received(lucia, "By how much?")
    await nora.goes_to("#suppliers")
    await nora.runs("/switchboard go")
    await nora.sees("*Nora* lets outgoing mail leave again")
    await lucia.receives("By how much?")
    await tom.sees("✓ Sent")
    await nora.runs("/switchboard audit")
    seen = await nora.sees("stopped everything outgoing")
    assert "let outgoing things go again" in seen
