"""What Slack shows of standups: every sentence, block and action id of the area."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TypedDict

from bot import blocks, calendar
from bot.blocks import Block
from bot.people.model import Person
from bot.rhythms import Description, describe
from bot.standups.model import Asked, Change, Round, Standup, rhythm_of
from bot.words import _, day, mark, n_

ANSWER = "standups.answer"
SEND = "standups.send"
SKIP = "standups.skip"
MORE = "standups.more"
DONE = "standups.done"
NEW = "standups.new"
PAUSE = "standups.pause"
RESUME = "standups.resume"
END = "standups.end"

_LONGEST = 600
WEEKDAYS = (0, 1, 2, 3, 4, 5, 6)


class Report(TypedDict):
    """A Slack message."""

    text: str
    blocks: list[Block]


# ---- asking -------------------------------------------------------------------------------------------


def ask(standup: Standup, one: Round, asked: Asked, carried: Sequence[Change]) -> list[Block]:
    """Ask one person, in their message of the day: they can answer right there."""
    head = f"*{blocks.escape(standup.name)}* · <#{standup.channel_id}>"
    shown: list[Block] = [blocks.section(f"🗓️ {head}"), *_carried(carried)]
    if asked.state == "answered":
        words = "\n".join(f"> {blocks.escape(blocks.clip(text, 300))}" for text in asked.answers if text)
        return [*shown, blocks.section(f"✓ {_('You answered')}\n{words}"), _answered_buttons(standup, one)]
    if asked.state == "skipped":
        text = _("You have nothing to share this time.")
        return [*shown, blocks.section(f"✓ {text}"), _answered_buttons(standup, one)]
    for number, question in enumerate(standup.questions):
        box = blocks.text_input(multiline=number == 0)
        shown.append(
            blocks.field(question, f"standup-{one.id}-{number}", box, optional=number > 0, action_id="value")
        )
    until = _("Open until {when}.").format(when=blocks.when(one.closes_at))
    shown.append(
        blocks.actions(
            blocks.button(_("Send"), SEND, one.id, style="primary"),
            blocks.button(_("Answer in a window"), ANSWER, one.id),
            blocks.button(_("Nothing this time"), SKIP, one.id),
        )
    )
    return [*shown, blocks.context(until)]


def _answered_buttons(standup: Standup, one: Round) -> Block:
    buttons = [blocks.button(_("Change my answer"), ANSWER, one.id)]
    if standup.kind.makes_changes:
        buttons.append(blocks.button(_("Add another change"), MORE, one.id))
    return blocks.actions(*buttons)


def _carried(carried: Sequence[Change]) -> list[Block]:
    if not carried:
        return []
    head = _("Still open from last time")
    return [
        blocks.context(f"*{head}*"),
        *(action_line(change, name="") for change in carried[:5]),
    ]


def action_line(change: Change, *, name: str) -> Block:
    """Give an open action with its way to be done."""
    due = f" · {_('due {day}').format(day=day(change.due))}" if change.due else ""
    who = f" · {blocks.escape(name)}" if name else ""
    text = f"▫️ {blocks.escape(blocks.clip(change.action, _LONGEST))}{who}{due}"
    about = f"\n_{blocks.escape(blocks.clip(change.what, 150))}_" if change.what else ""
    return blocks.section(text + about, accessory=blocks.button(_("Done"), DONE, change.id))


def reminder(standup: Standup, one: Round) -> tuple[str, list[Block]]:
    """Remind somebody who has not answered, once."""
    text = _("{standup} closes {when}, and your answer is missing.").format(
        standup=f"*{blocks.escape(standup.name)}*", when=blocks.when(one.closes_at)
    )
    buttons = blocks.actions(
        blocks.button(_("Answer"), ANSWER, one.id, style="primary"),
        blocks.button(_("Nothing this time"), SKIP, one.id),
    )
    return text, [blocks.section(text), buttons]


def stopped_asking(person: Person, standup: Standup) -> str:
    """Tell the owner that somebody never answers, so that asking has stopped."""
    return _(
        "{name} did not answer {standup} three times in a row. I stopped asking; an answer starts it again."
    ).format(name=blocks.escape(person.name), standup=f"*{blocks.escape(standup.name)}*")


# ---- the report ---------------------------------------------------------------------------------------


def report(
    standup: Standup,
    one: Round,
    asked: Sequence[Asked],
    changes: Sequence[Change],
    carried: Sequence[Change],
    names: Mapping[str, str],
) -> Report:
    """Give the report of a round: changes by department, then answers by person, then what is still open."""
    title = f"{standup.name} · {day(one.nominal, 'd MMMM y')}"
    answered = [row for row in asked if row.state == "answered"]
    shown: list[Block] = [blocks.header(title), blocks.context(_counted(asked, names))]
    if one.themes:
        shown.append(blocks.section("\n".join(f"• {blocks.escape(line)}" for line in one.themes[:3])))
    if changes:
        shown.append(blocks.table(_rows(changes, names)))
    if not standup.kind.makes_changes:
        shown += [_answers(standup, row, names) for row in answered[:30]]
    late = [row for row in answered if row.is_late]
    if late:
        who = ", ".join(names.get(row.person_id, "?") for row in late)
        shown.append(blocks.context(_("Came late: {names}").format(names=blocks.escape(who))))
    still = [change for change in (*carried, *changes) if change.state == "open"]
    if still:
        shown += [blocks.divider(), blocks.section(f"*{_('To be done')}*")]
        shown += [action_line(change, name=names.get(change.owner_id or "", "")) for change in still[:12]]
    if not answered:
        shown.append(blocks.section(_("Nobody had anything to share.")))
    return {"text": blocks.escape(title), "blocks": shown[:50]}


def _counted(asked: Sequence[Asked], names: Mapping[str, str]) -> str:
    answered = sum(row.state == "answered" for row in asked)
    parts = [n_("{count} answer", "{count} answers", answered).format(count=answered)]
    for state, sentence in (
        ("skipped", _("nothing to share: {names}")),
        ("away", _("away: {names}")),
        ("waiting", _("no answer: {names}")),
    ):
        who = [blocks.escape(names.get(row.person_id, "?")) for row in asked if row.state == state]
        if who:
            parts.append(sentence.format(names=", ".join(who)))
    return " · ".join(parts)


def _rows(changes: Sequence[Change], names: Mapping[str, str]) -> list[list[str]]:
    head = [_("Department"), _("What changed"), _("Impact"), _("Action"), _("Who"), _("By when")]
    rows = [
        [
            change.department or names.get(change.person_id, ""),
            blocks.unformat(change.what, names),
            blocks.unformat(change.impact, names),
            blocks.unformat(change.action, names) + (" ✓" if change.state == "done" else ""),
            names.get(change.owner_id or "", "") if change.action else "",
            day(change.due) if change.due else "",
        ]
        for change in sorted(changes, key=lambda change: (change.department, change.id))
    ]
    return [head, *rows]


def _answers(standup: Standup, row: Asked, names: Mapping[str, str]) -> Block:
    lines = [
        f"*{blocks.escape(question)}* {blocks.escape(blocks.clip(text, 500))}"
        for question, text in zip(standup.questions, row.answers, strict=False)
        if text
    ]
    head = f"*{blocks.escape(names.get(row.person_id, '?'))}*"
    return blocks.section(blocks.clip("\n".join([head, *lines]), blocks.SECTION_TEXT))


# ---- /standup -----------------------------------------------------------------------------------------

HELP = mark(
    "*/standup* shows yours and what you are asked\n"
    "*/standup new* begins one: who, how often, at which hour\n"
    "*/standup answer* answers the one that is open\n"
    "*/standup report* or *report 2026-11-23* shows a report again\n"
    "*/standup changes* lists what was shared lately, and what is still to be done\n"
    "*/standup pause NAME* and *resume NAME*"
)


def mine(
    standups: Sequence[Standup], opened: Sequence[tuple[Standup, Round, Asked]], person: Person
) -> list[Block]:
    """Give somebody's standups, and what they are asked now."""
    if not standups:
        return [blocks.section(_("You take part in no standup. */standup new* begins one."))]
    shown: list[Block] = [blocks.header(_("Your standups"))]
    waiting = {standup.id: one for standup, one, asked in opened if asked.state == "waiting"}
    for standup in standups:
        state = f" · ⏸️ {_('paused')}" if standup.state == "paused" else ""
        rhythm = rhythm_words(describe(rhythm_of(standup)))
        text = (
            f"*{blocks.escape(standup.name)}*{state}\n{rhythm} · "
            + _("{hour} your time").format(hour=standup.hour)
            + f" · <#{standup.channel_id}>"
        )
        one = waiting.get(standup.id)
        button = blocks.button(_("Answer"), ANSWER, one.id, style="primary") if one else None
        shown.append(blocks.section(text, accessory=button))
        if standup.owner_id == person.id:
            shown.append(_owner_buttons(standup))
    return shown[:50]


