"""What Slack shows of colleagues and departments: the list of all, one of them, a lead's own department."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from bot import blocks, calendar, languages
from bot.blocks import Block
from bot.people.messages import (
    ADD_DEPARTMENT,
    AIMS,
    EDIT_DEPARTMENT,
    EDIT_PERSON,
    MAKE_ADMIN,
    SHOW_OUT_GUEST,
    UNMAKE_ADMIN,
    WELCOME_GUEST,
    hours_of,
    title,
)
from bot.people.model import AbsenceRow, Aim, Department, Person
from bot.people.permissions import Rank, Standing
from bot.words import _, day


def people_list(
    departments: Sequence[tuple[Department, Sequence[Person]]],
    others: Sequence[Person],
    away: Mapping[str, AbsenceRow],
    now: datetime,
    standing: Standing,
) -> list[Block]:
    """Give everybody by department: who leads, who is there, who is away."""
    shown: list[Block] = [blocks.header(_("People"))]
    for department, members in departments:
        lines = "\n".join(_person_line(one, one.id == department.lead_id, away, now) for one in members)
        head = f"*{blocks.escape(title(department))}* · 🎯 {_(AIMS[Aim(department.aim)])}"
        text = blocks.clip(f"{head}\n{lines or _('nobody yet')}", blocks.SECTION_TEXT)
        may_edit = standing.leads_department(department.id)
        if not members and not may_edit:
            continue
        edit = blocks.button(_("Edit"), EDIT_DEPARTMENT, department.id) if may_edit else None
        shown.append(blocks.section(text, accessory=edit))
    if others:
        lines = "\n".join(_person_line(one, False, away, now) for one in others)  # noqa: FBT003
        shown.append(blocks.section(blocks.clip(f"*{_('In no department')}*\n{lines}", blocks.SECTION_TEXT)))
    if standing.is_admin:
        shown.append(blocks.actions(blocks.button(_("Add a department"), ADD_DEPARTMENT, "-")))
    shown.append(blocks.context(_("*/switchboard people NAME* shows one of them")))
    return shown


def _person_line(person: Person, leads: bool, away: Mapping[str, AbsenceRow], now: datetime) -> str:  # noqa: FBT001
    star = " ⭐" if leads else ""
    there = calendar.local(now, person.zone)
    state = f" · 🌴 {_('away')}" if person.id in away else ""
    role = (
        f" · {blocks.escape(blocks.clip(person.role or person.title, 60))}"
        if person.role or person.title
        else ""
    )
    return f"{blocks.escape(person.name)}{star}{role} · {there:%H:%M}{state}"


def person_card(
    person: Person,
    departments: Sequence[Department],
    manager: str | None,
    away: AbsenceRow | None,
    now: datetime,
    overlap: str = "",
) -> list[Block]:
    """Give one colleague: what they do, when they are there, what they may be asked about."""
    facts = [f"🕑 {hours_of(person, now)}"]
    hats = ", ".join(map(title, departments))
    role = person.role or person.title or _("no role yet")
    facts.append("🏷️ " + blocks.escape(" · ".join(filter(None, (role, hats)))))
    if person.is_guest:
        facts.append("🚪 " + (_("a guest who was let in") if person.is_welcome else _("a guest")))
    if manager:
        facts.append("👤 " + _("reports to {name}").format(name=blocks.escape(manager)))
    facts.append(f"{languages.language_flag(person.language)} {languages.name(person.language)}")
    if person.skills:
        skills = blocks.escape(", ".join(person.skills))
        facts.append("💡 " + _("ask about: {skills}").format(skills=skills))
    if away:
        facts.append(f"🌴 {_away_until(away, person)}")
    if overlap:
        facts.append("🤝 " + overlap)
    return [blocks.header(person.name), blocks.section("\n".join(facts))]


def person_buttons(
    person: Person, standing: Standing, *, may_edit: bool, is_named_admin: bool
) -> list[Block]:
    """Give what a lead or an admin can decide about somebody; [] for everybody else."""
    buttons = []
    if person.is_guest:
        if standing.rank >= Rank.LEAD:
            buttons.append(
                blocks.button(_("No longer let in"), SHOW_OUT_GUEST, person.id)
                if person.is_welcome
                else blocks.button(_("Let this guest in"), WELCOME_GUEST, person.id)
            )
    elif may_edit:
        buttons.append(blocks.button(_("Role and manager"), EDIT_PERSON, person.id))
    if standing.is_admin and person.is_colleague and not is_named_admin:
        buttons.append(
            blocks.button(_("No longer an admin"), UNMAKE_ADMIN, person.id)
            if person.is_admin
            else blocks.button(_("Make an admin"), MAKE_ADMIN, person.id)
        )
    return [blocks.actions(*buttons)] if buttons else []


def led_department(
    department: Department,
    members: Sequence[Person],
    away: Mapping[str, AbsenceRow],
    working: Collection[str],
    now: datetime,
) -> list[Block]:
    """Give a lead their department: who works now, who is away and until when, who is not at work."""
    lines = []
    for one in members:
        there = calendar.local(now, one.zone)
        if one.id in away:
            state = f"🌴 {_away_until(away[one.id], one)}"
        else:
            state = f"🟢 {_('works now')}" if one.id in working else f"⚪ {_('not at work now')}"
        lines.append(f"{blocks.escape(one.name)} · {there:%H:%M} · {state}")
    head = f"*{blocks.escape(title(department))}*"
    text = "\n".join([head, *(lines or [_("nobody yet")])])
    edit = blocks.button(_("Edit"), EDIT_DEPARTMENT, department.id)
    return [blocks.section(blocks.clip(text, blocks.SECTION_TEXT), accessory=edit)]


def _away_until(absence: AbsenceRow, person: Person) -> str:
    if absence.ends_at is None:
        return _("away until further notice")
    last = calendar.local(absence.ends_at, person.zone) - timedelta(seconds=1)
    return _("away until the end of {day}").format(day=day(last, "EEEE d MMMM"))
