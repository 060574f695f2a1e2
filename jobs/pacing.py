"""When the next call to Slack may go: token buckets in real time, and the pauses Slack asks for.

Limits: https://docs.slack.dev/apis/web-api/rate-limits. A bucket starts full, so a person sees an answer at
once; under load it gives the sustained rate.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

# Kind of delivery -> (calls a minute, burst) of the method behind it: Slack's tiers, some of each in one go.
METHODS = {
    "slack.post": (300, 20),
    "slack.update": (50, 20),
    "slack.ephemeral": (100, 20),
    "slack.home": (100, 20),
    "slack.file": (100, 20),
    "slack.join": (50, 5),
}
# chat.postMessage allows one message a second and channel, and short bursts above it.
CHANNEL = (60, 4)


@dataclass
class Bucket:
    """Tokens that refill with time; `ready_at` tells when the next one is there."""

    per_minute: float
    burst: float
    tokens: float = field(init=False)
    since: float = field(default=0.0, init=False)
    not_before: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self.tokens = self.burst

    def _refill(self, now: float) -> None:
        self.tokens = min(self.burst, self.tokens + max(0.0, now - self.since) * self.per_minute / 60)
        self.since = max(now, self.since)

    def ready_at(self, now: float) -> float:
        """Give the earliest time for the next call, `now` at the earliest."""
        self._refill(now)
        missing = max(0.0, 1.0 - self.tokens)
        return max(now + missing * 60 / self.per_minute, self.not_before)

    def take(self, now: float) -> None:
        """Spend a token."""
        self._refill(now)
        self.tokens -= 1

    def pause(self, until: float) -> None:
        """Let nothing go before `until`: Slack said so."""
        self.not_before = max(self.not_before, until)


class Pace:
    """All buckets of one workspace. Times are seconds of a monotonic clock."""

    def __init__(
        self, methods: Mapping[str, tuple[int, int]] = METHODS, channel: tuple[int, int] = CHANNEL
    ) -> None:
        self._methods = {kind: Bucket(*limit) for kind, limit in methods.items()}
        self._channels: defaultdict[str, Bucket] = defaultdict(lambda: Bucket(*channel))

    def _buckets(self, kind: str, lane: str) -> list[Bucket]:
        buckets = [self._methods[kind]] if kind in self._methods else []
        return [*buckets, self._channels[lane]] if kind == "slack.post" else buckets

    def ready_at(self, kind: str, lane: str, now: float) -> float:
        """Give the earliest time at which a delivery of `kind` in `lane` may go."""
        return max((bucket.ready_at(now) for bucket in self._buckets(kind, lane)), default=now)

    def take(self, kind: str, lane: str, now: float) -> None:
        """Note that one goes now."""
        for bucket in self._buckets(kind, lane):
            bucket.take(now)

    def pause(self, kind: str, lane: str, until: float) -> None:
        """Hold the most particular bucket: Slack's Retry-After for a post is mostly about its channel."""
        for bucket in self._buckets(kind, lane)[-1:]:
            bucket.pause(until)
