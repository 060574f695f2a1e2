"""What the server lets in, and the doors that are neither Web API nor control API.

Those are the page, sockets, uploads and downloads, `response_url`s, and the page that installs an app.
"""

import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from aiohttp import web

from bot.workspace.api import Api
from bot.workspace.errors import ApiError, Refused
from bot.workspace.inspector import Inspector
from bot.workspace.installing import Installing
from bot.workspace.responses import Responses
from bot.workspace.sockets import Sockets
from bot.workspace.upgrading import Gone, unread
from bot.workspace.world import World

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_PAGE = Path(__file__).parent / "page"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self' ws://__HOST__; media-src 'self'; "
    "frame-src 'none'; base-uri 'none'; form-action 'none'"
)
_INSTALL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action *; base-uri 'none'"
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")


class Doors:
    """Serves them."""

    def __init__(
        self, world: World, api: Api, sockets: Sockets | None, responses: Responses,
        installing: Installing, inspector: Inspector,
    ) -> None:  # fmt: skip
        self._world, self._api, self._sockets = world, api, sockets
        self._responses, self._installing, self._inspector = responses, installing, inspector

    def routes(self) -> list[web.AbstractRouteDef]:
        """Give their routes."""
        return [
            web.get("/", self._page), web.static("/static", _PAGE),
            web.route("*", "/api/{method}", self._api.serve), web.get("/socket/{ticket}", self._socket),
            web.post("/upload/{ticket}", self._api.upload), web.post("/respond/{ticket}", self._respond),
            web.get("/files/{id}/{name}", self._file),
            web.get("/archives/{tail:.+}", self._page),
            web.get("/oauth/v2/authorize", self._install), web.post("/oauth/v2/approve", self._approve),
        ]  # fmt: skip

    @web.middleware
    async def guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let in who speaks to this machine by its own name; the control API with its token only."""
        host = (request.headers.get("Host") or "").partition(":")[0]
        origin = request.headers.get("Origin")
        if host not in ("127.0.0.1", "localhost"):
            return _refused("This workspace answers on this machine only.")
        if origin and urlsplit(origin).netloc != request.headers.get("Host"):
            return _refused("Pages of other sites may not use this workspace.")
        if request.path.startswith("/control/"):
            given = request.headers.get("X-Workspace-Token") or request.query.get("token") or ""
            if not secrets.compare_digest(given.encode(), self._control_token.encode()):
                return _refused("The token of this workspace is missing or wrong.")
        try:
            answer = await handler(request)
        except Refused as error:
            return web.json_response({"error": error.sentence}, status=error.status)
        except Gone:
            return unread()
        if not answer.prepared:
            answer.headers.setdefault("X-Content-Type-Options", "nosniff")
            if request.path.startswith("/static/"):
                answer.headers["Cache-Control"] = "no-cache"
        return answer

    @property
    def _control_token(self) -> str:
        return str(self._world.meta["tokens"]["control"])

    async def _page(self, request: web.Request) -> web.Response:
        text = (_PAGE / "index.html").read_text("utf-8").replace("__TOKEN__", self._control_token)
        headers = {
            # Not every browser takes 'self' for the same host's WebSockets. The guard has checked the name.
            "Content-Security-Policy": _POLICY.replace("__HOST__", request.host),
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
        }
        return web.Response(text=text, content_type="text/html", headers=headers)

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        ticket = request.match_info["ticket"]
        if self._sockets is None or ticket not in self._api.tickets.sockets:
            return web.Response(status=403)
        self._api.tickets.sockets.discard(ticket)
        return await self._sockets.serve(request)

    async def _respond(self, request: web.Request) -> web.Response:
        ticket = request.match_info["ticket"]
        try:
            body = await request.json()
        except ValueError:
            return web.json_response({"ok": False, "error": "invalid_payload"}, status=400)
        span = self._inspector.attribute("response", "response_url", [f"response:{ticket}"], arguments=body)
        try:
            with self._inspector.within(span):
                self._responses.respond(ticket, body)
        except Refused as error:
            span.end(error=error.sentence)
            return web.json_response({"ok": False, "error": error.sentence}, status=error.status)
        except (ApiError, ValueError, AttributeError) as error:
            code = error.code if isinstance(error, ApiError) else "invalid_payload"
            span.end(error=code)
            return web.json_response({"ok": False, "error": code}, status=400)
        span.end()
        return web.json_response({"ok": True})

    async def _file(self, request: web.Request) -> web.Response:
        """Give a file to who has a token. Never shown as a page of ours; only pictures are shown at all."""
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        tokens = self._world.meta["tokens"]
        if request.query.get("token") != tokens["control"]:
            if bearer != tokens["bot"] or tokens.get("revoked"):
                return web.Response(status=403)
            if "files:read" not in self._api.scopes:
                return web.Response(status=403, text="missing_scope")
        file = self._world.files.get(request.match_info["id"])
        content = self._world.contents.get(request.match_info["id"])
        if file is None or content is None:
            return web.Response(status=404)
        kind = file["mimetype"] if file["mimetype"] in _PICTURES else "application/octet-stream"
        headers = {
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Content-Disposition": f"inline; filename*=UTF-8''{quote(file['name'])}",
        }
        return web.Response(body=content, content_type=kind, headers=headers)

    # ---- installing an app -----------------------------------------------------------------------------

    async def _install(self, request: web.Request) -> web.Response:
        people = [
            (one["id"], str(one["real_name"])) for one in self._world.users.values()
            if not (one["is_bot"] or one["deleted"] or self._world.is_outsider(one["id"]))
        ]  # fmt: skip
        text = self._installing.page(dict(request.query), people)
        return web.Response(
            text=text, content_type="text/html", headers={"Content-Security-Policy": _INSTALL_POLICY}
        )

    async def _approve(self, request: web.Request) -> web.Response:
        form: dict[str, Any] = {name: str(value) for name, value in (await request.post()).items()}
        raise web.HTTPFound(self._installing.approve(form))


def _refused(sentence: str) -> web.Response:
    return web.json_response({"error": sentence}, status=403)
