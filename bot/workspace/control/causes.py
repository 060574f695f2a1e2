"""What somebody did, in a sentence, for the inspector."""

from typing import Any

from bot.workspace.world import World

Json = dict[str, Any]

_LONGEST = 60
_SENTENCES = {
    "say": "{who} wrote in {place}: {text}",
    "upload": "{who} shared {name} in {place}",
    "edit": "{who} changed a message in {place}",
    "delete": "{who} deleted a message in {place}",
    "command": "{who} ran {command} {text}",
    "shortcut": "{who} picked the shortcut {callback_id}",
    "act": "{who} pressed {label}",
    "choose": "{who} chose {choice} in {action_id}",
    "submit": "{who} submitted a modal",
    "close": "{who} closed a modal",
    "react": "{who} reacted with :{name}:",
    "unreact": "{who} took :{name}: back",
    "open_home": "{who} opened the app's Home",
    "open_dm": "{who} opened a direct message",
    "join": "{who} joined {place}",
    "leave": "{who} left {place}",
    "hire": "{name} joined the team",
    "profile": "{who} changed their profile",
    "mail": "{who} wrote a mail: {subject}",
    "wechat": "{who} wrote on WeChat: {text}{event}",
    "bot": "The bot was told to {do}",
}


class _Fields(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def what_was_done(world: World, kind: str, body: Json) -> tuple[str, str]:
    """Give who did it (a user id or an address), and the sentence."""
    who = str(body.get("as") or body.get("from") or "")
    user = world.users.get(who)
    known = (
        one["name"] for one in world.meta["correspondents"] if who in (one["address"], one.get("wechat"))
    )
    name = (
        str(user["profile"]["display_name"] or user["real_name"])
        if user
        else str(next(known, who) or "Somebody")
    )
    fields = _Fields(
        {key: _short(value) for key, value in body.items() if isinstance(value, str | int | float)}
    )
    fields |= {"who": name, "place": _place(world, body.get("channel")), "label": _label(body.get("action"))}
    sentence = _SENTENCES.get(kind, "{who}: " + kind.replace("_", " "))
    return who, sentence.format_map(fields).strip()


def _place(world: World, channel_id: Any) -> str:
    channel = world.channels.get(str(channel_id))
    if channel is None:
        return "the app"
    return "a direct message" if channel["is_im"] else f"#{channel['name']}"


def _label(action: Any) -> str:
    if not isinstance(action, dict):
        return "something"
    text = action.get("text")
    return str(text.get("text") if isinstance(text, dict) else action.get("action_id", "something"))


def _short(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
