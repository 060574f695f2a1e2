"""What an element holds: its value at first, what somebody chose, and the state of a whole view."""

from collections.abc import Callable
from typing import Any

from bot.workspace.errors import Refused
from bot.workspace.reading import elements
from bot.workspace.world import World

Json = dict[str, Any]

# An element's type -> the field of its state, and the field of its first value.
_PLAIN = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "radio_buttons": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "file_input": ("files", ""),
}  # fmt: skip
_MANY = ("selected_options", "selected_users", "selected_channels", "selected_conversations", "files")


def state_of(view: Json, typed: Json) -> Json:
    """Give the `state.values` of a view or message: what was typed, else what stood there at first."""
    values: Json = {}
    for one in elements(view):
        kind, element = one.element["type"], one.element
        if kind not in _PLAIN:
            continue
        block_id, action_id = one.block["block_id"], element.get("action_id", "")
        given = typed.get(block_id, {}).get(action_id)
        values.setdefault(block_id, {})[action_id] = given if given is not None else _first(element)
    return values


def _first(element: Json) -> Json:
    field, initial = _PLAIN[element["type"]]
    value = element.get(initial)
    if value is None and field in _MANY:
        value = []
    state = {"type": element["type"], field: value}
    if element["type"] == "timepicker" and element.get("timezone"):
        state["timezone"] = element["timezone"]
    return state


def is_filled(state: Json) -> bool:
    """Tell whether an element's state holds anything."""
    return any(
        value not in (None, "", []) for name, value in state.items() if name not in ("type", "timezone")
    )


def action_of(element: Json, choice: Any, world: World, offered: list[Json]) -> Json:
    """Give the state of an element after this choice, in words or ids; `Refused` when it does not offer that.

    `offered` are the options of an external menu.
    """
    kind = element["type"]
    if kind == "overflow":
        return {"type": kind, "selected_option": _option(element, choice, [])}
    if kind not in _PLAIN:
        raise Refused(f"There is nothing to choose in a {kind}.")
    field, _ = _PLAIN[kind]
    find = _finder(field, element, world, offered)
    if field in _MANY:
        choices = choice if isinstance(choice, list) else [choice]
        return {"type": kind, field: [find(one) for one in choices]}
    return {"type": kind, field: None if choice is None else find(choice)}


def _finder(field: str, element: Json, world: World, offered: list[Json]) -> Callable[[Any], Any]:
    if "option" in field:
        return lambda choice: _option(element, choice, offered)
    if "user" in field:
        return lambda choice: _user(world, choice)
    if "channel" in field or "conversation" in field:
        return lambda choice: _conversation(world, choice)
    if field == "selected_date_time":
        return int
    if field == "rich_text_value":
        return _rich_text
    return lambda choice: choice if field == "files" else str(choice)


def _option(element: Json, choice: Any, offered: list[Json]) -> Json:
    groups = element.get("option_groups") or []
    known = [
        *(element.get("options") or []),
        *(one for group in groups for one in group["options"]),
        *offered,
    ]
    for option in known:
        if choice in (option.get("value"), option["text"]["text"]):
            return dict(option)
    names = ", ".join(option["text"]["text"] for option in known)
    raise Refused(f"There is no choice {choice}; there are: {names}.")


def _user(world: World, choice: Any) -> str:
    for user in world.users.values():
        names = (user["id"], user["real_name"], user["profile"]["display_name"])
        if choice in names or user["real_name"].startswith(f"{choice} "):
            return str(user["id"])
    raise Refused(f"There is nobody called {choice}.")


def _conversation(world: World, choice: Any) -> str:
    name = str(choice).lstrip("#")
    for channel in world.channels.values():
        if name in (channel["id"], channel["name"]):
            return str(channel["id"])
    raise Refused(f"There is no channel {choice}.")


def _rich_text(choice: Any) -> Json:
    if isinstance(choice, dict):
        return choice
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": str(choice)}]}
    return {"type": "rich_text", "elements": [section]}
