"""A shop's portrait as one YAML file: departments, people, suppliers and settings, read line by line.

What a file does not name stays as it is; `null` empties a field. People are named by their mail address,
or by their Slack id. Secrets never stand in it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import time
from difflib import get_close_matches
from typing import Any

import yaml

from bot import calendar, languages
from bot.errors import SwitchboardError
from bot.people import directory
from bot.people.model import Aim
from bot.week import HoursNotUnderstood, Week
from bot.words import SPOKEN, _

# Section -> what it is called -> field -> value.
Portrait = dict[str, dict[str, dict[str, Any]]]
# In settings each entry has this one field, which is not written.
VALUE = "value"
_HEAD = (
    "# Departments, people, suppliers and settings of this shop.\n"
    "# What is left out stays as it is; null empties a field.\n"
    "#   switchboard import FILE --dry-run   shows what would change\n"
)


class NotUnderstood(SwitchboardError):
    """Nothing was imported. Please put this right:

    {problems}
    """  # noqa: D400 - the list that follows ends the sentence


class _Wrong(Exception):
    """A value that a field cannot hold; its text is the sentence about it."""


@dataclass
class Document:
    """What a file says, and at which line it says it."""

    portrait: Portrait = field(default_factory=dict)
    lines: dict[tuple[str, ...], int] = field(default_factory=dict)
    problems: list[tuple[int, str]] = field(default_factory=list)

    def complain(self, line: int, sentence: str) -> None:
        """Note what is wrong in a line."""
        self.problems.append((line, sentence))

    def require_sound(self) -> None:
        """Raise `NotUnderstood` with every problem, in the order of the lines."""
        if self.problems:
            listed = (
                _("- line {line}: {problem}").format(line=line, problem=problem)
                for line, problem in sorted(self.problems)
            )
            raise NotUnderstood(problems="\n".join(listed))


def write(portrait: Portrait) -> str:
    """Give the portrait as a file; fields without a value are left out."""
    shown: dict[str, dict[str, Any]] = {}
    for section, entries in portrait.items():
        if section == "settings":
            shown[section] = {name: entry[VALUE] for name, entry in entries.items()}
        else:
            shown[section] = {
                name: {key: value for key, value in entry.items() if value not in (None, "", [], {})}
                for name, entry in entries.items()
            }
    return _HEAD + yaml.safe_dump(shown, allow_unicode=True, sort_keys=False, width=100)


def read(text: str) -> Document:
    """Read a file; what is wrong with it stands in the document's problems."""
    document = Document()
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        why = getattr(error, "problem", None) or _("this is not YAML")
        document.complain(mark.line + 1 if mark else 1, str(why))
        return document
    if root is not None:
        for section, line, node in _entries(document, root, _("the file")):
            if section not in SECTIONS:
                document.complain(line, _unknown(section, SECTIONS))
                continue
            document.portrait[section] = dict(_read_section(document, section, node))
    return document


def _read_section(document: Document, section: str, node: yaml.Node) -> Iterator[tuple[str, dict[str, Any]]]:
    checks = SECTIONS[section]
    for name, line, entry in _entries(document, node, section):
        document.lines[section, name] = line
        if section == "settings":
            yield name, {VALUE: _value(entry)}
            continue
        found: dict[str, Any] = {}
        for key, key_line, value in _entries(document, entry, name):
            document.lines[section, name, key] = key_line
            if key not in checks:
                document.complain(key_line, _unknown(key, checks))
                continue
            try:
                found[key] = checks[key](_value(value))
            except _Wrong as error:
                document.complain(key_line, str(error))
        yield name, found


def _entries(document: Document, node: yaml.Node, where: str) -> Iterator[tuple[str, int, yaml.Node]]:
    """Give the named entries of a mapping with their lines; what is empty has none."""
    if isinstance(node, yaml.ScalarNode) and node.value in ("", "null", "~"):
        return
    if not isinstance(node, yaml.MappingNode):
        sentence = _("“{name}” must be a list of “name: value”").format(name=where)
        document.complain(node.start_mark.line + 1, sentence)
        return
    seen: set[str] = set()
    for key, value in node.value:
        line, name = key.start_mark.line + 1, str(key.value)
        if name in seen:
            document.complain(line, _("“{name}” stands here twice").format(name=name))
        seen.add(name)
        yield name, line, value


