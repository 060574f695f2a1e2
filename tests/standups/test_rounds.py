"""Rounds: they come when they are due, through pauses, standstills and replicas; nothing is asked twice."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncSession

from bot.people import areas
from bot.people.model import AbsenceRow, Person
from bot.ports import Answered, ToSummarise, Usage
from bot.rhythms import Rhythm
from bot.standups import answering, rounds
from bot.standups.model import Asked, Round, Standup
from bot.understanding.nomodel import NoModel
from tests.interleaving import meet
from tests.standups.circle import Circle, opened

# A Monday.
BEGIN = datetime(2026, 10, 12, 12, tzinfo=UTC)
FORTNIGHTLY = Rhythm.every_weeks(2, date(2026, 10, 19))
DAILY = Rhythm.on_weekdays(0, 1, 2, 3, 4)


def utc(day: int, hour: int = 0, minute: int = 0, month: int = 10) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest_asyncio.fixture
async def circle(database_url: str) -> AsyncIterator[Circle]:
    async with opened(database_url, BEGIN) as made:
        yield made


async def test_it_keeps_the_fortnight_through_a_pause(circle: Circle) -> None:
    await circle.begin(FORTNIGHTLY)
    await circle.time_is(utc(23, 12))
    await circle.set_state("paused")
    await circle.time_is(utc(20, 12, month=11))
    assert await circle.dates() == ["19 Oct"]
    await circle.set_state("active")
    await circle.time_is(utc(30, 8, month=11))
    assert await circle.dates() == ["19 Oct", "30 Nov"]


async def test_it_opens_no_round_that_passed_while_nothing_ran(circle: Circle) -> None:
    await circle.begin(DAILY, template="daily")
    await circle.time_is(utc(13, 20))
    await circle.time_is(utc(29, 20), standstill=True)
    await circle.time_is(utc(30, 20))
    assert await circle.dates() == ["13 Oct", "14 Oct", "30 Oct"]


async def test_it_goes_on_by_itself_once_the_area_is_on_again(circle: Circle) -> None:
    await circle.begin(FORTNIGHTLY)
    async with circle.database.write() as session:
        await areas.switch(session, "standups", on=False)
    await circle.time_is(utc(26, 12))
    assert await circle.dates() == []
    async with circle.database.write() as session:
        await areas.switch(session, "standups", on=True)
    await circle.time_is(utc(2, 20, month=11))
    assert await circle.dates() == ["02 Nov"]


async def test_it_opens_and_closes_a_daily_round_on_its_day(circle: Circle) -> None:
    await circle.begin(DAILY, template="daily")
    await circle.time_is(utc(13, 20))
    [first] = [one for one in await circle.all(Round) if one.nominal == date(2026, 10, 13)]
    # New York is asked last, at 13:30 UTC, and has six hours.
    assert (first.state, first.closes_at) == ("closed", utc(13, 19, 30))
    assert ["no answer: Aiko, Camille, Diego" in one for one in await circle.posts("C1")] == [True]
    # The reminder, two hours before the end, comes in nobody's night.
    assert len(await circle.posts("DIEGO")) == 2
    assert len(await circle.posts("AIKO")) == 1


async def test_it_does_not_wait_for_a_holiday_in_a_daily_round(circle: Circle) -> None:
    async with circle.database.write() as session:
        (await session.get_one(Person, "DIEGO")).country = "CO"
    await circle.begin(DAILY, template="daily")
    # Monday, 2 November, is a holiday in Colombia.
    await circle.time_is(utc(2, 20, month=11))
    newest = max(await circle.all(Round), key=lambda one: one.nominal)
    while newest.nominal > date(2026, 11, 2):
        newest = next(one for one in await circle.all(Round) if one.nominal == date(2026, 11, 2))
    states = {one.person_id: one.state for one in await circle.all(Asked) if one.round_id == newest.id}
    assert states["DIEGO"] == "away"
    assert newest.closes_at == utc(2, 15, 30, month=11)


@pytest.mark.parametrize("replicas", [2])
async def test_it_asks_each_person_once_though_two_bots_do_it(database_url: str, replicas: int) -> None:
    async with opened(database_url, utc(17, 12), replicas=replicas) as circle:
        await circle.begin(FORTNIGHTLY)
        await circle.time_is(utc(22, 20))
        for person_id in ("AIKO", "CAMILLE", "DIEGO"):
            assert sum("Open until" in one for one in await circle.posts(person_id)) == 1
            assert sum("answer is missing" in one for one in await circle.posts(person_id)) == 1
        assert len(await circle.posts("C1")) == 1
        assert await circle.dates() == ["19 Oct"]


async def test_it_closes_when_all_who_are_left_have_answered(circle: Circle) -> None:
    await circle.begin(FORTNIGHTLY)
    await circle.time_is(utc(19, 15))
    await circle.shares("AIKO", "Cookies go")
    async with circle.database.write() as session:
        (await session.get_one(Person, "DIEGO")).is_gone = True
    await circle.shares("CAMILLE", "Ads cost more")
    await circle.time_is(utc(19, 15, 1))
    [report] = await circle.posts("C1")
    assert "2 answers" in report
    assert "Diego" not in report


async def test_it_waits_for_nobody_who_is_away_until_the_end(circle: Circle) -> None:
    await circle.begin(FORTNIGHTLY)
    async with circle.database.write() as session:
        away = {"person_id": "DIEGO", "reason": "", "source": "said", "feed_id": None}
        session.add(AbsenceRow(starts_at=utc(18), ends_at=utc(31), **away))
    await circle.time_is(utc(19, 15))
    await circle.shares("AIKO", "Cookies go")
    await circle.shares("CAMILLE", "Ads cost more")
    await circle.time_is(utc(19, 15, 1))
    [report] = await circle.posts("C1")
    assert "away: Diego" in report
    assert await circle.posts("DIEGO") == []


async def test_it_asks_on_the_first_day_back_and_only_then(circle: Circle) -> None:
    await circle.begin(FORTNIGHTLY)
    async with circle.database.write() as session:
        away = {"person_id": "CAMILLE", "reason": "", "source": "said", "feed_id": None}
        session.add(AbsenceRow(starts_at=utc(19), ends_at=utc(19, 20), **away))
    await circle.time_is(utc(21, 12))
    asks = [one for one in await circle.posts("CAMILLE") if "Open until" in one]
    assert len(asks) == 1


async def test_it_does_not_remind_whoever_answered_before_their_hours_began(circle: Circle) -> None:
    await circle.begin(FORTNIGHTLY)
    # The reminder is due on Tuesday evening in Shanghai, and waits for Wednesday morning.
    await circle.time_is(utc(20, 20))
    await circle.shares("AIKO", "Said in the night")
    await circle.time_is(utc(21, 12))
    assert not any("answer is missing" in one for one in await circle.posts("AIKO"))


async def test_it_sends_no_ask_to_whoever_answered_early(circle: Circle) -> None:
    await circle.begin(FORTNIGHTLY)
    await circle.time_is(utc(18, 12))
    await circle.shares("CAMILLE", "Already on Sunday")
    await circle.time_is(utc(20, 20))
    assert await circle.posts("CAMILLE") == []
    assert await circle.state_of("CAMILLE") == "answered"


async def test_it_loses_no_change_when_another_is_changed(circle: Circle) -> None:
    await circle.begin(FORTNIGHTLY)
    await circle.time_is(utc(19, 15))
    await circle.shares("AIKO", "One", action="Do it, @Camille by 2026-11-20")
    await circle.shares("AIKO", "Two", more=True)
    first, _second = await circle.changes()
    async with circle.database.write() as session:
        camille = await session.get_one(Person, "CAMILLE")
        await rounds.close_action(session, first.id, camille, circle.clock.now())
    await circle.shares("AIKO", "One, better", action=first.action, change_id=first.id)
    found = await circle.changes()
    assert [(one.what, one.state) for one in found] == [("One, better", "done"), ("Two", "none")]
    assert (first.owner_id, first.due) == ("CAMILLE", date(2026, 11, 20))


async def test_it_takes_a_late_answer_until_the_next_round_and_not_after(circle: Circle) -> None:
    await circle.begin(FORTNIGHTLY)
    await circle.time_is(utc(22, 12))
    await circle.shares("CAMILLE", "Late")
    assert [one.is_late for one in await circle.all(Asked) if one.person_id == "CAMILLE"] == [True]
    [before] = await circle.all(Round)
    await circle.time_is(utc(2, 2, month=11))
    async with circle.database.write() as session:
        camille = await session.get_one(Person, "CAMILLE")
        with pytest.raises(answering.RoundIsOver):
            await answering.skip(session, before.id, camille, circle.clock.now())


async def test_it_stops_asking_who_never_answers_and_tells_the_owner(circle: Circle) -> None:
    await circle.begin(DAILY, template="daily")
    await circle.time_is(utc(20, 22))
    asks = [one for one in await circle.posts("AIKO") if "Open until" in one]
    assert len(asks) == 4
    assert "".join(await circle.posts("NORA")).count("I stopped asking") == 3


class Summariser(NoModel):
    """A model that says what it was asked."""

    async def summarise(self, request: ToSummarise) -> Answered[tuple[str, ...]]:
        return Answered((f"{len(request.texts)} people, <!channel> {request.lines} lines",), Usage("test"))


async def test_it_adds_themes_to_the_report_where_there_is_a_model(database_url: str) -> None:
    async with opened(database_url, utc(17, 12), model=Summariser()) as circle:
        await circle.begin(FORTNIGHTLY)
        await circle.time_is(utc(19, 15))
        for person_id in ("AIKO", "CAMILLE", "DIEGO"):
            await circle.shares(person_id, f"{person_id} saw something")
        await circle.time_is(utc(19, 15, 1))
        [one] = await circle.all(Round)
        assert one.themes == ["3 people, <!channel> 3 lines"]
        async with circle.database.read() as session:
            report = await rounds.compose(session, await session.get_one(rounds.Standup, 1), one)
        assert "&lt;!channel&gt; 3 lines" in str(report["blocks"])


@pytest.mark.parametrize("database_kind", ["postgresql"])
async def test_it_takes_away_nobodys_answer_when_the_standup_is_changed_meanwhile(circle: Circle) -> None:
    await circle.begin(FORTNIGHTLY)
    await circle.time_is(utc(19, 9))
    [one] = await circle.all(Round)

    async def answer(session: AsyncSession) -> None:
        aiko = await session.get_one(Person, "AIKO")
        await answering.share(session, one.id, aiko, answering.Shared("A new fee"), circle.clock.now())

    async def change(session: AsyncSession) -> None:
        standup = await session.get_one(Standup, circle.standup_id)
        wanted = rounds.Changed(standup.name, standup.hour, standup.channel_id, ("CAMILLE", "DIEGO"))
        await rounds.change(session, standup, wanted, circle.clock.now())

    await meet(circle.database, answer, change)
    assert await circle.state_of("AIKO") == "answered"


@pytest.mark.parametrize("database_kind", ["postgresql"])
async def test_it_reminds_nobody_who_answers_in_that_moment(circle: Circle) -> None:
    await circle.begin(FORTNIGHTLY)
    await circle.time_is(utc(19, 9))
    [one] = await circle.all(Round)

    async def answer(session: AsyncSession) -> None:
        aiko = await session.get_one(Person, "AIKO")
        await answering.skip(session, one.id, aiko, circle.clock.now())

    async def remind(session: AsyncSession) -> None:
        await rounds.remind(session, one.id, circle.clock.now())

    await meet(circle.database, answer, remind)
    reminded = {row.person_id: row.reminded for row in await circle.all(Asked)}
    assert reminded == {"AIKO": False, "CAMILLE": True, "DIEGO": True}
