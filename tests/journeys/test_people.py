"""People, hours and Home, as colleagues in Shanghai, Lisbon and at home live through them."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks
from bot.blocks import Block
from bot.people import mornings, notices
from bot.people import store as people
from bot.people.model import Person as Colleague
from bot.people.mornings import Window
from bot.people.notices import Notice
from bot.words import _, speaking
from bot.workspace.driver import Person
from tests.journeys.shop import Shop, built

SHANGHAI, LISBON = "Asia/Shanghai", "Europe/Lisbon"


@pytest.fixture
def daily(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every morning something to say."""

    async def news(_session: AsyncSession, _person: Colleague, window: Window) -> list[Block]:
        return [blocks.section(f"news of {window.day}")]

    monkeypatch.setattr(mornings, "SECTIONS", {"news": (1, news)})
    monkeypatch.setattr(mornings, "HOURS", {})


@pytest_asyncio.fixture
async def february(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    """Give a shop on the last days before Chinese New Year 2026."""
    now = datetime(2026, 2, 12, 23, tzinfo=UTC)
    async with built(database_url, tmp_path, now=now) as made, made.open():
        yield made


@pytest_asyncio.fixture
async def march(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    """Give a shop in the week in which Lisbon's clocks go forward, and Shanghai's do not."""
    now = datetime(2026, 3, 25, 0, 30, tzinfo=UTC)
    async with built(database_url, tmp_path, now=now) as made, made.open():
        yield made


@pytest_asyncio.fixture
async def november(database_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    """Give a shop on a Monday at ten in London."""
    now = datetime(2026, 11, 23, 10, tzinfo=UTC)
    async with built(database_url, tmp_path, now=now) as made, made.open():
        yield made


async def hired(shop: Shop, name: str, zone: str, country: str) -> Person:
    """Hire somebody, who says when they work."""
    person = await shop.slack.hires(name, tz=zone)
    assert await shop.slack.is_quiet()
    await person.goes_to("@Switchboard")
    await person.runs("/switchboard settings")
    await person.presses("Change", on="one message a working day")
    await person.fills("Working hours", "mon-fri 9-17:30")
    await person.fills("Country, for public holidays", country)
    assert await person.submits() == {}
    return person


async def mornings_of(person: Person, zone: str) -> list[str]:
    """Give when somebody's scheduled messages came, on their clock, the oldest first."""
    got = [one for one in await person._messages() if "news of" in str(one.get("blocks"))]
    times = sorted(datetime.fromtimestamp(float(one["ts"]), UTC) for one in got)
    return [f"{moment.astimezone(ZoneInfo(zone)):%m-%d %H:%M}" for moment in times]


@pytest.mark.usefixtures("daily")
async def test_it_lets_each_have_their_own_morning_through_chinese_new_year(february: Shop) -> None:
    lin = await hired(february, "Lin Zhao", SHANGHAI, "CN")
    rui = await hired(february, "Rui Costa", LISBON, "PT")
    await february.slack.pause()
    await february.slack.advance(timedelta(days=12))
    assert await february.slack.is_quiet()

    # Saturday 14 February is worked in China, for the days of the festival.
    assert await mornings_of(lin, SHANGHAI) == ["02-13 09:00", "02-14 09:00", "02-24 09:00"]
    days = [date(2026, 2, 13) + timedelta(days=number) for number in range(12)]
    assert await mornings_of(rui, LISBON) == [f"{day:%m-%d} 09:00" for day in days if day.weekday() < 5]


@pytest.mark.usefixtures("daily")
async def test_it_keeps_nine_o_clock_and_shared_hours_when_the_clocks_change(march: Shop) -> None:
    lin = await hired(march, "Lin Zhao", SHANGHAI, "CN")
    rui = await hired(march, "Rui Costa", LISBON, "PT")
    await lin.runs("/switchboard people rui")
    await lin.sees("today you both work 17:00-17:30 (your time)")
    await march.slack.pause()
    await march.slack.clock_to("monday 10:00", LISBON)
    assert await march.slack.is_quiet()

    assert await mornings_of(rui, LISBON) == [
        "03-25 09:00", "03-26 09:00", "03-27 09:00", "03-30 09:00",
    ]  # fmt: skip
    assert (await mornings_of(lin, SHANGHAI))[-1] == "03-30 09:00"
    await lin.runs("/switchboard people rui")
    await lin.sees("today you both work 16:00-17:30 (your time)")
    await rui.runs("/switchboard people lin")
    await rui.sees("today you both work 09:00-10:30 (your time)")


async def tells(shop: Shop, person: Person, *texts: str) -> None:
    """Let an area tell somebody things."""
    assert shop.services
    async with shop.services.database.write() as session:
        colleague = await people.get(session, await person.id())
        assert colleague
        for text in texts:
            await notices.tell(session, colleague, Notice(text, "test", text), shop.services.clock.now())


async def got(person: Person, text: str) -> list[str]:
    return [str(one["blocks"]) for one in await person._messages() if text in str(one.get("blocks"))]


@pytest.mark.usefixtures("daily")
async def test_it_merges_what_came_at_night_into_the_one_message_of_the_morning(november: Shop) -> None:
    tom = await november.person("Tom").goes_to("@Switchboard")
    await november.slack.pause()
    await november.slack.clock_to("monday 22:00", "Europe/London")
    await tells(november, tom, *(f"parcel {number} is late" for number in range(5)))
    await november.slack.clock_to("tuesday 08:59", "Europe/London")
    assert await november.slack.is_quiet()
    assert await got(tom, "parcel") == []

    await november.slack.clock_to("tuesday 12:00", "Europe/London")
    assert await november.slack.is_quiet()
    (message,) = await got(tom, "parcel")
    assert all(f"parcel {number} is late" in message for number in range(5))
    assert "news of 2026-11-24" in message


@pytest.mark.usefixtures("daily")
async def test_it_asks_and_tells_nothing_of_somebody_away_until_they_are_back(november: Shop) -> None:
    tom, nora = november.person("Tom"), november.person("Nora")
    await tom.goes_to("@Switchboard")
    await november.slack.pause()
    await tom.runs("/switchboard away until friday")
    await tom.sees("back on Friday 27 November")
    await tells(november, tom, "the kiln is cold")
    await november.slack.advance(timedelta(days=2))
    assert await november.slack.is_quiet()
    assert await got(tom, "the kiln is cold") == []
    assert await got(tom, "news of") == []

    await nora.goes_to("@Switchboard")
    await nora.runs("/switchboard people tom")
    await nora.sees("away until the end of Thursday 26 November")
    await tom.goes_to("home")
    await tom.presses("I am back")
    await tom.goes_to("@Switchboard")
    await november.slack.advance(timedelta(days=1))
    assert await november.slack.is_quiet()
    assert len(await got(tom, "the kiln is cold")) == 1


async def test_it_follows_slacks_status_and_do_not_disturb(november: Shop) -> None:
    tom, nora = november.person("Tom"), november.person("Nora")
    await tom.goes_to("@Switchboard")
    await nora.goes_to("@Switchboard")
    await november.slack.post("profile", as_=await tom.id(), snooze=60)
    assert await november.slack.is_quiet()
    await tells(november, tom, "the kiln is cold")
    assert await november.slack.is_quiet()
    assert await got(tom, "the kiln is cold") == []
    await november.slack.advance(timedelta(minutes=61))
    await tom.sees("the kiln is cold")

    status = {"status_emoji": ":palm_tree:", "status_text": "Lake", "status_expiration": 0}
    await november.slack.post("profile", as_=await tom.id(), profile=status)
    assert await november.slack.is_quiet()
    await nora.runs("/switchboard people tom")
    assert "Lake" not in await nora.sees("away until further notice")
    await november.slack.post("profile", as_=await tom.id(), profile={"status_emoji": "", "status_text": ""})
    assert await november.slack.is_quiet()
    await tells(november, tom, "the kiln is warm again")
    await tom.sees("the kiln is warm again")


async def test_it_shows_each_their_own_home(november: Shop) -> None:
    priya = await november.person("Priya").goes_to("home")
    await priya.sees("I do not know your hours and country yet")
    await priya.presses("Tell me")
    await priya.fills("Working hours", "mon-fri 10-18")
    await priya.fills("Country, for public holidays", "Atlantis")
    assert "public holidays" in (await priya.submits())["Country, for public holidays"]
    await priya.fills("Country, for public holidays", "IN")
    assert await priya.submits() == {}
    shown = await priya.sees("Mon-Fri 10:00-18:00")
    assert "I do not know your hours" not in shown
    assert "How Switchboard is" not in shown
    assert "Setting up" not in shown

    diego = await november.person("Diego").goes_to("home")
    shown = await diego.sees("Customer service")
    assert "Priya" in shown
    assert "How Switchboard is" not in shown

    nora = await november.person("Nora").goes_to("home")
    shown = await nora.sees("Setting up: 5 of 6 done")
    assert "I am well" in shown
    assert "suppliers@juniper.example" in shown


async def test_it_takes_an_admin_to_the_first_mail_and_is_gone_then(november: Shop) -> None:
    nora = await november.person("Nora").goes_to("home")
    await nora.sees("The first mail came through")
    # Nobody owns this supplier, so logistics answers, which Nora leads.
    await november.outside("Deniz").writes("Parti 12", "Parti yolda.")
    assert await november.slack.is_quiet()
    await nora.goes_to("home")
    await nora.sees("Parti 12")
    await nora.does_not_see("Setting up")


async def test_it_honours_a_company_holiday_and_takes_it_back(november: Shop) -> None:
    nora, tom = november.person("Nora"), november.person("Tom")
    await nora.goes_to("home")
    await nora.presses("Add a holiday or pause")
    await nora.fills("What is it?", "Stocktaking")
    await nora.fills("First day", "2026-11-23")
    await nora.fills("Last day", "2026-11-24")
    assert await nora.submits() == {}
    assert await november.slack.is_quiet()
    await tom.goes_to("@Switchboard")
    await tells(november, tom, "the kiln is cold")
    assert await november.slack.is_quiet()
    assert await got(tom, "the kiln is cold") == []
    await nora.presses("Take back")
    await tom.sees("the kiln is cold")


async def test_it_says_what_is_stored_about_whoever_asks(november: Shop) -> None:
    tom = await november.person("Tom").goes_to("@Switchboard")
    await tom.runs("/switchboard away until friday")
    await tom.runs("/switchboard privacy")
    shown = await tom.sees("What is stored about you")
    assert "Your absences (1 now)" in shown
    assert "What you wrote to suppliers" in shown


async def test_it_says_to_anybody_how_it_is_and_to_admins_what_failed(november: Shop) -> None:
    tom = await november.person("Tom").goes_to("@Switchboard")
    await tom.runs("/switchboard status")
    assert "mail for" not in await tom.sees("I am well")
    nora = await november.person("Nora").goes_to("@Switchboard")
    await nora.runs("/switchboard status")
    assert "mail for suppliers@juniper.example" in await nora.sees("I am well")


async def test_it_says_when_the_calendar_of_absences_cannot_be_read(november: Shop) -> None:
    tom = await november.person("Tom").goes_to("@Switchboard")
    await tom.runs("/switchboard settings")
    await tom.presses("Change", on="one message a working day")
    await tom.fills("Calendar of your absences", "http://calendar.example/tom.ics")
    assert "https://" in (await tom.submits())["Calendar of your absences"]
    await tom.fills("Calendar of your absences", "https://127.0.0.1/tom.ics")
    assert await tom.submits() == {}
    await tom.sees("The calendar of your absences could not be read: its address is not on the internet")
    await november.slack.advance(timedelta(hours=5))
    assert await november.slack.is_quiet()
    assert len(await got(tom, "could not be read")) == 1


@pytest.mark.parametrize(("language", "code"), [("German", "de"), ("Chinese", "zh")])
async def test_it_speaks_to_each_in_their_language_from_the_moment_they_say_so(
    november: Shop, language: str, code: str
) -> None:
    tom = await november.person("Tom").goes_to("home")
    await tom.presses("Change")
    await tom.fills("Language", language)
    assert await tom.submits() == {}
    with speaking(code):
        heading, works = _("Waiting for you"), _("works now")
    assert heading != "Waiting for you"
    assert works in await tom.sees(heading)
