"""`switchboard triage`: sort texts, and score the sorter on old tickets."""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.errors import SwitchboardError

# What each command needs is imported where it is used.
# ruff: noqa: PLC0415

triage = typer.Typer(help="Sort customers' mail the way the bot does.", no_args_is_help=True)
_SHOWN = ("category", "confidence", "asks", "language", "priority", "why")
_CONFUSIONS = 12


@triage.command()
def classify() -> None:
    """Read JSON lines {"text": ...} from standard input; write one JSON line each."""
    for line in classified(_lines()):
        typer.echo(line)
        sys.stdout.flush()


@triage.command()
def evaluate(
    file: Annotated[Path, typer.Argument(help="A CSV file of old tickets, with a header.")],
    text: Annotated[str, typer.Option(help="The column with the customer's text.")] = "text",
    category: Annotated[str, typer.Option(help="The column with the category.")] = "category",
) -> None:
    """Tell how well old tickets are sorted: by category, how many are asked about, what is mixed up."""
    from bot.triage import evaluate as scoring
    from bot.triage.sorting import Sorter

    try:
        score = scoring.score(scoring.read(file, text, category), Sorter())
    except SwitchboardError as error:
        typer.echo(error.sentence, err=True)
        raise typer.Exit(1) from None
    _show(score)


def classified(lines: Iterable[str]) -> Iterator[str]:
    """Sort each line; what cannot be read becomes a line that says so, and the rest goes on."""
    from bot.triage.sorting import Sorter

    sorter = Sorter()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        text, problem = _text(line)
        if problem:
            yield json.dumps({"error": f"Line {number}: {problem}"}, ensure_ascii=False)
            continue
        found = sorter.sort(text)
        yield json.dumps({name: getattr(found, name) for name in _SHOWN}, ensure_ascii=False)


def _lines() -> Iterator[str]:
    """Give standard input line by line; bytes that are no UTF-8 spoil their own line only."""
    for raw in sys.stdin.buffer:
        yield raw.decode("utf-8", errors="surrogateescape")


def _text(line: str) -> tuple[str, str]:
    """Give the text of a line, and what is wrong with the line when something is."""
    try:
        line.encode("utf-8")
        found: Any = json.loads(line)
    except UnicodeEncodeError:
        return "", "this is not UTF-8."
    except (ValueError, RecursionError):
        return "", 'this is not JSON. Write {"text": "..."}.'
    if not isinstance(found, dict) or not isinstance(found.get("text"), str):
        return "", 'there is no "text" in it. Write {"text": "..."}.'
    # A lone surrogate in an escape is no character; it must not stop the printing.
    return found["text"].encode("utf-8", errors="replace").decode("utf-8"), ""


def _show(score: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    for name, count in score.unknown:
        console.print(f"Left out: {count} with the category “{name}”, which is none of ours.", markup=False)
    if not score.tickets:
        console.print("There is no ticket to score.")
        return
    table = Table(title=f"{score.tickets} tickets")
    table.add_column("Category")
    for heading in ("Tickets", "Found", "Of those said, right"):
        table.add_column(heading, justify="right")
    for row in score.rows:
        table.add_row(row.category, str(row.tickets), _percent(row.right), _percent(row.trusted))
    console.print(table)
    console.print(
        f"Right: {_percent(score.right)}. A person is asked about {_percent(score.asked)}; "
        f"of the others {_percent(score.right_when_sure)} are right."
    )
    if score.confusions:
        mixed = Table(title="Mixed up")
        for heading in ("It is", "It was taken for"):
            mixed.add_column(heading)
        mixed.add_column("Times", justify="right")
        for is_, said, count in score.confusions[:_CONFUSIONS]:
            mixed.add_row(is_, said, str(count))
        console.print(mixed)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"
