"""The pulse of a worker, felt at each turn of its loop: one that hangs is told from one that waits."""

from bot import clock

# Seconds beyond what a turn takes: the database may be locked for ten, and a machine may be busy.
_PATIENCE = 30.0


class Pulse:
    """Beats in real time."""

    def __init__(self, patience: float = _PATIENCE) -> None:
        self._patience = patience
        self._expected = float("inf")
        self.turns = 0

    def beat(self, rest: float = 0.0) -> None:
        """Note a turn; the next is expected within `rest` seconds, and the time that a turn may take."""
        self.turns += 1
        self._expected = clock.monotonic() + rest + self._patience

    @property
    def is_missed(self) -> bool:
        """Tell whether the next turn is overdue."""
        return clock.monotonic() > self._expected
