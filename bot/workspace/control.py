"""The control API: everything a person, a supplier or a test can do. docs/workspace.md specifies it."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Protocol

from aiohttp import WSMsgType, web

from bot.clock import MovableClock
from bot.workspace.delivery import Delivery
from bot.workspace.errors import ApiError, Refused
from bot.workspace.faults import Faults
from bot.workspace.interactions import Interactions
from bot.workspace.mailroom import Mailroom
from bot.workspace.room import Room, public

Json = dict[str, Any]
_MOST_UNREAD = 99


class BotControl(Protocol):
    """Whoever can kill and start the bot."""

    @property
    def running(self) -> bool:
        """Tell whether it runs."""
        ...

    async def start(self) -> None:
        """Start it."""
        ...

    async def kill(self) -> None:
        """Kill it at once."""
        ...


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


class Control:
    """Answers the control API."""

    def __init__(
        self, room: Room, delivery: Delivery, interactions: Interactions, mailroom: Mailroom, faults: Faults,
        clock: MovableClock, bot: BotControl | None, under_way: Callable[[], int],
    ) -> None:  # fmt: skip
        self._room, self._world, self._delivery = room, room.world, delivery
        self._interactions, self._mailroom, self._faults = interactions, mailroom, faults
        self._clock, self._bot, self._under_way = clock, bot, under_way
        self._listeners: list[_Listener] = []
        self._clocks: list[web.WebSocketResponse] = []
        self.log: list[Json] = []

    def routes(self) -> list[web.RouteDef]:
        """Give all routes."""
        get: dict[str, Callable[[Json], Any]] = {
            "state": self._state, "messages": self._messages, "home": self._home, "views": self._views,
            "search": self._search, "mail": self._mails, "log": self._log, "quiet": self._quiet,
        }  # fmt: skip
        post: dict[str, Callable[[Json], Any]] = {
            "say": self._say, "edit": self._edit, "delete": self._delete, "command": self._command,
            "shortcut": self._shortcut, "act": self._act, "options": self._options, "type": self._type,
            "submit": self._submit, "close": self._close, "react": self._react, "unreact": self._unreact,
            "open_home": self._open_home, "open_dm": self._open_dm, "join": self._join, "leave": self._leave,
            "read": self._read, "mail": self._mailroom.send, "mail/raw": self._mailroom.send_raw,
            "mail/read": self._mail_read, "clock": self._set_clock, "bot": self._do_bot, "fault": self._fault,
        }  # fmt: skip
        return [
            *(web.get(f"/control/{name}", _reading(handler)) for name, handler in get.items()),
            *(web.post(f"/control/{name}", _acting(handler)) for name, handler in post.items()),
            web.delete("/control/fault", _reading(self._no_faults)),
            web.get("/control/stream", self._stream),
            web.get("/control/clock/stream", self._clock_stream),
        ]

    # ---- reading ------------------------------------------------------------------------------------------

    def _person(self, given: Any) -> str:
        user = self._world.users.get(str(given))
        if user is None or user["is_bot"] or user["deleted"]:
            raise Refused("There is nobody of this name here.", 404)
        return str(given)

    def _state(self, query: Json) -> Json:
        world = self._world
        personas = [one["id"] for one in world.users.values() if not one["is_bot"] and not one["deleted"]]
        # Whoever opens the page for the first time is somebody at once.
        me = self._person(query.get("as") or next(iter(personas), None))
        correspondents = [
            one | {"unread": self._mailroom.unread(one["address"])} for one in world.meta["correspondents"]
        ]
        host, port = self._mailroom.deliver_to or ("", 0)
        return {
            "team": world.meta["team"], "me": world.users[me], "personas": personas,
            "users": list(world.users.values()),
            "channels": [self._channel(one["id"],
            me) for one in world.channels.values() if world.may_see(one["id"], me)],
            "commands": self._interactions.commands, "shortcuts": self._interactions.shortcuts,
            "bot": self._bot_state(), "correspondents": correspondents, "mail_to": world.meta["mail_to"],
            "smtp": f"{host}:{port}" if port else "", "clock": self._clock_state(),
        }  # fmt: skip

    def _bot_state(self) -> Json:
        app = self._world.app
        running = self._bot.running if self._bot else self._delivery.connected
        return {"user_id": app["bot_user_id"], "name": app["name"], "app_id": app["app_id"],
                "connected": self._delivery.connected, "can_kill": self._bot is not None,
                "running": running}  # fmt: skip

    def _clock_state(self) -> Json:
        return {"now": self._clock.now().isoformat(), "running": self._clock.running}

    def _channel(self, channel_id: str, person: str) -> Json:
        channel = self._world.channels[channel_id]
        last = self._world.read.get(person, {}).get(channel_id, "0")
        unread = mentions = 0
        for message in reversed(self._world.messages[channel_id]):
            if message["ts"] <= last or unread >= _MOST_UNREAD:
                break
            if message.get("user") == person or message.get("thread_ts") not in (None, message["ts"]):
                continue
            unread += 1
            mentions += f"<@{person}>" in message["text"] or channel["is_im"]
        found = channel | {
            "unread": unread,
            "mentions": mentions,
            "last_read": last,
            "member": person in channel["members"],
        }
        if channel["is_im"]:
            found["user"] = next((one for one in channel["members"] if one != person), person)
        return found

    def _seen(self, query: Json) -> tuple[str, str]:
        """Give who asks, and a channel they may see."""
        me, channel_id = self._person(query.get("as")), str(query.get("channel"))
        if channel_id not in self._world.channels or not self._world.may_see(channel_id, me):
            raise Refused("There is no such channel, or you are not in it.", 404)
        return me, channel_id

    def _messages(self, query: Json) -> Json:
        me, channel_id = self._seen(query)
        thread_ts, limit = query.get("thread_ts"), int(query.get("limit") or 50)
        whispers = self._room.ephemerals[channel_id, me]
        if thread_ts:
            found = self._room.thread(channel_id, thread_ts)
            found += [one for one in whispers if one.get("thread_ts") == thread_ts]
        else:
            found = self._room.top_level(channel_id) + [one for one in whispers if not one.get("thread_ts")]
        if before := query.get("before"):
            found = [one for one in found if one["ts"] < before]
        found.sort(key=lambda one: one["ts"])
        return {"messages": [public(one) for one in found[-limit:]], "has_more": len(found) > limit}

    def _home(self, query: Json) -> Json:
        return {"view": self._world.homes.get(self._person(query.get("as")))}

    def _views(self, query: Json) -> Json:
        return {"stack": self._interactions.shown(self._person(query.get("as")))}

    def _search(self, query: Json) -> Json:
        me, words = self._person(query.get("as")), str(query.get("query", "")).casefold().split()
        found = [
            public(message) | {"channel": channel_id}
            for channel_id, messages in self._world.messages.items()
            if channel_id in self._world.channels and self._world.may_see(channel_id, me)
            for message in messages
            if words and all(word in _searched(message) for word in words)
        ]
        return {"messages": sorted(found, key=lambda one: one["ts"], reverse=True)[:50]}

    def _mails(self, query: Json) -> Json:
        return {"mails": self._mailroom.box(str(query.get("address", "")))}

    def _log(self, query: Json) -> Json:
        return {"entries": self.log[-int(query.get("limit") or 200) :]}

    def _quiet(self, _query: Json) -> Json:
        return {"quiet": self._delivery.under_way == 0 and self._under_way() == 0}

    def note(self, kind: str, summary: str, detail: Any) -> None:
        """Keep an entry of the log; the last thousand are kept."""
        self.log.append(
            {"at": self._clock.now().isoformat(), "kind": kind, "summary": summary, "detail": detail}
        )
        del self.log[:-1000]

    # ---- acting -------------------------------------------------------------------------------------------

    def _say(self, body: Json) -> Json:
        me, channel_id = self._seen(body)
        if not self._world.is_member(channel_id, me):
            raise Refused("Join the channel first.", 403)
        message = self._room.person_author(me) | {"text": self._room.typed(str(body.get("text", "")))}
        files = [
            self._room.add_file(one["name"], base64.b64decode(one["base64"]), one.get("type", ""), me)
            for one in body.get("files") or []
        ]
        if not files and not message["text"].strip():
            raise Refused("Write something first.")
        if files:
            posted = self._room.share(files, channel_id, message, body.get("thread_ts"))
        else:
            posted = self._room.post(channel_id, message, thread_ts=body.get("thread_ts"))
        return {"ts": posted["ts"]}

    def _own(self, body: Json) -> tuple[str, str, Json]:
        me, channel_id = self._seen(body)
        message = self._room.message(channel_id, body.get("ts"))
        if message.get("user") != me:
            raise Refused("Only who wrote a message can change it.", 403)
        return me, channel_id, message

    def _edit(self, body: Json) -> Json:
        me, channel_id, message = self._own(body)
        self._room.edit(channel_id, message, {"text": self._room.typed(str(body["text"]))}, me)
        return {}

    def _delete(self, body: Json) -> Json:
        _, channel_id, message = self._own(body)
        self._room.delete(channel_id, message)
        return {}

    async def _command(self, body: Json) -> Json:
        me, channel_id = self._seen(body)
        await self._interactions.command(
            me, channel_id, body["command"], str(body.get("text", "")), body.get("thread_ts")
        )
        return {}

    async def _shortcut(self, body: Json) -> Json:
        me = self._person(body.get("as"))
        await self._interactions.shortcut(me, body["callback_id"], body.get("channel"), body.get("ts"))
        return {}

    async def _act(self, body: Json) -> Json:
        await self._interactions.act(
            self._person(body.get("as")), body["action"], channel_id=body.get("channel"), ts=body.get("ts"),
            view_id=body.get("view_id"), values=body.get("values"),
        )  # fmt: skip
        return {}

    async def _options(self, body: Json) -> Json:
        options = await self._interactions.options(
            self._person(body.get("as")), body.get("view_id"), body.get("channel"), body.get("ts"),
            body["block_id"], body["action_id"], str(body.get("query", "")),
        )  # fmt: skip
        return {"options": options}

    def _type(self, body: Json) -> Json:
        self._interactions.keep_typed(self._person(body.get("as")), body["view_id"], body.get("values") or {})
        return {}

    async def _submit(self, body: Json) -> Json:
        wrong = await self._interactions.submit(
            self._person(body.get("as")), body["view_id"], body.get("values") or {}
        )
        return {"errors": wrong} if wrong else {}

    async def _close(self, body: Json) -> Json:
        me = self._person(body.get("as"))
        await self._interactions.close(me, body["view_id"], everything=bool(body.get("all")))
        return {}

    def _react(self, body: Json) -> Json:
        me, channel_id = self._seen(body)
        self._room.react(channel_id, body["ts"], body["name"], me)
        return {}

    def _unreact(self, body: Json) -> Json:
        me, channel_id = self._seen(body)
        self._room.unreact(channel_id, body["ts"], body["name"], me)
        return {}

    def _open_home(self, body: Json) -> Json:
        self._interactions.open_home(self._person(body.get("as")))
        return {}

    def _open_dm(self, body: Json) -> Json:
        channel_id = self._world.dm(self._person(body.get("as")), str(body["user"]))
        self._room.tell("channel", channel_id)
        return {"channel": channel_id}

    def _join(self, body: Json) -> Json:
        me, channel_id = self._seen(body)
        self._room.join(channel_id, me)
        return {}

    def _leave(self, body: Json) -> Json:
        me, channel_id = self._seen(body)
        self._room.leave(channel_id, me)
        return {}

    def _read(self, body: Json) -> Json:
        me, channel_id = self._seen(body)
        self._world.read.setdefault(me, {})[channel_id] = str(body["ts"])
        self._world.touch("read", me)
        self.tell("channel", {"channel": channel_id}, [me])
        return {}

    def _mail_read(self, body: Json) -> Json:
        self._mailroom.read(str(body["id"]))
        return {}

    # ---- the world around --------------------------------------------------------------------------------

    async def _set_clock(self, body: Json) -> Json:
        try:
            if "advance" in body:
                self._clock.advance(timedelta(seconds=max(0.0, float(body["advance"]))))
            if "set" in body:
                self._clock.set(datetime.fromisoformat(str(body["set"])).astimezone())
        except (ValueError, OverflowError) as error:
            raise Refused("This is not a time the clock can go to.") from error
        if "running" in body:
            self._clock.set(self._clock.now(), running=bool(body["running"]))
        state = self._clock_state()
        self.tell("clock", state, None)
        for socket in list(self._clocks):
            with suppress(ConnectionError, RuntimeError):
                await socket.send_json(state)
        return state

    async def _do_bot(self, body: Json) -> Json:
        if self._bot is None:
            raise Refused("Nobody here can kill or start the bot.", 409)
        if body.get("do") == "kill":
            await self._bot.kill()
        elif body.get("do") == "start":
            await self._bot.start()
        else:
            raise Refused("Say kill or start.")
        self.tell_bot()
        return {}

    def tell_bot(self) -> None:
        """Tell every page how the bot is."""
        self.tell("bot", {"bot": self._bot_state()}, None)

    def _fault(self, body: Json) -> Json:
        if body.get("kind") == "duplicate_envelope":
            self._delivery.duplicates += int(body.get("times", 1))
        elif body.get("kind") == "lost_ack":
            self._delivery.lost_acks += int(body.get("times", 1))
        else:
            self._faults.add(body)
        return {}

    def _no_faults(self, _query: Json) -> Json:
        self._faults.clear()
        self._delivery.duplicates = self._delivery.lost_acks = 0
        return {}

    # ---- the stream --------------------------------------------------------------------------------------

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

    async def _stream(self, request: web.Request) -> web.WebSocketResponse:
        person = self._person(request.query.get("as"))
        socket = web.WebSocketResponse(heartbeat=30)
        await socket.prepare(request)
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

    async def drop_streams(self) -> None:
        """Close every page's stream, as a lost network does."""
        for listener in list(self._listeners):
            await listener.socket.close()
        for socket in list(self._clocks):
            await socket.close()

    async def _clock_stream(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=30)
        await socket.prepare(request)
        await socket.send_json(self._clock_state())
        self._clocks.append(socket)
        try:
            async for _ in socket:
                pass
        finally:
            self._clocks.remove(socket)
        return socket


def _searched(message: Json) -> str:
    return f"{message.get('text', '')} {json.dumps(message.get('blocks', ''), ensure_ascii=False)}".casefold()


def _reading(handler: Callable[[Json], Any]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        return await _answered(handler, dict(request.query))

    return answer


def _acting(handler: Callable[[Json], Any]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        try:
            body = await request.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            return web.json_response({"error": "The body must be a JSON object."}, status=400)
        return await _answered(handler, body)

    return answer


async def _answered(handler: Callable[[Json], Any], given: Json) -> web.Response:
    try:
        answer = handler(given)
        return web.json_response(answer if isinstance(answer, dict) else await answer)
    except Refused as error:
        return web.json_response({"error": error.sentence, **error.more}, status=error.status)
    except ApiError as error:
        return web.json_response({"error": error.code.replace("_", " ")}, status=400)
    except (KeyError, ValueError) as error:
        return web.json_response({"error": f"Something is missing or wrong: {error}"}, status=400)
