"""The windows of onboarding: start and change, tasks in detail, numbers, blanks, answers."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from bot import blocks
from bot.blocks import Block
from bot.onboarding import quoting
from bot.onboarding.checklist import Standing
from bot.onboarding.guide import Chapter, paragraphs
from bot.onboarding.model import Hire, Objective, Question, Task
from bot.onboarding.plans import Plan
from bot.words import _, day

START = "onboarding.start"
CHANGE = "onboarding.keep_change"
SAY = "onboarding.keep_said"
NUMBERS = "onboarding.keep_numbers"
BLANKS = "onboarding.keep_blanks"
ANSWER = "onboarding.keep_answer"
_MOST_BLANKS = 90


def start(
    plans: Iterable[Plan], *, person: str | None, manager: str | None, buddy: str | None, today: date,
    plan: str | None = None,
) -> Block:  # fmt: skip
    """Give the window in which somebody's onboarding is begun."""
    options = {one.slug: blocks.option(one.name, one.slug) for one in plans}
    initial = options.get(plan or "general") or next(iter(options.values()), None)
    shown = [
        blocks.field(_("Who?"), "person", blocks.person_menu(person)),
        blocks.field(_("Plan"), "plan", blocks.menu(options.values(), initial=initial)),
        *_where(today, manager, buddy),
    ]
    return blocks.modal(START, _("Start an onboarding"), shown, submit=_("Start"), close=_("Cancel"))


def change(hire: Hire, name: str) -> Block:
    """Give the window in which the start, manager and buddy of a hire are changed."""
    stop = blocks.checkboxes([blocks.option(_("Break it off"), "end")])
    shown = [
        blocks.section(f"*{blocks.escape(name)}*"),
        *_where(hire.starts_on, hire.manager_id, hire.buddy_id),
        blocks.field(
            _("End"), "end", stop, optional=True, hint=_("Nothing more is asked then; what was said stays.")
        ),
    ]
    return blocks.modal(
        CHANGE,
        _("Change"),
        shown,
        submit=_("Save"),
        close=_("Cancel"),
        metadata=json.dumps({"hire": hire.id}),
    )


def _where(starts_on: date, manager: str | None, buddy: str | None) -> list[Block]:
    return [
        blocks.field(
            _("First day"),
            "start",
            blocks.date_picker(starts_on),
            hint=_("All other days are counted from here, in the hire's own working days and holidays."),
        ),
        blocks.field(
            _("Manager"), "manager", blocks.person_menu(manager), hint=_("Hears of it when things stay open.")
        ),
        blocks.field(
            _("Buddy"), "buddy", blocks.person_menu(buddy), optional=True,
            hint=_("Whom the hire asks first; empty means the manager."),
        ),
    ]  # fmt: skip


def details(
    stands: Standing, tasks: Sequence[Task], texts: Mapping[int, str], chapters: Mapping[str, Chapter]
) -> Block:
    """Give tasks with what explains them in a few lines, and the way to all of it."""
    shown: list[Block] = []
    explained: set[str] = set()
    for task in tasks[:12]:
        due = _("due {day}").format(day=day(stands.due(task)))
        head = f"*{blocks.escape(task.title)}* · {due}"
        shown.append(blocks.section(f"{head}\n{blocks.escape(texts[task.id])}".rstrip()))
        chapter = chapters.get(task.chapter)
        if chapter and chapter.key not in explained:
            explained.add(chapter.key)
            shown.append(blocks.context(f"📖 *{blocks.escape(chapter.title)}*"))
            shown.append(quoting.said(chapter, f"{task.title} {texts[task.id]}"))
        shown.append(blocks.divider())
    if not tasks:
        shown = [blocks.section(_("Nothing is due."))]
    return blocks.modal("onboarding.shown", _("How do I do this?"), shown)


def chapter(one: Chapter) -> Block:
    """Give a chapter of the guide."""
    return blocks.modal("onboarding.shown", _("Guide"), _chapter(one))


def _chapter(one: Chapter) -> list[Block]:
    return [blocks.context(f"📖 *{blocks.escape(one.title)}*"), *map(blocks.section, paragraphs(one.text))]


