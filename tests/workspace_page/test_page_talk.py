"""Talking: sending, threads, reactions, editing, drafts, unread marks, people side by side."""

import re

import pytest
from playwright.async_api import Route, expect

from tests.workspace_page.desk import Desk, message, say

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_it_shows_what_one_says_to_everybody_who_looks(desk: Desk) -> None:
    general = desk.channel("general")
    first, second = list(desk.slack.world.users)[:2]
    mine = await desk.sit_down(first, general)
    theirs = await desk.sit_down(second, general)

    await say(mine, "The kiln is *open* again :tada:")

    shown = message(theirs, "The kiln is open again")
    await expect(shown).to_be_visible()
    await expect(shown.locator("strong")).to_have_text("open")
    await expect(shown.locator(".emoji")).to_have_text("🎉")
    await expect(message(mine, "The kiln is open again")).to_have_count(1)


async def test_it_makes_a_new_line_with_shift_and_enter(desk: Desk) -> None:
    page = await desk.sit_down(next(iter(desk.slack.world.users)), desk.channel("general"))
    composer = page.locator(".stage .composer__text")

    await composer.fill("one")
    await composer.press("Shift+Enter")
    await composer.press_sequentially("two")
    await composer.press("Enter")

    await expect(page.locator(".message__text", has_text=re.compile(r"^one\ntwo$"))).to_be_visible()


async def test_it_answers_in_a_thread_and_counts_the_replies(desk: Desk) -> None:
    await desk.post("general", "Who takes the lorry?")
    page = await desk.sit_down(next(iter(desk.slack.world.users)), desk.channel("general"))

    await message(page, "Who takes the lorry?").hover()
    await message(page, "Who takes the lorry?").get_by_role("button", name="Reply in thread").click()
    await say(page, "I do", within=".extra")
    await say(page, "At nine", within=".extra")

    await expect(page.locator(".extra .message", has_text="At nine")).to_be_visible()
    await expect(page.locator(".stage .thread-line")).to_contain_text("2 replies")
    await page.locator(".extra .composer__text").press("Escape")
    await expect(page.locator(".extra")).to_be_hidden()


async def test_it_toggles_ones_own_reaction(desk: Desk) -> None:
    await desk.post("general", "Lunch?")
    page = await desk.sit_down(next(iter(desk.slack.world.users)), desk.channel("general"))
    lunch = message(page, "Lunch?")

    await lunch.hover()
    await lunch.get_by_role("button", name="Add a reaction").click()
    await page.get_by_placeholder("Search emoji").fill("tada")
    await page.get_by_placeholder("Search emoji").press("Enter")

    pill = lunch.locator(".reaction.is-mine")
    await expect(pill).to_contain_text("1")
    await pill.click()
    await expect(lunch.locator(".reactions")).to_have_count(0)


async def test_it_edits_and_deletes_ones_own_message(desk: Desk) -> None:
    page = await desk.sit_down(next(iter(desk.slack.world.users)), desk.channel("general"))
    await say(page, "Fryday it is & <fine>")
    await expect(message(page, "Fryday it is & <fine>")).to_be_visible()

    await page.locator(".stage .composer__text").press("ArrowUp")
    editor = page.get_by_label("Edit message")
    await expect(editor).to_have_value("Fryday it is & <fine>")
    await editor.fill("Friday it is")
    await editor.press("Enter")
    await expect(message(page, "Friday it is")).to_contain_text("(edited)")

    await message(page, "Friday it is").hover()
    await message(page, "Friday it is").get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Delete message").click()
    await page.get_by_role("button", name="Delete", exact=True).click()
    await expect(message(page, "Friday it is")).to_have_count(0)


async def test_it_marks_what_is_unread_and_tells_of_mentions(desk: Desk) -> None:
    me, other = list(desk.slack.world.users)[:2]
    page = await desk.sit_down(me, desk.channel("general"))
    theirs = await desk.sit_down(other, desk.channel("logistics"))

    name = desk.slack.world.users[me]["name"]
    await say(theirs, f"@{name} the boat is late")

    entry = page.locator(f'.nav-item[data-id="{desk.channel("logistics")}"]')
    await expect(entry).to_have_class(re.compile("is-unread"))
    await expect(entry.locator(".count")).to_have_text("1")
    await page.locator(".toast", has_text="the boat is late").locator(".toast__body").click()
    await expect(message(page, "the boat is late").locator(".mention--me")).to_be_visible()
    await expect(entry).not_to_have_class(re.compile("is-unread"))


