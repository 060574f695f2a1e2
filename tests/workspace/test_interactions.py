"""Commands, buttons, menus and modals, as a person and a Bolt app have them."""

from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace import Workspace, views
from bot.workspace.driver import Person, Refusal, Slack
from tests.patience import until

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def field(block_id: str, label: str, element: Json, **more: Any) -> Json:
    element = {"action_id": "it", **element}
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element, **more}


def modal(*blocks: Json, title: str = "A note", **more: Any) -> Json:
    given = {"type": "modal", "callback_id": "note", "title": plain(title), "submit": plain("Keep")}
    return given | {"blocks": list(blocks)} | more


WORDS = field("words", "Your note", {"type": "plain_text_input"})


def opens(app: AsyncApp, view: Json) -> None:
    @app.command("/note")
    async def note(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=view)
        await ack()


async def test_it_shows_a_commands_answer_to_one_person_unless_told_otherwise(
    app: AsyncApp, nora: Person, tom: Person
) -> None:
    @app.command("/note")
    async def note(ack: AsyncAck, command: Json) -> None:
        kind = "in_channel" if command["text"] == "aloud" else None
        await ack(text=f"Noted: {command['text']}", response_type=kind)

    await nora.goes_to("#general")
    await tom.goes_to("#general")
    await nora.runs("/note quietly")
    await nora.sees("Noted: quietly")
    await tom.does_not_see("Noted: quietly")
    await nora.runs("/note aloud")
    await tom.sees("Noted: aloud")


async def test_it_shows_errors_of_a_modal_and_lets_it_through_when_mended(
    app: AsyncApp, nora: Person
) -> None:
    opens(app, modal(WORDS))

    @app.view("note")
    async def keep(ack: AsyncAck, view: Json) -> None:
        if view["state"]["values"]["words"]["it"]["value"] == "no":
            await ack(response_action="errors", errors={"words": "Please say more."})
        else:
            await ack()

    await nora.goes_to("#general")
    await nora.runs("/note")
    assert await nora.submits() == {"Your note": "Please complete this required field."}
    await nora.fills("Your note", "no")
    assert await nora.submits() == {"Your note": "Please say more."}
    await nora.fills("Your note", "Order straw")
    assert await nora.submits() == {}
    with pytest.raises(AssertionError, match="no modal"):
        await nora.submits()


async def test_it_updates_pushes_and_clears_modals(app: AsyncApp, slack: Slack, nora: Person) -> None:
    opens(app, modal(WORDS))
    answers = iter([
        {"response_action": "update", "view": modal(WORDS, title="Second")},
        {"response_action": "push", "view": modal(title="Third")},
        {"response_action": "clear"},
    ])  # fmt: skip

    @app.view("note")
    async def keep(ack: AsyncAck) -> None:
        await ack(**next(answers))

    async def titles() -> list[str]:
        stack = (await slack.get("views", as_=await nora.id()))["stack"]
        return [one["title"]["text"] for one in stack]

    await nora.goes_to("#general")
    await nora.runs("/note")
    await nora.fills("Your note", "Straw")
    for expected in (["Second"], ["Second", "Third"], []):
        await nora.submits()
        assert await titles() == expected


async def test_it_tells_of_a_closed_modal_when_asked_to(app: AsyncApp, nora: Person) -> None:
    opens(app, modal(WORDS, notify_on_close=True))
    closed: list[Json] = []

    @app.view_closed("note")
    async def gone(ack: AsyncAck, body: Json) -> None:
        closed.append(body)
        await ack()

    await nora.goes_to("#general")
    await nora.runs("/note")
    await nora.closes()
    assert [one["is_cleared"] for one in closed] == [False]


