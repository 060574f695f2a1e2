"""The one listener for HTTP: Slack's signed requests, health, and whether there is anything left to do."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.gateways.smtp import PortTaken

# Whether nothing is left to do now, and when something will be due (business time).
Quiet = Callable[[], Awaitable[tuple[bool, datetime | None]]]


class WebServer:
    """Answers `/healthz`, `/quiet`, and `/slack/events` when it is given Bolt's app."""

    def __init__(self, *, host: str, port: int, quiet: Quiet, slack: AsyncApp | None = None) -> None:
        self._host, self._port, self._quiet, self._slack = host, port, quiet, slack
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Open the port; `PortTaken` when another program has it."""
        app = web.Application()
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/quiet", self._is_quiet)
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
        return web.json_response({"ok": True})

    async def _is_quiet(self, _request: web.Request) -> web.Response:
        quiet, next_due = await self._quiet()
        return web.json_response({"quiet": quiet, "next_due": next_due.isoformat() if next_due else None})

    async def _events(self, request: web.Request) -> web.Response:
        assert self._slack is not None
        headers: dict[str, str | Sequence[str]] = {name: [value] for name, value in request.headers.items()}
        answer = await self._slack.async_dispatch(
            AsyncBoltRequest(body=await request.text(), query=request.query_string, headers=headers)
        )
        return web.Response(
            status=answer.status, text=answer.body or "", headers=answer.first_headers_without_set_cookie()
        )
