"""2 to 10 November: winter time in New York as well, weekly posts, the second number, and how all stands."""

from tests.weeks.days import scene
from tests.weeks.stage import Stage
from tests.weeks.week1 import QUESTION


@scene("11-03 02:00", "After All Souls' Day Marisol goes on")
async def after_the_holiday(stage: Stage) -> None:
    marisol = await stage.marisol.goes_to("messages")
    await marisol.sees("Your day, Tuesday 3 November")
    await marisol.sees_not("Your day, Monday 2 November")
    await stage.shoot("onboarding-after-the-holiday", marisol, whole=True)


@scene("11-03 15:00", "Marketing's week says whose holiday it was; Diego and Nora read what they were told")
async def the_week_of_marketing(stage: Stage) -> None:
    camille = await stage.others.becomes("Camille")
    await camille.goes_to("#marketing")
    await camille.sees("Marisol: All Souls' Day", on="the week of 2 November")
    await stage.shoot("weekly-post-marketing", camille, "the week of 2 November", whole=True)
    for seat in (stage.nora, stage.diego):
        await seat.goes_to("messages")
        await stage.shoot(f"messages-{seat.name}", seat, whole=True)


@scene("11-09 15:00", "The third round asks everybody at half past nine of their own winter")
async def third_round(stage: Stage) -> None:
    for name in ("Jun", "Rita", "Grace"):
        seat = await stage.others.becomes(name)
        await seat.goes_to("messages")
        await seat.sees(QUESTION)
        await stage.shoot(f"round3-asked-{name}", seat, QUESTION)


@scene("11-10 02:00", "Marisol says the second number, which is on the way")
async def second_check_in(stage: Stage) -> None:
    marisol = await stage.marisol.goes_to("messages")
    await marisol.sees("where does it stand?")
    await marisol.presses("Say it", on="where does it stand?")
    await marisol.window.fills("Cost of a new customer from paid campaigns (per customer)", "11.4")
    await marisol.window.submits("Save")
    await marisol.sees("On the way to the goal it would be 11.5")
    await stage.shoot("check-in-2-on-track", marisol, "On the way to the goal it would be 11.5")


@scene("11-10 02:10", "Everybody looks at Home once more")
async def homes(stage: Stage) -> None:
    for seat in (stage.nora, stage.diego, stage.marisol):
        await seat.goes_to("home")
        await stage.shoot(f"home-{seat.name}", seat, whole=True)
    for name in ("Camille", "Jun", "Grace"):
        seat = await stage.others.becomes(name)
        await seat.goes_to("home")
        await stage.shoot(f"home-{name}", seat, whole=True)
    await stage.diego.goes_to("#support")
    await stage.shoot("queue-at-the-end", stage.diego, whole=True)
