"""Modals at work: every input, choices from the app while one types, views on views."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect
from slack_bolt.async_app import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from tests.workspace_page.desk import Desk, actions, button, plain

pytestmark = pytest.mark.asyncio(loop_scope="session")


def field(label: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "input", "block_id": label, "label": plain(label), "optional": True, **more,
            "element": {"action_id": "it", **element}}  # fmt: skip


def choices(*words: str) -> list[dict[str, Any]]:
    return [{"text": plain(word), "value": word.lower()} for word in words]


def modal(title: str, *blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "modal", "callback_id": "form", "title": plain(title), "submit": plain("Send"),
            "blocks": list(blocks), **more}  # fmt: skip


async def opened(desk: Desk, view: dict[str, Any]) -> Page:
    @desk.app.action("open")
    async def open_it(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=view)
        await ack()

    await desk.post("general", "A card", blocks=actions(button("Open", "open")))
    page = await desk.sit_down(desk.person("Nora"), desk.channel("general"))
    await page.get_by_role("button", name="Open", exact=True).click()
    await expect(page.locator(".modal")).to_be_visible()
    return page


async def test_it_sends_every_kind_of_input(desk: Desk) -> None:
    sent: list[dict[str, Any]] = []

    @desk.app.view("form")
    async def form(ack: AsyncAck, view: dict[str, Any]) -> None:
        values = view["state"]["values"]
        sent.append({name: next(iter(value.values())) for name, value in values.items()})
        await ack()

    page = await opened(desk, modal(
        "All",
        field("Words", {"type": "plain_text_input", "multiline": True}),
        field("Number", {"type": "number_input", "is_decimal_allowed": False}),
        field("Mail", {"type": "email_text_input"}),
        field("Link", {"type": "url_text_input"}),
        field("Day", {"type": "datepicker"}),
        field("Time", {"type": "timepicker"}),
        field("Moment", {"type": "datetimepicker"}),
        field("One", {"type": "radio_buttons", "options": choices("Letter", "WeChat")}),
        field("Some", {"type": "checkboxes", "options": choices("Copy", "Reminder")}),
        field("Way", {"type": "static_select", "options": choices("Ship", "Plane")}),
        field("People", {"type": "multi_users_select"}),
        field("Where", {"type": "conversations_select"}),
        field("Rich", {"type": "rich_text_input"}),
    ))  # fmt: skip
    for label, words in {"Words": "two\nlines", "Number": "12", "Mail": "a@b.example", "Rich": "rich",
                         "Link": "https://a.example", "Day": "2026-12-01", "Time": "09:30",
                         "Moment": "2026-12-01T10:00"}.items():  # fmt: skip
        await page.get_by_label(label, exact=True).fill(words)
    await page.get_by_label("WeChat").check()
    await page.get_by_label("Copy").check()
    await page.get_by_role("combobox", name="Way").click()
    await page.locator(".picker__option", has_text="Plane").click()
    await page.get_by_role("combobox", name="People").click()
    await page.locator(".picker__option", has_text="Buyer").click()
    await page.locator(".picker__option", has_text="Warehouse").click()
    await page.keyboard.press("Escape")
    await page.get_by_role("combobox", name="Where").click()
    await page.locator(".picker__option", has_text="#logistics").click()
    await page.get_by_role("button", name="Send", exact=True).last.click()

    await expect(page.locator(".modal")).to_be_hidden()
    found = sent[0]
    assert found["Words"]["value"] == "two\nlines"
    assert (found["Number"]["value"], found["Mail"]["value"]) == ("12", "a@b.example")
    assert found["Link"]["value"] == "https://a.example"
    assert (found["Day"]["selected_date"], found["Time"]["selected_time"]) == ("2026-12-01", "09:30")
    assert found["Moment"]["selected_date_time"] == 1796115600  # ten o'clock in Stockholm
    assert found["One"]["selected_option"]["value"] == "wechat"
    assert [one["value"] for one in found["Some"]["selected_options"]] == ["copy"]
    assert found["Way"]["selected_option"]["value"] == "plane"
    assert found["People"]["selected_users"] == [desk.person("Tom"), desk.person("Sam")]
    assert found["Where"]["selected_conversation"] == desk.channel("logistics")
    assert found["Rich"]["rich_text_value"]["elements"][0]["elements"][0]["text"] == "rich"


async def test_it_sends_a_file_that_the_app_can_fetch(desk: Desk, tmp_path: Path) -> None:
    sent: list[dict[str, Any]] = []

    @desk.app.view("form")
    async def form(ack: AsyncAck, view: dict[str, Any]) -> None:
        sent.extend(view["state"]["values"]["Papers"]["it"]["files"])
        await ack()

    papers = tmp_path / "customs.txt"
    papers.write_text("two crates", encoding="utf-8")
    page = await opened(desk, modal("Papers", field("Papers", {"type": "file_input", "filetypes": ["txt"]})))
    await page.locator(".modal input[type=file]").set_input_files(papers)
    await expect(page.locator(".file-chip")).to_contain_text("customs.txt")
    await page.get_by_role("button", name="Send", exact=True).last.click()

    await expect(page.locator(".modal")).to_be_hidden()
    found = await desk.client.files_info(file=sent[0]["id"])
    assert found["file"]["name"] == "customs.txt"
    assert desk.slack.world.contents[sent[0]["id"]] == b"two crates"


async def test_it_asks_the_app_for_choices_while_one_types(desk: Desk) -> None:
    sent: list[str] = []

    @desk.app.options("it")
    async def offer(ack: AsyncAck, payload: dict[str, Any]) -> None:
        await ack(options=choices(f"{payload['value']} bowls", f"{payload['value']} plates"))

    @desk.app.view("form")
    async def form(ack: AsyncAck, view: dict[str, Any]) -> None:
        sent.append(view["state"]["values"]["Order"]["it"]["selected_option"]["value"])
        await ack()

    element = {"type": "external_select", "min_query_length": 2, "placeholder": plain("Which")}
    page = await opened(desk, modal("Orders", field("Order", element)))
    await page.get_by_role("combobox", name="Order").click()
    await expect(page.get_by_text("Type at least 2 letters.")).to_be_visible()
    await page.keyboard.type("40")
    await page.locator(".picker__option", has_text="40 plates").click()
    await page.get_by_role("button", name="Send", exact=True).last.click()

    await expect(page.locator(".modal")).to_be_hidden()
    assert sent == ["40 plates"]


async def test_it_lays_views_on_views_and_closes_them_all(desk: Desk) -> None:
    closed: list[bool] = []

    @desk.app.view("form")
    async def push(ack: AsyncAck) -> None:
        second = modal("Second", field("More", {"type": "plain_text_input"}), callback_id="second",
                       notify_on_close=True)  # fmt: skip
        await ack(response_action="push", view=second)

    @desk.app.view_closed("second")
    async def gone(ack: AsyncAck, body: dict[str, Any]) -> None:
        closed.append(body["is_cleared"])
        await ack()

    page = await opened(desk, modal("First", field("Words", {"type": "plain_text_input"})))
    await page.get_by_label("Words").fill("kept below")
    title = page.locator(".modal__title")

    await page.get_by_role("button", name="Send", exact=True).last.click()
    await expect(title).to_have_text("Second")
    await page.get_by_role("button", name="Back", exact=True).click()
    await expect(title).to_have_text("First")
    await expect(page.get_by_label("Words")).to_have_value("kept below")
    await page.get_by_role("button", name="Send", exact=True).last.click()
    await expect(title).to_have_text("Second")
    async with page.expect_response("**/control/close"):
        await page.get_by_role("button", name="Close", exact=True).click()

    await expect(page.locator(".modal")).to_be_hidden()
    assert closed == [False, True]
