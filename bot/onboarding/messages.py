"""What Slack shows of onboarding: every sentence and action id of the area, but for its windows."""

from collections.abc import Sequence
from datetime import timedelta

from bot import blocks
from bot.blocks import Block
from bot.onboarding.checklist import Duty, Standing
from bot.onboarding.model import CheckIn, Objective, Task
from bot.onboarding.objectives import amount
from bot.people.model import Person
from bot.words import _, day, hour, mark, n_

TICK = "onboarding.tick"
DONE = "onboarding.done"
DETAILS = "onboarding.details"
SAY = "onboarding.say"
NUMBERS = "onboarding.numbers"
LOOK = "onboarding.look"
OTHERS_SEE = "onboarding.others_see"
QUIET = "onboarding.quiet"
LOUD = "onboarding.loud"
CHANGE = "onboarding.change"
START = "onboarding.start_hire"
NO_HIRE = "onboarding.no_hire"
BLANKS = "onboarding.blanks"
ASK = "onboarding.ask"
ANSWER = "onboarding.answer"
CHAPTER = "onboarding.chapter"

HELP = mark(
    "*/onboard* shows your first weeks here, or the hires you help\n"
    "*/onboard @person* shows how somebody gets on (to them, their manager and their buddy)\n"
    "*/onboard guide WORDS* searches the guide; so does any question you write to me"
)
HELP_LEADS = mark(
    "*/onboard start @person* leads somebody through a plan\n"
    "*/onboard plans* shows the plans and what is still to be filled in\n"
    "*/onboard report* shows figures over all hires\n"
    "*/onboard approver @person* says who is asked when somebody joins"
)
# Slack holds 10 boxes in one element.
BOXES = 10
# More than so many would not be read in a morning.
_LATE, _DUTIES, _NEXT, _BLANKS = 5, 6, 2, 6
# What comes later than this is no help in the morning.
_SOON = timedelta(days=7)


# ---- tasks as boxes -----------------------------------------------------------------------------------


def boxes(
    title: str, stands: Standing, tasks: Sequence[Task], most: int = BOXES, *, dated: bool = True
) -> list[Block]:
    """Give tasks as boxes to tick, the first `most` of them (10 at most); the others are counted.

    `dated`: each says when it is due.
    """
    if not tasks:
        return []
    options = {task.id: _box(stands, task, dated=dated) for task in tasks[:most]}
    ticked = [options[task.id] for task in tasks[:most] if task.done_at]
    element = blocks.checkboxes(options.values(), initial=ticked) | {"action_id": TICK}
    # The block's id says which boxes it has: Slack tells only those that are ticked.
    row = blocks.actions(element) | {"block_id": f"tasks:{'.'.join(map(str, options))}"}
    shown = [blocks.section(title), row]
    if more := len(tasks) - len(options):
        text = n_("and {count} more: my Home tab shows it", "and {count} more: my Home tab shows them", more)
        shown.append(blocks.context(text.format(count=more)))
    return shown


def shown_tasks(block_id: str) -> list[int]:
    """Give the tasks that a group of boxes shows."""
    return [int(one) for one in block_id.partition(":")[2].split(".") if one.isdigit()]


def _box(stands: Standing, task: Task, *, dated: bool) -> Block:
    option = blocks.option(task.title, str(task.id))
    return (
        option
        if not dated
        else option | {"description": blocks.plain(_when(stands, task), blocks.OPTION_TEXT)}
    )


def _when(stands: Standing, task: Task) -> str:
    due = stands.due(task)
    if stands.is_overdue(task):
        return _("overdue since {day}").format(day=day(due))
    if due == stands.today:
        return _("due today")
    return _("due {day}").format(day=day(due))


# ---- the morning --------------------------------------------------------------------------------------


def my_morning(
    stands: Standing,
    tasks: Sequence[Task],
    older: int,
    asked: Sequence[tuple[Objective, int, CheckIn | None]],
) -> list[Block]:
    """Give a hire's part of the morning: what is due and overdue, what comes next, and numbers asked for.

    `older` more are overdue, and were named before: they alone are no reason for a message.
    """
    if not tasks and not asked:
        return []
    shown = [blocks.section(f"*{_title(stands)}*")]
    for objective, number, said in asked:
        shown.append(_asked(objective, number, said))
    late = [task for task in tasks if stands.due(task) < stands.today]
    today = [task for task in tasks if stands.due(task) >= stands.today]
    if late:
        shown += boxes(f"⏰ *{_('Still open')}*", stands, late[:_LATE])
    if unnamed := len(late[_LATE:]) + older:
        text = _older(unnamed, more=bool(late))
        shown.append(blocks.section(text, accessory=blocks.button(_("Look"), LOOK, stands.hire.id)))
    if today:
        shown += boxes(f"*{_('Today')}*", stands, today, dated=False)
    if coming := _coming(stands):
        shown.append(blocks.context(coming))
    if tasks:
        details = blocks.button(_("How do I do this?"), DETAILS, stands.hire.id)
        shown.append(blocks.actions(details))
    return shown


