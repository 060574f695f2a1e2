"""What a person does: say, press, choose, submit, react, upload; each refused where Slack refuses it."""

import base64
import binascii
import mimetypes
from collections.abc import Callable
from typing import Any

from bot.workspace import composing
from bot.workspace.choices import action_of
from bot.workspace.control.looking import Looking
from bot.workspace.errors import Refused
from bot.workspace.tools import Tools

Json = dict[str, Any]


class Acting:
    """Answers what a person does through the control API."""

    def __init__(self, tools: Tools, looking: Looking) -> None:
        self._tools, self._looking = tools, looking
        self._room, self._world = tools.room, tools.room.world
        self._interactions = tools.interactions

    def routes(self) -> dict[str, Callable[[Json], Any]]:
        """Give what can be done, by name."""
        return {
            "say": self._say, "upload": self._upload, "edit": self._edit, "delete": self._delete,
            "command": self._command, "shortcut": self._shortcut, "act": self._act, "choose": self._choose,
            "options": self._options, "type": self._type, "submit": self._submit, "close": self._close,
            "react": self._react, "unreact": self._unreact, "pin": self._pin, "unpin": self._unpin,
            "open_home": self._open_home, "open_dm": self._open_dm, "open_assistant": self._open_assistant,
            "join": self._join, "leave": self._leave, "read": self._read, "profile": self._profile,
            "create_channel": self._create_channel, "channel": self._channel,
        }  # fmt: skip

    # ---- messages --------------------------------------------------------------------------------------

    def _in(self, body: Json) -> tuple[str, str]:
        """Give who acts, and a channel they are in that is not archived."""
        me, channel_id = self._looking.seen(body)
        if not self._world.is_member(channel_id, me):
            raise Refused("Join the channel first.", 403)
        if self._world.channels[channel_id]["is_archived"]:
            raise Refused("This channel is archived.", 403)
        return me, channel_id

    def _say(self, body: Json) -> Json:
        me, channel_id = self._in(body)
        message = self._room.person_author(me) | composing.said(self._world, str(body.get("text", "")))
        files = [self._file(one, me) for one in body.get("files") or []]
        if not files and not message["text"].strip():
            raise Refused("Write something first.")
        thread_ts, broadcast = body.get("thread_ts"), bool(body.get("broadcast"))
        if broadcast and not thread_ts:
            raise Refused("Only a reply can also be sent to the channel.")
        if files:
            if broadcast:
                raise Refused("Files stay in their thread.")
            posted = self._tools.filing.share(files, channel_id, message, thread_ts)
        else:
            posted = self._room.post(channel_id, message, thread_ts=thread_ts, broadcast=broadcast)
        return {"ts": posted["ts"]}

    def _file(self, given: Json, me: str) -> Json:
        try:
            content = base64.b64decode(given["base64"], validate=True)
        except (binascii.Error, ValueError, TypeError) as error:
            raise Refused("The file must come as base64.") from error
        name = str(given.get("name") or "file")
        kind = str(given.get("type") or mimetypes.guess_type(name)[0] or "application/octet-stream")
        file = self._tools.filing.add(name, content, kind, me, given.get("title"))
        self._tools.filing.created(file)
        return file

    def _upload(self, body: Json) -> Json:
        me, channel_id = self._in(body)
        message = self._room.person_author(me) | composing.said(self._world, str(body.get("comment", "")))
        file = self._file(body, me)
        posted = self._tools.filing.share([file], channel_id, message, body.get("thread_ts"))
        return {"ts": posted["ts"], "file": file}

    def _own(self, body: Json) -> tuple[str, str, Json]:
        me, channel_id = self._looking.seen(body)
        message = self._room.message(channel_id, body.get("ts"))
        if message.get("user") != me:
            raise Refused("Only who wrote a message can change it.", 403)
        return me, channel_id, message

    def _edit(self, body: Json) -> Json:
        me, channel_id, message = self._own(body)
        said = composing.said(self._world, str(body["text"]))
        self._room.edit(channel_id, message, {"blocks": None} | said, me)
        return {}

    def _delete(self, body: Json) -> Json:
        _, channel_id, message = self._own(body)
        self._room.delete(channel_id, message)
        return {}

    def _react(self, body: Json) -> Json:
        me, channel_id = self._in(body)
        self._room.react(channel_id, body["ts"], body["name"], me)
        return {}

    def _unreact(self, body: Json) -> Json:
        me, channel_id = self._in(body)
        self._room.unreact(channel_id, body["ts"], body["name"], me)
        return {}

    def _pin(self, body: Json) -> Json:
        me, channel_id = self._in(body)
        self._tools.pinning.pin(channel_id, str(body["ts"]), me)
        return {}

    def _unpin(self, body: Json) -> Json:
        me, channel_id = self._in(body)
        self._tools.pinning.unpin(channel_id, str(body["ts"]), me)
        return {}

    # ---- the app ---------------------------------------------------------------------------------------

    async def _command(self, body: Json) -> Json:
        me, channel_id = self._looking.seen(body)
        command, text = str(body["command"]), str(body.get("text", ""))
        await self._interactions.command(me, channel_id, command, text, body.get("thread_ts"))
        return {}

    async def _shortcut(self, body: Json) -> Json:
        me = self._looking.person(body.get("as"))
        if body.get("channel"):
            self._looking.seen(body)
        await self._interactions.shortcut(me, body["callback_id"], body.get("channel"), body.get("ts"))
        return {}

    async def _act(self, body: Json) -> Json:
        await self._interactions.act(
            self._looking.person(body.get("as")), body["action"], channel_id=body.get("channel"),
            ts=body.get("ts"), view_id=body.get("view_id"), values=body.get("values"),
        )  # fmt: skip
        return {}

    async def _choose(self, body: Json) -> Json:
        """Choose as a page would: find the element, make its action, keep it as typed or tell the app."""
        me = self._looking.person(body.get("as"))
        place = self._interactions.before(me, body.get("view_id"), body.get("channel"), body.get("ts"))
        found = self._interactions.element(place, body["action_id"], body.get("block_id"))
        block, element = found
        offered: list[Json] = []
        if "external_select" in element["type"]:
            choices = body["choice"] if isinstance(body["choice"], list) else [body["choice"]]
            for query in choices:
                offered += await self._offered(me, body, block, element, str(query))
        action = action_of(element, body["choice"], self._world, offered)
        values = self._interactions.with_typed(me, str(body.get("view_id") or body.get("ts")), block, action)
        if block["type"] != "input" or block.get("dispatch_action"):
            action |= {"action_id": element["action_id"], "block_id": block["block_id"]}
            await self._interactions.act(
                me, action, channel_id=body.get("channel"), ts=body.get("ts"), view_id=body.get("view_id"),
                values=values,
            )  # fmt: skip
        return {}

    async def _offered(self, me: str, body: Json, block: Json, element: Json, query: str) -> list[Json]:
        return await self._interactions.options(
            me, body.get("view_id"), body.get("channel"), body.get("ts"), block["block_id"],
            element["action_id"], query,
        )  # fmt: skip

    async def _options(self, body: Json) -> Json:
        options = await self._interactions.options(
            self._looking.person(body.get("as")), body.get("view_id"), body.get("channel"), body.get("ts"),
            body["block_id"], body["action_id"], str(body.get("query", "")),
        )  # fmt: skip
        return {"options": options}

    def _type(self, body: Json) -> Json:
        me = self._looking.person(body.get("as"))
        self._interactions.keep_typed(me, body["view_id"], body.get("values") or {})
        return {}

    async def _submit(self, body: Json) -> Json:
        me = self._looking.person(body.get("as"))
        values = self._filed(body.get("values") or {}, me)
        wrong = await self._interactions.submit(me, body["view_id"], values)
        return {"errors": wrong} if wrong else {}

    def _filed(self, values: Json, me: str) -> Json:
        """Keep the files chosen in a form: the app gets them as file objects."""
        for state in (state for elements in values.values() for state in elements.values()):
            if state.get("files"):
                state["files"] = [self._file(one, me) if "base64" in one else one for one in state["files"]]
        return values

    async def _close(self, body: Json) -> Json:
        me = self._looking.person(body.get("as"))
        await self._interactions.close(me, body["view_id"], everything=bool(body.get("all")))
        return {}

    def _open_home(self, body: Json) -> Json:
        self._interactions.open_home(self._looking.person(body.get("as")), str(body.get("tab", "home")))
        return {}

    def _open_assistant(self, body: Json) -> Json:
        me = self._looking.person(body.get("as"))
        if body.get("channel"):
            self._looking.seen(body)
        return self._tools.assistants.open(me, body.get("channel"))

    # ---- channels and oneself --------------------------------------------------------------------------

    def _open_dm(self, body: Json) -> Json:
        me = self._looking.person(body.get("as"))
        other = self._tools.people.find(str(body["user"]))["id"]
        channel, _ = self._tools.channels.open(me, [other])
        self._room.tell("channel", channel["id"])
        return {"channel": channel["id"]}

    def _join(self, body: Json) -> Json:
        me, channel_id = self._looking.seen(body)
        self._insider(me, "join channels they were not invited to")
        self._tools.channels.join(channel_id, me)
        return {}

    def _insider(self, me: str, what: str) -> None:
        if self._world.is_outsider(me):
            raise Refused(f"Guests and people of other companies cannot {what}.", 403)

    def _leave(self, body: Json) -> Json:
        me, channel_id = self._looking.seen(body)
        self._tools.channels.leave(channel_id, me)
        return {}

    def _read(self, body: Json) -> Json:
        me, channel_id = self._looking.seen(body)
        self._world.read.setdefault(me, {})[channel_id] = str(body["ts"])
        self._world.touch("read", me)
        self._room.on_change("channel", {"channel": channel_id}, [me])
        return {}

    def _create_channel(self, body: Json) -> Json:
        me = self._looking.person(body.get("as"))
        self._insider(me, "make channels")
        made = self._tools.channels.create(str(body["name"]), me, is_private=bool(body.get("is_private")))
        return {"channel": made["id"]}

    def _channel(self, body: Json) -> Json:
        me, channel_id = self._looking.seen(body)
        if not self._world.is_member(channel_id, me):
            raise Refused("Join the channel first.", 403)
        self._insider(me, "change channels")
        channels = self._tools.channels
        for what in ("topic", "purpose"):
            if what in body:
                channels.describe(channel_id, what, composing.typed(self._world, str(body[what])), me)
        if "name" in body:
            channels.rename(channel_id, str(body["name"]), me)
        for user in body.get("invite") or []:
            channels.join(channel_id, self._tools.people.find(str(user))["id"], me)
        if "kick" in body:
            channels.leave(channel_id, self._tools.people.find(str(body["kick"]))["id"])
        if "archived" in body:
            channels.archive(channel_id, me, archived=bool(body["archived"]))
        if body.get("deleted"):
            if not self._world.users[me]["is_admin"]:
                raise Refused("Only an admin can delete a channel.", 403)
            channels.delete(channel_id, me)
        return {}

    def _profile(self, body: Json) -> Json:
        me = self._looking.person(body.get("as"))
        changes: Json = {name: body[name] for name in ("profile", "tz", "locale", "presence") if name in body}
        user = self._tools.people.change(me, changes)
        if "snooze" in body:
            self._tools.people.snooze(me, float(body["snooze"]))
        return {"user": user, "dnd": self._tools.people.rest(me)}
