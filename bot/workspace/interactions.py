"""What people do with the app: commands, buttons, modals; one modal stack and one Home for each person.

Triggers, answers and response_urls live in real time: https://docs.slack.dev/interactivity/handling-user-interaction
"""

import asyncio
import secrets
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from bot.clock import monotonic
from bot.workspace import checks
from bot.workspace.delivery import Delivery, NoAnswer
from bot.workspace.errors import ApiError, Refused
from bot.workspace.room import Room, with_ids
from bot.workspace.world import new_id

Json = dict[str, Any]

TRIGGER_LIVES = 3.0
RESPONSE_LIVES, RESPONSES = 30 * 60.0, 5
DEEPEST = 3
NO_ANSWER = "{app} did not answer in time."
NOT_RUNNING = "{app} is not reachable right now."


@dataclass
class Opened:
    """A view somebody has before them, and what they have typed into it."""

    view: Json
    values: Json = field(default_factory=dict)


@dataclass
class _Response:
    channel_id: str
    user_id: str
    ts: str | None
    is_ephemeral: bool
    thread_ts: str | None
    until: float
    left: int = RESPONSES


class Interactions:
    """Turns what people do into envelopes, and the app's answers into what people see."""

    def __init__(self, room: Room, delivery: Delivery, manifest: Json, url: str) -> None:
        self._room, self._delivery, self._url = room, delivery, url
        features = manifest.get("features") or {}
        self.commands: list[Json] = features.get("slash_commands") or []
        self.shortcuts: list[Json] = features.get("shortcuts") or []
        self.stacks: defaultdict[str, list[Opened]] = defaultdict(list)
        self._triggers: dict[str, tuple[str, float, str | None]] = {}
        self._responses: dict[str, _Response] = {}

    def move_to(self, url: str) -> None:
        """Learn the address we are served at."""
        self._url = url

    # ---- what people do -------------------------------------------------------------------------------

    async def command(
        self, user_id: str, channel_id: str, command: str, text: str, thread_ts: str | None
    ) -> None:
        """Type a slash command."""
        self._insider(user_id, "use commands")
        if command not in {one["command"] for one in self.commands}:
            raise Refused(f"{command} is not a valid command.", 404)
        channel, user = self._room.channel(channel_id), self._room.world.users[user_id]
        payload = {
            "token": "local", "team_id": self._room.world.team_id,
            "team_domain": self._room.world.meta["team"]["domain"],
            "channel_id": channel_id,
            "channel_name": "directmessage" if channel["is_im"] else channel["name"],
            "user_id": user_id, "user_name": user["name"], "command": command, "text": self._room.typed(text),
            "api_app_id": self._room.world.app["app_id"], "is_enterprise_install": "false",
            "response_url": self._response_url(channel_id, user_id, None, is_ephemeral=False,
            thread_ts=thread_ts),
            "trigger_id": self._trigger(user_id),
        }  # fmt: skip
        answer = await self._ask(user_id, "slash_commands", payload)
        if answer and (answer.get("text") or answer.get("blocks")):
            self._show_answer(answer, channel_id, user_id, thread_ts)

    async def shortcut(self, user_id: str, callback_id: str, channel_id: str | None, ts: str | None) -> None:
        """Choose a global shortcut, or one on a message."""
        self._insider(user_id, "use shortcuts")
        payload: Json = {
            "type": "message_action" if ts else "shortcut",
            "callback_id": callback_id,
            "action_ts": self._room.new_ts(),
        }
        payload |= self._who(user_id) | {"trigger_id": self._trigger(user_id)}
        if ts and channel_id:
            payload |= {
                "channel": self._channel(channel_id), "message": self._room.message(channel_id, ts),
                "message_ts": ts,
                "response_url": self._response_url(channel_id, user_id, ts, is_ephemeral=False,
                thread_ts=None),
            }  # fmt: skip
        await self._ask(user_id, "interactive", payload)

    async def act(
        self,
        user_id: str,
        action: Json,
        *,
        channel_id: str | None,
        ts: str | None,
        view_id: str | None,
        values: Json | None,
    ) -> None:
        """Press a button or choose from a menu, in a message, an ephemeral or a view."""
        payload: Json = {"type": "block_actions", **self._who(user_id)}
        payload["actions"] = [{**action, "action_ts": self._room.new_ts()}]
        if view_id:
            payload |= self._in_view(user_id, view_id, values)
        elif channel_id and ts:
            payload |= self._in_message(user_id, channel_id, ts, values)
        else:
            raise Refused("Say where the element stands: channel and ts, or view_id.")
        payload["trigger_id"] = self._trigger(user_id, view_id)
        await self._ask(user_id, "interactive", payload)

    def _in_view(self, user_id: str, view_id: str, values: Json | None) -> Json:
        home = self._room.world.homes.get(user_id)
        if home and home["id"] == view_id:
            return {
                "container": {"type": "view", "view_id": view_id},
                "view": home | {"state": {"values": values or {}}},
            }
        opened = self._opened(user_id, view_id)
        opened.values = values if values is not None else opened.values
        return {"container": {"type": "view", "view_id": view_id}, "view": self._with_state(opened)}

    def _in_message(self, user_id: str, channel_id: str, ts: str, values: Json | None) -> Json:
        if not self._room.world.may_see(channel_id, user_id):
            raise Refused("You are not in this channel.", 403)
        whisper = self._room.whispered(channel_id, user_id, ts)
        message = whisper or self._room.message(channel_id, ts)
        thread_ts = message.get("thread_ts")
        container = {
            "type": "message",
            "message_ts": ts,
            "channel_id": channel_id,
            "is_ephemeral": bool(whisper),
        }
        if thread_ts:
            container["thread_ts"] = thread_ts
        found: Json = {
            "container": container,
            "channel": self._channel(channel_id),
            "state": {"values": values or {}},
        }
        if not whisper:
            found["message"] = {name: value for name, value in message.items() if name != "metadata"}
        found["response_url"] = self._response_url(
            channel_id, user_id, ts, is_ephemeral=bool(whisper), thread_ts=thread_ts
        )
        return found

    async def options(
        self,
        user_id: str,
        view_id: str | None,
        channel_id: str | None,
        ts: str | None,
        block_id: str,
        action_id: str,
        query: str,
    ) -> list[Json]:
        """Ask the app for the choices of an external menu."""
        payload: Json = {
            "type": "block_suggestion",
            "action_id": action_id,
            "block_id": block_id,
            "value": query,
        }
        payload |= self._who(user_id)
        if view_id:
            payload |= self._in_view(user_id, view_id, None)
        elif channel_id and ts:
            payload |= self._in_message(user_id, channel_id, ts, None)
        answer = await self._ask(user_id, "interactive", payload) or {}
        return answer.get("options") or [
            one for group in answer.get("option_groups", []) for one in group["options"]
        ]

    async def submit(self, user_id: str, view_id: str, values: Json) -> dict[str, str]:
        """Send a modal off; what is wrong with it by block, {} when it went through."""
        opened = self._opened(user_id, view_id)
        opened.values = values
        if wrong := _unfilled(opened.view, values):
            self._tell_errors(user_id, view_id, wrong)
            return wrong
        payload = {
            "type": "view_submission", **self._who(user_id), "trigger_id": self._trigger(user_id, view_id),
            "view": self._with_state(opened), "response_urls": [],
        }  # fmt: skip
        answer = await self._ask(user_id, "interactive", payload) or {}
        return self._after_submission(user_id, opened, answer)

    def _after_submission(self, user_id: str, opened: Opened, answer: Json) -> dict[str, str]:
        stack = self.stacks[user_id]
        match answer.get("response_action"):
            case "errors":
                wrong: dict[str, str] = answer.get("errors") or {}
                self._tell_errors(user_id, opened.view["id"], wrong)
                return wrong
            case "update":
                self._checked(answer, user_id)
                opened.view = self._fresh_view(answer["view"], opened.view)
                opened.values = _kept(opened)
            case "push":
                self._checked(answer, user_id)
                stack.append(Opened(self._fresh_view(answer["view"], None, stack)))
            case "clear":
                stack.clear()
            case _:
                if opened in stack:
                    stack.remove(opened)
        self._tell_views(user_id)
        return {}

    def _checked(self, answer: Json, user_id: str) -> None:
        try:
            checks.view(answer.get("view"), "modal")
        except ApiError as error:
            self._trouble(user_id, f"The app answered with a broken view: {error.more}")
            raise Refused(
                "The app answered with a view Slack does not accept.", 502, detail=error.more
            ) from error

    async def close(self, user_id: str, view_id: str, *, everything: bool) -> None:
        """Close the modal on top, or all of them."""
        opened = self._opened(user_id, view_id)
        stack = self.stacks[user_id]
        going = list(stack) if everything else [opened]
        self.stacks[user_id] = [one for one in stack if one not in going]
        self._tell_views(user_id)
        for one in going:
            if one.view.get("notify_on_close"):
                payload = {
                    "type": "view_closed",
                    **self._who(user_id),
                    "view": self._with_state(one),
                    "is_cleared": everything,
                }
                await self._ask(user_id, "interactive", payload)

    def keep_typed(self, user_id: str, view_id: str, values: Json) -> None:
        """Remember what somebody has typed so far."""
        self._opened(user_id, view_id).values = values

    def open_home(self, user_id: str) -> None:
        """Look at the app's Home."""
        self._insider(user_id, "open the app")
        event: Json = {"type": "app_home_opened", "user": user_id, "tab": "home",
                 "channel": self._room.world.dm(user_id, self._room.world.bot_user_id),
                 "event_ts": self._room.new_ts()}  # fmt: skip
        if home := self._room.world.homes.get(user_id):
            event["view"] = home
        self._room.on_event(event)

    # ---- what the app does ----------------------------------------------------------------------------

    def views_open(self, trigger_id: str, view: Json, *, push: bool = False) -> Json:
        """Open or push a modal for whoever's trigger this is."""
        user_id, from_view = self._use_trigger(trigger_id)
        checks.view(view, "modal")
        stack = self.stacks[user_id]
        if push and not (from_view and stack):
            raise ApiError("push_limit_reached" if stack else "not_found")
        if len(stack) >= DEEPEST:
            raise ApiError("push_limit_reached")
        if not push and not from_view:
            stack.clear()
        opened = Opened(self._fresh_view(view, None, stack))
        stack.append(opened)
        self._tell_views(user_id)
        return opened.view

    def views_update(
        self, view_id: str | None, external_id: str | None, view: Json, expected: str | None
    ) -> Json:
        """Change a modal somebody has open; what they typed stays."""
        for user_id, stack in self.stacks.items():
            for opened in stack:
                if opened.view["id"] == view_id or (
                    external_id and opened.view.get("external_id") == external_id
                ):
                    if expected and expected != opened.view["hash"]:
                        raise ApiError("hash_conflict")
                    checks.view(view, "modal")
                    opened.view = self._fresh_view(view, opened.view)
                    opened.values = _kept(opened)
                    self._tell_views(user_id)
                    return opened.view
        raise ApiError("not_found")

    def views_publish(self, user_id: str, view: Json, expected: str | None) -> Json:
        """Put up somebody's Home."""
        if user_id not in self._room.world.users:
            raise ApiError("user_not_found")
        checks.view(view, "home")
        before = self._room.world.homes.get(user_id)
        if expected and before and expected != before["hash"]:
            raise ApiError("hash_conflict")
        home = self._fresh_view(view, before)
        self._room.world.homes[user_id] = home
        self._room.world.touch("homes", user_id)
        self._room.on_change("home", {"view": home}, [user_id])
        return home

    def respond(self, ticket: str, body: Json) -> None:
        """Take an answer to a response_url; `Refused` when it was used up or is too old."""
        response = self._responses.get(ticket)
        if response is None or response.until < monotonic() or response.left <= 0:
            raise Refused("used_url" if response else "expired_url", 404)
        response.left -= 1
        room, place, user_id = self._room, response.channel_id, response.user_id
        if "blocks" in body:
            checks.blocks(body["blocks"], "message")
        whisper = (
            room.whispered(place, user_id, response.ts) if response.ts and response.is_ephemeral else None
        )
        if body.get("delete_original") and response.ts:
            if response.is_ephemeral:
                room.unwhisper(place, user_id, response.ts)
            elif message := room.world.message(place, response.ts):
                room.delete(place, message)
        elif body.get("replace_original") and response.ts:
            # The answer stands in the whole message's place: buttons it does not name again are gone.
            changes: Json = {"text": body.get("text", ""), "blocks": body.get("blocks") or None}
            if whisper:
                whisper.pop("blocks", None)
                whisper["text"] = changes["text"]
                if changes["blocks"]:
                    whisper["blocks"] = with_ids(changes["blocks"])
                room.rewhisper(place, user_id, whisper)
            elif message := room.world.message(place, response.ts):
                room.edit(place, message, changes, room.world.bot_user_id)
        else:
            thread_ts = body.get("thread_ts") or response.thread_ts
            self._show_answer(body, place, user_id, thread_ts)

    # ---- within ---------------------------------------------------------------------------------------

    def _show_answer(self, answer: Json, channel_id: str, user_id: str, thread_ts: str | None) -> None:
        message = {"text": answer.get("text", ""), **self._room.bot_author()}
        if answer.get("blocks"):
            try:
                checks.blocks(answer["blocks"], "message")
            except ApiError as error:
                self._trouble(
                    user_id, f"The app answered with blocks Slack does not accept: {error.more.get('errors')}"
                )
                return
            message["blocks"] = answer["blocks"]
        if answer.get("response_type") == "in_channel":
            self._room.post(channel_id, message, thread_ts=thread_ts)
        else:
            self._room.whisper(channel_id, user_id, message, thread_ts)

    async def _ask(self, user_id: str, kind: str, payload: Json) -> Json | None:
        name = self._room.world.app["name"]
        if not self._delivery.connected:
            # A bot that restarts is back in a moment: a click waits its three seconds like any other.
            await asyncio.sleep(0)
        try:
            return await self._delivery.ask(kind, payload)
        except NoAnswer:
            sentence = (NO_ANSWER if self._delivery.connected else NOT_RUNNING).format(app=name)
            self._trouble(user_id, sentence)
            raise Refused(sentence, 504) from None

    def _trouble(self, user_id: str, sentence: str) -> None:
        self._room.on_change("trouble", {"text": sentence}, [user_id])

    def _insider(self, user_id: str, what: str) -> None:
        user = self._room.world.users[user_id]
        if user.get("is_restricted") or user.get("is_ultra_restricted") or user.get("is_stranger"):
            raise Refused(f"Guests and people of other companies cannot {what} here.", 403)

    def _trigger(self, user_id: str, view_id: str | None = None) -> str:
        trigger_id = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = (user_id, monotonic(), view_id)
        return trigger_id

    def _use_trigger(self, trigger_id: str) -> tuple[str, str | None]:
        if trigger_id not in self._triggers:
            raise ApiError("invalid_trigger_id")
        user_id, made, view_id = self._triggers[trigger_id]
        if made == 0.0:
            raise ApiError("exchanged_trigger_id")
        if monotonic() - made > TRIGGER_LIVES:
            raise ApiError("expired_trigger_id")
        self._triggers[trigger_id] = (user_id, 0.0, view_id)
        return user_id, view_id

    def _response_url(
        self, channel_id: str, user_id: str, ts: str | None, *, is_ephemeral: bool, thread_ts: str | None
    ) -> str:
        ticket = secrets.token_urlsafe(16)
        until = monotonic() + RESPONSE_LIVES
        self._responses[ticket] = _Response(channel_id, user_id, ts, is_ephemeral, thread_ts, until)
        return f"{self._url}/respond/{ticket}"

    def _who(self, user_id: str) -> Json:
        world, user = self._room.world, self._room.world.users[user_id]
        return {
            "user": {"id": user_id, "username": user["name"], "name": user["name"],
            "team_id": user["team_id"]},
            "team": {"id": world.team_id, "domain": world.meta["team"]["domain"]},
            "api_app_id": world.app["app_id"], "token": "local", "is_enterprise_install": False,
            "enterprise": None,
        }  # fmt: skip

    def _channel(self, channel_id: str) -> Json:
        channel = self._room.channel(channel_id)
        return {"id": channel_id, "name": "directmessage" if channel["is_im"] else channel["name"]}

    def _opened(self, user_id: str, view_id: str) -> Opened:
        for opened in self.stacks[user_id]:
            if opened.view["id"] == view_id:
                return opened
        raise Refused("This window is no longer open.", 404)

    def _with_state(self, opened: Opened) -> Json:
        return opened.view | {"state": {"values": opened.values}}

    def _fresh_view(self, view: Json, before: Json | None, stack: list[Opened] | None = None) -> Json:
        world = self._room.world
        view_id = before["id"] if before else new_id("V")
        previous = stack[-1].view["id"] if stack else None
        return {
            "private_metadata": "", "callback_id": "", "close": None, "submit": None, "clear_on_close": False,
            "notify_on_close": False, "external_id": "", **view,
            "blocks": with_ids(view["blocks"]), "id": view_id, "team_id": world.team_id,
            "app_id": world.app["app_id"],
            "app_installed_team_id": world.team_id, "bot_id": world.app["bot_id"],
            "hash": f"{int(monotonic() * 1000)}.{secrets.token_hex(4)}", "state": {"values": {}},
            "root_view_id": (before or {}).get("root_view_id") or (stack[0].view["id"] if stack else view_id),
            "previous_view_id": (before or {}).get("previous_view_id", previous),
        }  # fmt: skip

    def _tell_views(self, user_id: str) -> None:
        self._room.on_change("views", {"stack": self.shown(user_id)}, [user_id])

    def shown(self, user_id: str) -> list[Json]:
        """Give somebody's modal stack, with what they typed."""
        return [opened.view | {"values": opened.values} for opened in self.stacks[user_id]]

    def _tell_errors(self, user_id: str, view_id: str, wrong: dict[str, str]) -> None:
        self._room.on_change("view_errors", {"view_id": view_id, "errors": wrong}, [user_id])


