"""What Slack shows of digests: every sentence and action id of the area."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot import blocks, calendar, languages
from bot.blocks import Block
from bot.people.messages import title
from bot.people.model import Department, Person
from bot.words import _, day, mark, n_

CHOOSE = "digests.choose"

# An overview is read in a minute or not at all.
_MOST_LINES = 6

HELP = mark(
    "*/digest* shows what is open for you now\n"
    "*/digest week* shows your departments' week as it stands\n"
    "*/digest settings* says which departments get a weekly overview, and when"
)


def suppliers_title() -> str:
    """Head the suppliers' lines."""
    return _("Suppliers wait for an answer")


def actions_title() -> str:
    """Head the lines of what was agreed in standups."""
    return _("Agreed in standups, and due")


def away_title() -> str:
    """Head the lines of absences."""
    return _("Away")


def supplier_line(
    name: str,
    country: str,
    subject: str,
    waited: timedelta,
    *,
    late: bool,
    link: str,
) -> str:
    """Give a conversation in which a supplier waits."""
    words = blocks.escape(blocks.clip(subject or _("(no subject)"), 80))
    shown = f"<{link}|{words}>" if link else words
    flag = f"{languages.country_flag(country)} " if country else ""
    sign = "🔴 " if late else ""
    return f"{sign}{flag}*{blocks.escape(name)}* · {shown} · {length(waited)}"


def action_line(action: str, owner: str, due: date | None, monday: date) -> str:
    """Give an action that is due this week or is late."""
    sign = "🔴 " if due and due < monday else ""
    when = day(due) if due else ""
    return f"{sign}{blocks.escape(blocks.clip(action, 120))} · {blocks.escape(owner)} · {when}"


def away_line(person: Person, until: datetime | None) -> str:
    """Say who is away, and until when."""
    name = blocks.escape(person.name)
    if until is None:
        return _("{name}, until further notice").format(name=name)
    last = calendar.local(until - timedelta(seconds=1), person.zone).date()
    return _("{name}, to the end of {day}").format(name=name, day=day(last, "EEE d MMM"))


def holiday_line(person: Person, when: date, name: str) -> str:
    """Say whose public holiday a day is."""
    return _("{name}: {holiday} on {day}").format(
        name=blocks.escape(person.name), holiday=blocks.escape(name), day=day(when)
    )


def length(waited: timedelta) -> str:
    """Say how long something has waited, in hours or days."""
    hours = int(waited.total_seconds() // 3600)
    if hours < 48:
        return n_("{count} hour", "{count} hours", max(hours, 1)).format(count=max(hours, 1))
    return n_("{count} day", "{count} days", hours // 24).format(count=hours // 24)


def part(title: str, lines: Sequence[str]) -> list[Block]:
    """Give one area's lines; what is too many is counted."""
    shown = [*lines[:_MOST_LINES]]
    if len(lines) > _MOST_LINES:
        shown.append("… " + _("and {count} more").format(count=len(lines) - _MOST_LINES))
    text = f"*{title}*\n" + "\n".join(f"• {line}" for line in shown)
    return [blocks.section(blocks.clip(text, blocks.SECTION_TEXT))]


def week_head(department: Department, monday: date) -> str:
    """Head a department's week."""
    return _("{department}: the week of {day}").format(
        department=title(department), day=day(monday, "d MMMM")
    )


def nothing() -> str:
    """Say that there is nothing new."""
    return _("Nothing is open for you. ☕")


def settings(departments: Sequence[tuple[Department, bool]], hour: str) -> list[Block]:
    """Give which departments get a weekly overview."""
    lines = [
        f"{'🟢' if on and one.channel_id else '⚪'} {blocks.escape(title(one))}"
        + (f" · <#{one.channel_id}>" if one.channel_id else f" · {_('no channel yet')}")
        for one, on in departments
    ]
    when = _("The week's overview comes on its first working day at {hour}, where anything is open.").format(
        hour=hour
    )
    return [blocks.section(f"*{_('Weekly overviews')}*\n" + "\n".join(lines)), blocks.context(when)]
