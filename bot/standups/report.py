"""What was shared, in a table: in the report of a round, and lately; and what is still to be done."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from bot import blocks
from bot.blocks import Block
from bot.standups.messages import MOST_NAMES, action_line, line, more
from bot.standups.model import Asked, Change, Round, Standup
from bot.words import _, day, n_

# Slack takes 100 rows and 10 000 characters in a message's table, and 50 blocks.
_TABLE_ROWS = 99
_TABLE_TEXT = 9_500
_CELL = 250
_MOST_SECTIONS = 24


class Report(TypedDict):
    """A Slack message."""

    text: str
    blocks: list[Block]


def draw(
    standup: Standup,
    one: Round,
    asked: Sequence[Asked],
    changes: Sequence[Change],
    carried: Sequence[Change],
    names: Mapping[str, str],
) -> Report:
    """Give the report of a round: changes by department, answers by person, then what is still open."""
    title = f"{standup.name} · {day(one.nominal, 'd MMMM y')}"
    answered = [row for row in asked if row.state == "answered"]
    shown: list[Block] = [blocks.header(title), blocks.context(*_counted(asked, names))]
    if one.themes:
        shown.append(blocks.section("\n".join(f"• {line(theme, 300)}" for theme in one.themes[:3])))
    if standup.kind.makes_changes:
        rows = _rows(changes, names)
        shown += _table(rows)
        # What the table says in full is not said again.
        rest = [change for change in changes if change.id not in rows or _is_long(change)]
        parts = [part for row in answered for part in _in_full(row, rest, names)]
    else:
        parts = [_answers(standup, row, names) for row in answered]
    shown += _paragraphs(parts)
    still = [change for change in (*carried, *changes) if change.state == "open"]
    if still:
        shown += [blocks.divider(), blocks.section(f"*{_('To be done')}*")]
        # What was shared in this round stands in the table above.
        shown += [
            action_line(change, name=names.get(change.owner_id or "", ""), about=change.round_id != one.id)
            for change in still[:12]
        ]
        shown += [blocks.context(more(len(still) - 12))] if len(still) > 12 else []
    if not answered:
        shown.insert(2, blocks.section(_("Nobody had anything to share.")))
    return {"text": blocks.escape(title), "blocks": shown[:50]}


def lately(changes: Sequence[Change], names: Mapping[str, str]) -> list[Block]:
    """Give what was shared lately, in a table, and below what is still to be done."""
    if not changes:
        return [blocks.section(_("Nothing has been shared yet."))]
    still = [change for change in changes if change.state == "open"]
    rows = _rows(changes, names)
    shown = _table(rows)
    if left := len(changes) - len(rows):
        shown.append(blocks.context(more(left)))
    if still:
        shown.append(blocks.section(f"*{_('To be done')}*"))
        shown += [action_line(change, name=names.get(change.owner_id or "", "")) for change in still[:15]]
    return shown


def _counted(asked: Sequence[Asked], names: Mapping[str, str]) -> list[str]:
    answered = [row for row in asked if row.state == "answered"]
    parts = [n_("{count} answer", "{count} answers", len(answered)).format(count=len(answered))]
    late = [row for row in answered if row.is_late]
    for rows, sentence in (
        (late, _("late: {names}")),
        ([row for row in asked if row.state == "skipped"], _("nothing to share: {names}")),
        ([row for row in asked if row.state == "away"], _("away: {names}")),
        ([row for row in asked if row.state == "waiting"], _("no answer: {names}")),
    ):
        if rows:
            who = ", ".join(blocks.escape(names.get(row.person_id, "?")) for row in rows[:MOST_NAMES])
            rest = f", {more(len(rows) - MOST_NAMES)}" if len(rows) > MOST_NAMES else ""
            parts.append(sentence.format(names=who + rest))
    return parts


def _rows(changes: Sequence[Change], names: Mapping[str, str]) -> dict[int, list[str]]:
    """Give the changes as rows by their id, by department, as many as Slack takes in a table."""
    rows: dict[int, list[str]] = {}
    room = _TABLE_TEXT
    ordered = sorted(changes, key=lambda change: (change.department, change.id))
    for change in ordered[:_TABLE_ROWS]:
        row = _row(change, names)
        room -= sum(map(len, row))
        if room < 0:
            break
        rows[change.id] = row
    return rows


def _table(rows: Mapping[int, list[str]]) -> list[Block]:
    head = [_("Department"), _("What changed"), _("Impact"), _("Action"), _("Who"), _("By when")]
    return [blocks.table([head, *rows.values()])] if rows else []


def _row(change: Change, names: Mapping[str, str]) -> list[str]:
    what, impact, action = (blocks.clip(cell, _CELL) for cell in _cells(change))
    return [
        " · ".join(filter(None, (change.department, names.get(change.person_id)))),
        what,
        impact or "–",
        action + (" ✓" if change.state == "done" else "") or "–",
        (names.get(change.owner_id or "", "") if change.action else "") or "–",
        day(change.due) if change.due else "–",
    ]


def _cells(change: Change) -> list[str]:
    return [" ".join(cell.split()) for cell in (change.what, change.impact, change.action)]


def _is_long(change: Change) -> bool:
    return any(len(cell) > _CELL for cell in _cells(change))


def _in_full(row: Asked, changes: Sequence[Change], names: Mapping[str, str]) -> list[str]:
    """Give what of somebody's changes the table does not say in full, the first below their name."""
    own = [change for change in changes if change.person_id == row.person_id]
    told = ["\n→ ".join(line(cell, 900) for cell in _cells(change) if cell) for change in own]
    parts = [f"• {text}" for text in told]
    return [f"{_head(row, names)}\n{parts[0]}", *parts[1:]] if parts else []


def _answers(standup: Standup, row: Asked, names: Mapping[str, str]) -> str:
    """Give somebody's answers, each below its question."""
    pairs = zip(standup.questions, row.answers, strict=False)
    return "\n".join([_head(row, names), *(f"_{asked}_ {line(text, 500)}" for asked, text in pairs if text)])


def _head(row: Asked, names: Mapping[str, str]) -> str:
    return f"*{blocks.escape(names.get(row.person_id, '?'))}*"


def _paragraphs(parts: Sequence[str]) -> list[Block]:
    """Give what people said, many to a section; that for which there is no room is counted."""
    sections: list[str] = []
    for number, part in enumerate(parts):
        text = blocks.clip(part, blocks.SECTION_TEXT)
        if sections and len(sections[-1]) + len(text) + 2 <= blocks.SECTION_TEXT:
            sections[-1] += f"\n\n{text}"
        elif len(sections) < _MOST_SECTIONS:
            sections.append(text)
        else:
            return [*map(blocks.section, sections), blocks.context(more(len(parts) - number))]
    return [blocks.section(text) for text in sections]
