"""chat.*: messages, ephemerals, scheduled messages, streams."""

import re
from typing import Any

from bot.workspace import kit
from bot.workspace.errors import ApiError
from bot.workspace.methods.table import Call, invalid, method
from bot.workspace.room import LONGEST_TEXT, public

Json = dict[str, Any]

# https://docs.slack.dev/messaging/message-metadata: the size of a payload, and what event types look like.
_LARGEST_METADATA = 16_000
_EVENT_TYPE = re.compile(r"[\w.\-:]{1,255}")
_MOST_ATTACHMENTS = 100


def _said(call: Call) -> Json:
    """Read what a message says; `no_text`, `invalid_blocks`, ..."""
    text, markdown = str(call.args.get("text") or ""), call.maybe("markdown_text")
    blocks, attachments = _blocks(call), _attachments(call)
    if markdown and (text or blocks):
        raise ApiError("markdown_text_conflict")
    if not (text or blocks or attachments or markdown):
        raise ApiError("no_text")
    if len(text) > LONGEST_TEXT:
        call.warn("message_truncated")
    if blocks and not text:
        call.warn("missing_text_in_message")
    message: Json = {"text": text, "blocks": blocks, "attachments": attachments, "metadata": _metadata(call)}
    if markdown:
        message |= {"text": markdown, "blocks": [{"type": "markdown", "text": markdown}]}
    return {name: value for name, value in message.items() if name == "text" or value}


def _blocks(call: Call) -> list[Json] | None:
    blocks: list[Json] | None = call.parsed("blocks")
    if blocks is not None:
        kit.check_blocks(blocks, "message")
    return blocks


def _attachments(call: Call) -> list[Json] | None:
    attachments = call.parsed("attachments")
    if attachments is None:
        return None
    if not isinstance(attachments, list) or not all(isinstance(one, dict) for one in attachments):
        raise ApiError("invalid_attachments")
    if len(attachments) > _MOST_ATTACHMENTS:
        raise ApiError("too_many_attachments")
    for one in attachments:
        if one.get("blocks"):
            kit.check_blocks(one["blocks"], "message")
    return [{"id": number, **one} for number, one in enumerate(attachments, 1)]


def _metadata(call: Call) -> Json | None:
    metadata = call.parsed("metadata")
    if metadata is None:
        return None
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_payload"), dict):
        raise ApiError("invalid_metadata_format")
    if not _EVENT_TYPE.fullmatch(str(metadata.get("event_type", ""))):
        raise ApiError("invalid_metadata_format")
    if len(str(metadata["event_payload"])) > _LARGEST_METADATA:
        raise ApiError("metadata_too_large")
    return metadata


def _author(call: Call) -> Json:
    names = (call.maybe("username"), call.maybe("icon_emoji"), call.maybe("icon_url"))
    if any(names):
        call.need("chat:write.customize")
    return call.room.bot_author(*names)


@method("chat.postMessage", "chat:write", tier=0)
def _post_message(call: Call) -> Json:
    channel = _open_for_posting(call)
    message, thread_ts = _author(call) | _said(call), call.maybe("thread_ts")
    posted = call.room.post(
        channel["id"], message, thread_ts=thread_ts, broadcast=call.flag("reply_broadcast")
    )
    if thread_ts:
        call.tools.assistants.answered(channel["id"], posted["thread_ts"])
    return {"channel": channel["id"], "ts": posted["ts"], "message": public(posted, metadata=True)}


def _open_for_posting(call: Call) -> Json:
    """Give a channel to post into: with chat:write.public any public one."""
    channel = call.channel()
    if "chat:write.public" in call.scopes and not channel["is_archived"]:
        return channel
    return call.open_channel()


@method("chat.meMessage", "chat:write")
def _me_message(call: Call) -> Json:
    message = call.room.bot_author() | {"text": call.text("text"), "subtype": "me_message"}
    channel = call.open_channel()
    return {"channel": channel["id"], "ts": call.room.post(channel["id"], message)["ts"]}


@method("chat.postEphemeral", "chat:write", tier=4)
def _post_ephemeral(call: Call) -> Json:
    channel, message = call.open_channel(), _author(call) | _said(call)
    user = call.user()["id"]
    if not call.world.is_member(channel["id"], user):
        raise ApiError("user_not_in_channel")
    shown = call.room.whisper(channel["id"], user, message, call.maybe("thread_ts"))
    return {"message_ts": shown["ts"]}


def _own(call: Call, error: str) -> tuple[Json, Json]:
    channel = call.channel()
    message = call.room.message(channel["id"], call.text("ts"))
    if message.get("bot_id") != call.world.app["bot_id"]:
        raise ApiError(error)
    return channel, message


@method("chat.update", "chat:write")
def _update(call: Call) -> Json:
    channel, message = _own(call, "cant_update_message")
    changes = _said(call)
    # Slack: text alone takes the blocks away; attachments and metadata that are not named stay.
    changes.setdefault("blocks", None)
    call.room.edit(channel["id"], message, changes, call.bot)
    shown = {name: value for name, value in public(message).items() if name != "ts"}
    return {"channel": channel["id"], "ts": message["ts"], "text": message["text"], "message": shown}


