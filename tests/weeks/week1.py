"""12 to 18 October: colleagues join, a round with a holiday and a late answer, the first five customers."""

from tests.weeks import moves
from tests.weeks.days import scene
from tests.weeks.stage import Stage

INDUSTRY = "Our industry"
QUESTION = "What changed that touches us?"
VOUCHER = "优惠码"
ACTION = "Ask the forwarder for slots in December"


@scene("10-12 00:30", "Three colleagues and a hire join, each with a zone and a country")
async def they_join(stage: Stage) -> None:
    # The page's own form asks for a name and a title only: zone and language are ordered by control call.
    await stage.slack.hires("Jun Wei", tz="Asia/Shanghai", locale="zh-CN", title="Sourcing, Shanghai")
    await stage.slack.hires("Rita Sousa", tz="Europe/Lisbon", locale="pt-PT", title="Logistics, Lisbon")
    await stage.slack.hires(
        "Grace Miller", tz="America/New_York", locale="en-US", title="Customer care, New York"
    )
    await stage.slack.hires("Marisol Cruz", tz="Asia/Manila", locale="en-PH", title="Digital marketer")
    await stage.quiet()
    for name, country in (("Jun", "CN"), ("Rita", "PT"), ("Grace", "US")):
        await moves.says_country(stage, name, country)
    marisol = await stage.marisol.becomes("Marisol")
    await marisol.goes_to("messages")


@scene("10-12 00:32", "The leads take them into their departments; Grace stands in for customers")
async def they_share_the_work(stage: Stage) -> None:
    await moves.takes_in(stage, await stage.nora.becomes("Nora"), "Logistics", "Jun", "Rita")
    await moves.takes_in(stage, stage.diego, "Customer service", "Grace", channel="#support")
    await moves.takes_in(stage, await stage.others.becomes("Camille"), "Marketing", "Marisol")


@scene("10-12 00:34", "Nora begins the fortnightly standup")
async def a_standup_begins(stage: Stage) -> None:
    nora = await stage.nora.goes_to("#logistics")
    await nora.runs("/standup new")
    await nora.window.fills("Name", INDUSTRY)
    await nora.window.drops("Nora")
    await nora.window.picks("People", "Grace", "Jun", "Rita")
    await nora.window.fills("First date", "2026-10-12")
    await stage.shoot("standup-new", nora)
    await nora.window.goes_on("Preview")
    await nora.window.sees("every 2 weeks on Monday")
    await nora.window.sees("Tue 13 Oct 09:30 (after Columbus Day)")
    await stage.shoot("standup-next-dates", nora)
    await nora.window.submits("Start")
    await nora.sees("Asked are Grace, Jun, Rita.")


@scene("10-12 00:36", "Nora starts the onboarding of Marisol")
async def an_onboarding_begins(stage: Stage) -> None:
    nora = await stage.nora.goes_to("messages")
    await nora.runs("/onboard start @Marisol Cruz")
    await nora.window.picks("Plan", "Digital marketer")
    # She has been here for a fortnight when the shop begins to use the bot.
    await nora.window.fills("First day", "2026-09-28")
    await nora.window.picks("Manager", "Camille")
    await nora.window.picks("Buddy", "Aiko")
    await nora.window.submits("Start")
    await nora.sees("with the plan “Digital marketer”: 34 tasks")
    await stage.shoot("onboarding-started", nora)


@scene("10-12 02:00", "Jun is asked at half past nine in Shanghai, and answers in Chinese")
async def jun_answers(stage: Stage) -> None:
    jun = await stage.others.becomes("Jun")
    await jun.goes_to("messages")
    await jun.sees(QUESTION)
    await stage.shoot("round1-asked-in-shanghai", jun, QUESTION)
    await jun.presses("Answer in a window", on=QUESTION)
    await jun.window.fills(QUESTION, "宁波港拥堵，船期推迟六天。")
    await jun.window.fills("What does it mean for us?", "十二月的货会晚到。")
    await jun.window.submits("Share")
    await jun.sees("You answered")
    await stage.shoot("round1-jun-has-answered", jun, "You answered")


@scene("10-12 02:10", "Marisol has her first morning, and does most of it")
async def marisol_begins(stage: Stage) -> None:
    marisol = await stage.marisol.goes_to("messages")
    await marisol.sees("Your onboarding, day 11")
    await stage.shoot("onboarding-first-morning", marisol, whole=True)
    await marisol.runs("/switchboard settings")
    await marisol.presses("Change")
    await marisol.window.fills("Country, for public holidays", "PH")
    await marisol.window.submits("Save")
    await marisol.ticks(
        "Set your working hours", "Sign in everywhere", "Introduce yourself", "Read how we work",
        on="Your onboarding, day 11",
    )  # fmt: skip
    await marisol.sees("4 of 34 done")
    await stage.shoot("onboarding-ticked", marisol, whole=True)


