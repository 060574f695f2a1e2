"""The long campaign: `python -m tests.fuzz --minutes 10`. It ends with 1 when something was found."""

import asyncio
import random
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from tests.fuzz import campaign
from tests.fuzz.campaign import Result


def main(
    minutes: Annotated[float, typer.Option(help="How long.")] = 10.0,
    seed: Annotated[int | None, typer.Option(help="Play a campaign again.")] = None,
    keep: Annotated[Path, typer.Option(help="Where what fails is kept, as .eml.")] = Path("data/fuzz"),
) -> None:
    """Bring mails of every kind over the whole path, and say what was found."""
    seed = random.randrange(2**32) if seed is None else seed
    console = Console()
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("", total=minutes * 60)

        def told(result: Result) -> None:
            said = f"{result.total} mails, {result.posts} posts, {len(result.finds)} finds"
            progress.update(bar, description=said, completed=progress.tasks[0].elapsed or 0)

        result = asyncio.run(campaign.run(seed, seconds=minutes * 60, keep=keep, told=told))
    table = Table("mails", "of them", "slowest to read, s", title=f"seed {seed}, {minutes:g} minutes")
    for kind, count in sorted(result.mails.items()):
        table.add_row(kind, str(count), f"{result.slowest[kind]:.3f}")
    console.print(table)
    console.print(
        f"{result.total} mails, {result.size // 1024**2} MB, {result.posts} posts; "
        f"the whole path took {result.slowest_whole:.2f} s at most; {len(result.finds)} finds"
    )
    for find in result.finds[:50]:
        console.print(f"- {find}", markup=False)
    if result.finds:
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
