"""How the app hears of things: Socket Mode, or signed HTTP; each envelope to one place, until acknowledged.

Delivery lives in real time. An event is delivered again after each pause of `redelivery`, then given up;
while no socket is connected it waits (kinder than Slack). Commands and interactions have three seconds, once.
"""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.workspace.faults import Faults
from bot.workspace.inspector import Inspector, Span

Json = dict[str, Any]
Log = Callable[[str, str, Any], None]

PATIENCE = 3.0
# Before another socket is tried, so that the one that closed is noticed.
_BREATH = 0.01


class NoAnswer(Exception):
    """The app did not acknowledge in time."""


class Failed(Exception):
    """An envelope could not be brought: `reason` in Slack's words. `again_at_once`: take another socket."""

    def __init__(self, reason: str, *, again_at_once: bool = False, final: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.again_at_once, self.final = reason, again_at_once, final


@dataclass
class Envelope:
    """Something on its way to the app. `answer` is the acknowledgement's payload, or why it failed."""

    kind: str  # events_api, interactive, slash_commands
    payload: Json
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    attempt: int = 0
    reason: str | None = None
    answer: "asyncio.Future[Json | None]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def settle(self, answer: Json | None) -> None:
        """Take the acknowledgement."""
        if not self.answer.done():
            self.answer.set_result(answer)

    def fail(self, failure: Failed) -> None:
        """Note that this try came to nothing."""
        if not self.answer.done():
            self.answer.set_exception(failure)


class Carrier(Protocol):
    """Brings one envelope once, and settles it when it is acknowledged."""

    @property
    def connected(self) -> bool:
        """Tell whether the app can be reached."""
        ...

    @property
    def late(self) -> str:
        """Give Slack's word for an acknowledgement that did not come in time."""
        ...

    async def ready(self) -> None:
        """Wait until the app can be reached."""
        ...

    async def send(self, envelope: Envelope) -> None:
        """Send it."""
        ...

    async def stop(self) -> None:
        """Let go of everything."""
        ...


class Delivery:
    """Brings envelopes to the app, again where that is due."""

    def __init__(
        self, carrier: Carrier, inspector: Inspector, faults: Faults, log: Log, redelivery: Sequence[float]
    ) -> None:
        self._carrier, self._inspector, self._faults, self._log = carrier, inspector, faults, log
        self._redelivery = tuple(redelivery)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._trying = 0

    @property
    def connected(self) -> bool:
        """Tell whether the app can be reached."""
        return self._carrier.connected

    @property
    def under_way(self) -> int:
        """Count envelopes that are out and not acknowledged."""
        return self._trying

    async def stop(self) -> None:
        """Forget what is under way."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._carrier.stop()

    def event(self, payload: Json) -> None:
        """Send an event, again and again until it is acknowledged."""
        self._keep(asyncio.create_task(self._persist(Envelope("events_api", payload))))

    async def ask(self, kind: str, payload: Json) -> Json | None:
        """Send what somebody did; the app's answer, or `NoAnswer` after three seconds."""
        envelope = Envelope(kind, payload)
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    await self._carrier.ready()
                    try:
                        return await self._try(envelope)
                    except Failed as failure:
                        if not failure.again_at_once:
                            raise NoAnswer from failure
                    await asyncio.sleep(_BREATH)
        except TimeoutError:
            raise NoAnswer from None

    async def _persist(self, envelope: Envelope) -> None:
        pauses = iter(self._redelivery)
        while True:
            await self._carrier.ready()
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._try(envelope)
                    return
            except TimeoutError:
                failure = Failed(self._carrier.late)
            except Failed as failed:
                failure = failed
            if failure.final:
                break
            envelope.attempt += 1
            envelope.reason = failure.reason
            pause = _BREATH if failure.again_at_once else next(pauses, None)
            if pause is None:
                break
            await asyncio.sleep(pause)
        self._log("envelope", f"gave up on {envelope.payload.get('event', {}).get('type')}", {})

    async def _try(self, envelope: Envelope) -> Json | None:
        """Send once and wait for the acknowledgement; `Failed`."""
        envelope.answer = asyncio.get_running_loop().create_future()
        span = self._begun(envelope)
        self._trying += 1
        try:
            await self._carrier.send(envelope)
            doubled = self._faults.take("duplicate_envelope")
            if doubled and envelope.kind == "events_api":
                await self._carrier.send(envelope)
            answer = await envelope.answer
            if doubled:
                span.fault = "duplicate_envelope"
            if doubled and envelope.kind != "events_api":
                # People's deeds are never out twice at once: the second comes as if the ack had been lost.
                await self._carrier.send(envelope)
        except Failed as failure:
            span.end(error=failure.reason)
            raise
        except (asyncio.CancelledError, TimeoutError):
            span.end(error="no acknowledgement")
            raise
        finally:
            self._trying -= 1
            self._inspector.changed(span)
        span.end()
        self._inspector.follow("ack", "acknowledged", payload=answer).end()
        self._log("ack", envelope.kind, answer)
        return answer

    def _begun(self, envelope: Envelope) -> Span:
        payload = envelope.payload
        event = payload.get("event") or {}
        kind = event.get("type") or payload.get("command") or payload.get("type") or envelope.kind
        if event.get("subtype"):
            kind = f"{kind}.{event['subtype']}"
        self._log("envelope", f"{envelope.kind}: {kind}", payload)
        for key in _keys(payload):
            self._inspector.remember(key)
        more: Json = (
            {"retry_attempt": envelope.attempt, "retry_reason": envelope.reason} if envelope.attempt else {}
        )
        return self._inspector.follow("envelope", f"{envelope.kind}: {kind}", payload=payload, **more)

    def _keep(self, task: asyncio.Task[Any]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _keys(payload: Json) -> list[str]:
    """Give what calls of the app may carry that answer this envelope."""
    event, view = payload.get("event") or {}, payload.get("view") or {}
    container, keys = payload.get("container") or {}, []
    if event.get("channel") and isinstance(event["channel"], str):
        keys += [
            f"message:{event['channel']}:{event[name]}" for name in ("ts", "thread_ts") if event.get(name)
        ]
    if view.get("id"):
        keys.append(f"view:{view['id']}")
    if container.get("message_ts"):
        keys.append(f"message:{container.get('channel_id')}:{container['message_ts']}")
    return keys
