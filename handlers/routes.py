"""The route table: what Slack can send us, and who answers it.

A decorator above the function fills the table; two functions for one route are a mistake at import. It also
says what somebody must be at least (`needs`), which the guard holds. Handlers read, call one use case in
`request.transaction()`, and `ack` as their last line.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks
from bot.people.model import Person
from bot.people.permissions import Rank, Standing
from bot.services import Services
from bot.storage.triggers import Trigger

Ack = Callable[..., Awaitable[Any]]


@dataclass
class Request:
    """One thing somebody did in Slack. `kind` and `name` are those of the route it took."""

    kind: str
    name: str
    body: Mapping[str, Any]
    person: Person
    services: Services
    trigger: Trigger
    standing: Standing
    _ack: Ack | None = None
    acked: bool = field(default=False, init=False)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Open the one write transaction of this request."""
        async with self.trigger.transaction() as session:
            yield session

    async def ack(self, **answer: Any) -> None:
        """Tell Slack that it has been dealt with; for a modal, with what shall happen to it."""
        self.acked = True
        if self._ack is not None:
            await self._ack(**answer)

    async def open(self, view: dict[str, Any]) -> None:
        """Open a modal for whoever did this."""
        await self.services.views.views_open(trigger_id=self.body["trigger_id"], view=view)

    @property
    def value(self) -> str:
        """What the pressed button carries."""
        return str(self.body["actions"][0].get("value", ""))

    @property
    def chosen(self) -> str:
        """What was chosen from a menu outside of a form, or from behind the three dots."""
        return str((self.body["actions"][0].get("selected_option") or {}).get("value", ""))

    @property
    def element(self) -> Mapping[str, Any]:
        """The button, menu or boxes as they were drawn where somebody used them; empty if that is gone."""
        used = self.body["actions"][0]
        place = self.body.get("message") or self.body.get("view") or {}
        drawn = (
            one
            for block in place.get("blocks") or []
            if block.get("block_id") == used.get("block_id")
            for one in block.get("elements") or []
        )
        return next((one for one in drawn if one.get("action_id") == used["action_id"]), {})

    @property
    def text(self) -> str:
        """What was typed after a command, as plain text."""
        return blocks.unformat(str(self.body.get("text", "")), {}).strip()

    @property
    def channel_id(self) -> str | None:
        """The channel it happened in, if it was one."""
        channel = self.body.get("channel") or {}
        return self.body.get("channel_id") or channel.get("id")

    def typed(self, block_id: str) -> Any:
        """Give what was filled in under `block_id` of a modal, or was chosen there; None or [] if empty."""
        element = self.body["view"]["state"]["values"].get(block_id, {}).get("value", {})
        kind = element.get("type", "")
        if kind in ("static_select", "radio_buttons", "external_select"):
            return (element.get("selected_option") or {}).get("value")
        if kind in ("multi_static_select", "checkboxes"):
            return [one["value"] for one in element.get("selected_options") or []]
        found = element.get(_FILLED.get(kind, "value"))
        return list(found or []) if kind.startswith("multi_") else found


# Where Slack puts what was filled in, by the type of the element; elsewhere it is "value".
_FILLED = {
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}

Handler = Callable[[Request], Awaitable[None]]


@dataclass(frozen=True)
class Route:
    """Who answers, what somebody must be at least, and whether a window is dealt with once and no more."""

    handler: Handler
    needs: Rank
    once: bool = False


TABLE: dict[tuple[str, str], Route] = {}


def _route(kind: str, name: str, needs: Rank, *, once: bool = False) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        if (kind, name) in TABLE:
            raise ValueError(f"{kind} {name} has two handlers")
        TABLE[kind, name] = Route(handler, needs, once)
        return handler

    return register


def command(name: str, needs: Rank = Rank.MEMBER) -> Callable[[Handler], Handler]:
    """Answer a slash command."""
    return _route("command", name, needs)


def action(action_id: str, needs: Rank = Rank.MEMBER) -> Callable[[Handler], Handler]:
    """Answer a button or menu."""
    return _route("action", action_id, needs)


def view(callback_id: str, needs: Rank = Rank.MEMBER, *, once: bool = False) -> Callable[[Handler], Handler]:
    """Answer a modal that was sent off.

    `once`: what the window does is done, at most once, however often it is sent off. Whoever sees "we had
    some trouble" presses again, and cannot know that the first press was dealt with just before the bot died.
    """
    return _route("view", callback_id, needs, once=once)


def view_closed(callback_id: str) -> Callable[[Handler], Handler]:
    """Hear that a modal was closed."""
    return _route("view_closed", callback_id, Rank.MEMBER)


def options(action_id: str, needs: Rank = Rank.MEMBER) -> Callable[[Handler], Handler]:
    """Give the choices of a menu as somebody types."""
    return _route("options", action_id, needs)


def shortcut(callback_id: str, needs: Rank = Rank.MEMBER) -> Callable[[Handler], Handler]:
    """Answer a shortcut, global or on a message."""
    return _route("shortcut", callback_id, needs)


def event(name: str) -> Callable[[Handler], Handler]:
    """Hear of an event; the handler decides whom it listens to."""
    return _route("event", name, Rank.NOBODY)
