"""What we are measured against: Bolt's AsyncApp as its guide shows it, with listeners that only acknowledge.

`http`: an app on Bolt's own aiohttp server, with so many listeners; the one that answers stands in their
middle, where a listener is on average. `socket`: a bot as it begins, Socket Mode with a database and a
scheduler, or with neither.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.app.async_app import AsyncApp

COMMAND = "/bench"


def http(url: str, token: str, secret: str, listeners: int, port: int) -> None:
    """Serve on `port` until killed."""
    from aiohttp import web  # noqa: PLC0415 - the other bare bot has no use for it
    from slack_sdk.web.async_client import AsyncWebClient  # noqa: PLC0415

    app = AsyncApp(client=AsyncWebClient(token=token, base_url=url), signing_secret=secret)
    before = (listeners - 1) // 2
    _listen(app, before, 0)
    app.command(COMMAND)(_acknowledge)
    app.event("message")(_hear)
    _listen(app, listeners - 1 - before, before)
    web.run_app(app.web_app("/slack/events"), host="127.0.0.1", port=port, access_log=None, print=None)


def _listen(app: AsyncApp, count: int, begin: int) -> None:
    """Add listeners of the kinds a bot has, for things that do not happen here."""
    kinds: tuple[Callable[[str], Any], ...] = (app.command, app.action, app.view, app.event)
    for number in range(begin, begin + count):
        name = f"/other-{number}" if number % 4 == 0 else f"other_{number}"
        kinds[number % 4](name)(_acknowledge if number % 4 < 3 else _hear)


async def _acknowledge(ack: Callable[[], Awaitable[None]]) -> None:
    await ack()


async def _hear() -> None:
    pass


def socket(url: str, bot_token: str, app_token: str, database: str) -> None:
    """Connect and run until killed."""
    asyncio.run(_connected(url, bot_token, app_token, database))


async def _connected(url: str, bot_token: str, app_token: str, database: str) -> None:
    from slack_bolt.adapter.socket_mode.websockets import AsyncSocketModeHandler  # noqa: PLC0415
    from slack_sdk.web.async_client import AsyncWebClient  # noqa: PLC0415

    if database:
        await _open(database)
    app = AsyncApp(client=AsyncWebClient(token=bot_token, base_url=url))
    app.command(COMMAND)(_acknowledge)
    app.event("message")(_hear)
    await AsyncSocketModeHandler(app, app_token).start_async()  # type: ignore[no-untyped-call]


async def _open(database: str) -> None:
    from apscheduler.schedulers.asyncio import AsyncIOScheduler  # noqa: PLC0415
    from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column  # noqa: PLC0415

    class Base(DeclarativeBase):
        pass

    class Row(Base):
        __tablename__ = "row"
        id: Mapped[int] = mapped_column(primary_key=True)

    async with create_async_engine(database).begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    AsyncIOScheduler(timezone="UTC").start()


if __name__ == "__main__":
    if sys.argv[1] == "http":
        url, token, secret, listeners, port = sys.argv[2:7]
        http(url, token, secret, int(listeners), int(port))
    else:
        url, bot_token, app_token, database = sys.argv[2:6]
        socket(url, bot_token, app_token, database)
