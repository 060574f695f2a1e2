"""What Slack shows of digests: every sentence and action id of the area."""

import json
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from bot import blocks, calendar, languages
from bot.blocks import Block
from bot.digests.weekly import Weekly
from bot.people.messages import title
from bot.people.model import Department, Person
from bot.triage.model import Ticket
from bot.words import _, day, mark, n_

CHOOSE = "digests.choose"
CHOSEN = "digests.chosen"

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


def tickets_title() -> str:
    """Head the lines of customers' mail."""
    return _("Customers to be answered soon")


def hires_title() -> str:
    """Head the lines of new colleagues."""
    return _("New colleagues")


def _linked(text: str, limit: int, link: str) -> str:
    shown = blocks.escape(blocks.clip(" ".join(text.split()), limit))
    return f"<{link}|{shown}>" if link else shown


def action_line(action: str, owner: str, due: date | None, monday: date, *, link: str) -> str:
    """Give an action that is due this week or is late."""
    sign = "🔴 " if due and due < monday else ""
    when = day(due) if due else ""
    return f"{sign}{_linked(action, 120, link)} · {blocks.escape(owner)} · {when}"


def ticket_line(ticket: Ticket, now: datetime, *, link: str) -> str:
    """Give a ticket whose answer is late or soon due."""
    assert ticket.answer_by is not None
    sign = "🔴 " if ticket.answer_by < now else ""
    who = blocks.escape(ticket.customer_name or ticket.customer_address)
    by = _("answer by {when}").format(when=blocks.when(ticket.answer_by))
    return f"{sign}*{who}* · {_linked(ticket.subject or _('(no subject)'), 80, link)} · {by}"


def hire_line(person: Person, starts_on: date, today: date, buddy: str, *, link: str) -> str:
    """Name a new colleague; how they get on is told to them, their manager and their buddy only."""
    begins = _("starts {day}") if starts_on >= today else _("since {day}")
    parts = [_linked(person.name, 80, link), begins.format(day=day(starts_on))]
    parts += [_("buddy {name}").format(name=blocks.escape(buddy))] if buddy else []
    return " · ".join(parts)


def away_line(person: Person, until: datetime | None, *, link: str) -> str:
    """Say who is away, and until when."""
    name = _linked(person.name, 80, link)
    if until is None:
        return _("{name}, until further notice").format(name=name)
    last = calendar.local(until - timedelta(seconds=1), person.zone).date()
    return _("{name}, to the end of {day}").format(name=name, day=day(last, "EEE d MMM"))


def holiday_line(person: Person, when: date, name: str, *, link: str) -> str:
    """Say whose public holiday a day is."""
    return _("{name}: {holiday} on {day}").format(
        name=_linked(person.name, 80, link), holiday=blocks.escape(name), day=day(when)
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


def settings(departments: Sequence[tuple[Department, Weekly, bool]]) -> list[Block]:
    """Give which departments get a weekly overview, and when; who decides for one can change that."""
    shown: list[Block] = [blocks.section(f"*{_('Weekly overviews')}*")]
    for one, weekly, decides in departments[:40]:
        where = f"<#{one.channel_id}>" if one.channel_id else _("no channel yet")
        when = _("{weekday} at {hour}").format(weekday=weekday(weekly.weekday), hour=weekly.hour)
        is_on = weekly.is_on and one.channel_id
        text = f"{'🟢' if is_on else '⚪'} *{blocks.escape(one.name)}* · {where}" + (
            f" · {when}" if weekly.is_on else f" · {_('off')}"
        )
        button = blocks.button(_("Change"), CHOOSE, one.id) if decides else None
        shown.append(blocks.section(text, accessory=button))
    text = _("A week with nothing open gets no post. A holiday moves it to the next working day.")
    return [*shown, blocks.context(text)]


def choose(department: Department, weekly: Weekly) -> Block:
    """Give the window in which a department's weekly overview is chosen."""
    states = [blocks.option(_("Post it every week"), "on"), blocks.option(_("Do not post it"), "off")]
    days = [blocks.option(weekday(number), str(number)) for number in range(5)]
    shown = [
        blocks.field(_("Weekly overview"), "state", blocks.menu(states, initial=states[not weekly.is_on])),
        blocks.field(_("Weekday"), "weekday", blocks.menu(days, initial=days[weekly.weekday])),
        blocks.field(
            _("Hour"), "hour", blocks.time_picker(time.fromisoformat(weekly.hour)),
            hint=_("By the clock of the department."),
        ),
    ]  # fmt: skip
    title = blocks.clip(department.name, blocks.VIEW_TITLE)
    return blocks.modal(
        CHOSEN, title, shown, submit=_("Save"), close=_("Cancel"),
        metadata=json.dumps({"department": department.id}),
    )  # fmt: skip


def weekday(number: int) -> str:
    """Give the name of a weekday, Monday is 0."""
    # 2024-01-01 was a Monday.
    return day(date(2024, 1, 1 + number), "EEEE")