def _owner_buttons(standup: Standup) -> Block:
    pause = (
        blocks.button(_("Pause"), PAUSE, standup.id)
        if standup.state == "active"
        else blocks.button(_("Resume"), RESUME, standup.id)
    )
    return blocks.actions(pause, blocks.button(_("End"), END, standup.id, style="danger"))


def changes_list(changes: Sequence[Change], names: Mapping[str, str]) -> list[Block]:
    """Give what was shared lately, in a table, and below what is still to be done."""
    if not changes:
        return [blocks.section(_("Nothing has been shared yet."))]
    still = [change for change in changes if change.state == "open"]
    shown = [blocks.table(_rows(changes, names))]
    if still:
        shown.append(blocks.section(f"*{_('To be done')}*"))
        shown += [action_line(change, name=names.get(change.owner_id or "", "")) for change in still[:15]]
    return shown


# What `rhythms.describe` says, for the translators.
RHYTHMS = (
    mark("every day"),
    mark("every week on {weekdays}"),
    mark("every {n} weeks on {weekdays}"),
    mark("on the {nth} {weekdays} of the month"),
)
_NTH = {1: mark("first"), 2: mark("second"), 3: mark("third"), 4: mark("fourth"), -1: mark("last")}


def rhythm_words(described: Description) -> str:
    """Say how often, in the language spoken now."""
    weekdays = ", ".join(weekday_name(number) for number in described.weekdays)
    nth = _(_NTH[described.nth]) if described.nth in _NTH else ""
    return _(described.pattern).format(weekdays=weekdays, n=described.n, nth=nth, day=described.day)


