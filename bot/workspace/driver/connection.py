"""The control API, called; and waiting for what one is waiting for."""

import asyncio
import io
import json
from collections.abc import Awaitable, Callable
from typing import Any, Self, TypeVar

import aiohttp

from bot.clock import monotonic

Json = dict[str, Any]
Found = TypeVar("Found")
_EVERY = 0.05


class Refusal(Exception):
    """The workspace refused: `sentence` is what a person would read, `status` the HTTP status."""

    def __init__(self, sentence: str, status: int, answer: Json) -> None:
        super().__init__(sentence)
        self.sentence, self.status, self.answer = sentence, status, answer


class Connection:
    """Calls a workspace from outside."""

    def __init__(self, url: str, control_token: str, *, patience: float = 15.0) -> None:
        self.url, self.patience = url, patience
        self._headers = {"X-Workspace-Token": control_token}
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of the connection."""
        if self._session:
            await self._session.close()
            self._session = None

    async def get(self, name: str, /, **query: Any) -> Json:
        """Read `/control/NAME`; `Refusal`."""
        return await self._call(
            "GET", name, params={key.rstrip("_"): str(value) for key, value in query.items()}
        )

    async def post(self, name: str, /, **body: Any) -> Json:
        """Do `/control/NAME`; `Refusal`. A trailing underscore is dropped from names (`as_`, `from_`)."""
        # As a file: aiohttp warns of a body of megabytes that is handed over in one piece.
        content = io.BytesIO(json.dumps({key.rstrip("_"): value for key, value in body.items()}).encode())
        return await self._call("POST", name, data=content, headers={"Content-Type": "application/json"})

    async def _call(self, method: str, name: str, **how: Any) -> Json:
        self._session = self._session or aiohttp.ClientSession(headers=self._headers)
        async with self._session.request(method, f"{self.url}/control/{name}", **how) as answer:
            said: Json = await answer.json()
            if answer.status >= 400:
                raise Refusal(str(said.get("error", answer.status)), answer.status, said)
            return said

    async def until(self, look: Callable[[], Awaitable[Found | None]], complaint: Callable[[], str]) -> Found:
        """Look until there is something; AssertionError with `complaint()` when patience ends."""
        deadline = monotonic() + self.patience
        while True:
            found = await look()
            if found is not None:
                return found
            if monotonic() > deadline:
                raise AssertionError(complaint())
            await asyncio.sleep(_EVERY)

    async def is_quiet(self, seconds: float | None = None) -> bool:
        """Wait until nothing is under way; False when that took too long."""
        return bool((await self.post("wait_quiet", seconds=seconds or self.patience))["quiet"])
