"""Slack's events, on their way from the inbox to whoever hears them."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks
from bot.people import absence, permissions, roster
from bot.people import store as people
from bot.people.absence import Status
from bot.people.model import Person
from bot.people.roster import Heard
from bot.services import Services
from bot.storage.triggers import Trigger
from bot.words import speaking
from handlers import letters, talk
from handlers.guard import unknown_person
from handlers.routes import TABLE, Request, event


async def arrived(services: Services, body: bytes, trigger: Trigger) -> None:
    """Hand a stored event to its route; our own messages and those of other bots go no further."""
    envelope = json.loads(body)
    happened = envelope["event"]
    route = TABLE.get(("event", happened["type"]))
    user_id = _user_id(happened)
    if route is None or user_id in ("", services.bot_user_id) or happened.get("bot_id"):
        return
    async with services.database.read() as session:
        person = await people.get(session, user_id) or unknown_person(user_id)
        standing = await permissions.standing(session, person, services.settings.admins)
    with speaking(person.language):
        await route.handler(Request("event", happened["type"], envelope, person, services, trigger, standing))


def _user_id(happened: dict[str, Any]) -> str:
    user = happened.get("user", "")
    return str(user.get("id", "") if isinstance(user, dict) else user)


@event("message")
async def message(request: Request) -> None:
    """Hear what somebody wrote: in a conversation's thread it stays inside, a DM gets an answer."""
    said = request.body["event"]
    if said.get("subtype") not in (None, "file_share", "thread_broadcast"):
        return
    if said.get("channel_type") == "im":
        await talk.heard(request, said)
    elif said.get("thread_ts") and said["thread_ts"] != said["ts"]:
        await _typed_in_thread(request, said)


async def _typed_in_thread(request: Request, said: dict[str, Any]) -> None:
    async with request.transaction() as session:
        everybody = await people.names(session, blocks.mentioned(said.get("text", "")))
        await letters.typed(
            session,
            channel_id=said["channel"],
            thread_ts=said["thread_ts"],
            ts=said["ts"],
            author=request.person,
            text=blocks.unformat(said.get("text", ""), everybody),
            now=request.services.clock.now(),
        )


@event("app_mention")
async def app_mention(request: Request) -> None:
    """Answer somebody who mentions the bot."""
    await talk.heard(request, request.body["event"])


Joined = Callable[[Request, AsyncSession, Person], Awaitable[None]]
JOINED: dict[str, Joined] = {}


def joined(area: str) -> Callable[[Joined], Joined]:
    """Let a function hear, in the same transaction, of everybody who joins the workspace."""

    def register(function: Joined) -> Joined:
        if area in JOINED:
            raise ValueError(f"{area} hears twice of who joins")
        JOINED[area] = function
        return function

    return register


@event("team_join")
@event("user_change")
async def user_change(request: Request) -> None:
    """Keep what is known of a person up to date: name, zone, status, and whether they are still there."""
    user = request.body["event"]["user"]
    # Slack leaves the language out now and then; what is known of it stays.
    user = {"locale": request.person.slack_language, **user}
    async with request.transaction() as session:
        await roster.keep(session, [heard(user, request.services.team_id)], request.services.clock.now())
        if request.name == "team_join":
            person = await session.get_one(Person, user["id"])
            for function in JOINED.values():
                await function(request, session, person)


@event("dnd_updated_user")
async def dnd_updated_user(request: Request) -> None:
    """Note until when somebody does not want to be disturbed."""
    rest, now = request.body["event"]["dnd_status"], request.services.clock.now()
    start, end = _instant(rest.get("next_dnd_start_ts")), _instant(rest.get("next_dnd_end_ts"))
    resting = rest.get("dnd_enabled") and start and end and start <= now < end
    async with request.transaction() as session:
        person = await people.get(session, request.person.id)
        if person is not None:
            await absence.follow_quiet(session, person, end if resting else None, now)


def _instant(timestamp: Any) -> datetime | None:
    return datetime.fromtimestamp(timestamp, UTC) if timestamp else None


def heard(user: dict[str, Any], team_id: str) -> Heard:
    """Read a person as Slack describes one (https://docs.slack.dev/reference/objects/user-object)."""
    profile = user.get("profile", {})
    until = _instant(profile.get("status_expiration"))
    status = Status(profile.get("status_emoji") or "", profile.get("status_text") or "", until)
    return Heard(_person(user, profile, team_id), status)


def _person(user: dict[str, Any], profile: dict[str, Any], team_id: str) -> Person:
    name = profile.get("display_name") or profile.get("real_name") or user.get("real_name") or user["name"]
    return Person(
        id=user["id"],
        name=name,
        email=profile.get("email"),
        title=profile.get("title") or "",
        slack_zone=user.get("tz") or "UTC",
        slack_language=(user.get("locale") or "en")[:2].lower(),
        is_bot=bool(user.get("is_bot")) or user["id"] == "USLACKBOT",
        is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        is_stranger=bool(user.get("is_stranger")) or user.get("team_id", team_id) != team_id,
        is_gone=bool(user.get("deleted")),
    )
