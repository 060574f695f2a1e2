"""Searching messages as people do in Slack: words, "a phrase", in:#channel, from:@somebody, -without."""

import json
import re
from collections.abc import Callable
from typing import Any

from bot.workspace.world import World

Json = dict[str, Any]
Fits = Callable[[Json, str], bool]

_TERM = re.compile(r'(-?)(?:(in|from):)?("[^"]*"|\S+)', re.IGNORECASE)


def found(world: World, person: str, query: str) -> list[tuple[str, Json]]:
    """Give the messages with their channel that fit, of those this person may see."""
    fits = [_fits(world, person, *term) for term in _TERM.findall(query)]
    return [
        (channel_id, message)
        for channel_id, messages in world.messages.items()
        if fits and channel_id in world.channels and world.may_see(channel_id, person)
        for message in messages
        if all(one(message, channel_id) for one in fits)
    ]


def _fits(world: World, person: str, sign: str, where: str, given: str) -> Fits:
    wanted, places, people = given.strip('"').casefold(), set[str](), set[str]()
    if where.casefold() == "in":
        places = _channels(world, person, wanted.lstrip("#"))
    elif where:
        people = {person} if wanted in ("me", "@me") else _people(world, wanted.lstrip("@"))

    def fits(message: Json, channel_id: str) -> bool:
        if where.casefold() == "in":
            right = channel_id in places
        else:
            right = message.get("user") in people if where else wanted in _words(message)
        return right != bool(sign)

    return fits


def _channels(world: World, person: str, wanted: str) -> set[str]:
    named = {one["id"] for one in world.channels.values() if wanted in (one["name"], one["id"].casefold())}
    partners = _people(world, wanted.lstrip("@"))
    with_them = {
        one["id"] for one in world.channels.values()
        if one["is_im"] and person in one["members"] and partners.intersection(set(one["members"]) - {person})
    }  # fmt: skip
    return named | with_them


def _people(world: World, wanted: str) -> set[str]:
    return {
        one["id"] for one in world.users.values()
        if wanted in (one["id"].casefold(), one["name"], one["real_name"].casefold(),
                      one["profile"]["display_name"].casefold())
    }  # fmt: skip


def _words(message: Json) -> str:
    return f"{message.get('text', '')} {json.dumps(message.get('blocks', ''), ensure_ascii=False)}".casefold()