def _value(node: yaml.Node) -> Any:
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_object(node, deep=True)
    finally:
        loader.dispose()


def _unknown(name: str, known: Mapping[str, Any]) -> str:
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    guess = " " + _("Did you mean “{name}”?").format(name=near[0]) if near else ""
    return _("I do not know “{name}”.").format(name=name) + guess


# ---- what a field may hold ----------------------------------------------------------------------------


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, dict | list):
        raise _Wrong(_("This must be a text."))
    return " ".join(str(value).split())[:300]


def _list(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [] if value is None else [value]
    if any(isinstance(one, dict | list) for one in values):
        raise _Wrong(_("This must be a list of texts."))
    return list(dict.fromkeys(" ".join(str(one).split())[:80] for one in values))


def _hours(value: Any) -> str | None:
    try:
        return str(Week.parse(str(value))) if value is not None else None
    except HoursNotUnderstood as error:
        raise _Wrong(error.sentence) from None


def _zone(value: Any) -> str | None:
    if value is not None and calendar.zone(str(value)) is None:
        raise _Wrong(_("There is no such time zone. Write it as Continent/City, such as Asia/Shanghai."))
    return None if value is None else str(value)


def _place(value: Any) -> str | None:
    # YAML reads Norway's NO as false.
    text = "NO" if value is False else str(value).strip().upper()
    if value is None:
        return None
    if directory.place(text) is None:
        raise _Wrong(_("I know no public holidays there. Write it like PT, CN or DE-BY."))
    return text


def _country(value: Any) -> str:
    text = "NO" if value is False else str(value or "").strip().upper()
    if text and not languages.country_flag(text):
        raise _Wrong(_("Two letters, such as CN, IT or TR."))
    return text


def _spoken(value: Any) -> str | None:
    if value is not None and value not in SPOKEN:
        raise _Wrong(_("I speak {languages}.").format(languages=", ".join(SPOKEN)))
    return None if value is None else str(value)


def _wall(value: Any) -> str | None:
    if value is None:
        return None
    # YAML reads 08:30 without quotes as a number of minutes.
    text = f"{value // 60:02}:{value % 60:02}" if isinstance(value, int) else str(value)
    try:
        return f"{time.fromisoformat(text):%H:%M}"
    except ValueError:
        raise _Wrong(_("Write an hour like 08:30.")) from None


def _aim(value: Any) -> str:
    if value not in set(Aim):
        raise _Wrong(_("The aim is one of: {aims}.").format(aims=", ".join(Aim)))
    return str(value)


def _yes(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Wrong(_("Write true or false."))
    return value


def _contacts(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or any(isinstance(name, dict | list) for name in value.values()):
        raise _Wrong(_("Write the contacts as “address: name”."))
    for address in value:
        local, at, domain = str(address).partition("@")
        if not (local and at and "." in domain) or len(str(address).split()) != 1:
            raise _Wrong(_("“{address}” is not a mail address.").format(address=address))
    return {str(address).lower(): str(name or "") for address, name in value.items()}


SECTIONS: dict[str, dict[str, Callable[[Any], Any]]] = {
    "departments": {
        "name": _text, "aim": _aim, "lead": _text, "members": _list, "channel": _text, "hours": _hours,
        "zone": _zone, "country": _place,
    },
    "people": {
        "role": _text, "manager": _text, "hours": _hours, "quiet": _hours, "zone": _zone, "country": _place,
        "language": _spoken, "morning": _wall, "skills": _list, "admin": _yes,
    },
    "suppliers": {
        "owner": _text, "channel": _text, "language": _text, "zone": _zone, "country": _country,
        "contacts": _contacts,
    },
    "settings": {},
}  # fmt: skip
# Which fields name people.
NAMING = {"departments": ("lead", "members"), "people": ("manager",), "suppliers": ("owner",)}
