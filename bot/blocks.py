"""Slack's Block Kit as small pure functions that keep its limits.

Limits: https://docs.slack.dev/reference/block-kit/blocks. Text from outside goes through `escape` (mrkdwn) or
into plain_text and rich_text, so that it can neither mention nor link.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

Block = dict[str, Any]

SECTION_TEXT = 3000
MESSAGE_TEXT = 4000
BUTTON_TEXT = 75
BUTTON_VALUE = 2000
OPTION_TEXT = 75
HEADER_TEXT = 150
VIEW_TITLE = 24
INPUT_LENGTH = 3000
VIEW_BLOCKS = 100
# The name of messages that have served once a button in them is pressed.
HINT = "hint"


def clip(text: str, limit: int) -> str:
    """Cut `text` to `limit` characters, with an ellipsis where something was cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def escape(text: str) -> str:
    """Make text literal in mrkdwn: it can no longer mention or link (Slack's three control characters)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def when(instant: datetime, form: str = "{date_short_pretty} {time}") -> str:
    """Show an instant in each reader's own zone; UTC where Slack cannot."""
    return f"<!date^{int(instant.timestamp())}^{form}|{instant:%Y-%m-%d %H:%M} UTC>"


def mention(user_id: str) -> str:
    """Name a person so that Slack shows, and where it is new notifies, them."""
    return f"<@{user_id}>"


def permalink(workspace_url: str, channel_id: str, ts: str) -> str:
    """Give the address of a message; `workspace_url` as `auth.test` gives it, with its slash at the end."""
    return f"{workspace_url}archives/{channel_id}/p{ts.replace('.', '')}"


def plain(text: str, limit: int = 3000) -> Block:
    """Give a plain_text object; emoji codes in it stay text, for it may be a stranger's."""
    return {"type": "plain_text", "text": clip(text, limit) or " ", "emoji": False}


def label(text: str, limit: int) -> Block:
    """Give a plain_text object for words of our own."""
    return {"type": "plain_text", "text": clip(text, limit), "emoji": True}


def header(text: str) -> Block:
    """Give a heading."""
    return {"type": "header", "text": label(text, HEADER_TEXT)}


def _mrkdwn(text: str) -> Block:
    # Verbatim: otherwise Slack would link bare addresses and #names that a stranger wrote.
    return {"type": "mrkdwn", "text": clip(text, SECTION_TEXT), "verbatim": True}


def section(mrkdwn: str, *, accessory: Block | None = None) -> Block:
    """Give a paragraph of mrkdwn that is already escaped."""
    block: Block = {"type": "section", "text": _mrkdwn(mrkdwn)}
    if accessory:
        block["accessory"] = accessory
    return block


def context(*lines: str) -> Block:
    """Give small grey lines of mrkdwn (10 at most) that are already escaped."""
    return {"type": "context", "elements": [_mrkdwn(line) for line in lines[:10]]}


def divider() -> Block:
    """Give a line."""
    return {"type": "divider"}


def rich_text(elements: Sequence[Block]) -> Block:
    """Give a rich_text block: literal text that can neither mention nor link by itself."""
    return {"type": "rich_text", "elements": list(elements)}


def literal(text: str) -> Block:
    """Give text exactly as it is, in a frame."""
    frame = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text or " "}]}
    return rich_text([frame])


def quotation(text: str) -> Block:
    """Give text exactly as it is, as a quotation."""
    return rich_text([{"type": "rich_text_quote", "elements": [{"type": "text", "text": text or " "}]}])


def button(text: str, action_id: str, value: object, *, style: str | None = None) -> Block:
    """Give a button."""
    element: Block = {
        "type": "button",
        "action_id": action_id,
        "text": label(text, BUTTON_TEXT),
        "value": clip(str(value), BUTTON_VALUE),
    }
    if style:
        element["style"] = style
    return element


def actions(*elements: Block) -> Block:
    """Give a row of buttons (25 at most)."""
    return {"type": "actions", "elements": list(elements)}


def named(shown: Sequence[Block], name: str, about: str = "") -> list[Block]:
    """Name the blocks in which something can be pressed, so that a press tells in which message it was.

    What a block's id says already stays readable by `own_id`.
    """
    return [
        one | {"block_id": f"{name}|{about}|{one.get('block_id', number)}"}
        if one["type"] == "actions" or "accessory" in one
        else one
        for number, one in enumerate(shown)
    ]


def name_of(block_id: str) -> tuple[str, str]:
    """Read back which message a block stands in, and what that is about; ("", "") for one without a name."""
    parts = block_id.split("|")
    return (parts[0], parts[1]) if len(parts) == 3 else ("", "")


def own_id(block_id: str) -> str:
    """Give what a block's id says beside the message it stands in."""
    return block_id.rpartition("|")[2]


