"""Everybody is spoken to in their own language; what stands in a channel, in the shop's."""

from bot.people.model import Person
from tests.journeys.shop import Shop


async def _reads(shop: Shop, name: str, language: str) -> None:
    assert shop.services is not None
    person_id = await shop.person(name).id()
    async with shop.services.database.write() as session:
        (await session.get_one(Person, person_id)).own_language = language


async def test_it_answers_commands_and_refusals_in_german(shop: Shop) -> None:
    await _reads(shop, "Tom", "de")
    tom = await shop.person("Tom").goes_to("@Switchboard")
    await tom.runs("/supplier help")
    help_ = await tom.sees("zeigt alle Lieferanten und was auf uns wartet")
    assert "/supplier add" in help_
    await tom.runs("/supplier nobody")
    await tom.sees("Einen Lieferanten „nobody“ gibt es nicht.")
    await tom.runs("/switchboard audit")
    await tom.sees("Das kann nur ein Admin: Nora.")
    await tom.runs("/supplier huang ceramics")
    assert "schreibt auf Chinesisch" in await tom.sees("mei.huang@huang-ceramics.example")


async def test_it_draws_home_in_chinese(shop: Shop) -> None:
    await _reads(shop, "Tom", "zh")
    tom = await shop.person("Tom").goes_to("home")
    shown = await tom.sees("没有等你处理的事。☕")
    assert "我和你说中文" in shown
    assert "Nothing waits for you" not in shown


async def test_it_speaks_german_in_windows_and_english_in_the_channel(shop: Shop) -> None:
    await _reads(shop, "Tom", "de")
    await shop.outside("Lucia").writes("Campioni", "I campioni sono pronti.")
    tom = await shop.person("Tom").goes_to("#suppliers")
    await tom.presses("Reply", on="I campioni sono pronti.")
    await tom.fills("Deine Antwort", "Thank you, Lucia.")
    await tom.submits()
    assert "*Sprache* 🇬🇧 Englisch; sie lesen 🇮🇹 Italienisch" in await tom.sees("So geht die Mail raus.")
    await tom.submits()
    await tom.presses("Assign", on="Campioni")
    await tom.submits()
    card = await tom.sees("*Tom* takes care of it")
    assert "Show full mail" in card
    await tom.opens_thread("Campioni")
    await tom.sees("*Tom* answered")
    await tom.sees("takes care of this (assigned by Tom)")