async def test_it_keeps_the_draft_of_each_channel(desk: Desk) -> None:
    page = await desk.sit_down(next(iter(desk.slack.world.users)), desk.channel("general"))

    await page.locator(".stage .composer__text").fill("not yet")
    await page.locator(f'.nav-item[data-id="{desk.channel("logistics")}"]').click()
    await expect(page.get_by_placeholder("Message #logistics")).to_have_value("")
    await expect(page.get_by_title("A draft stands here")).to_have_count(1)
    await page.locator(f'.nav-item[data-id="{desk.channel("general")}"]').click()

    await expect(page.get_by_placeholder("Message #general")).to_have_value("not yet")


async def test_it_completes_names_while_one_types(desk: Desk) -> None:
    me, other = list(desk.slack.world.users)[:2]
    page = await desk.sit_down(me, desk.channel("general"))
    user = desk.slack.world.users[other]
    composer = page.locator(".stage .composer__text")

    await composer.press_sequentially(f"Ask @{user['name'][:4]}")
    await expect(page.locator(".offer").first).to_contain_text(user["real_name"].split()[0])
    await composer.press("Tab")
    await composer.press_sequentially("please")
    await composer.press("Enter")

    await expect(message(page, "please").locator(".mention")).to_have_attribute("data-user", other)


async def test_it_mentions_everybody_here_and_a_group(desk: Desk) -> None:
    group = next(iter(desk.slack.world.usergroups.values()))
    page = await desk.sit_down(desk.person("Nora"), desk.channel("general"))

    await say(page, f"@here and @{group['handle']}. Also @nora.lindqvist.")

    sent = message(page, "Also @Nora")
    await expect(sent.locator(".mention")).to_have_text(["@here", f"@{group['handle']}", "@Nora"])


async def test_it_loads_older_messages_when_one_scrolls_up(desk: Desk) -> None:
    channel = desk.channel("general")
    me = next(iter(desk.slack.world.users))
    for number in range(70):
        desk.slack.room.post(
            channel, {**desk.slack.room.person_author(me), "text": f"Parcel number {number:02}"}
        )
    page = await desk.sit_down(me, channel)
    await expect(message(page, "Parcel number 69")).to_be_visible()
    await expect(message(page, "Parcel number 05")).to_have_count(0)

    await page.locator(".feed__scroller").evaluate("(node) => { node.scrollTop = 0; }")

    await expect(message(page, "Parcel number 05")).to_have_count(1)
    await page.get_by_role("button", name="Jump to newest").click()
    await expect(message(page, "Parcel number 69")).to_be_in_viewport()


async def test_it_opens_a_permalink_at_its_message(desk: Desk) -> None:
    ts = await desk.post("general", "Remember this one")
    await desk.post("general", "And not this")

    page = await desk.sit_down(next(iter(desk.slack.world.users)), f"{desk.channel('general')}/at/{ts}")

    await expect(page.locator(".message.is-target")).to_contain_text("Remember this one")


async def test_it_finds_messages_and_goes_to_them(desk: Desk) -> None:
    card = {"type": "section", "text": {"type": "mrkdwn", "text": "The celadon glaze is new"}}
    await desk.post("general", "A card", blocks=[card])
    page = await desk.sit_down(next(iter(desk.slack.world.users)), desk.channel("logistics"))

    await page.get_by_label("Search messages").fill("celadon")
    await page.get_by_label("Search messages").press("Enter")
    await page.locator(".result", has_text="celadon glaze").first.click()

    await expect(page.locator(".message.is-target")).to_contain_text("celadon glaze")


async def test_it_jumps_anywhere_with_the_keyboard(desk: Desk) -> None:
    page = await desk.sit_down(next(iter(desk.slack.world.users)), desk.channel("general"))

    await page.keyboard.press("Control+k")
    await page.get_by_label("Jump to a channel or person").fill("logi")
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("heading", name="logistics")).to_be_visible()


async def test_it_comes_back_after_the_stream_was_lost(desk: Desk) -> None:
    page = await desk.sit_down(next(iter(desk.slack.world.users)), desk.channel("general"))
    await page.wait_for_function("() => document.querySelector('.connection').hidden")

    await page.context.set_offline(offline=True)
    await desk.slack.drop_streams()
    await expect(page.get_by_text("Reconnecting…")).to_be_visible()
    await desk.post("general", "Said while you were away")
    await page.context.set_offline(offline=False)

    await expect(message(page, "Said while you were away")).to_be_visible()
    await expect(page.get_by_text("Reconnecting…")).to_be_hidden()


async def test_it_loses_no_message_that_arrives_while_it_reads(desk: Desk) -> None:
    page = await desk.sit_down(desk.person("Nora"), desk.channel("suppliers"))
    await desk.post("general", "Said before")

    async def late(route: Route) -> None:
        answer = await route.fetch()
        await desk.post("general", "Said meanwhile")
        await page.wait_for_function(HEARD, arg="Said meanwhile")
        await route.fulfill(response=answer)

    await page.route("**/control/messages?*", late, times=1)
    await page.locator(f'.nav-item[data-id="{desk.channel("general")}"]').click()

    await expect(message(page, "Said before")).to_be_visible()
    await expect(message(page, "Said meanwhile")).to_be_visible()


