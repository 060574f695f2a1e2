"""A guest and a stranger are refused everywhere, and what needs a rank is refused to those without it."""

from datetime import UTC, datetime
from typing import Any, cast

import pytest

from bot import app
from bot.clock import MovableClock
from bot.people.model import Department, Person
from bot.people.permissions import Rank, standing
from bot.services import Services
from bot.settings import Settings
from bot.storage.database import Collision, Database
from bot.storage.triggers import Trigger
from handlers import guard
from handlers.routes import TABLE, Request, Route
from tests.people.office import somebody

ROUTED = app.ROUTED
EVERYTHING = sorted(key for key in TABLE if key[0] != "event")
NOBODIES = {
    "guest": somebody("OLA", is_guest=True),
    "stranger": somebody("ING", is_stranger=True),
    "unknown": guard.unknown_person("U0NEW"),
    "gone": somebody("EVE", is_gone=True),
    "bot": somebody("BOT", is_bot=True),
    "guest admin": somebody("OLA", is_guest=True, is_admin=True),
    "strange admin": somebody("ING", is_stranger=True, is_admin=True, is_welcome=True),
}


class Untouchable:
    """Stands for whatever a refused request must not reach."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"a refused request reached {name}")


async def attempt(database: Database, person: Person, key: tuple[str, str], services: Any) -> str | None:
    async with database.read() as session:
        rank = await standing(session, person, ["lead@shop.example"])
    kind, name = key
    trigger = cast("Trigger", Untouchable())
    return await guard.attempt(Request(kind, name, {}, person, services, trigger, rank))


@pytest.mark.parametrize("who", NOBODIES)
async def test_it_refuses_them_every_command_click_and_window(database: Database, who: str) -> None:
    assert len(EVERYTHING) > 40
    for key in EVERYTHING:
        assert await attempt(database, NOBODIES[who], key, Untouchable()) == guard.REFUSED, key


async def test_it_refuses_members_what_leads_and_admins_do_and_says_who_can(database: Database) -> None:
    async with database.write() as session:
        session.add_all([somebody("TOM"), somebody("SAM"), somebody("NORA", is_admin=True)])
        session.add(Department(slug="web", name="Web", lead_id="TOM", aim="product"))
    clock = MovableClock(datetime(2026, 11, 23, tzinfo=UTC), running=False)
    services = Services(
        **{name: Untouchable() for name in Services.__dataclass_fields__}
        | {"settings": Settings(admins=[]), "clock": clock, "database": database}
    )
    needed = {key: TABLE[key].needs for key in EVERYTHING if TABLE[key].needs > Rank.MEMBER}
    assert needed
    for person_id, rank in (("SAM", Rank.MEMBER), ("TOM", Rank.LEAD)):
        async with database.read() as session:
            person = await session.get_one(Person, person_id)
        for key in (key for key, needs in needed.items() if needs > rank):
            refusal = str(await attempt(database, person, key, services))
            expected = guard.NEEDS_ADMIN if needed[key] == Rank.ADMIN else guard.NEEDS_LEAD
            who = "Nora" if needed[key] == Rank.ADMIN else "Tom, Nora"
            assert refusal == expected.format(who=who), key


async def test_it_says_how_to_become_an_admin_where_nobody_is(database: Database) -> None:
    services = Services(
        **{name: Untouchable() for name in Services.__dataclass_fields__}
        | {"settings": Settings(admins=[]), "database": database}
    )
    key = next(key for key in EVERYTHING if TABLE[key].needs == Rank.ADMIN)
    assert await attempt(database, somebody("SAM"), key, services) == guard.NO_ADMIN


async def test_it_says_that_somebody_else_was_changing_the_same_thing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def handler(_request: Request) -> None:
        raise Collision

    monkeypatch.setitem(TABLE, ("action", "test.meets"), Route(handler, Rank.MEMBER))
    sentence = await attempt(database, somebody("SAM"), ("action", "test.meets"), Untouchable())
    assert sentence == guard.MET
