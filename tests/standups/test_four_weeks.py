"""Four weeks of heads of departments in Shanghai, Lisbon and New York, as one story."""

from datetime import UTC, date, datetime

from bot.people.model import AbsenceRow, Person
from bot.rhythms import Rhythm
from bot.standups import rounds
from bot.standups.model import Asked
from bot.storage.outbox import OutboxRow
from tests.standups.circle import Circle, opened


def utc(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


async def asked_at(circle: Circle, person_id: str) -> str:
    """Tell the day of the newest message that asks."""
    rows = [one for one in await circle.all(OutboxRow) if one.key.startswith(f"morning:{person_id}:")]
    asks = [one for one in rows if one.kind == "slack.post" and "standups.send" in str(one.payload)]
    return max(one.key for one in asks).rpartition(":")[2]


async def test_it_leads_three_heads_through_two_rounds(database_url: str) -> None:
    async with opened(database_url, utc(10, 17, 12)) as circle:
        async with circle.database.write() as session:
            # The second round's Monday, 2 November, is a holiday in Colombia.
            (await session.get_one(Person, "DIEGO")).country = "CO"
        await circle.begin(Rhythm.every_weeks(2, date(2026, 10, 19)))

        await circle.time_is(utc(10, 19, 15))
        await circle.shares("AIKO", "New packaging law", action="Register, @Camille by 2026-11-20")
        await circle.shares("DIEGO", "Carriers raise prices")
        await circle.time_is(utc(10, 22, 12))
        [report] = await circle.posts("C1")
        assert "2 answers" in report
        assert "no answer: Camille" in report
        await circle.shares("CAMILLE", "Said late")
        drawn = [one for one in await circle.all(OutboxRow) if one.topic == "standup:1:report"]
        assert "late: Camille" in str(max(drawn, key=lambda one: one.id).payload["blocks"])

        async with circle.database.write() as session:
            away = {"person_id": "AIKO", "reason": "", "source": "said", "feed_id": None}
            session.add(AbsenceRow(starts_at=utc(10, 31, 0), ends_at=utc(11, 10, 0), **away))
        await circle.time_is(utc(11, 6, 12))
        assert await circle.dates() == ["19 Oct", "02 Nov"]
        assert await asked_at(circle, "CAMILLE") == "2026-11-02"
        assert await asked_at(circle, "DIEGO") == "2026-11-03"
        [carried] = [one for one in await circle.posts("CAMILLE") if "Still open from last time" in one]
        assert "Register" in carried
        report = (await circle.posts("C1"))[-1]
        assert "away: Aiko" in report
        assert "Register" in report

        [action] = [one for one in await circle.changes() if one.action]
        async with circle.database.write() as session:
            camille = await session.get_one(Person, "CAMILLE")
            await rounds.close_action(session, action.id, camille, circle.clock.now())
        # The third round is in phase, at the same hour though Lisbon has changed its clocks since the first.
        await circle.time_is(utc(11, 16, 9, 29))
        before = len(await circle.posts("CAMILLE"))
        await circle.time_is(utc(11, 16, 9, 30))
        asked = (await circle.posts("CAMILLE"))[before:]
        assert ["Still open" in one for one in asked] == [False]
        assert {one.state for one in await circle.all(Asked) if one.person_id == "DIEGO"} >= {"answered"}
