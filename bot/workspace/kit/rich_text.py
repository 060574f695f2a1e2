"""Rich text. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block."""

from typing import Any

from bot.workspace.kit.problems import Problems

Json = dict[str, Any]

_PARTS = ("rich_text_section", "rich_text_quote", "rich_text_preformatted", "rich_text_list")
# An inline element, and the field it cannot do without.
_NEEDED = {
    "text": "text", "link": "url", "user": "user_id", "usergroup": "usergroup_id", "channel": "channel_id",
    "emoji": "name", "broadcast": "range", "date": "timestamp", "color": "value", "team": "team_id",
}  # fmt: skip
_STYLES = ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink")
_MOST = 2000


def check_rich_text(problems: Problems, block: Any, where: str) -> None:
    """Check a rich text block or value."""
    if not isinstance(block, dict) or block.get("type") != "rich_text":
        problems.add("must be rich_text", f"{where}/type")
        return
    for index, part in enumerate(problems.items(block.get("elements"), f"{where}/elements", _MOST, least=0)):
        _part(problems, part, f"{where}/elements/{index}")


def _part(problems: Problems, part: Any, where: str) -> None:
    if not isinstance(part, dict) or part.get("type") not in _PARTS:
        kind = part.get("type") if isinstance(part, dict) else part
        problems.add(f"unsupported type: {kind}", f"{where}/type")
        return
    problems.choice(part.get("border"), f"{where}/border", (0, 1))
    if part["type"] == "rich_text_list":
        if part.get("style") not in ("bullet", "ordered"):
            problems.add("must be one of: bullet, ordered", f"{where}/style")
        problems.number(part.get("indent"), f"{where}/indent", 0, 8)
        for index, item in enumerate(problems.items(part.get("elements"), f"{where}/elements", _MOST)):
            at = f"{where}/elements/{index}"
            if not isinstance(item, dict) or item.get("type") not in ("rich_text_section", "rich_text_list"):
                problems.add("must be rich_text_section", f"{at}/type")
            else:
                _part(problems, item, at)
        return
    for index, one in enumerate(problems.items(part.get("elements"), f"{where}/elements", _MOST, least=0)):
        _inline(problems, one, f"{where}/elements/{index}")


def _inline(problems: Problems, one: Any, where: str) -> None:
    kind = one.get("type") if isinstance(one, dict) else None
    if kind not in _NEEDED:
        problems.add(f"unsupported type: {kind}", f"{where}/type")
        return
    needed = _NEEDED[kind]
    if one.get(needed) in (None, ""):
        sentence = (
            "must be more than 0 characters" if one.get(needed) == "" else f"missing required field: {needed}"
        )
        problems.add(sentence, f"{where}/{needed}" if one.get(needed) == "" else where)
    if kind == "broadcast":
        problems.choice(one.get("range"), f"{where}/range", ("here", "channel", "everyone"))
    if kind == "date":
        problems.string(one.get("format"), f"{where}/format", 255, required=True)
    style = one.get("style")
    if style is None:
        return
    if not isinstance(style, dict):
        problems.add("must be an object", f"{where}/style")
        return
    for name in style:
        if name not in _STYLES:
            problems.add(f"additional property: {name}", f"{where}/style")
