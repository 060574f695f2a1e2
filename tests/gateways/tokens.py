"""A provider's sign-in server on the loopback: it gives tokens, takes them back, and tells about them."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Self
from urllib.parse import parse_qs, urlsplit

from aiohttp import web

from bot.gateways.oauth import App, Provider


class TokenServer:
    """Gives `access-N` for the refresh token it gave or knew; `rotates`: each refresh brings a new one."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.rotates = True
        self.lives = 3600
        self.refresh = "refresh-0"
        self.secret = "app-secret"
        self.good: set[str] = set()
        self.asked: list[dict[str, str]] = []
        self.status: int | None = None
        self.codes: dict[str, str] = {}
        self.gate = asyncio.Event()
        self.gate.set()
        self._count = 0

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/token", self._token)
        app.router.add_post("/introspect", self._introspect)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    def app(self, *, refresh_token: str = "refresh-0", client_secret: str = "app-secret") -> App:
        """Give our app as this server knows it."""
        provider = Provider(f"{self.url}/authorize", f"{self.url}/token", "mail offline_access")
        return App(provider, "app-id", client_secret, refresh_token)

    def sign_in(self, url: str) -> str:
        """Be the person at the sign-in page, and give the code they come back with."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert query["client_id"] == "app-id"
        assert query["login_hint"] == self.address
        assert query["code_challenge_method"] == "S256"
        self.codes["code-1"] = query["code_challenge"]
        return "code-1"

    async def _token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append(form)
        await self.gate.wait()
        if self.status:
            return web.Response(status=self.status, text="<html>busy</html>")
        if form.get("client_secret") != self.secret:
            return web.json_response({"error": "invalid_client"}, status=401)
        if not self._may(form):
            return web.json_response({"error": "invalid_grant"}, status=400)
        self._count += 1
        said: dict[str, object] = {"access_token": f"access-{self._count}", "expires_in": self.lives}
        self.good.add(f"access-{self._count}")
        if form["grant_type"] == "authorization_code" or self.rotates:
            self.refresh = f"refresh-{self._count}"
            said["refresh_token"] = self.refresh
        return web.json_response(said)

    def _may(self, form: dict[str, str]) -> bool:
        if form["grant_type"] == "client_credentials":
            return True
        if form["grant_type"] == "authorization_code":
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            return self.codes.pop(form["code"], "") == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        return form["refresh_token"] == self.refresh

    async def _introspect(self, request: web.Request) -> web.Response:
        token = str((await request.post()).get("token", ""))
        return web.json_response({"active": token in self.good, "email": self.address})


class Tokens:
    """Keeps tokens for all replicas, in memory."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self._lock = asyncio.Lock()

    async def get(self, address: str) -> str | None:
        return self.texts.get(address)

    async def put(self, address: str, text: str) -> None:
        self.texts[address] = text

    def alone(self, address: str) -> AbstractAsyncContextManager[None]:  # noqa: ARG002 - one mailbox a test
        return self._alone()

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        async with self._lock:
            yield
