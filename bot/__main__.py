"""The command line."""

import asyncio
import gc
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import logs
from bot.child import BotProcess
from bot.errors import SwitchboardError
from bot.triage.cli import triage

# What is imported stays: looking through it for what can go takes a tenth of a start.
gc.disable()
# Nothing of ours extends pydantic. Looking for what might would read the papers of every installed package.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")
# Objects until the youngest are looked through, and how often the older ones are. A database row is many
# objects that are soon gone by themselves: Python's own 700 would look through each request's several times.
_GARBAGE = (5000, 20, 20)

# What each command needs is imported where it is used: `mail show` should not wait for Bolt.
# ruff: noqa: PLC0415

cli = typer.Typer(
    help="Switchboard: suppliers, customers, teams and new hires of a shop, in one Slack bot.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
mail = typer.Typer(help="Look at mail the way the bot does.", no_args_is_help=True)
cli.add_typer(mail, name="mail")
cli.add_typer(triage, name="triage")


@cli.command()
def demo(
    port: Annotated[int, typer.Option(help="Port of the page.")] = 3939,
    smtp_port: Annotated[int, typer.Option(help="Port that takes suppliers' mail.")] = 2525,
    data: Annotated[Path, typer.Option(help="Where the demo keeps its world.")] = Path("data/demo"),
    fresh: Annotated[bool, typer.Option("--fresh", help="Start with a new world.")] = False,  # noqa: FBT002
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open the page.")] = False,  # noqa: FBT002
    now: Annotated[str | None, typer.Option(help="Start the clock here: 2026-11-23T09:00+00:00.")] = None,
) -> None:
    """Run an invented shop with a Slack of its own: no account, nothing leaves this machine."""
    start = _instant(now) if now else None
    if fresh:
        shutil.rmtree(data, ignore_errors=True)
    bot = BotProcess(data / "bot.log")
    bot.warm_up()  # both load their code at the same time
    from bot import demo as demonstration

    _run(demonstration.run(bot, port=port, smtp_port=smtp_port, data=data, browser=not no_browser, now=start))


@cli.command()
def run(
    http: Annotated[bool, typer.Option("--http", help="Signed HTTP instead of Socket Mode.")] = False,  # noqa: FBT002
) -> None:
    """Run the bot on a real Slack workspace."""
    from bot import app, settings

    async def serve() -> None:
        loaded = settings.load()
        settings.require(loaded, http=http)
        logs.configure(loaded.log_format, loaded.log_level)
        await app.run(loaded, http=http)

    _run(serve())


@cli.command()
def check(
    http: Annotated[bool, typer.Option("--http", help="Check for signed HTTP, not for Socket Mode.")] = False,  # noqa: FBT002
) -> None:
    """Say everything that is wrong with the set-up, each with its remedy; change nothing."""
    from rich.console import Console
    from rich.markup import escape

    from bot import checkup

    found: list[checkup.Finding] = []

    async def look() -> None:
        with Console(stderr=True).status("Looking …"):
            found.extend(await checkup.of_environment(http=http))

    _run(look())
    console = Console()
    for one in found:
        if one.is_well:
            console.print(f"[green]✓[/] {escape(one.what)}")
        else:
            console.print(f"[red]✗[/] {escape(one.problem)}\n  → {escape(one.remedy)}", soft_wrap=True)
    if any(not one.is_well for one in found):
        raise typer.Exit(1)


@cli.command()
def migrate() -> None:
    """Bring the database up to date."""
    from bot import settings
    from bot.storage import migrate as migrations
    from bot.storage.database import Database

    async def upgrade() -> None:
        loaded = settings.load()
        loaded.data_dir.mkdir(parents=True, exist_ok=True)
        database = Database(loaded.database, patience=None)
        try:
            await migrations.upgrade(database)
        finally:
            await database.dispose()
        typer.echo("The database is up to date.")

    _run(upgrade())


@cli.command()
def backup(file: Annotated[Path, typer.Argument(help="A new file, such as backups/monday.sqlite.")]) -> None:
    """Write everything into one file; the bot may go on running."""
    from bot.storage import backup as backups

    _run(_with_database(lambda database, progress: backups.take(database, file, progress)))
    typer.echo(f"Everything is in {file}.")


@cli.command()
def restore(file: Annotated[Path, typer.Argument(help="A file that `backup` wrote.")]) -> None:
    """Fill a new, empty database from a backup. Stop the bot first, and start it afterwards."""
    from bot.storage import backup as backups

    _run(_with_database(lambda database, progress: backups.put_back(database, file, progress)))
    typer.echo("Everything is back. What was about to leave is looked for before it is sent again.")


@cli.command("export")
def export_(
    file: Annotated[Path | None, typer.Argument(help="Where to write it; without it, it is shown.")] = None,
) -> None:
    """Write departments, roles, suppliers and settings as one YAML file."""
    from bot.portrait import document, exchange

    async def write(database: Any, _progress: Any) -> None:
        async with database.read() as session:
            text = document.write(await exchange.take(session))
        if file:
            file.write_text(text, "utf-8")
        else:
            typer.echo(text, nl=False)

    _run(_with_database(write))
    if file:
        typer.echo(f"Departments, people, suppliers and settings are in {file}.")


@cli.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A file as `export` writes it.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change.")] = False,  # noqa: FBT002
) -> None:
    """Make the shop as a YAML file says; what the file leaves out stays as it is."""
    from bot.clock import SystemClock
    from bot.portrait import difference, exchange

    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        _complain(f"{file} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}.")

    async def take_over(database: Any, _progress: Any) -> None:
        async with database.write() as session:
            changes = await exchange.plan(session, text)
            if not dry_run:
                await exchange.apply(session, changes, SystemClock().now())
        typer.echo(difference.described(changes))
        if changes:
            typer.echo("Nothing was changed yet." if dry_run else "Done.")

    _run(_with_database(take_over))


