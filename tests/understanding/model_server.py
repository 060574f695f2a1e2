"""A server that speaks OpenAI's chat completions on loopback, and misbehaves on demand."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiohttp import web

from bot import clock

Behaviour = Callable[[web.Request, dict[str, Any]], Awaitable[web.StreamResponse]]
Brain = Callable[[dict[str, Any]], object]


def texts(body: dict[str, Any]) -> list[str]:
    """Give the strangers' texts of a request, by its markers."""
    found = re.findall(
        r"^BEGIN (\w+)\n(.*?)\nEND \1$", body["messages"][-1]["content"], re.DOTALL | re.MULTILINE
    )
    return [text for _, text in found]


def completion(content: str | None, *, finish: str = "stop", **more: Any) -> dict[str, Any]:
    """Give a body as servers send it."""
    message = {"role": "assistant", "content": content, "refusal": more.pop("refusal", None)}
    return {
        "id": "c-1", "object": "chat.completion", "created": 1, "model": "small",
        "choices": [{"index": 0, "finish_reason": finish, "message": message}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}, **more,
    }  # fmt: skip


def says(content: str | None, **more: Any) -> Behaviour:
    """Answer with that text."""

    async def behave(_request: web.Request, _body: dict[str, Any]) -> web.Response:
        return web.json_response(completion(content, **more))

    return behave


def thinks(brain: Brain) -> Behaviour:
    """Answer with the JSON that `brain` makes of the request."""

    async def behave(_request: web.Request, body: dict[str, Any]) -> web.Response:
        return web.json_response(completion(json.dumps(brain(body))))

    return behave


def fails(status: int, message: str = "no", code: str | None = None, **headers: str) -> Behaviour:
    """Answer with an error, as OpenAI words it."""

    async def behave(_request: web.Request, _body: dict[str, Any]) -> web.Response:
        error = {"error": {"message": message, "type": "error", "code": code, "param": None}}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.json_response(error, status=status, headers=named)

    return behave


def sends(text: str, content_type: str) -> Behaviour:
    """Answer with anything."""

    async def behave(_request: web.Request, _body: dict[str, Any]) -> web.Response:
        return web.Response(text=text, content_type=content_type)

    return behave


async def hangs(_request: web.Request, _body: dict[str, Any]) -> web.Response:
    """Never answer."""
    await asyncio.Event().wait()
    raise AssertionError


async def drops(request: web.Request, _body: dict[str, Any]) -> web.Response:
    """Cut the connection before the answer."""
    assert request.transport is not None
    request.transport.close()
    return web.Response()


async def breaks_off(request: web.Request, _body: dict[str, Any]) -> web.StreamResponse:
    """Cut the connection in the middle of the answer."""
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "900"})
    await response.prepare(request)
    await response.write(b'{"id": "c-1", "cho')
    assert request.transport is not None
    request.transport.close()
    return response


async def trickles(request: web.Request, _body: dict[str, Any]) -> web.StreamResponse:
    """Send a space ever so often, and no end."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    with suppress(ConnectionError):
        while True:
            await response.write(b" ")
            await asyncio.sleep(0.05)
    return response


class ModelServer:
    """What it was asked, and how it behaves: `script` first, one a request, and `usually` after that."""

    def __init__(self) -> None:
        self.url = ""
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.times: list[float] = []
        self.script: list[Behaviour] = []
        self.usually: Behaviour = says("{}")
        self.formats = {"json_schema", "json_object"}
        self.untaken_words: set[str] = set()
        self.busy = self.busiest = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.bodies.append(body)
        self.times.append(clock.monotonic())
        self.headers.append(dict(request.headers))
        wanted = body.get("response_format", {}).get("type")
        if wanted and wanted not in self.formats:
            return await fails(400, f"response_format {wanted} is not supported")(request, body)
        for word in self.untaken_words & set(body):
            return await fails(400, f"Unsupported parameter: '{word}'")(request, body)
        self.busy += 1
        self.busiest = max(self.busy, self.busiest)
        try:
            behave = self.script.pop(0) if self.script else self.usually
            return await behave(request, body)
        finally:
            self.busy -= 1

    @property
    def rungs(self) -> list[str]:
        """The form each request asked for."""
        return [body.get("response_format", {}).get("type", "words") for body in self.bodies]

    @property
    def everything_said(self) -> str:
        """Give all that reached the server."""
        return json.dumps(self.bodies, ensure_ascii=False)


@asynccontextmanager
async def running() -> AsyncIterator[ModelServer]:
    """Give a server that listens."""
    server = ModelServer()
    app = web.Application()
    app.router.add_post("/v1/chat/completions", server.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    try:
        yield server
    finally:
        await runner.cleanup()
