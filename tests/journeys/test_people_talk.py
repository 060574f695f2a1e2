"""Writing to the bot does what commands do."""

from datetime import timedelta

from tests.journeys.shop import Shop


async def test_it_does_in_a_direct_message_what_commands_do(shop: Shop) -> None:
    tom = await shop.person("Tom").goes_to("@Switchboard")
    await tom.says("I'm away until friday")
    await tom.sees("You are away from now")
    await tom.says("people")
    assert "🌴 away" in await tom.sees("Tom ⭐ · Buyer")
    await tom.says("I am back")
    await tom.sees("Welcome back")
    await tom.says("supplier huang ceramics")
    await tom.sees("mei.huang@huang-ceramics.example")


async def test_it_says_what_it_can_do_and_which_word_may_be_meant(shop: Shop) -> None:
    tom = await shop.person("Tom").goes_to("@Switchboard")
    await tom.says("setings")
    shown = await tom.sees("I did not understand that")
    assert "Did you mean settings?" in shown.replace("*", "")
    assert "/supplier add" in shown
    assert "/switchboard audit" not in shown
    nora = await shop.person("Nora").goes_to("@Switchboard")
    await nora.says("help")
    assert "/switchboard audit" in await nora.sees("/supplier add")


async def test_it_opens_a_window_by_a_click(shop: Shop) -> None:
    tom = await shop.person("Tom").goes_to("@Switchboard")
    await tom.says("away")
    await tom.presses("Open", on="needs a window")
    await tom.sees("First day away")
    await tom.fills("First day away", "2030-01-07")
    await tom.fills("Last day away", "2030-01-04")
    assert "before it starts" in (await tom.submits())["Last day away"]


async def test_it_answers_a_mention_only_to_whoever_asked(shop: Shop) -> None:
    tom = await shop.person("Tom").goes_to("#suppliers")
    nora = await shop.person("Nora").goes_to("#suppliers")
    bot = shop.workspace.world.app["bot_user_id"]
    await tom.says(f"<@{bot}> settings")
    await tom.sees("one message a working day")
    await nora.does_not_see("one message a working day")


async def test_it_takes_no_sentence_for_an_order(shop: Shop) -> None:
    tom = await shop.person("Tom").goes_to("@Switchboard")
    await tom.says("back in a moment, the kettle boils")
    await tom.sees("I did not understand that")
    await shop.slack.advance(timedelta(minutes=1))


async def test_it_undoes_an_order_that_cannot_be_done_and_says_why(shop: Shop) -> None:
    tom = await shop.person("Tom").goes_to("@Switchboard")
    await tom.says("/switchboard away until 31 feb")
    await tom.sees("is not a time I understand")
    await tom.says("away 2020-01-01")
    await tom.sees("An absence that is over changes nothing")
