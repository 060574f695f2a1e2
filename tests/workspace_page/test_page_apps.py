"""Apps: buttons, modals, ephemerals, commands, Home, and what is shown when the app does not answer."""

import re
from typing import Any

import pytest
from playwright.async_api import expect
from slack_bolt.async_app import AsyncAck, AsyncRespond, AsyncSay
from slack_sdk.web.async_client import AsyncWebClient

from tests.workspace_page.desk import Desk, actions, button, message, plain, say

pytestmark = pytest.mark.asyncio(loop_scope="session")


def answer_view(hint: str = "In any language") -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": "answer",
        "title": plain("Answer"),
        "submit": plain("Send"),
        "blocks": [
            {
                "type": "input",
                "block_id": "words",
                "label": plain("Your words"),
                "hint": plain(hint),
                "element": {"type": "plain_text_input", "action_id": "text"},
            },
            {
                "type": "input",
                "block_id": "who",
                "optional": True,
                "label": plain("Who follows up"),
                "element": {"type": "users_select", "action_id": "user", "placeholder": plain("Choose")},
            },
            {
                "type": "input",
                "block_id": "how",
                "dispatch_action": True,
                "optional": True,
                "label": plain("How"),
                "element": {
                    "type": "static_select",
                    "action_id": "way",
                    "placeholder": plain("Choose"),
                    "options": [{"text": plain(way), "value": way} for way in ("mail", "letter")],
                },
            },
        ],
    }


def open_with(desk: Desk, action_id: str) -> None:
    @desk.app.action(action_id)
    async def opened(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=answer_view())
        await ack()


async def test_it_presses_a_button_with_its_whole_action(desk: Desk) -> None:
    pressed: list[dict[str, Any]] = []

    @desk.app.action("press")
    async def press(ack: AsyncAck, action: dict[str, Any], respond: AsyncRespond) -> None:
        pressed.append(action)
        await ack()
        await respond(text="Pressed once", replace_original=True)

    await desk.post("general", "A card", blocks=actions(button("Press", "press", style="primary")))
    page = await desk.sit_down(desk.person("A"), desk.channel("general"))
    await page.get_by_role("button", name="Press", exact=True).click()

    await expect(message(page, "Pressed once")).to_be_visible()
    assert pressed[0]["value"] == "7"
    assert pressed[0]["text"]["text"] == "Press"
    assert pressed[0]["block_id"] == "actions"


async def test_it_asks_before_it_presses_a_dangerous_button(desk: Desk) -> None:
    pressed: list[str] = []

    @desk.app.action("drop")
    async def drop(ack: AsyncAck, action: dict[str, Any]) -> None:
        pressed.append(action["action_id"])
        await ack()

    confirm = {
        "title": plain("Sure?"),
        "text": plain("It is gone then."),
        "confirm": plain("Drop it"),
        "deny": plain("Keep"),
    }
    await desk.post(
        "general", "A card", blocks=actions(button("Drop", "drop", style="danger", confirm=confirm))
    )
    page = await desk.sit_down(desk.person("A"), desk.channel("general"))

    await page.get_by_role("button", name="Drop", exact=True).click()
    await page.get_by_role("button", name="Keep").click()
    assert pressed == []
    await page.get_by_role("button", name="Drop", exact=True).click()
    async with page.expect_response("**/control/act"):
        await page.get_by_role("button", name="Drop it").click()

    assert pressed == ["drop"]


async def test_it_shows_errors_under_their_field_and_keeps_what_was_typed(desk: Desk) -> None:
    open_with(desk, "open")
    submitted: list[dict[str, Any]] = []

    @desk.app.view("answer")
    async def answer(ack: AsyncAck, view: dict[str, Any]) -> None:
        submitted.append(view["state"]["values"])
        unkind = "!" in view["state"]["values"]["words"]["text"]["value"]
        await (ack(response_action="errors", errors={"words": "Please be kinder."}) if unkind else ack())

    await desk.post("general", "A card", blocks=actions(button("Open", "open")))
    page = await desk.sit_down(desk.person("A"), desk.channel("general"))
    await page.get_by_role("button", name="Open", exact=True).click()

    words = page.get_by_label("Your words")
    await expect(words).to_be_focused()
    await page.get_by_role("button", name="Send", exact=True).last.click()
    await expect(page.get_by_text("Please complete this required field.")).to_be_visible()
    assert submitted == []

    await words.fill("Ship it now!")
    await words.press("Enter")
    await expect(page.get_by_text("Please be kinder.")).to_be_visible()
    await expect(words).to_have_value("Ship it now!")

    await words.fill("Ship it, please")
    await words.press("Enter")
    await expect(page.locator(".modal")).to_be_hidden()
    assert submitted[-1]["words"]["text"]["value"] == "Ship it, please"
    assert submitted[-1]["who"]["user"]["selected_user"] is None


