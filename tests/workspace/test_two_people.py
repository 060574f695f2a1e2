"""What is one person's is seen by nobody else: the faults of other simulators, each with two people."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace import Workspace
from bot.workspace.driver import Person, Refusal, Slack

Json = dict[str, Any]
TITLE = {"type": "plain_text", "text": "A note"}
INPUT = {
    "type": "input", "block_id": "words", "label": {"type": "plain_text", "text": "Your note"},
    "element": {"type": "plain_text_input", "action_id": "typed"},
}  # fmt: skip
MODAL = {"type": "modal", "callback_id": "note", "title": TITLE, "submit": TITLE, "blocks": [INPUT]}
BUTTON = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}, "value": "1"}
CARD = [{"type": "actions", "block_id": "buttons", "elements": [BUTTON]}]


def _opens_a_modal(app: AsyncApp) -> None:
    @app.command("/note")
    async def note(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)
        await ack()


async def test_it_opens_a_modal_for_one_person_only(app: AsyncApp, nora: Person, tom: Person) -> None:
    _opens_a_modal(app)
    await nora.goes_to("#general")
    await tom.goes_to("#general")
    await nora.runs("/note")
    await nora.sees("Your note")
    await tom.does_not_see("Your note")


async def test_it_lets_nobody_submit_the_modal_of_another(
    app: AsyncApp, slack: Slack, nora: Person, tom: Person
) -> None:
    _opens_a_modal(app)
    await nora.goes_to("#general")
    await nora.runs("/note")
    view_id = (await slack.get("views", as_=await nora.id()))["stack"][0]["id"]

    with pytest.raises(Refusal, match="no longer open"):
        await slack.post("submit", as_=await tom.id(), view_id=view_id, values={})


async def test_it_keeps_what_each_typed_apart_and_through_an_update(
    app: AsyncApp, client: AsyncWebClient, slack: Slack, nora: Person, tom: Person
) -> None:
    _opens_a_modal(app)
    for one, words in ((nora, "Straw"), (tom, "Boxes")):
        await one.goes_to("#general")
        await one.runs("/note")
        await one.fills("Your note", words)
    view = (await slack.get("views", as_=await nora.id()))["stack"][0]

    await client.views_update(
        view_id=view["id"], view=MODAL | {"title": {"type": "plain_text", "text": "Longer"}}
    )

    await nora.sees("Longer")
    assert _typed(await slack.get("views", as_=await nora.id())) == "Straw"
    assert _typed(await slack.get("views", as_=await tom.id())) == "Boxes"


def _typed(views: Json) -> str:
    return str(views["stack"][0]["values"]["words"]["typed"]["value"])


async def test_it_shows_an_ephemeral_to_one_person_only(
    client: AsyncWebClient, channel: Callable[[str], str], nora: Person, tom: Person
) -> None:
    await client.chat_postEphemeral(channel=channel("general"), user=await nora.id(), text="Between us")
    await nora.goes_to("#general")
    await tom.goes_to("#general")
    await nora.sees("Between us")
    await tom.does_not_see("Between us")


async def test_it_lets_nobody_press_in_the_ephemeral_of_another(
    client: AsyncWebClient,
    app: AsyncApp,
    channel: Callable[[str], str],
    slack: Slack,
    nora: Person,
    tom: Person,
) -> None:
    assert app
    shown = await client.chat_postEphemeral(
        channel=channel("general"), user=await nora.id(), text="Between us", blocks=CARD
    )
    where = {"channel": channel("general"), "ts": shown["message_ts"]}
    with pytest.raises(Refusal, match="not found"):
        await slack.post("act", as_=await tom.id(), action={"action_id": "go", "type": "button"}, **where)


async def test_it_gives_each_their_own_home(client: AsyncWebClient, nora: Person, tom: Person) -> None:
    for one, words in ((nora, "Nora's desk"), (tom, "Tom's desk")):
        blocks = [{"type": "header", "text": {"type": "plain_text", "text": words}}]
        await client.views_publish(user_id=await one.id(), view={"type": "home", "blocks": blocks})
    await nora.goes_to("home")
    await tom.goes_to("home")
    await nora.sees("Nora's desk")
    await nora.does_not_see("Tom's desk")
    await tom.sees("Tom's desk")


async def test_it_hides_private_channels_and_dms_from_others(
    workspace: Workspace, slack: Slack, nora: Person, tom: Person
) -> None:
    await nora.goes_to("@Switchboard")
    await nora.says("Only for you, bot")
    made = (await slack.post("create_channel", as_=await nora.id(), name="nora-only", is_private=True))[
        "channel"
    ]
    await nora.goes_to("#nora-only")
    await nora.says("Only for me")

    for words in ("Only for you, bot", "Only for me"):
        found = await slack.get("search", as_=await tom.id(), query=words)
        assert found["messages"] == []
    with pytest.raises(Refusal, match="no such channel"):
        await slack.get("messages", as_=await tom.id(), channel=made)
    assert made in workspace.world.channels


async def test_it_searches_as_people_do_in_slack(slack: Slack, nora: Person, tom: Person) -> None:
    await nora.goes_to("#general")
    await nora.says("The blue glaze is here")
    await nora.goes_to("#suppliers")
    await nora.says("Which glaze is blue?")
    await tom.goes_to("#general")
    await tom.says("Glaze, at last")
    await tom.goes_to("@Nora")
    await tom.says("Only us: glaze")

    async def finds(query: str) -> list[str]:
        found = (await slack.get("search", as_=await nora.id(), query=query))["messages"]
        return [one["text"] for one in reversed(found)]

    assert await finds("glaze blue") == ["The blue glaze is here", "Which glaze is blue?"]
    assert await finds('"blue glaze"') == ["The blue glaze is here"]
    assert await finds("glaze in:#general") == ["The blue glaze is here", "Glaze, at last"]
    assert await finds("glaze from:@Tom") == ["Glaze, at last", "Only us: glaze"]
    assert await finds("glaze from:me -in:general") == ["Which glaze is blue?"]
    assert await finds("glaze in:@Tom") == ["Only us: glaze"]
    assert await finds("glaze from:@nobody") == []
    assert await finds("") == []


async def test_it_lets_an_admin_delete_a_channel_for_everybody(
    slack: Slack, nora: Person, tom: Person, channel: Callable[[str], str]
) -> None:
    suppliers = channel("suppliers")
    await tom.goes_to("#suppliers")
    await tom.says("Gone soon")
    with pytest.raises(Refusal, match="Only an admin"):
        await slack.post("channel", as_=await tom.id(), channel=suppliers, deleted=True)
    await slack.post("snapshot", name="before")
    await slack.post("channel", as_=await nora.id(), channel=suppliers, deleted=True)

    for person in (nora, tom):
        shown = await slack.get("state", as_=await person.id())
        assert "suppliers" not in [one["name"] for one in shown["channels"]]
    assert (await slack.get("search", as_=await tom.id(), query="Gone soon"))["messages"] == []
    with pytest.raises(Refusal, match="no such channel"):
        await slack.get("messages", as_=await tom.id(), channel=suppliers)
    await slack.post("restore", name="before")
    await tom.sees("Gone soon")


async def test_it_keeps_metadata_for_who_asks_and_through_an_edit(
    client: AsyncWebClient, channel: Callable[[str], str], nora: Person
) -> None:
    metadata = {"event_type": "card", "event_payload": {"outbox": "42"}}
    general = channel("general")
    ts = (await client.chat_postMessage(channel=general, text="A card", metadata=metadata))["ts"]
    await client.chat_update(channel=general, ts=ts, text="The card, changed")
    await nora.goes_to("#general")
    await nora.reacts("eyes", on="The card, changed")

    every = await client.conversations_history(channel=general, include_all_metadata=True)
    plain = await client.conversations_history(channel=general)
    assert every["messages"][0]["metadata"] == metadata
    assert "metadata" not in plain["messages"][0]


async def test_it_refuses_blocks_that_slack_refuses_and_says_where(
    client: AsyncWebClient, channel: Callable[[str], str], nora: Person
) -> None:
    await nora.goes_to("#general")
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=channel("general"), text="x", blocks=[{"type": "marquee"}])
    assert refused.value.response["error"] == "invalid_blocks"
    assert "/blocks/0/type" in refused.value.response["response_metadata"]["messages"][0]
    assert "x" not in await nora.reads()


@pytest.mark.parametrize(
    ("token", "error"),
    [("xoxb-wrong", "invalid_auth"), ("", "not_authed"), ("app", "not_allowed_token_type")],
)
async def test_it_refuses_wrong_tokens(workspace: Workspace, token: str, error: str) -> None:
    client = AsyncWebClient(
        token=workspace.app_token if token == "app" else token, base_url=f"{workspace.url}/api/"
    )
    with pytest.raises(SlackApiError) as refused:
        await client.auth_test()
    assert refused.value.response["error"] == error


async def test_it_counts_what_is_unread_for_each(
    client: AsyncWebClient, channel: Callable[[str], str], slack: Slack, nora: Person, tom: Person
) -> None:
    general = channel("general")
    ts = (await client.chat_postMessage(channel=general, text=f"<@{await nora.id()}> please look"))["ts"]
    await slack.post("read", as_=await tom.id(), channel=general, ts=ts)

    assert await _unread(slack, nora, general) == (1, 1)
    assert await _unread(slack, tom, general) == (0, 0)


async def _unread(slack: Slack, one: Person, channel_id: str) -> tuple[int, int]:
    channels = (await slack.get("state", as_=await one.id()))["channels"]
    found = next(each for each in channels if each["id"] == channel_id)
    return found["unread"], found["mentions"]


@pytest.mark.parametrize("name", ["Ola", "Ingrid"])
async def test_it_refuses_guests_and_strangers_what_slack_refuses_them(
    app: AsyncApp, slack: Slack, person: Callable[[str], Person], name: str
) -> None:
    assert app
    outsider = person(name)
    mine = next(
        one for one in (await slack.get("state", as_=await outsider.id()))["channels"] if not one["is_im"]
    )
    await outsider.goes_to(f"#{mine['name']}")
    await outsider.says("I may write here")

    for refused in (outsider.runs("/note"), outsider.goes_to("home"), outsider.picks("New note")):
        with pytest.raises(Refusal, match="Guests and people of other companies"):
            await refused
    with pytest.raises(AssertionError, match="sees no channel"):
        await outsider.goes_to("#general")
