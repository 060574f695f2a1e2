"""What Slack shows of people, hours and permissions: every sentence and action id of the area."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from bot import blocks, calendar, languages
from bot.blocks import Block
from bot.people import areas
from bot.people.model import (
    STANDARD_NAMES,
    AbsenceRow,
    Aim,
    AuditEntry,
    Department,
    Pause,
    Person,
)
from bot.people.permissions import Rank, Standing
from bot.people.privacy import SMALLEST_GROUP, Line
from bot.week import Week
from bot.words import SPOKEN, _, day, mark, n_

EDIT_ME = "people.edit_me"
OPEN_AWAY = "people.open_away"
COME_BACK = "people.come_back"
TAKE_BACK = "people.take_back"
EDIT_DEPARTMENT = "people.edit_department"
ADD_DEPARTMENT = "people.add_department"
PAUSE = "people.pause"
END_PAUSE = "people.end_pause"
SWITCH_AREAS = "people.switch_areas"
EDIT_PERSON = "people.edit_person"
MAKE_ADMIN = "people.make_admin"
UNMAKE_ADMIN = "people.unmake_admin"
WELCOME_GUEST = "people.welcome_guest"
SHOW_OUT_GUEST = "people.show_out_guest"

AIMS = {
    Aim.PRODUCT: mark("a better product"),
    Aim.ACQUISITION: mark("new customers"),
    Aim.RETENTION: mark("customers who stay"),
}
ACTS = {
    "area.on": mark("switched an area on"),
    "area.off": mark("switched an area off"),
    "admin.made": mark("made somebody an admin"),
    "admin.unmade": mark("made somebody no longer an admin"),
    "department.changed": mark("changed a department"),
    "guest.welcomed": mark("let a guest in"),
    "guest.shown_out": mark("no longer lets a guest in"),
    "mail.sent": mark("sent an answer"),
    "pause.added": mark("added a pause"),
    "pause.removed": mark("took a pause back"),
    "person.changed": mark("changed somebody's role or manager"),
    "sending.on": mark("switched sending on"),
    "sending.off": mark("lets an area only rehearse"),
    "sending.stopped": mark("stopped everything outgoing"),
    "sending.resumed": mark("let outgoing things go again"),
    "import": mark("imported people and settings"),
    "mailbox.older": mark("took in older mail"),
    "onboarding.approver": mark("changed who answers for the onboarding guide"),
    "onboarding.filled": mark("filled in the onboarding guide"),
    "onboarding.no_hire": mark("said that somebody is no new hire"),
    "onboarding.started": mark("began an onboarding"),
    "onboarding.numbers": mark("looked at the numbers of an onboarding"),
    "triage.closed": mark("closed a customer's matter"),
    "triage.corrected": mark("corrected how a customer's mail was sorted"),
    "triage.uncorrected": mark("took a correction of the sorting back"),
    "triage.settings": mark("changed the settings of customers' mail"),
    "upkeep.forgot": mark("deleted what was kept as long as the settings say"),
}


def urgent(text: str, shown: Sequence[Block], why: str) -> dict[str, Any]:
    """Give something that interrupts, with the reason why it does."""
    reason = _("This comes now, and not at your next working hour, because {why}").format(why=why)
    return {"text": text, "blocks": [*shown, blocks.context(f"🔔 {reason}")]}


def while_away(count: int) -> str:
    """Give the heading over what waited for somebody's working hours."""
    return n_(
        "{count} thing came while you were not working",
        "{count} things came while you were not working",
        count,
    ).format(count=count)


def good_morning(when: date) -> str:
    """Give the first line of the one scheduled message of a day."""
    return _("Your day, {day}").format(day=day(when, "EEEE d MMMM"))


def more_at_home() -> str:
    """Say where the rest stands of what was too long for a message."""
    return _("There is more: my Home tab shows all of it.")


# ---- being away ---------------------------------------------------------------------------------------


