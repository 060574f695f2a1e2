"""The table of scenes: when each is played, and what it shows."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.weeks.stage import Stage

Play = Callable[[Stage], Awaitable[None]]


@dataclass(frozen=True)
class Scene:
    """Something that happens at a moment (UTC)."""

    at: datetime
    title: str
    play: Play


SCENES: list[Scene] = []


def scene(at: str, title: str) -> Callable[[Play], Play]:
    """Let a function be played at a time such as "10-12 02:00", UTC in 2026; scenes stand in their order."""

    def register(function: Play) -> Play:
        moment = datetime.strptime(f"2026-{at}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
        if SCENES and moment < SCENES[-1].at:
            raise ValueError(f"“{title}” comes before “{SCENES[-1].title}”")
        SCENES.append(Scene(moment, title, function))
        return function

    return register
