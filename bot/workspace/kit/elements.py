"""Block elements, one by one. https://docs.slack.dev/reference/block-kit/block-elements."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from bot.workspace.kit.problems import PLAIN, Problems
from bot.workspace.kit.rich_text import check_rich_text

Json = dict[str, Any]

SELECTS = tuple(
    f"{many}{kind}_select"
    for many in ("", "multi_")
    for kind in ("static", "external", "users", "conversations", "channels")
)
PICKERS = ("datepicker", "timepicker", "datetimepicker")
CHOICES = ("checkboxes", "radio_buttons")
TYPED = ("plain_text_input", "rich_text_input", "email_text_input", "url_text_input", "number_input")
INPUTS = (*TYPED, *CHOICES, *PICKERS, "file_input", *SELECTS)
ACTIONS = (
    "button",
    *CHOICES,
    *PICKERS,
    "overflow",
    "workflow_button",
    "rich_text_input",
    "plain_text_input",
    *SELECTS,
)
ACCESSORIES = ("button", *CHOICES, *PICKERS, "overflow", "workflow_button", "image", *SELECTS)
CONTEXT_ACTIONS = ("feedback_buttons", "icon_button")

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def check_element(problems: Problems, element: Any, where: str, allowed: Iterable[str]) -> None:
    """Check an element that must be one of these types."""
    if not isinstance(element, dict):
        problems.add("missing required field: element", where)
        return
    kind = element.get("type")
    if kind not in tuple(allowed):
        problems.add(f"unsupported type: {kind}", f"{where}/type")
        return
    problems.string(element.get("action_id"), f"{where}/action_id", 255)
    problems.maybe_text(element, "placeholder", where, 150, PLAIN)
    if element.get("confirm") is not None:
        check_confirm(problems, element["confirm"], f"{where}/confirm")
    if not isinstance(element.get("focus_on_load", False), bool):
        problems.add("must be a boolean", f"{where}/focus_on_load")
    _RULES[str(kind)](problems, element, where)


def check_confirm(problems: Problems, confirm: Any, where: str) -> None:
    """Check a confirmation dialog."""
    if not isinstance(confirm, dict):
        problems.add("must be an object", where)
        return
    problems.text(confirm.get("title"), f"{where}/title", 100, PLAIN)
    problems.text(confirm.get("text"), f"{where}/text", 300)
    for name in ("confirm", "deny"):
        problems.text(confirm.get(name), f"{where}/{name}", 30, PLAIN)
    problems.choice(confirm.get("style"), f"{where}/style", ("primary", "danger"))


def check_image(problems: Problems, element: Json, where: str) -> None:
    """Check where a picture comes from, and what it says to who does not see it."""
    if not ("image_url" in element or "slack_file" in element):
        problems.add("missing required field: image_url or slack_file", where)
    problems.string(element.get("image_url"), f"{where}/image_url", 3000)
    problems.string(element.get("alt_text"), f"{where}/alt_text", 2000, required=True)


def check_options(problems: Problems, options: Any, where: str, most: int) -> list[Any]:
    """Check a list of options, and give those that are objects."""
    good = []
    for index, option in enumerate(problems.items(options, where, most)):
        at = f"{where}/{index}"
        if not isinstance(option, dict):
            problems.add("must be an object", at)
            continue
        problems.text(option.get("text"), f"{at}/text", 75)
        problems.string(option.get("value"), f"{at}/value", 150, required=True)
        problems.maybe_text(option, "description", at, 75)
        problems.string(option.get("url"), f"{at}/url", 3000)
        good.append(option)
    return good


def _button(problems: Problems, element: Json, where: str) -> None:
    problems.text(element.get("text"), f"{where}/text", 75, PLAIN)
    problems.string(element.get("value"), f"{where}/value", 2000)
    problems.string(element.get("url"), f"{where}/url", 3000)
    problems.string(element.get("accessibility_label"), f"{where}/accessibility_label", 75)
    problems.choice(element.get("style"), f"{where}/style", ("primary", "danger"))


def _workflow_button(problems: Problems, element: Json, where: str) -> None:
    _button(problems, element, where)
    trigger = (element.get("workflow") or {}).get("trigger") or {}
    if not trigger.get("url"):
        problems.add("missing required field: url", f"{where}/workflow/trigger")


def _static(problems: Problems, element: Json, where: str) -> None:
    offered: list[Any] = []
    if "option_groups" in element:
        if "options" in element:
            problems.add("only one of options, option_groups allowed", where)
        groups = problems.items(element["option_groups"], f"{where}/option_groups", 100)
        for index, group in enumerate(groups):
            at = f"{where}/option_groups/{index}"
            if not isinstance(group, dict):
                problems.add("must be an object", at)
                continue
            problems.text(group.get("label"), f"{at}/label", 75, PLAIN)
            offered += check_options(problems, group.get("options"), f"{at}/options", 100)
    else:
        offered = check_options(problems, element.get("options"), f"{where}/options", 100)
    _initial(problems, element, where, offered)
    _many(problems, element, where)


def _initial(problems: Problems, element: Json, where: str, offered: list[Any]) -> None:
    """Hold that what is chosen at first is offered."""
    known = [
        (one.get("value"), (one.get("text") or {}).get("text"))
        for one in offered
        if isinstance(one.get("text"), dict)
    ]
    chosen = [("initial_option", element["initial_option"])] if element.get("initial_option") else []
    chosen += [("initial_options", one) for one in element.get("initial_options") or []]
    for name, option in chosen:
        mark = (
            (option.get("value"), (option.get("text") or {}).get("text"))
            if isinstance(option, dict)
            else None
        )
        if mark not in known:
            problems.add(f"{name} must match one of the options", f"{where}/{name}")


def _many(problems: Problems, element: Json, where: str) -> None:
    if element["type"].startswith("multi_"):
        problems.number(element.get("max_selected_items"), f"{where}/max_selected_items", 1, 1000)


def _external(problems: Problems, element: Json, where: str) -> None:
    problems.number(element.get("min_query_length"), f"{where}/min_query_length", 0, 3000)
    _many(problems, element, where)


def _conversations(problems: Problems, element: Json, where: str) -> None:
    kinds = (element.get("filter") or {}).get("include")
    if kinds is not None:
        for index, kind in enumerate(problems.items(kinds, f"{where}/filter/include", 4)):
            problems.choice(kind, f"{where}/filter/include/{index}", ("im", "mpim", "private", "public"))
    if element.get("response_url_enabled") and problems.surface != "modal":
        problems.add("response_url_enabled is only available in modals", f"{where}/response_url_enabled")
    _many(problems, element, where)


def _few(most: int) -> Callable[[Problems, Json, str], None]:
    def rule(problems: Problems, element: Json, where: str) -> None:
        offered = check_options(problems, element.get("options"), f"{where}/options", most)
        _initial(problems, element, where, offered)

    return rule


def _text_input(problems: Problems, element: Json, where: str) -> None:
    most, least = element.get("max_length"), element.get("min_length")
    problems.number(most, f"{where}/max_length", 1, 3000)
    problems.number(least, f"{where}/min_length", 0, 3000)
    if isinstance(most, int) and isinstance(least, int) and least > most:
        problems.add("min_length must not be greater than max_length", f"{where}/min_length")
    problems.string(
        element.get("initial_value"), f"{where}/initial_value", most if isinstance(most, int) else 3000
    )


def _number_input(problems: Problems, element: Json, where: str) -> None:
    if not isinstance(element.get("is_decimal_allowed"), bool):
        problems.add("missing required field: is_decimal_allowed", where)
    for name in ("min_value", "max_value", "initial_value"):
        problems.string(element.get(name), f"{where}/{name}", 255)


def _rich_text_input(problems: Problems, element: Json, where: str) -> None:
    if element.get("initial_value") is not None:
        check_rich_text(problems, element["initial_value"], f"{where}/initial_value")


def _file_input(problems: Problems, element: Json, where: str) -> None:
    if problems.surface != "modal":
        problems.add("file_input is only available in modals", where)
    problems.number(element.get("max_files"), f"{where}/max_files", 1, 10)


def _date(problems: Problems, element: Json, where: str) -> None:
    given = element.get("initial_date")
    if given is not None and not _DATE.fullmatch(str(given)):
        problems.add("must match YYYY-MM-DD", f"{where}/initial_date")


def _time(problems: Problems, element: Json, where: str) -> None:
    given = element.get("initial_time")
    if given is not None and not _TIME.fullmatch(str(given)):
        problems.add("must match HH:mm", f"{where}/initial_time")


def _instant(problems: Problems, element: Json, where: str) -> None:
    problems.number(
        element.get("initial_date_time"), f"{where}/initial_date_time", 1_000_000_000, 9_999_999_999
    )


def _feedback(problems: Problems, element: Json, where: str) -> None:
    for name in ("positive_button", "negative_button"):
        button = element.get(name)
        if not isinstance(button, dict):
            problems.add(f"missing required field: {name}", where)
            continue
        problems.text(button.get("text"), f"{where}/{name}/text", 75, PLAIN)
        problems.string(button.get("value"), f"{where}/{name}/value", 2000, required=True)
        problems.string(button.get("accessibility_label"), f"{where}/{name}/accessibility_label", 75)


def _icon_button(problems: Problems, element: Json, where: str) -> None:
    problems.string(element.get("icon"), f"{where}/icon", 255, required=True)
    problems.text(element.get("text"), f"{where}/text", 75, PLAIN)
    problems.string(element.get("value"), f"{where}/value", 2000)


def _nothing(_problems: Problems, _element: Json, _where: str) -> None:
    return


_RULES: dict[str, Callable[[Problems, Json, str], None]] = {
    "button": _button, "workflow_button": _workflow_button, "image": check_image, "overflow": _few(5),
    "checkboxes": _few(10), "radio_buttons": _few(10), "static_select": _static,
    "multi_static_select": _static, "external_select": _external, "multi_external_select": _external,
    "users_select": _nothing, "multi_users_select": _many, "conversations_select": _conversations,
    "multi_conversations_select": _conversations, "channels_select": _conversations,
    "multi_channels_select": _many, "plain_text_input": _text_input, "rich_text_input": _rich_text_input,
    "email_text_input": _nothing, "url_text_input": _nothing, "number_input": _number_input,
    "file_input": _file_input, "datepicker": _date, "timepicker": _time, "datetimepicker": _instant,
    "feedback_buttons": _feedback, "icon_button": _icon_button,
}  # fmt: skip
