"""The pages that listen: each person's stream of what they may know, and the stream of the clock."""

import asyncio
import json
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Any

from aiohttp import WSMsgType, web

from bot.workspace.errors import Refused
from bot.workspace.room import public
from bot.workspace.upgrading import opened
from bot.workspace.world import World

Json = dict[str, Any]


class _Listener:
    """A page that listens: what it is told goes through a queue, in order."""

    def __init__(self, person: str, socket: web.WebSocketResponse) -> None:
        self.person, self.socket = person, socket
        self.queue: asyncio.Queue[str] = asyncio.Queue()

    async def write(self) -> None:
        """Send what comes until the socket is gone."""
        with suppress(ConnectionError, RuntimeError):
            while True:
                await self.socket.send_str(await self.queue.get())


class Pages:
    """Tells the pages. `channel(id, person)` gives a channel as that person sees it, `clock()` CLOCK."""

    def __init__(self, world: World, channel: Callable[[str, str], Json], clock: Callable[[], Json]) -> None:
        self._world, self._channel, self._clock = world, channel, clock
        self._listeners: list[_Listener] = []
        self._clocks: list[web.WebSocketResponse] = []

    def tell(self, kind: str, fields: Json, readers: Collection[str] | None) -> None:
        """Tell the pages that may know; without `readers`, whoever may see the channel (or all)."""
        channel_id = fields.get("channel")
        for listener in self._listeners:
            if readers is not None and listener.person not in readers:
                continue
            if isinstance(channel_id, str) and not self._world.may_see(channel_id, listener.person):
                if kind == "channel":
                    listener.queue.put_nowait(json.dumps({"type": "channel_gone", "channel": channel_id}))
                continue
            told = {"type": kind, **fields}
            if "message" in told:
                told["message"] = public(told["message"])
            if kind == "channel" and isinstance(channel_id, str):
                told["channel"] = self._channel(channel_id, listener.person)
            listener.queue.put_nowait(json.dumps(told))
            if kind == "message" and isinstance(channel_id, str):
                counted = {"type": "channel", "channel": self._channel(channel_id, listener.person)}
                listener.queue.put_nowait(json.dumps(counted))

    def listens(self, person: str) -> bool:
        """Tell whether a page of this person listens."""
        return any(one.person == person for one in self._listeners)

    async def stream(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one person's stream."""
        person = str(request.query.get("as"))
        if person not in self._world.users:
            raise Refused("There is nobody of this name here.", 404)
        socket = await opened(request)
        listener = _Listener(person, socket)
        self._listeners.append(listener)
        writer = asyncio.create_task(listener.write())
        try:
            async for frame in socket:
                if frame.type == WSMsgType.ERROR:
                    break
        finally:
            self._listeners.remove(listener)
            writer.cancel()
        return socket

    async def clock_stream(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one follower of the clock."""
        socket = await opened(request)
        self._clocks.append(socket)
        try:
            with suppress(ConnectionError):
                await socket.send_json(self._clock())
            async for _ in socket:
                pass
        finally:
            self._clocks.remove(socket)
        return socket

    async def tell_clock(self) -> None:
        """Tell everybody what time it is."""
        state = self._clock()
        self.tell("clock", state, None)
        for socket in list(self._clocks):
            with suppress(ConnectionError, RuntimeError):
                await socket.send_json(state)

    async def drop(self) -> None:
        """Close every stream, as a lost network does."""
        for listener in list(self._listeners):
            await listener.socket.close()
        for socket in list(self._clocks):
            await socket.close()
