"""Where Switchboard lives: one installation, one workspace, one process on an embedded database."""

import asyncio
import fcntl
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import SwitchboardError
from bot.gateways.bolt import Identity
from bot.letters.model import Channels
from bot.people import roster
from bot.people import store as people
from bot.settings import PREFIX, Settings
from bot.storage.database import STARTING, Database
from handlers.events import heard


class AlreadyRunning(SwitchboardError):
    """Another Switchboard is running on {directory}.

    Stop it first, or give this one a data directory of its own.
    """


class WrongWorkspace(SwitchboardError):
    """This database belongs to the Slack workspace {known}, and the token is of {found}.

    Use the token of that workspace, or another data directory.
    """


class ChannelsClosed(SwitchboardError):
    """Switchboard cannot start until this is put right in Slack:

    {problems}
    """  # noqa: D400 - the list that follows ends the sentence


class HiddenChannel(SwitchboardError):
    """#{name} is private and Switchboard not in it: type /invite @Switchboard there, or change {setting}."""


class ArchivedChannel(SwitchboardError):
    """#{name} is archived: unarchive it, or change {setting}."""


class NoChannel(SwitchboardError):
    """#{name} cannot be made ({reason}): make it and type /invite @Switchboard there, or change {setting}."""


# Slack shows nobody a private channel they are not in: only who tries to make one of that name hears of it.
HIDDEN = "hidden_channels"


@contextmanager
def only_process(directory: Path) -> Iterator[None]:
    """Hold the data directory; `AlreadyRunning` while another process does.

    A killed process lets go by itself.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(directory=directory) from None
        yield


async def prepare(
    client: AsyncWebClient, database: Database, settings: Settings, identity: Identity, now: datetime
) -> Channels:
    """Learn who is here, and find or make the channels that mail goes to."""
    everybody, known = await asyncio.gather(_everybody(client, identity), _known_channels(client))
    async with database.write_in_turn(STARTING) as session:
        pinned = await people.pin_team(session, identity.team_id)
        if pinned != identity.team_id:
            raise WrongWorkspace(known=pinned, found=identity.team_id)
        await people.set_setting(session, "workspace_url", identity.workspace_url)
        await roster.keep(session, everybody, now)
    return await _channels(client, database, settings, known)


async def _everybody(client: AsyncWebClient, identity: Identity) -> list[roster.Heard]:
    pages = _pages(client.users_list, "members", limit=200, include_locale=True)
    return [heard(user, identity.team_id) async for user in pages]


async def _known_channels(client: AsyncWebClient) -> dict[str, Any]:
    types = "public_channel,private_channel"
    pages = _pages(client.conversations_list, "channels", limit=200, types=types)
    return {channel["name"]: channel async for channel in pages}


async def hidden_channels(session: AsyncSession) -> list[str]:
    """Give the channels that the last start found to be private, without us in them."""
    return list(await people.setting(session, HIDDEN, []))


def channel_settings(settings: Settings) -> dict[str, str]:
    """Give the names of the channels that mail goes to, by their settings."""
    wanted = {"suppliers_channel": settings.suppliers_channel, "unsorted_channel": settings.unsorted_channel}
    if settings.mailboxes_of("customers") or settings.webhook_secret.get_secret_value():
        wanted["triage_channel"] = settings.triage_channel
    return wanted


async def _channels(
    client: AsyncWebClient, database: Database, settings: Settings, known: dict[str, Any]
) -> Channels:
    found: dict[str, str] = {}
    wrong: list[SwitchboardError] = []
    for setting, name in channel_settings(settings).items():
        try:
            found[setting] = await _channel(client, known, name, PREFIX + setting.upper())
        except (HiddenChannel, ArchivedChannel, NoChannel) as error:
            wrong.append(error)
    async with database.write_in_turn(STARTING) as session:
        hidden = [str(error.details["name"]) for error in wrong if isinstance(error, HiddenChannel)]
        await people.set_setting(session, HIDDEN, hidden)
    if wrong:
        raise ChannelsClosed(problems="\n".join(f"- {error.sentence}" for error in wrong))
    return Channels(found["suppliers_channel"], found["unsorted_channel"], found.get("triage_channel", ""))


async def _channel(client: AsyncWebClient, known: dict[str, Any], name: str, setting: str) -> str:
    channel = known.get(name)
    if channel is None:
        return await _made(client, name, setting)
    if channel.get("is_archived"):
        raise ArchivedChannel(name=name, setting=setting)
    if not channel.get("is_member") and not channel.get("is_private"):
        await client.conversations_join(channel=channel["id"])
    return str(channel["id"])


async def _made(client: AsyncWebClient, name: str, setting: str) -> str:
    try:
        created = await client.conversations_create(name=name)
    except SlackApiError as error:
        code = str(error.response.get("error", ""))
        if code == "name_taken":
            raise HiddenChannel(name=name, setting=setting) from None
        raise NoChannel(name=name, setting=setting, reason=code.replace("_", " ")) from None
    return str(created["channel"]["id"])


async def _pages(method: Any, key: str, **arguments: Any) -> AsyncIterator[dict[str, Any]]:
    """Walk through all pages of a Slack list."""
    cursor = ""
    while True:
        answer = await method(cursor=cursor, **arguments)
        for one in answer[key]:
            yield one
        cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return
