"""Looks at everything; what fails keeps nothing else from being looked at."""

import asyncio
import os
from collections.abc import Awaitable, Sequence

from bot import settings
from bot.checkup import machine, mail, outside, workspace, written
from bot.checkup.finding import Finding
from bot.settings import Settings


async def of_environment(*, http: bool) -> list[Finding]:
    """Look at what this process is set up with, though parts of it cannot even be read."""
    loaded, problems = settings.read()
    return await findings(loaded, http=http, unread=[*problems, *settings.strange_names(os.environ)])


async def findings(loaded: Settings, *, http: bool, unread: Sequence[str] = ()) -> list[Finding]:
    """Look at everything at once; `unread`: lines about settings that could not be read."""
    found = written.look(loaded, unread, http=http)
    looks: dict[str, Awaitable[list[Finding]]] = {
        "Slack": workspace.look(loaded, http=http),
        "the mail server": mail.out(loaded),
        "mailboxes": mail.mailboxes(loaded),
        "the database": machine.database(loaded),
        "the data directory": machine.disk(loaded),
        "the heartbeat": outside.heartbeats(loaded),
        "the model": outside.model(loaded),
        "the clock": outside.followed_clock(loaded),
    }
    for what, part in zip(looks, await asyncio.gather(*looks.values(), return_exceptions=True), strict=True):
        if isinstance(part, BaseException):
            problem = f"{what} could not be looked at ({type(part).__name__})"
            found.append(Finding(what, problem, "Please report this: it is a mistake of Switchboard's."))
        else:
            found += part
    return found + machine.ports(loaded)
