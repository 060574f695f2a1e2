"""Who may do what."""

import pytest

from bot.people import permissions, store
from bot.people.model import Department, Person
from bot.people.permissions import Rank
from bot.storage.database import Database
from tests.people.office import somebody

NAMED = ["nora@SHOP.example", "U0BOSS"]


async def department(database: Database, lead_id: str) -> int:
    async with database.write() as session:
        one = Department(slug="logistics", name="Logistics", lead_id=lead_id, aim="retention")
        session.add(one)
        await session.flush()
        return one.id


async def rank(database: Database, person: Person) -> Rank:
    async with database.write() as session:
        await store.keep(session, [person])
        kept = await session.get_one(Person, person.id)
        return (await permissions.standing(session, kept, NAMED)).rank


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        (somebody("NORA"), Rank.ADMIN),
        (somebody("U0BOSS"), Rank.ADMIN),
        (somebody("EVE", is_admin=True), Rank.ADMIN),
        (somebody("TOM"), Rank.LEAD),
        (somebody("SAM"), Rank.MEMBER),
        (somebody("OLA", is_guest=True), Rank.NOBODY),
        (somebody("OLA", is_guest=True, is_welcome=True), Rank.MEMBER),
        (somebody("NORA", is_guest=True, is_welcome=True, is_admin=True), Rank.MEMBER),
        (somebody("ING", is_stranger=True, is_admin=True, is_welcome=True), Rank.NOBODY),
        (somebody("NORA", is_gone=True), Rank.NOBODY),
        (somebody("BOT", is_bot=True), Rank.NOBODY),
    ],
)
async def test_it_knows_what_somebody_is(database: Database, person: Person, expected: Rank) -> None:
    await department(database, "TOM")
    assert await rank(database, person) == expected


async def test_it_lets_a_lead_decide_for_their_own_department_only(database: Database) -> None:
    mine = await department(database, "TOM")
    async with database.write() as session:
        await store.keep(session, [somebody("TOM"), somebody("NORA")])
        tom = await permissions.standing(session, await session.get_one(Person, "TOM"), NAMED)
        nora = await permissions.standing(session, await session.get_one(Person, "NORA"), NAMED)
    assert tom.leads_department(mine)
    assert not tom.leads_department(mine + 1)
    assert not tom.leads_department(None)
    assert nora.leads_department(mine + 1)
    assert nora.leads_department(None)


async def test_it_names_who_can_when_it_refuses(database: Database) -> None:
    await department(database, "TOM")
    async with database.write() as session:
        await store.keep(session, [somebody("TOM"), somebody("NORA"), somebody("SAM")])
        assert await permissions.who_can(session, Rank.ADMIN, NAMED) == "Nora"
        assert await permissions.who_can(session, Rank.LEAD, NAMED) == "Tom, Nora"
        assert await permissions.who_can(session, Rank.ADMIN, []) == ""


async def test_it_keeps_what_was_decided_here_when_slack_tells_of_a_person_again(database: Database) -> None:
    async with database.write() as session:
        await store.keep(session, [somebody("TOM", is_admin=True, own_zone="Asia/Tokyo", skills=["kilns"])])
    async with database.write() as session:
        await store.keep(session, [somebody("TOM", name="Thomas", slack_zone="Europe/Paris")])
    async with database.read() as session:
        tom = await session.get_one(Person, "TOM")
    assert (tom.name, tom.is_admin, tom.zone, tom.skills) == ("Thomas", True, "Asia/Tokyo", ["kilns"])
