"""26 October to 1 November: summer time is over in Europe; an action is carried, a number is off track."""

from tests.weeks import moves
from tests.weeks.days import scene
from tests.weeks.stage import Stage
from tests.weeks.week1 import ACTION, QUESTION

INVOICE = "Facture"


@scene("10-26 02:00", "Marisol is back after a missed week, and says a number that is off track")
async def marisol_is_back(stage: Stage) -> None:
    marisol = await stage.marisol.goes_to("messages")
    await marisol.sees("Your onboarding, day 21")
    await marisol.sees("where does it stand?")
    await stage.shoot("onboarding-back-with-a-check-in", marisol, whole=True)
    await marisol.presses("Say it", on="where does it stand?")
    await marisol.window.fills("Visitors who sign up for the newsletter (%)", "2.1")
    await marisol.window.fills("What helps, what is in the way?", "The form hides on phones")
    await marisol.window.submits("Save")
    await marisol.sees("That is off track")
    await stage.shoot("check-in-1-off-track", marisol, "That is off track")
    await marisol.goes_to("home")
    await stage.shoot("onboarding-home-after-the-missed-week", marisol, whole=True)
    await moves.does_all(stage, marisol)
    await stage.shoot("onboarding-home-all-done", marisol, whole=True)
    await marisol.goes_to("messages")


@scene("10-26 10:30", "Camille hears of the number; Rita is asked at half past nine in winter time")
async def rita_answers_again(stage: Stage) -> None:
    camille = await stage.others.becomes("Camille")
    await camille.goes_to("messages")
    await camille.sees("is off track on")
    await stage.shoot("check-in-1-manager", camille, "is off track on", whole=True)
    rita = await stage.others.becomes("Rita")
    await rita.goes_to("messages")
    await rita.sees("Your day, Monday 26 October")
    await stage.shoot("round2-asked-in-lisbon", rita, QUESTION)
    await rita.fills(QUESTION, "The customs form changes in November", on=QUESTION)
    await rita.presses("Send", on=QUESTION)
    await rita.sees("The customs form changes", on="You answered")


@scene("10-26 10:40", "The week of logistics says who is away")
async def the_week_of_logistics(stage: Stage) -> None:
    nora = await stage.nora.goes_to("#logistics")
    await nora.sees("Jun, to the end of Fri 30 Oct", on="the week of 26 October")
    await stage.shoot("weekly-post-logistics", nora, "the week of 26 October")


@scene("10-26 14:00", "Grace finds what is still open, answers, and the report comes at once")
async def the_second_report(stage: Stage) -> None:
    grace = await stage.others.becomes("Grace")
    await grace.goes_to("messages")
    await grace.sees("Still open from last time")
    await grace.sees(ACTION, on="Still open from last time")
    await stage.shoot("round2-still-open", grace, QUESTION, whole=True)
    await grace.presses("Nothing this time", on=QUESTION)
    await stage.quiet()
    nora = await stage.nora.goes_to("#logistics")
    await nora.sees("away: Jun", on="26 October 2026")
    await nora.sees(ACTION, on="26 October 2026")
    await stage.shoot("round2-report", nora, "26 October 2026", whole=True)


@scene("10-26 14:10", "Grace closes the action in her Home, and the reports know")
async def the_action_is_closed(stage: Stage) -> None:
    grace = await stage.others.becomes("Grace")
    await grace.goes_to("home")
    await grace.sees(ACTION)
    await stage.shoot("carried-action-in-home", grace, ACTION, whole=True)
    await grace.presses("Done", beside=ACTION)
    await stage.quiet()
    await grace.sees_not(ACTION)
    nora = await stage.nora.goes_to("#logistics")
    await nora.sees_not(ACTION, on="26 October 2026")
    await nora.sees(f"{ACTION} ✓", on="3 answers")


@scene("10-27 15:00", "Amélie wants an invoice; Diego puts it off until tomorrow")
async def it_is_put_off(stage: Stage) -> None:
    await moves.writes(
        stage, "Amélie Girard", INVOICE,
        "Bonjour,\n\npourriez-vous m'envoyer la facture de ma commande JN-1091 en PDF ?\n\nAmélie Girard",
    )  # fmt: skip
    diego = stage.diego
    await moves.takes(diego, INVOICE)
    if await diego.message(INVOICE).get_by_text("What is this about?").count():
        await diego.picks("Payment or invoice", on=INVOICE)
    await diego.menu("Snooze", on=INVOICE)
    await diego.window.chooses("Tomorrow morning")
    await stage.shoot("snooze", diego)
    await diego.window.submits("Put off")
    await stage.quiet()
    await diego.sees("Put off until", on=INVOICE)


@scene("10-28 13:40", "It is back, and is answered")
async def it_is_back(stage: Stage) -> None:
    diego = await stage.diego.goes_to("messages")
    await diego.sees("the time it was put off for is over")
    await stage.shoot("snoozed-is-back", diego, "the time it was put off for is over", whole=True)
    await diego.goes_to("#support")
    await moves.answers(stage, diego, INVOICE, "Bonjour Madame Girard,\n\nla voici.\n\nDiego")
    await moves.closes(stage, diego, INVOICE)


@scene("10-29 15:00", "Harriet says thank you, and nothing opens")
async def thanks_open_nothing(stage: Stage) -> None:
    await moves.writes_back(stage, "Harriet Cole", "for 3 euros", "Thank you so much!")
    diego = await stage.diego.goes_to("#support")
    await diego.sees("Closed by Diego", on="Mugs as a gift")
