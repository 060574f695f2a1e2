"""Who may do what, in Slack: guests nothing unless a lead lets them in; admins make admins."""

import pytest

from bot.workspace.driver import Refusal
from tests.journeys.shop import Shop

REFUSED = "Only members of the shop's own team can do this"


async def test_it_does_nothing_for_a_guest_until_a_lead_lets_them_in(shop: Shop) -> None:
    ola = shop.person("Ola")
    with pytest.raises(Refusal):
        await ola.goes_to("home")
    with pytest.raises(Refusal):
        await ola.runs("/switchboard help")
    bot = shop.workspace.world.app["bot_user_id"]
    channel = next(one for one in shop.workspace.world.channels.values() if one["name"] == "marketing")
    camille = await shop.person("Camille").id()
    await shop.slack.post("channel", as_=camille, channel=channel["id"], invite=[bot])
    await ola.goes_to("#marketing")
    await ola.says(f"<@{bot}> supplier huang ceramics")
    await ola.sees(REFUSED)
    assert "huang-ceramics.example" not in await ola.reads()

    nora = await shop.person("Nora").goes_to("@Switchboard")
    await nora.runs("/switchboard people ola")
    await nora.sees("a guest")
    await nora.presses("Let this guest in")
    await nora.sees("a guest who was let in")

    await ola.says(f"<@{bot}> people")
    await ola.sees("Nora ⭐ · Head of logistics")
    await nora.runs("/switchboard audit")
    assert "Nora* let a guest in: Ola" in await nora.sees("Audit log")
    await nora.presses("No longer let in", on="a guest who was let in")
    await shop.slack.is_quiet()
    await ola.says(f"<@{bot}> settings")
    await shop.slack.is_quiet()
    assert (await ola.reads()).count(REFUSED) == 2


async def test_it_tells_people_of_other_companies_nothing(shop: Shop) -> None:
    ingrid = await shop.person("Ingrid").goes_to("#northlight-photos")
    bot = shop.workspace.world.app["bot_user_id"]
    await ingrid.says(f"<@{bot}> help")
    await shop.slack.is_quiet()
    assert "/supplier" not in await ingrid.reads()


async def test_it_lets_admins_make_admins_and_nobody_else(shop: Shop) -> None:
    tom = await shop.person("Tom").goes_to("@Switchboard")
    await tom.runs("/switchboard audit")
    await tom.sees("Only an admin can do this: Nora.")
    await tom.runs("/switchboard people nora")
    assert "admin" not in await tom.sees("Head of logistics")

    nora = await shop.person("Nora").goes_to("@Switchboard")
    await nora.runs("/switchboard people tom")
    await nora.presses("Make an admin")
    await nora.sees("No longer an admin")
    await tom.runs("/switchboard audit")
    await tom.sees("made somebody an admin: Tom")


async def test_it_hears_who_comes_goes_and_returns(shop: Shop) -> None:
    lin = await shop.slack.hires("Lin Zhao", tz="Asia/Shanghai", locale="zh-CN")
    await shop.slack.is_quiet()
    await lin.goes_to("@Switchboard")
    await lin.runs("/switchboard back")
    # Spoken to in the language of their Slack, from the first word on.
    await lin.sees("据我所知，你并没有离开。")
    nora = await shop.person("Nora").goes_to("@Switchboard")
    await nora.runs("/switchboard people lin")
    await nora.sees("Asia/Shanghai")

    user = await lin.id()
    await shop.slack.post("deactivate", user=user)
    await shop.slack.is_quiet()
    await nora.runs("/switchboard people lin")
    await nora.sees("I know nobody of this name")
    shop.workspace.around._people.change(user, {"deleted": False})
    await shop.slack.is_quiet()
    await nora.runs("/switchboard people")
    assert "Lin" in (await nora.reads()).split("I know nobody of this name")[-1]
