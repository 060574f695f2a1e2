"""What Slack shows of standups: every sentence, block and action id of the area."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from bot import blocks, calendar
from bot.blocks import Block
from bot.people.model import Person
from bot.rhythms import Description, describe
from bot.standups.model import Asked, Change, Round, Standup, rhythm_of
from bot.words import _, day, mark

ANSWER = "standups.answer"
SEND = "standups.send"
SKIP = "standups.skip"
MORE = "standups.more"
DONE = "standups.done"
NEW = "standups.new"
PAUSE = "standups.pause"
RESUME = "standups.resume"
EDIT = "standups.edit"
END = "standups.end"

_LONGEST = 600
# More names than that are counted.
MOST_NAMES = 15
WEEKDAYS = (0, 1, 2, 3, 4, 5, 6)


# ---- asking -------------------------------------------------------------------------------------------


def ask(
    standup: Standup,
    one: Round,
    asked: Asked,
    mine: Sequence[Change],
    carried: Sequence[Change],
    names: Mapping[str, str],
) -> list[Block]:
    """Ask one person, in their message of the day: they can answer right there.

    `mine` are the changes they shared in this round, `carried` their open actions from earlier ones; `names`
    of those who shall do something.
    """
    shown: list[Block] = [blocks.section(f"🗓️ *{blocks.escape(standup.name)}* · <#{standup.channel_id}>")]
    if carried:
        shown.append(blocks.context(f"*{_('Still open from last time')}*"))
        shown += [action_line(change, name="") for change in carried[:5]]
        shown += [blocks.context(more(len(carried) - 5))] if len(carried) > 5 else []
    if asked.state == "answered":
        return [*shown, *_answered(standup, one, asked, mine, names)]
    if asked.state == "skipped":
        text = _("You have nothing to share this time.")
        buttons = blocks.actions(blocks.button(_("Change my answer"), ANSWER, one.id))
        return [*shown, blocks.section(f"✓ {text}"), buttons]
    if one.state == "closed":
        late = _("This round is closed. A late answer still reaches the report.")
        return [*shown, blocks.section(late, accessory=blocks.button(_("Answer"), ANSWER, one.id))]
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


def _answered(
    standup: Standup, one: Round, asked: Asked, mine: Sequence[Change], names: Mapping[str, str]
) -> list[Block]:
    head = f"✓ {_('You answered')}"
    if not standup.kind.makes_changes:
        words = "\n".join(f"> {line(text, 300)}" for text in asked.answers if text)
        buttons = blocks.actions(blocks.button(_("Change my answer"), ANSWER, one.id))
        return [blocks.section(f"{head}\n{words}"), buttons]
    shown = [blocks.section(head)]
    for change in mine[:5]:
        action = f"\n→ {line(change.action, 200)} · {_who_when(change, names)}" if change.action else ""
        edit = blocks.button(_("Change my answer"), ANSWER, f"{one.id}:{change.id}")
        shown.append(blocks.section(f"> {line(change.what, 300)}{action}", accessory=edit))
    if any(change.action for change in mine):
        shown.append(
            blocks.context(_("Who and by when is as I understood it; *Change my answer* corrects it."))
        )
    return [*shown, blocks.actions(blocks.button(_("Add another change"), MORE, one.id))]


def _who_when(change: Change, names: Mapping[str, str]) -> str:
    """Say who does it and by when."""
    is_own = change.owner_id == change.person_id
    who = _("you") if is_own else blocks.escape(names.get(change.owner_id or "", "?"))
    return f"*{who}* · {_('due {day}').format(day=day(change.due)) if change.due else _('no date')}"


def line(text: str, limit: int) -> str:
    """Give somebody's words as one line of mrkdwn."""
    return blocks.escape(blocks.clip(" ".join(text.split()), limit))


def more(count: int) -> str:
    """Say how many are not shown."""
    return _("and {count} more").format(count=count)


def action_line(change: Change, *, name: str, about: bool = True) -> Block:
    """Give an open action with its way to be done; `about`: and the change it comes from."""
    due = f" · {_('due {day}').format(day=day(change.due))}" if change.due else ""
    who = f" · {blocks.escape(name)}" if name else ""
    text = f"• {line(change.action, _LONGEST)}{who}{due}"
    if about and change.what:
        text += f"\n{line(change.what, 150)}"
    return blocks.section(text, accessory=blocks.button(_("Done"), DONE, change.id))


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


