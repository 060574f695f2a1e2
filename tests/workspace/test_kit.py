"""Block Kit: what Slack refuses is refused, with the place; what it takes is taken."""

from typing import Any

import pytest

from bot.workspace.errors import ApiError
from bot.workspace.kit import check_blocks, check_view

Json = dict[str, Any]


def plain(length: int = 4) -> Json:
    return {"type": "plain_text", "text": "x" * length}


def mrkdwn(length: int = 4) -> Json:
    return {"type": "mrkdwn", "text": "x" * length}


def button(**more: Any) -> Json:
    return {"type": "button", "action_id": "a", "text": plain(), **more}


def options(count: int, **more: Any) -> list[Json]:
    return [{"text": plain(), "value": str(number), **more} for number in range(count)]


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


def chart(**more: Any) -> Json:
    series = {"name": "Sold", "data": [{"label": "Mon", "value": 3}]}
    given = {"type": "bar", "series": [series], "axis_config": {"categories": ["Mon"]}} | more
    return {"type": "data_visualization", "title": "Sales", "chart": given}


def pie(count: int) -> Json:
    segments = [{"label": str(number), "value": 1} for number in range(count)]
    return {"type": "data_visualization", "title": "Sales", "chart": {"type": "pie", "segments": segments}}


def cell(text: str = "x") -> Json:
    return {"type": "raw_text", "text": text}


def data_table(rows: int, columns: int = 2, **more: Any) -> Json:
    filled = [[cell() for _ in range(columns)] for _ in range(rows)]
    return {"type": "data_table", "caption": "Stock", "rows": filled, **more}


