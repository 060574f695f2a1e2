"""The outside: suppliers and customers at their mailboxes."""

from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path

import aiohttp
import aiosmtplib
import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Page, expect

from tests.workspace_page.desk import Desk

pytestmark = pytest.mark.asyncio(loop_scope="session")
MEI = "mei.huang@huang-ceramics.example"
HARRIET = "harriet.cole@mailbox.example"


async def send(desk: Desk, to: str, subject: str, text: str) -> None:
    """Let the shop's bot send a mail."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "suppliers@juniper.example", to, subject
    mail.set_content(text)
    host, port = desk.slack.smtp_address
    await aiosmtplib.send(mail, hostname=host, port=port, start_tls=False)


async def test_it_shows_what_a_supplier_receives_and_marks_it_read(desk: Desk) -> None:
    page = await desk.sit_down(desk.person("Nora"), desk.channel("general"))
    await send(desk, MEI, "Your order 4417", "Dear Mei,\n\nsee https://juniper.example/4417\n\n> late\n")

    await page.locator(".toast", has_text="Mail for Mei Huang").locator(".toast__body").click()
    await expect(page.locator(".mailbox__title")).to_have_text("Mei Huang")
    await expect(page.locator(".persona__name")).to_have_text("Mei Huang")
    await expect(page.locator(".mail-page__subject")).to_have_text("Your order 4417")
    await expect(page.locator(".mail-page__text a")).to_have_attribute("href", "https://juniper.example/4417")
    await expect(page.locator(".is-quoted")).to_have_text("late")

    await expect(page.locator(f'.nav-item[data-id="{MEI}"] .count')).to_have_count(0)


async def test_it_never_shows_a_mails_html_as_markup(desk: Desk) -> None:
    page = await desk.sit_down(desk.person("Nora"), f"mail/{MEI}")
    await send(desk, MEI, "<b>Bold</b>", "<img src=x onerror=alert(1)>")

    await page.locator(".mail-line", has_text="<b>Bold</b>").click()
    await expect(page.locator(".mail-page__text")).to_contain_text("<img src=x onerror=alert(1)>")
    assert await page.locator(".mailbox img, .mailbox b").count() == 0


@pytest.mark.parametrize(
    ("address", "shop"),
    [(MEI, "suppliers@juniper.example"), (HARRIET, "support@juniper.example")],
    ids=["supplier", "customer"],
)
async def test_it_writes_to_the_shop_as_somebody_outside(
    desk: Desk, tmp_path: Path, address: str, shop: str
) -> None:
    desk.slack.mailroom.deliver_to = desk.slack.smtp_address  # the shop's mail server, for now
    photo = tmp_path / "crack.png"
    photo.write_bytes(b"\x89PNG\r\n\x1a\n")
    page = await desk.sit_down(desk.person("Nora"), f"mail/{address}")

    await page.get_by_role("button", name="Write").click()
    await page.get_by_label("Subject").fill("Broken bowls")
    await page.get_by_label("Text", exact=True).fill("Twelve of forty arrived cracked.")
    await page.locator(".mail-form input[type=file]").set_input_files(photo)
    await page.get_by_role("button", name="Send", exact=True).click()

    sent = page.locator(".mail-line", has_text="Broken bowls")
    await expect(sent).to_contain_text(f"To {shop}")
    await expect(page.locator(".mail-page__text")).to_contain_text("Twelve of forty")
    received = desk.slack.mailroom.box(shop)
    assert [mail["subject"] for mail in received] == ["Broken bowls"]
    assert [file["name"] for file in received[0]["attachments"]] == ["crack.png"]


async def test_it_keeps_a_mail_that_the_shop_refused(desk: Desk) -> None:
    desk.slack.mailroom.deliver_to = None
    page = await desk.sit_down(desk.person("Nora"), f"mail/{MEI}")

    await page.get_by_role("button", name="Write").click()
    await page.get_by_label("Subject").fill("Lost?")
    await page.get_by_label("Text", exact=True).fill("Not lost.")
    await page.get_by_role("button", name="Send", exact=True).click()

    await expect(page.locator(".mail-form__problem")).to_be_visible()
    await expect(page.get_by_label("Text", exact=True)).to_have_value("Not lost.")


@pytest_asyncio.fixture(loop_scope="session")
async def account(desk: Desk) -> AsyncIterator[list[str]]:
    """Run the server of an official account, and give what it was sent."""
    sent: list[str] = []

    async def keep(request: web.Request) -> web.Response:
        sent.append(await request.text())
        return web.Response(text="success")

    app = web.Application()
    app.router.add_post("/", keep)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    desk.slack.wechat.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield sent
    await runner.cleanup()


async def _says_on_wechat(desk: Desk, text: str) -> None:
    """Let the shop's account write to Mei."""
    ours, url = desk.slack.wechat.account, desk.slack.url
    who = {"grant_type": "client_credential", "appid": ours["app_id"], "secret": ours["secret"]}
    async with aiohttp.ClientSession() as session:
        token = (await (await session.get(f"{url}/cgi-bin/token", params=who)).json())["access_token"]
        body = {"touser": "oHuangMei0000000000000000001", "msgtype": "text", "text": {"content": text}}
        answer = await session.post(f"{url}/cgi-bin/message/custom/send?access_token={token}", json=body)
        assert (await answer.json())["errcode"] == 0


