"""The promise to a customer: counted in working hours, paused, and followed up without waking anybody."""

from datetime import timedelta

import pytest

from bot.letters import replies
from bot.people import absence, store
from bot.people.model import Department, Person
from bot.storage import outbox
from bot.triage import promises, tickets
from bot.triage.desk import DESK
from bot.triage.model import TicketReply
from tests.people.office import at, somebody
from tests.triage.conftest import Desk


async def answered(desk: Desk, number: int, author_id: str) -> None:
    """Let an answer leave."""
    async with desk.database.write() as session:
        now = desk.clock.now()
        await replies.begin(DESK, session, number, author_id, now, "Here it is.")
        sender = replies.Sender("Shop", "support@shop.example", timedelta())
        seen = await replies.situation(DESK, session, number, author_id, now)
        answer = await replies.send(DESK, desk.database, session, number, author_id, sender, now, seen)
        row = await outbox.get(session, answer.mail_id or 0)
        row.state = "sent"
        await replies.settled(DESK, session, row, now)


async def test_it_promises_in_the_departments_hours(desk: Desk) -> None:
    number = await desk.mail()
    # Eight working hours from Wednesday 10:00, of a week of nine to five.
    assert (await desk.ticket(number)).answer_by == at("2026-11-26 10:00")


async def test_it_counts_no_holiday_of_the_department(desk: Desk) -> None:
    await desk.begins("logistics", None, (), zone="Europe/Berlin", country="DE", hours="mon-fri 8-16")
    desk.clock.set(at("2026-12-24 15:00", "Europe/Berlin"))
    number = await desk.mail(priority="urgent", department="logistics")
    # Friday is Christmas Day: of two hours one is left on Monday.
    assert (await desk.ticket(number)).answer_by == at("2026-12-28 09:00", "Europe/Berlin")


async def test_it_rests_while_the_customer_is_asked_and_runs_on_after(desk: Desk) -> None:
    number = await desk.mail()
    desk.clock.set(at("2026-11-25 14:00"))
    await answered(desk, number, "UANN")
    ticket = await desk.ticket(number)
    assert (ticket.state, ticket.answer_by, ticket.left_seconds) == ("waiting", None, 4 * 3600)
    await desk.time_is(at("2026-12-02 09:00"))
    assert await desk.told() == []

    async with desk.database.write() as session:
        again = await tickets.store.lock(session, number)
        again.state = "open"
        await promises.resume(session, again, desk.clock.now())
    assert (await desk.ticket(number)).answer_by == at("2026-12-02 13:00")


async def test_it_leaves_at_least_a_quarter_when_the_customer_writes_again(desk: Desk) -> None:
    number = await desk.mail()
    desk.clock.set(at("2026-11-26 09:55"))
    await answered(desk, number, "UANN")
    async with desk.database.write() as session:
        await promises.resume(session, await tickets.store.lock(session, number), desk.clock.now())
    assert (await desk.ticket(number)).answer_by == at("2026-11-26 11:55")


async def test_it_warns_whoever_has_it_before_it_is_late(desk: Desk) -> None:
    number = await desk.mail()
    await desk.does(number, tickets.take, "UANN", seen=None)
    await desk.time_is(at("2026-11-25 15:59"))
    assert await desk.told() == []
    await desk.time_is(at("2026-11-25 16:00"))
    assert await desk.told() == ["UANN"]


async def test_it_asks_one_after_the_other_until_somebody_takes_it(desk: Desk) -> None:
    number = await desk.mail()
    await desk.does(number, tickets.take, "UANN", seen=None)
    await desk.time_is(at("2026-11-26 10:00"))
    assert await desk.told() == ["UANN", "UANN"]
    await desk.time_is(at("2026-11-26 10:15"))
    assert await desk.told() == ["UANN", "UANN", "UBEN"]
    await desk.time_is(at("2026-11-26 10:30"))
    assert await desk.told() == ["UANN", "UANN", "UBEN", "ULEA"]

    await desk.does(number, tickets.take, "UBEN", seen="UANN")
    await desk.time_is(at("2026-12-04 10:30"))
    assert len(await desk.told()) == 4


async def test_it_asks_again_the_next_day_only_those_whose_morning_does_not_say_it(desk: Desk) -> None:
    number = await desk.mail()
    await desk.does(number, tickets.take, "UANN", seen=None)
    await desk.time_is(at("2026-11-26 10:30"))
    assert await desk.told() == ["UANN", "UANN", "UBEN", "ULEA"]
    # Ann took it, so her own morning shows it until she answers; for the others it is news again.
    await desk.time_is(at("2026-11-27 11:30"))
    assert await desk.told() == ["UANN", "UANN", "UBEN", "ULEA", "UBEN", "ULEA"]