def away_said(person: Person, row: AbsenceRow, back: date | None, now: datetime) -> list[Block]:
    """Say what was understood of an absence, so that a misunderstanding is seen at once.

    `back` is the first working day after it, None without an end.
    """
    first = calendar.local(row.starts_at, person.zone).date()
    today = calendar.local(now, person.zone).date()
    since = _("now") if first <= today else day(first, "EEEE d MMMM")
    if row.ends_at is None or back is None:
        text = _("You are away from {first} until you say you are back.").format(first=since)
    else:
        end = calendar.local(row.ends_at, person.zone).date()
        text = _("You are away from {first} to the end of {last}, and back on {back}.").format(
            first=since,
            last=day(end - timedelta(days=1), "EEEE d MMMM"),
            back=day(back, "EEEE d MMMM"),
        )
    rest = _("Until then I ask nothing of you, and what comes for you waits.")
    buttons = blocks.actions(
        blocks.button(_("Change"), OPEN_AWAY, "-"), blocks.button(_("I am back"), COME_BACK, row.id)
    )
    return [blocks.section(f"🌴 {text} {rest}"), buttons]


def back_said(*, ended: bool) -> str:
    """Answer somebody who says they are back."""
    if ended:
        return _("Welcome back! What waited for you comes at your next working moment.")
    return _("You were not away, as far as I know.")


def feed_unreadable(why: str) -> str:
    """Tell somebody that the calendar of their absences gives nothing."""
    mend = _(
        "*/switchboard settings* shows its address. Until it works again, tell me with */switchboard away*."
    )
    return f"📅 {blocks.escape(why)} {mend}"


def title(department: Department) -> str:
    """Give a department's name; one that came with Switchboard in the language spoken now."""
    return _(department.name) if department.name in STANDARD_NAMES else department.name


# ---- people -------------------------------------------------------------------------------------------


def hours_of(person: Person, now: datetime) -> str:
    """Say in a line when somebody works, and what time it is there."""
    there = calendar.local(now, person.zone)
    moon = " 🌙" if calendar.is_night(there) else ""
    return f"{there:%H:%M}{moon} · {blocks.escape(person.zone)} · {person.week.spoken()}"


def only_lead_or_admin() -> str:
    """Refuse what is for the department's lead."""
    return _("Only the lead of the department or an admin can do this.")


# ---- settings, status, audit, privacy -----------------------------------------------------------------


def my_settings(person: Person, now: datetime) -> list[Block]:
    """Give somebody their own settings, for Home and the command."""
    quiet = (
        _("quiet: {hours}").format(hours=Week.parse(person.quiet).spoken())
        if person.quiet
        else _("no quiet hours of your own")
    )
    spoken = person.language if person.language in SPOKEN else SPOKEN[0]
    lines = [
        f"🕑 {hours_of(person, now)}",
        f"🔕 {quiet}",
        "☀️ " + _("one message a working day, at {hour}").format(hour=f"{person.morning_hour:%H:%M}"),
        f"{languages.language_flag(spoken)} "
        + _("I speak {language} with you").format(language=languages.name(spoken)),
    ]  # fmt: skip
    if person.country:
        part = f" ({person.subdivision})" if person.subdivision else ""
        place = languages.country(person.country) + part
        lines.append("📅 " + _("public holidays: {place}").format(place=blocks.escape(place)))
    else:
        lines.append("📅 " + _("no public holidays: I do not know your country"))
    buttons = blocks.actions(
        blocks.button(_("Change"), EDIT_ME, "-"), blocks.button(_("I will be away"), OPEN_AWAY, "-")
    )
    return [blocks.section(f"*{_('You')}*\n" + "\n".join(lines)), buttons]


def my_absences(person: Person, absences: Sequence[AbsenceRow], now: datetime) -> list[Block]:
    """Give somebody their own absences, each with the button that ends it or takes it back."""
    shown = []
    for one in absences[:10]:
        under_way = one.starts_at <= now
        first = _("now") if under_way else day(calendar.local(one.starts_at, person.zone))
        if one.ends_at is None:
            last = _("until you are back")
        else:
            last = day(calendar.local(one.ends_at, person.zone) - timedelta(seconds=1))
        reason = f" · {blocks.escape(one.reason)}" if one.reason else ""
        label = _("I am back") if under_way else _("Take back")
        text = f"🌴 {' – '.join(dict.fromkeys((first, last)))}{reason}"
        shown.append(blocks.section(text, accessory=blocks.button(label, TAKE_BACK, one.id)))
    return shown


