"""Every ticket's card shows all that was written with its customer, from our own store."""

from sqlalchemy import select

from bot.services import Services
from bot.triage import history
from bot.triage.model import Ticket
from tests.journeys.shop import Shop
from tests.journeys.test_first_light import answer


async def test_it_shows_what_was_written_in_all_tickets_of_a_customer_and_of_nobody_else(shop: Shop) -> None:
    harriet, diego = shop.outside("Harriet"), shop.person("Diego")
    await harriet.writes("Where is my parcel?", "Hello, I ordered two weeks ago. Where is my parcel?")
    await diego.goes_to("#support")
    await diego.sees("Where is my parcel?")
    await answer(diego, "It is at your post office.", on="Where is my parcel?")
    await harriet.receives("post office")
    await shop.outside("Jonas").writes("A secret of Jonas", "My bowl broke, what can I do about it?")
    await diego.sees("A secret of Jonas")
    await harriet.writes("The blue vase", "Another question: do you still have the blue vase?")

    await diego.presses("Full history", on="The blue vase")
    seen = await diego.sees("blue vase?")
    assert seen.index("blue vase?") < seen.index("It is at your post office.")
    assert seen.index("It is at your post office.") < seen.index("I ordered two weeks ago.")
    assert "My bowl broke" not in seen
    await diego.closes()

    await diego.presses("Close", on="The blue vase")
    await diego.submits()
    await diego.sees("Closed by *Diego*")
    await diego.presses("Full history", on="The blue vase")
    await diego.sees("It is at your post office.")


async def test_it_takes_customers_without_an_address_for_different_ones(shop: Shop) -> None:
    diego = await shop.person("Diego").goes_to("#support")
    for text in ("A customer at the counter wants a red bowl", "Somebody called about the kiln"):
        await diego.runs("/triage new")
        await diego.fills("What does your customer say?", text)
        await diego.submits()
        await diego.sees(text)
    assert isinstance(shop.services, Services)
    async with shop.services.database.read() as session:
        found = [
            [one.text for one in (await history.of(session, ticket))[0]]
            for ticket in (await session.execute(select(Ticket).order_by(Ticket.id))).scalars()
        ]
    assert found == [["A customer at the counter wants a red bowl"], ["Somebody called about the kiln"]]
