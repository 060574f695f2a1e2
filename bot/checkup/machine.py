"""This machine: the database, the disk, the ports."""

import asyncio
import shutil
import socket
import tempfile
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.checkup.finding import Finding
from bot.errors import SwitchboardError
from bot.settings import Settings
from bot.storage import migrate
from bot.storage.database import Database

_LEAST_DISK = 500 * 1024 * 1024


async def database(loaded: Settings) -> list[Finding]:
    """See whether the database can be opened, and is of this version."""
    try:
        opened = Database(loaded.database)
    except (SQLAlchemyError, ImportError, ValueError):
        problem = "SWITCHBOARD_DATABASE_URL is no address of a database that we know"
        remedy = "sqlite+aiosqlite:///FILE, or postgresql+asyncpg://user:password@host/name"
        return [Finding("the database", problem, remedy)]
    try:
        return [await _state(opened)]
    finally:
        await opened.dispose()


async def _state(opened: Database) -> Finding:
    what = "the database"
    if opened.is_sqlite and not await asyncio.to_thread(Path(opened.url.partition("///")[2]).exists):
        return Finding(what, "there is none yet", "./switchboard migrate")
    try:
        async with opened.read() as session:
            await session.execute(text("SELECT 1"))
        await migrate.require_current(opened)
    except migrate.OutdatedDatabase as error:
        return Finding(what, error.sentence, "./switchboard migrate")
    except SwitchboardError as error:
        return Finding(what, error.sentence, "Install the newer version again.")
    except (SQLAlchemyError, OSError) as error:
        problem = f"the database cannot be opened ({type(error).__name__})"
        return Finding(what, problem, "Check SWITCHBOARD_DATABASE_URL, and that the server runs.")
    return Finding(what)


def ports(loaded: Settings) -> list[Finding]:
    """Try the ports of the bot's own."""
    found = []
    if loaded.http_port == loaded.smtp_in_port != 0 and loaded.http_host == loaded.smtp_in_host:
        problem = f"port {loaded.http_port} is to be both the one for HTTP and the one for mail"
        return [Finding("ports", problem, "Choose another SWITCHBOARD_HTTP_PORT.")]
    for name, host, port in (
        ("SMTP_IN", loaded.smtp_in_host, loaded.smtp_in_port),
        ("HTTP", loaded.http_host, loaded.http_port),
    ):
        what = f"port {port}"
        try:
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, port))
        except OSError as error:
            problem = f"{host}:{port} cannot be opened ({error.strerror})"
            remedy = f"Is another Switchboard running? Else choose another SWITCHBOARD_{name}_PORT."
            found.append(Finding(what, problem, remedy))
        else:
            found.append(Finding(what))
    return found


def _is_writable(folder: Path) -> bool:
    # Asking for permissions says yes to root, whatever the file system does.
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


async def disk(loaded: Settings) -> list[Finding]:
    """See whether there is room, and whether it may be used."""
    folder = loaded.data_dir
    while not await asyncio.to_thread(folder.exists) and folder != folder.parent:
        folder = folder.parent
    if not await asyncio.to_thread(_is_writable, folder):
        return [
            Finding("the data directory", f"{folder} cannot be written", "Give it to the user of the bot.")
        ]
    free = (await asyncio.to_thread(shutil.disk_usage, folder)).free
    if free < _LEAST_DISK:
        problem = f"only {free // 1024**2} MB are free on the disk of {folder}"
        return [Finding("the disk", problem, "Make room: files of mails are kept.")]
    return [Finding("the data directory")]
