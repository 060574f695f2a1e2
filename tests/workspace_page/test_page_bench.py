"""The workbench: the clock and what it fires, the inspector, faults, snapshots, and the bot's switch."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Page, expect
from slack_bolt.async_app import AsyncAck
from slack_sdk.errors import SlackApiError

from tests.workspace_page.desk import Desk, actions, button, message, say

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def bench(page: Page, tab: str) -> None:
    await page.locator(".sidebar__foot").get_by_role("button", name=tab).click()
    await expect(page.get_by_role("tabpanel", name=tab)).to_be_visible()


async def test_it_pauses_the_clock_and_moves_it(desk: Desk) -> None:
    page = await desk.sit_down(desk.person("Nora"), desk.channel("general"))
    clock = page.get_by_role("group", name="Business time")

    await clock.get_by_role("button", name="Pause the clock").click()
    await expect(clock).to_contain_text("paused")
    before = desk.slack.clock.now()
    await clock.get_by_role("button", name="Go to Monday, 09:00").click()
    await expect(clock).to_contain_text(re.compile(r"09:00\s*Mon"))
    await clock.get_by_role("button", name="One hour on").click()
    await expect(clock).to_contain_text(re.compile(r"10:00\s*Mon"))

    assert desk.slack.clock.now() - before <= timedelta(days=8)
    await clock.get_by_role("button", name="Let the clock run").click()
    await expect(clock).not_to_contain_text("paused")


async def test_it_lists_what_came_due_on_the_way(desk: Desk) -> None:
    due = int(desk.slack.clock.now().timestamp()) + 1800
    await desk.client.chat_scheduleMessage(
        channel=desk.channel("general"), post_at=due, text="The kiln has cooled"
    )
    page = await desk.sit_down(desk.person("Nora"), desk.channel("general"))

    await page.locator(".clock__time").click()
    await expect(page.get_by_label("What happened")).to_contain_text("#general: The kiln has cooled")
    await page.locator(".clock__time").click()

    await page.get_by_role("button", name="One hour on").click()
    await expect(message(page, "The kiln has cooled")).to_be_visible()
    await page.get_by_role("button", name=re.compile("thing.* happened")).click()

    await expect(page.get_by_label("What happened")).to_contain_text("wrote in #general: The kiln has cooled")


async def test_it_shows_the_whole_story_of_a_click(desk: Desk) -> None:
    @desk.app.action("press")
    async def press(ack: AsyncAck) -> None:
        await ack()
        await desk.client.chat_postMessage(channel=desk.channel("general"), text="Pressed, thank you")

    await desk.post("general", "A card", blocks=actions(button("Press", "press")))
    page = await desk.sit_down(desk.person("Nora"), desk.channel("general"))
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await bench(page, "Inspector")
    await page.get_by_role("button", name="Press", exact=True).click()
    await expect(message(page, "Pressed, thank you")).to_be_visible()

    await page.get_by_label("Filter what happened").fill("press")
    await page.locator(".trace", has_text="press").first.click()
    spans = page.locator(".spans")
    await expect(spans).to_contain_text("block_actions")
    await expect(spans).to_contain_text("chat.postMessage")
    await expect(spans.locator(".is-ack").first).to_be_visible()
    await expect(spans.locator(".span__time").first).to_contain_text("ms")

    await page.get_by_role("button", name="Copy as JSON").click()
    await expect(page.get_by_role("button", name="Copied")).to_be_visible()
    story: dict[str, Any] = json.loads(await page.evaluate("() => navigator.clipboard.readText()"))
    assert story["kind"] == "act"
    await page.get_by_role("button", name="Copy as pytest").click()
    await page.wait_for_function(
        "async () => (await navigator.clipboard.readText()).includes('def test_it_')"
    )

    await page.get_by_label("Filter what happened").fill("nothing of the kind")
    await expect(page.locator(".trace")).to_have_count(0)


async def test_it_lets_a_call_fail_on_request(desk: Desk) -> None:
    page = await desk.sit_down(desk.person("Nora"), desk.channel("general"))
    await bench(page, "Faults")

    await page.get_by_label("Error", exact=True).fill("is_archived")
    await page.get_by_role("button", name="Let it happen").click()
    await expect(page.locator(".fault")).to_contain_text("chat.postMessage · is_archived")

    with pytest.raises(SlackApiError) as failure:
        await desk.client.chat_postMessage(channel=desk.channel("general"), text="Refused")
    assert failure.value.response["error"] == "is_archived"
    await expect(page.locator(".fault")).to_have_count(0)
    await desk.client.chat_postMessage(channel=desk.channel("general"), text="Taken again")
    await expect(message(page, "Taken again")).to_be_visible()


async def test_it_takes_a_fault_back(desk: Desk) -> None:
    page = await desk.sit_down(desk.person("Nora"), desk.channel("general"))
    await bench(page, "Faults")

    await page.get_by_label("What goes wrong").select_option("ratelimited")
    await page.get_by_role("button", name="Let it happen").click()
    await expect(page.locator(".benches .count")).to_have_text("1")
    await page.get_by_role("button", name="Take this fault back").click()

    await expect(page.get_by_text("All is well.")).to_be_visible()
    await desk.post("general", "Nothing went wrong")
    await expect(message(page, "Nothing went wrong")).to_be_visible()


async def test_it_puts_a_snapshot_back(desk: Desk) -> None:
    page = await desk.sit_down(desk.person("Nora"), desk.channel("general"))
    await say(page, "Before")
    await expect(message(page, "Before")).to_be_visible()
    await bench(page, "Snapshots")
    await page.get_by_label("Name").fill("a quiet day")
    await page.get_by_role("button", name="Keep a snapshot").click()
    await expect(page.locator(".fault", has_text="a quiet day")).to_be_visible()
    await say(page, "After")
    await expect(message(page, "After")).to_be_visible()

    await page.get_by_role("button", name="Put back").click()
    await page.locator("dialog").get_by_role("button", name="Put back").click()

    await expect(message(page, "After")).to_have_count(0)
    await expect(message(page, "Before")).to_be_visible()


async def test_it_kills_the_bot_and_starts_it_again(desk: Desk) -> None:
    page = await desk.sit_down(desk.person("Nora"), desk.channel("general"))
    state = page.locator(".bot")
    await expect(state).to_contain_text("is connected")

    await page.get_by_role("button", name="Kill bot").click()
    await expect(state).to_contain_text("is stopped")
    await page.get_by_role("button", name="Start bot").click()

    await expect(state).to_contain_text("is connected")
