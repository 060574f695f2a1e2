"""Objectives with numbers: when they are asked, what was said, and whether that is on the way."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot import blocks
from bot.errors import SwitchboardError
from bot.onboarding import store
from bot.onboarding.blanks import blanks_in
from bot.onboarding.model import ASKED_MORNINGS, CheckIn, Objective
from bot.onboarding.planfiles import ObjectivePlan
from bot.onboarding.plans import Plan
from bot.people.model import Person

# Behind by more than a tenth of the whole way is off track; less is noise.
_SLACK = 0.1


class NotANumber(SwitchboardError):
    """“{text}” is not a number. Write it like 3.5 or 1200."""


class SameNumbers(SwitchboardError):
    """The target is the same as the baseline: then there is nothing to move."""


@dataclass(frozen=True)
class Track:
    """How an objective stands on a day: `value` was said, `expected` is the straight line to the target."""

    day: int
    value: float
    expected: float | None
    is_off: bool


@dataclass(frozen=True)
class Progress:
    """An objective with all that was said about it, the oldest first."""

    objective: Objective
    tracks: Sequence[Track] = field(default_factory=tuple)

    @property
    def last(self) -> Track | None:
        """What was said last."""
        return self.tracks[-1] if self.tracks else None


def new(hire_id: int, plan: ObjectivePlan, known: Mapping[str, str]) -> Objective:
    """Make a hire's objective from the plan's; a blank that the shop filled in counts."""
    baseline, baseline_blank = _number_or_blank(plan.baseline, known)
    target, target_blank = _number_or_blank(plan.target, known)
    return Objective(
        hire_id=hire_id, what=plan.what, unit=plan.unit, aim=plan.aim, baseline=baseline, target=target,
        baseline_blank=baseline_blank, target_blank=target_blank, day=plan.by, asks=list(plan.asks),
    )  # fmt: skip


def _number_or_blank(given: float | str, known: Mapping[str, str]) -> tuple[float | None, str]:
    if not isinstance(given, str):
        return float(given), ""
    blank = blanks_in(given)[0]
    return (number(known[blank]) if blank in known else None), blank


def number(text: str) -> float:
    """Read a number as people type it: 1,200.5, 3,5 or 40 %."""
    bare = text.strip().rstrip("%").replace(" ", "").replace("\N{NARROW NO-BREAK SPACE}", "")
    if bare.count(",") == 1 and "." not in bare and len(bare.partition(",")[2]) != 3:
        bare = bare.replace(",", ".")
    try:
        value = float(bare.replace(",", ""))
    except ValueError:
        raise NotANumber(text=text) from None
    if not abs(value) < 1e15:
        raise NotANumber(text=text)
    return value


def amount(value: float, unit: str) -> str:
    """Write a number with its unit, as mrkdwn."""
    return blocks.escape(plain_amount(value, unit))


def plain_amount(value: float, unit: str) -> str:
    """Write a number with its unit as literal text, without zeros that say nothing."""
    text = f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{text} {unit}".strip()


def track(objective: Objective, day: int, value: float) -> Track:
    """Compare what was said with the straight line from the baseline to the target."""
    baseline, target = objective.baseline, objective.target
    if baseline is None or target is None or baseline == target:
        return Track(day, value, None, is_off=False)
    share = min(1.0, day / objective.day)
    reached = (value - baseline) / (target - baseline)
    return Track(day, value, baseline + (target - baseline) * share, is_off=reached < share - _SLACK)


def progress(objectives: Iterable[Objective], said: Collection[CheckIn]) -> list[Progress]:
    """Put objectives and what was said about them together."""
    return [
        Progress(one, [track(one, row.day, row.value) for row in said if row.objective_id == one.id])
        for one in objectives
    ]


def asked_on(objective: Objective, number_today: int, said: Collection[int]) -> int | None:
    """Give the day for which an objective is asked on the working day `number_today`, or None.

    It is asked on a few mornings; of two days that went by unanswered only the later counts.
    """
    reached = [day for day in objective.asks if day <= number_today]
    if not reached or reached[-1] in said or number_today - reached[-1] >= ASKED_MORNINGS:
        return None
    return reached[-1]


def unsaid_on(objective: Objective, number_today: int, said: Collection[int]) -> int | None:
    """Give the day for which a hire was asked in vain, on the mornings on which the manager hears of it."""
    reached = [day for day in objective.asks if day <= number_today]
    if not reached or reached[-1] in said:
        return None
    heard = ASKED_MORNINGS <= number_today - reached[-1] < 2 * ASKED_MORNINGS
    return reached[-1] if heard else None


async def say(
    session: AsyncSession, objective: Objective, day: int, value: float, note: str, by: Person, now: datetime
) -> CheckIn:
    """Keep where an objective stands on one of its days; what was said before is replaced."""
    known = await store.check_in(session, objective.id, day)
    if known is None:
        known = CheckIn(objective_id=objective.id, day=day, note="", value=value, said_by=by.id, said_at=now)
        session.add(known)
    known.value, known.note, known.said_by, known.said_at = value, note.strip(), by.id, now
    await session.flush()
    return known


async def fill_from_blanks(session: AsyncSession, known: Mapping[str, str]) -> None:
    """Give hires that go on the numbers that were blank in their plan until now."""
    for one in await store.waiting_for_numbers(session):
        if one.baseline is None and one.baseline_blank in known:
            one.baseline = number(known[one.baseline_blank])
        if one.target is None and one.target_blank in known:
            one.target = number(known[one.target_blank])


def without_numbers(objectives: Iterable[Objective]) -> list[Objective]:
    """Give the objectives that cannot be measured yet."""
    return [one for one in objectives if one.baseline is None or one.target is None]


def set_numbers(rows: Iterable[Objective], typed: Callable[[str], str | None]) -> dict[str, str]:
    """Take over the numbers typed into fields; when something is wrong, by field, nothing is taken over."""
    wrong, given = dict[str, str](), list[tuple[Objective, float | None, float | None]]()
    for one in rows:
        numbers = []
        for name in ("baseline", "target"):
            text = (typed(f"{name}-{one.id}") or "").strip()
            try:
                numbers.append(number(text) if text else None)
            except NotANumber as error:
                wrong[f"{name}-{one.id}"] = error.sentence
                numbers.append(None)
        baseline, target = numbers
        if baseline is not None and baseline == target:
            wrong[f"target-{one.id}"] = SameNumbers().sentence
        given.append((one, baseline, target))
    if not wrong:
        for one, baseline, target in given:
            one.baseline, one.target = baseline, target
    return wrong


def not_numbers(plan: Plan, typed: Mapping[str, str]) -> dict[str, str]:
    """Tell which blanks of objectives were filled with something that is no number, by blank."""
    wrong = {}
    for one in plan.objectives:
        for part in (one.baseline, one.target):
            blank = blanks_in(part)[0] if isinstance(part, str) else ""
            if typed.get(blank):
                try:
                    number(typed[blank])
                except NotANumber as error:
                    wrong[blank] = error.sentence
    return wrong
