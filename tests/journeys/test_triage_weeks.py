"""Customers over days: eight mails in four languages, a breach at night, and kill -9 in between."""

import asyncio
import random
from collections import Counter
from contextlib import AsyncExitStack, suppress
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
from sqlalchemy import select

from bot import seed
from bot.storage import inbox, outbox
from bot.storage.database import Database
from bot.storage.outbox import OutboxRow
from bot.triage.model import Ticket
from bot.workspace import Workspace, demo_world
from bot.workspace.driver import Person, Slack
from tests.journeys.nursery import Nursery
from tests.journeys.shop import MANIFEST, Shop
from tests.journeys.test_first_light import answer
from tests.patience import until

# Who writes, under which subject, what, the language's name, and what it is.
MAILS = (
    ("Harriet", "My parcel", "Where is my order 70011? It was due on Monday.", "English", "Order status"),
    (
        "Harriet", "Broken bowl", "The bowl arrived broken, there are only pieces in the box.",
        "English", "Damaged or wrong item",
    ),
    (
        "Jonas", "Rücksendung", "Ich möchte die Vase zurückschicken und mein Geld zurückhaben.",
        "German", "Return or refund",
    ),
    (
        "Jonas", "Rechnung", "Können Sie mir bitte die Rechnung zu meiner Bestellung als PDF schicken?",
        "German", "Payment or invoice",
    ),
    (
        "Amélie", "Annulation", "Je voudrais annuler ma commande 70012, s'il vous plaît.",
        "French", "Change or cancel an order",
    ),
    (
        "Amélie", "Mot de passe", "Je n'arrive plus à me connecter à mon compte, mot de passe oublié.",
        "French", "Account",
    ),
    ("陈雨", "优惠码", "你们的优惠码用不了，显示无效，请问怎么办？", "Chinese", "Vouchers and discounts"),
    ("陈雨", "材质", "请问这个碗可以放进微波炉和洗碗机吗？是什么材质？", "Chinese", "Product question"),
)  # fmt: skip


async def test_it_works_eight_mails_in_four_languages_to_the_end(shop: Shop) -> None:
    diego = await shop.person("Diego").goes_to("#support")
    for name, subject, text, language, kind in MAILS:
        await shop.outside(name).writes(subject, text)
        card = await diego.sees(f"*{subject}*")
        assert language in card, card
        if f"*{kind}*" not in card:
            # What it is not sure of it asks, and never files away wrongly by itself.
            assert "What is this about?" in card, card
            await diego.chooses("triage.category", kind, on=f"*{subject}*")
            await diego.sees(f"*{kind}*")
    for name, subject, _text, _language, _kind in MAILS:
        await diego.presses("Take", on=f"*{subject}*")
        await answer(diego, f"An answer about {subject}.", on=f"*{subject}*")
        await shop.outside(name).receives(f"An answer about {subject}.")
        await shop.slack.is_quiet()
        await diego.presses("Close", on=f"*{subject}*")
        await diego.submits()
    await shop.slack.is_quiet()
    assert (await diego.reads()).count("Closed by *Diego*") == len(MAILS)
    await diego.runs("/triage")
    await diego.sees("No customer waits")
    await diego.runs("/triage report")
    shown = await diego.sees("8 tickets")
    assert "100%" in shown


async def test_it_wakes_nobody_for_a_promise_that_breaks_at_night(shop: Shop) -> None:
    await shop.slack.pause()
    await shop.slack.clock_to("thursday 11:00", "Europe/Stockholm")
    nora = await shop.person("Nora").goes_to("#support")
    await shop.outside("Harriet").writes("Refund", "I sent the vase back, please refund me, this is urgent!")
    await nora.sees("refund me")
    # Diego's department answers, in Bogota's hours; Priya has it, who has gone home in Kolkata by then.
    await nora.presses("Assign", on="Refund")
    await nora.fills("Who takes care of it?", "Priya")
    await nora.submits()
    await nora.sees("*Priya* takes care of it")

    priya = await shop.person("Priya").goes_to("@Switchboard")
    diego = await shop.person("Diego").goes_to("@Switchboard")
    await shop.slack.clock_to("thursday 17:30", "America/Bogota")
    await shop.slack.is_quiet()
    assert "still waits" not in await priya.reads()
    assert "still waits" in await diego.reads()
    await shop.slack.clock_to("friday 09:01", "Asia/Kolkata")
    await priya.sees("still waits for the answer we promised")


KILLS = 8
PATIENCE = {"slack_timeout": 1.0, "grace_seconds": 1.6, "lease_seconds": 2.0, "hold_seconds": 1}


async def test_it_opens_each_ticket_once_though_it_is_killed_in_between(
    database_url: str, tmp_path: Path
) -> None:
    chance, smtp_port = random.Random(), seed.free_port()
    async with AsyncExitStack() as stack:
        workspace = await stack.enter_async_context(Workspace(demo_world(), MANIFEST, rate_limits=False))
        slack = await stack.enter_async_context(Slack(workspace.url, workspace.control_token, patience=60))
        database = Database(database_url)
        stack.push_async_callback(database.dispose)
        async with database.write() as session:
            await seed.add_shop(session, workspace)
        settings = seed.settings(workspace, tmp_path, smtp_port, seed.free_port())
        bot = Nursery(settings | PATIENCE | {"database_url": database_url}, tmp_path / "bot.log")
        stack.push_async_callback(bot.close)
        writing = asyncio.create_task(_write(12, smtp_port))
        for _ in range(KILLS):
            await bot.start()
            with suppress(TimeoutError):
                await until(lambda: workspace.delivery.connected, within=10)
            await asyncio.sleep(chance.uniform(0, 1.0))
            await bot.kill()
        await bot.start()
        subjects = await asyncio.wait_for(writing, 60)
        await until(lambda: _settled(database, len(subjects)), within=60)
        shown = await (await Person(slack, "Nora").goes_to("#support")).reads()
        async with database.read() as session:
            tickets = Counter((await session.execute(select(Ticket.subject))).scalars())
    assert tickets == dict.fromkeys(subjects, 1)
    assert {subject: shown.count(f"*{subject}*") for subject in subjects} == dict.fromkeys(subjects, 1)


async def _write(count: int, port: int) -> list[str]:
    """Write mail after mail, each until it is taken."""
    subjects = [f"Question-{number}-end" for number in range(count)]
    for subject in subjects:
        mail = EmailMessage()
        mail["From"], mail["To"] = "harriet.cole@mailbox.example", "support@juniper.example"
        mail["Subject"] = subject
        mail["Message-ID"] = f"<{subject}@mailbox.example>"
        mail.set_content("Where is my parcel? It should have come last week.")
        while True:
            with suppress(aiosmtplib.SMTPException, OSError):
                await aiosmtplib.send(mail, hostname="127.0.0.1", port=port, timeout=5, start_tls=False)
                break
            await asyncio.sleep(0.1)
    return subjects


async def _settled(database: Database, count: int) -> bool:
    async with database.read() as session:
        busy = select(OutboxRow.id).where(OutboxRow.state.in_(outbox.UNSETTLED)).limit(1)
        waits = (await session.execute(busy)).first() or await inbox.waiting(session)
        found = len((await session.execute(select(Ticket.id))).all())
    return not waits and found >= count
