"""Slack's Web API as a courier: posts, updates, ephemerals, answers to response_url, Home, files.

One table says what each of Slack's error codes means for a delivery. Whatever is not in it and was not
plainly refused is uncertain. slack_sdk's own retry handlers are off: they post twice when a connection drops
after the request went out.
"""

import io
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.ports import Delivered, DeliveryError, Letter, NotDelivered, Uncertain, Undeliverable, Unreachable

KINDS = (
    "slack.post",
    "slack.update",
    "slack.ephemeral",
    "slack.respond",
    "slack.home",
    "slack.file",
    "slack.join",
)
EVENT_TYPE = "switchboard_letter"

# An admin can mend these while the bot runs, so it keeps trying.
_MENDABLE = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope",
     "not_in_channel", "team_access_not_granted", "ekm_access_denied"}
)  # fmt: skip
# Slack does not know itself what it did.
_UNCERTAIN = frozenset(
    {"internal_error", "fatal_error", "request_timeout", "service_unavailable", "team_added_to_org"}
)
_PLAIN_WORDS = {
    "channel_not_found": "the channel does not exist, or the bot may not see it",
    "is_archived": "the channel is archived",
    "not_in_channel": "the bot is not in the channel; invite it with /invite",
    "missing_scope": "the app lacks a permission; install it again from manifest.yml",
    "invalid_auth": "Slack does not accept the bot's token",
    "message_not_found": "the message is no longer there",
    "user_not_found": "the person is no longer there",
    "user_not_in_channel": "the person is not in the channel",
    "file_not_found": "the file is no longer there",
    "ratelimited": "Slack asks to wait",
}
_SHOWN_TO_ONE = frozenset({"slack.ephemeral", "slack.respond"})
_UNKNOWN = "the connection broke; it is unknown whether the person saw it"
_HISTORY_PAGE, _HISTORY_PAGES = 200, 5


@asynccontextmanager
async def client(token: str, base_url: str, patience: float) -> AsyncIterator[AsyncWebClient]:
    """Give the one client, with one shared session (by default each call opens a connection) and no retries.

    `patience`: seconds until a call counts as uncertain.
    """
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=patience)) as session:
        yield AsyncWebClient(
            token=token, base_url=base_url, timeout=int(patience) or 1, session=session, retry_handlers=[]
        )


