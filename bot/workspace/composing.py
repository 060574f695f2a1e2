"""What people type, as Slack keeps it: text with its marks, and the rich text block that its editor adds."""

import html
import re
from typing import Any

from bot.workspace.world import World

Json = dict[str, Any]

_URL = re.compile(r"\bhttps?://[^\s<>|]+")
_PERSON = re.compile(r"(?<![\w@])@(\w(?:[\w.\-]*\w)?)")
_CHANNEL = re.compile(r"(?<![\w#&])#([\w][\w\-]*)")

_FENCE = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
_QUOTE, _BULLET, _NUMBER = re.compile(r"&gt; ?"), re.compile(r"• "), re.compile(r"\d{1,3}\. ")
_STYLES = {"*": "bold", "_": "italic", "~": "strike"}
_INLINE = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|<(?P<mark>[^<>\n]+)>"
    r"|(?<![\w:]):(?P<emoji>[+\-]1|(?=[\w+\-]*[a-z])[\w+\-]+):"
    r"|(?<!\w)(?P<sign>[*_~])(?=\S)(?P<styled>[^\n]*?\S)(?P=sign)(?!\w)"
)


def said(world: World, text: str) -> Json:
    """Give the `text` of a message that somebody typed, and its `blocks` if there is any."""
    kept = typed(world, text)
    return {"text": kept, "blocks": [rich_text(kept)]} if kept.strip() else {"text": kept}


def typed(world: World, text: str) -> str:
    """Turn what somebody typed into what Slack stores: escaped, with mentions and links marked."""
    marks = {name: f"<!{name}>" for name in ("here", "channel", "everyone")}
    marks |= {one["handle"]: f"<!subteam^{one['id']}>" for one in world.usergroups.values()}
    for user in world.users.values():
        marks |= dict.fromkeys((user["name"], user["profile"]["display_name"]), f"<@{user['id']}>")
    channels = {one["name"]: one["id"] for one in world.channels.values() if one["name"]}
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = re.sub(r"&lt;(@U\w+|#C\w+(?:\|[\w\-]+)?|https?://[^\s<>]+?)&gt;", r"<\1>", text)
    marked = _URL.sub(lambda found: f"<{found.group()}>", text) if "<http" not in text else text
    marked = _PERSON.sub(lambda found: marks.get(found.group(1), found.group()), marked)
    return _CHANNEL.sub(
        lambda found: (
            f"<#{channels[found.group(1)]}|{found.group(1)}>" if found.group(1) in channels else found.group()
        ),
        marked,
    )


def rich_text(text: str) -> Json:
    """Give the block that says the same as this stored text."""
    parts: list[Json] = []
    for index, piece in enumerate(_FENCE.split(text)):
        if index % 2:
            code = [{"type": "text", "text": html.unescape(piece)}] if piece else []
            parts.append({"type": "rich_text_preformatted", "elements": code})
        else:
            parts += _lines(piece.strip("\n") if parts or index else piece.rstrip("\n"))
    return {"type": "rich_text", "elements": parts}


def _lines(text: str) -> list[Json]:
    parts: list[Json] = []
    for line in text.split("\n") if text else []:
        for kind, start in (("quote", _QUOTE), ("bullet", _BULLET), ("ordered", _NUMBER), ("section", None)):
            begun = start.match(line) if start else None
            if start is None or begun:
                _add(parts, kind, _inline(line[begun.end() if begun else 0 :], {}))
                break
    return [{name: value for name, value in one.items() if name != "kind"} for one in parts]


def _add(parts: list[Json], kind: str, words: list[Json]) -> None:
    """Put a line to what stands before it, if that is of its kind."""
    same = bool(parts) and parts[-1]["kind"] == kind
    if kind in ("bullet", "ordered"):
        if not same:
            parts.append(
                {
                    "kind": kind,
                    "type": "rich_text_list",
                    "style": kind,
                    "indent": 0,
                    "border": 0,
                    "elements": [],
                }
            )
        parts[-1]["elements"].append({"type": "rich_text_section", "elements": words})
    elif same:
        parts[-1]["elements"] = _joined([*parts[-1]["elements"], {"type": "text", "text": "\n"}, *words])
    else:
        parts.append({"kind": kind, "type": f"rich_text_{kind}", "elements": words})


def _joined(words: list[Json]) -> list[Json]:
    """Make one of texts that follow each other in the same style."""
    joined: list[Json] = []
    for one in words:
        before = joined[-1] if joined else {}
        if one["type"] == before.get("type") == "text" and one.get("style") == before.get("style"):
            joined[-1] = before | {"text": before["text"] + one["text"]}
        else:
            joined.append(one)
    return joined


def _inline(text: str, style: dict[str, bool]) -> list[Json]:
    found, at = [], 0
    more: Json = {"style": style} if style else {}
    for match in _INLINE.finditer(text):
        if match.start() > at:
            found.append({"type": "text", "text": html.unescape(text[at : match.start()]), **more})
        at = match.end()
        if match["code"]:
            code = {"style": style | {"code": True}}
            found.append({"type": "text", "text": html.unescape(match["code"]), **code})
        elif match["mark"]:
            found.append(_mark(match["mark"]) | more)
        elif match["emoji"]:
            found.append({"type": "emoji", "name": match["emoji"], **more})
        else:
            found += _inline(match["styled"], style | {_STYLES[match["sign"]]: True})
    if at < len(text):
        found.append({"type": "text", "text": html.unescape(text[at:]), **more})
    return _joined(found)


def _mark(mark: str) -> Json:
    what, _, words = mark.partition("|")
    if what.startswith("@"):
        return {"type": "user", "user_id": what[1:]}
    if what.startswith("#"):
        return {"type": "channel", "channel_id": what[1:]}
    if what.startswith("!subteam^"):
        return {"type": "usergroup", "usergroup_id": what.removeprefix("!subteam^")}
    if what.startswith("!"):
        return {"type": "broadcast", "range": what[1:]}
    return {"type": "link", "url": html.unescape(what)} | ({"text": html.unescape(words)} if words else {})
