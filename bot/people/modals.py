"""The windows of people's area: being away, one's own settings, departments, pauses, areas."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot import blocks, languages
from bot.blocks import Block
from bot.people import areas, messages
from bot.people.model import Department, Person
from bot.words import SPOKEN, _

AWAY = "people.away"
ME = "people.me"
DEPARTMENT = "people.department"
PERSON = "people.person"
PAUSE = "people.pause_days"
AREAS = "people.areas"


def meant(view: Mapping[str, Any]) -> str:
    """Give whom or which department a window is about; "" for a new one."""
    about: str = json.loads(view["private_metadata"])["about"]
    return about


def _about(one_id: object) -> str:
    return json.dumps({"about": str(one_id)})


def away(today: date) -> Block:
    """Give the window in which somebody says when they are away."""
    shown = [
        blocks.field(_("First day away"), "first", blocks.date_picker(today)),
        blocks.field(
            _("Last day away"),
            "last",
            blocks.date_picker(),
            optional=True,
            hint=_("Empty: until you say you are back."),
        ),
        blocks.field(
            _("Reason"),
            "reason",
            blocks.text_input(),
            optional=True,
            hint=_("Only you and your lead see it."),
        ),
    ]
    return blocks.modal(AWAY, _("Away"), shown, submit=_("Save"), close=_("Cancel"))


def me(person: Person) -> Block:
    """Give somebody's own settings."""
    spoken = [blocks.option(languages.name(code), code) for code in SPOKEN]
    current = next((one for one in spoken if one["value"] == person.language), spoken[0])
    place = "-".join(filter(None, (person.country, person.subdivision)))
    shown = [
        blocks.field(
            _("Working hours"),
            "hours",
            blocks.text_input(person.week.spoken()),
            hint=_("Like mon-fri 9-12, 13-17:30; sat 10-13"),
        ),
        blocks.field(
            _("Time zone"),
            "zone",
            blocks.text_input(person.own_zone or "", placeholder=person.slack_zone),
            optional=True,
            hint=_("Continent/City; empty means as in Slack."),
        ),
        blocks.field(
            _("Country, for public holidays"),
            "country",
            blocks.text_input(place, placeholder="DE-BY"),
            optional=True,
            hint=_("Two letters, such as PT; where holidays differ by region with its part, such as GB-ENG."),
        ),
        blocks.field(_("Language"), "language", blocks.menu(spoken, initial=current)),
        blocks.field(
            _("Hour of your daily message"),
            "morning",
            blocks.time_picker(person.morning_hour),
            hint=_("You get at most one scheduled message a working day."),
        ),
        blocks.field(
            _("Quiet hours"),
            "quiet",
            blocks.text_input(person.quiet or ""),
            optional=True,
            hint=_("When nothing shall disturb you even in working hours, such as mon-fri 12-13"),
        ),
        blocks.field(
            _("What others may ask you about"),
            "skills",
            blocks.text_input(", ".join(person.skills)),
            optional=True,
            hint=_("Words with commas between them."),
        ),
        blocks.field(
            _("Calendar of your absences"),
            "feed",
            blocks.text_input(person.absence_feed or "", placeholder="https://…/absences.ics"),
            optional=True,
            hint=_("The address of an iCal feed; its entries of a whole day count as days away."),
        ),
    ]
    return blocks.modal(ME, _("Your settings"), shown, submit=_("Save"), close=_("Cancel"))


def department(one: Department | None, member_ids: Sequence[str]) -> Block:
    """Give the window for a department, a new one or one that is there."""
    aims = [blocks.option(_(text), aim.value) for aim, text in messages.AIMS.items()]
    current = next((option for option in aims if one and option["value"] == one.aim), aims[0])
    shown = [
        blocks.field(_("Name"), "name", blocks.text_input(one.name if one else "")),
        blocks.field(_("Lead"), "lead", blocks.person_menu(one.lead_id if one else None), optional=True),
        blocks.field(_("Members"), "members", blocks.people_menu(member_ids), optional=True),
        blocks.field(
            _("Channel"), "channel", blocks.channel_menu(one.channel_id if one else None), optional=True
        ),
        blocks.field(_("What it is for, first of all"), "aim", blocks.menu(aims, initial=current)),
        blocks.field(
            _("Hours, where they are not the lead's"),
            "hours",
            blocks.text_input((one.hours or "") if one else ""),
            optional=True,
            hint=_("Promises of time count in these hours. Like mon-fri 9-12, 13-17:30; sat 10-13"),
        ),
    ]
    title = _("Department")
    return blocks.modal(
        DEPARTMENT, title, shown, submit=_("Save"), close=_("Cancel"), metadata=_about(one.id if one else "")
    )


def person(one: Person) -> Block:
    """Give the window for what somebody does in the shop, and whom they report to."""
    shown = [
        blocks.field(_("Role"), "role", blocks.text_input(one.role, placeholder=one.title), optional=True),
        blocks.field(_("Reports to"), "manager", blocks.person_menu(one.manager_id), optional=True),
    ]
    title = _("Role and manager")
    return blocks.modal(PERSON, title, shown, submit=_("Save"), close=_("Cancel"), metadata=_about(one.id))


def pause(departments: Sequence[Department], today: date, *, everyone: bool) -> Block:
    """Give the window for days on which the shop, or a department, does not work."""
    choices = [blocks.option(messages.title(one), str(one.id)) for one in departments]
    if everyone:
        choices.insert(0, blocks.option(_("Everyone"), "-"))
    shown = [
        blocks.field(_("What is it?"), "name", blocks.text_input(placeholder=_("Company holiday"))),
        blocks.field(_("For whom?"), "department", blocks.menu(choices, initial=choices[0])),
        blocks.field(_("First day"), "first", blocks.date_picker(today)),
        blocks.field(_("Last day"), "last", blocks.date_picker(today)),
    ]
    return blocks.modal(PAUSE, _("Pause"), shown, submit=_("Save"), close=_("Cancel"))


def switch_areas(on: Mapping[str, bool]) -> Block:
    """Give the window in which an admin switches areas on and off."""
    options = {area: _area_option(area) for area in areas.AREAS}
    boxes = blocks.checkboxes(options.values(), initial=[options[area] for area in areas.AREAS if on[area]])
    box = blocks.field(_("What the shop uses"), "areas", boxes, optional=True)
    return blocks.modal(AREAS, _("Areas"), [box], submit=_("Save"), close=_("Cancel"))


def _area_option(area: str) -> Block:
    return blocks.option(areas.title(area), area) | {
        "description": blocks.plain(areas.described(area), blocks.OPTION_TEXT)
    }
