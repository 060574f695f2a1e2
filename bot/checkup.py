"""`switchboard check`: all that is wrong with a set-up, at once, each with its remedy. It changes nothing."""

import asyncio
import email.utils
import shutil
import socket
import tempfile
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

import aiohttp
import aiosmtplib
import yaml
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot import clock, mailing, settings
from bot.errors import SettingsError, SwitchboardError
from bot.gateways import slack as slack_gateway
from bot.settings import Settings
from bot.storage import migrate
from bot.storage.database import Database

MANIFEST = Path(__file__).parent.parent / "manifest.yml"
# Slack refuses requests signed more than five minutes ago.
_SKEW = 60.0
_LEAST_DISK = 500 * 1024 * 1024


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: well, or wrong with its remedy."""

    what: str
    problem: str = ""
    remedy: str = ""

    @property
    def is_well(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self.problem


async def findings(loaded: Settings, *, http: bool) -> list[Finding]:
    """Look at everything; what fails keeps nothing else from being looked at."""
    found = _settings(loaded, http=http)
    looks: list[Awaitable[list[Finding]]] = [
        _slack(loaded, http=http), _mail_out(loaded), _mailboxes(loaded), _database(loaded), _ports(loaded),
        _disk(loaded),
    ]  # fmt: skip
    for part in await asyncio.gather(*looks):
        found += part
    return found


def _settings(loaded: Settings, *, http: bool) -> list[Finding]:
    try:
        settings.require(loaded, http=http)
    except SettingsError as error:
        lines = str(error.details["problems"]).splitlines()
        return [
            Finding("settings", line.removeprefix("- "), "Set it; .env.example explains each.")
            for line in lines
        ]
    return [Finding("settings")]


# ---- Slack --------------------------------------------------------------------------------------------


async def _slack(loaded: Settings, *, http: bool) -> list[Finding]:
    token = loaded.slack_bot_token.get_secret_value()
    if not token:
        return []  # said among the settings
    async with slack_gateway.client(token, loaded.slack_api_url, loaded.slack_timeout) as client:
        try:
            answer = await client.auth_test()
        except SlackApiError as error:
            code = error.response.get("error", "")
            problem = f"Slack does not accept the bot token ({str(code).replace('_', ' ')})"
            remedy = "Copy it again: api.slack.com/apps › OAuth & Permissions › Bot User OAuth Token."
            return [Finding("the bot token", problem, remedy)]
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
            problem = f"Slack cannot be reached ({type(error).__name__})"
            return [
                Finding("Slack", problem, "Does this machine reach https://slack.com? Is a proxy in between?")
            ]
        found = [Finding(f"the bot token: {answer['team']}"), _skew(answer.headers), _scopes(answer.headers)]
        if not http:
            found.append(await _app_token(client, loaded))
        found += await _channels(client, loaded)
    return found


def _skew(headers: Any) -> Finding:
    date = next((value for name, value in headers.items() if name.lower() == "date"), None)
    said = email.utils.parsedate_to_datetime(date[0] if isinstance(date, list) else date) if date else None
    off = (clock.wall() - said.astimezone(UTC)).total_seconds() if said else 0.0
    if abs(off) > _SKEW:
        problem = f"the clock of this machine is {abs(off):.0f} seconds {'ahead' if off > 0 else 'behind'}"
        return Finding("the clock", problem, "Let it be set by NTP: timedatectl set-ntp true")
    return Finding("the clock")


def _scopes(headers: Any) -> Finding:
    given = next((value for name, value in headers.items() if name.lower() == "x-oauth-scopes"), "")
    has = {one.strip() for one in (given[0] if isinstance(given, list) else given).split(",") if one.strip()}
    wanted = set(yaml.safe_load(MANIFEST.read_text("utf-8"))["oauth_config"]["scopes"]["bot"])
    missing = sorted(wanted - has) if has else []
    if missing:
        remedy = "Put manifest.yml into the app (App Manifest) and install it again."
        return Finding("permissions", f"the app lacks {', '.join(missing)}", remedy)
    return Finding("permissions")


async def _app_token(client: AsyncWebClient, loaded: Settings) -> Finding:
    try:
        await client.apps_connections_open(app_token=loaded.slack_app_token.get_secret_value())
    except SlackApiError as error:
        problem = f"Slack does not accept the app-level token ({error.response.get('error', '')})"
        remedy = (
            "Make one with connections:write: Basic Information › App-Level Tokens; switch Socket Mode on."
        )
        return Finding("the app-level token", problem, remedy)
    except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
        return Finding("the app-level token", f"Slack broke off ({type(error).__name__})", "Try again.")
    return Finding("the app-level token")


async def _channels(client: AsyncWebClient, loaded: Settings) -> list[Finding]:
    try:
        answer = await client.conversations_list(types="public_channel,private_channel", limit=1000)
    except (SlackApiError, SlackClientError, aiohttp.ClientError, TimeoutError, OSError):
        return [Finding("channels", "the channels cannot be listed", "See permissions above.")]
    known = {one["name"]: one for one in answer["channels"]}
    found = []
    for name in (loaded.suppliers_channel, loaded.unsorted_channel):
        channel = known.get(name)
        if channel and channel.get("is_archived"):
            remedy = f"Unarchive #{name} in Slack, or name another channel in the settings."
            found.append(Finding(f"#{name}", f"#{name} is archived", remedy))
        elif channel and channel.get("is_private") and not channel.get("is_member"):
            problem = f"#{name} is private, and the bot is not in it"
            found.append(Finding(f"#{name}", problem, f"In #{name}: /invite @Switchboard"))
        else:
            found.append(Finding(f"#{name}" if channel else f"#{name} (will be made at the first start)"))
    return found


# ---- everything else ----------------------------------------------------------------------------------


async def _mail_out(loaded: Settings) -> list[Finding]:
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


async def _mailboxes(loaded: Settings) -> list[Finding]:
    database = Database(loaded.database)
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


async def _database(loaded: Settings) -> list[Finding]:
    database = Database(loaded.database)
    try:
        if database.is_sqlite and not await asyncio.to_thread(
            Path(loaded.database.partition("///")[2]).exists
        ):
            return [Finding("the database", "there is none yet", "./switchboard migrate")]
        async with database.read() as session:
            await session.execute(text("SELECT 1"))
        await migrate.require_current(database)
    except migrate.OutdatedDatabase as error:
        return [Finding("the database", error.sentence, "./switchboard migrate")]
    except SwitchboardError as error:
        return [Finding("the database", error.sentence, "Install the newer version again.")]
    except (SQLAlchemyError, OSError) as error:
        problem = f"the database cannot be opened ({type(error).__name__})"
        return [Finding("the database", problem, "Check SWITCHBOARD_DATABASE_URL, and that the server runs.")]
    finally:
        await database.dispose()
    return [Finding("the database")]


async def _ports(loaded: Settings) -> list[Finding]:
    found = []
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


async def _disk(loaded: Settings) -> list[Finding]:
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
