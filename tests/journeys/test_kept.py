"""What is not kept any more leaves buttons and open windows behind: they say so, and take nothing along."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select

from bot.letters import messages as letters
from bot.people import permissions
from bot.people import store as people
from bot.people.model import Person
from bot.people.permissions import Standing
from bot.services import Services
from bot.storage import triggers
from bot.storage.schedule import ScheduleRow
from bot.storage.triggers import Trigger
from bot.suppliers import messages as suppliers
from bot.suppliers.model import Conversation
from bot.triage import messages as triage
from bot.triage.model import Ticket
from handlers import guard
from handlers.routes import Request
from jobs import upkeep
from tests.journeys.shop import Shop, built
from tests.journeys.test_first_light import answer
from tests.journeys.test_triage import ask
from tests.journeys.test_words import _reads as reads

SAID = "This is not kept any more. Nothing was changed. What is over and done goes after 400 days"


@pytest.fixture(params=[400])
def days(request: pytest.FixtureRequest) -> int:
    """For how long the shop keeps what is over; 0: for ever."""
    return int(request.param)


@pytest_asyncio.fixture
async def shop(database_url: str, tmp_path: Path, days: int) -> AsyncIterator[Shop]:
    async with built(database_url, tmp_path, hold_seconds=1, keep_mail_days=days) as made, made.open():
        yield made


async def years_pass(shop: Shop) -> None:
    """Let go what is over, as the upkeep would in years."""
    assert shop.services
    later = shop.services.clock.now() + timedelta(days=500)
    errand = upkeep.errand(upkeep.keeping(shop.settings.model_copy(update={"keep_mail_days": 400})))
    async with shop.services.database.write() as session:
        await errand(session, ScheduleRow(key=upkeep.KEY, kind=upkeep.KIND, due=later), later)


async def is_gone(shop: Shop, table: type[Conversation | Ticket], number: int = 1) -> bool:
    assert shop.services
    async with shop.services.database.read() as session:
        return number not in (await session.execute(select(table.id))).scalars().all()


async def correspond(shop: Shop) -> None:
    """Let two things be over between us and a supplier; the newer one stays whatever happens."""
    lucia, tom = shop.outside("Lucia"), await shop.person("Tom").goes_to("#suppliers")
    for subject in ("Lotto 12", "Fattura 80"):
        await lucia.writes(subject, f"Vi scrivo di {subject}.")
        await answer(tom, f"Thank you for {subject}.", on=f"Vi scrivo di {subject}")
        await lucia.receives(f"Thank you for {subject}")
    await shop.slack.is_quiet()


async def test_it_says_at_the_buttons_of_a_card_that_its_matter_is_not_kept(shop: Shop) -> None:
    await correspond(shop)
    await years_pass(shop)
    assert await is_gone(shop, Conversation)
    tom = await shop.person("Tom").goes_to("#suppliers")
    await tom.presses("Reply", on="Lotto 12")
    await tom.sees(SAID)
    # What stays works as ever.
    await tom.presses("Reply", on="Fattura 80")
    await tom.fills("Your answer", "One more thing.")


async def test_it_leaves_what_was_written_in_a_window_that_outlived_its_matter(shop: Shop) -> None:
    await correspond(shop)
    tom = await shop.person("Tom").goes_to("#suppliers")
    await tom.presses("Internal note", on="Lotto 12")
    await tom.fills("Note", "Lucia said that they move to Prato in May.")
    await years_pass(shop)
    assert await is_gone(shop, Conversation)
    [(label, sentence)] = (await tom.submits()).items()
    assert label == "Note"
    assert sentence.startswith(SAID)
    assert "they move to Prato" in str((await tom._get("views"))["stack"][-1]["values"])


async def test_it_says_in_a_window_where_nothing_was_written_that_its_matter_is_not_kept(shop: Shop) -> None:
    await correspond(shop)
    tom = await shop.person("Tom").goes_to("#suppliers")
    await tom.presses("Assign", on="Lotto 12")
    await tom.fills("Who takes care of it?", "Tom")
    await years_pass(shop)
    await tom.submits()
    await tom.sees(SAID)


@pytest.mark.parametrize("label", ["Open again", "Full history"])
async def test_it_says_at_the_buttons_of_a_customers_card_that_the_ticket_is_not_kept(
    shop: Shop, label: str
) -> None:
    diego = await shop.person("Diego").goes_to("#support")
    for subject in ("Parcel one", "Parcel two"):
        await ask(shop, subject=subject)
        await answer(diego, f"On its way: {subject}", on=subject)
        await shop.outside("Harriet").receives(f"On its way: {subject}")
    await diego.presses("Close", on="Parcel one")
    await diego.submits()
    await diego.sees("Closed by *Diego*")
    await shop.slack.is_quiet()
    await years_pass(shop)
    assert await is_gone(shop, Ticket)
    await diego.presses(label, on="Parcel one")
    await diego.sees(SAID)


@pytest.mark.parametrize("days", [0], indirect=True)
async def test_it_names_no_days_where_all_is_kept(shop: Shop) -> None:
    await correspond(shop)
    await years_pass(shop)  # as if the setting had been another for a while
    tom = await shop.person("Tom").goes_to("#suppliers")
    await tom.presses("Reply", on="Lotto 12")
    assert "days" not in await tom.sees("This is not kept any more. Nothing was changed.")


async def test_it_says_it_in_the_language_of_who_pressed(shop: Shop) -> None:
    await correspond(shop)
    await years_pass(shop)
    await reads(shop, "Tom", "zh")
    tom = await shop.person("Tom").goes_to("#suppliers")
    await tom.presses("Reply", on="Lotto 12")
    await tom.sees("400")
    await tom.does_not_see("not kept any more")


NEVER = 10**6
ACTIONS = [
    *((name, f"{desk}:{NEVER}") for desk in ("suppliers", "triage") for name in (
        letters.REPLY, letters.SEND_AS_REPLY, letters.SEND_AGAIN, letters.CANCEL, letters.SEND_NOW,
        letters.FULL_MAIL,
    )),
    *((name, str(NEVER)) for name in (
        triage.UNDO, triage.SHOW, triage.HISTORY, triage.CLOSE, triage.REOPEN, triage.BRING_BACK,
        triage.ASK_SUPPLIER, suppliers.ADD_STRAY, suppliers.REFUSE_STRAY, suppliers.BRING_BACK,
        suppliers.SHOW_STRAY,
    )),
    (triage.TAKE, f"{NEVER}:"), (suppliers.ADD_TO, f"{NEVER}:1"),
    (triage.CATEGORY, f"{NEVER}:complaint"), (triage.MORE, f"{NEVER}:priority"),
]  # fmt: skip


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_it_says_it_at_every_button_in_every_area(shop: Shop) -> None:
    assert shop.services
    tom = await shop.person("Tom").id()
    said = {}
    for name, value in ACTIONS:
        body = {
            "user": {"id": tom},
            "trigger_id": f"{name}:{value}",
            "actions": [{"action_id": name, "value": value, "selected_option": {"value": value}}],
        }
        person, standing, trigger = await _of(shop.services, tom, body["trigger_id"])
        request = Request("action", name, body, person, shop.services, trigger, standing)
        said[name, value] = await guard.attempt(request)
    assert {one for one, sentence in said.items() if not str(sentence).startswith(SAID)} == set()


async def _of(services: Services, user_id: str, trigger_id: str) -> tuple[Person, Standing, Trigger]:
    async with services.database.read() as session:
        person = await people.get(session, user_id)
        assert person
        standing = await permissions.standing(session, person, services.settings.admins)
    return person, standing, triggers.of_interaction(services.database, trigger_id)