def _kept(opened: Opened) -> Json:
    """Keep what was typed for blocks and elements that are still there under the same ids."""
    there = {
        (block["block_id"], block["element"].get("action_id"))
        for block in opened.view["blocks"]
        if block["type"] == "input"
    }
    return {
        block_id: kept
        for block_id, elements in opened.values.items()
        if (kept := {name: value for name, value in elements.items() if (block_id, name) in there})
    }


def _unfilled(view: Json, values: Json) -> dict[str, str]:
    """Say what Slack itself says of inputs, before the app hears of it."""
    wrong = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        given = values.get(block["block_id"], {}).get(element["action_id"], {})
        filled = any(given.get(name) for name in _VALUE_NAMES)
        if not filled and not block.get("optional"):
            wrong[block["block_id"]] = "Please complete this required field."
        elif element["type"] == "plain_text_input" and given.get("value"):
            most, least = element.get("max_length", 3000), element.get("min_length", 0)
            if not least <= len(given["value"]) <= most:
                wrong[block["block_id"]] = f"Please use {least} to {most} characters."
    return wrong


_VALUE_NAMES = (
    "value", "selected_option", "selected_options", "selected_user", "selected_users", "selected_channel",
    "selected_channels", "selected_conversation", "selected_conversations", "selected_date", "selected_time",
    "selected_date_time", "rich_text_value", "files",
)  # fmt: skip
