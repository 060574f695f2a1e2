"""First light: a supplier's mail reaches the team, and the answer goes back."""

from tests.journeys.shop import Shop


async def test_it_brings_a_suppliers_mail_to_the_team_and_the_answer_back(shop: Shop) -> None:
    lucia, tom = shop.outside("Lucia"), shop.person("Tom")
    await lucia.writes(
        "Ritardo lotto 12", "Buongiorno,\nil lotto 12 arriva lunedì.\n\nCordiali saluti\nLucia"
    )

    await tom.goes_to("#suppliers")
    card = await tom.sees("Ritardo lotto 12")
    assert "il lotto 12 arriva lunedì" in card
    assert "Cordiali saluti" not in card
    assert "Italian" in card
    assert "Waiting for us" in card

    await tom.presses("Reply")
    await tom.fills("Your answer", "Thank you, Monday is fine.")
    await tom.submits()
    shown = await tom.sees("This is the mail as it leaves")
    assert "Thank you, Monday is fine." in shown
    assert "ufficio@tessile-brina.example" in shown
    await tom.submits()

    mail = await lucia.receives("Monday is fine")
    assert mail["subject"] == "Re: Ritardo lotto 12"
    assert mail["in_reply_to"]
    assert "> il lotto 12 arriva lunedì." in mail["text"]
    await tom.sees("Answered by *Tom*")
    await tom.opens_thread("Ritardo lotto 12")
    await tom.sees("✓ Sent")
