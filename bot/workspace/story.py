"""A trace of the inspector as a readable pytest test that uses the driver."""

import json
import re
from collections.abc import Callable
from typing import Any

from bot.workspace.reading import words
from bot.workspace.world import World

Json = dict[str, Any]

_LINE = 60


def as_pytest(trace: Json, world: World) -> Json:
    """Give `{"name", "source"}`."""
    who = _Somebody(trace, world)
    name = "test_it_" + (
        re.sub(r"\W+", "_", trace["what"].lower()).strip("_")[:_LINE].rstrip("_") or "happens"
    )
    lines = [*who.introduced(), *_deed(trace, who), *_consequences(trace, who)]
    body = "\n".join(f"    {line}" for line in lines)
    imports = "from bot.workspace.driver import Correspondent, Person, Slack\n"
    return {"name": name, "source": f"{imports}\n\nasync def {name}(slack: Slack) -> None:\n{body}\n"}


class _Somebody:
    """Who did it, by the name the test calls them."""

    def __init__(self, trace: Json, world: World) -> None:
        self.world, self._trace = world, trace
        user = world.users.get(trace["who"])
        self.is_person = user is not None
        shown = user["profile"]["display_name"] if user else self._correspondent(trace["who"])
        self.shown = shown or trace["who"]
        self.name = re.sub(r"\W+", "_", self.shown.split()[0].lower()) if self.shown else "slack"

    def _correspondent(self, address: str) -> str:
        known = (
            one["name"]
            for one in self.world.meta["correspondents"]
            if address in (one["address"], one.get("wechat"))
        )
        return str(next(known, address))

    def introduced(self) -> list[str]:
        """Bring them in, and take them to where they were."""
        if not self._trace["who"]:
            return []
        kind = "Person" if self.is_person else "Correspondent"
        lines = [f"{self.name} = {kind}(slack, {_quoted(self.shown)})"]
        body = (self._trace["control"] or {}).get("body") or {}
        if self.is_person and (place := self.place(body.get("channel"))):
            lines.append(f"await {self.name}.goes_to({_quoted(place)})")
            root = self.world.message(str(body["channel"]), str(body.get("thread_ts")))
            if root:
                lines.append(f"await {self.name}.opens_thread({_quoted(_first_line(words(root)))})")
        return lines

    def place(self, channel_id: Any) -> str:
        """Give the words for a channel."""
        channel = self.world.channels.get(str(channel_id))
        if channel is None:
            return ""
        if not channel["is_im"]:
            return f"#{channel['name']}"
        other = next((one for one in channel["members"] if one != self._trace["who"]), "")
        return "@" + str(self.world.users.get(other, {}).get("real_name", other))


def _deed(trace: Json, who: _Somebody) -> list[str]:
    call, body = trace["kind"], (trace["control"] or {}).get("body") or {}
    if call == "clock":
        return [f"await slack.clock_to({_quoted(trace['at'])})"]
    write = _DEEDS.get(call)
    if write is None:
        return [f"# {trace['what']}"]
    return [f"await {who.name}.{line}" if not line.startswith("#") else line for line in write(body)]


def _act(body: Json) -> list[str]:
    action = body.get("action") or {}
    label = (action.get("text") or {}).get("text")
    if label or action.get("type") == "button":
        return [f"presses({_quoted(label or action.get('action_id', ''))})"]
    chosen = next((value for name, value in action.items() if name.startswith("selected_")), None)
    if isinstance(chosen, dict):
        chosen = chosen["text"]["text"]
    return [f"chooses({_quoted(action.get('action_id', ''))}, {_quoted(chosen)})"]


def _submit(body: Json) -> list[str]:
    lines = []
    for elements in (body.get("values") or {}).values():
        for action_id, state in elements.items():
            values = [
                value for name, value in state.items() if name != "type" and value not in (None, [], "")
            ]
            for value in values[:1]:
                said = value["text"]["text"] if isinstance(value, dict) and "text" in value else value
                lines.append(f"fills({_quoted(action_id)}, {_quoted(said)})")
    return [*lines, "submits()"]


_DEEDS: dict[str, Callable[[Json], list[str]]] = {
    "say": lambda body: [f"says({_quoted(body.get('text', ''))})"],
    "command": lambda body: [f"runs({_quoted(' '.join((body['command'], body.get('text', ''))).strip())})"],
    "act": _act,
    "choose": lambda body: [f"chooses({_quoted(body.get('action_id'))}, {_quoted(body.get('choice'))})"],
    "submit": _submit,
    "close": lambda _body: ["closes()"],
    "open_home": lambda _body: ['goes_to("home")'],
    "shortcut": lambda body: [f"picks({_quoted(body.get('callback_id'))})"],
    "wechat": lambda body: [f"chats({_quoted(body.get('text', ''))})"],
    "mail": lambda body: [f"writes({_quoted(body.get('subject', ''))}, {_quoted(body.get('text', ''))})"],
}


def _consequences(trace: Json, who: _Somebody) -> list[str]:
    """Say what is to be seen afterwards: what the app posted there, opened, or mailed."""
    lines = []
    for span in trace["spans"]:
        if span.get("guess") or span.get("error"):
            continue
        arguments = span["detail"].get("arguments") or {}
        if span["kind"] == "api" and span["name"] in (
            "chat.postMessage",
            "chat.postEphemeral",
            "chat.update",
        ):
            place, shown = who.place(arguments.get("channel")), _first_line(words(_decoded(arguments)))
            if shown and who.is_person and place:
                lines += [
                    f"await {who.name}.goes_to({_quoted(place)})",
                    f"await {who.name}.sees({_quoted(shown)})",
                ]
        elif span["kind"] == "api" and span["name"] in ("views.open", "views.push") and who.is_person:
            title = (_decoded(arguments).get("view") or {}).get("title") or {}
            lines.append(f"await {who.name}.sees({_quoted(title.get('text', ''))})")
    return lines or ["assert await slack.is_quiet()"]


def _decoded(arguments: Json) -> Json:
    decoded = dict(arguments)
    for name in ("blocks", "view", "attachments"):
        if isinstance(decoded.get(name), str):
            try:
                decoded[name] = json.loads(decoded[name])
            except ValueError:
                decoded.pop(name)
    return decoded


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")[:_LINE]


def _quoted(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
