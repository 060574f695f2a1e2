"""Scoring the sorter on old tickets whose category somebody knows."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.errors import SwitchboardError
from bot.triage.sorting import CATEGORIES, Sorter

_LARGEST = 1_000_000  # characters a cell may have


class UnreadableTickets(SwitchboardError):
    """{file} cannot be scored: {problem}."""


@dataclass(frozen=True)
class Ticket:
    """An old ticket's text, and the category people gave it."""

    text: str
    category: str


@dataclass(frozen=True)
class Row:
    """How one category fared. Shares are None where nothing was there to count."""

    category: str
    tickets: int
    right: float | None  # of the tickets that are it, the share that was found
    trusted: float | None  # of the tickets said to be it, the share that is


@dataclass(frozen=True)
class Score:
    """How all fared."""

    tickets: int
    right: float
    asked: float
    right_when_sure: float | None
    rows: tuple[Row, ...]
    confusions: tuple[tuple[str, str, int], ...]  # what it is, what was said, how often; most frequent first
    unknown: tuple[tuple[str, int], ...]  # categories in the file that are none of ours, left out


def read(file: Path, text: str, category: str) -> list[Ticket]:
    """Read a CSV file with a header; the names of the two columns are given."""
    csv.field_size_limit(_LARGEST)
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            return list(_tickets(file, csv.DictReader(stream), text, category))
    except OSError as error:
        raise UnreadableTickets(file=file, problem=error.strerror) from error
    except UnicodeDecodeError as error:
        raise UnreadableTickets(file=file, problem="it is not UTF-8") from error
    except csv.Error as error:
        raise UnreadableTickets(file=file, problem=f"it is not CSV ({error})") from error


def _tickets(file: Path, rows: "csv.DictReader[str]", text: str, category: str) -> Iterator[Ticket]:
    for column in (text, category):
        if column not in (rows.fieldnames or ()):
            named = ", ".join(rows.fieldnames or ()) or "none"
            raise UnreadableTickets(file=file, problem=f"it has no column “{column}”; it has {named}")
    for row in rows:
        if row[text] and row[text].strip():
            yield Ticket(row[text], (row[category] or "").strip().lower().replace(" ", "_"))


def score(tickets: Iterable[Ticket], sorter: Sorter) -> Score:
    """Sort every ticket whose category is one of ours, and count."""
    pairs: Counter[tuple[str, str]] = Counter()
    unknown: Counter[str] = Counter()
    asked = sure_and_right = 0
    for ticket in tickets:
        if ticket.category not in CATEGORIES:
            unknown[ticket.category or "(empty)"] += 1
            continue
        found = sorter.sort(ticket.text)
        pairs[ticket.category, found.category] += 1
        asked += found.asks
        sure_and_right += not found.asks and found.category == ticket.category
    total = sum(pairs.values())
    return Score(
        tickets=total,
        right=_share(sum(count for (is_, said), count in pairs.items() if is_ == said), total) or 0.0,
        asked=_share(asked, total) or 0.0,
        right_when_sure=_share(sure_and_right, total - asked),
        rows=tuple(_row(category, pairs) for category in CATEGORIES),
        confusions=tuple((is_, said, count) for (is_, said), count in pairs.most_common() if is_ != said),
        unknown=tuple(unknown.most_common()),
    )


def _row(category: str, pairs: Counter[tuple[str, str]]) -> Row:
    are = sum(count for (is_, _), count in pairs.items() if is_ == category)
    said = sum(count for (_, said), count in pairs.items() if said == category)
    both = pairs[category, category]
    return Row(category, are, _share(both, are), _share(both, said))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