def _older(count: int, *, more: bool) -> str:
    """Count what is overdue and not named; `more`: than what is."""
    if more:
        return n_(
            "{count} more task from before is still open.",
            "{count} more tasks from before are still open.",
            count,
        ).format(count=count)
    return n_(
        "{count} task from before is still open.", "{count} tasks from before are still open.", count
    ).format(count=count)


def _title(stands: Standing) -> str:
    if stands.number < 0:
        return _("Before your first day ({day})").format(day=day(stands.timetable.on(0), "EEEE d MMMM"))
    text = _("Your onboarding, day {number}: {done} of {count} done")
    return text.format(number=stands.number + 1, done=stands.done, count=len(stands.tasks))


def _coming(stands: Standing) -> str:
    days = (stands.today + timedelta(days=1), stands.today + _SOON)
    mine = [task for task in stands.open if task.by == "hire" and days[0] <= stands.due(task) <= days[1]]
    lines = [f"{day(stands.due(task))}: {blocks.escape(task.title)}" for task in mine[:_NEXT]]
    return _("Next: {tasks}").format(tasks=" · ".join(lines)) if lines else ""


def _asked(objective: Objective, number: int, said: CheckIn | None) -> Block:
    what = blocks.escape(objective.what)
    if said is not None:
        text = _("📈 *{what}*: you said {value}.")
        return blocks.section(text.format(what=what, value=amount(said.value, objective.unit)))
    text = _("📈 *{what}*: where does it stand? (the goal: {goal} by day {day})")
    goal = amount(objective.target, objective.unit) if objective.target is not None else _("still to be set")
    button = blocks.button(_("Say it"), SAY, f"{objective.id}:{number}", style="primary")
    return blocks.section(text.format(what=what, goal=goal, day=objective.day), accessory=button)


def duty(one: Duty, tasks: Sequence[Task], older: int) -> list[Block]:
    """Give what somebody does for a hire; `older` more are overdue, and were named before."""
    start, name = one.standing.timetable.on(0), blocks.escape(one.standing.person.name)
    text = _("*For {name}* (starts {day})") if one.standing.number < 0 else _("*For {name}* (since {day})")
    shown = boxes(text.format(name=name, day=day(start)), one.standing, tasks[:_DUTIES])
    if unnamed := len(tasks[_DUTIES:]) + older:
        shown.append(blocks.context(f"{_older(unnamed, more=True)} {_('My Home tab shows them.')}"))
    return shown


def behind(stands: Standing, *, is_manager: bool) -> list[Block]:
    """Tell the buddy or the manager that a hire is behind."""
    count = len(stands.behind)
    oldest = min(stands.due(task) for task in stands.behind)
    text = n_(
        "🐢 *{name}* has {count} task open since {day}. Is something in the way?",
        "🐢 *{name}* has {count} tasks open, the oldest since {day}. Is something in the way?",
        count,
    ).format(name=blocks.escape(stands.person.name), count=count, day=day(oldest))
    titles = "\n".join(f"• {blocks.escape(task.title)}" for task in stands.behind[:3])
    buttons = [blocks.button(_("Look"), LOOK, stands.hire.id)]
    if is_manager:
        buttons.append(blocks.button(_("Stop reminding"), QUIET, stands.hire.id))
    return [blocks.section(f"{text}\n{titles}"), blocks.actions(*buttons)]


def unsaid(stands: Standing, objective: Objective, number: int) -> Block:
    """Tell the manager that a hire did not say where an objective stands."""
    text = _("📉 *{name}* was asked where “{what}” stands and has not said. You can say it for them.")
    text = text.format(name=blocks.escape(stands.person.name), what=blocks.escape(objective.what))
    return blocks.section(text, accessory=blocks.button(_("Say it"), SAY, f"{objective.id}:{number}"))


def no_numbers(stands: Standing, count: int) -> Block:
    """Ask the manager for the numbers of objectives that have none yet."""
    text = n_(
        "🎯 {count} objective of *{name}* has no numbers yet.",
        "🎯 {count} objectives of *{name}* have no numbers yet.",
        count,
    ).format(count=count, name=blocks.escape(stands.person.name))
    return blocks.section(text, accessory=blocks.button(_("Set the numbers"), NUMBERS, stands.hire.id))


# ---- somebody joins -----------------------------------------------------------------------------------


def joined(person: Person) -> tuple[str, list[Block]]:
    """Ask the approver about somebody who joined the workspace."""
    title = f" ({blocks.escape(person.title)})" if person.title else ""
    text = _("👋 *{name}*{title} has joined. Shall I lead them through their first weeks?").format(
        name=blocks.escape(person.name), title=title
    )
    return text, [blocks.section(text), joined_buttons(person.id)]


