"""Messages, modals and Homes as wholes, and what people type into inputs.

https://docs.slack.dev/reference/block-kit and https://docs.slack.dev/reference/views
"""

import json
import re
from collections import Counter
from typing import Any

from bot.workspace.errors import ApiError
from bot.workspace.kit.blocks import check_block
from bot.workspace.kit.elements import check_options as check_each_option
from bot.workspace.kit.problems import PLAIN, Problems

Json = dict[str, Any]

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
LARGEST_VIEW = 250_000
MOST_MARKDOWN = 12_000
# How many of a kind one message may have.
_AT_MOST = {"table": 1, "data_table": 1, "data_visualization": 2}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_URL = re.compile(r"https?://\S+")


def check_blocks(given: Any, surface: str) -> None:
    """Check the blocks of a message or view; `ApiError("invalid_blocks")` says everything that is wrong."""
    if not isinstance(given, list):
        raise ApiError("invalid_blocks_format")
    problems = Problems(surface)
    most = MESSAGE_BLOCKS if surface == "message" else VIEW_BLOCKS
    seen: set[str] = set()
    for index, block in enumerate(problems.items(given, "/blocks", most, least=0)):
        check_block(problems, block, f"/blocks/{index}")
        block_id = block.get("block_id") if isinstance(block, dict) else None
        if isinstance(block_id, str) and block_id in seen:
            problems.add(f"`block_id` {block_id} already exists", f"/blocks/{index}/block_id")
        seen.add(str(block_id))
    _together(problems, [one for one in given if isinstance(one, dict)])
    if problems.found:
        raise ApiError(
            "invalid_blocks", errors=problems.found, response_metadata={"messages": problems.found}
        )


def _together(problems: Problems, blocks: list[Json]) -> None:
    """Check what holds for all the blocks together."""
    counts = Counter(str(one.get("type")) for one in blocks)
    for kind, most in _AT_MOST.items():
        if counts[kind] > most:
            problems.add(f"only {most} {kind} block{'s' if most > 1 else ''} allowed", "/blocks")
    written = sum(
        len(one["text"])
        for one in blocks
        if one.get("type") == "markdown" and isinstance(one.get("text"), str)
    )
    if written > MOST_MARKDOWN:
        problems.add(
            f"markdown blocks must have less than {MOST_MARKDOWN + 1} characters together", "/blocks"
        )
    focused = sum(
        1 for one in blocks if isinstance(one.get("element"), dict) and one["element"].get("focus_on_load")
    )
    if focused > 1:
        problems.add("only one element can have focus_on_load", "/blocks")


def check_view(given: Any, kind: str) -> None:
    """Check a modal or Home view."""
    if not isinstance(given, dict) or given.get("type") != kind:
        found = given.get("type") if isinstance(given, dict) else None
        _refuse([f"[ERROR] must be {kind}, not {found} [json-pointer:/view/type]"])
        return
    problems = Problems(kind)
    problems.string(given.get("private_metadata"), "/view/private_metadata", 3000)
    problems.string(given.get("callback_id"), "/view/callback_id", 255)
    problems.string(given.get("external_id"), "/view/external_id", 255)
    if kind == "modal":
        problems.text(given.get("title"), "/view/title", 24, PLAIN)
        for name in ("submit", "close"):
            problems.maybe_text(given, name, "/view", 24, PLAIN)
        blocks = given.get("blocks") or []
        if not given.get("submit") and any(
            isinstance(one, dict) and one.get("type") == "input" for one in blocks
        ):
            problems.add("must define `submit` to use an `input` block in modals", "/view")
    if not isinstance(given.get("blocks"), list):
        problems.add("missing required field: blocks", "/view")
    if problems.found:
        _refuse(problems.found)
    try:
        check_blocks(given.get("blocks"), kind)
    except ApiError as error:
        _refuse(
            [one.replace("[json-pointer:/", "[json-pointer:/view/") for one in error.more.get("errors", [])]
        )
    if len(json.dumps(given)) > LARGEST_VIEW:
        raise ApiError("view_too_large")


def _refuse(found: list[str]) -> None:
    raise ApiError("invalid_arguments", response_metadata={"messages": found})


def check_options(options: Any) -> None:
    """Check what the app offers in an external menu."""
    problems = Problems("message")
    if options:
        check_each_option(problems, options, "/options", 100)
    if problems.found:
        _refuse(problems.found)


def typed_wrong(element: Json, state: Json) -> str | None:
    """Say what Slack itself says of an email, address or number that is none."""
    value = str(state.get("value") or "")
    match element["type"]:
        case "email_text_input" if not _EMAIL.fullmatch(value):
            return "Please enter a valid email address."
        case "url_text_input" if not _URL.fullmatch(value):
            return "Please enter a valid URL."
        case "number_input":
            return _number_wrong(element, value)
        case _:
            return None


def _number_wrong(element: Json, value: str) -> str | None:
    try:
        number = float(value)
    except ValueError:
        return "Please enter a number."
    if not element.get("is_decimal_allowed") and not number.is_integer():
        return "Please enter a whole number."
    least, most = element.get("min_value"), element.get("max_value")
    if least is not None and number < float(least):
        return f"Please enter a number of at least {least}."
    if most is not None and number > float(most):
        return f"Please enter a number of at most {most}."
    return None
