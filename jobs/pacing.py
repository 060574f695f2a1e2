"""When the next call to Slack may go: token buckets in real time, and the pauses Slack asks for.

Limits: https://docs.slack.dev/apis/web-api/rate-limits. A bucket starts full, so a person sees an answer at
once; under load it gives the sustained rate. In a channel a burst is an advance, paid back before the next
message: Slack counts it, and who goes on at a message a second after it is soon told to wait.
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
# chat.postMessage allows one message a second and channel, and short bursts.
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


@dataclass
class Channel:
    """A message each so many seconds, and a few in advance for who has been quiet."""

    per_minute: float
    burst: int
    advance: float = field(init=False)  # messages that may go before their time
    owed: float = field(default=0.0, init=False)  # messages whose time is still to pass
    since: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self.advance = self.burst - 1

    def _settle(self, now: float) -> None:
        """Let time pay what is owed, and what is left of it bring back the advance."""
        passed = max(0.0, now - self.since) * self.per_minute / 60
        spare = max(0.0, passed - self.owed)
        self.owed = max(0.0, self.owed - passed)
        self.advance = min(self.burst - 1, self.advance + spare)
        self.since = max(now, self.since)

    def ready_at(self, now: float) -> float:
        """Give the earliest time for the next message, `now` at the earliest."""
        self._settle(now)
        if self.since > now:
            return self.since
        return now if self.advance >= 1 else now + self.owed * 60 / self.per_minute

    def take(self, now: float) -> None:
        """Spend one."""
        self._settle(now)
        if self.owed > 0 and self.advance >= 1:
            self.advance -= 1
        self.owed += 1

    def pause(self, until: float) -> None:
        """Let nothing go before `until`, and nothing in advance after it: Slack said so."""
        self.since = max(until, self.since)
        self.owed, self.advance = 0.0, 0.0


class Pace:
    """All buckets of one workspace. Times are seconds of a monotonic clock."""

    def __init__(
        self, methods: Mapping[str, tuple[int, int]] = METHODS, channel: tuple[int, int] = CHANNEL
    ) -> None:
        self._methods = {kind: Bucket(*limit) for kind, limit in methods.items()}
        self._channels: defaultdict[str, Channel] = defaultdict(lambda: Channel(*channel))

    def _buckets(self, kind: str, lane: str) -> list[Bucket | Channel]:
        buckets: list[Bucket | Channel] = [self._methods[kind]] if kind in self._methods else []
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
