"""Asking the app, on somebody's behalf: who it is, by which trigger, where the app may answer."""

from typing import Any

from bot.workspace.delivery import Delivery, NoAnswer
from bot.workspace.errors import Refused
from bot.workspace.inspector import Inspector
from bot.workspace.responses import Responses
from bot.workspace.room import Room
from bot.workspace.views import Views

Json = dict[str, Any]

NO_ANSWER = "{app} did not answer in time."
NOT_RUNNING = "{app} is not reachable right now."


class Asking:
    """Sends what somebody did, and tells them when no answer came."""

    def __init__(
        self, room: Room, delivery: Delivery, views: Views, responses: Responses, inspector: Inspector
    ) -> None:
        self._room, self._world, self._delivery = room, room.world, delivery
        self._views, self._responses, self._inspector = views, responses, inspector

    async def _ask(self, user_id: str, kind: str, payload: Json) -> Json | None:
        try:
            return await self._delivery.ask(kind, payload)
        except NoAnswer:
            # A bot that restarts is back in a moment: a click waits its three seconds like any other.
            words = NO_ANSWER if self._delivery.connected else NOT_RUNNING
            sentence = words.format(app=self._world.app["name"])
            self._trouble(user_id, sentence)
            raise Refused(sentence, 504) from None

    def _trouble(self, user_id: str, sentence: str) -> None:
        self._room.on_change("trouble", {"text": sentence}, [user_id])

    def _tell_errors(self, user_id: str, view_id: str, wrong: dict[str, str]) -> None:
        self._room.on_change("view_errors", {"view_id": view_id, "errors": wrong}, [user_id])

    def _insider(self, user_id: str, what: str) -> None:
        if self._world.is_outsider(user_id):
            raise Refused(f"Guests and people of other companies cannot {what} here.", 403)

    def _trigger(self, user_id: str, view_id: str | None = None) -> str:
        trigger_id = self._views.trigger(user_id, view_id)
        self._inspector.remember(f"trigger:{trigger_id}")
        return trigger_id

    def _response_url(self, channel_id: str, user_id: str, ts: str | None = None, **more: Any) -> str:
        address = self._responses.address(channel_id, user_id, ts, **more)
        self._inspector.remember(f"response:{address.rpartition('/')[2]}")
        return address

    def _who(self, user_id: str) -> Json:
        world, user = self._world, self._world.users[user_id]
        return {
            "user": {"id": user_id, "username": user["name"], "name": user["name"],
            "team_id": user["team_id"]},
            "team": {"id": world.team_id, "domain": world.meta["team"]["domain"]},
            "api_app_id": world.app["app_id"], "token": "local", "is_enterprise_install": False,
            "enterprise": None,
        }  # fmt: skip

    def _channel(self, channel_id: str) -> Json:
        return {"id": channel_id, "name": name_of(self._room.channel(channel_id))}


def name_of(channel: Json) -> str:
    """Give what payloads call a channel."""
    if channel["is_im"]:
        return "directmessage"
    return "privategroup" if channel["is_private"] and not channel["is_mpim"] else str(channel["name"])