async def _with_database(work: Callable[..., Coroutine[Any, Any, None]]) -> None:
    """Do something with the whole database, and show how far it is."""
    from rich.progress import Progress

    from bot import app, settings
    from bot.storage.database import Database

    assert app.ROUTED  # importing the whole bot names every table
    loaded = settings.load()
    loaded.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(loaded.database, patience=None)
    try:
        with Progress(transient=True) as bar:
            task = bar.add_task("Copying")
            await work(
                database,
                lambda table, number, of: bar.update(task, description=table, completed=number, total=of),
            )
    finally:
        await database.dispose()


@mail.command()
def show(
    file: Annotated[Path, typer.Argument(help="A mail as it came, an .eml file; - reads standard input.")],
) -> None:
    """Print as JSON what the bot understands of one mail."""
    from bot.mail.parse import parse
    from bot.mail.show import as_json

    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        _complain(f"{file} cannot be read: {error.strerror}.")
    typer.echo(json.dumps(as_json(parse(raw)), ensure_ascii=False, indent=2))


@mail.command("sign-in")
def sign_in(address: Annotated[str, typer.Argument(help="A mailbox of the settings with sign_in.")]) -> None:
    """Sign in to a mailbox at Microsoft, Google or another provider, once."""
    from bot import mailing, settings
    from bot.storage import migrate
    from bot.storage.database import Database

    try:
        loaded = settings.load()
        database = Database(loaded.database)
        oauth, page = mailing.by_hand(loaded, database, address)
    except SwitchboardError as error:
        _complain(error.sentence)
    typer.echo(f"1. Open this page and sign in as {address}:\n\n{page.url}\n")
    typer.echo("2. The browser ends at a page it cannot open, http://localhost/... That is as it should be.")
    landed = typer.prompt("3. Copy that page's address here")

    async def finish() -> None:
        try:
            await migrate.require_current(database)
            await mailing.signed_in(oauth, page, landed)
        finally:
            await database.dispose()
        typer.echo(f"Signed in to {address}.")

    _run(finish())


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        _complain(f"“{text}” is not a time. Write it like 2026-11-23T09:00 (UTC) or 2026-11-23T09:00+01:00.")
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _run(work: Coroutine[Any, Any, None]) -> None:
    """Run until done, or until Ctrl-C or SIGTERM; what goes wrong is said in a sentence."""
    logs.configure()
    gc.freeze()
    gc.set_threshold(*_GARBAGE)
    gc.enable()
    try:
        asyncio.run(_until_stopped(work))
    except SwitchboardError as error:
        _complain(error.sentence)


async def _until_stopped(work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.ensure_future(work)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    with suppress(asyncio.CancelledError):
        await task


def _complain(sentence: str) -> Any:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)


def main() -> None:
    """Run the command line."""
    cli()


if __name__ == "__main__":
    main()
