"""What Slack shows of how hires get on: cards, lines, plans and figures."""

from collections.abc import Mapping, Sequence

from bot import blocks
from bot.blocks import Block
from bot.onboarding import messages
from bot.onboarding.checklist import Standing
from bot.onboarding.figures import Figures
from bot.onboarding.model import LEAST_GROUP, Hire, Task
from bot.onboarding.objectives import Progress, Track, amount
from bot.onboarding.plans import Plans
from bot.words import _, day, mark, n_

AIMS = {
    "product": mark("a better product"),
    "acquisition": mark("new customers"),
    "retention": mark("customers who stay"),
}
_BAR = 10


def card(
    stands: Standing, progress: Sequence[Progress], plan_name: str, names: Mapping[str, str]
) -> list[Block]:
    """Give how a hire stands: what the hire, the manager and the buddy all see."""
    hire = stands.hire
    name = stands.person.name
    facts = [
        _("since {day}").format(day=day(stands.timetable.on(0), "d MMMM y")),
        _("manager {name}").format(name=_name(names, hire.manager_id)),
    ]
    if hire.buddy_id:
        facts.append(_("buddy {name}").format(name=_name(names, hire.buddy_id)))
    shown = [
        blocks.header(f"{name} · {plan_name}"),
        blocks.context(" · ".join(facts)),
        blocks.section(f"{_bar(stands.done, len(stands.tasks))}\n{_state(stands)}"),
    ]
    if stands.overdue:
        shown.append(blocks.section(_lines(_("Overdue"), stands, stands.overdue, names)))
    coming = [task for task in stands.open if task not in stands.overdue]
    if coming:
        shown.append(blocks.section(_lines(_("Next"), stands, coming[:5], names)))
    if progress:
        lines = "\n".join(objective_line(one) for one in progress)
        shown.append(blocks.section(f"*{_('Objectives')}*\n{lines}"))
    return shown


def _bar(done: int, count: int) -> str:
    filled = done * _BAR // count if count else _BAR
    return "▓" * filled + "░" * (_BAR - filled)


def _state(stands: Standing, *, mine: bool = False) -> str:
    """Say how a hire stands; `mine`: to the hire, who need not do what others are late with."""
    text = n_("{done} of {count} task done", "{done} of {count} tasks done", len(stands.tasks))
    text = text.format(done=stands.done, count=len(stands.tasks))
    late = len(stands.overdue)
    if late:
        text += " · " + n_("{count} overdue", "{count} overdue", late).format(count=late)
        own = sum(task.by == "hire" for task in stands.overdue)
        if mine and own < late:
            yours = _("({own} of them yours)").format(own=own)
            text += f" {yours if own else _('(none of them yours)')}"
    if stands.hire.state != "active":
        return text + " · " + _("over")
    if stands.number < 0:
        return text + " · " + _("not started")
    return text + " · " + _("day {number}").format(number=stands.number + 1)


def _lines(title: str, stands: Standing, tasks: Sequence[Task], names: Mapping[str, str]) -> str:
    lines = [
        f"• {blocks.escape(task.title)} · {day(stands.due(task))}{_by(stands.hire, task, names)}"
        for task in tasks[:12]
    ]
    more = [_("and {count} more").format(count=len(tasks) - 12)] if len(tasks) > 12 else []
    return "\n".join([f"*{title}*", *lines, *more])


def _by(hire: Hire, task: Task, names: Mapping[str, str]) -> str:
    if task.by == "hire":
        return ""
    who = {"manager": hire.manager_id, "buddy": hire.helper_id}.get(task.by)
    return f" · {_name(names, who) if who else blocks.escape(names.get(task.by, task.by))}"


def _name(names: Mapping[str, str], person_id: str | None) -> str:
    return blocks.escape(names.get(person_id or "", _("a colleague")))


def mine_buttons(hire: Hire) -> Block:
    """Give what a hire can do with their own card."""
    return blocks.actions(
        blocks.button(_("How do I do this?"), messages.DETAILS, hire.id),
        blocks.button(_("What others see of me"), messages.OTHERS_SEE, hire.id),
    )


def manager_buttons(hire: Hire, *, without_numbers: bool) -> Block:
    """Give what the manager can do with a hire's card."""
    buttons = [blocks.button(_("Change"), messages.CHANGE, hire.id)]
    if without_numbers:
        buttons.insert(0, blocks.button(_("Set the numbers"), messages.NUMBERS, hire.id, style="primary"))
    if hire.quiet_since:
        buttons.append(blocks.button(_("Remind again"), messages.LOUD, hire.id))
    else:
        buttons.append(blocks.button(_("Stop reminding"), messages.QUIET, hire.id))
    return blocks.actions(*buttons)


