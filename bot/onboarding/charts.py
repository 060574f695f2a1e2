"""What Slack shows of objectives: numbers, and the chart from baseline to target."""

from bot import blocks
from bot.blocks import Block
from bot.onboarding.objectives import Progress, amount, plain_amount
from bot.people.model import Person
from bot.words import _


def said(one: Progress, helper: str) -> str:
    """Answer a hire who said where an objective stands."""
    track, unit = one.last, one.objective.unit
    assert track is not None  # it was just said
    text = f"*{blocks.escape(one.objective.what)}*: {amount(track.value, unit)}"
    if track.expected is None:
        return f"{text}. " + _("Its numbers are still to be set, so nothing can be compared yet.")
    text += ". " + _("On the way to the goal it would be {expected} by now.").format(
        expected=amount(round(track.expected, 2), unit)
    )
    if not track.is_off:
        return f"✓ {text}"
    more = _("That is off track. {name} hears of it too, so that you can look at it together.")
    return f"⚠️ {text} {more.format(name=blocks.escape(helper))}"


def off_track(one: Progress, person: Person, note: str) -> str:
    """Tell the manager that an objective of a hire is off track."""
    track, unit = one.last, one.objective.unit
    assert track is not None  # it was just said
    text = _("⚠️ *{name}* is off track on “{what}”: {value}, and {expected} was to be expected by day {day}.")
    text = text.format(
        name=blocks.escape(person.name),
        what=blocks.escape(one.objective.what),
        value=amount(track.value, unit),
        expected=amount(round(track.expected or 0, 2), unit),
        day=track.day,
    )
    return f"{text}\n“{blocks.escape(blocks.clip(note, 500))}”" if note else text


def with_chart(text: str, one: Progress) -> list[Block]:
    """Give an answer with the chart below it, where there is enough to draw a line."""
    return [blocks.section(text), *([chart(one)] if has_chart(one) else [])]


def with_table(text: str, one: Progress) -> list[Block]:
    """Give the same answer with a table."""
    return [blocks.section(text), chart_as_table(one)]


def chart(one: Progress) -> Block:
    """Draw what was said against the straight line from baseline to target, as far as it was asked."""
    objective = one.objective
    days = [0, *(track.day for track in one.tracks)][-20:]
    labels = [_("day {number}").format(number=number) if number else _("start") for number in days]
    base, target = objective.baseline or 0.0, objective.target or 0.0
    values = {0: base} | {track.day: track.value for track in one.tracks}
    plan = {0: base} | {track.day: track.expected or 0.0 for track in one.tracks}
    series = [
        (_("said"), [values[number] for number in days]),
        (_("on the way"), [round(plan[number], 4) for number in days]),
        (_("goal"), [target for _number in days]),
    ]
    return {
        "type": "data_visualization",
        "title": blocks.clip(objective.what, 50),
        "chart": {
            "type": "line",
            "axis_config": {
                "categories": labels,
                "x_label": _("working day"),
                "y_label": blocks.clip(objective.unit or objective.what, 50),
            },
            "series": [
                {
                    "name": blocks.clip(name, 20),
                    "data": [
                        {"label": label, "value": value} for label, value in zip(labels, data, strict=True)
                    ],
                }
                for name, data in series
            ],
        },
    }


def chart_as_table(one: Progress) -> Block:
    """Give the same as a table, for where Slack draws no charts."""
    unit = one.objective.unit
    rows = [[_("working day"), _("said"), _("on the way")]]
    if one.objective.baseline is not None:
        rows.append(
            [
                _("start"),
                plain_amount(one.objective.baseline, unit),
                plain_amount(one.objective.baseline, unit),
            ]
        )
    for track in one.tracks:
        expected = "" if track.expected is None else plain_amount(round(track.expected, 2), unit)
        rows.append([str(track.day), plain_amount(track.value, unit), expected])
    return blocks.table(rows)


def has_chart(one: Progress) -> bool:
    """Tell whether there is enough to draw a line."""
    return one.last is not None and one.last.expected is not None