async def _writes_on_wechat(page: Page, text: str) -> None:
    await page.get_by_label("Message to the shop").fill(text)
    await page.keyboard.press("Enter")
    await expect(page.locator(".bubble.is-mine").last).to_contain_text(text)


async def test_it_lets_a_supplier_talk_with_the_shop_on_wechat(desk: Desk, account: list[str]) -> None:
    page = await desk.sit_down(desk.person("Nora"), f"mail/{MEI}")
    await page.get_by_role("tab", name="WeChat").click()
    await _writes_on_wechat(page, "裂了 <b>12</b> 个")
    assert "裂了 <b>12</b> 个" in account[0]

    await _says_on_wechat(desk, "We send new ones: https://juniper.example/4417")
    theirs = page.locator(".bubble.is-theirs")
    await expect(theirs).to_contain_text("We send new ones")
    await expect(theirs.locator("a")).to_have_attribute("href", "https://juniper.example/4417")


async def test_it_counts_and_announces_wechat_that_is_not_open(desk: Desk, account: list[str]) -> None:
    del account
    await desk.slack.wechat.send({"from": "oHuangMei0000000000000000001", "text": "在吗"})
    page = await desk.sit_down(desk.person("Nora"), desk.channel("general"))
    await _says_on_wechat(desk, "Yes, we are")

    entry = page.locator(f'.nav-item[data-id="{MEI}"]')
    await expect(entry.locator(".count")).to_have_text("1")
    await expect(page.locator(".toast", has_text="WeChat for Mei Huang")).to_contain_text("Yes, we are")
    await entry.click()
    await expect(page.locator(".bubble.is-theirs")).to_contain_text("Yes, we are")
    await expect(entry.locator(".count")).to_have_count(0)


async def test_it_shows_that_the_account_did_not_answer(desk: Desk, account: list[str]) -> None:
    del account
    desk.slack.wechat.url = "http://127.0.0.1:9/"
    page = await desk.sit_down(desk.person("Nora"), f"mail/{MEI}/wechat")
    await _writes_on_wechat(page, "Hello?")
    await expect(page.locator(".bubble__problem")).to_have_text("The shop did not answer")
    await expect(page.locator(".toast.is-trouble")).to_contain_text("cannot answer at the moment")


async def test_it_offers_wechat_only_where_there_is_one(desk: Desk, account: list[str]) -> None:
    page = await desk.sit_down(desk.person("Nora"), f"mail/{HARRIET}")
    await expect(page.locator(".mailbox__title")).to_have_text("Harriet Cole")
    await expect(page.get_by_role("tab")).to_have_count(0)

    desk.slack.wechat.url = None
    assert not account
    page = await desk.sit_down(desk.person("Nora"), f"mail/{MEI}")
    await expect(page.locator(".mailbox__title")).to_have_text("Mei Huang")
    await expect(page.get_by_role("tab")).to_have_count(0)


async def test_it_goes_through_tabs_with_the_arrow_keys(desk: Desk, account: list[str]) -> None:
    del account
    page = await desk.sit_down(desk.person("Nora"), f"mail/{MEI}")
    await page.get_by_role("tab", name="Mail").focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_label("Message to the shop")).to_be_visible()
    await expect(page.get_by_role("tab", name="WeChat")).to_be_focused()

    await page.get_by_role("button", name="Inspector").click()
    bench = page.get_by_role("tablist", name="Workbench")
    await bench.get_by_role("tab", name="Inspector").focus()
    await page.keyboard.press("End")
    await expect(bench.get_by_role("tab", name="Snapshots")).to_be_focused()
    await page.keyboard.press("ArrowRight")
    await expect(bench.get_by_role("tab", name="Clock")).to_be_focused()
    await expect(bench.get_by_role("tab", name="Clock")).to_have_attribute("aria-selected", "true")
