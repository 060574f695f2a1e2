"""Leading hires, on both databases: who does and hears what, once among replicas, and never for too few."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.onboarding import cards, checklist, figures, guide, leading, objectives, plans, store, telling
from bot.onboarding.checklist import NotYourTask, Standing
from bot.onboarding.leading import OnlyTheManager, Order
from bot.onboarding.model import Hire, Question, Task
from bot.people import areas
from bot.people import store as people
from bot.people.model import Department, Person
from bot.storage.database import Database
from bot.storage.outbox import OutboxRow
from jobs import onboarding
from jobs import people as people_jobs
from jobs.schedule import Heartbeat
from tests.people.office import Office, at, somebody, words

MONDAY = at("2026-10-19 07:00")
ERRANDS = {**people_jobs.errands(), **onboarding.errands()}


async def opened(database: Database, now: datetime = MONDAY, **hire: Any) -> Office:
    """Give an office in which MARI (Lisbon) is led by CAM, with BO as buddy."""
    office = Office.opened(database, now)
    office.heartbeat = Heartbeat(database, office.clock, ERRANDS, [])
    names = ("CAM", "BO", "WEB", "NORA")
    mari = somebody("MARI", slack_zone="Europe/Lisbon", country="PT")
    await office.add(mari, *(somebody(name) for name in names))
    async with database.write() as session:
        await areas.switch(session, "onboarding", on=True)
        web = {"slug": "web", "name": "Web", "lead_id": "WEB", "aim": "product"}
        session.add(Department(**web, channel_id=None, zone=None, country=None, subdivision=None, hours=None))
        await begin(session, office, **hire)
    return office


async def begin(session: Any, office: Office, person: str = "MARI", first: date = date(2026, 10, 19)) -> Hire:
    order = Order(person, "digital-marketer", first, "CAM", "BO")
    nora = await session.get_one(Person, "NORA")
    return await leading.start(session, order, plans.load().plans[order.plan], nora, office.clock.now())


async def stands(office: Office) -> Standing:
    async with office.database.read() as session:
        hire = await session.get_one(Hire, 1)
        return await checklist.standing(session, hire, office.clock.now())


async def tick(office: Office, person_id: str, *titles: str) -> None:
    async with office.database.write() as session:
        person = await session.get_one(Person, person_id)
        tasks = [task for task in await store.tasks(session, 1) if task.title.startswith(titles)]
        ids = [task.id for task in tasks]
        await checklist.tick(session, person, ids, ids, office.clock.now())


async def test_it_comes_at_the_same_hour_before_and_after_the_clocks_change(database: Database) -> None:
    office = await opened(database)
    hours = []
    for day in ("2026-10-23", "2026-10-26"):
        await office.time_is(at(f"{day} 08:59", "Europe/Lisbon"))
        before = len([who for who, _ in await office.posts() if who == "MARI"])
        await office.time_is(at(f"{day} 09:00", "Europe/Lisbon"))
        hours.append(len([who for who, _ in await office.posts() if who == "MARI"]) - before)
    assert hours == [1, 1]
    assert (await stands(office)).number == 5


async def test_it_tells_nothing_of_a_weekend_or_holiday(database: Database) -> None:
    office = await opened(database, at("2026-11-30 07:00"), first=date(2026, 11, 30))
    await office.time_is(at("2026-12-08 20:00", "Europe/Lisbon"))
    # 1 and 8 December are holidays in Portugal, 5 and 6 a weekend.
    told = [text for who, text in await office.posts() if who == "MARI" and "Your onboarding, day" in text]
    assert [text.split("onboarding, day ")[1].split(":")[0] for text in told] == ["1", "2", "3", "4", "5"]


async def test_it_hears_the_buddy_first_and_the_manager_later(database: Database) -> None:
    office = await opened(database)
    heard = []
    for day in range(19, 30):
        await office.time_is(at(f"2026-10-{day} 12:00"))
        heard.append((await stands(office)).hears)
    assert heard == [None, None, None, "BO", "BO", "BO", "BO", "CAM", "CAM", "CAM", "CAM"]
    posts = [(who, text) for who, text in await office.posts() if "Is something in the way?" in text]
    # Each hears it once, and then once a week.
    assert [who for who, _ in posts] == ["BO", "CAM"]

    async with office.database.write() as session:
        hire = await store.lock(session, 1)
        with pytest.raises(OnlyTheManager):
            await leading.set_quiet(session, hire, await session.get_one(Person, "BO"), MONDAY, quiet=True)
        cam = await session.get_one(Person, "CAM")
        await leading.set_quiet(session, hire, cam, office.clock.now(), quiet=True)
    assert (await stands(office)).hears is None
    before = len(await office.posts())
    await office.time_is(at("2026-10-30 08:00"))
    assert "Still open" not in "".join(text for _, text in (await office.posts())[before:])


async def test_it_names_what_is_overdue_when_it_is_late_when_others_hear_of_it_and_once_a_week(
    database: Database,
) -> None:
    office = await opened(database)
    named, counted = [], []
    for number in range(16):
        day = (await stands(office)).timetable.on(number)
        before = len(await office.posts())
        await office.time_is(at(f"{day} 12:00"))
        new = "".join(text for who, text in (await office.posts())[before:] if who == "MARI")
        boxes = await boxes_of(office, "MARI", day)
        if any("Set your working hours" in title for title in boxes):
            named.append(number)
        if "from before" in new:
            counted.append(number)
    assert named == [0, 1, 3, 5, 10, 15]
    # The others of these days have something to say, and say in a line what else is open.
    assert counted
    assert not set(named[1:]) & set(range(6, 10))


async def boxes_of(office: Office, person_id: str, day: date) -> list[str]:
    """Give what somebody could tick in their message of a day."""
    async with office.database.read() as session:
        row = await people.morning_of(session, person_id, day)
        post = await session.get(OutboxRow, row.post_id) if row else None
    shown = post.payload["blocks"] if post else []
    elements = [element for block in shown for element in block.get("elements", ())]
    return [option["text"]["text"] for element in elements for option in element.get("options", ())]


async def test_it_nags_no_lead_about_what_they_do_for_a_hire(database: Database) -> None:
    office = await opened(database)
    days = []
    for number in range(11):
        day = (await stands(office)).timetable.on(number)
        await office.time_is(at(f"{day} 12:00"))
        if any("Make the accounts" in title for title in await boxes_of(office, "WEB", day)):
            days.append(number)
    assert days == [0, 1, 3, 5, 10]


@pytest.mark.parametrize(
    ("hour", "comes"),
    [("2026-10-19 11:30", "2026-10-19 11:30"), ("2026-10-19 19:30", "2026-10-20 09:00")],
)
async def test_it_begins_at_once_in_the_hours_of_a_hire_whose_hour_is_over(
    database: Database, hour: str, comes: str
) -> None:
    office = await opened(database, at(hour, "Europe/Lisbon"))
    if comes != hour:
        await office.time_is(at(comes, "Europe/Lisbon") - timedelta(seconds=1))
    assert not [text for who, text in await office.posts() if who == "MARI"]
    await office.time_is(at(comes, "Europe/Lisbon"))
    [told] = [text for who, text in await office.posts() if who == "MARI"]
    assert "Your onboarding, day" in told
    # Nothing of it is late before anybody could see it.
    assert "Still open" not in told


async def test_it_greets_on_the_first_day_who_was_announced_before(database: Database) -> None:
    office = await opened(database, first=date(2026, 10, 22))
    await office.time_is(at("2026-10-23 12:00", "Europe/Lisbon"))
    greeted = [text for who, text in await office.posts() if who == "MARI" and "Welcome, Mari" in text]
    assert len(greeted) == 1
    assert "Thursday 22 October" in greeted[0]


async def test_it_calls_nothing_overdue_that_could_not_be_known(database: Database) -> None:
    office = await opened(database, at("2026-10-21 07:00"))
    assert (await stands(office)).overdue == []
    await office.time_is(at("2026-10-22 12:00"))
    assert (await stands(office)).overdue


async def test_it_tells_a_hire_how_much_of_what_is_overdue_is_theirs(database: Database) -> None:
    office = await opened(database)
    await office.time_is(at("2026-10-21 12:00"))
    standing = await stands(office)
    own = [task for task in standing.overdue if task.by == "hire"]
    assert 0 < len(own) < len(standing.overdue)
    shown = words(cards.at_home(standing))
    assert f"{len(standing.overdue)} overdue ({len(own)} of them yours)" in shown
    await tick(office, "MARI", *(task.title for task in own))
    assert "overdue (none of them yours)" in words(cards.at_home(await stands(office)))


async def test_it_names_on_a_saturday_nothing_that_was_named_on_friday(database: Database) -> None:
    office = await opened(database)
    async with office.database.write() as session:
        (await session.get_one(Person, "CAM")).hours = "mon-sat 9-17"
    await office.time_is(at("2026-10-24 12:00"))
    friday, saturday = [await boxes_of(office, "CAM", date(2026, 10, day)) for day in (23, 24)]
    assert any("Look back on the first week" in title for title in friday), friday
    assert not any("Look back on the first week" in title for title in saturday)


async def test_it_lets_only_those_tick_whose_task_it_is(database: Database) -> None:
    office = await opened(database)
    with pytest.raises(NotYourTask):
        await tick(office, "BO", "Set your working hours")
    with pytest.raises(NotYourTask):
        await tick(office, "MARI", "Make the accounts")
    await tick(office, "MARI", "Set your working hours")
    await tick(office, "WEB", "Make the accounts")
    await tick(office, "BO", "Say hello")
    await tick(office, "CAM", "Sign in everywhere")
    done = [(task.title.split()[0], task.done_by) for task in (await stands(office)).tasks if task.done_at]
    assert sorted(done) == [("Make", "WEB"), ("Say", "BO"), ("Set", "MARI"), ("Sign", "CAM")]


async def test_it_gives_tasks_of_a_department_nobody_leads_to_the_manager(database: Database) -> None:
    office = await opened(database)
    async with office.database.read() as session:
        web, cam = [await session.get_one(Person, one) for one in ("WEB", "CAM")]
        now, day = office.clock.now(), date(2026, 10, 19)
        of_web = await checklist.duties(session, web, day, now, now)
        of_cam = await checklist.duties(session, cam, day, now, now)
    assert [task.by for duty in of_web for task in duty.tasks] == ["department:web"]
    assert {task.by for duty in of_cam for task in duty.tasks} == {
        "manager", "department:finance", "department:marketing",
    }  # fmt: skip


async def test_it_leads_nobody_through_two_plans_at_once(database: Database) -> None:
    office = await opened(database)

    async def again() -> None:
        async with office.database.write() as session:
            await begin(session, office, "WEB")

    results = await asyncio.gather(again(), again(), return_exceptions=True)
    assert sum(isinstance(one, IntegrityError) for one in results) == 1
    async with office.database.read() as session:
        wrong = await leading.mistakes(
            session,
            Order("MARI", "general", date(2026, 10, 19), "CAM", "MARI"),
            ["general"],
            date(2026, 10, 19),
        )
    assert set(wrong) == {"person", "buddy"}


async def test_it_sends_each_morning_once_among_replicas(database: Database) -> None:
    office = await opened(database)
    other = Heartbeat(database, office.clock, ERRANDS, [])
    office.clock.set(at("2026-10-19 09:00", "Europe/Lisbon"))
    await asyncio.gather(*(one.knock() for _ in range(3) for one in (office.heartbeat, other)))
    mornings = [text for who, text in await office.posts() if who == "MARI" and "Your day" in text]
    assert len(mornings) == 1


async def test_it_asks_the_approver_once_whatever_slack_sends_twice(database: Database) -> None:
    office = await opened(database, at("2026-10-19 10:00"))
    async with database.write() as session:
        nora = await session.get_one(Person, "NORA")
        nora.is_admin = True
    await office.add(somebody("INES"))
    for _time in range(2):
        async with database.write() as session:
            await telling.joined(session, await session.get_one(Person, "INES"), [], office.clock.now())
    asked = [who for who, text in await office.posts() if "*Ines* has joined" in text]
    assert asked == ["NORA"]


async def test_it_finds_an_answer_that_was_kept_by_the_words_of_its_question(database: Database) -> None:
    office = await opened(database)
    now = office.clock.now()
    async with database.write() as session:
        mari, bo = [await session.get_one(Person, one) for one in ("MARI", "BO")]
        await telling.ask(session, mari, bo, "Where is the kiln?", now)
    async with database.write() as session:
        question = await store.lock_question(session, 1)
        guide.answer(question, "In the yard.", bo, now)
        guide.keep(session, question, "The kiln", bo, now)
    async with database.read() as session:
        assert (await session.get_one(Question, 1)).answer == "In the yard."
        (kept,) = await store.kept_chapters(session)
        chapters = guide.chapters([], None, [kept], {}, "")
    assert guide.search("where do I find a kiln", chapters)[0].title == "The kiln"


async def test_it_fills_numbers_of_hires_when_the_shop_fills_in_a_blank(database: Database) -> None:
    office = await opened(database)
    blank = "share of visitors who sign up for the newsletter today, in percent"
    async with database.write() as session:
        nora = await session.get_one(Person, "NORA")
        await guide.fill(session, {blank: "2,5 %"}, nora, office.clock.now())
        await objectives.fill_from_blanks(session, await store.filled(session))
    async with database.read() as session:
        first = (await store.objectives(session, 1))[0]
        assert first.baseline == 2.5
        assert first.target is None
        assert (await people.audit_log(session))[0].act == "onboarding.filled"


async def test_it_finishes_after_the_last_day_and_says_so_once(database: Database) -> None:
    office = await opened(database)
    last = (await stands(office)).timetable.on(62)
    await office.time_is(at(f"{last} 23:00", "Europe/Lisbon"))
    assert (await stands(office)).hire.state == "active"
    await office.time_is(at(f"{last} 23:00", "Europe/Lisbon") + timedelta(days=7))
    assert (await stands(office)).hire.state == "finished"
    over = sorted(who for who, text in await office.posts() if "is over" in text)
    assert over == ["CAM", "MARI"]


async def test_it_gives_no_figures_of_small_groups(database: Database) -> None:
    office = await opened(database)
    now = office.clock.now()
    async with database.read() as session:
        total, parts = await figures.of_everybody(session, now)
    assert (total.hires, parts) == (1, {})
    async with database.write() as session:
        await people.keep(session, [somebody(f"H{number}") for number in range(6)])
        for number in range(4):
            await begin(session, office, f"H{number}")
        for number in (4, 5):
            nora = await session.get_one(Person, "NORA")
            order = Order(f"H{number}", "general", date(2026, 10, 19), "CAM", None)
            await leading.start(session, order, plans.load().plans["general"], nora, now)
    async with database.read() as session:
        total, parts = await figures.of_everybody(session, now)
        tasks = (await session.execute(select(Task).where(Task.hire_id == 1))).scalars().all()
    # Five marketers would do, but two others could be told from the whole.
    assert total.hires == 7
    assert parts == {}
    assert len(tasks) == 34


async def test_it_clears_nobodys_box_that_was_not_seen_ticked(database: Database) -> None:
    office = await opened(database)
    async with database.write() as session:
        first, second, *_ = (task for task in await store.tasks(session, 1) if task.by == "hire")
        both, now = [first.id, second.id], office.clock.now()
        cam, mari = await session.get_one(Person, "CAM"), await session.get_one(Person, "MARI")

        # Both look at the same boxes, none of them ticked; each ticks one.
        await checklist.tick(session, cam, both, [first.id], now)
        await checklist.tick(session, mari, both, [second.id], now)
        assert [bool(one.done_at) for one in (first, second)] == [True, True]

        # What is drawn as ticked can be cleared by whoever may tick it, and one's own tick at once.
        await checklist.tick(session, mari, both, [], now, before=[first.id])
        assert [bool(one.done_at) for one in (first, second)] == [False, False]