@scene("10-12 10:00", "Rita answers in the message itself, with an action for Grace")
async def rita_answers(stage: Stage) -> None:
    rita = await stage.others.becomes("Rita")
    await rita.goes_to("messages")
    await rita.sees(QUESTION)
    await rita.fills(QUESTION, "Sea freight to Europe is booked out until Christmas", on=QUESTION)
    await rita.fills("What should we do, who, by when?", f"{ACTION}, Grace, by 23 October", on=QUESTION)
    await stage.shoot("round1-rita-answers-in-the-message", rita, QUESTION)
    await rita.presses("Send", on=QUESTION)
    await rita.sees("due Fri 23 Oct", on="You answered")
    await stage.shoot("round1-rita-has-answered", rita, "You answered")


@scene("10-12 10:05", "Camille, her manager, sets the numbers of Marisol's objectives")
async def numbers_are_set(stage: Stage) -> None:
    camille = await stage.others.becomes("Camille")
    await camille.goes_to("messages")
    await camille.sees("have no numbers yet")
    await stage.shoot("manager-morning", camille, whole=True)
    await camille.presses("Set the numbers")
    for number, (baseline, target) in enumerate((("2", "4"), ("14", "9"), ("18", "25"))):
        await camille.window.dialog.get_by_label("Today").nth(number).fill(baseline)
        await camille.window.dialog.get_by_label("Goal").nth(number).fill(target)
    await camille.window.submits("Save")


@scene("10-12 10:10", "Jonas and Harriet write, in German and in English")
async def two_customers_write(stage: Stage) -> None:
    await moves.writes(
        stage, "Jonas Weber", "Teller zerbrochen",
        "Hallo,\n\nzwei von vier Tellern aus Bestellung JN-1042 kamen zerbrochen an. Können Sie mir Ersatz "
        "schicken?\n\nViele Grüße\nJonas Weber",
    )  # fmt: skip
    await moves.writes(
        stage, "Harriet Cole", "Where is my order?",
        "Hello,\n\norder JN-1077 was due last week and the tracking has not moved since Tuesday. Where is it?"
        "\n\nHarriet",
    )  # fmt: skip
    nora = await stage.nora.goes_to("#support")
    await nora.sees("Damaged or wrong item", on="Teller zerbrochen")
    await stage.shoot("queue-cards", nora, whole=True)


@scene("10-13 02:00", "Marisol does two more, from her Home tab")
async def marisol_goes_on(stage: Stage) -> None:
    marisol = await stage.marisol.goes_to("home")
    await stage.shoot("onboarding-home", marisol, whole=True)
    for task in ("Buy something in our shop", "Read how we sound"):
        await marisol.presses("Done", beside=task)
        await stage.quiet()
        await marisol.sees_not(task)


@scene("10-13 14:00", "Grace had a holiday: she is asked a day later, and does not answer")
async def grace_is_asked(stage: Stage) -> None:
    grace = await stage.others.becomes("Grace")
    await grace.goes_to("messages")
    await grace.sees("Your day, Tuesday 13 October")
    await grace.sees(QUESTION)
    await stage.shoot("round1-asked-in-new-york-after-the-holiday", grace, QUESTION)


@scene("10-13 14:05", "Diego answers both, one with a saved reply")
async def diego_answers(stage: Stage) -> None:
    diego = await stage.diego.goes_to("messages")
    await stage.shoot("lead-morning", diego, whole=True)
    await moves.takes(diego, "Teller zerbrochen")
    await stage.shoot("card-taken", diego, "Teller zerbrochen")
    await moves.answers(
        stage, diego, "Teller zerbrochen",
        "Hallo Herr Weber,\n\ndas tut uns leid. Zwei neue Teller gehen morgen an Sie heraus.\n\nDiego",
    )  # fmt: skip
    await moves.closes(stage, diego, "Teller zerbrochen")
    await moves.takes(diego, "Where is my order?")
    await moves.answers(stage, diego, "Where is my order?", "", saved="Where is my parcel")
    await moves.closes(stage, diego, "Where is my order?")
    await stage.shoot("card-closed", diego, "Where is my order?")
    harriet = await stage.others.becomes("Harriet Cole")
    await moves.reads(harriet, "JN-1077 has left our warehouse")
    await stage.shoot("customer-reads-the-answer", harriet)


