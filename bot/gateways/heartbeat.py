"""The heartbeat: an address outside that hears from us as long as we are well, and calls somebody when not.

As healthchecks.io, Cronitor, Uptime Kuma and others take it: a plain GET, with nothing of ours in it.
"""

import aiohttp

from bot.errors import SwitchboardError

_TIMEOUT = aiohttp.ClientTimeout(total=10)


class NotHeard(SwitchboardError):
    """The heartbeat was not taken by the address outside: {reason}."""


async def beat(url: str) -> None:
    """Tell the address that we are well; `NotHeard` when it does not take it. The address is a secret."""
    try:
        # No cookies, no following elsewhere: whoever answers learns nothing but that we live.
        async with (
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), timeout=_TIMEOUT) as session,
            session.get(url, allow_redirects=False, headers={"User-Agent": "Switchboard"}) as answer,
        ):
            status = answer.status
    except (aiohttp.ClientError, OSError, ValueError) as error:
        # Their texts, and what caused them, name the address.
        raise NotHeard(reason=type(error).__name__) from None
    if status >= 300:
        raise NotHeard(reason=f"it answered {status}")
