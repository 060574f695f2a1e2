"""Calendars that people publish: fetched with care, for their address comes from a form.

Only https, no address inside our own network, three redirects, two megabytes, twenty seconds. The name is
resolved once, and the connection goes to the very address that was looked at.
"""

import ipaddress
import socket
import ssl
from collections.abc import Callable
from urllib.parse import urljoin

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from bot.ports import FeedUnreadable
from bot.words import _

_MOST_BYTES = 2 * 1024 * 1024
_MOST_REDIRECTS = 3
_PATIENCE = aiohttp.ClientTimeout(total=20, connect=10)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Addresses in it stand for IPv4 addresses of any kind.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Tell whether an IP address belongs to the open internet, and not to our own network or machine."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and (found.ipv4_mapped or found in _NAT64 or found.sixtofour):
        return False
    return found.is_global and not found.is_multicast


class Feeds:
    """Fetches calendars. `may_reach` and `trusted` differ in tests only."""

    def __init__(
        self, may_reach: Callable[[str], bool] = is_public, trusted: ssl.SSLContext | None = None
    ) -> None:
        self._may_reach, self._trusted = may_reach, trusted

    async def fetch(self, address: str) -> bytes:
        """Give what stands at this address; `FeedUnreadable`."""
        connector = aiohttp.TCPConnector(
            resolver=_Careful(self._may_reach), ssl=self._trusted or True, force_close=True
        )
        try:
            async with aiohttp.ClientSession(connector=connector, timeout=_PATIENCE) as session:
                return await self._follow(session, address)
        except TimeoutError as error:
            raise FeedUnreadable(reason=_("its server takes too long")) from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise FeedUnreadable(reason=_("its server cannot be reached")) from error

    async def _follow(self, session: aiohttp.ClientSession, address: str) -> bytes:
        for _redirect in range(_MOST_REDIRECTS + 1):
            url = self._checked(address)
            async with session.get(url, allow_redirects=False) as answer:
                if answer.status in _REDIRECTS:
                    address = urljoin(str(url), answer.headers.get("Location", ""))
                    continue
                if answer.status != 200:
                    raise FeedUnreadable(reason=_("its server answers {status}").format(status=answer.status))
                return await _read(answer)
        raise FeedUnreadable(reason=_("it leads from one address to the next without end"))

    def _checked(self, address: str) -> URL:
        url = URL(address)
        if url.scheme != "https" or not url.host:
            raise FeedUnreadable(reason=_("its address must begin with https://"))
        # A name is looked at when it is resolved; an address is never resolved.
        if _is_address(url.host) and not self._may_reach(url.host):
            raise FeedUnreadable(reason=_("its address is not on the internet"))
        return url


class _Careful(AbstractResolver):
    """Resolves names to addresses we may reach."""

    def __init__(self, may_reach: Callable[[str], bool]) -> None:
        self._may_reach, self._inner = may_reach, ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Give the addresses of a name; `FeedUnreadable` when none of them is on the internet."""
        found = await self._inner.resolve(host, port, family)
        reachable = [one for one in found if self._may_reach(one["host"])]
        if not reachable:
            raise FeedUnreadable(reason=_("its address is not on the internet"))
        return reachable

    async def close(self) -> None:
        """Let go of the resolver."""
        await self._inner.close()


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    content = bytearray()
    async for piece in answer.content.iter_chunked(65536):
        content += piece
        if len(content) > _MOST_BYTES:
            raise FeedUnreadable(reason=_("it is too large"))
    return bytes(content)
