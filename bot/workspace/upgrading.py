"""Opening a WebSocket for somebody who may have left meanwhile."""

from aiohttp import web

_GONE = 499  # nobody reads it


class Gone(Exception):
    """Whoever asked for a WebSocket left before it stood."""


async def opened(request: web.Request, *, most: int = 4 * 1024 * 1024) -> web.WebSocketResponse:
    """Open one, for messages of at most so many bytes (0: any); `Gone`."""
    socket = web.WebSocketResponse(heartbeat=30, max_msg_size=most)
    # aiohttp asserts that there is a connection, and logs an error when it ends while it writes.
    if request.transport is None:
        raise Gone
    try:
        await socket.prepare(request)
    except (ConnectionError, AssertionError) as error:
        raise Gone from error
    return socket


def unread() -> web.Response:
    """Give the answer to who is gone."""
    return web.Response(status=_GONE)
