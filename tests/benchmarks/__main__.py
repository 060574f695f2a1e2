"""Measure: `python -m tests.benchmarks [NAME ...] [--write]`."""

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from tests.benchmarks import acks, burst, drain, occurrences, start
from tests.benchmarks.figures import Figure, Step, table, write

Benchmark = Callable[[Path, Step], Awaitable[list[Figure]]]
BENCHMARKS: dict[str, Benchmark] = {
    "commands": acks.commands,
    "events": acks.events,
    "burst": burst.burst,
    "drain": drain.drain,
    "occurrences": occurrences.occurrences,
    "start": start.start,
}


def main(
    names: Annotated[list[str] | None, typer.Argument(help=f"Some of: {', '.join(BENCHMARKS)}.")] = None,
    write_: Annotated[bool, typer.Option("--write", help="Into docs/performance.md.")] = False,  # noqa: FBT002
) -> None:
    """Measure the bot against a bare one, as ratios within one run."""
    chosen = names or list(BENCHMARKS)
    if unknown := [name for name in chosen if name not in BENCHMARKS]:
        raise typer.BadParameter(f"there is no {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    load = os.getloadavg()[0]
    figures = asyncio.run(_measure(chosen))
    Console().print(table(figures))
    if write_:
        write(figures, load)


async def _measure(names: list[str]) -> list[Figure]:
    figures: list[Figure] = []
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        for name in names:
            task = progress.add_task(name, total=None)
            with tempfile.TemporaryDirectory(prefix="switchboard-") as directory:
                show = partial(_show, progress, task)
                figures += await BENCHMARKS[name](Path(directory), show)
            progress.remove_task(task)
    return figures


def _show(progress: Progress, task: TaskID, done: str) -> None:
    progress.update(task, description=done)


if __name__ == "__main__":
    typer.run(main)