def option(text: str, value: str) -> Block:
    """Give one choice of a menu."""
    return {"text": plain(text, OPTION_TEXT), "value": value}


def field(
    title: str,
    block_id: str,
    element: Block,
    *,
    hint: str = "",
    optional: bool = False,
    action_id: str = "value",
) -> Block:
    """Give a labelled input; its value is found under `block_id`."""
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": label(title, 2000),
        "element": element | {"action_id": action_id},
        "optional": optional,
    }
    if hint:
        block["hint"] = label(hint, 2000)
    return block


def text_input(initial: str = "", *, multiline: bool = False, placeholder: str = "") -> Block:
    """Give a text field."""
    element: Block = {"type": "plain_text_input", "multiline": multiline}
    if initial:
        element["initial_value"] = clip(initial, INPUT_LENGTH)
    if placeholder:
        element["placeholder"] = label(placeholder, 150)
    return element


def menu(options: Iterable[Block], *, initial: Block | None = None, placeholder: str = "") -> Block:
    """Give a menu of up to 100 choices."""
    element: Block = {"type": "static_select", "options": list(options)[:100]}
    if initial:
        element["initial_option"] = initial
    if placeholder:
        element["placeholder"] = label(placeholder, 150)
    return element


def several(options: Iterable[Block], *, initial: Iterable[Block] = ()) -> Block:
    """Give a menu of up to 100 choices of which several may be taken."""
    element: Block = {"type": "multi_static_select", "options": list(options)[:100]}
    chosen = list(initial)
    if chosen:
        element["initial_options"] = chosen
    return element


def checkboxes(options: Iterable[Block], *, initial: Iterable[Block] = ()) -> Block:
    """Give up to 10 boxes to tick."""
    element: Block = {"type": "checkboxes", "options": list(options)[:10]}
    chosen = list(initial)
    if chosen:
        element["initial_options"] = chosen
    return element


def person_menu(initial: str | None = None) -> Block:
    """Give a menu of people."""
    return {"type": "users_select"} | ({"initial_user": initial} if initial else {})


def people_menu(initial: Iterable[str] = ()) -> Block:
    """Give a menu of which several people may be taken."""
    chosen = list(initial)
    return {"type": "multi_users_select"} | ({"initial_users": chosen} if chosen else {})


def channel_menu(initial: str | None = None) -> Block:
    """Give a menu of public channels."""
    return {"type": "channels_select"} | ({"initial_channel": initial} if initial else {})


def date_picker(initial: date | None = None) -> Block:
    """Give a field for a date."""
    return {"type": "datepicker"} | ({"initial_date": initial.isoformat()} if initial else {})


def time_picker(initial: time | None = None) -> Block:
    """Give a field for a wall time."""
    return {"type": "timepicker"} | ({"initial_time": f"{initial:%H:%M}"} if initial else {})


def table(rows: Sequence[Sequence[str]]) -> Block:
    """Give a table of literal text, its first row the heading (100 rows of 20 cells; one a message)."""
    cells = [
        [{"type": "raw_text", "text": clip(cell, 500) or " "} for cell in row[:20]] for row in rows[:100]
    ]
    return {"type": "table", "rows": cells}


def modal(
    callback_id: str,
    title: str,
    blocks: Sequence[Block],
    *,
    submit: str = "",
    close: str = "Close",
    metadata: str = "",
    notify_on_close: bool = False,
) -> Block:
    """Give a modal; the blocks past the hundredth are left off."""
    view: Block = {
        "type": "modal",
        "callback_id": callback_id,
        "title": label(title, VIEW_TITLE),
        "close": label(close, VIEW_TITLE),
        "blocks": list(blocks)[:VIEW_BLOCKS],
        "private_metadata": metadata,
        "notify_on_close": notify_on_close,
    }
    if submit:
        view["submit"] = label(submit, VIEW_TITLE)
    return view


_MENTION = re.compile(r"<@([A-Z0-9]+)")
_LINK = re.compile(r"<([^<>|\s]+)(?:\|([^<>]*))?>")


def mentioned(mrkdwn: str) -> list[str]:
    """Give the ids of the people a message from Slack mentions."""
    return _MENTION.findall(mrkdwn)


def unformat(mrkdwn: str, names: Mapping[str, str]) -> str:
    """Turn what somebody typed in Slack into plain text for the outside; `names` by user id."""

    def readable(found: re.Match[str]) -> str:
        target, label_text = found.group(1), found.group(2) or ""
        match target[0]:
            case "@":
                return f"@{label_text or names.get(target[1:], target[1:])}"
            case "#":
                return f"#{label_text or target[1:]}"
            case "!":
                return label_text or f"@{target[1:].split('^')[0]}"
        address = target.removeprefix("mailto:")
        return address if label_text in ("", address, target) else f"{label_text} ({address})"

    text = _LINK.sub(readable, mrkdwn)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
