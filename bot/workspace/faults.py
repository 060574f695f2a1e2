"""Faults on order: the next calls or envelopes fail in the way a test or a person asked for."""

import itertools
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from bot.workspace.errors import Refused

Json = dict[str, Any]

# What happens to a call of the Web API; to an envelope or its acknowledgement; and at once.
OF_CALLS = ("error", "ratelimited", "timeout", "drop", "delay")
OF_ENVELOPES = ("duplicate_envelope", "lost_ack")
AT_ONCE = ("socket_refresh", "socket_close", "slow_database")
KINDS = (*OF_CALLS, *OF_ENVELOPES, *AT_ONCE)
_SECONDS = {"timeout": 30.0, "socket_refresh": 10.0}


@dataclass
class Fault:
    """What happens to the next `times` calls of `method` (`*`: any). `when` is `after`: acts, then fails."""

    id: str
    kind: str
    method: str = "*"
    times: int = 1
    when: str = "before"
    error: str = "internal_error"
    seconds: float = 1.0

    @property
    def after(self) -> bool:
        """Tell whether Slack acts before it fails."""
        return self.when == "after"


class Faults:
    """The faults that are still to come, in the order they were asked for."""

    def __init__(self) -> None:
        self._coming: list[Fault] = []
        self._numbers = itertools.count(1)
        self.happened = 0
        self.on_change: Callable[[], None] = lambda: None

    @property
    def pending(self) -> list[Json]:
        """Give those still to come, as the control API shows them."""
        return [asdict(fault) for fault in self._coming]

    def read(self, order: Json) -> Fault:
        """Understand an order of the control API; `Refused` with a sentence when it makes no sense."""
        kind = str(order.get("kind"))
        if kind not in KINDS:
            raise Refused(f"kind must be one of {', '.join(KINDS)}.")
        when = str(order.get("when", "before"))
        if when not in ("before", "after"):
            raise Refused("when must be before or after.")
        return Fault(
            f"fault{next(self._numbers)}", kind, str(order.get("method", "*")), max(1,
            int(order.get("times", 1))),
            when, str(order.get("error", "internal_error")),
            float(order.get("seconds", _SECONDS.get(kind, 1.0))),
        )  # fmt: skip

    def add(self, fault: Fault) -> None:
        """Let this happen to what comes."""
        self._coming.append(fault)
        self.on_change()

    def clear(self, fault_id: str = "") -> None:
        """Forget one, or all."""
        self._coming = [one for one in self._coming if fault_id and one.id != fault_id]
        self.on_change()

    def next(self, method: str) -> Fault | None:
        """Take what happens to this call, if anything."""
        return self._take(lambda one: one.kind in OF_CALLS and one.method in ("*", method))

    def take(self, kind: str) -> bool:
        """Take one fault of this kind of envelope, and tell whether there was one."""
        return self._take(lambda one: one.kind == kind) is not None

    def _take(self, fits: Callable[[Fault], bool]) -> Fault | None:
        for fault in self._coming:
            if fits(fault):
                fault.times -= 1
                if fault.times <= 0:
                    self._coming.remove(fault)
                self.happened += 1
                self.on_change()
                return fault
        return None
