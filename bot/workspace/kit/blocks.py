"""Blocks, one by one. https://docs.slack.dev/reference/block-kit/blocks."""

from collections.abc import Callable
from typing import Any

from bot.workspace.kit import tables
from bot.workspace.kit.elements import (
    ACCESSORIES,
    ACTIONS,
    CONTEXT_ACTIONS,
    INPUTS,
    check_element,
    check_image,
)
from bot.workspace.kit.problems import PLAIN, Problems
from bot.workspace.kit.rich_text import check_rich_text

Json = dict[str, Any]

# Where a block may stand; what is not named here stands anywhere.
_ONLY = {
    "table": ("message",), "data_table": ("message",), "markdown": ("message",),
    "context_actions": ("message",),
    "task_card": ("message",), "plan": ("message",), "carousel": ("message",), "file": ("message",),
    "alert": ("modal", "message"),
}  # fmt: skip
_TASK_STATES = ("pending", "in_progress", "complete", "error")


def check_block(problems: Problems, block: Any, where: str) -> None:
    """Check a block."""
    kind = block.get("type") if isinstance(block, dict) else block
    if kind not in BLOCKS:
        problems.add(f"unsupported type: {kind}", f"{where}/type")
        return
    if problems.surface not in _ONLY.get(kind, (problems.surface,)):
        problems.add(f"unsupported type: {kind}", f"{where}/type")
        return
    problems.string(block.get("block_id"), f"{where}/block_id", 255)
    BLOCKS[kind](problems, block, where)


def _section(problems: Problems, block: Json, where: str) -> None:
    if block.get("text") is None and block.get("fields") is None:
        problems.add("missing required field: text or fields", where)
    problems.maybe_text(block, "text", where, 3000)
    if block.get("fields") is not None:
        for index, one in enumerate(problems.items(block["fields"], f"{where}/fields", 10)):
            problems.text(one, f"{where}/fields/{index}", 2000)
    if block.get("accessory") is not None:
        check_element(problems, block["accessory"], f"{where}/accessory", ACCESSORIES)


def _header(problems: Problems, block: Json, where: str) -> None:
    problems.text(block.get("text"), f"{where}/text", 150, PLAIN)
    problems.number(block.get("level"), f"{where}/level", 1, 4)


def _context(problems: Problems, block: Json, where: str) -> None:
    for index, one in enumerate(problems.items(block.get("elements"), f"{where}/elements", 10)):
        at = f"{where}/elements/{index}"
        if isinstance(one, dict) and one.get("type") == "image":
            check_image(problems, one, at)
        else:
            problems.text(one, at, 3000)


def _actions(problems: Problems, block: Json, where: str) -> None:
    seen: set[str] = set()
    for index, one in enumerate(problems.items(block.get("elements"), f"{where}/elements", 25)):
        at = f"{where}/elements/{index}"
        check_element(problems, one, at, ACTIONS)
        action_id = one.get("action_id") if isinstance(one, dict) else None
        if action_id and action_id in seen:
            problems.add(f"`action_id` {action_id} already exists", f"{at}/action_id")
        seen.add(str(action_id))


def _context_actions(problems: Problems, block: Json, where: str) -> None:
    for index, one in enumerate(problems.items(block.get("elements"), f"{where}/elements", 5)):
        check_element(problems, one, f"{where}/elements/{index}", CONTEXT_ACTIONS)


def _input(problems: Problems, block: Json, where: str) -> None:
    problems.text(block.get("label"), f"{where}/label", 2000, PLAIN)
    problems.maybe_text(block, "hint", where, 2000, PLAIN)
    check_element(problems, block.get("element"), f"{where}/element", INPUTS)
    for name in ("optional", "dispatch_action"):
        if not isinstance(block.get(name, False), bool):
            problems.add("must be a boolean", f"{where}/{name}")


def _image(problems: Problems, block: Json, where: str) -> None:
    check_image(problems, block, where)
    problems.maybe_text(block, "title", where, 2000, PLAIN)


def _rich_text(problems: Problems, block: Json, where: str) -> None:
    check_rich_text(problems, block, where)


def _markdown(problems: Problems, block: Json, where: str) -> None:
    problems.string(block.get("text"), f"{where}/text", 12_000, required=True)


