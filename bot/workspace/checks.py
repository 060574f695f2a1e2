"""Block Kit, checked block by block and element by element, with Slack's words for where it is wrong.

Limits: https://docs.slack.dev/reference/block-kit (blocks, elements, composition objects, views).
"""

from collections.abc import Callable, Iterable
from typing import Any

from bot.workspace.errors import ApiError

Json = dict[str, Any]

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
_TEXT_TYPES = ("plain_text", "mrkdwn")
_BUTTON_STYLES = ("primary", "danger")
_SELECTS = tuple(
    f"{many}{kind}_select"
    for many in ("", "multi_")
    for kind in ("static", "external", "users", "conversations", "channels")
)
_INPUTS = (
    "plain_text_input", "rich_text_input", "email_text_input", "url_text_input", "number_input", "checkboxes",
    "radio_buttons", "datepicker", "timepicker", "datetimepicker", "file_input", *_SELECTS,
)  # fmt: skip
_ACTIONS = ("button", "checkboxes", "radio_buttons", "datepicker", "timepicker", "datetimepicker", "overflow",
            "workflow_button", *_SELECTS)  # fmt: skip
_ACCESSORIES = (*_ACTIONS, "image")
_RICH_PARTS = {
    "rich_text_section": (), "rich_text_quote": (), "rich_text_preformatted": (), "rich_text_list": (),
}  # fmt: skip
_RICH_ELEMENTS = ("text", "link", "user", "usergroup", "channel", "emoji", "broadcast", "date", "color")


class _Problems:
    """Collects what is wrong, each with a JSON pointer to it."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, sentence: str, where: str) -> None:
        self.found.append(f"[ERROR] {sentence} [json-pointer:{where}]")

    def text(
        self, text: Any, where: str, most: int, types: Iterable[str] = _TEXT_TYPES, least: int = 1
    ) -> None:
        """Check a text object."""
        if not isinstance(text, dict):
            self.add("missing required field: text", where)
            return
        if text.get("type") not in tuple(types):
            self.add(f"must be one of: {', '.join(types)}", f"{where}/type")
        words = text.get("text")
        if not isinstance(words, str):
            self.add("missing required field: text", where)
        elif len(words) > most:
            self.add(f"must be less than {most + 1} characters", f"{where}/text")
        elif len(words) < least:
            self.add(f"must be more than {least - 1} characters", f"{where}/text")
        if text.get("type") == "plain_text" and "verbatim" in text:
            self.add("additional property: verbatim", where)

    def string(self, value: Any, where: str, most: int, *, required: bool = False) -> None:
        """Check a plain string."""
        if value is None:
            if required:
                self.add(f"missing required field: {where.rpartition('/')[2]}", where.rpartition("/")[0])
        elif not isinstance(value, str):
            self.add("must be a string", where)
        elif len(value) > most:
            self.add(f"must be less than {most + 1} characters", where)

    def size(self, value: Any, where: str, most: int, least: int = 1) -> list[Any]:
        """Check a list's length, and give it (empty when it is none)."""
        if not isinstance(value, list):
            self.add("must be an array", where)
            return []
        if len(value) > most:
            self.add(f"no more than {most} items allowed", where)
        if len(value) < least:
            self.add(f"no less than {least} items required", where)
        return value


def blocks(given: Any, surface: str) -> None:
    """Check the blocks of a message or view; `ApiError("invalid_blocks")` says everything that is wrong."""
    problems = _Problems()
    most = MESSAGE_BLOCKS if surface == "message" else VIEW_BLOCKS
    seen: set[str] = set()
    tables = 0
    if not isinstance(given, list):
        raise ApiError("invalid_blocks_format")
    for index, block in enumerate(problems.size(given, "/blocks", most, least=0)):
        where = f"/blocks/{index}"
        if not isinstance(block, dict) or block.get("type") not in _BLOCKS:
            problems.add(
                f"unsupported type: {block.get('type') if isinstance(block, dict) else block}",
                f"{where}/type",
            )
            continue
        problems.string(block.get("block_id"), f"{where}/block_id", 255)
        if (block_id := block.get("block_id")) and block_id in seen:
            problems.add(f"`block_id` {block_id} already exists", f"{where}/block_id")
        seen.add(block.get("block_id") or "")
        tables += block["type"] == "table"
        _BLOCKS[block["type"]](problems, block, where, surface)
    if tables > 1:
        problems.add("only one table block allowed", "/blocks")
    if problems.found:
        raise ApiError(
            "invalid_blocks", errors=problems.found, response_metadata={"messages": problems.found}
        )


