"""Moving the clock: forward only, stepping through everything due, and waiting for quiet after each step."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.clock import MovableClock, monotonic
from bot.workspace.errors import Refused
from bot.workspace.inspector import Inspector
from bot.workspace.probe import Probe
from bot.workspace.scheduled import Scheduled

Json = dict[str, Any]

# Real seconds: for quiet after one step, and how often to look. A step is over when it was quiet twice.
PATIENCE, _EVERY, _CALM = 10.0, 0.03, 2
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WHEN = re.compile(r"(?:(today|tomorrow|\d{4}-\d{2}-\d{2}|" + "|".join(_DAYS) + r")\s+)?(\d{1,2}):(\d{2})")
_NOT_A_TIME = "This is not a time the clock can go to."


class Clockwork:
    """Moves the workspace's clock. `on_tick()` is awaited after each change: followers hear of it."""

    def __init__(
        self,
        clock: MovableClock,
        scheduled: Scheduled,
        probe: Probe,
        inspector: Inspector,
        busy: Callable[[], bool],
    ) -> None:
        self._clock, self._scheduled, self._probe = clock, scheduled, probe
        self._inspector, self._busy = inspector, busy
        self._moving = asyncio.Lock()
        self._came: list[Json] | None = None
        self.on_tick: Callable[[], Awaitable[None]] = _nothing
        self.on_fired: Callable[[Json], None] = lambda _fired: None

    def state(self) -> Json:
        """Give CLOCK."""
        return {"now": self._clock.now().isoformat(), "running": self._clock.running}

    def came_about(self, what: str) -> None:
        """Note what happened, in a sentence, while the clock is being moved."""
        if self._came is not None:
            fired = {"at": self._clock.now().isoformat(), "what": what}
            self._came.append(fired)
            self.on_fired(fired)

    async def order(self, body: Json) -> Json:
        """Do what `POST /control/clock` asks for: CLOCK, and what was `fired`."""
        target = self._target(body)
        fired: list[Json] = []
        if target is not None:
            async with self._moving:
                fired = await self._move(target)
        if "running" in body:
            self._clock.set(self._clock.now(), running=bool(body["running"]))
        await self.on_tick()
        return self.state() | {"fired": fired}

    def _target(self, body: Json) -> datetime | None:
        now = self._clock.now()
        try:
            if "advance" in body:
                return now + timedelta(seconds=max(0.0, float(body["advance"])))
            if "set" in body:
                # A time without a zone is UTC, like all times here.
                wanted = datetime.fromisoformat(str(body["set"]))
                return wanted if wanted.tzinfo else wanted.replace(tzinfo=UTC)
            if "to" in body:
                return next_instant(str(body["to"]), now, str(body.get("zone") or "UTC"))
        except (ValueError, TypeError, OverflowError) as error:
            raise Refused(_NOT_A_TIME) from error
        return None

    async def _move(self, target: datetime) -> list[Json]:
        self._came = []
        try:
            await self.wait_quiet(PATIENCE)
            reached, theirs = self._clock.now(), await self._probe.next_due()
            while (due := self._next_due(theirs, reached, target)) is not None:
                theirs = await self._step(max(due, self._clock.now()))
                reached = max(due, reached)
            await self._step(target)
            return self._came
        finally:
            self._came = None

    def _next_due(self, theirs: datetime | None, reached: datetime, target: datetime) -> datetime | None:
        """Give what is due next after `reached` and not after `target`: ours or the app's."""
        dues = (self._scheduled.next_due(), theirs)
        return min((one for one in dues if one is not None and reached < one <= target), default=None)

    async def _step(self, instant: datetime) -> datetime | None:
        """Go to an instant, and let everything happen there; what the app will do next, as it says then."""
        with self._inspector.cause("clock", "", f"The clock went to {instant:%A %d %B %H:%M} UTC"):
            self._clock.set(instant)
            await self.on_tick()
            self._scheduled.fire()
            return await self._settled(instant)

    async def _settled(self, instant: datetime) -> datetime | None:
        """Wait until the app has heard of this instant: it is quiet, with nothing still due by then."""
        deadline = monotonic() + PATIENCE
        passed = False
        while True:
            # Quiet counts once nothing is due any more: before, the app may not have heard of the time.
            quiet = await (self.is_quiet() if passed else self.wait_quiet(deadline - monotonic()))
            due = await self._probe.next_due()
            was_passed, passed = passed, due is None or due > instant
            if (quiet and was_passed and passed) or monotonic() > deadline:
                await self._tell_failures()
                return due
            if not (quiet and passed):
                await asyncio.sleep(_EVERY)

    async def _tell_failures(self) -> None:
        told = {one["what"] for one in self._came or ()}
        for sentence in await self._probe.failing():
            if sentence not in told:
                self.came_about(sentence)

    async def wait_quiet(self, seconds: float) -> bool:
        """Wait until nothing is under way, here and in the app; False when that took longer."""
        deadline = monotonic() + seconds
        calm = 0
        while True:
            calm = calm + 1 if await self.is_quiet() else 0
            if calm == _CALM or monotonic() > deadline:
                return calm > 0
            await asyncio.sleep(_EVERY)

    async def is_quiet(self) -> bool:
        """Tell whether nothing is under way, here and in the app."""
        return not self._busy() and await self._probe.quiet() and not self._busy()


def next_instant(words: str, now: datetime, zone: str) -> datetime:
    """Give the next "monday 09:00" ("tomorrow 08:30", "2026-12-24 12:00", "17:00") in a zone, after now."""
    found = _WHEN.fullmatch(words.strip().lower())
    if found is None:
        raise Refused(f'Say a day and a time, such as "monday 09:00", not "{words}".')
    try:
        place = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Refused(f"There is no time zone {zone}.") from error
    day, hour, minute = found.group(1), int(found.group(2)), int(found.group(3))
    today = now.astimezone(place).date()
    for wanted in _days(day, today):
        instant = datetime(wanted.year, wanted.month, wanted.day, hour, minute, tzinfo=place)
        if instant > now:
            return instant.astimezone(UTC)
    raise Refused("The clock never goes back.")


def _days(day: str | None, today: date) -> list[date]:
    following = [today + timedelta(days=count) for count in range(8)]
    if day is None:
        return following[:2]
    if day == "today":
        return following[:1]
    if day == "tomorrow":
        return following[1:2]
    if day in _DAYS:
        return [one for one in following if one.weekday() == _DAYS.index(day)]
    return [date.fromisoformat(day)]


async def _nothing() -> None:
    return
