"""19 to 25 October: a correction that is learned, a promise that breaks at night, a hire who is silent."""

from tests.weeks import moves
from tests.weeks.days import scene
from tests.weeks.stage import Stage

GIFT, GIFT_AGAIN, REFUND = "Mugs as a gift", "Bowls as a gift", "Geld zurück"


@scene("10-19 10:00", "Camille, the manager, hears that Marisol is behind")
async def the_manager_hears(stage: Stage) -> None:
    camille = await stage.others.becomes("Camille")
    await camille.goes_to("messages")
    await camille.sees("Is something in the way?")
    await stage.shoot("onboarding-manager-hears", camille, "Is something in the way?", whole=True)


@scene("10-19 14:05", "The week of customer service says what was agreed and is due")
async def the_week_of_service(stage: Stage) -> None:
    diego = await stage.diego.goes_to("#support")
    await diego.sees("Ask the forwarder for slots in December", on="the week of 19 October")
    await stage.shoot("weekly-post-customer-service", diego, "the week of 19 October")


@scene("10-19 14:10", "Harriet asks what the sorting is not sure of; Diego says what it is")
async def diego_corrects(stage: Stage) -> None:
    await moves.writes(
        stage, "Harriet Cole", GIFT,
        "Hello,\n\ncould you pack the mugs as a gift, with a card in it?\n\nHarriet",
    )  # fmt: skip
    diego = await stage.diego.goes_to("#support")
    await diego.sees("What is this about?", on=GIFT)
    await stage.shoot("card-not-sure", diego, GIFT)
    await diego.picks("Product question", on=GIFT)
    await stage.quiet()
    await diego.sees("Product question", on=GIFT)
    await diego.opens_thread(GIFT)
    await stage.shoot("card-corrected", diego, GIFT)
    await moves.takes(diego, GIFT)
    await moves.answers(stage, diego, GIFT, "Hello Harriet,\n\nyes, with pleasure, for 3 euros.\n\nDiego")
    await moves.closes(stage, diego, GIFT)


@scene("10-21 14:00", "Somebody new asks the same, and the card says from whom it was learned")
async def it_has_learned(stage: Stage) -> None:
    # The page has mailboxes of those it knows: a stranger's mail is ordered by control call.
    await stage.slack.post(
        "mail", from_="oona.reed@inbox.example", subject=GIFT_AGAIN, to="support@juniper.example",
        text="Good morning,\n\ncould you pack the bowls as a gift, with a card in it?\n\nOona Reed",
    )  # fmt: skip
    await stage.quiet()
    diego = await stage.diego.goes_to("#support")
    await diego.sees("learned from Diego", on=GIFT_AGAIN)
    await diego.sees("Product question", on=GIFT_AGAIN)
    await stage.shoot("card-learned", diego, GIFT_AGAIN)
    await moves.takes(diego, GIFT_AGAIN)
    await moves.answers(stage, diego, GIFT_AGAIN, "Hello Oona,\n\nyes, for 3 euros.\n\nDiego")
    await moves.closes(stage, diego, GIFT_AGAIN)


@scene("10-22 15:00", "Jonas wants his money back, and Priya gets it when she has gone home")
async def priya_gets_it(stage: Stage) -> None:
    await moves.writes(
        stage, "Jonas Weber", REFUND,
        "Hallo,\n\nich will mein Geld zurück für Bestellung JN-1042, ich schreibe zum dritten Mal!"
        "\n\nJonas Weber",
    )  # fmt: skip
    diego = await stage.diego.goes_to("#support")
    await diego.presses("Assign", on=REFUND)
    await diego.window.picks("Who takes care of it?", "Priya")
    await diego.window.submits("Assign")
    await stage.quiet()
    await diego.sees("Priya takes care of it", on=REFUND)
    await stage.shoot("card-assigned", diego, REFUND)


@scene("10-22 20:20", "The promise breaks: Grace, who stands in, and Diego hear of it; Priya sleeps")
async def the_promise_breaks(stage: Stage) -> None:
    diego = await stage.diego.goes_to("messages")
    await diego.sees("still waits for the answer we promised")
    await stage.shoot("breach-lead", diego, "still waits for the answer we promised")
    grace = await stage.others.becomes("Grace")
    await grace.goes_to("messages")
    await grace.sees("still waits for the answer we promised")
    await stage.shoot("breach-stand-in", grace, "still waits for the answer we promised")
    priya = await stage.others.becomes("Priya")
    await priya.goes_to("messages")
    await priya.sees_not("still waits for the answer we promised")
    await stage.shoot("breach-assignee-at-two-in-the-morning", priya)


@scene("10-23 04:00", "Priya hears of it in her morning, and answers")
async def priya_answers(stage: Stage) -> None:
    priya = await stage.others.becomes("Priya")
    await priya.goes_to("messages")
    await priya.sees("still waits for the answer we promised")
    await stage.shoot("breach-assignee-in-the-morning", priya, whole=True)
    await priya.presses("I am on it", on="still waits for the answer we promised")
    await stage.quiet()
    await priya.goes_to("#support")
    await moves.answers(
        stage, priya, REFUND, "Hallo Herr Weber,\n\nIhr Geld ist heute an Sie zurückgegangen.\n\nPriya",
    )  # fmt: skip
    await moves.closes(stage, priya, REFUND)
    await stage.shoot("card-late-and-closed", priya, REFUND)


@scene("10-23 07:00", "Jun says that he is away over the next round")
async def jun_goes_away(stage: Stage) -> None:
    jun = await stage.others.becomes("Jun")
    await jun.goes_to("messages")
    await jun.runs("/switchboard away 2026-10-24 - 2026-10-30")
    await jun.sees("10月30日")
    await stage.shoot("away-said", jun)