HEARD = "async (text) => (await import('/static/store.js')).store.latest?.message.text === text"


async def test_it_shows_one_pane_at_a_time_on_a_phone(desk: Desk) -> None:
    page = await desk.sit_down(next(iter(desk.slack.world.users)), "", width=390, height=800, has_touch=True)
    await expect(page.locator(".sidebar")).to_be_visible()
    await expect(page.locator(".stage")).to_be_hidden()

    await page.locator(f'.nav-item[data-id="{desk.channel("general")}"]').tap()
    await expect(page.locator(".stage")).to_be_visible()
    await expect(page.locator(".sidebar")).to_be_hidden()
    await page.get_by_role("button", name="Back to conversations").tap()

    await expect(page.locator(".sidebar")).to_be_visible()


async def test_it_opens_the_links_of_messages_in_the_page(desk: Desk) -> None:
    root = await desk.post("general", "The question")
    reply = await desk.post("general", "The answer in the thread", thread_ts=root)
    link = (await desk.client.chat_getPermalink(channel=desk.channel("general"), message_ts=reply))[
        "permalink"
    ]
    await desk.post("suppliers", f"See <{link}|over there>")
    page = await desk.sit_down(desk.person("Nora"), desk.channel("suppliers"))

    await page.get_by_role("link", name="over there").click()

    await expect(page.get_by_role("heading", name="general")).to_be_visible()
    await expect(page.locator(".extra .message.is-target")).to_contain_text("The answer in the thread")


async def test_it_copies_a_link_that_opens_when_it_is_pasted_into_a_message(desk: Desk) -> None:
    await desk.post("suppliers", "The one that matters")
    page = await desk.sit_down(desk.person("Nora"), desk.channel("suppliers"))
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    await message(page, "The one that matters").hover()
    await message(page, "The one that matters").get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Copy link").click()
    await page.locator(f'.nav-item[data-id="{desk.channel("general")}"]').click()
    await page.get_by_placeholder("Message #general").focus()
    await page.keyboard.press("Control+v")
    await page.keyboard.press("Enter")
    await page.locator(".message .link").click()

    await expect(page.locator(".message.is-target")).to_contain_text("The one that matters")


async def test_it_opens_a_link_that_is_pasted_as_an_address(desk: Desk) -> None:
    ts = await desk.post("general", "Remember this one")
    link = (await desk.client.chat_getPermalink(channel=desk.channel("general"), message_ts=ts))["permalink"]
    page = await desk.sit_down(desk.person("Nora"), desk.channel("suppliers"))

    await page.goto(str(link))

    await expect(page.locator(".message.is-target")).to_contain_text("Remember this one")


async def test_it_finds_the_thread_of_a_linked_reply(desk: Desk) -> None:
    root = await desk.post("general", "The question")
    reply = await desk.post("general", "The answer in the thread", thread_ts=root)

    page = await desk.sit_down(desk.person("Nora"), desk.channel("suppliers"))
    await page.goto(f"{desk.slack.url}/archives/{desk.channel('general')}/p{reply.replace('.', '')}")

    await expect(page.locator(".extra .message.is-target")).to_contain_text("The answer in the thread")


async def test_it_completes_channels_and_emoji(desk: Desk) -> None:
    page = await desk.sit_down(desk.person("Nora"), desk.channel("general"))
    composer = page.locator(".stage .composer__text")

    await composer.press_sequentially("To #logi")
    await expect(page.locator(".offer").first).to_contain_text("logistics")
    await composer.press("Enter")
    await composer.press_sequentially(":tad")
    await composer.press("Tab")
    await composer.press("Enter")

    sent = page.locator(".message__text", has_text="To #logistics")
    await expect(sent.locator(".emoji")).to_have_text("🎉")
    await sent.locator("a.mention").click()
    await expect(page.get_by_role("heading", name="logistics")).to_be_visible()


async def test_it_sends_a_reply_to_the_channel_too(desk: Desk) -> None:
    root = await desk.client.chat_postMessage(channel=desk.channel("general"), text="Lunch?")
    page = await desk.sit_down(desk.person("Nora"), f"{desk.channel('general')}/thread/{root['ts']}")
    thread = page.get_by_role("region", name="Thread")

    await thread.get_by_label("Also send to #general").check()
    await thread.get_by_placeholder("Reply").fill("At noon, everybody")
    await page.keyboard.press("Enter")

    inside = page.locator(".stage .message", has_text="At noon, everybody")
    await expect(inside.locator(".message__broadcast")).to_be_visible()
    await expect(thread.locator(".message", has_text="At noon, everybody")).to_be_visible()
    await expect(thread.get_by_label("Also send to #general")).not_to_be_checked()
