"""What people do again and again: write a mail, take a card, answer it, close it, say where one lives."""

from tests.weeks.seat import Seat
from tests.weeks.stage import Stage

CUSTOMERS = {
    "Jonas Weber": "jonas.weber@web-post.example",
    "Harriet Cole": "harriet.cole@mailbox.example",
    "Amélie Girard": "amelie.girard@courrier.example",
    "陈雨": "chen.yu@youxiang.example",
}


async def writes(stage: Stage, who: str, subject: str, text: str) -> None:
    """Write to the shop from a customer's mailbox in the page."""
    outside = await stage.others.becomes(who)
    await outside.page.get_by_role("button", name="Write", exact=True).click()
    await outside.page.get_by_label("Subject").fill(subject)
    await outside.page.get_by_label("Text", exact=True).fill(text)
    async with outside.page.expect_response("**/control/mail"):
        await outside.page.get_by_role("button", name="Send", exact=True).click()
    await outside.page.locator(".mail-line", has_text=subject).first.wait_for()
    await stage.quiet()


async def writes_back(stage: Stage, who: str, words: str, text: str) -> None:
    """Answer, from a customer's mailbox, the newest mail that has these words."""
    outside = await stage.others.becomes(who)
    await reads(outside, words)
    await outside.page.get_by_role("button", name="Reply", exact=True).click()
    await outside.page.get_by_label("Text", exact=True).fill(text)
    async with outside.page.expect_response("**/control/mail"):
        await outside.page.get_by_role("button", name="Send", exact=True).click()
    await stage.quiet()


async def reads(outside: Seat, words: str) -> None:
    """Open, in a customer's mailbox, the newest mail that has these words."""
    await outside.page.locator(".mail-line", has_text=words).first.click()
    await outside.page.locator(".mail-page__text", has_text=words).wait_for()


async def takes(seat: Seat, subject: str) -> None:
    """Take a card in #support."""
    await seat.goes_to("#support")
    await seat.presses("Take", on=subject)
    await seat.sees(f"{seat.name} takes care of it", on=subject)


async def answers(stage: Stage, seat: Seat, subject: str, text: str, *, saved: str = "") -> None:
    """Answer a customer: write, read what leaves, send it, and see it gone."""
    await seat.presses("Reply", on=subject)
    if saved:
        await seat.window.picks("Insert a saved reply", saved)
        await seat.window.holds("Your answer")
    else:
        await seat.window.fills("Your answer", text)
    await seat.window.goes_on("Preview")
    await seat.window.sees("This is the mail as it leaves.")
    await seat.window.submits("Send")
    await stage.clock_by_a_minute()
    await seat.sees("It is the customer's turn", on=subject)


async def closes(stage: Stage, seat: Seat, subject: str, reason: str = "Solved") -> None:
    """Close a card with a reason."""
    await seat.presses("Close", on=subject)
    await seat.window.chooses(reason)
    await seat.window.submits("Close")
    await stage.quiet()
    await seat.sees(f"Closed by {seat.name}", on=subject)


async def takes_in(stage: Stage, lead: Seat, department: str, *names: str, channel: str = "") -> None:
    """Let a lead take people into a department, and name the channel its week is posted in."""
    await lead.goes_to("home")
    await lead.presses("Edit", beside=department)
    await lead.window.picks("Members", *names)
    if channel:
        await lead.window.picks("Channel", channel)
    await lead.window.submits("Save")
    await stage.quiet()
    for name in names:
        await lead.sees(f"{name} ·")


async def does_all(stage: Stage, seat: Seat) -> None:
    """Press Done in Home until nothing is left that waits."""
    done = seat.page.locator(".home__view").get_by_role("button", name="Done", exact=True)
    while await done.count():
        words = await done.first.locator("xpath=ancestor::*[contains(@class, 'section')]").first.inner_text()
        await done.first.click()
        await stage.quiet()
        await seat.sees_not(words.splitlines()[0])


async def says_country(stage: Stage, name: str, country: str) -> None:
    """Let somebody tell the bot whose holidays are theirs."""
    seat = await stage.others.becomes(name)
    await seat.goes_to("messages")
    await seat.runs("/switchboard settings")
    await seat.presses("Change")
    await seat.window.fills("Country, for public holidays", country)
    await seat.window.submits("Save")
