"""A colleague at their Slack."""

import base64
from typing import Any, Self

from bot.workspace.driver.connection import Connection
from bot.workspace.reading import Element, elements, words

Json = dict[str, Any]


class Person:
    """A colleague at their Slack. They look at one place at a time, and at the modal on top of it."""

    def __init__(self, slack: Connection, name: str) -> None:
        self.slack, self.name = slack, name
        self._id = ""
        self._place = ""
        self._thread: str | None = None
        self._names: dict[str, str] = {}

    async def id(self) -> str:
        """Give the user id."""
        if not self._id:
            users = (await self.slack.get("people"))["users"]
            called = [
                one
                for one in users
                if self.name in (one["id"], one["real_name"], one["profile"]["display_name"])
            ]
            called += [one for one in users if one["real_name"].startswith(self.name)]
            assert called, f"Nobody here is called {self.name}."
            self._id = called[0]["id"]
        return self._id

    async def _do(self, name: str, /, **body: Any) -> Json:
        return await self.slack.post(name, as_=await self.id(), **body)

    async def _get(self, name: str, /, **query: Any) -> Json:
        return await self.slack.get(name, as_=await self.id(), **query)

    # ---- where they look -------------------------------------------------------------------------------

    async def goes_to(self, place: str) -> Self:
        """Look at "#channel", at the DM with "@Somebody" or with the app ("@Switchboard"), or at "home"."""
        self._thread = None
        if place == "home":
            await self._do("open_home")
            self._place = "home"
        else:
            self._place = await self._channel(place)
        return self

    async def _channel(self, place: str) -> str:
        state = await self._state()
        if place.startswith("@"):
            wanted = place[1:]
            for user in state["users"]:
                if wanted in (user["id"], user["real_name"], user["profile"]["display_name"]) or user[
                    "real_name"
                ].startswith(wanted):
                    return str((await self._do("open_dm", user=user["id"]))["channel"])
            raise AssertionError(f"{self.name} knows nobody called {wanted}.")
        for channel in state["channels"]:
            if place.lstrip("#") in (channel["name"], channel["id"]):
                return str(channel["id"])
        raise AssertionError(f"{self.name} sees no channel {place}.")

    async def _state(self) -> Json:
        state = await self._get("state")
        self._names = {
            one["id"]: one["profile"]["display_name"] or one["real_name"] for one in state["users"]
        }
        self._names |= {one["id"]: one["name"] for one in state["channels"]}
        return state

    async def _here(self) -> str:
        if not self._place or self._place == "home":
            await self.goes_to(f"@{(await self._state())['bot']['user_id']}")
        return self._place

    async def opens_thread(self, text: str) -> Self:
        """Open the thread of the message that has this text."""
        message = await self._message(text)
        self._thread = message.get("thread_ts") or message["ts"]
        return self

    async def leaves_thread(self) -> Self:
        """Look at the channel again."""
        self._thread = None
        return self

    async def _messages(self) -> list[Json]:
        more = {"thread_ts": self._thread} if self._thread else {}
        found: list[Json] = (await self._get("messages", channel=await self._here(), limit=100, **more))[
            "messages"
        ]
        return found

    async def _message(self, text: str) -> Json:
        seen: list[Json] = []

        async def look() -> Json | None:
            seen[:] = await self._messages()
            return next((one for one in reversed(seen) if text in words(one, self._names)), None)

        return await self.slack.until(look, lambda: self._complaint(text, seen))

    async def _before_them(self) -> list[Json]:
        """Give what they look at, the nearest first: the modal on top hides the rest."""
        stack = (await self._get("views"))["stack"]
        if stack:
            return [stack[-1]]
        if self._place == "home":
            view = (await self._get("home"))["view"]
            return [view] if view else []
        return list(reversed(await self._messages()))

    # ---- reading ---------------------------------------------------------------------------------------

    async def sees(self, text: str) -> str:
        """Wait until this text is before them; gives all the words of where it stands."""
        if not self._names:
            await self._state()
        seen: list[Json] = []

        async def look() -> str | None:
            seen[:] = await self._before_them()
            return next((shown for one in seen if text in (shown := words(one, self._names))), None)

        return await self.slack.until(look, lambda: self._complaint(text, seen))

    async def does_not_see(self, text: str) -> None:
        """Hold that this text is not before them, once all is quiet."""
        await self.slack.is_quiet()
        shown = [words(one, self._names) for one in await self._before_them()]
        assert not any(text in one for one in shown), f"{self.name} sees {text!r}:\n" + "\n---\n".join(shown)

    async def reads(self) -> str:
        """Give all the words before them now."""
        if not self._names:
            await self._state()
        return "\n\n".join(reversed([words(one, self._names) for one in await self._before_them()]))

    def _complaint(self, wanted: str, seen: list[Json]) -> str:
        shown = "\n---\n".join(words(one, self._names) for one in reversed(seen)) or "(nothing)"
        return f"{self.name} waited for {wanted!r}, and sees:\n{shown}"

    # ---- writing ---------------------------------------------------------------------------------------

    async def says(
        self, text: str, *, files: dict[str, bytes] | None = None, to_channel: bool = False
    ) -> str:
        """Write where they look; the ts. `to_channel`: a reply that is also sent to the channel."""
        body: Json = {"channel": await self._here(), "text": text}
        if self._thread:
            body["thread_ts"] = self._thread
        if to_channel:
            body["broadcast"] = True
        if files:
            body["files"] = [{"name": name, "base64": _base64(content)} for name, content in files.items()]
        return str((await self._do("say", **body))["ts"])

    async def runs(self, command: str) -> None:
        """Type a command with its text, "/supplier add"."""
        name, _, text = command.partition(" ")
        await self._do("command", channel=await self._here(), command=name, text=text)

    async def edits(self, text: str, new: str) -> None:
        """Change their message that has this text."""
        await self._do("edit", channel=await self._here(), ts=(await self._message(text))["ts"], text=new)

    async def deletes(self, text: str) -> None:
        """Delete their message that has this text."""
        await self._do("delete", channel=await self._here(), ts=(await self._message(text))["ts"])

    async def reacts(self, emoji: str, on: str) -> None:
        """Put a reaction on the message that has this text."""
        await self._do("react", channel=await self._here(), ts=(await self._message(on))["ts"], name=emoji)

    async def uploads(self, name: str, content: bytes, comment: str = "") -> Json:
        """Share a file where they look; the file."""
        body: Json = {
            "channel": await self._here(),
            "name": name,
            "base64": _base64(content),
            "comment": comment,
        }
        if self._thread:
            body["thread_ts"] = self._thread
        file: Json = (await self._do("upload", **body))["file"]
        return file

    # ---- using the app ---------------------------------------------------------------------------------

    async def presses(self, label: str, *, on: str = "") -> None:
        """Press a button, wherever it is before them; `on`: in the message that has this text."""
        place, found = await self._find(
            label, on, ("button", "feedback_buttons", "icon_button", "workflow_button")
        )
        element = found.element
        action = {name: element[name] for name in ("action_id", "type", "text", "value") if name in element}
        await self._do("act", action=action | {"block_id": found.block["block_id"]}, **_where(place))

    async def chooses(self, menu: str, choice: Any, *, on: str = "") -> None:
        """Choose from a menu, radio buttons or checkboxes; a list for several."""
        place, found = await self._find(menu, on, None)
        await self._do(
            "choose",
            action_id=found.element["action_id"],
            block_id=found.block["block_id"],
            choice=choice,
            **_where(place),
        )

    async def fills(self, label: str, value: Any) -> None:
        """Fill the input that is called so."""
        await self.chooses(label, value)

    async def submits(self) -> dict[str, str]:
        """Send the modal off; what is wrong with it, by the label of the input, {} when it went through."""
        stack = (await self._get("views"))["stack"]
        assert stack, f"{self.name} has no modal open."
        view = stack[-1]
        wrong = (await self._do("submit", view_id=view["id"], values=view["values"])).get("errors") or {}
        labels = {block["block_id"]: (block.get("label") or {}).get("text") for block in view["blocks"]}
        return {labels.get(block_id) or block_id: sentence for block_id, sentence in wrong.items()}

    async def closes(self, *, everything: bool = False) -> None:
        """Close the modal on top, or all of them."""
        stack = (await self._get("views"))["stack"]
        assert stack, f"{self.name} has no modal open."
        await self._do("close", view_id=stack[-1]["id"], **({"all": True} if everything else {}))

    async def picks(self, shortcut: str, *, on: str = "") -> None:
        """Pick a shortcut by its name; `on`: from the menu of the message that has this text."""
        known = (await self._state())["shortcuts"]
        callback = next(
            (one["callback_id"] for one in known if shortcut in (one["name"], one["callback_id"])), ""
        )
        assert callback, f"There is no shortcut {shortcut}."
        where = {"channel": await self._here(), "ts": (await self._message(on))["ts"]} if on else {}
        await self._do("shortcut", callback_id=callback, **where)

    async def _find(self, label: str, on: str, kinds: tuple[str, ...] | None) -> tuple[Json, Element]:
        seen: list[Json] = []

        async def look() -> tuple[Json, Element] | None:
            seen[:] = await self._before_them()
            for place in seen:
                if on and on not in words(place, self._names):
                    continue
                # Of several in one place the one beside the text is meant.
                beside = [one for one in elements(place) if on in words({"blocks": [one.block]}, self._names)]
                for one in [*beside, *elements(place)]:
                    if (kinds is None or one.element["type"] in kinds) and one.is_called(label):
                        if "ts" in place:
                            return place | {"channel": await self._here()}, one
                        return place, one
            return None

        if not self._names:
            await self._state()
        return await self.slack.until(look, lambda: self._complaint(label, seen))


def _where(place: Json) -> Json:
    """Say where an element stands: in this view, with its values, or in this message."""
    if "ts" in place:
        return {"channel": place["channel"], "ts": place["ts"]}
    return {"view_id": place["id"], "values": place.get("values") or {}}


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
