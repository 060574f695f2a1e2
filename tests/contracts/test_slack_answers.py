"""Every method answers in the shape that Slack's own recorded answers have."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.contracts.conftest import Wire
from tests.contracts.slack import SHARED, differences, needs_shared, sample
from tests.contracts.test_slack_tables import PROMISED

Json = dict[str, Any]
BLOCKS = [{"type": "section", "text": {"type": "mrkdwn", "text": "*Hello*"}}]
MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "A note"}, "blocks": BLOCKS}
METADATA = {"event_type": "card", "event_payload": {"id": "7"}}
# Newer than the recorded answers; Slack documents each.
NEWER = {
    "chat.stopStream": {".channel", ".ts", ".message"},
    "chat.appendStream": {".channel", ".ts"},
    "conversations.replies": {".messages[].client_msg_id"},
    "reactions.get": {".message.client_msg_id"},
    "users.list": {".members[].is_stranger"},
    # The recorded pin is a file's.
    "pins.list": {".items[].channel", ".items[].message"},
}


async def _thread(wire: Wire) -> tuple[str, str]:
    channel = wire.slack.world.dm(wire.nora, wire.slack.world.bot_user_id)
    root = wire.room.post(channel, wire.room.person_author(wire.nora) | {"text": "Help"})
    return channel, root["ts"]


async def _history(wire: Wire) -> Json:
    root = await wire.post("A card", blocks=BLOCKS, metadata=METADATA, username="Cards")
    await wire.post("An answer", thread_ts=root, reply_broadcast=True)
    await wire("reactions.add", channel=wire.general, timestamp=root, name="eyes")
    await wire("chat.update", channel=wire.general, ts=root, text="Changed", metadata=METADATA)
    wire.says("Mine")
    return await wire("conversations.history", channel=wire.general, include_all_metadata=True)


async def _replies(wire: Wire) -> Json:
    root = wire.says("A question")
    await wire.post("An answer", thread_ts=root)
    return await wire("conversations.replies", channel=wire.general, ts=root)


async def _update(wire: Wire) -> Json:
    return await wire("chat.update", channel=wire.general, ts=await wire.post(), text="Changed")


async def _delete(wire: Wire) -> Json:
    return await wire("chat.delete", channel=wire.general, ts=await wire.post())


def _soon(wire: Wire) -> int:
    return int(wire.slack.clock.now().timestamp()) + 600


async def _schedule(wire: Wire) -> Json:
    return await wire("chat.scheduleMessage", channel=wire.general, text="Later", post_at=_soon(wire))


async def _scheduled(wire: Wire) -> Json:
    await _schedule(wire)
    return await wire("chat.scheduledMessages.list")


async def _unschedule(wire: Wire) -> Json:
    order = (await _schedule(wire))["scheduled_message_id"]
    return await wire("chat.deleteScheduledMessage", channel=wire.general, scheduled_message_id=order)


async def _start_stream(wire: Wire) -> Json:
    channel, ts = await _thread(wire)
    return await wire("chat.startStream", channel=channel, thread_ts=ts, markdown_text="One")


async def _append_stream(wire: Wire) -> Json:
    begun = await _start_stream(wire)
    return await wire("chat.appendStream", channel=begun["channel"], ts=begun["ts"], markdown_text=" two")


async def _stop_stream(wire: Wire) -> Json:
    begun = await _start_stream(wire)
    return await wire("chat.stopStream", channel=begun["channel"], ts=begun["ts"], blocks=BLOCKS)


async def _open_view(wire: Wire) -> Json:
    return await wire("views.open", trigger_id=wire.tools.views.trigger(wire.nora), view=MODAL)


async def _push_view(wire: Wire) -> Json:
    view_id = (await _open_view(wire))["view"]["id"]
    return await wire("views.push", trigger_id=wire.tools.views.trigger(wire.nora, view_id), view=MODAL)


async def _update_view(wire: Wire) -> Json:
    view_id = (await _open_view(wire))["view"]["id"]
    return await wire("views.update", view_id=view_id, view=MODAL)


async def _file(wire: Wire, **where: Any) -> Json:
    given = await wire("files.getUploadURLExternal", filename="note.txt", length=3)
    wire.slack.world.contents[given["file_id"]] = b"abc"
    return await wire("files.completeUploadExternal", files=[{"id": given["file_id"]}], **where)


async def _shared_file(wire: Wire) -> str:
    return str((await _file(wire, channel_id=wire.general))["files"][0]["id"])


async def _reacted(wire: Wire) -> str:
    ts = wire.says("Nice")
    await wire("reactions.add", channel=wire.general, timestamp=ts, name="eyes")
    return ts


async def _pinned(wire: Wire) -> str:
    ts = wire.says("Keep this")
    await wire("pins.add", channel=wire.general, timestamp=ts)
    return ts


async def _bookmarked(wire: Wire) -> Json:
    return await wire(
        "bookmarks.add", channel_id=wire.general, title="Shop", type="link", link="https://a.example"
    )


async def _own_channel(wire: Wire) -> str:
    return str((await wire("conversations.create", name="made-here"))["channel"]["id"])


async def _oauth(wire: Wire) -> Json:
    installing = wire.tools.installing
    form = {
        "client_id": installing.client_id,
        "user": wire.nora,
        "redirect_uri": "http://127.0.0.1/installed",
    }
    code = installing.approve(form).partition("code=")[2]
    return await wire(
        "oauth.v2.access", client_id=installing.client_id, client_secret=installing.client_secret, code=code
    )


CALLS: dict[str, Callable[[Wire], Awaitable[Json]]] = {
    "api.test": lambda w: w("api.test", foo="bar"),
    "auth.test": lambda w: w("auth.test"),
    "apps.connections.open": lambda w: w("apps.connections.open"),
    "bots.info": lambda w: w("bots.info"),
    "team.info": lambda w: w("team.info"),
    "team.billing.info": lambda w: w("team.billing.info"),
    "emoji.list": lambda w: w("emoji.list"),
    "chat.postMessage": lambda w: w(
        "chat.postMessage", channel=w.general, text="Hi", blocks=BLOCKS, metadata=METADATA
    ),
    "chat.postEphemeral": lambda w: w("chat.postEphemeral", channel=w.general, user=w.nora, text="Psst"),
    "chat.meMessage": lambda w: w("chat.meMessage", channel=w.general, text="waves"),
    "chat.update": _update, "chat.delete": _delete, "chat.scheduleMessage": _schedule,
    "chat.scheduledMessages.list": _scheduled, "chat.deleteScheduledMessage": _unschedule,
    "chat.startStream": _start_stream, "chat.appendStream": _append_stream, "chat.stopStream": _stop_stream,
    "conversations.history": _history, "conversations.replies": _replies,
    "conversations.list": lambda w: w("conversations.list", types="public_channel,private_channel,im"),
    "conversations.info": lambda w: w("conversations.info", channel=w.general, include_num_members=True),
    "conversations.members": lambda w: w("conversations.members", channel=w.general),
    "conversations.open": lambda w: w("conversations.open", users=w.nora, return_im=True),
    "conversations.close": lambda w: w(
        "conversations.close", channel=w.slack.world.dm(w.nora, w.slack.world.bot_user_id)
    ),
    "conversations.create": lambda w: w("conversations.create", name="made-here"),
    "conversations.mark": lambda w: w("conversations.mark", channel=w.general, ts=w.says("Read this")),
    "pins.add": lambda w: w("pins.add", channel=w.general, timestamp=w.says("Pin this")),
    "conversations.join": lambda w: w("conversations.join", channel=w.suppliers),
    "users.list": lambda w: w("users.list", include_locale=True),
    "users.info": lambda w: w("users.info", user=w.nora, include_locale=True),
    "users.lookupByEmail": lambda w: w("users.lookupByEmail", email="nora@juniper.example"),
    "users.profile.get": lambda w: w("users.profile.get", user=w.nora),
    "users.profile.set": lambda w: w("users.profile.set", profile={"status_text": "Counting"}),
    "users.getPresence": lambda w: w("users.getPresence", user=w.nora),
    "users.setPresence": lambda w: w("users.setPresence", presence="away"),
    "users.conversations": lambda w: w("users.conversations", types="public_channel,im"),
    "usergroups.list": lambda w: w("usergroups.list", include_users=True, include_count=True),
    "usergroups.create": lambda w: w("usergroups.create", name="Night shift"),
    "files.getUploadURLExternal": lambda w: w("files.getUploadURLExternal", filename="a.txt", length=3),
    "files.completeUploadExternal": lambda w: _file(w, channel_id=w.general),
    "views.open": _open_view, "views.push": _push_view, "views.update": _update_view,
    "views.publish": lambda w: w("views.publish", user_id=w.nora, view={"type": "home", "blocks": BLOCKS}),
    "dnd.info": lambda w: w("dnd.info", user=w.nora),
    "dnd.teamInfo": lambda w: w("dnd.teamInfo", users=f"{w.nora},{w.tom}"),
    "reactions.list": lambda w: w("reactions.list"),
    "bookmarks.add": _bookmarked, "oauth.v2.access": _oauth,
}  # fmt: skip


async def _on_message(wire: Wire, name: str) -> Json:
    ts = await _reacted(wire)
    where = "message_ts" if name == "chat.getPermalink" else "timestamp"
    more = {"reactions.add": {"name": "tada"}, "reactions.remove": {"name": "eyes"}}.get(name, {})
    return await wire(name, channel=wire.general, **{where: ts}, **more)


async def _on_channel(wire: Wire, name: str) -> Json:
    channel = await _own_channel(wire)
    await wire("conversations.invite", channel=channel, users=wire.tom)
    if name == "conversations.unarchive":
        await wire("conversations.archive", channel=channel)
    more: Json = {
        "conversations.invite": {"users": wire.nora}, "conversations.kick": {"user": wire.tom},
        "conversations.rename": {"name": "renamed"}, "conversations.setTopic": {"topic": "Straw"},
        "conversations.setPurpose": {"purpose": "Straw"},
    }.get(name, {})  # fmt: skip
    return await wire(name, channel=channel, **more)


async def _on_thread(wire: Wire, name: str) -> Json:
    channel, ts = await _thread(wire)
    more: Json = {
        "assistant.threads.setStatus": {"status": "is thinking"},
        "assistant.threads.setTitle": {"title": "Help"},
        "assistant.threads.setSuggestedPrompts": {"prompts": [{"title": "Hello", "message": "Say hello"}]},
    }[name]  # fmt: skip
    return await wire(name, channel_id=channel, thread_ts=ts, **more)


async def _on_pin(wire: Wire, name: str) -> Json:
    ts = await _pinned(wire)
    return await wire(name, channel=wire.general, **({} if name == "pins.list" else {"timestamp": ts}))


async def _on_file(wire: Wire, name: str) -> Json:
    file = await _shared_file(wire)
    return await wire(name, **({} if name == "files.list" else {"file": file}))


async def _on_bookmark(wire: Wire, name: str) -> Json:
    kept = (await _bookmarked(wire))["bookmark"]["id"]
    more = {} if name == "bookmarks.list" else {"bookmark_id": kept, "title": "The shop"}
    return await wire(name, channel_id=wire.general, **more)


async def _on_function(wire: Wire, name: str) -> Json:
    more: Json = {"outputs": {}} if name.endswith("Success") else {"error": "It broke"}
    return await wire(name, function_execution_id=wire.tools.functions.run("greet", {}), **more)


async def _on_group(wire: Wire, name: str) -> Json:
    return await wire(name, usergroup=next(iter(wire.slack.world.usergroups)), users=wire.nora)


FAMILIES: dict[str, Callable[[Wire, str], Awaitable[Json]]] = {
    "reactions": _on_message, "chat": _on_message, "pins": _on_pin, "conversations": _on_channel,
    "assistant": _on_thread, "files": _on_file, "bookmarks": _on_bookmark, "functions": _on_function,
    "usergroups": _on_group,
}  # fmt: skip


async def _called(wire: Wire, name: str) -> Json:
    if name in CALLS:
        return await CALLS[name](wire)
    return await FAMILIES[name.partition(".")[0]](wire, name)


@pytest.mark.parametrize("name", PROMISED)
async def test_it_answers(wire: Wire, name: str) -> None:
    assert (await _called(wire, name))["ok"]


@needs_shared
@pytest.mark.parametrize("name", [one for one in PROMISED if (SHARED / f"samples/api/{one}.json").exists()])
async def test_it_answers_in_slacks_shape(wire: Wire, name: str) -> None:
    found = differences(await _called(wire, name), sample(f"api/{name}.json"))
    newer = NEWER.get(name, set())
    assert [one for one in found if one.partition(":")[0] not in newer] == []
