"""What a person reads in a message or a view: its words, and the elements they can use.

Pure functions over Slack's shapes, for the driver and for the inspector's stories.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

_MENTION = re.compile(r"<([@#!])([^>|]+)(?:\|([^>]*))?>")
_LINK = re.compile(r"<((?:https?|mailto|tel):[^>|]+)(?:\|([^>]*))?>")
# What holds words, in the order people read a block.
_WORDY = (
    "title", "label", "text", "description", "subtitle", "fields", "columns", "rows", "hint", "alt_text",
    "elements", "element", "accessory", "placeholder", "options", "option_groups", "caption", "cells",
)  # fmt: skip


@dataclass(frozen=True)
class Element:
    """An interactive element, the block it stands in, and by which words people find it."""

    block: Json
    element: Json

    @property
    def names(self) -> tuple[str, ...]:
        """Give everything it may be called: its words, its block's label, its ids."""
        texts = (
            self.element.get("text"), self.element.get("placeholder"), self.block.get("label"),
            self.block.get("text") if self.block["type"] == "section" else None,
        )  # fmt: skip
        words = [str(one.get("text", "")) for one in texts if isinstance(one, dict)]
        ids = [str(self.element.get("action_id", "")), str(self.block.get("block_id", ""))]
        return tuple(plain(one) for one in [*words, *ids, self.element.get("accessibility_label", "")] if one)

    def is_called(self, name: str) -> bool:
        """Tell whether somebody would call it so: exactly, but for capitals, stars and emoji."""
        return _folded(name) in {_folded(one) for one in self.names}


def plain(text: str, names: dict[str, str] | None = None) -> str:
    """Give mrkdwn as it is read: entities undone, mentions as names, links as their words."""
    names = names or {}

    def mention(found: re.Match[str]) -> str:
        kind, what, words = found.groups()
        sign = "#" if kind == "#" else "@"
        return sign + (words or names.get(what) or what.partition("^")[0])

    text = _MENTION.sub(mention, text)
    text = _LINK.sub(lambda found: found.group(2) or found.group(1), text)
    return html.unescape(text)


def words(thing: Json, names: dict[str, str] | None = None) -> str:
    """Give all that can be read in a message or view, a line a piece. Blocks stand for a message's text."""
    pieces = list(_pieces(thing, names or {}))
    return "\n".join(one for one in pieces if one.strip())


def _pieces(thing: Json, names: dict[str, str]) -> Iterator[str]:
    for name in ("title", "submit", "close"):
        if isinstance(thing.get(name), dict):
            yield from _block(thing[name], names)
    if thing.get("blocks"):
        for block in thing["blocks"]:
            yield from _block(block, names)
    elif isinstance(thing.get("text"), str):
        yield plain(thing["text"], names)
    for attachment in thing.get("attachments") or []:
        yield from _pieces(attachment, names)
    for file in thing.get("files") or []:
        yield str(file.get("title") or file.get("name", ""))
    for reaction in thing.get("reactions") or []:
        yield f":{reaction['name']}:"


def _block(block: Any, names: dict[str, str]) -> Iterator[str]:
    if isinstance(block, str):
        yield plain(block, names)
    elif isinstance(block, list):
        for one in block:
            yield from _block(one, names)
    elif isinstance(block, dict):
        if str(block.get("type", "")).startswith("rich_text_") and block["type"] != "rich_text_list":
            yield "".join(_rich(one, names) for one in block.get("elements") or [])
            return
        for name in _WORDY:
            if name in block:
                yield from _block(block[name], names)
        if isinstance(block.get("initial_value"), str):
            yield block["initial_value"]


# Which field of a rich text element holds what it names, and the sign before it.
_NAMED = {"user": ("user_id", "@"), "channel": ("channel_id", "#"), "usergroup": ("usergroup_id", "@")}
_SAID = {"emoji": ":{name}:", "broadcast": "@{range}"}


def _rich(one: Json, names: dict[str, str]) -> str:
    kind = str(one.get("type"))
    if kind in _NAMED:
        field, sign = _NAMED[kind]
        return sign + names.get(str(one.get(field)), str(one.get(field)))
    if kind in _SAID:
        return _SAID[kind].format_map(one)
    return str(one.get("text") or one.get("url") or one.get("fallback") or one.get("timestamp", ""))


def elements(thing: Json) -> Iterator[Element]:
    """Give the interactive elements of a message or view, in the order they stand."""
    for block in thing.get("blocks") or []:
        found = [block.get("accessory"), block.get("element")]
        if block["type"] in ("actions", "context_actions"):
            found += block.get("elements") or []
        for element in found:
            if isinstance(element, dict) and element.get("type") not in (None, "image"):
                yield Element(block, element)
                for name in ("positive_button", "negative_button"):
                    if isinstance(element.get(name), dict):
                        yield Element(block, element | element[name] | {"type": element["type"]})


def _folded(text: str) -> str:
    return re.sub(r":[\w+\-]+:|[*_~`]|[^\w\s/#@.:,'’\-]", "", text).strip().rstrip(":.…").casefold()
