"""The one listener for HTTP: Slack's signed requests, health, and whether there is anything left to do."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.gateways.metrics import Measures
from bot.gateways.smtp import PortTaken


@dataclass(frozen=True)
class Failing:
    """An errand that failed: its name, why in a word, and when it is tried again (real time)."""

    what: str
    why: str
    again: datetime


@dataclass(frozen=True)
class Work:
    """Whether nothing is left to do now, when something will be due (business time), and what failed."""

    quiet: bool
    next_due: datetime | None
    failing: tuple[Failing, ...] = ()


Quiet = Callable[[], Awaitable[Work]]
# Gives what is wrong with the bot in sentences, "" when all is well.
Problem = Callable[[], Awaitable[str]]

# Takes a webhook's headers (names in lower case) and body; gives the HTTP status and a sentence.
Hook = Callable[[Mapping[str, str], bytes], Awaitable[tuple[int, str]]]
_LARGEST_HOOK = 1024 * 1024


class WebServer:
    """Answers `/healthz`, `/quiet`, `/metrics`, `/hooks/{name}`, and `/slack/events` when given Bolt's app.

    `measures` is asked at each scrape, `problem` by `/healthz`.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        quiet: Quiet,
        measures: Measures,
        problem: Problem,
        hooks: Mapping[str, Hook],
        slack: AsyncApp | None = None,
    ) -> None:
        self._host, self._port, self._quiet, self._slack = host, port, quiet, slack
        self._measures, self._problem, self._hooks = measures, problem, hooks
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Open the port; `PortTaken` when another program has it."""
        app = web.Application(client_max_size=_LARGEST_HOOK)
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/quiet", self._is_quiet)
        app.router.add_get("/metrics", self._scrape)
        app.router.add_post("/hooks/{name}", self._hook)
        if self._slack:
            app.router.add_post("/slack/events", self._events)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise PortTaken(port=self._port, option="SWITCHBOARD_HTTP_PORT") from error

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        assert self._runner is not None
        host, port = self._runner.addresses[0][:2]
        return host, port

    async def stop(self) -> None:
        """Close the port."""
        if self._runner:
            await self._runner.cleanup()

    async def _healthz(self, _request: web.Request) -> web.Response:
        if wrong := await self._problem():
            return web.json_response({"ok": False, "problem": wrong}, status=503)
        return web.json_response({"ok": True})

    async def _scrape(self, _request: web.Request) -> web.Response:
        # Who is never scraped need not hold it.
        from bot.gateways.scrape import exposed  # noqa: PLC0415

        return web.Response(body=exposed(await self._measures()), content_type="text/plain", charset="utf-8")

    async def _hook(self, request: web.Request) -> web.Response:
        hook = self._hooks.get(request.match_info["name"])
        if hook is None:
            return web.json_response({"error": "There is no webhook of this name."}, status=404)
        headers = {name.lower(): value for name, value in request.headers.items()}
        status, sentence = await hook(headers, await request.read())
        return web.json_response({"error" if status >= 400 else "message": sentence}, status=status)

    async def _is_quiet(self, _request: web.Request) -> web.Response:
        work = await self._quiet()
        due = work.next_due.isoformat() if work.next_due else None
        failing = [{"what": one.what, "why": one.why, "again": one.again.isoformat()} for one in work.failing]
        return web.json_response({"quiet": work.quiet, "next_due": due, "failing": failing})

    async def _events(self, request: web.Request) -> web.Response:
        assert self._slack is not None
        headers: dict[str, str | Sequence[str]] = {name: [value] for name, value in request.headers.items()}
        answer = await self._slack.async_dispatch(
            AsyncBoltRequest(body=await request.text(), query=request.query_string, headers=headers)
        )
        return web.Response(
            status=answer.status, text=answer.body or "", headers=answer.first_headers_without_set_cookie()
        )
