"""What a gateway must do, in our words: small protocols and plain dataclasses."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bot.errors import SwitchboardError


class Accept(Protocol):
    """Store what reached us; a gateway acknowledges to the outside only after this returned."""

    def __call__(
        self, source: str, key: str, body: bytes, *, lane: str = "", blobs: Mapping[str, bytes] = ...
    ) -> Awaitable[bool]:
        """Commit `body` under (`source`, `key`); False when that key was already stored.

        `lane`: things of one lane are handled in the order they came. `blobs`: sha256 hex -> bytes, stored
        in the same transaction. Raises when nothing was stored: the outside must then try again.
        """
        ...


@dataclass(frozen=True)
class Letter:
    """One outbox row on its way out, with every reference to other rows already resolved.

    `uid` is the opaque id by which the outside can be asked whether it got the letter. `tried_at` is the
    real time of the first try. `progress` is what `Courier.prepare` gave and was committed.
    """

    uid: str
    kind: str
    payload: Mapping[str, Any]
    tried_at: datetime
    progress: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Delivered:
    """The outside has it. `channel_id` and `ts` for a Slack message; `detail` for everything else."""

    channel_id: str | None = None
    ts: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


class Courier(Protocol):
    """Carries letters of some kinds to the outside. Every method may raise a `DeliveryError`."""

    async def prepare(self, letter: Letter) -> Mapping[str, Any]:
        """Do what must be known and committed before the delivery (a file's upload); {} when nothing."""
        ...

    async def deliver(self, letter: Letter) -> Delivered:
        """Hand it over, once. A failure tells by its class whether it can have got through."""
        ...

    async def find(self, letter: Letter) -> Delivered | None:
        """After an uncertain try: what the outside has under `letter.uid`, or None when it has nothing."""
        ...


class DeliveryError(SwitchboardError):
    """The delivery failed: {reason}."""


class NotDelivered(DeliveryError):
    """The delivery was turned away and can be tried again: {reason}."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason=reason)
        self.retry_after = retry_after


class Undeliverable(DeliveryError):
    """This cannot be delivered, however often it is tried: {reason}."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


class Uncertain(DeliveryError):
    """It is not known whether the delivery got through: {reason}."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)