class SlackCourier:
    """Carries the `slack.*` kinds."""

    def __init__(self, client: AsyncWebClient, blob: Callable[[str], Awaitable[bytes]]) -> None:
        self._client, self._blob = client, blob
        self._deliver: dict[str, Callable[[Letter], Awaitable[Delivered]]] = {
            "slack.post": self._post,
            "slack.update": self._update,
            "slack.ephemeral": self._ephemeral,
            "slack.respond": self._respond,
            "slack.home": self._home,
            "slack.file": self._share,
            "slack.join": self._join,
        }

    async def prepare(self, letter: Letter) -> Mapping[str, Any]:
        """Upload a file, unshared: {"file_id"}. Nobody sees it before `deliver`, so it can be repeated."""
        if letter.kind != "slack.file":
            return {}
        content = await self._blob(letter.payload["sha256"])
        name = letter.payload["name"]
        try:
            ticket = await self._call(
                self._client.files_getUploadURLExternal, filename=name, length=len(content)
            )
            await self._upload(ticket["upload_url"], name, content)
        except Uncertain as error:
            raise NotDelivered(str(error.details["reason"])) from error
        return {"file_id": ticket["file_id"]}

    async def _upload(self, url: str, name: str, content: bytes) -> None:
        form = aiohttp.FormData()
        form.add_field("file", io.BytesIO(content), filename=name)
        # A large file takes longer than a call: 10 s and what 100 kB/s would need.
        timeout = aiohttp.ClientTimeout(total=10 + len(content) / 100_000)
        try:
            async with self._session.post(url, data=form, timeout=timeout) as answer:
                if answer.status != 200:
                    raise NotDelivered(f"the upload was answered with {answer.status}")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise NotDelivered(f"the upload broke off ({type(error).__name__})") from error

    async def deliver(self, letter: Letter) -> Delivered:
        """Hand it to Slack, once."""
        return await self._deliver[letter.kind](letter)

    async def find(self, letter: Letter) -> Delivered | None:
        """Look for a post by its metadata, for a file by its shares; None when Slack has nothing.

        What was shown to one person cannot be looked for, and is not shown twice.
        """
        if letter.kind in _SHOWN_TO_ONE:
            raise Undeliverable(_UNKNOWN)
        if letter.kind == "slack.post":
            return await self._find_post(letter)
        if letter.kind == "slack.file":
            return await self._find_share(letter)
        return None

    # ---- each kind --------------------------------------------------------------------------------------

    async def _post(self, letter: Letter) -> Delivered:
        metadata = {"event_type": EVENT_TYPE, "event_payload": {"uid": letter.uid}}
        quiet = {"unfurl_links": False, "unfurl_media": False}
        answer = await self._call(self._client.chat_postMessage, **quiet, **letter.payload, metadata=metadata)
        return Delivered(answer["channel"], answer["ts"])

    async def _update(self, letter: Letter) -> Delivered:
        """Change a message. Doing it twice shows the same, so an uncertain try is just tried again."""
        answer = await self._repeatable(self._client.chat_update, **letter.payload)
        return Delivered(answer["channel"], answer["ts"])

    async def _ephemeral(self, letter: Letter) -> Delivered:
        """Show something to one person: at most once, since Slack cannot be asked whether they saw it."""
        await self._at_most_once(self._client.chat_postEphemeral, **letter.payload)
        return Delivered()

    async def _respond(self, letter: Letter) -> Delivered:
        """Answer to a response_url: at most once, for the same reason."""
        body = {key: value for key, value in letter.payload.items() if key != "response_url"}
        try:
            async with self._session.post(letter.payload["response_url"], json=body) as answer:
                if answer.status == 429:
                    raise NotDelivered(_PLAIN_WORDS["ratelimited"], _retry_after(answer.headers))
                if answer.status >= 500:
                    raise Undeliverable(_UNKNOWN)
                if answer.status != 200:
                    raise Undeliverable(f"Slack no longer takes this answer ({answer.status})")
        except aiohttp.ClientConnectorError as error:
            raise Unreachable("Slack cannot be reached") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Undeliverable(_UNKNOWN) from error
        return Delivered()

    async def _home(self, letter: Letter) -> Delivered:
        await self._repeatable(self._client.views_publish, **letter.payload)
        return Delivered()

    async def _join(self, letter: Letter) -> Delivered:
        await self._repeatable(self._client.conversations_join, **letter.payload)
        return Delivered(letter.payload["channel"])

    async def _share(self, letter: Letter) -> Delivered:
        file_id = letter.progress["file_id"]
        await self._call(
            self._client.files_completeUploadExternal,
            files=[{"id": file_id, "title": letter.payload.get("title") or letter.payload["name"]}],
            channel_id=letter.payload["channel"],
            thread_ts=letter.payload.get("thread_ts"),
        )
        return Delivered(letter.payload["channel"], detail={"file_id": file_id})

    # ---- looking ----------------------------------------------------------------------------------------

    async def _find_post(self, letter: Letter) -> Delivered | None:
        channel, thread_ts = letter.payload["channel"], letter.payload.get("thread_ts")
        if thread_ts:
            pages = self._pages(self._client.conversations_replies, channel=channel, ts=thread_ts)
        else:
            pages = self._pages(self._client.conversations_history, channel=channel)
        async for message in pages:
            metadata = message.get("metadata") or {}
            if metadata.get("event_payload", {}).get("uid") == letter.uid:
                return Delivered(channel, message["ts"])
        return None

    async def _pages(self, method: Any, **arguments: Any) -> Any:
        """Walk through messages. Not from `oldest` on: a moved clock would put the message before it."""
        cursor = ""
        # A thread comes oldest first, so all of it is read; of a channel, the newest thousand are enough.
        most = _HISTORY_PAGES if "ts" not in arguments else 50
        for _ in range(most):
            answer = await self._call(
                method, **arguments, cursor=cursor, limit=_HISTORY_PAGE, include_all_metadata=True
            )
            for message in answer["messages"]:
                yield message
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    async def _find_share(self, letter: Letter) -> Delivered | None:
        file_id = letter.progress.get("file_id")
        if not file_id:
            return None
        try:
            answer = await self._call(self._client.files_info, file=file_id)
        except Undeliverable:
            return None  # Slack does not have the file
        shares = answer["file"].get("shares") or {}
        channel = letter.payload["channel"]
        if any(channel in places for places in shares.values()):
            return Delivered(channel, detail={"file_id": file_id})
        return None

    # ---- calling ----------------------------------------------------------------------------------------

    @property
    def _session(self) -> aiohttp.ClientSession:
        session = self._client.session
        assert session is not None  # `client` gave it one
        return session

    async def _repeatable(self, method: Any, **arguments: Any) -> AsyncSlackResponse:
        try:
            return await self._call(method, **arguments)
        except Uncertain as error:
            raise NotDelivered(str(error.details["reason"])) from error

    async def _at_most_once(self, method: Any, **arguments: Any) -> AsyncSlackResponse:
        try:
            return await self._call(method, **arguments)
        except Uncertain as error:
            raise Undeliverable(_UNKNOWN) from error

    async def _call(self, method: Any, **arguments: Any) -> AsyncSlackResponse:
        """Call Slack; every failure becomes one of the port's three."""
        given = {name: value for name, value in arguments.items() if value is not None}
        try:
            answer: AsyncSlackResponse = await method(**given)
        except SlackApiError as error:
            raise _meaning(error) from error
        except aiohttp.ClientConnectorError as error:  # nothing was sent: refused, no such host, TLS
            raise Unreachable("Slack cannot be reached") from error
        except (TimeoutError, aiohttp.ClientError, SlackClientError, OSError, ValueError) as error:
            raise Uncertain(f"the connection to Slack broke ({type(error).__name__})") from error
        return answer


def _meaning(error: SlackApiError) -> DeliveryError:
    """Tell what Slack's answer means for the delivery."""
    answer = error.response
    status = getattr(answer, "status_code", 200)
    code = answer.get("error", "") if isinstance(answer.data, dict) else ""
    if status == 429 or code in ("ratelimited", "rate_limited"):
        return NotDelivered(_PLAIN_WORDS["ratelimited"], retry_after=_retry_after(answer.headers))
    if status >= 500 or not code or code in _UNCERTAIN:
        return Uncertain(f"Slack answered {code or status}")
    reason = _PLAIN_WORDS.get(code, f"Slack refused it: {code.replace('_', ' ')}")
    return NotDelivered(reason) if code in _MENDABLE else Undeliverable(reason)


def _retry_after(headers: Mapping[str, Any]) -> float:
    value = next((value for name, value in headers.items() if name.lower() == "retry-after"), 1)
    try:
        return float(value[0] if isinstance(value, list) else value)
    except ValueError:
        return 1.0
