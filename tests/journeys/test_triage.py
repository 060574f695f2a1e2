"""Customers' mail: sorted on arrival, taken, answered, put right and closed."""

from tests.journeys.shop import Shop
from tests.journeys.test_first_light import answer


async def test_it_brings_a_customers_mail_to_the_team_and_the_answer_back(shop: Shop) -> None:
    jonas, diego = shop.outside("Jonas"), shop.person("Diego")
    await jonas.writes(
        "Wo ist mein Paket?",
        "Guten Tag,\nmeine Bestellung 48213 ist seit zwei Wochen nicht angekommen. Wo ist mein Paket?\n\n"
        "Mit freundlichen Grüßen\nJonas",
    )
    await diego.goes_to("#support")
    card = await diego.sees("Wo ist mein Paket?")
    assert "German" in card
    assert "48213" in card
    assert "Answer by" in card
    assert "Mit freundlichen" not in card

    await diego.presses("Take")
    await diego.sees("*Diego* takes care of it")
    await answer(diego, "Guten Tag, es kommt morgen an.", on="Wo ist mein Paket?")

    mail = await jonas.receives("es kommt morgen an")
    assert "[#1]" in mail["subject"]
    assert mail["from"].endswith("<support@juniper.example>")
    await diego.sees("It is the customer's turn")