def view(given: Any, kind: str | None = None) -> None:
    """Check a modal or Home view."""
    if (
        not isinstance(given, dict)
        or given.get("type") not in ("modal", "home")
        or (kind and given["type"] != kind)
    ):
        raise ApiError("invalid_arguments", response_metadata={"messages": ["[ERROR] unsupported view type"]})
    problems = _Problems()
    problems.string(given.get("private_metadata"), "/view/private_metadata", 3000)
    problems.string(given.get("callback_id"), "/view/callback_id", 255)
    if given["type"] == "modal":
        problems.text(given.get("title"), "/view/title", 24, ("plain_text",))
        for name in ("submit", "close"):
            if given.get(name) is not None:
                problems.text(given[name], f"/view/{name}", 24, ("plain_text",))
        has_input = any(
            isinstance(one, dict) and one.get("type") == "input" for one in given.get("blocks") or []
        )
        if has_input and not given.get("submit"):
            problems.add("must define `submit` to use an `input` block in modals", "/view")
    if problems.found:
        raise ApiError("invalid_arguments", response_metadata={"messages": problems.found})
    blocks(given.get("blocks"), given["type"])
    if len(str(given)) > 250_000:
        raise ApiError("view_too_large")


# ---- blocks -------------------------------------------------------------------------------------------


def _section(problems: _Problems, block: Json, where: str, surface: str) -> None:
    if "text" not in block and "fields" not in block:
        problems.add("missing required field: text or fields", where)
    if "text" in block:
        problems.text(block["text"], f"{where}/text", 3000)
    if "fields" in block:
        for index, one in enumerate(problems.size(block["fields"], f"{where}/fields", 10)):
            problems.text(one, f"{where}/fields/{index}", 2000)
    if "accessory" in block:
        _element(problems, block["accessory"], f"{where}/accessory", _ACCESSORIES, surface)


def _header(problems: _Problems, block: Json, where: str, _surface: str) -> None:
    problems.text(block.get("text"), f"{where}/text", 150, ("plain_text",))


def _context(problems: _Problems, block: Json, where: str, surface: str) -> None:
    for index, one in enumerate(problems.size(block.get("elements"), f"{where}/elements", 10)):
        at = f"{where}/elements/{index}"
        if isinstance(one, dict) and one.get("type") == "image":
            _element(problems, one, at, ("image",), surface)
        else:
            problems.text(one, at, 3000)


def _actions(problems: _Problems, block: Json, where: str, surface: str) -> None:
    seen: set[str] = set()
    for index, one in enumerate(problems.size(block.get("elements"), f"{where}/elements", 25)):
        _element(problems, one, f"{where}/elements/{index}", _ACTIONS, surface)
        action_id = one.get("action_id") if isinstance(one, dict) else None
        if action_id and action_id in seen:
            problems.add(f"`action_id` {action_id} already exists", f"{where}/elements/{index}/action_id")
        seen.add(action_id or "")


def _input(problems: _Problems, block: Json, where: str, surface: str) -> None:
    problems.text(block.get("label"), f"{where}/label", 2000, ("plain_text",))
    if block.get("hint") is not None:
        problems.text(block["hint"], f"{where}/hint", 2000, ("plain_text",))
    _element(problems, block.get("element"), f"{where}/element", _INPUTS, surface)


def _image(problems: _Problems, block: Json, where: str, _surface: str) -> None:
    if not ("image_url" in block or "slack_file" in block):
        problems.add("missing required field: image_url or slack_file", where)
    problems.string(block.get("image_url"), f"{where}/image_url", 3000)
    problems.string(block.get("alt_text"), f"{where}/alt_text", 2000, required=True)
    if "title" in block:
        problems.text(block["title"], f"{where}/title", 2000, ("plain_text",))


def _rich_text(problems: _Problems, block: Json, where: str, _surface: str) -> None:
    for index, part in enumerate(problems.size(block.get("elements"), f"{where}/elements", 1000)):
        at = f"{where}/elements/{index}"
        if not isinstance(part, dict) or part.get("type") not in _RICH_PARTS:
            problems.add("unsupported rich text element", f"{at}/type")
        elif part["type"] == "rich_text_list":
            if part.get("style") not in ("bullet", "ordered"):
                problems.add("must be one of: bullet, ordered", f"{at}/style")
            for number, item in enumerate(problems.size(part.get("elements"), f"{at}/elements", 1000)):
                _rich_section(problems, item, f"{at}/elements/{number}")
        else:
            _rich_section(problems, part, at)


def _rich_section(problems: _Problems, part: Any, where: str) -> None:
    if not isinstance(part, dict):
        problems.add("must be an object", where)
        return
    for index, one in enumerate(problems.size(part.get("elements"), f"{where}/elements", 2000, least=0)):
        at = f"{where}/elements/{index}"
        kind = one.get("type") if isinstance(one, dict) else None
        if kind not in _RICH_ELEMENTS:
            problems.add(f"unsupported type: {kind}", f"{at}/type")
        elif kind == "text" and not one.get("text"):
            problems.add("must be more than 0 characters", f"{at}/text")
        elif kind == "link" and not one.get("url"):
            problems.add("missing required field: url", at)


def _table(problems: _Problems, block: Json, where: str, _surface: str) -> None:
    for index, row in enumerate(problems.size(block.get("rows"), f"{where}/rows", 100)):
        problems.size(row, f"{where}/rows/{index}", 20)


