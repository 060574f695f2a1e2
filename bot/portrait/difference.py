"""What importing a portrait would change: a pure comparison, and its text."""

from dataclasses import dataclass
from typing import Any

from bot.portrait.document import VALUE, Portrait
from bot.words import _, n_

_MARKS = {"departments": "▣", "people": "☺", "suppliers": "✉", "settings": "⚙"}


@dataclass(frozen=True)
class Change:
    """One field that would change; `is_new` when what it belongs to is not there yet."""

    section: str
    name: str
    field: str
    old: Any
    new: Any
    is_new: bool = False


def between(current: Portrait, wanted: Portrait) -> list[Change]:
    """Give what changes when everything named in `wanted` becomes so; what it leaves out stays."""
    changes = []
    for section, entries in wanted.items():
        known = current.get(section, {})
        for name, entry in entries.items():
            is_new = name not in known
            fields = _with_contacts(known.get(name, {}), entry)
            if is_new and not fields:
                fields = {"name": name}
            for key, new in fields.items():
                old = known.get(name, {}).get(key)
                if is_new or not _same(old, new):
                    changes.append(Change(section, name, key, old, new, is_new))
    return changes


def _with_contacts(known: dict[str, Any], entry: dict[str, Any]) -> dict[str, Any]:
    # Contacts have written mails: they are added and renamed, never taken away.
    if "contacts" not in entry:
        return entry
    return entry | {"contacts": {**known.get("contacts", {}), **entry["contacts"]}}


def _same(old: Any, new: Any) -> bool:
    if isinstance(old, list) and isinstance(new, list):
        return sorted(old) == sorted(new)
    return bool(old == new) or (old in (None, "", []) and new in (None, "", []))


def described(changes: list[Change]) -> str:
    """Give the changes for a person to read, grouped by what they belong to."""
    if not changes:
        return _("Nothing changes: the file says what is so already.")
    lines: list[str] = []
    last: tuple[str, str] | None = None
    for one in changes:
        if (one.section, one.name) != last:
            last = (one.section, one.name)
            new = f" ({_('new')})" if one.is_new else ""
            lines.append(f"{_MARKS.get(one.section, '·')} {one.section} / {one.name}{new}")
        label = "" if one.field == VALUE else f"{one.field}: "
        before = "" if one.is_new else f"{_shown(one.old)} → "
        lines.append(f"    {label}{before}{_shown(one.new)}")
    count = n_("{count} change", "{count} changes", len(changes)).format(count=len(changes))
    return "\n".join([*lines, "", count])


def _shown(value: Any) -> str:
    match value:
        case None | "" | [] | {}:
            return "–"
        case list():
            return ", ".join(map(str, value))
        case dict():
            return ", ".join(f"{name} <{address}>" for address, name in value.items())
        case _:
            return str(value)
