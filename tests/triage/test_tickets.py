"""Tickets between the lines: what comes while an answer waits, who may come back, what is late twice."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.letters import replies, sending
from bot.letters import store as letters
from bot.letters.model import Channels
from bot.mail.model import Bounce
from bot.people.model import Person
from bot.storage import outbox
from bot.storage.outbox import OutboxRow
from bot.triage import form, intake, tickets
from bot.triage.desk import DESK
from bot.triage.model import CLOSED, OPEN, WAITING, Found, TicketReply
from tests.interleaving import meet
from tests.people.office import at, words
from tests.triage.conftest import Desk

SENDER = replies.Sender("Shop", "support@shop.example", timedelta(seconds=30))
FOUND = Found("other", 0.9, asks=False, why=(), language="en", priority="low", priority_why=(),
              order_number=None, sku=None, department="service")  # fmt: skip


async def again(desk: Desk, number: int, text: str) -> None:
    """Let the ticket's customer write again, with its number in the subject."""
    address = (await desk.ticket(number)).customer_address
    filled = form.Form(text=text, email=address, subject=f"Re: it [#{number}]")
    arrived = form.mail_of(filled, "support@shop.example", desk.clock.now())
    async with desk.database.write() as session:
        await intake.receive(desk.database, session, arrived, FOUND, Channels("CS", "CU", "CT"))


async def hold(desk: Desk, number: int) -> int:
    """Let somebody send an answer that is held; its row in the outbox."""
    async with desk.database.write() as session:
        now = desk.clock.now()
        await replies.begin(DESK, session, number, "UANN", now, "Here it is.")
        seen = await replies.situation(DESK, session, number, "UANN", now)
        answer = await replies.send(DESK, desk.database, session, number, "UANN", SENDER, now, seen)
        return answer.mail_id or 0


async def leaves(desk: Desk, row_id: int) -> None:
    """Let a held answer leave."""
    async with desk.database.write() as session:
        row = await outbox.get(session, row_id)
        row.state = "sent"
        await replies.settled(DESK, session, row, desk.clock.now())


async def test_it_counts_as_answered_though_thanks_came_while_the_answer_was_held(desk: Desk) -> None:
    number = await desk.mail()
    row_id = await hold(desk, number)
    await again(desk, number, "Thank you!")
    await leaves(desk, row_id)
    assert (await desk.ticket(number)).state == WAITING


async def test_it_still_waits_for_us_when_a_question_came_while_the_answer_was_held(desk: Desk) -> None:
    number = await desk.mail()
    row_id = await hold(desk, number)
    await again(desk, number, "And where is the other parcel?")
    await leaves(desk, row_id)
    ticket = await desk.ticket(number)
    assert (ticket.state, ticket.answer_by is not None) == (OPEN, True)


async def test_it_opens_a_closed_ticket_again_but_not_after_a_month(desk: Desk) -> None:
    number = await desk.mail()
    await desk.does(number, tickets.close, "UANN", "solved")
    assert (await desk.ticket(number)).state == CLOSED
    desk.clock.set(at("2026-12-10 10:00"))
    await again(desk, number, "It still does not work, what can I do?")
    assert (await desk.ticket(number)).state == OPEN

    await desk.does(number, tickets.close, "UANN", "solved")
    desk.clock.set(at("2027-01-20 10:00"))
    await again(desk, number, "Another question: where is my new order?")
    assert (await desk.ticket(number)).state == CLOSED
    assert (await desk.ticket(number + 1)).state == OPEN


async def test_it_takes_up_again_what_did_not_reach_the_customer(desk: Desk) -> None:
    number = await desk.mail()
    row_id = await hold(desk, number)
    await leaves(desk, row_id)
    async with desk.database.write() as session:
        answer = await tickets.letters.last_answer(DESK, session, number)
        assert answer is not None
        bounce = replies.Bounce(answer.message_id, None, permanent=True, reason="no such mailbox")
        assert await replies.bounced(DESK, session, bounce, desk.clock.now())
    ticket = await desk.ticket(number)
    assert (ticket.state, ticket.answer_by is not None) == (OPEN, True)


async def test_it_lets_a_snoozed_ticket_come_back_when_the_customer_writes(desk: Desk) -> None:
    number = await desk.mail()
    async with desk.database.write() as session:
        ann = await session.get_one(Person, "UANN")
        await tickets.snooze(session, number, at("2026-11-30 09:00"), ann, desk.clock.now())
    assert (await desk.ticket(number)).is_snoozed
    await again(desk, number, "It has become urgent: where is it?")
    assert not (await desk.ticket(number)).is_snoozed


