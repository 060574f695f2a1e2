"""A shop as one YAML file: written, read line by line, compared, and put back as often as one likes."""

from datetime import UTC, datetime

import pytest
import yaml

from bot.people import directory, store
from bot.people.model import Person
from bot.portrait import difference, document, exchange
from bot.portrait.document import NotUnderstood
from bot.storage.database import Database
from bot.suppliers import store as suppliers
from tests.people.office import somebody

NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)
FILE = """
departments:
  logistics:
    lead: NORA@shop.example
    members: [tom@shop.example]
    hours: mon-fri 8-12, 13-17
    country: DE-BY
  returns:
    name: Returns & repairs
    aim: retention
people:
  tom@shop.example:
    role: Buyer
    manager: nora@shop.example
    country: NO
    morning: 08:30
    skills: [kilns, glazes]
suppliers:
  Huang Ceramics:
    owner: tom@shop.example
    language: zh
    zone: Asia/Shanghai
    country: CN
    contacts:
      mei@huang.example: Mei Huang
settings:
  area:standups: true
"""


async def opened(database: Database) -> None:
    async with database.write() as session:
        await store.keep(session, [somebody("NORA"), somebody("TOM"), somebody("BOT", is_bot=True)])
        await directory.ensure_departments(session)


async def bring_in(database: Database, text: str) -> list[difference.Change]:
    async with database.write() as session:
        changes = await exchange.plan(session, text)
        await exchange.apply(session, changes, NOW)
    return changes


async def test_it_takes_a_file_over_and_the_second_time_changes_nothing(database: Database) -> None:
    await opened(database)
    assert await bring_in(database, FILE)
    async with database.read() as session:
        tom = await session.get_one(Person, "TOM")
        logistics = await store.department(session, "logistics")
        returns = await store.department(session, "returns")
        huang = await suppliers.by_name(session, "Huang Ceramics")
        assert (tom.role, tom.manager_id, tom.country, tom.morning) == ("Buyer", "NORA", "NO", "08:30")
        assert tom.skills == ["kilns", "glazes"]
        assert logistics
        assert (logistics.lead_id, logistics.country, logistics.subdivision) == ("NORA", "DE", "BY")
        assert logistics.hours == "Mon-Fri 08:00-12:00, 13:00-17:00"
        assert [one.id for one in await store.members(session, logistics.id)] == ["NORA", "TOM"]
        assert returns
        assert returns.name == "Returns & repairs"
        assert huang
        assert (huang.owner_id, huang.zone) == ("TOM", "Asia/Shanghai")
        assert await store.setting(session, "area:standups") is True
        assert [entry.act for entry in await store.audit_log(session)] == ["import"]

    assert await bring_in(database, FILE) == []
    async with database.read() as session:
        assert len(await store.audit_log(session)) == 1


async def test_it_reads_what_it_writes(database: Database) -> None:
    await opened(database)
    await bring_in(database, FILE)
    async with database.read() as session:
        text = document.write(await exchange.take(session))
    assert await bring_in(database, text) == []
    assert "departments" not in yaml.safe_load(text)["settings"]
    assert "tom@shop.example" in text
    assert "BOT" not in text


async def test_it_carries_a_shop_over_to_another_installation(database: Database) -> None:
    await opened(database)
    await bring_in(database, FILE)
    async with database.read() as session:
        text = document.write(await exchange.take(session))
    async with database.write() as session:
        tom = await session.get_one(Person, "TOM")
        tom.role, tom.skills, tom.manager_id = "", [], None
    changed = await bring_in(database, text)
    assert {(one.name, one.field) for one in changed} == {
        ("tom@shop.example", "role"), ("tom@shop.example", "skills"), ("tom@shop.example", "manager"),
    }  # fmt: skip


async def test_it_leaves_what_a_file_does_not_name_and_empties_what_is_null(database: Database) -> None:
    await opened(database)
    await bring_in(database, FILE)
    await bring_in(database, "people:\n  tom@shop.example:\n    morning: null\n")
    async with database.read() as session:
        tom = await session.get_one(Person, "TOM")
        assert (tom.morning, tom.role) == (None, "Buyer")
        assert await suppliers.by_name(session, "huang ceramics")


