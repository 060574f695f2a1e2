"""A person in front of the page: clicks, types and reads. One browser context each.

What is pressed or filled is named in English and found in the language this person's bot speaks.
"""

import re
from dataclasses import dataclass

from playwright.async_api import Error, Locator, Page, expect

from bot.words import _, speaking

# Milliseconds: a busy machine runs a browser, two processes and whatever else.
PATIENCE = 20_000
_WEEK = "the week of "
_LANGUAGES = {"Jun": "zh"}


class NotThere(AssertionError):
    """Somebody looks for something on their page that is not there."""


@dataclass
class Seat:
    """One browser context. `name` is who sits there now: a colleague, or somebody outside."""

    page: Page
    url: str
    name: str = ""

    # ---- who and where ---------------------------------------------------------------------------------

    async def becomes(self, name: str) -> "Seat":
        """Be somebody else, through the page's own menu; gives the seat, sat in by them."""
        if self.name == name:
            return self
        await self.page.locator(".persona").click()
        await self.page.get_by_role("menuitem", name=re.compile(f"^{re.escape(name)}")).first.click()
        await expect(self.page.locator(".persona__name")).to_have_text(re.compile(f"^{re.escape(name)}"))
        self.name = name
        return self

    async def goes_to(self, place: str) -> "Seat":
        """Look at "#channel", at the bot's "messages" or at its "home"."""
        if place.startswith("#"):
            await self._entry(place[1:]).click()
            await expect(self.page.locator(".stage .pane__title")).to_contain_text(place[1:])
            return self
        tab = self.page.get_by_role("tab", name=place.capitalize(), exact=True)
        await self._entry("Switchboard").click()
        await tab.click()
        await expect(tab).to_have_attribute("aria-selected", "true")
        if place == "home":
            await expect(self.page.locator(".home__view")).to_be_visible()
        return self

    def _entry(self, label: str) -> Locator:
        label_is = self.page.locator(".nav-item__label", has_text=re.compile(f"^{re.escape(label)}$"))
        return self.page.locator(".nav-item").filter(has=label_is)

    # ---- reading ---------------------------------------------------------------------------------------

    def message(self, text: str = "") -> Locator:
        """Give the newest message that has this text; a week's post, which names others, only by its head."""
        found = self.page.locator(".stage .message", has_text=self.said(text))
        return (found if _WEEK in text else found.filter(has_not_text=_WEEK)).last

    def _surface(self, on: str) -> Locator:
        home = self.page.locator(".home__view")
        return self.message(on).or_(home) if on else self.page.locator(".stage")

    def said(self, text: str) -> str:
        """Give what the bot says in this person's language."""
        with speaking(_LANGUAGES.get(self.name, "en")):
            return _(text) if text else ""

    async def sees(self, text: str, *, on: str = "") -> None:
        """Hold that this text stands before them; `on`: in the newest message that has that text."""
        place = self.message(on) if on else self.page.locator(".stage, dialog.modal[open]")
        await _there(place.filter(has_text=self.said(text)).last, self.name, text)

    async def sees_not(self, text: str, *, on: str = "") -> None:
        """Hold that this text does not stand before them."""
        place = self.message(on) if on else self.page.locator(".stage")
        try:
            await expect(place.filter(has_text=self.said(text))).to_have_count(0)
        except AssertionError as error:
            raise NotThere(f"{self.name} still sees: {text}") from error

    async def shows(self, text: str) -> None:
        """Bring the newest message, or the part of Home, that has this text into view."""
        at_home = self.page.locator(".home__view .block", has_text=self.said(text))
        found = self.message(text).or_(at_home.last).first
        # The page may draw it anew at any moment: no waiting until it stands still.
        await found.evaluate("(node) => node.scrollIntoView({ block: 'nearest' })")

    async def opens_thread(self, text: str) -> None:
        """Open the thread of the newest message that has this text."""
        await self.message(text).locator(".thread-line").click()
        await expect(self.page.locator(".extra .message").first).to_be_visible()

    # ---- doing -----------------------------------------------------------------------------------------

    async def runs(self, command: str) -> None:
        """Type a command, and send it off."""
        composer = self.page.locator(".stage .composer__text")
        await composer.fill(command)
        await composer.press("Enter")
        await expect(composer).to_have_value("")

    async def presses(self, label: str, *, on: str = "", beside: str = "") -> None:
        """Press a button; `on`: of the newest message with that text, `beside`: in the block with that."""
        place = self.message(on) if on else self.page.locator(".stage")
        if beside:
            place = place.locator(".block", has_text=self.said(beside)).last
        button = place.get_by_role("button", name=self.said(label), exact=True).last
        await _there(button, self.name, f"a button {label}")
        await button.click()

    async def menu(self, choice: str, *, on: str) -> None:
        """Choose from the menu behind the three dots of a message."""
        await self.presses("More options", on=on)
        await self.page.get_by_role("menuitem", name=self.said(choice), exact=True).click()

    async def picks(self, choice: str, *, on: str) -> None:
        """Choose from the select menu of a message."""
        await self.message(on).locator(".picker__button").first.click()
        await self.page.locator(".picker__option", has_text=self.said(choice)).first.click()

    async def fills(self, label: str, value: str, *, on: str) -> None:
        """Fill an input that stands in a message."""
        await self.message(on).get_by_label(self.said(label), exact=True).fill(value)

    async def ticks(self, *titles: str, on: str) -> None:
        """Tick boxes of a message, one after the other as a person does."""
        for title in titles:
            box = self.message(on).get_by_role("checkbox", name=re.compile(f"^{re.escape(title)}"))
            await _there(box.first, self.name, f"a box “{title}”")
            async with self.page.expect_response("**/control/act"):
                await box.first.click()

    @property
    def window(self) -> "Window":
        """Give the window that lies on top."""
        return Window(self, self.page.locator("dialog.modal[open]"))