def _video(problems: Problems, block: Json, where: str) -> None:
    for name in ("video_url", "thumbnail_url", "alt_text"):
        problems.string(block.get(name), f"{where}/{name}", 3000, required=True)
    problems.text(block.get("title"), f"{where}/title", 199, PLAIN)
    problems.string(block.get("author_name"), f"{where}/author_name", 49)
    problems.maybe_text(block, "description", where, 199, PLAIN)
    for name in ("video_url", "title_url"):
        if isinstance(block.get(name), str) and not block[name].startswith("https://"):
            problems.add("must be an https URL", f"{where}/{name}")


def _file(problems: Problems, block: Json, where: str) -> None:
    problems.string(block.get("external_id"), f"{where}/external_id", 255, required=True)
    if block.get("source") != "remote":
        problems.add("must be one of: remote", f"{where}/source")


def _task_card(problems: Problems, block: Json, where: str) -> None:
    problems.string(block.get("task_id"), f"{where}/task_id", 255, required=True)
    problems.string(block.get("title"), f"{where}/title", 256, required=True)
    if block.get("status") not in _TASK_STATES:
        problems.add(f"must be one of: {', '.join(_TASK_STATES)}", f"{where}/status")
    for name in ("details", "output"):
        if block.get(name) is not None:
            check_rich_text(problems, block[name], f"{where}/{name}")


def _plan(problems: Problems, block: Json, where: str) -> None:
    problems.string(block.get("title"), f"{where}/title", 256, required=True)
    for index, task in enumerate(problems.items(block.get("tasks", []), f"{where}/tasks", 50, least=0)):
        _task_card(problems, task, f"{where}/tasks/{index}")


def _alert(problems: Problems, block: Json, where: str) -> None:
    problems.text(block.get("text"), f"{where}/text", 3000)
    problems.choice(block.get("level"), f"{where}/level", ("default", "info", "warning", "error", "success"))


def _card(problems: Problems, block: Json, where: str) -> None:
    if not any(block.get(name) for name in ("hero_image", "title", "actions", "body")):
        problems.add("missing required field: hero_image, title, actions or body", where)
    for name, most in (("title", 150), ("subtitle", 150), ("body", 200)):
        problems.maybe_text(block, name, where, most)
    for name in ("hero_image", "icon"):
        if block.get(name) is not None:
            check_image(problems, block[name], f"{where}/{name}")
    for index, one in enumerate(block.get("actions") or []):
        check_element(problems, one, f"{where}/actions/{index}", ("button",))


def _carousel(problems: Problems, block: Json, where: str) -> None:
    for index, card in enumerate(problems.items(block.get("elements"), f"{where}/elements", 10)):
        if isinstance(card, dict) and card.get("type") == "card":
            _card(problems, card, f"{where}/elements/{index}")
        else:
            problems.add("must be a card", f"{where}/elements/{index}/type")


def _container(problems: Problems, block: Json, where: str) -> None:
    if block.get("title") is None and block.get("rich_text_title") is None:
        problems.add("missing required field: title or rich_text_title", where)
    problems.maybe_text(block, "title", where, 150, PLAIN)
    problems.maybe_text(block, "subtitle", where, 150)
    problems.choice(block.get("width"), f"{where}/width", ("narrow", "standard", "wide", "full"))
    for index, child in enumerate(problems.items(block.get("child_blocks"), f"{where}/child_blocks", 10)):
        check_block(problems, child, f"{where}/child_blocks/{index}")


def _divider(_problems: Problems, _block: Json, _where: str) -> None:
    return


BLOCKS: dict[str, Callable[[Problems, Json, str], None]] = {
    "section": _section, "header": _header, "context": _context, "actions": _actions, "input": _input,
    "image": _image, "rich_text": _rich_text, "markdown": _markdown, "video": _video, "divider": _divider,
    "file": _file, "table": tables.table, "data_table": tables.data_table,
    "data_visualization": tables.data_visualization, "context_actions": _context_actions,
    "task_card": _task_card, "plan": _plan, "alert": _alert, "card": _card, "carousel": _carousel,
    "container": _container,
}  # fmt: skip