# ---- /standup -----------------------------------------------------------------------------------------

HELP = mark(
    "*/standup* shows yours and what you are asked\n"
    "*/standup new* begins one: who, how often, at which hour\n"
    "*/standup answer* answers the one that is open\n"
    "*/standup report* or *report 2026-11-23* shows a report again\n"
    "*/standup changes* lists what was shared lately, and what is still to be done\n"
    "*/standup edit NAME* changes who takes part, the hour or the channel\n"
    "*/standup pause NAME*, *resume NAME* and *end NAME*"
)


def mine(
    standups: Sequence[Standup],
    opened: Sequence[tuple[Standup, Round, Asked]],
    person: Person,
    *,
    is_admin: bool = False,
) -> list[Block]:
    """Give somebody's standups, and what they are asked now."""
    new = blocks.actions(blocks.button(_("New standup"), NEW, "new"))
    if not standups:
        return [blocks.section(_("You take part in no standup yet.")), new]
    shown: list[Block] = [blocks.header(_("Your standups"))]
    waiting = {standup.id: one for standup, one, asked in opened if asked.state == "waiting"}
    for standup in standups[:15]:
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
        if standup.owner_id == person.id or is_admin:
            shown.append(_owner_buttons(standup))
    return [*shown[:48], new]


def _owner_buttons(standup: Standup) -> Block:
    pause = (
        blocks.button(_("Pause"), PAUSE, standup.id)
        if standup.state == "active"
        else blocks.button(_("Resume"), RESUME, standup.id)
    )
    end = blocks.button(_("End"), END, standup.id, style="danger")
    end["confirm"] = {
        "title": blocks.label(_("End this standup?"), 100),
        "text": blocks.plain(_("Nobody is asked any more. Its reports stay.")),
        "confirm": blocks.label(_("End"), 30),
        "deny": blocks.label(_("Cancel"), 30),
    }
    edit = blocks.button(_("People, hour, channel"), EDIT, standup.id)
    return blocks.actions(edit, pause, end)


def changed(standup: Standup) -> str:
    """Say what a standup is from now on."""
    name = f"*{blocks.escape(standup.name)}*"
    match standup.state:
        case "paused":
            return _("{standup} is paused. Nobody is asked until you resume it.").format(standup=name)
        case "ended":
            return _("{standup} has ended. Its reports stay.").format(standup=name)
    return _("{standup} goes on.").format(standup=name)


def not_posted(standup: Standup, reason: str) -> str:
    """Tell the owner that a report did not reach its channel."""
    return _(
        "The report of {standup} could not be posted in {channel}: {reason} "
        "Choose another channel with */standup edit*, and it is posted there."
    ).format(
        standup=f"*{blocks.escape(standup.name)}*",
        channel=f"<#{standup.channel_id}>",
        reason=blocks.escape(reason),
    )


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


def begins_later(first: date) -> str:
    """Say that the date somebody chose as the first has begun for some already."""
    return _("The hour has passed for somebody on the first date, so it begins on {day}.").format(
        day=day(first, "EEE d MMM")
    )


def round_line(standup: Standup, one: Round) -> Block:
    """Give an open round as something that waits for its reader."""
    text = f"🗓️ *{blocks.escape(standup.name)}* · " + _("open until {when}").format(
        when=blocks.when(one.closes_at)
    )
    return blocks.section(text, accessory=blocks.button(_("Answer"), ANSWER, one.id))


def announcement(name: str, owner: str, rhythm: str, hour: str, names: Sequence[str]) -> str:
    """Tell a channel that a standup reports here from now on, and who takes part."""
    text = _("{owner} began the standup {name}: {rhythm}, {hour} at each person's own time.").format(
        owner=blocks.escape(owner), name=f"*{blocks.escape(name)}*", rhythm=rhythm, hour=hour
    )
    who = ", ".join(blocks.escape(one) for one in names[:MOST_NAMES])
    rest = f", {more(len(names) - MOST_NAMES)}" if len(names) > MOST_NAMES else ""
    return f"{text}\n{_('Asked are {names}.').format(names=who + rest)}"