@dataclass
class Window:
    """The modal on top of somebody's page."""

    seat: Seat
    dialog: Locator

    async def sees(self, text: str) -> None:
        """Hold that this text stands in it."""
        await _there(self.dialog.filter(has_text=self.seat.said(text)), self.seat.name, text)

    async def fills(self, label: str, value: str) -> None:
        """Fill a text or a date."""
        field = self.dialog.get_by_label(self.seat.said(label), exact=True)
        await _there(field, self.seat.name, f"a field {label}")
        await field.fill(value)

    async def holds(self, label: str) -> None:
        """Hold that a field has words in it."""
        await expect(self.dialog.get_by_label(self.seat.said(label), exact=True)).not_to_have_value("")

    async def picks(self, label: str, *choices: str) -> None:
        """Choose from a select; several where it takes several."""
        name = re.compile(f"^{re.escape(self.seat.said(label))}(:|$)")
        box = self.dialog.get_by_role("combobox", name=name)
        await _there(box, self.seat.name, f"a choice {label}")
        await box.click()
        for choice in choices:
            wanted = self.seat.page.locator(".picker__option", has_text=self.seat.said(choice)).first
            await _there(wanted, self.seat.name, f"{choice} under {label}")
            await wanted.click()
        if await self.seat.page.locator(".popup--picker").count():
            await self.seat.page.keyboard.press("Escape")

    async def drops(self, label: str) -> None:
        """Take somebody out of a choice of several."""
        await self.dialog.get_by_role("button", name=f"Remove {label}").click()

    async def chooses(self, label: str) -> None:
        """Choose one of the radio buttons."""
        await self.dialog.get_by_role("radio", name=self.seat.said(label)).check()

    async def goes_on(self, button: str) -> None:
        """Press a button that leads to another window, or closes this one."""
        await self.dialog.get_by_role("button", name=self.seat.said(button), exact=True).last.click()

    async def submits(self, button: str) -> None:
        """Press the button that sends it off, and wait until it is gone."""
        await self.goes_on(button)
        try:
            await expect(self.dialog).to_have_count(0)
        except AssertionError as error:
            said = " / ".join(await self.dialog.locator(".is-error, .alert--error").all_inner_texts())
            raise NotThere(f"{self.seat.name} cannot send the window off: {said or 'no reason'}") from error

    async def closes(self) -> None:
        """Leave it by the cross."""
        await self.dialog.locator(".modal__head").get_by_role("button", name="Close").click()
        await expect(self.dialog).to_have_count(0)


async def _there(what: Locator, who: str, called: str) -> None:
    try:
        await expect(what).to_be_visible()
    except (AssertionError, Error) as error:
        raise NotThere(f"{who} does not see: {called}") from error
