"""Bolt, the border to Slack: it verifies and parses, stores events, and hands interactions on.

Bolt is never the queue: it swallows handlers' exceptions and answers 200. Events are stored in its
`before_authorize` hook, the one place where a failure still makes Slack deliver again; interactions reach one
catch-all listener each, for Bolt's own dispatch is a linear scan.
"""

import json
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from slack_bolt.adapter.socket_mode.websockets import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.ports import Accept

# Slack's socket is looked at this often, in seconds: a dropped one is back within that time.
_SOCKET_CHECK = 3.0

Interaction = Callable[[str, Mapping[str, Any], Callable[..., Awaitable[Any]]], Awaitable[None]]
_ANY = re.compile(".*", re.DOTALL)


@dataclass(frozen=True)
class Identity:
    """Who we are in Slack, from the one `auth.test` made at start."""

    team_id: str
    bot_user_id: str
    bot_id: str
    workspace_url: str


async def identify(client: AsyncWebClient) -> Identity:
    """Ask Slack who this token is."""
    answer = await client.auth_test()
    return Identity(answer["team_id"], answer["user_id"], answer["bot_id"], answer["url"])


def build(
    client: AsyncWebClient,
    identity: Identity,
    accept: Accept,
    interaction: Interaction,
    *,
    signing_secret: str,
) -> AsyncApp:
    """Make the Bolt app: events go to `accept`, what people do to `interaction(kind, body, ack)`."""

    async def store_event(
        request: AsyncBoltRequest,
        body: dict[str, Any],
        next: Callable[[], Awaitable[Any]],  # noqa: A002 - Bolt's name
    ) -> BoltResponse | None:
        happened = body.get("event")
        if not happened or "event_id" not in body:
            await next()
            return None
        # An exception from here makes Bolt answer 500 and Slack deliver the event again.
        raw = request.raw_body or json.dumps(body)  # there is none over a socket
        await accept("slack", body["event_id"], raw.encode(), lane=_lane(happened))
        return BoltResponse(status=200, body="")

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None,
            team_id=identity.team_id,
            bot_user_id=identity.bot_user_id,
            bot_id=identity.bot_id,
            bot_token=client.token,
        )

    app = AsyncApp(
        name="Switchboard",  # otherwise Bolt reads the source of every caller to find one
        logger=logging.getLogger("slack_bolt"),  # otherwise Bolt takes the root's level for its own
        client=client,
        signing_secret=signing_secret,
        authorize=authorize,
        before_authorize=store_event,
        process_before_response=True,  # otherwise Bolt polls 10 ms for every ack
    )
    for kind, listen in _listeners(app).items():
        listen(_listener(kind, interaction))
    return app


@asynccontextmanager
async def connected(app: AsyncApp, app_token: str) -> AsyncIterator[AsyncSocketModeHandler]:
    """Keep Socket Mode open inside this block; this adapter opens a new socket before it closes the old."""
    handler = AsyncSocketModeHandler(app, app_token, ping_interval=_SOCKET_CHECK)
    try:
        await handler.connect_async()  # type: ignore[no-untyped-call]
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


def _listener(kind: str, interaction: Interaction) -> Callable[..., Awaitable[None]]:
    async def listen(body: dict[str, Any], ack: Callable[..., Awaitable[Any]]) -> None:
        await interaction(kind, body, ack)

    return listen


def _listeners(app: AsyncApp) -> dict[str, Callable[..., Any]]:
    return {
        "command": app.command(_ANY),
        "action": app.action(_ANY),
        "view": app.view_submission(_ANY),
        "view_closed": app.view_closed(_ANY),
        "options": app.options(_ANY),
        "shortcut": app.shortcut(_ANY),
    }


def _lane(happened: Mapping[str, Any]) -> str:
    """Keep in order what happens in one channel, or about one person."""
    channel, user = happened.get("channel"), happened.get("user")
    channel_id = channel.get("id") if isinstance(channel, dict) else channel
    user_id = user.get("id") if isinstance(user, dict) else user
    return f"slack:{channel_id or user_id or ''}"
