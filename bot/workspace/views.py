"""Modals and Homes: one stack of modals and one Home for each person, opened by triggers.

https://docs.slack.dev/surfaces/modals
"""

import secrets
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from bot.clock import monotonic
from bot.workspace import kit
from bot.workspace.choices import state_of
from bot.workspace.errors import ApiError, Refused
from bot.workspace.room import Room, with_ids
from bot.workspace.world import new_id

Json = dict[str, Any]

# Real seconds.
TRIGGER_LIVES = 3.0
DEEPEST = 3
# Used triggers are kept so long, to tell "exchanged" from "invalid".
_MOST_TRIGGERS = 2000


@dataclass(eq=False)
class Opened:
    """A view somebody has before them, and what they have typed into it."""

    view: Json
    values: Json = field(default_factory=dict)

    @property
    def with_state(self) -> Json:
        """Give the view with its state, as payloads carry it."""
        return self.view | {"state": {"values": state_of(self.view, self.values)}}


class Views:
    """Everybody's modals and Homes."""

    def __init__(self, room: Room, *, home_enabled: bool) -> None:
        self._room, self._world, self._home_enabled = room, room.world, home_enabled
        self.stacks: defaultdict[str, list[Opened]] = defaultdict(list)
        self._triggers: dict[str, tuple[str, float, str | None]] = {}

    # ---- triggers --------------------------------------------------------------------------------------

    def trigger(self, user_id: str, view_id: str | None = None) -> str:
        """Make a trigger for what somebody did, in a modal maybe."""
        trigger_id = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = (user_id, monotonic(), view_id)
        while len(self._triggers) > _MOST_TRIGGERS:
            self._triggers.pop(next(iter(self._triggers)))
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

    # ---- what the app does -----------------------------------------------------------------------------

    def open(self, trigger_id: str, view: Json, *, push: bool = False) -> Json:
        """Open or push a modal for whoever's trigger this is."""
        kit.check_view(view, "modal")
        self._unused(view.get("external_id"))
        user_id, from_view = self._use_trigger(trigger_id)
        stack = self.stacks[user_id]
        if push and not (from_view and stack):
            raise ApiError("not_found")
        if len(stack) >= DEEPEST:
            raise ApiError("push_limit_reached")
        if not push and not from_view:
            stack.clear()
        opened = Opened(self._fresh(view, None, stack))
        stack.append(opened)
        self.tell(user_id)
        return opened.view

    def _unused(self, external_id: str | None, besides: str | None = None) -> None:
        for stack in self.stacks.values():
            for opened in stack:
                if external_id and opened.view["external_id"] == external_id and opened.view["id"] != besides:
                    raise ApiError("duplicate_external_id")

    def update(self, view_id: str | None, external_id: str | None, view: Json, expected: str | None) -> Json:
        """Change a view somebody has before them; what they typed stays. `hash_conflict`, `not_found`."""
        for user_id, stack in self.stacks.items():
            for opened in stack:
                if opened.view["id"] == view_id or (
                    external_id and opened.view["external_id"] == external_id
                ):
                    if expected and expected != opened.view["hash"]:
                        raise ApiError("hash_conflict")
                    kit.check_view(view, "modal")
                    self._unused(view.get("external_id"), opened.view["id"])
                    return self.replace(user_id, opened, view)
        for user_id, home in self._world.homes.items():
            if view_id and home["id"] == view_id:
                return self.publish(user_id, view, expected)
        raise ApiError("not_found")

    def publish(self, user_id: str, view: Json, expected: str | None) -> Json:
        """Put up somebody's Home."""
        if user_id not in self._world.users:
            raise ApiError("user_not_found")
        if not self._home_enabled:
            raise ApiError("not_enabled")
        kit.check_view(view, "home")
        before = self._world.homes.get(user_id)
        if expected and before and expected != before["hash"]:
            raise ApiError("hash_conflict")
        home = self._fresh(view, before)
        self._world.homes[user_id] = home
        self._world.touch("homes", user_id)
        self._room.on_change("home", {"view": home}, [user_id])
        return home

    # ---- what happens to a stack -----------------------------------------------------------------------

    def replace(self, user_id: str, opened: Opened, view: Json) -> Json:
        """Put another view in the place of one that is open."""
        opened.view = self._fresh(view, opened.view)
        opened.values = _kept(opened)
        self.tell(user_id)
        return opened.view

    def push(self, user_id: str, view: Json) -> None:
        """Put a view on top."""
        stack = self.stacks[user_id]
        if len(stack) >= DEEPEST:
            raise ApiError("push_limit_reached")
        stack.append(Opened(self._fresh(view, None, stack)))
        self.tell(user_id)

    def close(self, user_id: str, going: list[Opened]) -> None:
        """Take these away."""
        self.stacks[user_id] = [one for one in self.stacks[user_id] if one not in going]
        self.tell(user_id)

    def find(self, user_id: str, view_id: str) -> Opened:
        """Find a modal somebody has open; a sentence when it is closed."""
        for opened in self.stacks[user_id]:
            if opened.view["id"] == view_id:
                return opened
        raise Refused("This window is no longer open.", 404)

    def tell(self, user_id: str) -> None:
        """Tell somebody's pages what is open."""
        self._room.on_change("views", {"stack": self.shown(user_id)}, [user_id])

    def shown(self, user_id: str) -> list[Json]:
        """Give somebody's modal stack, with what they typed."""
        return [opened.view | {"values": opened.values} for opened in self.stacks[user_id]]

    def _fresh(self, view: Json, before: Json | None, stack: list[Opened] | None = None) -> Json:
        world = self._world
        view_id = before["id"] if before else new_id("V")
        previous = stack[-1].view["id"] if stack else None
        fresh = {
            "private_metadata": "", "callback_id": "", "close": None, "submit": None, "clear_on_close": False,
            "notify_on_close": False, "external_id": "", "title": {"type": "plain_text",
            "text": world.app["name"]},
            **view, "blocks": with_ids(view["blocks"]), "id": view_id, "team_id": world.team_id,
            "app_id": world.app["app_id"], "app_installed_team_id": world.team_id,
            "bot_id": world.app["bot_id"],
            "hash": f"{int(monotonic() * 1000)}.{secrets.token_hex(4)}",
            "root_view_id": (before or {}).get("root_view_id") or (stack[0].view["id"] if stack else view_id),
            "previous_view_id": (before or {}).get("previous_view_id", previous),
        }  # fmt: skip
        return fresh | {"state": {"values": state_of(fresh, {})}}


def _kept(opened: Opened) -> Json:
    """Keep what was typed for blocks and elements that are still there under the same ids."""
    there = state_of(opened.view, {})
    return {
        block_id: kept
        for block_id, typed in opened.values.items()
        if (kept := {name: value for name, value in typed.items() if name in there.get(block_id, {})})
    }
