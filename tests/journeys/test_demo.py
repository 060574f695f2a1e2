"""The demo, as a person meets it: the command, the page, two people side by side, the bot killed and back."""

import asyncio
import signal
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from bot import seed
from tests.conftest import missing
from tests.journeys import demo_process
from tests.journeys.demo_process import Demo
from tests.workspace_page.conftest import ARGUMENTS, CHROMIUM

# Milliseconds: a busy machine starts two processes.
PATIENCE = 20_000


@pytest_asyncio.fixture
async def browser() -> AsyncIterator[Browser]:
    if not CHROMIUM.exists():
        missing(f"{CHROMIUM} is missing")
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        await chromium.close()


@pytest_asyncio.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    async with demo_process.running(tmp_path / "demo") as running:
        yield running


async def sits_down(browser: Browser, demo: Demo, name: str) -> Page:
    """Open the page in a context of its own and be somebody there, looking at #suppliers."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    page = await context.new_page()
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    await page.goto(demo.url)
    await page.wait_for_selector(".sidebar__head")
    people = await page.evaluate(
        """async () => (await (await fetch("/control/people", {headers: {"X-Workspace-Token":
            document.querySelector("meta[name=workspace-token]").content}})).json())"""
    )
    person = next(one["id"] for one in people["users"] if one["real_name"].startswith(name))
    channel = await page.evaluate(
        """async (me) => (await (await fetch(`/control/state?as=${me}`, {headers: {"X-Workspace-Token":
            document.querySelector("meta[name=workspace-token]").content}})).json())
            .channels.find((one) => one.name === "suppliers").id""",
        person,
    )
    await page.goto(f"{demo.url}/#/{person}/{channel}")
    await expect(page.locator(".stage")).to_contain_text("suppliers")
    return page


async def mail(demo: Demo, subject: str, text: str) -> None:
    """Write to the shop with a mail program of one's own."""
    message = EmailMessage()
    message["From"], message["To"] = (
        "Lucia Brina <ufficio@tessile-brina.example>",
        "suppliers@juniper.example",
    )
    message["Subject"], message["Message-ID"] = (
        subject,
        f"<{subject.replace(' ', '.')}@tessile-brina.example>",
    )
    message.set_content(text)
    await aiosmtplib.send(message, hostname="127.0.0.1", port=demo.smtp_port, start_tls=False)


async def test_it_shows_two_people_side_by_side_how_a_supplier_is_answered(
    demo: Demo, browser: Browser
) -> None:
    tom, nora = await sits_down(browser, demo, "Tom"), await sits_down(browser, demo, "Nora")
    await mail(demo, "Lotto dodici", "Il lotto arriva lunedì.")

    for page in (tom, nora):
        await expect(page.locator(".message", has_text="Il lotto arriva lunedì")).to_be_visible()
    await tom.get_by_role("button", name="Reply", exact=True).click()
    dialog = tom.get_by_role("dialog")
    await dialog.locator("textarea").fill("Monday is fine.")
    await expect(nora.get_by_role("dialog")).to_have_count(0)
    await dialog.get_by_role("button", name="Preview").click()
    await expect(dialog).to_contain_text("> Il lotto arriva lunedì.")
    await dialog.get_by_role("button", name="Send", exact=True).click()

    await expect(nora.locator(".message", has_text="is answering")).to_be_visible()
    await nora.locator(".thread-line").click()
    await nora.locator(".extra").get_by_role("button", name="Send now").click()
    await expect(nora.locator(".extra .message", has_text="✓ Sent")).to_be_visible()
    await expect(tom.locator(".stage .message", has_text="Answered by Tom")).to_be_visible()


async def test_it_loses_and_doubles_nothing_when_the_bot_is_killed_from_the_page(
    demo: Demo, browser: Browser
) -> None:
    tom = await sits_down(browser, demo, "Tom")
    await mail(demo, "Prima", "Arriva prima.")
    await expect(tom.locator(".message", has_text="Arriva prima")).to_be_visible()

    await tom.get_by_role("button", name="Kill bot").click()
    await expect(tom.get_by_role("button", name="Start bot")).to_be_visible()
    with pytest.raises(aiosmtplib.SMTPException):  # the sender's server keeps it, and tries again
        await mail(demo, "Dopo", "Arriva dopo.")
    await tom.get_by_role("button", name="Start bot").click()
    await expect(tom.locator(".sidebar")).to_contain_text("is connected")

    await mail(demo, "Dopo", "Arriva dopo.")
    await expect(tom.locator(".stage .message", has_text="Arriva dopo")).to_have_count(1)
    await expect(tom.locator(".stage .message", has_text="Arriva prima")).to_have_count(1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_stops_cleanly_within_five_seconds(tmp_path: Path, number: signal.Signals) -> None:
    async with demo_process.running(tmp_path / "demo") as demo:
        before = asyncio.get_running_loop().time()
        assert await demo.stops(number) == 0
        assert asyncio.get_running_loop().time() - before < 5


async def test_it_keeps_its_world_and_begins_anew_on_request(tmp_path: Path, browser: Browser) -> None:
    async with demo_process.running(tmp_path / "demo") as demo:
        tom = await sits_down(browser, demo, "Tom")
        await mail(demo, "Ricordo", "Ricordati di me.")
        await expect(tom.locator(".message", has_text="Ricordati di me")).to_be_visible()
    async with demo_process.running(tmp_path / "demo") as again:
        tom = await sits_down(browser, again, "Tom")
        await expect(tom.locator(".message", has_text="Ricordati di me")).to_be_visible()
    async with demo_process.running(tmp_path / "demo", "--fresh") as fresh:
        tom = await sits_down(browser, fresh, "Tom")
        await expect(tom.locator(".message", has_text="Ricordati di me")).to_have_count(0)


@pytest.mark.parametrize("taken", ["page", "mail"])
async def test_it_says_in_a_sentence_that_a_port_is_taken(tmp_path: Path, taken: str) -> None:
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    occupied, free = server.sockets[0].getsockname()[1], seed.free_port()
    ports = (
        {"port": occupied, "smtp_port": free} if taken == "page" else {"port": free, "smtp_port": occupied}
    )
    async with server:
        process = await asyncio.create_subprocess_exec(
            *demo_process.command(tmp_path / "demo", **ports),
            cwd=demo_process.ROOT,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        _said, complained = await process.communicate()
    option = "--port" if taken == "page" else "--smtp-port"
    assert f"Port {occupied} is taken by another program" in complained.decode()
    assert option in complained.decode()
    assert process.returncode == 1