def weekday_name(number: int) -> str:
    """Give the name of a weekday, Monday is 0."""
    # 2024-01-01 was a Monday.
    return day(date(2024, 1, 1 + number), "EEEE")


def dates_preview(person: Person, moments: Sequence[datetime], holidays: Sequence[str | None]) -> Block:
    """Show one participant's next dates, in their own time."""
    lines = []
    for moment, holiday in zip(moments, holidays, strict=True):
        there = calendar.local(moment, person.zone)
        moved = f" ({_('after {holiday}').format(holiday=blocks.escape(holiday))})" if holiday else ""
        lines.append(f"{day(there, 'EEE d MMM')} {there:%H:%M}{moved}")
    return blocks.section(
        f"*{blocks.escape(person.name)}* · {blocks.escape(person.zone)}\n{' · '.join(lines)}"
    )


def round_line(standup: Standup, one: Round) -> Block:
    """Give an open round as something that waits for its reader."""
    text = f"🗓️ *{blocks.escape(standup.name)}* · " + _("open until {when}").format(
        when=blocks.when(one.closes_at)
    )
    return blocks.section(text, accessory=blocks.button(_("Answer"), ANSWER, one.id))


def announcement(name: str, owner: str, rhythm: str, hour: str) -> str:
    """Tell a channel that a standup reports here from now on."""
    return _("{owner} began the standup {name}: {rhythm}, {hour} at each person's own time.").format(
        owner=blocks.escape(owner), name=f"*{blocks.escape(name)}*", rhythm=rhythm, hour=hour
    )
