"""The inspector: for each cause (a click, a command, a mail) one thread of all that followed from it.

What runs in the task of the cause, and in tasks begun there, belongs to it (a context variable says so).
The app's calls come in on connections of their own, and are attributed by what they carry: a trigger, a
response_url, a view, the message they answer; failing that by time, which is marked as a guess.
"""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from bot.clock import Clock, monotonic, wall

Json = dict[str, Any]

# Traces kept, and how much may be put to one of them by time alone.
MOST, MOST_SPANS = 500, 200
# Real seconds: for how long a call may be taken for the consequence of what came before it.
_CERTAIN, _LIKELY, _SAME_MOOD = 60.0, 30.0, 2.0


@dataclass(frozen=True)
class _Present:
    """What is being done now: in which trace, following from which span, and whether that is a guess."""

    trace: "Trace"
    parent: str
    guess: bool


_present: ContextVar[_Present | None] = ContextVar("present", default=None)


@dataclass(eq=False)
class Span:
    """One thing that followed. `milliseconds` is None while it lasts."""

    id: str
    trace: "Trace"
    parent: str
    kind: str
    name: str
    begun: float
    milliseconds: float | None = None
    detail: Json = field(default_factory=dict)
    error: str | None = None
    fault: str | None = None
    guess: bool = False

    def end(self, *, error: str | None = None, **detail: Any) -> None:
        """Note that it is over, and with what."""
        self.milliseconds = round((monotonic() - self.begun) * 1000, 2)
        self.error = error or self.error
        self.detail |= detail


@dataclass(eq=False)
class Trace:
    """One cause."""

    id: str
    number: int
    kind: str
    who: str
    what: str
    at: str
    wall: str
    begun: float
    control: Json | None
    spans: list[Span] = field(default_factory=list)
    last: float = 0.0

    def shown(self) -> Json:
        """Give it as the control API does."""
        ends = [one.begun - self.begun + (one.milliseconds or 0) / 1000 for one in self.spans]
        return {
            "id": self.id, "kind": self.kind, "who": self.who, "what": self.what, "at": self.at,
            "wall": self.wall, "milliseconds": round(max(ends, default=0.0) * 1000, 2),
            "control": self.control,
            "spans": [self._span(one) for one in self.spans],
        }  # fmt: skip

    def _span(self, span: Span) -> Json:
        shown: Json = {
            "id": span.id, "parent": span.parent, "kind": span.kind, "name": span.name,
            "after": round((span.begun - self.begun) * 1000, 2), "milliseconds": span.milliseconds,
            "detail": span.detail,
        }  # fmt: skip
        more = {"error": span.error, "fault": span.fault, "guess": span.guess}
        return shown | {name: value for name, value in more.items() if value}


class Inspector:
    """Keeps the last traces. `on_change(trace)` is called for each that is new or has grown."""

    def __init__(self, clock: Clock, app_name: Callable[[], str]) -> None:
        self._clock, self._app_name = clock, app_name
        self._traces: list[Trace] = []
        self._numbers, self._spans = itertools.count(1), itertools.count(1)
        self._keys: dict[str, Trace] = {}
        self._dirty: dict[str, Trace] = {}
        self.on_change: Callable[[Json], None] = lambda _trace: None

    # ---- causes ----------------------------------------------------------------------------------------

    def begin(self, kind: str, who: str, what: str, control: Json | None = None) -> Trace:
        """Begin a trace."""
        number = next(self._numbers)
        trace = Trace(
            f"tr{number}", number, kind, who, what, self._clock.now().isoformat(), wall().isoformat(),
            monotonic(),
            control,
        )  # fmt: skip
        trace.last = trace.begun
        self._traces.append(trace)
        if len(self._traces) > MOST:
            gone = set(map(id, self._traces[:-MOST]))
            del self._traces[:-MOST]
            self._keys = {key: one for key, one in self._keys.items() if id(one) not in gone}
        self._dirty[trace.id] = trace
        return trace

    @contextmanager
    def cause(self, kind: str, who: str, what: str, control: Json | None = None) -> Iterator[Trace]:
        """Let everything that is done and begun within follow from this."""
        trace = self.begin(kind, who, what, control)
        with _being(_Present(trace, trace.id, guess=False)):
            yield trace

    @staticmethod
    @contextmanager
    def within(span: Span) -> Iterator[None]:
        """Let everything that is done and begun within follow from this call of the app."""
        with _being(_Present(span.trace, span.id, span.guess)):
            yield

    def remember(self, key: str) -> None:
        """Let a trigger, ticket, view or message lead back to the present trace."""
        if present := _present.get():
            self._keys[key] = present.trace

    # ---- what follows ----------------------------------------------------------------------------------

    def follow(self, kind: str, name: str, **detail: Any) -> Span:
        """Begin a span of the present trace, or of what the app did by itself."""
        if present := _present.get():
            return self._span(
                present.trace, kind, name, guess=present.guess, detail=detail, parent=present.parent
            )
        found, guess = self._by_time()
        return self._span(found, kind, name, guess=guess, detail=detail)

    def attribute(self, kind: str, name: str, keys: list[str], **detail: Any) -> Span:
        """Begin a span of the trace that one of these keys leads to; failing that, by time."""
        now = monotonic()
        for key in keys:
            trace = self._keys.get(key)
            if trace and now - trace.last < _CERTAIN:
                return self._span(trace, kind, name, guess=False, detail=detail)
        found, guess = self._by_time()
        return self._span(found, kind, name, guess=guess, detail=detail)

    def _by_time(self) -> tuple[Trace, bool]:
        now = monotonic()
        recent = (
            one for one in reversed(self._traces)
            if now - one.last < (_SAME_MOOD if one.kind == "app" else _LIKELY)
        )  # fmt: skip
        trace = next(recent, None)
        if trace and len(trace.spans) < MOST_SPANS:
            return trace, trace.kind != "app"
        return self.begin("app", "", f"{self._app_name()}, by itself"), False

    def _span(
        self, trace: Trace, kind: str, name: str, *, guess: bool, detail: Json, parent: str = ""
    ) -> Span:
        parent = parent or trace.id
        if kind in ("api", "response", "ack"):
            parent = next((one.id for one in reversed(trace.spans) if one.kind == "envelope"), parent)
        span = Span(
            f"sp{next(self._spans)}", trace, parent, kind, name, monotonic(), detail=detail, guess=guess
        )
        trace.spans.append(span)
        trace.last = span.begun
        self._dirty[trace.id] = trace
        return span

    # ---- showing ---------------------------------------------------------------------------------------

    def changed(self, span: Span) -> None:
        """Note that a span has ended, so that pages hear of it."""
        self._dirty[span.trace.id] = span.trace

    def flush(self) -> None:
        """Tell the pages of what is new or has grown since the last time."""
        dirty, self._dirty = self._dirty, {}
        for trace in dirty.values():
            self.on_change(trace.shown())

    def shown(self, limit: int, since: str = "") -> list[Json]:
        """Give the last traces after `since`, oldest first."""
        number = int(since.removeprefix("tr") or 0) if since.removeprefix("tr").isdigit() else 0
        found = [one for one in self._traces if one.number > number]
        return [one.shown() for one in found[-limit:]]

    def find(self, trace_id: str) -> Json | None:
        """Give one trace."""
        return next((one.shown() for one in self._traces if one.id == trace_id), None)


@contextmanager
def _being(present: _Present) -> Iterator[None]:
    token = _present.set(present)
    try:
        yield
    finally:
        _present.reset(token)
