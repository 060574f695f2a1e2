"""Messages that only one person sees: once something in them was pressed, they show what is so now.

Such a message says in the ids of its blocks which one it is. It is drawn anew, or taken away, through the
`response_url` of the press; a window that was opened from it carries that address along. `home.redraw` does
all of this, too.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks
from bot import clock as clocks
from bot.blocks import Block
from bot.storage import outbox
from bot.words import speaking
from handlers.routes import Request

# Slack takes an answer for half an hour after the press; a window may stay open longer.
_ANSWERABLE = timedelta(minutes=29)
_MOST_BLOCKS = 50

# Gives the message as it should be now, out of what it is about; None: it has served, and goes away.
Compose = Callable[[Request, AsyncSession, str], Awaitable[tuple[str, list[Block]] | None]]
MESSAGES: dict[str, Compose] = {}


def message(name: str) -> Callable[[Compose], Compose]:
    """Let a function give the message of this name as it should be now."""

    def register(function: Compose) -> Compose:
        if name in MESSAGES:
            raise ValueError(f"the message {name} is there twice")
        MESSAGES[name] = function
        return function

    return register


async def _gone(_request: Request, _session: AsyncSession, _about: str) -> None:
    return None


MESSAGES[blocks.HINT] = _gone


@dataclass(frozen=True)
class _Pressed:
    """Where something was pressed: which message it is, what about, and until when it can be changed."""

    name: str
    about: str
    response_url: str
    until: datetime


async def answer(request: Request, name: str, about: str = "") -> None:
    """Answer a command with the message of this name."""
    async with request.services.database.read() as session:
        composed = await compose(request, session, name, about)
    await request.ack(**composed)


async def compose(request: Request, session: AsyncSession, name: str, about: str = "") -> dict[str, Any]:
    """Give the message of this name as it should be now, for a command that changes something first."""
    text, shown = await MESSAGES[name](request, session, about) or ("", [])
    return {"text": text, "blocks": marked(shown, name, about)}


def marked(shown: Sequence[Block], name: str, about: str = "") -> list[Block]:
    """Mark blocks as those of the message of this name."""
    return blocks.named(shown[:_MOST_BLOCKS], name, about)


async def open_window(request: Request, view: Block) -> None:
    """Open a window that knows from which message it was opened."""
    await request.open(carrying(request, view))


def carried(request: Request) -> dict[str, Any]:
    """Give what the window that was sent off carries."""
    found: dict[str, Any] = json.loads(request.body["view"]["private_metadata"])
    return found


def carrying(request: Request, view: Block) -> Block:
    """Let a window know from which message it, or the one before it, was opened."""
    pressed = _pressed(request)
    if pressed is None:
        return view
    carried = json.loads(view.get("private_metadata") or "{}")
    carried["pressed"] = [pressed.name, pressed.about, pressed.response_url, pressed.until.isoformat()]
    return view | {"private_metadata": json.dumps(carried)}


async def redraw(request: Request, session: AsyncSession, note: str = "") -> bool:
    """Draw the message anew in which this began, with the transaction that changed what it tells.

    `note` stands above it. False when it began elsewhere: in a message for all, at Home, by a command.
    """
    pressed = _pressed(request)
    if pressed is None:
        return False
    if pressed.until <= clocks.wall():
        return True
    await session.flush()
    with speaking(request.person.language):
        composed = await MESSAGES[pressed.name](request, session, pressed.about)
    if composed is None:
        payload: dict[str, Any] = {"delete_original": True}
    else:
        text, shown = composed
        shown = [*([blocks.section(note)] if note else []), *shown]
        shown = marked(shown, pressed.name, pressed.about)
        payload = {"replace_original": True, "text": note or text, "blocks": shown}
    await _respond(request, session, pressed.response_url, payload)
    return True


async def put_in_place(request: Request, session: AsyncSession, shown: Block) -> None:
    """Put a block in the place of the one that was pressed.

    For a message to one person that tells of several things, of which the others stay as they are.
    """
    message = request.body["message"]
    pressed = request.body["actions"][0].get("block_id")
    around = [shown if one.get("block_id") == pressed else one for one in message["blocks"]]
    payload = {"replace_original": True, "text": message.get("text", ""), "blocks": around}
    await _respond(request, session, request.body["response_url"], payload)


async def _respond(request: Request, session: AsyncSession, url: str, payload: Mapping[str, Any]) -> None:
    draft = outbox.Draft(
        key=f"redraw:{outbox.new_uid()}",
        kind="slack.respond",
        lane=f"respond:{request.person.id}",
        payload={"response_url": url, **payload},
    )
    await outbox.add(session, draft)


def _pressed(request: Request) -> _Pressed | None:
    body, view = request.body, request.body.get("view") or {}
    if view:
        try:
            carried = json.loads(view.get("private_metadata") or "{}")["pressed"]
        except (ValueError, KeyError, TypeError):
            return None
        name, about, response_url, until = carried
        return _Pressed(name, about, response_url, datetime.fromisoformat(until))
    if not (body.get("actions") and body.get("response_url")):
        return None
    name, about = blocks.name_of(str(body["actions"][0].get("block_id", "")))
    if name not in MESSAGES:
        return None
    return _Pressed(name, about, body["response_url"], clocks.wall() + _ANSWERABLE)