@method("chat.delete", "chat:write")
def _delete(call: Call) -> Json:
    channel, message = _own(call, "cant_delete_message")
    call.room.delete(channel["id"], message)
    return {"channel": channel["id"], "ts": call.text("ts")}


@method("chat.getPermalink", tier=0)
def _permalink(call: Call) -> Json:
    channel = call.channel()
    message = call.room.message(channel["id"], call.text("message_ts"))
    link = f"{call.room.url}/archives/{channel['id']}/p{message['ts'].replace('.', '')}"
    if message.get("thread_ts") not in (None, message["ts"]):
        link += f"?thread_ts={message['thread_ts']}&cid={channel['id']}"
    return {"channel": channel["id"], "permalink": link}


# ---- scheduled messages --------------------------------------------------------------------------------


@method("chat.scheduleMessage", "chat:write")
def _schedule(call: Call) -> Json:
    channel, message = call.open_channel(), _author(call) | _said(call)
    order = call.tools.scheduled.add(
        channel["id"],
        call.number("post_at"),
        message,
        call.maybe("thread_ts"),
        broadcast=call.flag("reply_broadcast"),
    )
    return {
        "channel": channel["id"], "scheduled_message_id": order["id"], "post_at": order["post_at"],
        "message": {"type": "delayed_message", "team": call.world.team_id, **message},
    }  # fmt: skip


@method("chat.scheduledMessages.list")
def _scheduled(call: Call) -> Json:
    channel = call.maybe("channel")
    oldest, latest = float(call.maybe("oldest") or 0), float(call.maybe("latest") or "inf")
    kept = [
        {name: one[name] for name in ("id", "channel_id", "post_at", "date_created", "text")}
        for one in call.tools.scheduled.coming()
        if channel in (None, one["channel_id"]) and oldest <= one["post_at"] <= latest
    ]
    found, metadata = call.page(kept)
    return {"scheduled_messages": found, "response_metadata": metadata}


@method("chat.deleteScheduledMessage", "chat:write")
def _unschedule(call: Call) -> Json:
    call.tools.scheduled.remove(call.text("scheduled_message_id"), call.channel()["id"])
    return {}


# ---- streams -------------------------------------------------------------------------------------------


def _bit(call: Call, *, needed: bool) -> tuple[str, list[Json]]:
    text, chunks = call.maybe("markdown_text") or "", call.parsed("chunks") or []
    if needed and not text and not chunks:
        raise ApiError("no_text")
    if not isinstance(chunks, list) or not all(isinstance(one, dict) for one in chunks):
        raise ApiError("invalid_chunks")
    return text, chunks


@method("chat.startStream", "chat:write", tier=2)
def _start_stream(call: Call) -> Json:
    channel, thread_ts = call.open_channel(), call.text("thread_ts")
    if not channel["is_im"]:
        for name in ("recipient_user_id", "recipient_team_id"):
            if not call.maybe(name):
                raise ApiError(f"missing_{name}")
    posted = call.tools.streams.start(channel["id"], thread_ts, *_bit(call, needed=False))
    call.tools.assistants.answered(channel["id"], posted["thread_ts"])
    return {"channel": channel["id"], "ts": posted["ts"]}


@method("chat.appendStream", "chat:write", tier=4)
def _append_stream(call: Call) -> Json:
    channel, ts = call.open_channel(), call.text("ts")
    call.tools.streams.append(channel["id"], ts, *_bit(call, needed=True))
    return {"channel": channel["id"], "ts": ts}


@method("chat.stopStream", "chat:write", tier=2)
def _stop_stream(call: Call) -> Json:
    channel, ts, blocks = call.open_channel(), call.text("ts"), call.parsed("blocks")
    if blocks is not None:
        kit.check_blocks(blocks, "message")
    more = {"blocks": blocks, "metadata": _metadata(call)}
    message = call.tools.streams.stop(channel["id"], ts, *_bit(call, needed=False), more)
    return {"channel": channel["id"], "ts": ts, "message": public(message, metadata=True)}


@method("assistant.threads.setStatus", "assistant:write", "chat:write", tier=0)
def _set_status(call: Call) -> Json:
    if len(status := str(call.args.get("status") or "")) > 255:
        raise invalid("status must be less than 256 characters")
    call.tools.assistants.set(call.channel("channel_id")["id"], call.text("thread_ts"), status=status)
    return {}


@method("assistant.threads.setTitle", "assistant:write")
def _set_title(call: Call) -> Json:
    call.tools.assistants.set(
        call.channel("channel_id")["id"], call.text("thread_ts"), title=call.text("title")
    )
    return {}


@method("assistant.threads.setSuggestedPrompts", "assistant:write")
def _set_prompts(call: Call) -> Json:
    prompts = call.parsed("prompts")
    if not isinstance(prompts, list) or not 1 <= len(prompts) <= 4:
        raise invalid("prompts must be one to four")
    if not all(isinstance(one, dict) and one.get("title") and one.get("message") for one in prompts):
        raise invalid("each prompt needs a title and a message")
    kept = [{"title": str(one["title"]), "message": str(one["message"])} for one in prompts]
    call.tools.assistants.set(
        call.channel("channel_id")["id"], call.text("thread_ts"), prompts=kept,
        prompts_title=call.maybe("title") or "",
    )  # fmt: skip
    return {}
