"""Slack: tokens, permissions, channels, admins, the clock, and what the workspace's plan lacks."""

import email.utils
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

import aiohttp
import yaml
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.exc import SQLAlchemyError

from bot import clock, installation
from bot.checkup.finding import Finding
from bot.checkup.mail import is_usable
from bot.gateways import slack as slack_gateway
from bot.people import store as people
from bot.settings import Settings
from bot.storage.database import Database

MANIFEST = Path(__file__).parent.parent.parent / "manifest.yml"
# Slack refuses requests signed more than five minutes ago.
_SKEW = 60.0
_BROKE = (SlackClientError, aiohttp.ClientError, TimeoutError, OSError)

# By the names `team.billing.info` gives plans.
LACKS = {
    "free": "Slack hides what is older than 90 days: “Full history” on each card shows it from our store. "
    "At most 10 apps; and no split view for talking with the bot, which works in its direct messages."
}


async def look(loaded: Settings, *, http: bool) -> list[Finding]:
    """Ask Slack about everything that it has to do with."""
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
        except _BROKE as error:
            problem = f"Slack cannot be reached ({type(error).__name__})"
            remedy = "Does this machine reach https://slack.com? Is a proxy in between? Check SLACK_API_URL."
            return [Finding("Slack", problem, remedy)]
        found = [Finding(f"the bot token: {answer['team']}"), _skew(answer.headers), _scopes(answer.headers)]
        if not http:
            found.append(await _app_token(client, loaded))
        known = await _remembered(loaded)
        found += await _channels(client, loaded, known.hidden)
        found += await _admins(client, loaded)
        found.append(await _plan(client))
    return [*found, *_same_workspace(known.team_id, str(answer["team_id"]))]


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
    except _BROKE as error:
        return Finding("the app-level token", f"Slack broke off ({type(error).__name__})", "Try again.")
    return Finding("the app-level token")


async def _channels(client: AsyncWebClient, loaded: Settings, hidden: Collection[str]) -> list[Finding]:
    try:
        known = {one["name"]: one async for one in _all_channels(client)}
    except (SlackApiError, *_BROKE):
        return [Finding("channels", "the channels cannot be listed", "See permissions above.")]
    names = installation.channel_settings(loaded).values()
    return [_channel(name, known.get(name), is_hidden=name in hidden) for name in names]


async def _all_channels(client: AsyncWebClient) -> AsyncIterator[dict[str, Any]]:
    cursor = ""
    while True:
        answer = await client.conversations_list(
            types="public_channel,private_channel", limit=1000, cursor=cursor
        )
        for one in answer["channels"]:
            yield one
        cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return


def _channel(name: str, channel: dict[str, Any] | None, *, is_hidden: bool) -> Finding:
    if channel is None and is_hidden:
        problem = f"#{name} is private, and Switchboard is not in it: the last start ended at that"
        remedy = f"Type /invite @Switchboard in #{name}, or name another channel in the settings."
        return Finding(f"#{name}", problem, remedy)
    if channel is None:
        # Slack shows nobody a private channel they are not in.
        return Finding(
            f"#{name} (is made at the first start; if there is a private one: /invite @Switchboard in it)"
        )
    if channel.get("is_archived"):
        remedy = f"Unarchive #{name} in Slack, or name another channel in the settings."
        return Finding(f"#{name}", f"#{name} is archived", remedy)
    return Finding(f"#{name}")


async def _admins(client: AsyncWebClient, loaded: Settings) -> list[Finding]:
    """See whether those who are named as admins are there."""
    found = []
    for named in loaded.admins:
        try:
            if "@" in named:
                answer = await client.users_lookupByEmail(email=named)
            else:
                answer = await client.users_info(user=named)
            user = answer["user"]
            wrong = (
                "has left the workspace" if user.get("deleted") else "is a bot" if user.get("is_bot") else ""
            )
        except SlackApiError as error:
            code = str(error.response.get("error", ""))
            # What we may not ask is said among the permissions.
            wrong = "is not in this workspace" if code in ("users_not_found", "user_not_found") else ""
        except _BROKE:
            continue
        problem = f"{named}, named in SWITCHBOARD_ADMINS, {wrong}" if wrong else ""
        remedy = "Name Slack ids (U...) or the mail addresses people have in Slack." if wrong else ""
        found.append(Finding(f"the admin {named}", problem, remedy))
    return found


async def _plan(client: AsyncWebClient) -> Finding:
    """Say what the workspace's plan lacks of what we use: nothing to mend, but good to know."""
    try:
        plan = str((await client.team_billing_info())["plan"])
    except (SlackApiError, *_BROKE):
        return Finding("the workspace's plan (it cannot be read)")
    return Finding(f"the workspace's plan: {plan}" + (f". {LACKS[plan]}" if plan in LACKS else ""))


@dataclass(frozen=True)
class _Known:
    """What our database knows of Slack: the workspace, and the channels that the last start could not see."""

    team_id: str | None = None
    hidden: Collection[str] = ()


async def _remembered(loaded: Settings) -> _Known:
    if not is_usable(loaded.database):
        return _Known()
    database = Database(loaded.database)
    try:
        async with database.read() as session:
            return _Known(await people.pinned_team(session), await installation.hidden_channels(session))
    except (SQLAlchemyError, OSError):
        return _Known()  # said of the database
    finally:
        await database.dispose()


def _same_workspace(known: str | None, team_id: str) -> list[Finding]:
    if known in (None, team_id):
        return []
    problem = f"the database belongs to the Slack workspace {known}, and the bot token is of {team_id}"
    remedy = "Use the token of that workspace, or another SWITCHBOARD_DATA_DIR or _DATABASE_URL."
    return [Finding("the workspace", problem, remedy)]
