"""What people type becomes text and the rich text block that Slack's editor adds."""

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace import demo_world, kit
from bot.workspace.composing import rich_text, said
from bot.workspace.driver import Person


def _section(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": list(elements)}


def _text(text: str, **style: bool) -> dict[str, Any]:
    return {"type": "text", "text": text} | ({"style": style} if style else {})


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Hello", [_section(_text("Hello"))]),
        ("one\ntwo", [_section(_text("one\ntwo"))]),
        ("a *bold* and _*both*_", [_section(
            _text("a "), _text("bold", bold=True), _text(" and "), _text("both", italic=True, bold=True))]),
        ("`a*b*` ~gone~", [_section(_text("a*b*", code=True), _text(" "), _text("gone", strike=True))]),
        ("2*3*4 at 10:30:45 snake_case_name", [_section(_text("2*3*4 at 10:30:45 snake_case_name"))]),
        ("done :tada: :+1:", [_section(_text("done "), {"type": "emoji", "name": "tada"}, _text(" "),
                                       {"type": "emoji", "name": "+1"})]),
        ("<@U1> in <#C1|general> <!here>", [_section(
            {"type": "user", "user_id": "U1"}, _text(" in "), {"type": "channel", "channel_id": "C1"},
            _text(" "), {"type": "broadcast", "range": "here"})]),
        ("<https://a.example/?x=1&amp;y=2>", [_section(
            {"type": "link", "url": "https://a.example/?x=1&y=2"})]),
        ("1 &lt; 2 &amp; 3", [_section(_text("1 < 2 & 3"))]),
        ("&gt; quoted\nanswer", [{"type": "rich_text_quote", "elements": [_text("quoted")]},
                                 _section(_text("answer"))]),
        ("• one\n• two", [{"type": "rich_text_list", "style": "bullet", "indent": 0, "border": 0,
                           "elements": [_section(_text("one")), _section(_text("two"))]}]),
        ("```x = *1*```", [{"type": "rich_text_preformatted", "elements": [_text("x = *1*")]}]),
        ("look:\n```x```\nso", [_section(_text("look:")),
                                {"type": "rich_text_preformatted", "elements": [_text("x")]},
                                _section(_text("so"))]),
    ],
)  # fmt: skip
def test_it_says_the_same_in_rich_text(text: str, parts: list[dict[str, Any]]) -> None:
    block = rich_text(text)
    assert block == {"type": "rich_text", "elements": parts}
    kit.check_blocks([block], "message")


@pytest.mark.parametrize("text", ["*", "**", "``", "``````", "> ", "<>", ": :", "•", "_ _", "\n\n", "`" * 7])
def test_it_survives_what_means_nothing(text: str) -> None:
    for block in said(demo_world(), text).get("blocks", []):
        kit.check_blocks([block], "message")


async def test_it_gives_the_app_both_and_changes_both(
    nora: Person, client: AsyncWebClient, channel: Any
) -> None:
    await nora.goes_to("#general")
    await nora.says("*First*, @Tom")
    await nora.edits("First", "Second")
    found = await client.conversations_history(channel=channel("general"), limit=1)
    message = found["messages"][0]
    assert message["text"] == "Second"
    assert message["blocks"][0]["elements"] == [_section(_text("Second"))]
    assert message["blocks"][0]["block_id"]
