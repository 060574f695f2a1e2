"""The stage: a demo, four browser contexts in front of it, its clock, and what is kept of it."""

import re
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from playwright.async_api import Browser, async_playwright, expect

from bot.workspace.driver import Slack
from tests.journeys import demo_process
from tests.weeks.seat import PATIENCE, Seat
from tests.workspace_page.conftest import ARGUMENTS, CHROMIUM

BEGINS = datetime(2026, 10, 12, 0, 30, tzinfo=UTC)
# Milliseconds for a day of the demo's clock and all that is due in it.
_MOVING = 600_000
_TOASTS = "(how) => { document.querySelector('.toasts').style.visibility = how; }"
_TOKEN = "document.querySelector('meta[name=workspace-token]').content"


@dataclass
class Stage:
    """A demo and the four who sit before it. `others` is the seat of whoever else is needed."""

    slack: Slack
    folder: Path
    nora: Seat
    diego: Seat
    marisol: Seat
    others: Seat
    numbers: dict[str, str] = field(default_factory=dict)
    shots: list[str] = field(default_factory=list)

    @property
    def seats(self) -> tuple[Seat, ...]:
        """Give all four."""
        return (self.nora, self.diego, self.marisol, self.others)

    async def shoot(self, name: str, seat: Seat, text: str = "", *, whole: bool = False) -> None:
        """Keep a picture of somebody's page; `text` is brought into view, `whole` in a high window."""
        if whole:
            await seat.page.set_viewport_size({"width": 1280, "height": 1800})
        if text:
            await seat.shows(text)
        # The page draws what it was told in its next frame.
        await seat.page.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 120)))"
        )
        self.shots.append(name)
        path = self.folder / f"{len(self.shots):02}-{name}.png"
        # What comes for others would cover what is looked at; a style sheet the page's rules would refuse.
        await seat.page.evaluate(_TOASTS, "hidden")
        await seat.page.screenshot(path=path)
        await seat.page.evaluate(_TOASTS, "visible")
        if whole:
            await seat.page.set_viewport_size({"width": 1280, "height": 900})

    async def shoot_all(self, name: str) -> None:
        """Keep a picture of everybody's page."""
        for seat in self.seats:
            await seat.page.screenshot(path=self.folder / f"{name}-{seat.name}.png")

    async def quiet(self) -> None:
        """Wait until nothing is under way."""
        await self.slack.is_quiet(30)

    # ---- the clock -------------------------------------------------------------------------------------

    async def clock_to(self, moment: datetime) -> int:
        """Go to a moment by the page's clock; how many things came about on the way."""
        page = self.nora.page
        if moment <= await self.slack.now():
            return 0
        if not await page.get_by_label("Another time").count():
            await page.locator(".clock__time").click()
        there = moment.astimezone(ZoneInfo("Europe/Stockholm"))
        await page.get_by_label("Another time").fill(f"{there:%Y-%m-%dT%H:%M}")
        async with page.expect_response("**/control/clock", timeout=_MOVING) as answer:
            await page.get_by_role("button", name="Go there").click()
        fired: list[Any] = (await (await answer.value).json())["fired"]
        await page.get_by_role("button", name="Close the workbench").click()
        await expect(page.get_by_label("Another time")).to_have_count(0)
        return len(fired)

    async def clock_by_a_minute(self) -> None:
        """Let a minute pass: what was held back for some seconds leaves."""
        await self.clock_to(await self.slack.now() + timedelta(minutes=1))

    async def pause(self) -> None:
        """Stop the clock, so that a day lasts as long as it is needed."""
        pause = self.nora.page.get_by_role("button", name="Pause the clock").first
        if await pause.count():
            await pause.click()


@asynccontextmanager
async def opened(folder: Path, *, url: str = "", headed: bool = False) -> AsyncIterator[Stage]:
    """Start a demo on free ports (or go on in the one at `url`), and let four people sit down before it."""
    async with AsyncExitStack() as stack:
        if not url:
            data = stack.enter_context(tempfile.TemporaryDirectory(prefix="sb-weeks-"))
            demo = demo_process.running(Path(data) / "demo", "--fresh", "--now", BEGINS.isoformat())
            url = (await stack.enter_async_context(demo)).url
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=ARGUMENTS, headless=not headed
        )
        stack.push_async_callback(browser.close)
        expect.set_options(timeout=PATIENCE)
        slack = await stack.enter_async_context(Slack(url, await _token(browser, url), patience=30))
        await _close_windows(slack)
        seats = [await _sit_down(browser, url, name) for name in ("Nora", "Diego", "Aiko", "Tom")]
        yield Stage(slack, folder, *seats)


async def _token(browser: Browser, url: str) -> str:
    page = await browser.new_page()
    await page.goto(url)
    token = str(await page.evaluate(f"() => {_TOKEN}"))
    await page.close()
    return token


async def _close_windows(slack: Slack) -> None:
    """Close what stands open since somebody sat before a demo that goes on."""
    for user in (await slack.get("people"))["users"]:
        if user["is_bot"] or user["deleted"]:
            continue
        for view in reversed((await slack.get("views", as_=user["id"]))["stack"]):
            await slack.post("close", as_=user["id"], view_id=view["id"])


async def _sit_down(browser: Browser, url: str, name: str) -> Seat:
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    page.set_default_timeout(PATIENCE)
    await page.goto(url)
    await page.wait_for_selector(".sidebar__head")
    await expect(page.locator(".persona__name")).to_have_text(re.compile("."))
    shown = str(await page.locator(".persona__name").inner_text())
    return await Seat(page, url, shown).becomes(name)
