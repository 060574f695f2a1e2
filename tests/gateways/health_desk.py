"""A service outside that waits for heartbeats, on the loopback."""

from typing import Self

from aiohttp import web


class HealthDesk:
    """Notes each request as it came; answers `status`, from `where` it sends elsewhere."""

    def __init__(self) -> None:
        self.status = 200
        self.heard: list[tuple[str, str, dict[str, str], bytes]] = []

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", self._take)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/ping/0f0f-secret"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.heard.append((request.method, request.path_qs, headers, await request.read()))
        elsewhere = {"Location": "/elsewhere"} if self.status == 302 else {}
        return web.Response(status=self.status, headers={"Set-Cookie": "track=1", **elsewhere})