GOOD: list[Json] = [
    {"type": "section", "text": mrkdwn(3000)}, {"type": "section", "fields": [mrkdwn(2000)] * 10},
    {"type": "header", "text": plain(150)}, {"type": "divider"},
    {"type": "context", "elements": [mrkdwn()] * 10},
    actions(*(button(action_id=str(one), value="x" * 2000) for one in range(25))),
    actions({"type": "overflow", "action_id": "o", "options": options(5)}),
    actions({"type": "static_select", "action_id": "s", "options": options(100)}),
    {"type": "image", "image_url": "https://a.example/b.png", "alt_text": "A pot"},
    rich({"type": "text", "text": "Hi", "style": {"bold": True}}, {"type": "user", "user_id": "U1"}),
    {"type": "markdown", "text": "x" * 12_000}, {"type": "table", "rows": [[cell()] * 20] * 100},
    data_table(101, 20), chart(), pie(6),
    {"type": "context_actions", "elements": [{
        "type": "feedback_buttons", "action_id": "f",
        "positive_button": {"text": plain(), "value": "1"}, "negative_button": {"text": plain(),
        "value": "0"},
    }]},
    {"type": "plan", "title": "Today", "tasks": [{"task_id": "1", "title": "Look", "status": "complete"}]},
    {"type": "card", "title": mrkdwn(150)}, {"type": "alert", "text": plain(), "level": "warning"},
]  # fmt: skip
BAD: list[tuple[Json, str]] = [
    ({"type": "marquee"}, "/blocks/0/type"), ({"type": "section"}, "/blocks/0"),
    ({"type": "section", "text": mrkdwn(3001)}, "/blocks/0/text/text"),
    ({"type": "section", "text": mrkdwn(0)}, "/blocks/0/text/text"),
    ({"type": "section", "fields": [mrkdwn()] * 11}, "/blocks/0/fields"),
    ({"type": "section", "fields": [mrkdwn(2001)]}, "/blocks/0/fields/0/text"),
    ({"type": "section", "text": {"type": "html", "text": "x"}}, "/blocks/0/text/type"),
    ({"type": "section", "text": mrkdwn() | {"emoji": True}}, "/blocks/0/text"),
    ({"type": "header", "text": plain(151)}, "/blocks/0/text/text"),
    ({"type": "header", "text": mrkdwn()}, "/blocks/0/text/type"),
    ({"type": "context", "elements": []}, "/blocks/0/elements"),
    ({"type": "context", "elements": [mrkdwn()] * 11}, "/blocks/0/elements"),
    (actions(button(text=plain(76))), "/blocks/0/elements/0/text/text"),
    (actions(button(text=mrkdwn())), "/blocks/0/elements/0/text/type"),
    (actions(button(value="x" * 2001)), "/blocks/0/elements/0/value"),
    (actions(button(style="loud")), "/blocks/0/elements/0/style"),
    (actions(button(action_id="x" * 256)), "/blocks/0/elements/0/action_id"),
    (actions(button(), button()), "/blocks/0/elements/1/action_id"),
    (actions(*(button(action_id=str(one)) for one in range(26))), "/blocks/0/elements"),
    (actions({"type": "slider"}), "/blocks/0/elements/0/type"),
    (actions({"type": "overflow", "options": options(6)}), "/blocks/0/elements/0/options"),
    (actions({"type": "static_select", "options": options(101)}), "/blocks/0/elements/0/options"),
    (actions({"type": "static_select"}), "/blocks/0/elements/0/options"),
    (actions({"type": "static_select", "options": options(1, value="x" * 151)}),
     "/blocks/0/elements/0/options/0/value"),
    (actions({"type": "static_select", "options": options(1), "initial_option": options(2)[1]}),
     "/blocks/0/elements/0/initial_option"),
    (actions({"type": "checkboxes", "options": options(11)}), "/blocks/0/elements/0/options"),
    (actions({"type": "datepicker", "initial_date": "24.12."}), "/blocks/0/elements/0/initial_date"),
    (actions({"type": "timepicker", "initial_time": "25:00"}), "/blocks/0/elements/0/initial_time"),
    (actions(button(confirm={"title": plain(101), "text": plain(), "confirm": plain(), "deny": plain()})),
     "/blocks/0/elements/0/confirm/title/text"),
    ({"type": "image", "image_url": "https://a.example/b.png"}, "/blocks/0"),
    (rich({"type": "text", "text": ""}), "/blocks/0/elements/0/elements/0/text"),
    (rich({"type": "blink"}), "/blocks/0/elements/0/elements/0/type"),
    (rich({"type": "text", "text": "x", "style": {"loud": True}}), "/blocks/0/elements/0/elements/0/style"),
    ({"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "roman", "elements": []}]},
     "/blocks/0/elements/0/style"),
    ({"type": "markdown", "text": "x" * 12_001}, "/blocks/0/text"),
    ({"type": "table", "rows": [[cell()]] * 101}, "/blocks/0/rows"),
    ({"type": "table", "rows": [[cell()] * 21]}, "/blocks/0/rows/0"),
    ({"type": "table", "rows": [[cell("x" * 10_001)]]}, "/blocks/0/rows"),
    (data_table(1), "/blocks/0/rows"), (data_table(102), "/blocks/0/rows"),
    (data_table(2, page_size=101), "/blocks/0/page_size"), (data_table(2, caption=None), "/blocks/0"),
    (data_table(2) | {"rows": [[rich()], [cell()]]}, "/blocks/0/rows/0/0/type"),
    (data_table(2) | {"rows": [[cell()], [cell(), cell()]]}, "/blocks/0/rows/1"),
    (pie(7), "/blocks/0/chart/segments"), (chart(type="radar"), "/blocks/0/chart/type"),
    (chart(axis_config={"categories": ["Tue"]}), "/blocks/0/chart/series/0/data"),
    (chart(series=[]), "/blocks/0/chart/series"), (chart() | {"title": "x" * 51}, "/blocks/0/title"),
    ({"type": "video", "title": plain(), "video_url": "http://a", "thumbnail_url": "x", "alt_text": "x"},
     "/blocks/0/video_url"),
    ({"type": "plan", "title": "Today", "tasks": [{"task_id": "1", "title": "x", "status": "soon"}]},
     "/blocks/0/tasks/0/status"),
    ({"type": "input", "label": plain(), "element": {"type": "file_input"}}, "/blocks/0/element"),
]  # fmt: skip


@pytest.mark.parametrize("block", GOOD, ids=lambda one: one["type"])
def test_it_takes(block: Json) -> None:
    check_blocks([block], "message")


@pytest.mark.parametrize(("block", "where"), BAD, ids=[where for _, where in BAD])
def test_it_refuses_and_says_where(block: Json, where: str) -> None:
    with pytest.raises(ApiError) as refused:
        check_blocks([block], "message")
    assert refused.value.code == "invalid_blocks"
    found = refused.value.more["response_metadata"]["messages"]
    assert any(one.endswith(f"[json-pointer:{where}]") for one in found), found


@pytest.mark.parametrize(
    "blocks",
    [
        [{"type": "divider"}] * 51,
        [{"type": "divider", "block_id": "same"}] * 2,
        [{"type": "table", "rows": [[cell()]]}] * 2,
        [pie(1)] * 3,
        [{"type": "markdown", "text": "x" * 7000}] * 2,
    ],
    ids=["too many", "same id", "two tables", "three charts", "much markdown"],
)
def test_it_refuses_what_is_too_much_together(blocks: list[Json]) -> None:
    with pytest.raises(ApiError, match="invalid_blocks"):
        check_blocks(blocks, "message")


def modal(**more: Any) -> Json:
    return {"type": "modal", "title": plain(), "blocks": [{"type": "divider"}], **more}


@pytest.mark.parametrize(
    ("view", "where"),
    [
        (modal(title=plain(25)), "/view/title/text"),
        (modal(private_metadata="x" * 3001), "/view/private_metadata"),
        (modal(callback_id="x" * 256), "/view/callback_id"),
        (modal(blocks=[{"type": "divider"}] * 101), "/view/blocks"),
        (modal(blocks=[{"type": "markdown", "text": "x"}]), "/view/blocks/0/type"),
        (modal(blocks=[{"type": "input", "label": plain(), "element": {"type": "datepicker"}}]), "/view"),
        ({"type": "home", "blocks": []}, "/view/type"),
    ],
)
def test_it_refuses_a_modal_and_says_where(view: Json, where: str) -> None:
    with pytest.raises(ApiError, match="invalid_arguments") as refused:
        check_view(view, "modal")
    found = refused.value.more["response_metadata"]["messages"]
    assert any(one.endswith(f"[json-pointer:{where}]") for one in found), found


def test_it_takes_a_modal_of_a_hundred_blocks() -> None:
    check_view(modal(blocks=[{"type": "divider"}] * 100, submit=plain(24)), "modal")
