"""What people do with the app: commands, buttons, menus, modals; and what comes of it.

https://docs.slack.dev/interactivity/handling-user-interaction
"""

from typing import Any

from bot.workspace import kit
from bot.workspace.asking import name_of
from bot.workspace.choices import state_of
from bot.workspace.composing import said, typed
from bot.workspace.delivery import Delivery
from bot.workspace.errors import ApiError, Refused
from bot.workspace.inspector import Inspector
from bot.workspace.modals import Modals
from bot.workspace.reading import elements
from bot.workspace.responses import Responses
from bot.workspace.room import Room, public
from bot.workspace.views import Opened, Views

Json = dict[str, Any]


class Interactions(Modals):
    """Turns what people do into envelopes, and the app's answers into what people see."""

    def __init__(
        self,
        room: Room,
        delivery: Delivery,
        views: Views,
        responses: Responses,
        inspector: Inspector,
        manifest: Json,
    ) -> None:
        super().__init__(room, delivery, views, responses, inspector)
        features = manifest.get("features") or {}
        self.commands: list[Json] = features.get("slash_commands") or []
        self.shortcuts: list[Json] = features.get("shortcuts") or []
        # What people chose in messages and Homes, by person and place.
        self._typed: dict[tuple[str, str], Json] = {}

    # ---- commands and shortcuts ------------------------------------------------------------------------

    async def command(
        self, user_id: str, channel_id: str, command: str, text: str, thread_ts: str | None
    ) -> None:
        """Type a slash command."""
        self._insider(user_id, "use commands")
        known = next((one for one in self.commands if one["command"] == command), None)
        if known is None:
            raise Refused(f"{command} is not a valid command.", 404)
        if thread_ts:
            raise Refused(f"{command} is not supported in threads.", 400)
        channel, user, world = self._room.channel(channel_id), self._world.users[user_id], self._world
        if user_id not in channel["members"]:
            raise Refused("Join the channel first.", 403)
        payload = {
            "token": "local", "team_id": world.team_id, "team_domain": world.meta["team"]["domain"],
            "channel_id": channel_id, "channel_name": name_of(channel), "user_id": user_id,
            "user_name": user["name"], "command": command,
            "text": typed(self._world, text) if known.get("should_escape") else text,
            "api_app_id": world.app["app_id"], "is_enterprise_install": "false",
            "response_url": self._response_url(channel_id, user_id), "trigger_id": self._trigger(user_id),
        }  # fmt: skip
        answer = await self._ask(user_id, "slash_commands", payload)
        if answer and (answer.get("text") or answer.get("blocks") or answer.get("attachments")):
            if answer.get("response_type") == "in_channel":
                self._room.post(
                    channel_id, self._room.person_author(user_id) | said(self._world, f"{command} {text}")
                )
            self._show(user_id, answer, channel_id)

    def _show(self, user_id: str, answer: Json, channel_id: str) -> None:
        try:
            self._responses.show(answer, channel_id, user_id, None)
        except ApiError as error:
            problems = error.more.get("errors") or error.code
            self._trouble(user_id, f"The app answered with blocks Slack does not accept: {problems}")

    async def shortcut(self, user_id: str, callback_id: str, channel_id: str | None, ts: str | None) -> None:
        """Choose a global shortcut, or one on a message."""
        self._insider(user_id, "use shortcuts")
        wanted = "message" if ts else "global"
        if not any(one["callback_id"] == callback_id and one["type"] == wanted for one in self.shortcuts):
            raise Refused("There is no such shortcut.", 404)
        payload: Json = {
            "type": "message_action" if ts else "shortcut", "callback_id": callback_id,
            "action_ts": self._room.new_ts(), **self._who(user_id), "trigger_id": self._trigger(user_id),
        }  # fmt: skip
        if ts and channel_id:
            payload |= {
                "channel": self._channel(channel_id), "message_ts": ts,
                "message": public(self._room.message(channel_id, ts)),
                "response_url": self._response_url(channel_id, user_id, ts),
            }  # fmt: skip
        await self._ask(user_id, "interactive", payload)

    # ---- elements --------------------------------------------------------------------------------------

    async def act(
        self, user_id: str, action: Json, *, channel_id: str | None, ts: str | None, view_id: str | None,
        values: Json | None,
    ) -> None:  # fmt: skip
        """Press a button or choose from a menu, in a message, an ephemeral or a view."""
        payload: Json = {"type": "block_actions", **self._who(user_id)}
        payload |= self._where(user_id, channel_id, ts, view_id, values)
        payload["actions"] = [{**action, "action_ts": self._room.new_ts()}]
        payload["trigger_id"] = self._trigger(user_id, view_id if self._is_modal(user_id, view_id) else None)
        await self._ask(user_id, "interactive", payload)

    def _is_modal(self, user_id: str, view_id: str | None) -> bool:
        return any(one.view["id"] == view_id for one in self._views.stacks[user_id])

    def _where(
        self, user_id: str, channel_id: str | None, ts: str | None, view_id: str | None, values: Json | None
    ) -> Json:
        if view_id:
            return self._in_view(user_id, view_id, values)
        if channel_id and ts:
            return self._in_message(user_id, channel_id, ts, values)
        raise Refused("Say where the element stands: channel and ts, or view_id.")

    def _in_view(self, user_id: str, view_id: str, values: Json | None) -> Json:
        container = {"type": "view", "view_id": view_id}
        home = self._world.homes.get(user_id)
        if home and home["id"] == view_id:
            typed = values if values is not None else self._typed.get((user_id, view_id), {})
            return {"container": container, "view": Opened(home, typed).with_state}
        opened = self._views.find(user_id, view_id)
        opened.values = values if values is not None else opened.values
        return {"container": container, "view": opened.with_state}

    def _in_message(self, user_id: str, channel_id: str, ts: str, values: Json | None) -> Json:
        message = self.before(user_id, None, channel_id, ts)
        is_ephemeral = bool(message.get("is_ephemeral"))
        thread_ts = message.get("thread_ts")
        container = {
            "type": "message",
            "message_ts": ts,
            "channel_id": channel_id,
            "is_ephemeral": is_ephemeral,
        }
        if thread_ts:
            container["thread_ts"] = thread_ts
        typed = values if values is not None else self._typed.get((user_id, ts), {})
        found: Json = {
            "container": container, "channel": self._channel(channel_id),
            "state": {"values": state_of(message, typed)},
            "response_url": self._response_url(
                channel_id, user_id, ts, is_ephemeral=is_ephemeral, thread_ts=thread_ts
            ),
        }  # fmt: skip
        return found if is_ephemeral else found | {"message": public(message)}

    def before(self, user_id: str, view_id: str | None, channel_id: str | None, ts: str | None) -> Json:
        """Give the view, message or ephemeral somebody has before them; `Refused` if they may not see it."""
        if view_id:
            home = self._world.homes.get(user_id)
            return home if home and home["id"] == view_id else self._views.find(user_id, view_id).view
        channel_id = str(channel_id)
        if channel_id not in self._world.channels or not self._world.may_see(channel_id, user_id):
            raise Refused("You are not in this channel.", 403)
        whisper = self._room.whispered(channel_id, user_id, str(ts))
        return whisper or self._room.message(channel_id, str(ts))

    @staticmethod
    def element(place: Json, action_id: str, block_id: str | None) -> tuple[Json, Json]:
        """Find a block and its element."""
        for one in elements(place):
            if one.element.get("action_id") == action_id and block_id in (None, one.block["block_id"]):
                return one.block, one.element
        raise Refused("This element is no longer there.", 404)

    def with_typed(self, user_id: str, place: str, block: Json, state: Json) -> Json | None:
        """Keep what was chosen in a view (by its id) or a message (by its ts); the values there."""
        action_id = (block.get("element") or {}).get("action_id")
        if not action_id:
            return None
        is_modal = self._is_modal(user_id, place)
        values = (
            self._views.find(user_id, place).values
            if is_modal
            else self._typed.setdefault((user_id, place), {})
        )
        values.setdefault(block["block_id"], {})[action_id] = state
        if is_modal:
            self._views.tell(user_id)
        return values

    def keep_typed(self, user_id: str, view_id: str, values: Json) -> None:
        """Remember what somebody has typed so far."""
        if self._is_modal(user_id, view_id):
            self._views.find(user_id, view_id).values = values
        else:
            self._typed[user_id, view_id] = values

    async def options(
        self, user_id: str, view_id: str | None, channel_id: str | None, ts: str | None, block_id: str,
        action_id: str, query: str,
    ) -> list[Json]:  # fmt: skip
        """Ask the app for the choices of an external menu."""
        payload: Json = {
            "type": "block_suggestion", "action_id": action_id, "block_id": block_id, "value": query,
            **self._who(user_id), **self._where(user_id, channel_id, ts, view_id, None),
        }  # fmt: skip
        payload.pop("response_url", None)
        answer = await self._ask(user_id, "interactive", payload) or {}
        grouped = [one for group in answer.get("option_groups") or [] for one in group.get("options") or []]
        options: list[Json] = answer.get("options") or grouped
        try:
            kit.check_options(options)
        except ApiError as error:
            raise Refused("The app offered choices Slack does not accept.", 502, detail=error.more) from error
        return options

    def open_home(self, user_id: str, tab: str = "home") -> None:
        """Look at the app's Home, or its messages."""
        self._insider(user_id, "open the app")
        event: Json = {
            "type": "app_home_opened", "user": user_id, "tab": tab,
            "channel": self._world.dm(user_id, self._world.bot_user_id), "event_ts": self._room.new_ts(),
        }  # fmt: skip
        if tab == "home" and (home := self._world.homes.get(user_id)):
            event["view"] = home
        self._room.on_event(event)