async def test_it_keeps_focus_and_text_when_the_app_updates_the_modal(desk: Desk) -> None:
    open_with(desk, "open")

    @desk.app.action("way")
    async def way(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await client.views_update(view_id=body["view"]["id"], view=answer_view("Now by letter"))
        await ack()

    await desk.post("general", "A card", blocks=actions(button("Open", "open")))
    page = await desk.sit_down(desk.person("A"), desk.channel("general"))
    await page.get_by_role("button", name="Open", exact=True).click()
    words = page.get_by_label("Your words")
    await words.press_sequentially("Half a sent")

    # Chosen through the protocol, as from a second window, so that the focus stays in the text.
    view = (await page.evaluate(READ_STACK))[0]
    action = {
        "type": "static_select",
        "action_id": "way",
        "block_id": "how",
        "selected_option": {"text": plain("mail"), "value": "mail"},
    }
    await page.evaluate(
        POST_ACT, {"as": desk.person("A"), "view_id": view["id"], "action": action, "values": {}}
    )
    await expect(page.get_by_text("Now by letter")).to_be_visible()
    await words.press_sequentially("ence")

    await expect(words).to_be_focused()
    await expect(words).to_have_value("Half a sentence")


READ_STACK = "async () => (await import('/static/store.js')).store.stack"
POST_ACT = "async (body) => (await import('/static/api.js')).post('act', body)"


async def test_it_chooses_a_person_with_the_keyboard(desk: Desk) -> None:
    open_with(desk, "open")
    chosen: list[str] = []

    @desk.app.view("answer")
    async def answer(ack: AsyncAck, view: dict[str, Any]) -> None:
        chosen.append(view["state"]["values"]["who"]["user"]["selected_user"])
        await ack()

    other = desk.person("T")
    await desk.post("general", "A card", blocks=actions(button("Open", "open")))
    page = await desk.sit_down(desk.person("A"), desk.channel("general"))
    await page.get_by_role("button", name="Open", exact=True).click()
    await page.get_by_label("Your words").fill("Hello")
    await page.get_by_role("combobox", name="Who follows up").click()
    await page.keyboard.type(desk.slack.world.users[other]["real_name"][:5])
    await expect(page.locator(".picker__option")).to_have_count(1)
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Send", exact=True).last.click()

    await expect(page.locator(".modal")).to_be_hidden()
    assert chosen == [other]


async def test_it_closes_a_modal_with_escape(desk: Desk) -> None:
    open_with(desk, "open")
    await desk.post("general", "A card", blocks=actions(button("Open", "open")))
    page = await desk.sit_down(desk.person("A"), desk.channel("general"))
    await page.get_by_role("button", name="Open", exact=True).click()
    await expect(page.get_by_label("Your words")).to_be_focused()

    await page.keyboard.press("Escape")

    await expect(page.locator(".modal")).to_be_hidden()
    await page.reload()
    await expect(page.get_by_role("button", name="Open", exact=True)).to_be_visible()
    await expect(page.locator(".modal")).to_be_hidden()


async def test_it_keeps_two_peoples_modals_and_ephemerals_apart(desk: Desk) -> None:
    open_with(desk, "open")
    general = desk.channel("general")
    await desk.post("general", "A card", blocks=actions(button("Open", "open")))
    mine = await desk.sit_down(desk.person("A"), general)
    theirs = await desk.sit_down(desk.person("T"), general)

    await mine.get_by_role("button", name="Open", exact=True).click()
    await expect(mine.get_by_label("Your words")).to_be_visible()
    await desk.client.chat_postEphemeral(channel=general, user=desk.person("T"), text="Psst, only you")

    await expect(message(theirs, "Psst, only you")).to_contain_text("Only visible to you")
    await expect(theirs.locator(".modal")).to_be_hidden()
    await expect(message(mine, "Psst, only you")).to_have_count(0)


async def test_it_offers_commands_and_runs_them(desk: Desk) -> None:
    given: list[str] = []

    @desk.app.command("/note")
    async def note(ack: AsyncAck, command: dict[str, Any]) -> None:
        given.append(command["text"])
        await ack(f"Kept: {command['text']}")

    page = await desk.sit_down(desk.person("A"), desk.channel("general"))
    composer = page.locator(".stage .composer__text")
    await composer.press_sequentially("/no")
    offer = page.locator(".offer", has_text="/note")
    await expect(offer).to_contain_text("Keep a note")
    await expect(offer).to_contain_text("[what]")
    await composer.press("Tab")
    await composer.press_sequentially("water the cacti")
    await composer.press("Enter")

    await expect(message(page, "Kept: water the cacti")).to_contain_text("Only visible to you")
    assert given == ["water the cacti"]


async def test_it_runs_a_shortcut_on_a_message(desk: Desk) -> None:
    kept: list[str] = []

    @desk.app.shortcut("keep")
    async def keep(ack: AsyncAck, body: dict[str, Any]) -> None:
        kept.append(body["message"]["text"])
        await ack()

    await desk.post("general", "Worth keeping")
    page = await desk.sit_down(desk.person("A"), desk.channel("general"))
    await message(page, "Worth keeping").hover()
    await message(page, "Worth keeping").get_by_role("button", name="More actions").click()
    async with page.expect_response("**/control/shortcut"):
        await page.get_by_role("menuitem", name="Keep this").click()

    assert kept == ["Worth keeping"]


async def test_it_runs_a_global_shortcut_from_the_composer(desk: Desk) -> None:
    run: list[str] = []

    @desk.app.shortcut("count")
    async def count(ack: AsyncAck, body: dict[str, Any]) -> None:
        run.append(body["callback_id"])
        await ack()

    page = await desk.sit_down(desk.person("A"), desk.channel("general"))
    composer = page.locator(".stage .composer__text")
    await composer.press_sequentially("/cou")
    async with page.expect_response("**/control/shortcut"):
        await composer.press("Enter")

    assert run == ["count"]
    await expect(composer).to_have_value("")


async def test_it_says_when_the_app_does_not_answer(desk: Desk) -> None:
    await desk.post("general", "A card", blocks=actions(button("Nobody listens", "unheard")))
    page = await desk.sit_down(desk.person("A"), desk.channel("general"))

    pressed = page.get_by_role("button", name="Nobody listens")
    await pressed.click()
    await expect(pressed).to_have_attribute("aria-busy", "true")

    await expect(page.locator(".toast.is-trouble")).to_have_count(1)
    await expect(page.locator(".toast.is-trouble")).to_contain_text("Switchboard")
    await expect(pressed).not_to_have_attribute("aria-busy", "true")


async def test_it_shows_the_home_and_acts_in_it(desk: Desk) -> None:
    me = desk.person("A")

    @desk.app.action("refresh")
    async def refresh(ack: AsyncAck, client: AsyncWebClient) -> None:
        await client.views_publish(
            user_id=me, view={"type": "home", "blocks": [{"type": "header", "text": plain("All is well")}]}
        )
        await ack()

    page = await desk.sit_down(me, "app/home")
    await expect(page.get_by_text("has not set up a Home for you yet")).to_be_visible()
    await desk.client.views_publish(
        user_id=me, view={"type": "home", "blocks": actions(button("Refresh", "refresh"))}
    )
    await page.get_by_role("button", name="Refresh", exact=True).click()

    await expect(page.get_by_text("All is well")).to_be_visible()


async def test_it_talks_to_the_app_in_its_messages_tab(desk: Desk) -> None:
    @desk.app.message(re.compile("ping"))
    async def pong(say: AsyncSay) -> None:
        await say("pong")

    desk.app._async_listeners.reverse()  # the one that acknowledges everything stands first otherwise
    page = await desk.sit_down(desk.person("A"), "app/messages")
    await page.get_by_placeholder("Message Switchboard").wait_for()
    await say(page, "ping")

    await expect(message(page, "pong")).to_contain_text("APP")


async def test_it_shows_an_answer_while_it_is_being_written(desk: Desk) -> None:
    channel = desk.channel("general")
    root = await desk.post("general", "What is late?")
    page = await desk.sit_down(desk.person("Nora"), f"{channel}/thread/{root}")
    answer = page.locator(".extra .message", has_text="Two parcels")

    stream = await desk.client.chat_startStream(
        channel=channel, thread_ts=root, markdown_text="**Two parcels**",
        recipient_user_id=desk.person("Nora"), recipient_team_id=desk.slack.world.team_id,
    )  # fmt: skip
    await expect(answer.locator("strong")).to_have_text("Two parcels")
    await expect(answer.locator(".is-running")).to_be_visible()
    await desk.client.chat_appendStream(channel=channel, ts=str(stream["ts"]), markdown_text=" are late.")
    await desk.client.chat_stopStream(channel=channel, ts=str(stream["ts"]))

    await expect(answer).to_contain_text("Two parcels are late.")
    await expect(answer.locator(".is-running")).to_have_count(0)


async def test_it_shows_what_the_app_is_doing_and_what_it_suggests(desk: Desk) -> None:
    nora = desk.person("Nora")
    direct = str((await desk.client.conversations_open(users=nora))["channel"]["id"])
    root = str((await desk.client.chat_postMessage(channel=direct, text="How can I help?"))["ts"])
    page = await desk.sit_down(nora, f"app/messages/thread/{root}")
    await expect(page.locator(".extra .message")).to_be_visible()

    await desk.client.assistant_threads_setSuggestedPrompts(
        channel_id=direct,
        thread_ts=root,
        prompts=[{"title": "What is late?", "message": "What is late today?"}],
    )
    await desk.client.assistant_threads_setStatus(
        channel_id=direct, thread_ts=root, status="is counting parcels…"
    )
    await expect(page.locator(".assistant__status")).to_have_text("Switchboard is counting parcels…")
    await page.get_by_role("button", name="What is late?").click()

    await expect(page.locator(".extra .message", has_text="What is late today?")).to_be_visible()
    await expect(page.get_by_role("button", name="What is late?")).to_have_count(0)
