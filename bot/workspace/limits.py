"""Slack's rate limits, in real time: https://docs.slack.dev/apis/web-api/rate-limits."""

from collections import defaultdict, deque

from bot.clock import monotonic

# Calls a minute of each tier, for one app in one workspace. Methods of tier 0 have limits of their own,
# which Slack gives as "some hundreds a minute".
TIERS = {0: 600, 1: 1, 2: 20, 3: 50, 4: 100}
# chat.postMessage: about one a second and channel, with short bursts.
CHANNEL_A_MINUTE, CHANNEL_BURST = 60, 10
# A minute. apps.connections.open is of tier 1, and Slack lets an app that reconnects call it more often.
_OWN = {"apps.connections.open": 20}


class Limits:
    """Counts calls; tells how long to wait when there were too many."""

    def __init__(self, *, strict: bool) -> None:
        self._strict = strict
        self._calls: defaultdict[str, deque[float]] = defaultdict(deque)

    def wait(self, method: str, tier: int, channel: str | None) -> int:
        """Count a call and give 0, or give the seconds of `Retry-After` and count nothing."""
        if not self._strict:
            return 0
        now = monotonic()
        checks = [(method, _OWN.get(method, TIERS[tier]), 60.0)]
        if method in ("chat.postMessage", "chat.postEphemeral"):
            checks.append((f"post:{channel}", CHANNEL_BURST, CHANNEL_BURST * 60 / CHANNEL_A_MINUTE))
        for key, most, window in checks:
            calls = self._calls[key]
            while calls and calls[0] <= now - window:
                calls.popleft()
            if len(calls) >= most:
                return max(1, int(calls[0] + window - now) + 1)
        for key, _, _ in checks:
            self._calls[key].append(now)
        return 0
