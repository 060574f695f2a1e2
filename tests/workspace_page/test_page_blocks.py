"""Every block an app may send is drawn; one that the page does not know is named."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.workspace_page.desk import Desk, button, message, plain

pytestmark = pytest.mark.asyncio(loop_scope="session")


def cell(text: str) -> dict[str, Any]:
    return {"type": "raw_text", "text": text}


def rich(*texts: str) -> dict[str, Any]:
    sections = [{"type": "rich_text_section", "elements": [{"type": "text", "text": text}]} for text in texts]
    return {"type": "rich_text", "elements": sections}


# A block, and what must be seen of it.
BLOCKS: list[tuple[dict[str, Any], str]] = [
    ({"type": "header", "text": plain("A head :tada:")}, "A head 🎉"),
    ({"type": "section", "text": plain("Words"), "fields": [{"type": "mrkdwn", "text": "field *one*"}]},
     "field one"),
    ({"type": "context", "elements": [plain("small print")]}, "small print"),
    ({"type": "divider"}, ""),
    (rich("Rich text"), "Rich text"),
    ({"type": "table", "rows": [[cell("Oldest")], [cell("2 days")]]}, "2 days"),
    ({"type": "markdown", "text": "## Heading\n\n- [x] packed"}, "packed"),
    ({"type": "image", "image_url": "https://example.com/a.png", "alt_text": "A vase"}, "A vase"),
    ({"type": "video", "title": plain("On film"), "video_url": "https://example.com/v",
      "thumbnail_url": "https://example.com/t.png", "alt_text": "film"}, "On film"),
    ({"type": "data_table", "caption": "Orders", "rows": [[cell("Order")], [cell("#4417")]]}, "#4417"),
    ({"type": "data_visualization", "title": "Replies a week", "chart": {
        "type": "bar", "axis_config": {"categories": ["W1", "W2"]},
        "series": [{"name": "In", "data": [{"label": "W1", "value": 3}, {"label": "W2", "value": 5}]}]}},
     "Replies a week"),
    ({"type": "alert", "level": "warning", "text": plain("Mind the glaze")}, "Mind the glaze"),
    ({"type": "card", "title": plain("A bowl"), "body": plain("Celadon"),
      "actions": [button("Order", "order")]}, "Celadon"),
    ({"type": "carousel", "elements": [{"type": "card", "title": plain("First bowl")}]}, "First bowl"),
    ({"type": "container", "title": plain("Inside"), "child_blocks": [
        {"type": "section", "text": plain("within the container")}]}, "within the container"),
    ({"type": "task_card", "task_id": "t1", "title": "Count parcels", "status": "complete",
      "output": rich("two late")}, "two late"),
    ({"type": "plan", "title": "The plan", "tasks": [
        {"type": "task_card", "task_id": "t2", "title": "Write to Mei", "status": "pending"}]}, "0 of 1"),
]  # fmt: skip


async def test_it_shows_every_block(desk: Desk) -> None:
    for number, (block, _) in enumerate(BLOCKS):
        await desk.post("general", f"number {number}", blocks=[block])
    page = await desk.sit_down(desk.person("Nora"), desk.channel("general"))

    for block, words in BLOCKS:
        shown = page.locator(".message", has=page.locator(".block")).filter(has_text=words).first
        await expect(shown, str(block["type"])).to_be_attached()
    assert await page.locator(".block.placeholder").count() == 0
    assert await page.locator(".chart rect").count() == 2


async def test_it_names_a_block_it_does_not_know(desk: Desk) -> None:
    me = desk.person("Nora")
    stranger = {"type": "hologram", "block_id": "h"}
    author = desk.slack.room.person_author(me)
    desk.slack.room.post(desk.channel("general"), {**author, "text": "Look", "blocks": [stranger]})
    page = await desk.sit_down(me, desk.channel("general"))

    await expect(message(page, "“hologram”")).to_contain_text("this page cannot show it")
