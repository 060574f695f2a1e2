"""Faults on order: the next calls of a method fail in the way a test or a person asked for."""

from dataclasses import dataclass
from typing import Any

KINDS = ("error", "ratelimited", "timeout", "drop", "delay")


@dataclass
class Fault:
    """What happens to the next `times` calls of `method` (`*`: any). `after`: Slack acts, then fails."""

    method: str
    kind: str
    times: int = 1
    after: bool = False
    error: str = "internal_error"
    seconds: float = 1.0


class Faults:
    """The faults that are still to come, in the order they were asked for."""

    def __init__(self) -> None:
        self._coming: list[Fault] = []
        self.happened = 0

    def add(self, order: dict[str, Any]) -> None:
        """Take an order of the control API; `ValueError` with a sentence when it makes no sense."""
        kind = order.get("kind")
        if kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}.")
        self._coming.append(
            Fault(
                str(order.get("method", "*")),
                str(kind),
                int(order.get("times", 1)),
                order.get("when") == "after",
                str(order.get("error", "internal_error")),
                float(order.get("seconds", 30 if kind == "timeout" else 1)),
            )
        )

    def clear(self) -> None:
        """Forget them all."""
        self._coming.clear()

    def next(self, method: str) -> Fault | None:
        """Take what happens to this call, if anything."""
        for fault in self._coming:
            if fault.method in ("*", method):
                fault.times -= 1
                if fault.times <= 0:
                    self._coming.remove(fault)
                self.happened += 1
                return fault
        return None
