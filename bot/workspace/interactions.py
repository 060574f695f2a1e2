"""What people do with the app: commands, buttons, menus, modals; and what comes of it.

https://docs.slack.dev/interactivity/handling-user-interaction
"""

from typing import Any

from bot.workspace import kit
from bot.workspace.choices import is_filled, state_of
from bot.workspace.delivery import Delivery, NoAnswer
from bot.workspace.errors import ApiError, Refused
from bot.workspace.inspector import Inspector
from bot.workspace.reading import elements
from bot.workspace.responses import Responses
from bot.workspace.room import Room, public
from bot.workspace.views import Opened, Views

Json = dict[str, Any]

NO_ANSWER = "{app} did not answer in time."
NOT_RUNNING = "{app} is not reachable right now."


class Interactions:
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
        self._room, self._world, self._delivery = room, room.world, delivery
        self._views, self._responses, self._inspector = views, responses, inspector
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
            "channel_id": channel_id, "channel_name": _name(channel), "user_id": user_id,
            "user_name": user["name"], "command": command,
            "text": self._room.typed(text) if known.get("should_escape") else text,
            "api_app_id": world.app["app_id"], "is_enterprise_install": "false",
            "response_url": self._response_url(channel_id, user_id), "trigger_id": self._trigger(user_id),
        }  # fmt: skip
        answer = await self._ask(user_id, "slash_commands", payload)
        if answer and (answer.get("text") or answer.get("blocks") or answer.get("attachments")):
            if answer.get("response_type") == "in_channel":
                said = f"{command} {text}".strip()
                self._room.post(
                    channel_id, self._room.person_author(user_id) | {"text": self._room.typed(said)}
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

    # ---- modals ----------------------------------------------------------------------------------------

    async def submit(self, user_id: str, view_id: str, values: Json) -> dict[str, str]:
        """Send a modal off; what is wrong with it by block, {} when it went through."""
        opened = self._views.find(user_id, view_id)
        opened.values = values
        if wrong := _unfilled(opened.view, state_of(opened.view, values)):
            self._tell_errors(user_id, view_id, wrong)
            return wrong
        payload = {
            "type": "view_submission", **self._who(user_id), "trigger_id": self._trigger(user_id, view_id),
            "view": opened.with_state, "response_urls": self._response_urls(user_id, opened),
        }  # fmt: skip
        answer = await self._ask(user_id, "interactive", payload) or {}
        return self._after_submission(user_id, opened, answer)

    def _response_urls(self, user_id: str, opened: Opened) -> list[Json]:
        found, state = [], state_of(opened.view, opened.values)
        for one in elements(opened.view):
            if one.element.get("response_url_enabled"):
                chosen = state[one.block["block_id"]][one.element["action_id"]]
                channel_id = chosen.get("selected_conversation") or chosen.get("selected_channel")
                if channel_id:
                    found.append({
                        "block_id": one.block["block_id"], "action_id": one.element["action_id"],
                        "channel_id": channel_id, "response_url": self._response_url(channel_id, user_id),
                    })  # fmt: skip
        return found

    def _after_submission(self, user_id: str, opened: Opened, answer: Json) -> dict[str, str]:
        action = answer.get("response_action")
        if action == "errors":
            wrong: dict[str, str] = answer.get("errors") or {}
            self._tell_errors(user_id, opened.view["id"], wrong)
            return wrong
        if action in ("update", "push"):
            self._checked(answer, user_id)
        if action == "update":
            self._views.replace(user_id, opened, answer["view"])
        elif action == "push":
            self._views.push(user_id, answer["view"])
        elif action == "clear":
            self._views.close(user_id, list(self._views.stacks[user_id]))
        else:
            self._views.close(user_id, [opened])
        return {}

    def _checked(self, answer: Json, user_id: str) -> None:
        try:
            kit.check_view(answer.get("view"), "modal")
        except ApiError as error:
            self._trouble(user_id, f"The app answered with a broken view: {error.more}")
            raise Refused(
                "The app answered with a view Slack does not accept.", 502, detail=error.more
            ) from error

    async def close(self, user_id: str, view_id: str, *, everything: bool) -> None:
        """Close the modal on top, or all of them."""
        opened, stack = self._views.find(user_id, view_id), self._views.stacks[user_id]
        # A view that clears on close takes the whole stack along.
        everything = everything or bool(opened.view.get("clear_on_close"))
        going = list(stack) if everything else [opened]
        self._views.close(user_id, going)
        for one in going:
            if one.view.get("notify_on_close"):
                payload = {
                    "type": "view_closed",
                    **self._who(user_id),
                    "view": one.with_state,
                    "is_cleared": everything,
                }
                await self._ask(user_id, "interactive", payload)

    def shown(self, user_id: str) -> list[Json]:
        """Give somebody's modal stack, with what they typed."""
        return self._views.shown(user_id)

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

    # ---- within ----------------------------------------------------------------------------------------

    async def _ask(self, user_id: str, kind: str, payload: Json) -> Json | None:
        try:
            return await self._delivery.ask(kind, payload)
        except NoAnswer:
            # A bot that restarts is back in a moment: a click waits its three seconds like any other.
            words = NO_ANSWER if self._delivery.connected else NOT_RUNNING
            sentence = words.format(app=self._world.app["name"])
            self._trouble(user_id, sentence)
            raise Refused(sentence, 504) from None

    def _trouble(self, user_id: str, sentence: str) -> None:
        self._room.on_change("trouble", {"text": sentence}, [user_id])

    def _tell_errors(self, user_id: str, view_id: str, wrong: dict[str, str]) -> None:
        self._room.on_change("view_errors", {"view_id": view_id, "errors": wrong}, [user_id])

    def _insider(self, user_id: str, what: str) -> None:
        if self._world.is_outsider(user_id):
            raise Refused(f"Guests and people of other companies cannot {what} here.", 403)

    def _trigger(self, user_id: str, view_id: str | None = None) -> str:
        trigger_id = self._views.trigger(user_id, view_id)
        self._inspector.remember(f"trigger:{trigger_id}")
        return trigger_id

    def _response_url(self, channel_id: str, user_id: str, ts: str | None = None, **more: Any) -> str:
        address = self._responses.address(channel_id, user_id, ts, **more)
        self._inspector.remember(f"response:{address.rpartition('/')[2]}")
        return address

    def _who(self, user_id: str) -> Json:
        world, user = self._world, self._world.users[user_id]
        return {
            "user": {"id": user_id, "username": user["name"], "name": user["name"],
            "team_id": user["team_id"]},
            "team": {"id": world.team_id, "domain": world.meta["team"]["domain"]},
            "api_app_id": world.app["app_id"], "token": "local", "is_enterprise_install": False,
            "enterprise": None,
        }  # fmt: skip

    def _channel(self, channel_id: str) -> Json:
        return {"id": channel_id, "name": _name(self._room.channel(channel_id))}


def _name(channel: Json) -> str:
    if channel["is_im"]:
        return "directmessage"
    return "privategroup" if channel["is_private"] and not channel["is_mpim"] else str(channel["name"])


def _unfilled(view: Json, state: Json) -> dict[str, str]:
    """Say what Slack itself says of inputs, before the app hears of it."""
    wrong = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        given = state.get(block["block_id"], {}).get(element["action_id"], {})
        if not is_filled(given):
            if not block.get("optional"):
                wrong[block["block_id"]] = "Please complete this required field."
        elif element["type"] == "plain_text_input":
            most, least = element.get("max_length", 3000), element.get("min_length", 0)
            if not least <= len(given["value"]) <= most:
                wrong[block["block_id"]] = f"Please use {least} to {most} characters."
        elif complaint := kit.typed_wrong(element, given):
            wrong[block["block_id"]] = complaint
    return wrong
