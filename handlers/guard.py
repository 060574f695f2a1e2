"""The one way in: finds who did it and the route, refuses whom it must, and answers Slack whatever happens.

One of the two places with a broad `except`: a person gets a sentence and never an exception's text, and Slack
gets its answer within 3 seconds even when a handler forgot it.
"""

import logging
from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import NoResultFound

from bot import blocks
from bot.errors import SwitchboardError
from bot.people import permissions
from bot.people import store as people
from bot.people.model import Person
from bot.people.permissions import Rank
from bot.services import Services
from bot.storage import outbox, triggers
from bot.storage.database import Collision
from bot.storage.triggers import AlreadyHandled
from bot.words import _, mark, speaking
from handlers.routes import TABLE, Ack, Request

log = logging.getLogger(__name__)

REFUSED = mark("Only members of the shop's own team can do this. A colleague can do it for you.")
NEEDS_LEAD = mark("Only the lead of a department can do this: {who}.")
NEEDS_ADMIN = mark("Only an admin can do this: {who}.")
NO_ADMIN = mark(
    "Only an admin can do this, and nobody is one yet: whoever runs Switchboard names one in its settings."
)
BROKEN = mark(
    "That did not work, and it is our mistake. Nothing was sent. Please try again, or tell an admin."
)
MET = mark("Somebody changed the same thing at this moment, and nothing of yours was done. Please try again.")
UNKNOWN = mark("Switchboard no longer knows this button. It may be from an older version.")
GONE = mark("This is not kept any more. Nothing was changed.")
GONE_BY_AGE = mark(
    "This is not kept any more. Nothing was changed. What is over and done goes after {count} days, with all "
    "that was written in it."
)


async def interaction(services: Services, kind: str, body: Mapping[str, Any], ack: Ack) -> None:
    """Deal with a command, button or modal."""
    name = _name(kind, body)
    user_id = str(body.get("user_id") or (body.get("user") or {}).get("id"))
    trigger_id = _trigger_id(kind, name, body)
    async with services.database.read() as session:
        person = await people.get(session, user_id) or unknown_person(user_id)
        standing = await permissions.standing(session, person, services.settings.admins)
    trigger = triggers.of_interaction(services.database, trigger_id)
    request = Request(kind, name, body, person, services, trigger, standing, ack)
    with speaking(person.language):
        if sentence := await attempt(request):
            await _say(request, sentence)
        if not request.acked:
            await request.ack()


async def attempt(request: Request) -> str | None:
    """Hand it to its route; what the person should be told when that did not work, else None."""
    route = TABLE.get((request.kind, request.name))
    try:
        if not request.person.may_act:
            return _(REFUSED)
        if route is None:
            return _(UNKNOWN)
        if request.standing.rank < route.needs:
            return await needs(request, route.needs)
        await route.handler(request)
    except AlreadyHandled:
        log.info("slack sent %s %s again", request.kind, request.name)
        if route and route.once:
            await request.ack(response_action="clear")
    except (SwitchboardError, NoResultFound, Collision) as error:
        return _reason(request, error)
    except Exception:
        log.exception("%s %s failed", request.kind, request.name)
        return _(BROKEN)
    return None


def _reason(request: Request, error: SwitchboardError | NoResultFound | Collision) -> str:
    """Say why it did not work. Buttons and windows outlive what they are about, which areas need not know."""
    if isinstance(error, SwitchboardError):
        return error.sentence
    if isinstance(error, Collision):
        log.warning("%s %s stood in somebody's way", request.kind, request.name)
        return _(MET)
    log.warning("%s %s: what it is about is gone", request.kind, request.name, exc_info=error)
    days = request.services.settings.keep_mail_days
    return _(GONE_BY_AGE).format(count=days) if days else _(GONE)


async def needs(request: Request, rank: Rank) -> str:
    """Say who can do what this person may not."""
    async with request.services.database.read() as session:
        who = await permissions.who_can(session, rank, request.services.settings.admins)
    if not who:
        return _(NO_ADMIN)
    return _(NEEDS_ADMIN if rank == Rank.ADMIN else NEEDS_LEAD).format(who=who)


def _name(kind: str, body: Mapping[str, Any]) -> str:
    match kind:
        case "command":
            return str(body["command"])
        case "action":
            return str(body["actions"][0]["action_id"])
        case "view" | "view_closed":
            return str(body["view"]["callback_id"])
        case _:
            return str(body.get("callback_id") or body.get("action_id") or "")


def _trigger_id(kind: str, name: str, body: Mapping[str, Any]) -> str:
    """Give what makes this one deed: the same id is never dealt with twice."""
    route, view = TABLE.get((kind, name)), body.get("view") or {}
    if "trigger_id" in body and not (route and route.once):
        return str(body["trigger_id"])
    # view_closed and options come without a trigger, and each press of a window's button has another one.
    return f"{kind}:{view.get('id', '')}:{view.get('hash', '')}"


def unknown_person(user_id: str) -> Person:
    """Give somebody whom Slack did not name: from another company, so nobody who may act."""
    return Person(
        id=user_id, name="", email=None, title="", slack_zone="UTC", slack_language="en",
        is_bot=False, is_guest=False, is_stranger=True, is_gone=False,
    )  # fmt: skip


async def _say(request: Request, sentence: str) -> None:
    """Tell the person, and nobody else, where they are looking."""
    if request.kind == "command":
        await request.ack(text=sentence)
    elif request.kind == "view" and (field := _written_in(request)):
        # Another window in its place would take along what was written.
        await request.ack(response_action="errors", errors={field: sentence})
    elif request.kind == "view":
        await request.ack(
            response_action="update", view=blocks.modal("notice", "Switchboard", [notice(sentence)])
        )
    elif request.kind == "action" and request.channel_id:
        async with request.services.database.write() as session:
            await outbox.add(session, ephemeral(request, sentence))
    elif request.kind in ("action", "shortcut"):
        await request.open(blocks.modal("notice", "Switchboard", [notice(sentence)]))


def _written_in(request: Request) -> str | None:
    """Give the last text field of a window in which something stands."""
    fields = [one["block_id"] for one in request.body["view"]["blocks"] if _is_text(one)]
    return next((one for one in reversed(fields) if request.typed(one)), None)


def _is_text(block: blocks.Block) -> bool:
    return bool(block["type"] == "input" and block["element"]["type"] == "plain_text_input")


def notice(sentence: str) -> blocks.Block:
    """Give a sentence of ours as a block."""
    return blocks.section(blocks.escape(sentence))


def ephemeral(request: Request, text: str, shown: list[blocks.Block] | None = None) -> outbox.Draft:
    """Give a message that only whoever did this sees, where they did it."""
    message = request.body.get("message") or request.body.get("container") or {}
    payload: dict[str, Any] = {"channel": request.channel_id, "user": request.person.id, "text": text}
    thread_ts = message.get("thread_ts")
    # A card that has a thread names itself as its root: the words belong beside it, not into the thread.
    if thread_ts and thread_ts != message.get("ts"):
        payload["thread_ts"] = thread_ts
    if shown:
        payload["blocks"] = shown
    return outbox.Draft(
        key=f"say:{outbox.new_uid()}",
        kind="slack.ephemeral",
        lane=f"ephemeral:{request.channel_id}:{request.person.id}",
        payload=payload,
    )
