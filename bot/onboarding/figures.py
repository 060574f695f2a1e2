"""Figures over many hires; of small groups there are none."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot import calendar
from bot.onboarding import checklist, objectives, store
from bot.onboarding.checklist import Standing
from bot.onboarding.model import LEAST_GROUP, Task
from bot.onboarding.objectives import Progress
from bot.people.model import known_zone

_COUNTED = timedelta(days=182)


@dataclass
class Figures:
    """What a group of hires adds up to; `objectives` by aim: on track, off track, not said yet."""

    hires: int = 0
    due: int = 0
    in_time: int = 0
    overdue: int = 0
    objectives: dict[str, tuple[int, int, int]] = field(default_factory=dict)

    def add(self, stands: Standing, progress: Sequence[Progress]) -> None:
        """Count one more hire."""
        self.hires += 1
        for task in stands.tasks:
            if stands.due(task) <= stands.today:
                self.due += 1
                self.in_time += _in_time(stands, task)
        self.overdue += len(stands.overdue)
        for one in progress:
            on, off, unsaid = self.objectives.get(one.objective.aim, (0, 0, 0))
            if one.last is None:
                unsaid += 1
            elif one.last.is_off:
                off += 1
            else:
                on += 1
            self.objectives[one.objective.aim] = (on, off, unsaid)


def _in_time(stands: Standing, task: Task) -> bool:
    if task.done_at is None:
        return False
    return calendar.local(task.done_at, known_zone(stands.person.zone)).date() <= stands.due(task)


async def of_everybody(session: AsyncSession, now: datetime) -> tuple[Figures, Mapping[str, Figures]]:
    """Give the figures of all hires of the last half year, and by plan where a group is large enough."""
    total, parts = Figures(), dict[str, Figures]()
    for hire in await store.of_everybody(session, since=now - _COUNTED):
        stands = await checklist.standing(session, hire, now)
        said = await store.check_ins(session, hire.id)
        progress = objectives.progress(await store.objectives(session, hire.id), said)
        for one in (total, parts.setdefault(hire.plan, Figures())):
            one.add(stands, progress)
    return total, dict(_large_enough(parts, total))


def _large_enough(parts: Mapping[str, Figures], total: Figures) -> Iterable[tuple[str, Figures]]:
    """Leave out small groups, and one more where subtraction would show what a small one adds up to."""
    large = sorted(
        (item for item in parts.items() if item[1].hires >= LEAST_GROUP), key=lambda item: item[1].hires
    )
    rest = total.hires - sum(figures.hires for _plan, figures in large)
    if large and 0 < rest < LEAST_GROUP:
        large = large[1:]
    return large