@scene("10-14 15:00", "Amélie writes in French, and is asked back")
async def amelie_is_asked(stage: Stage) -> None:
    await moves.writes(
        stage, "Amélie Girard", "Retour du plaid",
        "Bonjour,\n\nje souhaite retourner le plaid de la commande JN-1090, la couleur ne me convient pas. "
        "Comment faire ?\n\nMerci\nAmélie Girard",
    )  # fmt: skip
    diego = stage.diego
    await moves.takes(diego, "Retour du plaid")
    await diego.sees("Return or refund", on="Retour du plaid")
    await moves.answers(
        stage, diego, "Retour du plaid",
        "Bonjour Madame Girard,\n\nvoulez-vous un remboursement ou une autre couleur ?\n\nDiego",
    )  # fmt: skip


@scene("10-15 13:45", "The round is reported at its cut-off, without Grace")
async def the_report_comes(stage: Stage) -> None:
    nora = await stage.nora.goes_to("#logistics")
    await nora.sees("no answer: Grace")
    await nora.sees("Sea freight to Europe is booked out", on="2 answers")
    await stage.shoot("round1-report", nora, "2 answers", whole=True)
    grace = await stage.others.becomes("Grace")
    await grace.goes_to("messages")
    await grace.sees("and your answer is missing")
    await stage.shoot("round1-reminder", grace, "and your answer is missing")


@scene("10-15 15:00", "Grace answers late, and the report has it")
async def grace_answers_late(stage: Stage) -> None:
    grace = await stage.others.becomes("Grace")
    await grace.goes_to("messages")
    await grace.sees("A late answer still reaches the report.", on="Your day, Tuesday 13 October")
    await stage.shoot("round1-closed-without-an-answer", grace, "A late answer still reaches the report.")
    await grace.presses("Answer", on="A late answer still reaches the report.")
    await grace.window.fills(QUESTION, "The postal service raises parcel prices by 5 % in January")
    await grace.window.submits("Share")
    nora = await stage.nora.goes_to("#logistics")
    await nora.sees("late: Grace", on="3 answers")
    await nora.sees("raises parcel prices", on="3 answers")
    await stage.shoot("round1-report-with-the-late-answer", nora, "3 answers", whole=True)


@scene("10-15 15:10", "Amélie answers, and her return is worked to the end")
async def amelie_is_done(stage: Stage) -> None:
    await moves.writes_back(stage, "Amélie Girard", "une autre couleur", "Un remboursement, s'il vous plaît.")
    diego = await stage.diego.goes_to("messages")
    await diego.sees("Your customer wrote again.")
    await diego.goes_to("#support")
    await moves.answers(
        stage, diego, "Retour du plaid",
        "C'est noté : voici l'étiquette de retour, le remboursement suit dans la semaine.\n\nDiego",
    )  # fmt: skip
    await moves.closes(stage, diego, "Retour du plaid")


@scene("10-15 15:20", "A voucher that does not work goes to the people of the web shop")
async def a_voucher_is_handed_over(stage: Stage) -> None:
    await moves.writes(stage, "陈雨", VOUCHER, "您好，优惠码 JUNI10 用不了，显示无效。请问怎么办？\n\n陈雨")
    diego = await stage.diego.goes_to("#support")
    await diego.sees("Vouchers and discounts", on=VOUCHER)
    await diego.menu("Escalate", on=VOUCHER)
    await diego.window.picks("Which department?", "Web & IT")
    await diego.window.fills("Words for them", "Does the field still take JUNI10?")
    await diego.window.submits("Hand over")
    await stage.quiet()
    await stage.shoot("card-escalated", diego, VOUCHER)


@scene("10-16 06:30", "Aiko answers for the web shop; as Marisol's buddy she hears that Marisol is behind")
async def the_web_answers(stage: Stage) -> None:
    aiko = await stage.others.becomes("Aiko")
    await aiko.goes_to("messages")
    await aiko.sees("handed a customer's ticket to your department")
    await aiko.sees("Is something in the way?")
    await stage.shoot("buddy-messages", aiko, whole=True)
    await stage.shoot("onboarding-buddy-hears", aiko, "Is something in the way?")
    await moves.takes(aiko, VOUCHER)
    await moves.answers(stage, aiko, VOUCHER, "陈雨，您好：\n\n优惠码已经修好，可以使用了。\n\nAiko")
    await moves.closes(stage, aiko, VOUCHER)
