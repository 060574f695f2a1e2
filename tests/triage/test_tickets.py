"""Tickets between the lines: what comes while an answer waits, who may come back, what is late twice."""

from datetime import timedelta

from bot.letters import replies
from bot.letters.model import Channels
from bot.people.model import Person
from bot.storage import outbox
from bot.triage import form, intake, tickets
from bot.triage.desk import DESK
from bot.triage.model import CLOSED, OPEN, WAITING, Found
from tests.people.office import at
from tests.triage.conftest import Desk

SENDER = replies.Sender("Shop", "support@shop.example", timedelta(seconds=30))


async def again(desk: Desk, number: int, text: str) -> None:
    """Let the ticket's customer write again, with its number in the subject."""
    address = (await desk.ticket(number)).customer_address
    filled = form.Form(text=text, email=address, subject=f"Re: it [#{number}]")
    arrived = form.mail_of(filled, "support@shop.example", desk.clock.now())
    found = Found("other", 0.9, asks=False, why=(), language="en", priority="low", priority_why=(),
                  order_number=None, sku=None, department="service")  # fmt: skip
    async with desk.database.write() as session:
        await intake.receive(desk.database, session, arrived, found, Channels("CS", "CU", "CT"))


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