def hire_line(stands: Standing) -> Block:
    """Give a hire in a line, with the way to their card."""
    text = f"*{blocks.escape(stands.person.name)}* · {_state(stands)}"
    return blocks.section(text, accessory=blocks.button(_("Look"), messages.LOOK, stands.hire.id))


def objective_line(one: Progress) -> str:
    """Give an objective in a line: where it stands, and whether that is on the way."""
    objective = one.objective
    what = f"• {blocks.escape(objective.what)}"
    if objective.baseline is None or objective.target is None:
        return f"{what}: {_('no numbers yet')}"
    way = _("from {baseline} to {target} by day {day}").format(
        baseline=amount(objective.baseline, objective.unit),
        target=amount(objective.target, objective.unit),
        day=objective.day,
    )
    if one.last is None:
        return f"{what}: {way}"
    return f"{what}: *{amount(one.last.value, objective.unit)}* · {way} · {_sign(one.last)}"


def _sign(track: Track) -> str:
    return _("⚠️ off track") if track.is_off else _("✓ on track")


def over(stands: Standing, progress: Sequence[Progress], *, mine: bool) -> list[Block]:
    """Say that an onboarding is over, and how it went."""
    first = (
        _("🎉 *Your onboarding is over.* {done} of {count} tasks are done.")
        if mine
        else _("🎉 *The onboarding of {name} is over.* {done} of {count} tasks are done.")
    )
    text = first.format(name=blocks.escape(stands.person.name), done=stands.done, count=len(stands.tasks))
    return [blocks.section("\n".join([text, *(objective_line(one) for one in progress)]))]


def report(total: Figures, parts: Sequence[tuple[str, Figures]]) -> list[Block]:
    """Give figures over all hires, and by plan where a group is large enough that nobody is recognised."""
    shown = [blocks.header(_("Onboarding in figures"))]
    count = n_("{count} hire", "{count} hires", total.hires).format(count=total.hires)
    if total.hires < LEAST_GROUP:
        why = _("Figures are shown of {least} hires or more: of fewer, one could tell who it is.")
        text = _("{count}, now or finished in the last half year.").format(count=count)
        return [*shown, blocks.section(f"{text}\n{why.format(least=LEAST_GROUP)}")]
    rows = [[_("Plan"), _("hires"), _("done in time"), _("overdue"), _("objectives on track")]]
    rows += [_row(name, part) for name, part in (*parts, (_("All"), total))]
    shown.append(blocks.table(rows))
    lines = [
        f"• {_(AIMS[aim])}: "
        + _("{on} on track, {off} off track, {unsaid} not said yet").format(on=on, off=off, unsaid=unsaid)
        for aim, (on, off, unsaid) in total.objectives.items()
    ]
    if lines:
        shown.append(blocks.section(f"*{_('Objectives by what they serve')}*\n" + "\n".join(lines)))
    small = _("Plans with fewer than {least} hires are counted in “All” only.").format(least=LEAST_GROUP)
    return [*shown, blocks.context(small)]


def _row(name: str, one: Figures) -> list[str]:
    on = sum(counts[0] for counts in one.objectives.values())
    said = on + sum(counts[1] for counts in one.objectives.values())
    in_time = f"{100 * one.in_time // one.due} %" if one.due else "–"
    return [name, str(one.hires), in_time, str(one.overdue), f"{on} / {said}" if said else "–"]


def plan_list(read: Plans, known: Mapping[str, str], *, may_fill: bool) -> list[Block]:
    """Give every plan in a line or two, and what is wrong with those that cannot be used."""
    shown = [blocks.header(_("Plans"))]
    for plan in read.plans.values():
        own = f" · {_('your own')}" if plan.own else ""
        counts = _("{tasks} tasks, {chapters} chapters, {objectives} objectives").format(
            tasks=len(plan.tasks), chapters=len(plan.guide), objectives=len(plan.objectives)
        )
        left = plan.left(known)
        open_ = (
            n_("{count} blank", "{count} blanks", len(left)).format(count=len(left))
            if left
            else _("complete")
        )
        text = f"*{blocks.escape(plan.name)}*{own}\n{blocks.escape(plan.about)}\n{counts} · {open_}"
        text += f"\n{messages.blanks_named(left)}" if left and may_fill else ""
        button = blocks.button(_("Fill in"), messages.BLANKS, plan.slug) if may_fill and plan.blanks else None
        shown.append(blocks.section(text, accessory=button))
    if read.mistakes:
        lines = "\n".join(f"• {blocks.escape(str(one))}" for one in read.mistakes[:15])
        shown.append(blocks.section(f"⚠️ *{_('These cannot be used yet')}*\n{lines}"))
    return shown


def at_home(stands: Standing) -> list[Block]:
    """Give a hire's own progress."""
    text = f"*{_('Your onboarding')}*\n{_bar(stands.done, len(stands.tasks))} {_state(stands, mine=True)}"
    return [blocks.section(text), mine_buttons(stands.hire)]