def others_see(card: Sequence[Block], manager: str, buddy: str | None) -> Block:
    """Show a hire what others see of them, and who these are."""
    who = (
        _("{manager} and {buddy} see exactly this, and nobody else.").format(manager=manager, buddy=buddy)
        if buddy
        else _("{manager} sees exactly this, and nobody else.").format(manager=manager)
    )
    more = _(
        "Whoever does a task for you sees that task. Admins see figures only, of groups of five or more "
        "hires. A question goes to a colleague only when you press the button for it."
    )
    shown = [blocks.section(blocks.escape(who)), *card, blocks.context(more)]
    return blocks.modal("onboarding.shown", _("What others see"), shown)


def card(shown: Sequence[Block]) -> Block:
    """Give how a hire stands."""
    return blocks.modal("onboarding.shown", _("Onboarding"), shown)


def say(objective: Objective, number: int, current: float | None, note: str) -> Block:
    """Give the window in which a number is said."""
    title = blocks.clip(objective.what, 70)
    label = f"{title} ({objective.unit})" if objective.unit else title
    box = {"type": "number_input", "is_decimal_allowed": True}
    if current is not None:
        box["initial_value"] = f"{current:g}"
    shown = [
        blocks.field(label, "value", box, hint=_("As it stands now; you can correct it later.")),
        blocks.field(
            _("What helps, what is in the way?"), "note", blocks.text_input(note, multiline=True),
            optional=True, hint=_("Your manager reads it if the number is off track."),
        ),
    ]  # fmt: skip
    metadata = json.dumps({"objective": objective.id, "day": number})
    return blocks.modal(
        SAY, _("Where it stands"), shown, submit=_("Save"), close=_("Cancel"), metadata=metadata
    )


def numbers(hire: Hire, objectives: Sequence[Objective]) -> Block:
    """Give the window in which the numbers of objectives are set."""
    shown: list[Block] = []
    for one in objectives[:20]:
        unit = f" ({one.unit})" if one.unit else ""
        shown.append(blocks.section(f"*{blocks.escape(one.what)}*"))
        for name, title, value, blank in (
            ("baseline", _("Today"), one.baseline, one.baseline_blank),
            ("target", _("Goal by day {day}").format(day=one.day), one.target, one.target_blank),
        ):
            box = blocks.text_input("" if value is None else f"{value:g}")
            shown.append(blocks.field(f"{title}{unit}", f"{name}-{one.id}", box, optional=True, hint=blank))
    return blocks.modal(
        NUMBERS,
        _("Numbers"),
        shown,
        submit=_("Save"),
        close=_("Cancel"),
        metadata=json.dumps({"hire": hire.id}),
    )


def blanks(plan: Plan, known: Mapping[str, str]) -> Block:
    """Give the window in which the shop fills in what a plan leaves open."""
    shown = [
        blocks.section(_("What stays empty is left out of what hires read, and said to be open.")),
        *(
            blocks.field(
                blocks.clip(blank[:1].upper() + blank[1:], 300),
                f"blank-{number}",
                blocks.text_input(known.get(blank, ""), multiline=len(blank) > 60),
                optional=True,
            )
            for number, blank in enumerate(plan.blanks[:_MOST_BLANKS])
        ),
    ]
    return blocks.modal(
        BLANKS,
        _("Fill in"),
        shown,
        submit=_("Save"),
        close=_("Cancel"),
        metadata=json.dumps({"plan": plan.slug}),
    )


def answer(question: Question, name: str) -> Block:
    """Give the window in which a question is answered."""
    keep = blocks.checkboxes([blocks.option(_("Keep it as a chapter of the guide"), "keep")])
    shown = [
        blocks.context(_("{name} asks").format(name=blocks.escape(name))),
        blocks.quotation(question.text),
        blocks.field(_("Your answer"), "text", blocks.text_input(multiline=True)),
        blocks.field(_("For others, too"), "keep", keep, optional=True),
        blocks.field(
            _("Title of the chapter"), "title", blocks.text_input(blocks.clip(question.text, 72)),
            optional=True, hint=_("Only when you keep it. Everybody can find it then."),
        ),
    ]  # fmt: skip
    return blocks.modal(
        ANSWER,
        _("Answer"),
        shown,
        submit=_("Send"),
        close=_("Cancel"),
        metadata=json.dumps({"question": question.id}),
    )
