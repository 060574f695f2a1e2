"""Several people: each has a Home, unreads and drafts of their own, and hears of the others' messages."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.patience import until
from tests.workspace_page.desk import Desk, actions, button, message, say

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def become(page: Page, name: str) -> None:
    await page.locator(".persona").click()
    await page.get_by_role("menuitem", name=re.compile(f"^{name}")).click()
    await expect(page.locator(".persona__name")).to_have_text(name)


async def test_it_opens_for_somebody_when_nobody_was_chosen(desk: Desk) -> None:
    page = await desk.sit_down("", "")

    await expect(page.locator(".persona__name")).to_have_text("Nora")
    await expect(page.get_by_role("heading", name="general")).to_be_visible()


async def test_it_keeps_two_peoples_homes_apart(desk: Desk) -> None:
    mine = await desk.sit_down(desk.person("Nora"), "app/home")
    theirs = await desk.sit_down(desk.person("Tom"), "app/home")

    view = {"type": "home", "blocks": actions(button("Only for Nora", "mine"))}
    await desk.client.views_publish(user_id=desk.person("Nora"), view=view)

    await expect(mine.get_by_role("button", name="Only for Nora")).to_be_visible()
    await expect(theirs.get_by_text("has not set up a Home for you yet")).to_be_visible()


async def test_it_keeps_unread_marks_apart(desk: Desk) -> None:
    general = desk.channel("general")
    mine = await desk.sit_down(desk.person("Nora"), desk.channel("suppliers"))
    theirs = await desk.sit_down(desk.person("Tom"), desk.channel("suppliers"))
    await desk.post("general", "The boat is late")

    entry = f'.nav-item[data-id="{general}"]'
    await expect(theirs.locator(entry)).to_have_class(re.compile("is-unread"))
    await mine.locator(entry).click()
    await expect(message(mine, "The boat is late")).to_be_visible()

    await expect(mine.locator(entry)).not_to_have_class(re.compile("is-unread"))
    await expect(theirs.locator(entry)).to_have_class(re.compile("is-unread"))


async def test_it_keeps_each_persons_draft_in_one_window(desk: Desk) -> None:
    page = await desk.sit_down(desk.person("Nora"), desk.channel("general"))
    await page.locator(".stage .composer__text").fill("Nora is still writing")

    await become(page, "Tom")
    await expect(page.locator(".stage .composer__text")).to_have_value("")
    await become(page, "Nora")

    await expect(page.locator(".stage .composer__text")).to_have_value("Nora is still writing")


async def test_it_leaves_a_channel_that_somebody_else_does_not_see(desk: Desk) -> None:
    page = await desk.sit_down(desk.person("Nora"), desk.channel("logistics"))

    await become(page, "Ola Berg")
    await expect(page.get_by_role("heading", name="marketing")).to_be_visible()
    await expect(page.locator(".toast")).to_have_count(0)
    await page.goto(f"{desk.slack.url}/archives/{desk.channel('logistics')}")

    await expect(page.locator(".toast", has_text="not yours to see")).to_be_visible()


async def test_it_tells_of_a_direct_message_to_one_of_the_others(desk: Desk) -> None:
    page = await desk.sit_down(desk.person("Nora"), desk.channel("general"))
    await expect(page.locator(".pane__title")).to_be_visible()
    await until(lambda: desk.slack.pages.listens(desk.person("Tom")))

    direct = await desk.client.conversations_open(users=desk.person("Tom"))
    await desk.client.chat_postMessage(channel=direct["channel"]["id"], text="Tom, the glaze is here")

    toast = page.locator(".toast", has_text="For Tom: Switchboard")
    await expect(toast).to_contain_text("the glaze is here")
    await toast.locator(".toast__body").click()
    await expect(page.locator(".persona__name")).to_have_text("Tom")
    await expect(message(page, "the glaze is here")).to_be_visible()


async def test_it_shows_who_somebody_is_and_opens_a_direct_message(desk: Desk) -> None:
    tom = await desk.sit_down(desk.person("Tom"), desk.channel("general"))
    await say(tom, "Morning")
    page = await desk.sit_down(desk.person("Nora"), desk.channel("general"))

    await message(page, "Morning").get_by_role("button", name="Tom", exact=True).click()
    await expect(page.locator(".profile")).to_contain_text("Tom Okafor")
    await expect(page.locator(".profile")).to_contain_text("Buyer")
    await page.get_by_role("button", name="Message", exact=True).click()
    await expect(page.get_by_placeholder("Message Tom")).to_be_visible()
    await say(page, "Only for you")

    await expect(tom.locator(".toast", has_text="Only for you")).to_be_visible()


async def test_it_shows_a_guest_their_own_channels_only(desk: Desk) -> None:
    page = await desk.sit_down(desk.person("Ola"), "")

    await expect(page.locator(".nav-item", has_text="marketing")).to_be_visible()
    await expect(page.locator(".nav-item", has_text="logistics")).to_have_count(0)


async def test_it_lets_somebody_new_join_and_be_played(desk: Desk) -> None:
    page = await desk.sit_down(desk.person("Nora"), desk.channel("general"))

    await page.locator(".persona").click()
    await page.get_by_role("menuitem", name="Somebody new joins").click()
    await page.get_by_label("Name").fill("Ines Duarte")
    async with page.expect_response("**/control/hire"):
        await page.get_by_role("button", name="Let them join").click()

    await become(page, "Ines")
    await expect(page.locator(".nav-item", has_text="general")).to_be_visible()


async def test_it_makes_a_channel_and_adds_somebody(desk: Desk) -> None:
    page = await desk.sit_down(desk.person("Nora"), desk.channel("general"))
    theirs = await desk.sit_down(desk.person("Sam"), desk.channel("general"))

    await page.get_by_role("button", name="Create a channel").click()
    await page.get_by_label("Name").fill("kiln-two")
    await page.get_by_label("Private").check()
    await page.get_by_role("button", name="Create", exact=True).click()
    await expect(page.get_by_role("heading", name="kiln-two")).to_be_visible()
    await expect(theirs.locator(".nav-item", has_text="kiln-two")).to_have_count(0)
    await page.get_by_role("button", name="Channel settings").click()
    await page.get_by_role("menuitem", name="Add somebody").click()
    await page.get_by_role("menuitem", name="Sam").click()

    await expect(theirs.locator(".nav-item", has_text="kiln-two")).to_be_visible()


async def test_it_pins_a_message_for_everybody(desk: Desk) -> None:
    await desk.post("general", "Opening hours")
    page = await desk.sit_down(desk.person("Nora"), desk.channel("general"))
    theirs = await desk.sit_down(desk.person("Tom"), desk.channel("general"))

    await message(page, "Opening hours").hover()
    await message(page, "Opening hours").get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Pin to channel").click()

    await expect(message(theirs, "Opening hours")).to_contain_text("Pinned")
    await theirs.get_by_role("button", name="Pinned messages").click()
    await expect(theirs.get_by_role("menuitem", name="Opening hours")).to_be_visible()


async def test_it_lets_one_be_away_and_undisturbed(desk: Desk) -> None:
    page = await desk.sit_down(desk.person("Nora"), desk.channel("general"))
    await page.locator(".persona").click()
    await page.get_by_role("menuitem", name="Set yourself as away").click()
    await expect(page.locator(".persona .avatar__presence")).to_have_class(re.compile("is-away"))
    assert (await desk.client.users_getPresence(user=desk.person("Nora")))["presence"] == "away"

    await page.locator(".persona").click()
    await page.get_by_role("menuitem", name="Pause notifications").click()
    await expect(page.locator(".persona__time")).to_contain_text("Notifications paused")
    tom = await desk.sit_down(desk.person("Tom"), desk.channel("support"))
    await say(tom, "@Nora are you there?")
    await expect(page.locator(f'.nav-item[data-id="{desk.channel("support")}"] .count')).to_have_text("1")
    await expect(page.locator(".toast")).to_have_count(0)

    await page.locator(".persona").click()
    await page.get_by_role("menuitem", name="Resume notifications").click()
    await expect(page.locator(".persona__time")).not_to_contain_text("paused")
    await say(tom, "@Nora now?")
    await expect(page.locator(".toast", has_text="now?")).to_be_visible()


async def test_it_closes_a_channel_that_an_admin_deletes(desk: Desk) -> None:
    tom = await desk.sit_down(desk.person("Tom"), desk.channel("support"))
    page = await desk.sit_down(desk.person("Nora"), desk.channel("support"))
    await page.get_by_role("button", name="Channel settings").click()
    await page.get_by_role("menuitem", name="Delete the channel").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    await expect(page.locator(".nav-item", has_text="support")).to_have_count(0)
    await expect(tom.locator(".nav-item", has_text="support")).to_have_count(0)
