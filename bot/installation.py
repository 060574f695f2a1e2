"""Where Switchboard lives: one installation, one workspace, one process on an embedded database."""

import fcntl
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SwitchboardError
from bot.gateways.bolt import Identity
from bot.letters.model import Channels
from bot.people import roster
from bot.people import store as people
from bot.settings import Settings
from bot.storage.database import Database
from handlers.events import heard


class AlreadyRunning(SwitchboardError):
    """Another Switchboard is running on {directory}.

    Stop it first, or give this one a data directory of its own.
    """


class WrongWorkspace(SwitchboardError):
    """This database belongs to the Slack workspace {known}, and the token is of {found}.

    Use the token of that workspace, or another data directory.
    """


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
    everybody = [
        heard(user, identity.team_id)
        async for user in _pages(client.users_list, "members", limit=200, include_locale=True)
    ]
    async with database.write() as session:
        pinned = await people.pin_team(session, identity.team_id)
        if pinned != identity.team_id:
            raise WrongWorkspace(known=pinned, found=identity.team_id)
        await people.set_setting(session, "workspace_url", identity.workspace_url)
        await roster.keep(session, everybody, now)
    known = {
        channel["name"]: channel
        async for channel in _pages(
            client.conversations_list, "channels", limit=200, exclude_archived=True,
            types="public_channel,private_channel",
        )
    }  # fmt: skip
    return Channels(
        suppliers=await _channel(client, known, settings.suppliers_channel),
        unsorted=await _channel(client, known, settings.unsorted_channel),
        triage=await _channel(client, known, settings.triage_channel)
        if settings.mailboxes_of("customers") or settings.webhook_secret.get_secret_value()
        else "",
    )


async def _channel(client: AsyncWebClient, known: dict[str, Any], name: str) -> str:
    channel = known.get(name)
    if channel is None:
        created = await client.conversations_create(name=name)
        return str(created["channel"]["id"])
    if not channel.get("is_member") and not channel.get("is_private"):
        await client.conversations_join(channel=channel["id"])
    return str(channel["id"])


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
