"""A hire is led through the first weeks: mornings, boxes, who hears when things stay open."""

from tests.journeys.shop import Shop


async def switch_on(shop: Shop) -> None:
    """Let an admin switch the area on, as people do."""
    nora = shop.person("Nora")
    await nora.goes_to("@Switchboard")
    await nora.runs("/switchboard settings")
    await nora.presses("Switch areas")
    await nora.chooses("What the shop uses", ["suppliers", "onboarding"])
    assert await nora.submits() == {}
    await shop.slack.is_quiet()


async def test_it_starts_a_hire_and_brings_the_first_morning(shop: Shop) -> None:
    await switch_on(shop)
    nora, priya = shop.person("Nora"), shop.person("Priya")
    await nora.runs("/onboard start @Priya")
    await nora.sees("Start an onboarding")
    await nora.chooses("Manager", "Diego")
    assert await nora.submits() == {}
    await nora.sees("starts on")

    await priya.goes_to("@Switchboard")
    await shop.slack.clock_to("monday 09:00", "Asia/Kolkata")
    shown = await priya.sees("Your day, Monday")
    assert "Set your working hours" in shown
    assert "overdue since" in shown
