"""The windows of standups: answering, and beginning a new one in two steps."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from bot import blocks
from bot.blocks import Block
from bot.people.model import Department
from bot.standups import messages
from bot.standups.model import TEMPLATES, Asked, Change, Round, Standup
from bot.words import _, mark

SHARE = "standups.share"
TELL = "standups.tell"
PLAN = "standups.plan"
CONFIRM = "standups.confirm"
EDIT = "standups.edited"

RHYTHMS = {
    "daily": mark("every working day"),
    "weekdays": mark("on the weekdays below"),
    "weeks": mark("every so many weeks (the number below)"),
    "nth": mark("once a month, on a weekday (the number below)"),
}


def share(standup: Standup, one: Round, change: Change | None, *, more: bool) -> Block:
    """Give the window in which somebody shares a change."""
    metadata = json.dumps({"round": one.id, "more": more, "change": change.id if change else None})
    shown = [
        _named(standup),
        blocks.field(
            standup.questions[0],
            "what",
            blocks.text_input(change.what if change else "", multiline=True),
        ),
        blocks.field(
            _("What does it mean for us?"),
            "impact",
            blocks.text_input(change.impact if change else "", multiline=True),
            optional=True,
        ),
        blocks.field(
            _("What should we do?"),
            "action",
            blocks.text_input(change.action if change else ""),
            optional=True,
        ),
        blocks.field(
            _("Who?"), "owner", blocks.person_menu(change.owner_id if change else None), optional=True
        ),
        blocks.field(_("By when?"), "due", blocks.date_picker(change.due if change else None), optional=True),
    ]
    return blocks.modal(
        SHARE, _("Your answer"), shown, submit=_("Share"), close=_("Cancel"), metadata=metadata
    )


def tell(standup: Standup, one: Round, asked: Asked) -> Block:
    """Give the window in which somebody answers plain questions."""
    shown = [_named(standup)]
    for number, question in enumerate(standup.questions):
        before = asked.answers[number] if number < len(asked.answers) else ""
        box = blocks.text_input(before, multiline=True)
        shown.append(blocks.field(question, f"answer-{number}", box, optional=True))
    return blocks.modal(
        TELL, _("Your answer"), shown, submit=_("Send"), close=_("Cancel"),
        metadata=json.dumps({"round": one.id}),
    )  # fmt: skip


def _named(standup: Standup) -> Block:
    # A window's title holds 24 characters.
    return blocks.section(f"🗓️ *{blocks.escape(standup.name)}*")


def plan(departments: Sequence[Department], person_id: str, channel_id: str | None, today: date) -> Block:
    """Give the window for a new standup, with good answers filled in."""
    templates = [blocks.option(_(one.name), key) for key, one in TEMPLATES.items()]
    rhythms = [blocks.option(_(words), key) for key, words in RHYTHMS.items()]
    weekdays = [blocks.option(messages.weekday_name(number), str(number)) for number in messages.WEEKDAYS]
    hats = [blocks.option(one.name, str(one.id)) for one in departments]
    shown = [
        blocks.field(_("Name"), "name", blocks.text_input(_("What changes in our industry"))),
        blocks.field(_("Template"), "template", blocks.menu(templates, initial=templates[0])),
        blocks.field(_("People"), "people", blocks.people_menu([person_id]), optional=True),
        *(
            [blocks.field(_("or whole departments"), "departments", blocks.several(hats), optional=True)]
            if hats
            else []
        ),
        blocks.field(_("How often?"), "rhythm", blocks.menu(rhythms, initial=rhythms[2])),
        blocks.field(
            _("Number"),
            "n",
            blocks.text_input("2"),
            hint=_("Of weeks from one to the next; or which weekday of the month: 1 to 4, or last."),
        ),
        blocks.field(_("Weekdays"), "weekdays", blocks.checkboxes(weekdays), optional=True),
        blocks.field(
            _("First date"), "first", blocks.date_picker(today), hint=_("The weeks are counted from it.")
        ),
        blocks.field(
            _("Hour"),
            "hour",
            blocks.time_picker(time(9, 30)),
            hint=_("Each person is asked at this hour of theirs."),
        ),
        blocks.field(_("Where the report goes"), "channel", blocks.channel_menu(channel_id)),
    ]
    return blocks.modal(PLAN, _("New standup"), shown, submit=_("Preview"), close=_("Cancel"))


def edit(standup: Standup, person_ids: Sequence[str]) -> Block:
    """Give the window in which its owner changes a standup."""
    shown = [
        blocks.field(_("Name"), "name", blocks.text_input(standup.name)),
        blocks.field(
            _("People"),
            "people",
            blocks.people_menu(person_ids),
            optional=True,
            hint=_("Who is new is asked from the next round on."),
        ),
        blocks.field(_("Hour"), "hour", blocks.time_picker(standup.wall)),
        blocks.field(_("Where the report goes"), "channel", blocks.channel_menu(standup.channel_id)),
    ]
    return blocks.modal(
        EDIT, _("Change the standup"), shown, submit=_("Save"), close=_("Cancel"),
        metadata=json.dumps({"standup": standup.id}),
    )  # fmt: skip


def confirm(plan_: Mapping[str, Any], summary: str, previews: Sequence[Block], unseen: int) -> Block:
    """Give the window that shows the next dates of people in their own time; `unseen` more have theirs."""
    shown = [blocks.section(summary), blocks.divider(), *previews]
    if unseen:
        shown.append(blocks.context(messages.more(unseen)))
    return blocks.modal(
        CONFIRM, _("The next dates"), shown, submit=_("Start"), close=_("Back"), metadata=json.dumps(plan_)
    )
