"""Business time: the one module that reads the real clock.

Two times rule the house (docs/decisions/0004-two-times.md). `Clock.now()` decides business: what is due,
promises, quiet hours. Real time (`monotonic`, `wall`) decides machinery: pacing, time-outs, grace periods.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Business time."""

    def now(self) -> datetime:
        """Give the present instant, aware, in UTC; it never goes backwards."""
        ...


class SystemClock:
    """The real time, as business time."""

    def now(self) -> datetime:
        """Give the present instant in UTC."""
        return datetime.now(UTC)


class MovableClock:
    """A clock that can be moved forward, and paused; it runs with real time in between.

    `on_move` is called after each move, so that what has become due need not wait for the next second.
    """

    def __init__(self, start: datetime | None = None, *, running: bool = True) -> None:
        self.on_move: Callable[[], None] = lambda: None
        self._base = start.astimezone(UTC) if start else datetime.now(UTC)
        self._since = time.monotonic()
        self.running = running

    def now(self) -> datetime:
        """Give the present instant in UTC."""
        if not self.running:
            return self._base
        return self._base + timedelta(seconds=time.monotonic() - self._since)

    def set(self, instant: datetime, *, running: bool | None = None) -> None:
        """Move to `instant` (aware); an instant already past leaves the time where it is."""
        self._base = max(self.now(), instant.astimezone(UTC))
        self._since = time.monotonic()
        if running is not None:
            self.running = running
        self.on_move()

    def advance(self, step: timedelta) -> None:
        """Move forward by `step`."""
        self.set(self.now() + step)


def monotonic() -> float:
    """Give seconds of real time from an arbitrary start, for durations of machinery."""
    return time.monotonic()


def wall() -> datetime:
    """Give the real instant in UTC, for machinery that meets other machines (leases, signatures, grace)."""
    return datetime.now(UTC)
