"""Mail: the server that sends, and every mailbox."""

import asyncio

import aiosmtplib
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot import mailing
from bot.checkup.finding import Finding
from bot.settings import Settings
from bot.storage.database import Database

# Where the database is wrong, which is said elsewhere, mailboxes are looked at without their tokens.
_NONE = "sqlite+aiosqlite:///:memory:"


async def out(loaded: Settings) -> list[Finding]:
    """Sign in to the server that sends for every mailbox without one of its own."""
    if not loaded.smtp_out_host:
        return []  # said among the settings
    where = f"{loaded.smtp_out_host}:{loaded.smtp_out_port}"
    client = aiosmtplib.SMTP(
        hostname=loaded.smtp_out_host,
        port=loaded.smtp_out_port,
        use_tls=loaded.smtp_out_security == "tls",
        start_tls=loaded.smtp_out_security == "starttls",
        timeout=10,
    )
    try:
        await client.connect()
        if loaded.smtp_out_user:
            await client.login(loaded.smtp_out_user, loaded.smtp_out_password.get_secret_value())
    except aiosmtplib.SMTPAuthenticationError:
        remedy = "Check SWITCHBOARD_SMTP_OUT_USER and ..._PASSWORD; many providers want an app password."
        return [Finding("the mail server", f"{where} does not accept the password", remedy)]
    except (aiosmtplib.SMTPException, OSError) as error:
        problem = f"{where} cannot be used with {loaded.smtp_out_security} ({type(error).__name__})"
        remedy = "Check host, port (587 starttls, 465 tls) and SWITCHBOARD_SMTP_OUT_SECURITY."
        return [Finding("the mail server", problem, remedy)]
    finally:
        client.close()
    return [Finding(f"the mail server {where}")]


async def mailboxes(loaded: Settings) -> list[Finding]:
    """Sign in to every mailbox that is read or sent from by itself."""
    database = Database(loaded.database if is_usable(loaded.database) else _NONE)
    read = [one for one in loaded.mailbox if (one.imap_host or one.smtp_host) and not one.problems]
    try:
        wrong = await asyncio.gather(*(mailing.wrong_with(one, database) for one in read))
    finally:
        await database.dispose()
    remedy = "Check its imap_... and smtp_... settings; for tokens, sign in again or check the app's rights."
    return [
        Finding(f"the mailbox {one.address}", " ".join(said), remedy if said else "")
        for one, said in zip(read, wrong, strict=True)
    ]


def is_usable(url: str) -> bool:
    """Tell whether this is the address of a database we know."""
    try:
        return make_url(url).drivername in ("sqlite+aiosqlite", "postgresql+asyncpg")
    except SQLAlchemyError:
        return False
