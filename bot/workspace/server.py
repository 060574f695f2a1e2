"""The local workspace as a whole: one HTTP server on loopback, a mail server beside it, and its world."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote, urlsplit

import yaml
from aiohttp import web

from bot.clock import MovableClock
from bot.workspace.api import Api
from bot.workspace.control import BotControl, Control
from bot.workspace.delivery import Delivery
from bot.workspace.errors import ApiError, Refused
from bot.workspace.events import Events
from bot.workspace.faults import Faults
from bot.workspace.interactions import Interactions
from bot.workspace.limits import Limits
from bot.workspace.mailroom import Mailroom
from bot.workspace.room import Room
from bot.workspace.world import World

__all__ = ["BotControl", "Workspace"]

log = logging.getLogger(__name__)

Json = dict[str, Any]
_PAGE = Path(__file__).parent / "page"
_FLUSH_EVERY = 0.2
# Slack tries an event again at once, after a minute and after five; a demo need not wait that long.
REDELIVERY = (0.5, 5.0, 60.0)
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self' ws:; media-src 'self'; frame-src 'none'; base-uri 'none'; form-action 'none'"
)


class Workspace:
    """A Slack of our own. `world` is who and what is there, `manifest` the app's: a file, or its content.

    `mail_to_smtp` is where suppliers' mail is handed over; `bot_control` may kill and start the bot; with
    `request_url` the app is reached by signed HTTP instead of Socket Mode.
    """

    def __init__(  # noqa: PLR0913 - each is a choice of the demo or of a test
        self,
        world: World,
        manifest: Path | Json,
        *,
        port: int = 0,
        smtp_port: int = 0,
        data: Path | None = None,
        clock: MovableClock | None = None,
        mail_to_smtp: tuple[str, int] | None = None,
        bot_control: BotControl | None = None,
        rate_limits: bool = True,
        request_url: str | None = None,
        redelivery: Sequence[float] = REDELIVERY,
    ) -> None:
        if data:
            world.open(data)
        described: Json = (
            manifest if isinstance(manifest, dict) else yaml.safe_load(manifest.read_text("utf-8"))
        )
        self.world, self.clock = world, clock or MovableClock()
        self._port, self._smtp_port = port, smtp_port
        self.url = f"http://127.0.0.1:{port}"
        self.room = Room(world, self.clock)
        self.faults = Faults()
        self.delivery = Delivery(
            world.app["app_id"], self._note, redelivery=redelivery, request_url=request_url,
            signing_secret=self.signing_secret,
        )  # fmt: skip
        self.interactions = Interactions(self.room, self.delivery, described, self.url)
        self.mailroom = Mailroom(world, self.clock, mail_to_smtp, self._changed, self._note)
        self.api = Api(
            self.room,
            self.delivery,
            self.interactions,
            self.faults,
            Limits(strict=rate_limits),
            described,
            self._note,
        )
        self.control = Control(
            self.room, self.delivery, self.interactions, self.mailroom, self.faults, self.clock, bot_control,
            lambda: self.api.under_way,
        )  # fmt: skip
        self.room.on_change = self._changed
        self.room.on_event = Events(world, described, self.delivery.event).happened
        self.delivery.on_connection = self.control.tell_bot
        self._runner: web.AppRunner | None = None
        self._flusher: asyncio.Task[None] | None = None

    # ---- what a bot and a test need -----------------------------------------------------------------------

    @property
    def bot_token(self) -> str:
        """The app's xoxb token."""
        return str(self.world.meta["tokens"]["bot"])

    @property
    def app_token(self) -> str:
        """The app-level xapp token."""
        return str(self.world.meta["tokens"]["app"])

    @property
    def signing_secret(self) -> str:
        """What signed HTTP requests are signed with."""
        return str(self.world.meta["tokens"]["signing"])

    @property
    def control_token(self) -> str:
        """What opens the control API."""
        return str(self.world.meta["tokens"]["control"])

    @property
    def smtp_address(self) -> tuple[str, int]:
        """Where the bot hands over its mail."""
        return self.mailroom.address

    async def drop_streams(self) -> None:
        """Close every page's stream."""
        await self.control.drop_streams()

    # ---- life --------------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Open the ports; OSError when one is taken."""
        app = web.Application(middlewares=[self._guard], client_max_size=128 * 1024 * 1024)
        app.router.add_routes([
            web.get("/", self._page), web.get("/archives/{rest:.*}", self._page), web.static("/static", _PAGE),
            web.route("*", "/api/{method}", self.api.serve), web.get("/socket/{ticket}", self._socket),
            web.post("/upload/{ticket}", self.api.upload), web.post("/respond/{ticket}", self._respond),
            web.get("/files/{id}/{name}", self._file), *self.control.routes(),
        ])  # fmt: skip
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
            await self.mailroom.start(self._smtp_port)
        except OSError:
            await self._runner.cleanup()
            raise
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self.api.url = self.url
        self.interactions.move_to(self.url)
        self._flusher = asyncio.create_task(self._flush_for_ever())

    async def stop(self) -> None:
        """Close everything and keep the world."""
        if self._flusher:
            self._flusher.cancel()
            with suppress(asyncio.CancelledError):
                await self._flusher
        await self.delivery.stop()
        await self.control.drop_streams()
        await self.mailroom.stop()
        if self._runner:
            await self._runner.cleanup()
        self.world.close()

    async def _flush_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_FLUSH_EVERY)
            try:
                self.world.flush()
            except OSError as error:
                log.warning("the world cannot be kept: %s", error)

    def _note(self, kind: str, summary: str, detail: Any) -> None:
        self.control.note(kind, summary, detail)

    def _changed(self, kind: str, fields: Json, readers: Collection[str] | None) -> None:
        self.control.tell(kind, fields, readers)

    # ---- the rest of the server --------------------------------------------------------------------------

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Let in who speaks to this machine by its own name; the control API with its token only."""
        host = (request.headers.get("Host") or "").rpartition(":")[0]
        origin = request.headers.get("Origin")
        if host not in ("127.0.0.1", "localhost"):
            return web.json_response({"error": "This workspace answers on this machine only."}, status=403)
        if origin and urlsplit(origin).netloc != request.headers.get("Host"):
            return web.json_response(
                {"error": "Pages of other sites may not use this workspace."}, status=403
            )
        if request.path.startswith("/control/"):
            given = request.headers.get("X-Workspace-Token") or request.query.get("token")
            if given != self.control_token:
                return web.json_response(
                    {"error": "The token of this workspace is missing or wrong."}, status=403
                )
        try:
            answer = await handler(request)
        except Refused as error:
            return web.json_response({"error": error.sentence}, status=error.status)
        if not answer.prepared:
            answer.headers.setdefault("X-Content-Type-Options", "nosniff")
            if request.path.startswith("/static/"):
                answer.headers["Cache-Control"] = "no-cache"
        return answer

    async def _page(self, _request: web.Request) -> web.Response:
        text = (_PAGE / "index.html").read_text("utf-8").replace("__TOKEN__", self.control_token)
        headers = {
            "Content-Security-Policy": _POLICY,
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
        }
        return web.Response(text=text, content_type="text/html", headers=headers)

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        ticket = request.match_info["ticket"]
        if ticket not in self.api.sockets:
            return web.Response(status=403)
        self.api.sockets.discard(ticket)
        return await self.delivery.socket(request)

    async def _respond(self, request: web.Request) -> web.Response:
        try:
            self.interactions.respond(request.match_info["ticket"], await request.json())
        except Refused as error:
            return web.json_response({"ok": False, "error": error.sentence}, status=error.status)
        except (ApiError, ValueError) as error:
            return web.json_response({"ok": False, "error": str(error)}, status=400)
        return web.json_response({"ok": True})

    async def _file(self, request: web.Request) -> web.Response:
        """Give a file to who has a token. Never shown as a page of ours; only pictures are shown at all."""
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if request.query.get("token") != self.control_token and bearer != self.bot_token:
            return web.Response(status=403)
        file = self.world.files.get(request.match_info["id"])
        content = self.world.contents.get(request.match_info["id"])
        if file is None or content is None:
            return web.Response(status=404)
        kind = file["mimetype"] if file["mimetype"] in _PICTURES else "application/octet-stream"
        headers = {
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Content-Disposition": f"inline; filename*=UTF-8''{quote(file['name'])}",
        }
        return web.Response(body=content, content_type=kind, headers=headers)


_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
