"""The table of methods, and one call of one: its arguments, read as Slack reads them."""

import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.workspace.errors import ApiError
from bot.workspace.room import Room
from bot.workspace.tools import Tools
from bot.workspace.world import World

Json = dict[str, Any]

MOST_A_PAGE = 1000


@dataclass
class Call:
    """One call of a method: its arguments, and what it may use. `warnings` go into the answer."""

    args: Json
    tools: Tools
    scopes: frozenset[str]
    tickets: "Tickets"
    warnings: list[str]

    @property
    def world(self) -> World:
        """Give the world."""
        return self.tools.room.world

    @property
    def room(self) -> Room:
        """Give the room."""
        return self.tools.room

    @property
    def bot(self) -> str:
        """Give the app's user id."""
        return self.world.bot_user_id

    def text(self, name: str, default: str | None = None) -> str:
        """Give a required argument as text; `invalid_arguments` when it is missing."""
        value = self.args.get(name, default)
        if value is None or value == "":
            raise missing(name)
        return str(value)

    def maybe(self, name: str) -> str | None:
        """Give an optional argument as text."""
        value = self.args.get(name)
        return None if value in (None, "") else str(value)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Give a yes or no."""
        value = self.args.get(name, default)
        return value if isinstance(value, bool) else str(value).lower() in ("true", "1")

    def number(self, name: str) -> int:
        """Give a required whole number."""
        try:
            return int(float(self.text(name)))
        except ValueError as error:
            raise invalid(f"invalid value for {name}") from error

    def names(self, name: str) -> list[str]:
        """Give a required list, sent as such or with commas."""
        value = self.args.get(name)
        found = value if isinstance(value, list) else str(value or "").split(",")
        found = [str(one).strip() for one in found if str(one).strip()]
        if not found:
            raise missing(name)
        return found

    def parsed(self, name: str) -> Any:
        """Give an argument that is JSON, sent as such or as text; `invalid_...` when it is broken."""
        value = self.args.get(name)
        if not isinstance(value, str) or not value:
            return value or None
        try:
            return json.loads(value)
        except ValueError as error:
            codes = {
                "view": "invalid_arguments",
                "blocks": "invalid_blocks_format",
                "metadata": "invalid_metadata_format",
            }
            raise ApiError(codes.get(name, f"invalid_{name}")) from error

    def need(self, scope: str) -> None:
        """Ask for one more scope; `missing_scope`."""
        if scope not in self.scopes:
            raise ApiError("missing_scope", needed=scope, provided=",".join(sorted(self.scopes)))

    def warn(self, warning: str) -> None:
        """Put a warning into the answer."""
        if warning not in self.warnings:
            self.warnings.append(warning)

    def channel(self, name: str = "channel") -> Json:
        """Give a channel the app may see, by id; a user's id stands for the DM with them."""
        wanted = self.text(name)
        if wanted in self.world.users:
            wanted = self.world.dm(wanted, self.bot)
        channel = self.room.channel(wanted)
        if not self.world.may_see(wanted, self.bot):
            raise ApiError("channel_not_found")
        return channel

    def member_channel(self, name: str = "channel") -> Json:
        """Give a channel the app is in; `not_in_channel`."""
        channel = self.channel(name)
        if not self.world.is_member(channel["id"], self.bot):
            raise ApiError("not_in_channel")
        return channel

    def open_channel(self, name: str = "channel") -> Json:
        """Give a channel the app can write into; `is_archived`."""
        channel = self.member_channel(name)
        if channel["is_archived"]:
            raise ApiError("is_archived")
        return channel

    def user(self, name: str = "user") -> Json:
        """Give a person; `user_not_found`."""
        user = self.world.users.get(self.text(name))
        if user is None:
            raise ApiError("user_not_found")
        return user

    def page(self, items: list[Any], default: int = 100) -> tuple[list[Any], Json]:
        """Cut a list by `limit` and `cursor`; gives the page and `response_metadata`."""
        cursor, start = self.maybe("cursor"), 0
        if cursor:
            try:
                start = int(base64.b64decode(cursor, validate=True).decode().removeprefix("next:"))
            except ValueError as error:
                raise ApiError("invalid_cursor") from error
        limit = self.number("limit") if self.maybe("limit") else default
        if limit <= 0:
            raise ApiError("invalid_limit")
        limit = min(limit, MOST_A_PAGE)
        following = start + limit < len(items)
        mark = base64.b64encode(f"next:{start + limit}".encode()).decode() if following else ""
        return items[start : start + limit], {"next_cursor": mark}


class Tickets:
    """Addresses given out and not used yet: of sockets, and of uploads (ticket -> file id)."""

    def __init__(self) -> None:
        self.sockets: set[str] = set()
        self.uploads: dict[str, str] = {}


Handler = Callable[[Call], Awaitable[Json] | Json]


@dataclass(frozen=True)
class Method:
    """One method: who may call it (`token`: bot, app, none), with which scopes (any of them), how often.

    `tier` is 1 to 4, or 0 for a special one.
    """

    name: str
    handler: Handler
    scopes: tuple[str, ...]
    tier: int
    token: str


METHODS: dict[str, Method] = {}


def method(name: str, *scopes: str, tier: int = 3, token: str = "bot") -> Callable[[Handler], Handler]:  # noqa: S107
    """Fill the table."""

    def register(handler: Handler) -> Handler:
        assert name not in METHODS, name
        METHODS[name] = Method(name, handler, scopes, tier, token)
        return handler

    return register


def missing(name: str) -> ApiError:
    """Say that an argument is missing."""
    return invalid(f"missing required field: {name}")


def invalid(sentence: str) -> ApiError:
    """Say that an argument is wrong."""
    return ApiError("invalid_arguments", response_metadata={"messages": [f"[ERROR] {sentence}"]})