async def test_it_adds_contacts_and_takes_none_away(database: Database) -> None:
    await opened(database)
    await bring_in(database, FILE)
    more = "suppliers:\n  huang  ceramics:\n    contacts: {wei@huang.example: Wei}\n"
    assert len(await bring_in(database, more)) == 1
    assert await bring_in(database, more) == []
    async with database.read() as session:
        (huang,) = await suppliers.all_suppliers(session)
        contacts = await suppliers.contacts(session, huang.id)
    assert {one.address for one in contacts} == {"mei@huang.example", "wei@huang.example"}


def test_it_shows_what_would_change() -> None:
    current = {"people": {"tom@a.example": {"role": "Buyer", "skills": ["kilns"]}}}
    wanted = {
        "people": {"tom@a.example": {"role": "Head of buying", "skills": ["kilns"]}},
        "suppliers": {"Huang": {"zone": "Asia/Shanghai"}},
    }
    text = difference.described(difference.between(current, wanted))
    assert "people / tom@a.example" in text
    assert "role: Buyer → Head of buying" in text
    assert "skills" not in text
    assert "suppliers / Huang (new)" in text
    assert "2 changes" in text
    assert "Nothing changes" in difference.described([])


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("people: [1, 2]", 1, "people"),
        ("people:\n  tom@shop.example:\n    rôle: Buyer", 3, "Did you mean “role”?"),
        ("peolpe: {}", 1, "Did you mean “people”?"),
        ("people:\n  eve@shop.example:\n    role: Spy", 2, "Nobody in this workspace"),
        ("people:\n  tom@shop.example:\n    manager: eve@shop.example", 3, "Nobody in this workspace"),
        ("people:\n  tom@shop.example:\n    hours: at dawn", 3, "at dawn"),
        ("people:\n  tom@shop.example:\n    zone: Mars", 3, "time zone"),
        ("people:\n  tom@shop.example:\n    language: tlh", 3, "I speak"),
        ("people:\n  tom@shop.example:\n    admin: maybe", 3, "true or false"),
        ("people:\n  tom@shop.example: {role: a}\n  tom@shop.example: {role: b}", 3, "twice"),
        ("departments:\n  logistics:\n    aim: fame", 3, "product"),
        ("departments:\n  logistics:\n    members: [eve@shop.example]", 3, "Nobody in this workspace"),
        ("suppliers:\n  A:\n    contacts:\n      nonsense: Mei", 3, "not a mail address"),
        ("suppliers:\n  A:\n    country: Italy", 3, "Two letters"),
        ("people:\n\t- x", 2, ""),
        ("a: [", 1, ""),
        ("people:\n  tom@shop.example:\n    role: [a]", 3, "must be a text"),
    ],
)
async def test_it_says_in_which_line_what_is_wrong_and_changes_nothing(
    database: Database, text: str, line: int, words: str
) -> None:
    await opened(database)
    with pytest.raises(NotUnderstood) as refused:
        await bring_in(database, text)
    assert f"line {line}: " in refused.value.sentence
    assert words in refused.value.sentence
    async with database.read() as session:
        assert await store.audit_log(session) == []


async def test_it_says_everything_that_is_wrong_at_once(database: Database) -> None:
    await opened(database)
    text = "people:\n  tom@shop.example:\n    zone: Mars\n    hours: dawn\nfoo: {}\n"
    with pytest.raises(NotUnderstood) as refused:
        await bring_in(database, text)
    assert refused.value.sentence.count("- line") == 3


async def test_it_gives_no_address_to_two_suppliers(database: Database) -> None:
    await opened(database)
    await bring_in(database, FILE)
    text = "suppliers:\n  Other:\n    contacts: {mei@huang.example: Mei}\n"
    with pytest.raises(NotUnderstood, match="already belongs to Huang Ceramics"):
        await bring_in(database, text)