async def test_it_never_opens_a_strangers_ticket_by_its_number(desk: Desk) -> None:
    number = await desk.mail()
    filled = form.Form(text="What did she order?", email="eve@else.example", subject=f"Re: [#{number}]")
    arrived = form.mail_of(filled, "support@shop.example", desk.clock.now())
    found = Found("other", 0.9, asks=False, why=(), language="en", priority="low", priority_why=(),
                  order_number=None, sku=None, department="service")  # fmt: skip
    async with desk.database.write() as session:
        await intake.receive(desk.database, session, arrived, found, Channels("CS", "CU", "CT"))
        mails = await tickets.letters.mails(DESK, session, number)
    assert len(mails) == 1
    assert (await desk.ticket(number + 1)).customer_address == "eve@else.example"


@pytest.mark.parametrize("database_kind", ["postgresql"])
async def test_it_opens_again_what_is_being_closed_while_the_customer_writes(desk: Desk) -> None:
    number = await desk.mail()
    address = (await desk.ticket(number)).customer_address
    filled = form.Form(text="It broke again, what now?", email=address, subject=f"Re: it [#{number}]")
    arrived = form.mail_of(filled, "support@shop.example", desk.clock.now())

    async def close(session: AsyncSession) -> None:
        ann = await session.get_one(Person, "UANN")
        await tickets.close(session, number, "solved", ann, desk.clock.now())

    async def write(session: AsyncSession) -> None:
        await intake.receive(desk.database, session, arrived, FOUND, Channels("CS", "CU", "CT"))

    await meet(desk.database, close, write)
    ticket = await desk.ticket(number)
    assert ticket.state == OPEN
    assert ticket.waiting_since is not None
    assert ticket.answer_by is not None


@pytest.mark.parametrize("database_kind", ["postgresql"])
async def test_it_never_says_of_what_just_left_that_it_is_held_back(desk: Desk) -> None:
    number = await desk.mail()
    row_id = await hold(desk, number)

    async def leave(session: AsyncSession) -> None:
        row = await outbox.get(session, row_id)
        row.state = "sent"
        await replies.settled(DESK, session, row, desk.clock.now())

    async def stop(session: AsyncSession) -> None:
        lea = await session.get_one(Person, "ULEA")
        await sending.stop(session, [DESK], [], lea, desk.clock.now())

    await meet(desk.database, leave, stop)
    async with desk.database.read() as session:
        drawn = (await session.execute(select(OutboxRow).order_by(OutboxRow.id))).scalars().all()
    shown = [words(row.payload["blocks"]) for row in drawn if "blocks" in row.payload]
    assert "Sent" in shown[-2] + shown[-1]
    assert not any("stopped" in one for one in shown)


async def test_it_keeps_an_answer_as_bounced_when_it_is_learnt_later_that_it_left(desk: Desk) -> None:
    number = await desk.mail()
    row_id = await hold(desk, number)
    async with desk.database.write() as session:
        answer = (await session.execute(select(TicketReply))).scalar_one()
        bounce = Bounce(original_message_id=answer.message_id, recipient=None, permanent=True, reason="full")
        assert await replies.bounced(DESK, session, bounce, desk.clock.now())
    await leaves(desk, row_id)
    async with desk.database.read() as session:
        assert (await session.execute(select(TicketReply))).scalar_one().state == "bounced"
    assert (await desk.ticket(number)).state == OPEN


@pytest.mark.parametrize("database_kind", ["postgresql"])
async def test_it_keeps_what_somebody_writes_while_the_model_writes_too(desk: Desk) -> None:
    number = await desk.mail()

    async def type_(session: AsyncSession) -> None:
        await replies.keep(DESK, session, number, "UANN", desk.clock.now(), "My own words.")

    async def draft(session: AsyncSession) -> None:
        await replies.begin(DESK, session, number, "UANN", desk.clock.now(), "The model's words.")

    await meet(desk.database, type_, draft)
    async with desk.database.read() as session:
        kept = await letters.draft_of(DESK, session, number, "UANN")
    assert kept is not None
    assert "My own words." in kept.text
    assert "The model's words." in kept.text


@pytest.mark.parametrize("database_kind", ["postgresql"])
async def test_it_begins_anew_what_was_sent_from_another_device_meanwhile(desk: Desk) -> None:
    number = await desk.mail()

    async def send(session: AsyncSession) -> None:
        now = desk.clock.now()
        await replies.begin(DESK, session, number, "UANN", now, "Here it is.")
        seen = await replies.situation(DESK, session, number, "UANN", now)
        await replies.send(DESK, desk.database, session, number, "UANN", SENDER, now, seen)

    async def type_(session: AsyncSession) -> None:
        await replies.keep(DESK, session, number, "UANN", desk.clock.now(), "One more thing.")

    await meet(desk.database, send, type_)
    async with desk.database.read() as session:
        kept = await letters.draft_of(DESK, session, number, "UANN")
        sent = (await session.execute(select(TicketReply))).scalar_one()
    assert (kept.text if kept else "", sent.text) == ("One more thing.", "Here it is.")
