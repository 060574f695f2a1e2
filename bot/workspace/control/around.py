"""The world around a workspace: clock, the bot's process, faults, log, snapshots, who comes and goes."""

from collections.abc import Callable
from typing import Any, Protocol

import aiohttp

from bot.workspace.clockwork import Clockwork
from bot.workspace.errors import Refused
from bot.workspace.faults import Fault, Faults
from bot.workspace.inspector import Inspector
from bot.workspace.sockets import Sockets
from bot.workspace.story import as_pytest
from bot.workspace.tools import Tools

Json = dict[str, Any]

MOST_LOGGED = 1000
_PATIENCE = 5.0


class BotControl(Protocol):
    """Whoever can kill and start the bot."""

    @property
    def running(self) -> bool:
        """Tell whether it runs."""
        ...

    async def start(self) -> None:
        """Start it."""
        ...

    async def kill(self) -> None:
        """Kill it at once."""
        ...


class Around:
    """Answers what the control API offers beside people. `changed` tells the pages."""

    def __init__(
        self, clockwork: Clockwork, faults: Faults, inspector: Inspector, tools: Tools,
        sockets: Sockets | None, bot: BotControl | None, fault_hook: str | None,
        connected: Callable[[], bool],
    ) -> None:  # fmt: skip
        self._world, self._clockwork, self._faults, self._inspector = (
            tools.room.world,
            clockwork,
            faults,
            inspector,
        )
        self._people, self._channels, self._scheduled = tools.people, tools.channels, tools.scheduled
        self._functions = tools.functions
        self._sockets, self._bot, self.fault_hook, self._connected = sockets, bot, fault_hook, connected
        self._logged: list[Json] = []
        self.on_bot: Callable[[], None] = lambda: None
        self.on_restored: Callable[[], None] = lambda: None
        self.on_uninstalled: Callable[[], None] = lambda: None

    def reading(self) -> dict[str, Callable[[Json], Any]]:
        """Give what is read, by name."""
        return {
            "log": self._log, "quiet": self._quiet, "clock": lambda _query: self._clockwork.state(),
            "faults": self._pending, "inspect": self._inspect, "snapshots": self._snapshots,
        }  # fmt: skip

    def doing(self) -> dict[str, Callable[[Json], Any]]:
        """Give what can be done, by name."""
        return {
            "clock": self._clockwork.order, "bot": self._do_bot, "fault": self._fault,
            "wait_quiet": self._wait_quiet, "snapshot": self._snapshot, "restore": self._restore,
            "hire": self._hire, "deactivate": self._deactivate, "uninstall": self._uninstall,
            "scheduled": self._coming, "run_function": self._run_function,
        }  # fmt: skip

    def state(self) -> Json:
        """Give what the sidebar shows of it."""
        return {"bot": self.bot(), "clock": self._clockwork.state()}

    # ---- the bot ---------------------------------------------------------------------------------------

    def bot(self) -> Json:
        """Give how the bot is."""
        app, connected = self._world.app, self._connected()
        running = self._bot.running if self._bot else connected
        return {
            "user_id": app["bot_user_id"], "name": app["name"], "app_id": app["app_id"],
            "connected": connected, "can_kill": self._bot is not None, "running": running,
        }  # fmt: skip

    async def _do_bot(self, body: Json) -> Json:
        if self._bot is None:
            raise Refused("Nobody here can kill or start the bot.", 409)
        if body.get("do") == "kill":
            await self._bot.kill()
        elif body.get("do") == "start":
            await self._bot.start()
        else:
            raise Refused("Say kill or start.")
        self.on_bot()
        return {}

    def _uninstall(self, _body: Json) -> Json:
        self.on_uninstalled()
        return {}

    # ---- time and quiet --------------------------------------------------------------------------------

    async def _quiet(self, _query: Json) -> Json:
        return {"quiet": await self._clockwork.is_quiet()}

    async def _wait_quiet(self, body: Json) -> Json:
        return {"quiet": await self._clockwork.wait_quiet(float(body.get("seconds", 10)))}

    def _coming(self, body: Json) -> Json:
        channel = body.get("channel")
        shown = [
            {"id": one["id"], "channel": one["channel_id"], "post_at": one["post_at"], "text": one["text"]}
            for one in self._scheduled.coming()
            if channel in (None, one["channel_id"])
            and self._world.may_see(one["channel_id"], str(body.get("as")))
        ]
        return {"messages": shown}

    # ---- faults ----------------------------------------------------------------------------------------

    def _pending(self, _query: Json) -> Json:
        return {"faults": self._faults.pending}

    async def _fault(self, body: Json) -> Json:
        fault = self._faults.read(body)
        if fault.kind in ("socket_refresh", "socket_close"):
            if self._sockets is None:
                raise Refused("The app is reached by HTTP: it has no sockets.", 409)
            if fault.kind == "socket_close":
                await self._sockets.close_all()
            else:
                self._sockets.refresh(fault.seconds)
        elif fault.kind == "slow_database":
            await self._slow_database(fault)
        else:
            self._faults.add(fault)
        self.note("fault", f"{fault.kind} ordered", body)
        return {"id": fault.id}

    async def _slow_database(self, fault: Fault) -> None:
        if self.fault_hook is None:
            raise Refused("The app gave no address where its database can be slowed down.", 409)
        order = {"kind": fault.kind, "times": fault.times, "seconds": fault.seconds}
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(_PATIENCE)) as session,
                session.post(self.fault_hook, json=order) as answer,
            ):
                answer.raise_for_status()
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise Refused("The app did not take the order to slow its database down.", 502) from error

    def no_faults(self, query: Json) -> Json:
        """Take one fault or all back."""
        self._faults.clear(str(query.get("id", "")))
        return {}

    # ---- the log and the inspector ---------------------------------------------------------------------

    def note(self, kind: str, summary: str, detail: Any) -> None:
        """Keep an entry of the log; the last thousand are kept."""
        at = self._clockwork.state()["now"]
        self._logged.append({"at": at, "kind": kind, "summary": summary, "detail": detail})
        del self._logged[:-MOST_LOGGED]

    @property
    def logged(self) -> list[Json]:
        """Give the log."""
        return self._logged

    def _log(self, query: Json) -> Json:
        return {"entries": self._logged[-int(query.get("limit") or 200) :]}

    def _inspect(self, query: Json) -> Json:
        return {
            "traces": self._inspector.shown(int(query.get("limit") or 100), str(query.get("since") or ""))
        }

    def story(self, trace_id: str) -> Json:
        """Give a trace as a test."""
        trace = self._inspector.find(trace_id)
        if trace is None:
            raise Refused("There is no such trace any more.", 404)
        return as_pytest(trace, self._world)

    # ---- the world -------------------------------------------------------------------------------------

    def _snapshot(self, body: Json) -> Json:
        name = str(body.get("name") or "").strip()
        if not name:
            raise Refused("A snapshot needs a name.")
        at = self._clockwork.state()["now"]
        self._world.snapshot(name, at)
        return {"name": name, "at": at}

    def _snapshots(self, _query: Json) -> Json:
        return {"snapshots": [{"name": name, "at": one["at"]} for name, one in self._world.snapshots.items()]}

    def _restore(self, body: Json) -> Json:
        try:
            self._world.restore(str(body.get("name")))
        except KeyError as error:
            raise Refused("There is no snapshot of this name.", 404) from error
        self.on_restored()
        return {}

    def _hire(self, body: Json) -> Json:
        name = str(body.get("name") or "").strip()
        if not name:
            raise Refused("Somebody who joins needs a name.")
        profile = {"title": str(body.get("title") or ""), "email": str(body.get("email") or "")}
        more = {one: body[one] for one in ("tz", "locale") if body.get(one)}
        profile["display_name"] = name.split()[0]
        user = self._people.hire(name, profile=profile, **more)
        wanted = set(body.get("channels") or [])
        for channel in list(self._world.channels.values()):
            if channel["is_general"] or channel["name"] in wanted:
                self._channels.join(channel["id"], user["id"])
        return {"user": user}

    def _run_function(self, body: Json) -> Json:
        return {"execution": self._functions.run(str(body["callback_id"]), body.get("inputs") or {})}

    def _deactivate(self, body: Json) -> Json:
        self._people.change(self._people.find(str(body.get("user")))["id"], {"deleted": True})
        return {}
