"""The control API as a whole: its routes, its refusals, and the trace that each deed begins."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bot.workspace.control.acting import Acting
from bot.workspace.control.around import Around
from bot.workspace.control.causes import what_was_done
from bot.workspace.control.looking import Looking
from bot.workspace.control.pages import Pages
from bot.workspace.errors import ApiError, Refused
from bot.workspace.inspector import Inspector
from bot.workspace.mailroom import Mailroom
from bot.workspace.wechat import WeChat
from bot.workspace.world import World

Json = dict[str, Any]
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]

# What is no cause of anything the app could hear of.
_SILENT = (
    "type",
    "read",
    "clock",
    "fault",
    "wait_quiet",
    "snapshot",
    "restore",
    "mail/read",
    "wechat/read",
    "scheduled",
    "options",
)


class Control:
    """Answers the control API."""

    def __init__(
        self, world: World, looking: Looking, acting: Acting, around: Around, pages: Pages,
        mailroom: Mailroom, wechat: WeChat, inspector: Inspector,
    ) -> None:  # fmt: skip
        self._world, self._inspector = world, inspector
        self._looking, self._acting, self._around = looking, acting, around
        self._pages, self._mailroom, self._wechat = pages, mailroom, wechat

    def routes(self) -> list[web.RouteDef]:
        """Give all routes."""
        outside: dict[str, Callable[[Json], Any]] = {
            "mail": self._mailroom.send, "mail/raw": self._mailroom.send_raw, "mail/read": self._mail_read,
            "wechat": self._wechat.send, "wechat/read": self._wechat.read,
            "wechat/verify": self._wechat.verify,
        }  # fmt: skip
        reading = self._looking.routes() | self._around.reading()
        doing = self._acting.routes() | self._around.doing() | outside
        return [
            *(web.get(f"/control/{name}", _reading(handler)) for name, handler in reading.items()),
            *(web.post(f"/control/{name}", self._doing(name, handler)) for name, handler in doing.items()),
            web.delete("/control/fault", _reading(self._around.no_faults)),
            web.get("/control/inspect/{id}/pytest", self._story),
            web.get("/control/stream", self._pages.stream),
            web.get("/control/clock/stream", self._pages.clock_stream),
        ]

    def _mail_read(self, body: Json) -> Json:
        self._mailroom.read(str(body["id"]))
        return {}

    async def _story(self, request: web.Request) -> web.Response:
        return await _answered(lambda _given: self._around.story(request.match_info["id"]), {})

    def _doing(self, name: str, handler: Callable[[Json], Any]) -> Answer:
        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                body = await request.json()
            except ValueError:
                body = None
            if not isinstance(body, dict):
                return web.json_response({"error": "The body must be a JSON object."}, status=400)
            if name in _SILENT:
                return await _answered(handler, body)
            kind = name.partition("/")[0]
            who, what = what_was_done(self._world, kind, body)
            with self._inspector.cause(kind, who, what, {"call": name, "body": _brief(body)}):
                return await _answered(handler, body)

        return answer


def _brief(body: Json) -> Json:
    """Leave out what is long: files stay names."""
    shown = {name: value for name, value in body.items() if name != "base64"}
    for name in ("files", "attachments"):
        if isinstance(shown.get(name), list):
            shown[name] = [{"name": one.get("name")} for one in shown[name] if isinstance(one, dict)]
    return shown


def _reading(handler: Callable[[Json], Any]) -> Answer:
    async def answer(request: web.Request) -> web.StreamResponse:
        return await _answered(handler, dict(request.query))

    return answer


async def _answered(handler: Callable[[Json], Any], given: Json) -> web.Response:
    try:
        answer = handler(given)
        return web.json_response(answer if isinstance(answer, dict) else await answer)
    except Refused as error:
        return web.json_response({"error": error.sentence, **error.more}, status=error.status)
    except ApiError as error:
        return web.json_response({"error": error.code.replace("_", " ").capitalize() + "."}, status=400)
    except (KeyError, ValueError, TypeError) as error:
        return web.json_response({"error": f"Something is missing or wrong: {error}"}, status=400)
