"""Changing who is who: mistakes are said at their field, and nothing is kept of them."""

import asyncio
from datetime import date

import pytest

from bot import calendar
from bot.calendar import HoursNotUnderstood
from bot.clock import MovableClock
from bot.people import availability, directory, mornings, store
from bot.people.directory import NameTaken, Plan, Wishes
from bot.people.model import STANDARD, Person
from bot.services import Services
from bot.storage import schedule
from bot.storage.database import Database
from bot.week import Week
from jobs import digests as digest_jobs
from jobs import people as people_jobs
from tests.people.office import Office, at, somebody

NOW = at("2026-11-25 10:00")
GOOD = {
    "hours": "Mon-Fri 9-12, 13-17:30", "zone": "Asia/Shanghai", "country": "de-by", "language": "de",
    "morning": "08:30", "quiet": "mon-fri 12-13", "skills": "kilns,  glaze ; ， 陶瓷", "feed": "webcal://a.example/x.ics",
}  # fmt: skip


def test_it_finds_nothing_wrong_with_good_wishes() -> None:
    assert directory.mistakes(Wishes(**GOOD)) == {}
    assert directory.mistakes(Wishes("mon 9-12", "", "", "en", "", "", "", "")) == {}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("hours", "whenever"), ("hours", ""), ("hours", "never"), ("quiet", "at night"), ("zone", "Shanghai"),
        ("zone", "../../etc"), ("country", "XX"), ("country", "DE-XX"), ("country", "Germany"),
        ("feed", "http://a.example/x.ics"), ("feed", "file:///etc/passwd"), ("feed", "https://a b"),
    ],
)  # fmt: skip
def test_it_says_what_is_wrong_at_its_field(name: str, text: str) -> None:
    assert set(directory.mistakes(Wishes(**(GOOD | {name: text})))) == {name}


async def test_it_keeps_wishes(database: Database) -> None:
    await Office.opened(database, NOW).add(somebody("TOM"))
    async with database.write() as session:
        await directory.keep_wishes(session, "TOM", Wishes(**GOOD), NOW)
    async with database.read() as session:
        tom = await session.get_one(Person, "TOM")
    assert tom.week == Week.parse("mon-fri 9-12, 13-17:30")
    assert (tom.zone, tom.country, tom.subdivision, tom.language) == ("Asia/Shanghai", "DE", "BY", "de")
    assert tom.skills == ["kilns", "glaze", "陶瓷"]
    assert tom.absence_feed == "https://a.example/x.ics"
    assert f"{tom.morning_hour:%H:%M}" == "08:30"


async def test_it_gives_a_new_installation_departments_and_does_not_bring_back_those_taken_away(
    database: Database,
) -> None:
    async with database.write() as session:
        await directory.ensure_departments(session)
    async with database.write() as session:
        known = await store.departments(session)
        assert {one.slug for one in known} == {slug for slug, _name, _aim in STANDARD}
        await session.delete(known[0])
    async with database.write() as session:
        await directory.ensure_departments(session)
        assert len(await store.departments(session)) == len(STANDARD) - 1


def plan(name: str, **more: object) -> Plan:
    given = {
        "name": name, "lead_id": None, "member_ids": (), "channel_id": None, "aim": "product", "hours": "",
    }  # fmt: skip
    return Plan(**(given | more))  # type: ignore[arg-type]


async def test_it_keeps_departments_under_one_name(database: Database) -> None:
    nora = somebody("NORA")
    async with database.write() as session:
        one = await directory.keep_department(session, None, plan("Web & IT"), nora, NOW)
        with pytest.raises(NameTaken):
            await directory.keep_department(session, None, plan("  web &  it"), nora, NOW)
        with pytest.raises(HoursNotUnderstood):
            await directory.keep_department(session, one.id, plan("Web", hours="nine to five"), nora, NOW)
        again = await directory.keep_department(
            session, one.id, plan("Web", lead_id="TOM", member_ids=("SAM", "SAM")), nora, NOW
        )
        assert again.slug == "web-it"
        entries = await store.audit_log(session)
    assert [(entry.act, entry.actor_id) for entry in entries] == [("department.changed", "NORA")] * 2


async def test_it_pauses_a_department_and_nobody_else(database: Database) -> None:
    await Office.opened(database, NOW).add(somebody("TOM"), somebody("SAM"))
    friday = at("2026-11-27 10:00")
    async with database.write() as session:
        one = await directory.keep_department(
            session, None, plan("Web", member_ids=("SAM",)), somebody("TOM"), NOW
        )
        await directory.add_pause(
            session, "Move", one.id, date(2026, 11, 27), date(2026, 11, 27), somebody("TOM"), NOW
        )
    async with database.read() as session:
        people = await store.several(session, ["TOM", "SAM"])
        calendars = await availability.calendars(session, people, NOW)
    assert calendar.is_working(calendars["TOM"], friday)
    assert not calendar.is_working(calendars["SAM"], friday)


@pytest.mark.parametrize("database_kind", ["postgresql"])
async def test_it_lets_replicas_start_at_once_on_a_new_database(database_url: str) -> None:
    replicas = [Database(database_url) for _ in range(3)]
    async with replicas[0].write() as session:
        session.add_all([somebody("AIKO"), somebody("CAMILLE")])
    unused = dict.fromkeys(Services.__dataclass_fields__)
    clock = MovableClock(NOW, running=False)
    started = [Services(**unused | {"database": one, "clock": clock}) for one in replicas]  # type: ignore[arg-type]

    await asyncio.gather(*(people_jobs.plan(services) for services in started))
    await asyncio.gather(*(digest_jobs.plan(services) for services in started))

    async with replicas[0].read() as session:
        assert len(await store.departments(session)) == len(STANDARD)
        assert len(await schedule.keys(session, mornings.KIND)) == 2
    for one in replicas:
        await one.dispose()
