"""What is shown: mrkdwn as Slack shows it, hostile text, usable blocks, files, keyboard, colours."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from tests.workspace_page.desk import Desk, actions, button, message, plain

pytestmark = pytest.mark.asyncio(loop_scope="session")

# What was written, and how Slack shows it.
MRKDWN = {
    "*bold* _it_ ~gone~ `code`": "<strong>bold</strong> <em>it</em> <del>gone</del> <code>code</code>",
    "*not bold * and snake_case_name": "*not bold * and snake_case_name",
    "2 * 3 * 4": "2 * 3 * 4",
    "*_both_*": "<strong><em>both</em></strong>",
    "&gt; quoted\nnot": "<blockquote>quoted</blockquote>not",
    "&gt;&gt;&gt; all\nof it": "<blockquote>all\nof it</blockquote>",
    "```*as it is*```": "<pre>*as it is*</pre>",
    "a &amp;lt; b &lt;c&gt;": "a &amp;lt; b &lt;c&gt;",
    "`<https://a.example|words>`": "<code>words</code>",
    "<!date^0^{date_num}|once>": '<time title="once">1970-01-01</time>',
    "<!subteam^S0|@crew>": '<span class="mention">@crew</span>',
}
RENDER = """async (text) => {
    const { render } = await import('/static/mrkdwn.js');
    const { context } = await import('/static/people.js');
    const holder = document.createElement('div');
    holder.append(...render(text, context()));
    return holder.innerHTML;
}"""


async def test_it_shows_mrkdwn_as_slack_does(desk: Desk) -> None:
    page = await desk.sit_down(desk.person("Tom"), desk.channel("general"))

    shown = {text: await page.evaluate(RENDER, text) for text in MRKDWN}

    assert shown == MRKDWN


async def test_it_never_makes_markup_or_scripts_of_what_somebody_wrote(desk: Desk) -> None:
    hostile = "<img src=x onerror=alert(1)> <javascript:alert(1)|click> <b>not bold</b>"
    await desk.post("general", hostile)
    rich = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [
        {"type": "link", "url": "javascript:alert(1)", "text": "click"},
        {"type": "text", "text": "<script>alert(1)</script>"}]}]}  # fmt: skip
    await desk.post(
        "general", "hostile too", blocks=[rich, {"type": "markdown", "text": "[x](javascript:alert)"}]
    )
    page = await desk.sit_down(desk.person("Tom"), desk.channel("general"))
    await expect(page.get_by_text("<script>alert(1)</script>")).to_be_visible()

    assert await page.locator(".feed img, .feed script, .feed b").count() == 0
    hrefs = await page.locator(".feed a").evaluate_all("(links) => links.map((link) => link.href)")
    assert not [href for href in hrefs if href.startswith("javascript:")]


async def test_it_allows_nothing_inline_and_nothing_from_elsewhere(desk: Desk) -> None:
    page = await desk.sit_down(desk.person("Tom"), desk.channel("general"))
    answer = await page.request.get(desk.slack.url)
    policy = answer.headers["content-security-policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert await page.locator("script:not([src]), style, [onclick]").count() == 0


async def test_it_sorts_a_data_table_and_turns_its_pages(desk: Desk) -> None:
    rows = [[{"type": "raw_text", "text": "Order"}, {"type": "raw_text", "text": "Pieces"}]]
    rows += [
        [{"type": "raw_text", "text": f"#{number}"}, {"type": "raw_number", "value": number * 7}]  # type: ignore[dict-item]
        for number in range(1, 8)
    ]
    await desk.post("general", "orders", blocks=[{"type": "data_table", "caption": "Orders", "rows": rows}])
    page = await desk.sit_down(desk.person("Tom"), desk.channel("general"))
    first = page.locator(".data-table tbody tr").first

    await expect(first).to_contain_text("#1")
    await page.get_by_role("button", name="Next").click()
    await expect(first).to_contain_text("#6")
    await page.get_by_role("button", name="Pieces").click()
    await page.get_by_role("button", name="Pieces").click()

    await expect(first).to_contain_text("#7")


async def test_it_uses_context_actions(desk: Desk) -> None:
    pressed: list[dict[str, Any]] = []

    @desk.app.action("opinion")
    async def opinion(ack: Any, action: dict[str, Any]) -> None:
        pressed.append(action)
        await ack()

    feedback = {
        "type": "feedback_buttons",
        "action_id": "opinion",
        "positive_button": {"text": plain("Good"), "value": "yes"},
        "negative_button": {"text": plain("Bad"), "value": "no"},
    }
    await desk.post("general", "How was it?", blocks=[{"type": "context_actions", "elements": [feedback]}])
    page = await desk.sit_down(desk.person("Tom"), desk.channel("general"))
    async with page.expect_response("**/control/act"):
        await page.get_by_role("button", name="Bad").click()

    assert [one["value"] for one in pressed] == ["no"]


async def test_it_shares_a_text_file_and_looks_into_it(desk: Desk, tmp_path: Path) -> None:
    prices = tmp_path / "prices.csv"
    prices.write_text("item,price\nvase,12\n", encoding="utf-8")
    page = await desk.sit_down(desk.person("Tom"), desk.channel("general"))

    await page.locator(".stage .composer input[type=file]").set_input_files(prices)
    await expect(page.locator(".file-chip")).to_contain_text("prices.csv")
    await page.get_by_role("button", name="Send", exact=True).click()
    await page.get_by_role("button", name="Look at prices.csv").click()

    await expect(page.locator(".preview__text")).to_contain_text("vase,12")
    await page.keyboard.press("Escape")
    await expect(page.locator(".preview")).to_have_count(0)


async def test_it_reaches_a_message_and_its_actions_by_keyboard(desk: Desk) -> None:
    await desk.post("general", "First")
    await desk.post("general", "Second")
    page = await desk.sit_down(desk.person("Tom"), desk.channel("general"))
    await expect(message(page, "Second")).to_be_visible()

    await page.get_by_role("log", name="Messages").focus()
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowUp")
    await expect(message(page, "First")).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")

    tool = message(page, "First").get_by_role("button", name="Add a reaction")
    await expect(tool).to_be_focused()
    assert await tool.evaluate("(node) => getComputedStyle(node).outlineStyle") == "solid"


async def test_it_names_every_control(desk: Desk) -> None:
    await desk.post("general", "A card", blocks=actions(button("Press", "press")))
    page = await desk.sit_down(desk.person("Tom"), desk.channel("general"))
    await expect(page.get_by_role("button", name="Press", exact=True)).to_be_visible()
    for tab in ("Inspector", "Faults", "Snapshots"):
        await page.locator(".benches").get_by_role("button", name=tab).click()

        assert await page.evaluate(NAMELESS) == []


NAMELESS = """() => [...document.querySelectorAll('button, input, textarea, select, a[href]')]
    .filter((node) => node.type !== 'file')
    .filter((node) => !(node.ariaLabel || node.textContent.trim() || node.labels?.length))
    .map((node) => node.outerHTML.slice(0, 120))"""


async def test_it_is_dark_when_the_system_is_and_turns_light_on_request(desk: Desk) -> None:
    page = await desk.sit_down(desk.person("Tom"), desk.channel("general"), color_scheme="dark")
    brightness = "() => Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])"

    assert await page.evaluate(brightness) < 60
    await page.get_by_role("button", name="Switch to light colours").click()
    assert await page.evaluate(brightness) > 200
    await page.reload()
    await page.wait_for_selector(".sidebar__head")
    assert await page.evaluate(brightness) > 200