def tell_me_hours() -> Block:
    """Ask somebody for what nobody else can know."""
    text = _("I do not know your hours and country yet: I take office hours and no public holidays.")
    return blocks.section(f"🕑 {text}", accessory=blocks.button(_("Tell me"), EDIT_ME, "-", style="primary"))


def area_list(on: Mapping[str, bool], pauses: Sequence[Pause], standing: Standing) -> list[Block]:
    """Give the areas, which are on, and for admins the way to switch them."""
    lines = [
        f"{'🟢' if on[area] else '⚪'} *{areas.title(area)}* · {areas.described(area)}"
        for area in areas.AREAS
        if on[area] or standing.is_admin
    ]
    text = "\n".join(lines) or _("nothing yet: an admin switches it on")
    shown = [blocks.section(f"*{_('What the shop uses')}*\n{text}")]
    for one in pauses:
        days = " – ".join(dict.fromkeys((day(one.first_day), day(one.last_day))))
        end = blocks.button(_("Take back"), END_PAUSE, one.id)
        may_end = standing.leads_department(one.department_id)
        text = f"⏸️ {blocks.escape(one.name)} · {days}"
        shown.append(blocks.section(text, accessory=end if may_end else None))
    buttons = [blocks.button(_("Switch areas"), SWITCH_AREAS, "-")] if standing.is_admin else []
    if standing.rank >= Rank.LEAD:
        buttons.append(blocks.button(_("Add a holiday or pause"), PAUSE, "-"))
    return [*shown, blocks.actions(*buttons)] if buttons else shown


def audit_list(entries: Sequence[AuditEntry], names: Mapping[str, str]) -> list[Block]:
    """Give what was changed and what left the company, the newest first."""
    if not entries:
        return [blocks.section(_("Nothing has been changed or sent yet."))]
    lines = []
    for one in entries:
        who = blocks.escape(names.get(one.actor_id or "", "Switchboard"))
        act = _(ACTS[one.act]) if one.act in ACTS else one.act
        subject = blocks.escape(blocks.clip(names.get(one.subject, one.subject), 120))
        lines.append(f"{blocks.when(one.at)} · *{who}* {act}" + (f": {subject}" if subject else ""))
    return [
        blocks.header(_("Audit log")),
        *(blocks.section("\n".join(lines[start : start + 10])) for start in range(0, len(lines), 10)),
    ]


def privacy(lines: Sequence[Line]) -> list[Block]:
    """Give what is stored about somebody: each thing with who sees it, how long, and which model."""
    shown: list[Block] = [blocks.header(_("What is stored about you"))]
    for one in lines:
        facts = [_("Seen by: {who}").format(who=one.seen_by), _("Kept: {how_long}").format(how_long=one.kept)]
        if one.model:
            facts.append(_("To the language model: {what}").format(what=one.model))
        shown.append(blocks.section(f"*{one.what}*\n" + "\n".join(facts)))
    nothing_else = _("Nothing else of this goes to a language model.")
    rule = _("Numbers about groups of fewer than {count} people are not broken down.")
    return [*shown, blocks.context(nothing_else, rule.format(count=SMALLEST_GROUP))]


HELP = mark(
    "*/switchboard away until friday* · you are away; *back* when you are back\n"
    "*/switchboard settings* · your hours, language and quiet times; for admins the areas of the bot\n"
    "*/switchboard people* · who is who, and who is there now; *people NAME* shows one\n"
    "*/switchboard privacy* · what is stored about you, who sees it, and for how long\n"
    "*/switchboard status* · how the bot itself is\n"
    "*/switchboard stop* · all outgoing mail waits; *go* lets it leave"
)
HELP_ADMIN = mark("*/switchboard audit* · who changed what, and what left the company")


def unknown_word(word: str, nearest: str | None) -> str:
    """Say that a command has no such word, and which may be meant."""
    guess = " " + _("Did you mean *{word}*?").format(word=nearest) if nearest else ""
    text = _("I do not know “{word}”.").format(word=blocks.escape(blocks.clip(word, 60)))
    return f"{text}{guess} " + _("*help* says what there is.")