async def test_it_stops_at_the_first_who_takes_it(desk: Desk) -> None:
    number = await desk.mail()
    await desk.does(number, tickets.take, "UANN", seen=None)
    await desk.time_is(at("2026-11-26 10:01"))
    await desk.does(number, tickets.take, "UANN", seen="UANN")
    await desk.time_is(at("2026-11-28 10:30"))
    assert await desk.told() == ["UANN", "UANN"]


async def test_it_wakes_nobody_at_night_and_goes_to_whoever_works_then(desk: Desk) -> None:
    # The promise counts in Bogota's hours: when it is broken it is night in London.
    await desk.add(somebody("UDIE", slack_zone="America/Bogota"), somebody("USAM"))
    await desk.begins("logistics", "UDIE", ("USAM",), zone="America/Bogota", hours="mon-fri 9-22")
    desk.clock.set(at("2026-11-26 20:30", "America/Bogota"))
    number = await desk.mail(priority="urgent", department="logistics")
    await desk.does(number, tickets.take, "USAM", seen=None)
    await desk.time_is(at("2026-11-27 09:30", "America/Bogota"))
    assert (await desk.ticket(number)).breached_at == at("2026-11-27 09:30", "America/Bogota")

    desk.clock.set(at("2026-11-30 19:30", "America/Bogota"))
    late = await desk.mail(priority="urgent", department="logistics")
    await desk.does(late, tickets.take, "USAM", seen=None)
    before = len(await desk.told())
    # 21:30 in Bogota is half past two in London, and Diego has gone home at 17:00.
    await desk.time_is(at("2026-12-01 08:30"))
    assert len(await desk.told()) == before
    assert (await desk.ticket(late)).breached_at == at("2026-11-30 21:30", "America/Bogota")
    await desk.time_is(at("2026-12-01 09:00"))
    assert len(await desk.told()) == before
    # Sam hears of it once, with the one message of the morning.
    heard = [text for who, text in await desk.direct() if who == "USAM" and f"*#{late}*" in text]
    assert [text.count("still waits") for text in heard] == [1], heard
    assert [text.count(f"*#{late}*") for text in heard] == [1], heard


async def test_it_tells_nobody_in_the_morning_of_what_was_answered_at_night(desk: Desk) -> None:
    await desk.add(somebody("UDIE", slack_zone="America/Bogota"), somebody("USAM"))
    await desk.begins("logistics", "UDIE", ("USAM",), zone="Europe/London", hours="mon-fri 9-22")
    desk.clock.set(at("2026-11-25 18:00"))
    number = await desk.mail(priority="urgent", department="logistics")
    await desk.does(number, tickets.take, "USAM", seen=None)
    await desk.time_is(at("2026-11-25 20:30"))
    assert (await desk.ticket(number)).breached_at == at("2026-11-25 20:00")
    await answered(desk, number, "UDIE")
    await desk.time_is(at("2026-11-26 12:00"))
    assert not [text for who, text in await desk.direct() if who == "USAM" and "still waits" in text]
    assert not [text for who, text in await desk.direct() if who == "USAM" and "due soon" in text]


async def test_it_goes_past_whoever_is_away(desk: Desk) -> None:
    number = await desk.mail()
    await desk.does(number, tickets.take, "UANN", seen=None)
    async with desk.database.write() as session:
        person = await session.get_one(Person, "UANN")
        days = absence.understood("until friday", at("2026-11-25 12:00").date())
        await absence.say_away(session, person, days, "", desk.clock.now())
    await desk.time_is(at("2026-11-26 10:00"))
    assert await desk.told() == ["UBEN"]


async def test_it_counts_on_in_another_departments_hours(desk: Desk) -> None:
    await desk.begins("web", None, (), zone="Asia/Tokyo", hours="mon-fri 10-18")
    number = await desk.mail()
    desk.clock.set(at("2026-11-25 14:00"))
    async with desk.database.read() as session:
        web = await store.department(session, "web")
    assert isinstance(web, Department)
    await desk.does(number, tickets.escalate, "UANN", web.id, "please")
    # Four of eight hours are left, counted from ten in Tokyo.
    assert (await desk.ticket(number)).answer_by == at("2026-11-26 14:00", "Asia/Tokyo")


async def test_it_holds_only_who_sees_it_to_a_ticket(desk: Desk) -> None:
    number = await desk.mail()
    await desk.does(number, tickets.take, "UANN", seen=None)
    with pytest.raises(tickets.TakenAlready, match="Uann was quicker"):
        await desk.does(number, tickets.take, "UBEN", seen=None)


async def test_it_notes_how_long_an_answer_took(desk: Desk) -> None:
    number = await desk.mail()
    desk.clock.set(at("2026-11-25 11:30"))
    await answered(desk, number, "UANN")
    async with desk.database.read() as session:
        [one] = await tickets.store.answer_times(session, at("2026-11-25 00:00"))
        assert (one.author_id, one.seconds, one.in_time) == ("UANN", 5400, True)
        assert (await session.get_one(TicketReply, one.reply_id)).state == "sent"