def joined_buttons(person_id: str) -> Block:
    """Give the choice about somebody who joined."""
    return blocks.actions(
        blocks.button(_("Start"), START, person_id, style="primary"),
        blocks.button(_("Not a hire"), NO_HIRE, person_id),
    )


def started(stands: Standing, plan_name: str, left: Sequence[str]) -> list[Block]:
    """Say that it began, and what is still to be filled in."""
    text = _("✓ *{name}* starts on {day} with the plan “{plan}”: {count} tasks.").format(
        name=blocks.escape(stands.person.name),
        day=day(stands.timetable.on(0), "EEEE d MMMM"),
        plan=blocks.escape(plan_name),
        count=len(stands.tasks),
    )
    shown = [blocks.section(text)]
    return [*shown, to_fill_in(plan_name, stands.hire.plan, left)] if left else shown


def to_fill_in(plan_name: str, slug: str, left: Sequence[str], *, named: bool = True) -> Block:
    """Say what of a plan nobody has written down, with the way to do it; `named`: what it is, too."""
    text = n_(
        "✏️ {count} thing in “{plan}” is still to be written down. Hires do not read it until then.",
        "✏️ {count} things in “{plan}” are still to be written down. Hires do not read them until then.",
        len(left),
    ).format(count=len(left), plan=blocks.escape(plan_name))
    button = blocks.button(_("Fill in"), BLANKS, slug)
    return blocks.section(f"{text}\n{blanks_named(left)}" if named else text, accessory=button)


def blanks_named(left: Sequence[str]) -> str:
    """Name what is not written down, as much as is read."""
    lines = [f"• {blocks.escape(one)}" for one in left[:_BLANKS]]
    if len(left) > _BLANKS:
        lines.append(_("and {count} more").format(count=len(left) - _BLANKS))
    return "\n".join(lines)


# ---- small answers ------------------------------------------------------------------------------------


def nothing_here() -> str:
    """Answer somebody who is no hire and helps none."""
    return _(
        "You are not being led through a plan, and you help no hire at the moment. "
        "*/onboard guide* shows what the guide holds."
    )


def approver(name: str | None, *, understood: bool) -> str:
    """Say who is asked when somebody joins."""
    if name is None:
        return _("Nobody is asked when somebody joins: there is no admin.")
    text = _("{name} is asked when somebody joins.").format(name=blocks.escape(name))
    return text if understood else f"{text} " + _("*/onboard approver @person* changes it.")


def not_a_hire(by: str) -> Block:
    """Say that somebody who joined is no hire."""
    text = _("{name} said this is not a hire. */onboard start @person* still begins it.")
    return blocks.context(text.format(name=blocks.escape(by)))


def quiet_set(name: str, *, quiet: bool) -> str:
    """Say what follows from stopping or resuming reminders."""
    text = (
        _("Nobody is reminded any more of what {name} has not done. It stays on the card.")
        if quiet
        else _("{name} is reminded again of what is overdue.")
    )
    return text.format(name=blocks.escape(name))


def welcome(stands: Standing, *, above: bool = False) -> tuple[str, list[Block]]:
    """Greet a hire and say how this works; `above`: what is due today stands in a message sent before."""
    text = _(
        "👋 *Welcome, {name}!* I lead you through your first weeks. Each working morning at {hour} you get "
        "one message with what is due. Ask me anything here: the guide or a colleague will know."
    ).format(name=blocks.escape(stands.person.name), hour=hour(stands.person.morning_hour))
    if above:
        text += " " + _("What is due today now stands in today's message above.")
    button = blocks.button(_("What others see of me"), OTHERS_SEE, stands.hire.id)
    return text, [blocks.section(text), blocks.actions(button)]


def made_helper(stands: Standing, *, is_manager: bool) -> str:
    """Tell the manager or the buddy of a new hire what is expected of them."""
    start = day(stands.timetable.on(0), "EEEE d MMMM")
    text = (
        _("🧭 You are the manager of *{name}*, from {day}. What you do for them comes in your mornings.")
        if is_manager
        else _("🤝 You are the buddy of *{name}*, from {day}. What you do for them comes in your mornings.")
    )
    return text.format(name=blocks.escape(stands.person.name), day=start)


def task_line(stands: Standing, task: Task) -> Block:
    """Give a task that waits, with the button that ends it."""
    whose = (
        "" if task.by == "hire" else f" · {_('for {name}').format(name=blocks.escape(stands.person.name))}"
    )
    text = f"{blocks.escape(task.title)}{whose} · {_when(stands, task)}"
    return blocks.section(text, accessory=blocks.button(_("Done"), DONE, task.id))


def asked_line(objective: Objective, number: int) -> Block:
    """Give a number that is asked for, with its next action."""
    return _asked(objective, number, None)
