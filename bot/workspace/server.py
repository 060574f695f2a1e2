"""The local workspace as a whole: one HTTP server on loopback, a mail server beside it, and its world."""

import asyncio
import logging
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import yaml
from aiohttp import web

from bot.clock import MovableClock
from bot.workspace.api import Api
from bot.workspace.assistants import Assistants
from bot.workspace.channels import Channels
from bot.workspace.clockwork import Clockwork
from bot.workspace.control.acting import Acting
from bot.workspace.control.around import Around, BotControl
from bot.workspace.control.desk import Control
from bot.workspace.control.looking import Looking
from bot.workspace.control.pages import Pages
from bot.workspace.delivery import Carrier, Delivery
from bot.workspace.doors import Doors
from bot.workspace.events import Events
from bot.workspace.faults import Faults
from bot.workspace.filing import Filing
from bot.workspace.functions import Functions
from bot.workspace.inspector import Inspector
from bot.workspace.installing import Installing
from bot.workspace.interactions import Interactions
from bot.workspace.limits import Limits
from bot.workspace.mailroom import Mailroom
from bot.workspace.people import People
from bot.workspace.pinning import Pinning
from bot.workspace.probe import NoProbe, Probe
from bot.workspace.responses import Responses
from bot.workspace.room import Room
from bot.workspace.scheduled import Scheduled
from bot.workspace.signed_http import SignedHttp
from bot.workspace.sockets import Sockets
from bot.workspace.streams import Streams
from bot.workspace.tools import Tools
from bot.workspace.views import Views
from bot.workspace.wechat import WeChat
from bot.workspace.wechat_calls import WeChatCalls
from bot.workspace.world import World

__all__ = ["BotControl", "Workspace"]

log = logging.getLogger(__name__)

Json = dict[str, Any]
_TICK = 0.2
# Real seconds: Slack tries an event again at once, after a minute and after five.
REDELIVERY = (0.0, 60.0, 300.0)
_LONGEST_SENTENCE = 80


