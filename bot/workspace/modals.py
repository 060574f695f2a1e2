"""Modals, as people have them: submitted, closed, refused, and what the app answers.

https://docs.slack.dev/surfaces/modals
"""

from typing import Any

from bot.workspace import kit
from bot.workspace.asking import Asking
from bot.workspace.choices import is_filled, state_of
from bot.workspace.errors import ApiError, Refused
from bot.workspace.reading import elements
from bot.workspace.views import Opened

Json = dict[str, Any]


class Modals(Asking):
    """Sends modals off and closes them."""

    async def submit(self, user_id: str, view_id: str, values: Json) -> dict[str, str]:
        """Send a modal off; what is wrong with it by block, {} when it went through."""
        opened = self._views.find(user_id, view_id)
        opened.values = values
        if wrong := _unfilled(opened.view, state_of(opened.view, values)):
            self._tell_errors(user_id, view_id, wrong)
            return wrong
        payload = {
            "type": "view_submission", **self._who(user_id), "trigger_id": self._trigger(user_id, view_id),
            "view": opened.with_state, "response_urls": self._response_urls(user_id, opened),
        }  # fmt: skip
        answer = await self._ask(user_id, "interactive", payload) or {}
        return self._after_submission(user_id, opened, answer)

    def _response_urls(self, user_id: str, opened: Opened) -> list[Json]:
        found, state = [], state_of(opened.view, opened.values)
        for one in elements(opened.view):
            if one.element.get("response_url_enabled"):
                chosen = state[one.block["block_id"]][one.element["action_id"]]
                channel_id = chosen.get("selected_conversation") or chosen.get("selected_channel")
                if channel_id:
                    found.append({
                        "block_id": one.block["block_id"], "action_id": one.element["action_id"],
                        "channel_id": channel_id, "response_url": self._response_url(channel_id, user_id),
                    })  # fmt: skip
        return found

    def _after_submission(self, user_id: str, opened: Opened, answer: Json) -> dict[str, str]:
        action = answer.get("response_action")
        if action == "errors":
            wrong: dict[str, str] = answer.get("errors") or {}
            self._tell_errors(user_id, opened.view["id"], wrong)
            return wrong
        if action in ("update", "push"):
            self._checked(answer, user_id)
        if action == "update":
            self._views.replace(user_id, opened, answer["view"])
        elif action == "push":
            self._views.push(user_id, answer["view"])
        elif action == "clear":
            self._views.close(user_id, list(self._views.stacks[user_id]))
        else:
            self._views.close(user_id, [opened])
        return {}

    def _checked(self, answer: Json, user_id: str) -> None:
        try:
            kit.check_view(answer.get("view"), "modal")
        except ApiError as error:
            self._trouble(user_id, f"The app answered with a broken view: {error.more}")
            raise Refused(
                "The app answered with a view Slack does not accept.", 502, detail=error.more
            ) from error

    async def close(self, user_id: str, view_id: str, *, everything: bool) -> None:
        """Close the modal on top, or all of them."""
        opened, stack = self._views.find(user_id, view_id), self._views.stacks[user_id]
        # A view that clears on close takes the whole stack along.
        everything = everything or bool(opened.view.get("clear_on_close"))
        going = list(stack) if everything else [opened]
        self._views.close(user_id, going)
        for one in going:
            if one.view.get("notify_on_close"):
                payload = {
                    "type": "view_closed",
                    **self._who(user_id),
                    "view": one.with_state,
                    "is_cleared": everything,
                }
                await self._ask(user_id, "interactive", payload)

    def shown(self, user_id: str) -> list[Json]:
        """Give somebody's modal stack, with what they typed."""
        return self._views.shown(user_id)


def _unfilled(view: Json, state: Json) -> dict[str, str]:
    """Say what Slack itself says of inputs, before the app hears of it."""
    wrong = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        given = state.get(block["block_id"], {}).get(element["action_id"], {})
        if not is_filled(given):
            if not block.get("optional"):
                wrong[block["block_id"]] = "Please complete this required field."
        elif element["type"] == "plain_text_input":
            most, least = element.get("max_length", 3000), element.get("min_length", 0)
            if not least <= len(given["value"]) <= most:
                wrong[block["block_id"]] = f"Please use {least} to {most} characters."
        elif complaint := kit.typed_wrong(element, given):
            wrong[block["block_id"]] = complaint
    return wrong
