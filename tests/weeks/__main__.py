"""Four weeks of the demo, played in the browser by four people: `python -m tests.weeks --shots DIR`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from playwright.async_api import Error
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from tests.weeks import stage as stages
from tests.weeks import transcripts
from tests.weeks.stage import Stage
from tests.weeks.story import STORY


class Stopped(Exception):
    """A scene did not go as a person expects."""


def main(
    shots: Annotated[Path, typer.Option(help="Where pictures and transcripts go.")],
    headed: Annotated[bool, typer.Option(help="Show the browser.")] = False,  # noqa: FBT002 - an option
    url: Annotated[str, typer.Option(help="Go on in a demo that runs already.")] = "",
    begin: Annotated[int, typer.Option(help="The scene to go on with.")] = 1,
) -> None:
    """Play the four weeks, scene by scene; ends with 1 at the first thing that is not as expected."""
    shots.mkdir(parents=True, exist_ok=True)
    console = Console()
    try:
        asyncio.run(_play(shots, console, headed=headed, url=url, begin=begin))
    except Stopped as error:
        console.print(f"[bold]Stopped.[/bold] {error}")
        raise typer.Exit(1) from error


async def _play(shots: Path, console: Console, *, headed: bool, url: str, begin: int) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    async with stages.opened(shots, url=url, headed=headed) as stage:
        await stage.pause()
        if begin > 1:
            await stage.marisol.becomes("Marisol")
        with Progress(*columns, console=console) as progress:
            bar = progress.add_task("", total=len(STORY), completed=begin - 1)
            for number, one in enumerate(STORY[begin - 1 :], start=begin):
                progress.update(bar, description=f"{one.at:%a %d %b %H:%M} {one.title}")
                came = await stage.clock_to(one.at)
                await _scene(stage, number)
                progress.console.print(f"{number:2} {one.at:%a %d %b %H:%M} UTC · {one.title} · {came} due")
                progress.advance(bar)
        count = await transcripts.write(stage.slack, shots)
        console.print(f"{len(STORY)} scenes, {len(stage.shots)} pictures, {count} messages told, in {shots}")


async def _scene(stage: Stage, number: int) -> None:
    try:
        await STORY[number - 1].play(stage)
    except (AssertionError, Error) as error:
        await stage.shoot_all("stopped")
        await transcripts.write(stage.slack, stage.folder)
        raise Stopped(f"In scene {number}, “{STORY[number - 1].title}”: {error}") from error


if __name__ == "__main__":
    typer.run(main)
