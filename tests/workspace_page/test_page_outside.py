"""The outside: suppliers and customers at their mailboxes."""

from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import pytest
from playwright.async_api import expect

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