def _markdown(problems: _Problems, block: Json, where: str, _surface: str) -> None:
    problems.string(block.get("text"), f"{where}/text", 12_000, required=True)


def _video(problems: _Problems, block: Json, where: str, _surface: str) -> None:
    for name in ("video_url", "thumbnail_url", "alt_text"):
        problems.string(block.get(name), f"{where}/{name}", 3000, required=True)
    problems.text(block.get("title"), f"{where}/title", 199, ("plain_text",))


def _nothing(_problems: _Problems, _block: Json, _where: str, _surface: str) -> None:
    return


_BLOCKS: dict[str, Callable[[_Problems, Json, str, str], None]] = {
    "section": _section, "header": _header, "context": _context, "actions": _actions, "input": _input,
    "image": _image, "rich_text": _rich_text, "table": _table, "markdown": _markdown, "video": _video,
    "divider": _nothing, "file": _nothing, "data_table": _nothing, "data_visualization": _nothing,
    "context_actions": _nothing,
}  # fmt: skip


# ---- elements -----------------------------------------------------------------------------------------


def _element(problems: _Problems, element: Any, where: str, allowed: Iterable[str], surface: str) -> None:
    if not isinstance(element, dict) or element.get("type") not in tuple(allowed):
        kind = element.get("type") if isinstance(element, dict) else element
        problems.add(f"unsupported type: {kind}", f"{where}/type")
        return
    kind = element["type"]
    problems.string(element.get("action_id"), f"{where}/action_id", 255)
    if "placeholder" in element:
        problems.text(element["placeholder"], f"{where}/placeholder", 150, ("plain_text",))
    if "confirm" in element:
        _confirm(problems, element["confirm"], f"{where}/confirm")
    _own_rules(problems, element, where, surface)


def _own_rules(problems: _Problems, element: Json, where: str, surface: str) -> None:
    kind = element["type"]
    if kind == "button":
        _button(problems, element, where)
    elif kind == "image":
        problems.string(element.get("alt_text"), f"{where}/alt_text", 2000, required=True)
    elif kind == "file_input" and surface != "modal":
        problems.add("file_input is only available in modals", where)
    elif kind in ("static_select", "multi_static_select"):
        _choices(problems, element, where, 100)
    elif kind in ("checkboxes", "radio_buttons"):
        _options(problems, element.get("options"), f"{where}/options", 10)
    elif kind == "overflow":
        _options(problems, element.get("options"), f"{where}/options", 5)
    elif kind == "plain_text_input":
        _text_input(problems, element, where)


def _button(problems: _Problems, element: Json, where: str) -> None:
    problems.text(element.get("text"), f"{where}/text", 75, ("plain_text",))
    problems.string(element.get("value"), f"{where}/value", 2000)
    problems.string(element.get("url"), f"{where}/url", 3000)
    problems.string(element.get("accessibility_label"), f"{where}/accessibility_label", 75)
    if element.get("style") is not None and element["style"] not in _BUTTON_STYLES:
        problems.add("must be one of: primary, danger", f"{where}/style")


def _confirm(problems: _Problems, confirm: Any, where: str) -> None:
    if not isinstance(confirm, dict):
        problems.add("must be an object", where)
        return
    for name, most in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
        problems.text(confirm.get(name), f"{where}/{name}", most)


def _choices(problems: _Problems, element: Json, where: str, most: int) -> None:
    if "option_groups" in element:
        for index, group in enumerate(problems.size(element["option_groups"], f"{where}/option_groups", 100)):
            problems.text(group.get("label"), f"{where}/option_groups/{index}/label", 75, ("plain_text",))
            _options(problems, group.get("options"), f"{where}/option_groups/{index}/options", most)
    else:
        _options(problems, element.get("options"), f"{where}/options", most)
        initial = element.get("initial_option")
        if initial is not None and initial not in (element.get("options") or []):
            problems.add("initial_option must match one of the options", f"{where}/initial_option")


def _options(problems: _Problems, options: Any, where: str, most: int) -> None:
    for index, option in enumerate(problems.size(options, where, most)):
        if not isinstance(option, dict):
            problems.add("must be an object", f"{where}/{index}")
            continue
        problems.text(option.get("text"), f"{where}/{index}/text", 75)
        problems.string(option.get("value"), f"{where}/{index}/value", 150, required=True)
        if option.get("description") is not None:
            problems.text(option["description"], f"{where}/{index}/description", 75)


def _text_input(problems: _Problems, element: Json, where: str) -> None:
    most, least = element.get("max_length"), element.get("min_length")
    if most is not None and not 1 <= most <= 3000:
        problems.add("must be between 1 and 3000", f"{where}/max_length")
    if least is not None and not 0 <= least <= 3000:
        problems.add("must be between 0 and 3000", f"{where}/min_length")
    problems.string(element.get("initial_value"), f"{where}/initial_value", most or 3000)