async def test_it_chooses_from_every_kind_of_menu(
    app: AsyncApp, nora: Person, channel: Callable[[str], str]
) -> None:
    option = [{"text": plain(one), "value": one.lower()} for one in ("Straw", "Boxes")]
    kinds: dict[str, tuple[Json, Any, Any]] = {
        "Text": ({"type": "plain_text_input"}, "Hi", "Hi"),
        "Email": ({"type": "email_text_input"}, "a@b.example", "a@b.example"),
        "Number": ({"type": "number_input", "is_decimal_allowed": False}, 7, "7"),
        "Day": ({"type": "datepicker"}, "2026-12-24", "2026-12-24"),
        "Time": ({"type": "timepicker"}, "09:30", "09:30"),
        "One": ({"type": "static_select", "options": option}, "Straw", option[0]),
        "Some": ({"type": "multi_static_select", "options": option}, ["Straw", "boxes"], option),
        "Radio": ({"type": "radio_buttons", "options": option}, "Boxes", option[1]),
        "Boxes": ({"type": "checkboxes", "options": option}, ["Straw"], option[:1]),
        "Who": ({"type": "users_select"}, "Tom", await nora.id()),
        "Where": ({"type": "conversations_select"}, "#general", channel("general")),
        "Rich": ({"type": "rich_text_input"}, "Words", None),
        "Else": ({"type": "external_select"}, "Found", {"text": plain("Found"), "value": "f"}),
    }  # fmt: skip
    opens(app, modal(*(field(name, name, element) for name, (element, _, _) in kinds.items())))
    submitted: list[Json] = []

    @app.options("it")
    async def offer(ack: AsyncAck, body: Json) -> None:
        await ack(options=[{"text": plain(body["value"]), "value": "f"}])

    @app.view("note")
    async def keep(ack: AsyncAck, view: Json) -> None:
        submitted.append(view["state"]["values"])
        await ack()

    await nora.goes_to("#general")
    await nora.runs("/note")
    for name, (_, choice, _) in kinds.items():
        await nora.fills(name, "Nora" if name == "Who" else choice)
    assert await nora.submits() == {}
    held = {name: next(v for k, v in one["it"].items() if k != "type") for name, one in submitted[0].items()}
    for name, (_, _, expected) in kinds.items():
        assert held[name] == expected or name == "Rich", name
    assert held["Rich"]["elements"][0]["elements"][0]["text"] == "Words"


async def test_it_says_what_a_menu_offers_instead(app: AsyncApp, nora: Person) -> None:
    option = [{"text": plain("Straw"), "value": "straw"}]
    opens(app, modal(field("what", "What", {"type": "static_select", "options": option})))
    await nora.goes_to("#general")
    await nora.runs("/note")
    with pytest.raises(Refusal, match="There is no choice Gold; there are: Straw"):
        await nora.fills("What", "Gold")


@pytest.mark.parametrize(
    ("element", "value", "sentence"),
    [
        ({"type": "email_text_input"}, "nobody", "valid email"),
        ({"type": "url_text_input"}, "nowhere", "valid URL"),
        ({"type": "number_input", "is_decimal_allowed": False}, "1.5", "whole number"),
        ({"type": "number_input", "is_decimal_allowed": True, "max_value": "3"}, "4", "at most 3"),
        ({"type": "plain_text_input", "min_length": 5}, "Hi", "5 to 3000"),
    ],
)
async def test_it_refuses_what_slack_itself_refuses_in_an_input(
    app: AsyncApp, nora: Person, element: Json, value: str, sentence: str
) -> None:
    opens(app, modal(field("it", "It", element)))
    await nora.goes_to("#general")
    await nora.runs("/note")
    await nora.fills("It", value)
    assert sentence in (await nora.submits())["It"]


async def test_it_answers_a_button_five_times_and_no_more(
    app: AsyncApp, client: AsyncWebClient, channel: Callable[[str], str], nora: Person
) -> None:
    answered: list[int] = []

    @app.action("go")
    async def go(ack: AsyncAck, body: Json) -> None:
        await ack()
        async with aiohttp.ClientSession() as session:
            for number in range(6):
                answer = {"text": f"Answer {number}", "replace_original": False}
                async with session.post(body["response_url"], json=answer) as given:
                    answered.append(given.status)

    button = {"type": "button", "action_id": "go", "text": plain("Go")}
    await client.chat_postMessage(
        channel=channel("general"), text="Card", blocks=[{"type": "actions", "elements": [button]}]
    )
    await nora.goes_to("#general")
    await nora.presses("Go")
    await until(lambda: len(answered) == 6)
    assert answered == [200] * 5 + [404]
    await nora.sees("Answer 4")


