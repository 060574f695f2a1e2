"""Whoever can tell what the app itself has in hand, so that the clock can wait for it."""

from contextlib import suppress
from datetime import datetime
from typing import Protocol

import aiohttp

_PATIENCE = 2.0


class Probe(Protocol):
    """Tells about the app's own work."""

    async def quiet(self) -> bool:
        """Tell whether nothing is in hand."""
        ...

    async def next_due(self) -> datetime | None:
        """Give when the app will next do something by itself, if ever."""
        ...

    async def failing(self) -> list[str]:
        """Name what the app could not do by itself and tries again, each in a sentence."""
        ...


class NoProbe:
    """An app that tells nothing of itself."""

    async def quiet(self) -> bool:
        """Take it for quiet."""
        return True

    async def next_due(self) -> datetime | None:
        """Know of nothing due."""
        return None

    async def failing(self) -> list[str]:
        """Know of nothing that failed."""
        return []


class HttpProbe:
    """Asks the app at `url`: `{"quiet": bool, "next_due": ISO | null, "failing": [{what, why, again}]}`.

    Who is not there is quiet; who takes too long to answer has a lot in hand.
    """

    def __init__(self, url: str) -> None:
        self._url = url

    async def quiet(self) -> bool:
        """Tell whether nothing is in hand."""
        return bool((await self._ask()).get("quiet", True))

    async def next_due(self) -> datetime | None:
        """Give when the app will next do something by itself, if ever."""
        due = (await self._ask()).get("next_due")
        try:
            found = datetime.fromisoformat(str(due)) if due else None
        except ValueError:
            return None
        return found if found and found.tzinfo else None

    async def failing(self) -> list[str]:
        """Name what the app could not do by itself and tries again, each in a sentence."""
        found = (await self._ask()).get("failing")
        return [_sentence(one) for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    async def _ask(self) -> dict[str, object]:
        try:
            # A session a question: the app may be killed and started in between, and questions are few.
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(_PATIENCE)) as session,
                session.get(self._url) as answer,
            ):
                said = await answer.json(content_type=None)
        except TimeoutError:
            return {"quiet": False}
        except (aiohttp.ClientError, OSError, ValueError):
            return {}
        return said if isinstance(said, dict) else {}


def _sentence(failed: dict[str, object]) -> str:
    again = ""
    with suppress(ValueError):
        at = datetime.fromisoformat(str(failed.get("again")))
        again = f" It is tried again at {at:%H:%M:%S} UTC, real time."
    return f"⚠️ The bot could not do {failed.get('what')} ({failed.get('why')}).{again}"