class Workspace:
    """A Slack of our own. `world` is who and what is there, `manifest` the app's: a file, or its content.

    `mail_to_smtp` is where correspondents' mail is handed over, `wechat_to` the app's callback for WeChat;
    `bot_control` may kill and start the bot; `probe` tells about the app's own work; `fault_hook` is the
    app's address for faults of its own; with `request_url` the app is reached by signed HTTP instead of
    Socket Mode.
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
        wechat_to: str | None = None,
        bot_control: BotControl | None = None,
        probe: Probe | None = None,
        fault_hook: str | None = None,
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
        self._resume_time()
        self._port, self._smtp_port = port, smtp_port
        self.room = Room(world, self.clock)
        self.room.url = f"http://127.0.0.1:{port}"
        self.faults = Faults()
        self.inspector = Inspector(self.clock, lambda: str(world.app["name"]))
        self.sockets = None if request_url else Sockets(world.app["app_id"], self.faults)
        self.http = SignedHttp(request_url, self.signing_secret) if request_url else None
        carrier: Carrier | None = self.sockets or self.http
        assert carrier is not None
        self.delivery = Delivery(carrier, self.inspector, self.faults, self._note, redelivery)
        self.mailroom = Mailroom(world, self.clock, mail_to_smtp, self._changed, self._note, self.inspector)
        self.wechat = WeChat(world, self.clock, wechat_to, self._changed, self._note, self.inspector)
        self._wechat_calls = WeChatCalls(self.wechat, self.clock, self.faults, self.inspector, self._note)
        self.tools = self._tools(described)
        self.api = Api(
            self.tools, self.faults, Limits(strict=rate_limits), self.inspector, described, self._note
        )
        self.clockwork = Clockwork(
            self.clock, self.tools.scheduled, probe or NoProbe(), self.inspector, self._busy
        )
        self.around = Around(
            self.clockwork, self.faults, self.inspector, self.tools, self.sockets, bot_control, fault_hook,
            lambda: self.delivery.connected,
        )  # fmt: skip
        looking = Looking(
            self.room, self.tools.interactions, self.mailroom, self.wechat, self.tools.people.rest,
            self.around.state,
        )  # fmt: skip
        self.pages = Pages(world, looking.channel, self.clockwork.state)
        self.control = Control(
            world,
            looking,
            Acting(self.tools, looking),
            self.around,
            self.pages,
            self.mailroom,
            self.wechat,
            self.inspector,
        )
        self.events = Events(world, described, self.delivery.event)
        self._doors = Doors(
            world, self.api, self.sockets, self.responses, self.tools.installing, self.inspector
        )
        self._listen()
        self._runner: web.AppRunner | None = None
        self._ticker: asyncio.Task[None] | None = None

    def _tools(self, manifest: Json) -> Tools:
        room = self.room
        home = (manifest.get("features") or {}).get("app_home") or {}
        scopes = ((manifest.get("oauth_config") or {}).get("scopes") or {}).get("bot") or []
        views = Views(room, home_enabled=bool(home.get("home_tab_enabled")))
        self.responses = Responses(room)
        return Tools(
            room, Channels(room), People(room, frozenset(scopes)), Filing(room), Pinning(room),
            Scheduled(room, self.clock), Assistants(room, manifest), Streams(room), Functions(room, manifest),
            Installing(self.world, manifest), views,
            Interactions(room, self.delivery, views, self.responses, self.inspector, manifest),
        )  # fmt: skip

    def _listen(self) -> None:
        """Let everybody hear of what they wait for."""
        self.room.on_change, self.room.on_event = self._changed, self.events.happened
        self.clockwork.on_tick = self.pages.tell_clock
        self.clockwork.on_fired = lambda fired: self.pages.tell("fired", fired, None)
        self.faults.on_change = lambda: self.pages.tell("faults", {"faults": self.faults.pending}, None)
        self.inspector.on_change = lambda trace: self.pages.tell("trace", {"trace": trace}, None)
        self.around.on_bot = self._tell_bot
        self.around.on_restored = self._restored
        self.around.on_uninstalled = self._uninstalled
        if self.sockets:
            self.sockets.on_connection = self._tell_bot

    def _resume_time(self) -> None:
        """Time never goes back, not even when a kept world is opened again."""
        kept = self.world.meta.get("clock")
        if kept:
            self.clock.set(max(self.clock.now(), datetime.fromisoformat(kept["at"])))

    # ---- what a bot and a test need --------------------------------------------------------------------

    @property
    def url(self) -> str:
        """The address of everything."""
        return self.room.url

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
        await self.pages.drop()

    async def verify_request_url(self) -> bool:
        """Send `url_verification` and `ssl_check` to the app's request URL; whether it answers as it must."""
        assert self.http is not None
        return await self.http.verify() and await self.http.ssl_check()

    # ---- life ------------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Open the ports; OSError when one is taken."""
        app = web.Application(middlewares=[self._doors.guard], client_max_size=128 * 1024 * 1024)
        app.router.add_routes([*self._doors.routes(), *self.control.routes(), *self._wechat_calls.routes()])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
            await self.mailroom.start(self._smtp_port)
        except OSError:
            await self._runner.cleanup()
            raise
        self._port = self._runner.addresses[0][1]
        self.room.url = f"http://127.0.0.1:{self._port}"
        self._ticker = asyncio.create_task(self._tick_for_ever())

    async def stop(self) -> None:
        """Close everything and keep the world."""
        if self._ticker:
            self._ticker.cancel()
            with suppress(asyncio.CancelledError):
                await self._ticker
        await self.delivery.stop()
        await self.pages.drop()
        await self.mailroom.stop()
        if self._runner:
            await self._runner.cleanup()
        self._keep_time()
        self.world.close()

    async def _tick_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_TICK)
            due = self.tools.scheduled.next_due()
            if due and due <= self.clock.now():
                with self.inspector.cause("clock", "", "A scheduled message was due"):
                    self.tools.scheduled.fire()
            self.inspector.flush()
            self._keep_time()
            try:
                self.world.flush()
            except OSError as error:
                log.warning("the world cannot be kept: %s", error)

    def _keep_time(self) -> None:
        """Keep the time with the world, once a minute of it is enough."""
        now, kept = self.clock.now(), self.world.meta.get("clock")
        if kept is None or abs((now - datetime.fromisoformat(kept["at"])).total_seconds()) > 60:
            self.world.meta["clock"] = {"at": now.isoformat()}
            self.world.touch("meta", "clock")

    # ---- what happens ----------------------------------------------------------------------------------

    def _busy(self) -> bool:
        return self.delivery.under_way > 0 or self.api.under_way > 0

    def _note(self, kind: str, summary: str, detail: Any) -> None:
        self.around.note(kind, summary, detail)

    def _changed(self, kind: str, fields: Json, readers: Collection[str] | None) -> None:
        self.pages.tell(kind, fields, readers)
        if sentence := self._came_about(kind, fields):
            self.clockwork.came_about(sentence)

    def _came_about(self, kind: str, fields: Json) -> str | None:
        """Say in a sentence what the app brought about, for whoever moves the clock."""
        if kind == "mail" and fields["mail"]["direction"] == "in":
            return f"A mail went to {fields['address']}: {fields['mail']['subject']}"
        if kind == "wechat" and fields["said"]["direction"] == "in":
            return (
                f"A WeChat message went to {fields['contact']}: {fields['said']['text'][:_LONGEST_SENTENCE]}"
            )
        message = fields.get("message") or {}
        if kind not in ("message", "ephemeral") or message.get("bot_id") != self.world.app["bot_id"]:
            return None
        channel, app = self.world.channels[fields["channel"]], self.world.app["name"]
        text = " ".join(str(message.get("text", "")).split())[:_LONGEST_SENTENCE]
        if channel["is_im"]:
            other = next((one for one in channel["members"] if one != self.world.bot_user_id), "")
            return f"{app} wrote to {self.world.users.get(other, {}).get('real_name', other)}: {text}"
        return f"{app} wrote in #{channel['name']}: {text}"

    def _tell_bot(self) -> None:
        self.pages.tell("bot", {"bot": self.around.bot()}, None)

    def _restored(self) -> None:
        self.room.ephemerals.clear()
        self.tools.views.stacks.clear()
        self.room.resume()
        self.pages.tell("restored", {}, None)

    def _uninstalled(self) -> None:
        stamp = {"event_ts": self.room.new_ts()}
        tokens = {"oauth": [], "bot": [self.world.bot_user_id]}
        self.events.happened({"type": "tokens_revoked", "tokens": tokens} | stamp)
        self.events.happened({"type": "app_uninstalled"} | stamp)
        self.world.meta["tokens"]["revoked"] = True
        self.world.touch("meta", "tokens")