async def test_it_replaces_and_deletes_the_original(
    app: AsyncApp, client: AsyncWebClient, channel: Callable[[str], str], nora: Person
) -> None:
    @app.action("change")
    async def change(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await respond("Changed", replace_original=True)

    @app.action("remove")
    async def remove(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await respond(delete_original=True)

    for name in ("change", "remove"):
        button = {"type": "button", "action_id": name, "text": plain(name)}
        await client.chat_postEphemeral(
            channel=channel("general"), user=await nora.id(), text=name,
            blocks=[{"type": "actions", "elements": [button]}],
        )  # fmt: skip
    await nora.goes_to("#general")
    await nora.presses("change")
    await nora.sees("Changed")
    await nora.presses("remove")
    await nora.does_not_see("remove")


async def test_it_lets_a_trigger_open_one_modal_within_three_seconds(
    app: AsyncApp, client: AsyncWebClient, nora: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    triggers: list[str] = []

    @app.command("/note")
    async def note(ack: AsyncAck, body: Json) -> None:
        triggers.append(body["trigger_id"])
        await ack()

    async def error(trigger: str) -> str:
        with pytest.raises(SlackApiError) as refused:
            await client.views_open(trigger_id=trigger, view=modal(WORDS))
        return str(refused.value.response["error"])

    await nora.goes_to("#general")
    await nora.runs("/note")
    await client.views_open(trigger_id=triggers[0], view=modal(WORDS))
    assert await error(triggers[0]) == "exchanged_trigger_id"
    assert await error("1.2.3") == "invalid_trigger_id"
    await nora.closes()
    await nora.runs("/note")
    monkeypatch.setattr(views, "TRIGGER_LIVES", 0.0)
    assert await error(triggers[1]) == "expired_trigger_id"


async def test_it_stacks_three_modals_and_no_more(
    workspace: Workspace, client: AsyncWebClient, nora: Person
) -> None:
    made = workspace.tools.views
    me = await nora.id()
    view = (await client.views_open(trigger_id=made.trigger(me), view=modal(WORDS)))["view"]
    for _ in range(2):
        view = (await client.views_push(trigger_id=made.trigger(me, view["id"]), view=modal(WORDS)))["view"]
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        await client.views_push(trigger_id=made.trigger(me, view["id"]), view=modal(WORDS))


async def test_it_honours_the_hash_of_a_view(
    workspace: Workspace, client: AsyncWebClient, nora: Person
) -> None:
    trigger = workspace.tools.views.trigger(await nora.id())
    view = (await client.views_open(trigger_id=trigger, view=modal(WORDS)))["view"]
    await client.views_update(view_id=view["id"], hash=view["hash"], view=modal(WORDS, title="New"))
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await client.views_update(view_id=view["id"], hash=view["hash"], view=modal(WORDS))


async def test_it_picks_shortcuts_on_messages_and_anywhere(app: AsyncApp, nora: Person) -> None:
    picked: list[Json] = []

    @app.shortcut("keep")
    @app.shortcut("new")
    async def pick(ack: AsyncAck, body: Json) -> None:
        picked.append(body)
        await ack()

    await nora.goes_to("#general")
    await nora.says("Keep me")
    await nora.picks("Keep this", on="Keep me")
    await nora.picks("New note")
    assert [one["type"] for one in picked] == ["message_action", "shortcut"]
    assert picked[0]["message"]["text"] == "Keep me"
    assert "response_url" not in picked[1]


async def test_it_refuses_commands_in_threads_as_slack_does(
    app: AsyncApp, slack: Slack, nora: Person
) -> None:
    assert app
    await nora.goes_to("#general")
    ts = await nora.says("A thread")
    with pytest.raises(Refusal, match="not supported in threads"):
        await slack.post("command", as_=await nora.id(), channel=nora._place, command="/note", thread_ts=ts)
