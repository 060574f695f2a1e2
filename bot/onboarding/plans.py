"""Plans: the shipped ones and the shop's own, put together from files, with blanks for what is not known yet.

The shipped files are in `roles/`; a file of the same name in the shop's own directory replaces one. A plan
includes others: their tasks, chapters and objectives come first, and one of the same key replaces them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from bot.onboarding.blanks import blanks_in
from bot.onboarding.planfiles import ChapterPlan, Mistake, ObjectivePlan, PlanFile, TaskPlan
from bot.words import _

SHIPPED = Path(__file__).parent / "roles"
# A place in a file, and what is wrong there.
_Wrong = tuple[tuple[int | str, ...], str]


@dataclass(frozen=True)
class Plan:
    """A plan with all that it includes; `own` when it is the shop's."""

    slug: str
    name: str
    about: str
    tasks: tuple[TaskPlan, ...]
    guide: tuple[ChapterPlan, ...]
    objectives: tuple[ObjectivePlan, ...]
    own: bool = False

    @property
    def blanks(self) -> list[str]:
        """What is to be filled in, in the order it stands, each once."""
        texts = [task.about for task in self.tasks] + [chapter.text for chapter in self.guide]
        texts += [str(part) for one in self.objectives for part in (one.baseline, one.target)]
        return list(dict.fromkeys(blank for text in texts for blank in blanks_in(text)))

    def left(self, known: Mapping[str, str]) -> list[str]:
        """Give what nobody has filled in yet."""
        return [blank for blank in self.blanks if not known.get(blank)]

    def chapter(self, key: str) -> ChapterPlan | None:
        """Give a chapter by its key."""
        return next((one for one in self.guide if one.key == key), None)


@dataclass(frozen=True)
class Plans:
    """All plans that can be read, by their short names, and what is wrong with the others."""

    plans: Mapping[str, Plan]
    mistakes: tuple[Mistake, ...] = ()


def load(own: Path | None = None) -> Plans:
    """Read the shipped plans and those of the shop; a file that is wrong leaves the rest as it is."""
    files = {path.stem: path for path in sorted(SHIPPED.glob("*.yml"))}
    if own is not None:
        files |= {path.stem: path for path in sorted(own.glob("*.yml"))}
    stamped = tuple((slug, path, path.stat().st_mtime_ns) for slug, path in sorted(files.items()))
    return _load(stamped)


@lru_cache(maxsize=4)
def _load(files: tuple[tuple[str, Path, int], ...]) -> Plans:
    # What reads YAML is needed when somebody begins, not when the bot does.
    from bot.onboarding import planreading  # noqa: PLC0415

    files_read: dict[str, tuple[PlanFile, Path]] = {}
    mistakes: list[Mistake] = []
    for slug, path, _changed in files:
        found, wrong = planreading.read(path)
        mistakes += wrong
        if found is not None:
            files_read[slug] = (found, path)
    plans = {}
    for slug, (file, path) in files_read.items():
        plan, at = _whole(slug, file, path, files_read)
        wrong = [Mistake(path.name, planreading.line_in(path, where), sentence) for where, sentence in at]
        mistakes += wrong
        if not wrong:
            plans[slug] = plan
    return Plans(plans, tuple(mistakes))


def _whole(
    slug: str, file: PlanFile, path: Path, others: Mapping[str, tuple[PlanFile, Path]]
) -> tuple[Plan, list[_Wrong]]:
    """Put a plan together with those it includes."""
    wrong: list[_Wrong] = []
    parts: list[PlanFile] = []
    for number, name in enumerate(file.includes):
        included = others.get(name)
        if included is None or name == slug:
            sentence = _("there is no plan “{name}” to include, or it is wrong itself").format(name=name)
            wrong.append((("includes", number), sentence))
        elif included[0].includes:
            sentence = _("“{name}” includes others itself; include these here").format(name=name)
            wrong.append((("includes", number), sentence))
        else:
            parts.append(included[0])
    parts.append(file)
    plan = Plan(
        slug,
        file.name,
        file.about,
        _merged(part.tasks for part in parts),
        _merged(part.guide for part in parts),
        _merged(part.objectives for part in parts),
        own=path.parent != SHIPPED,
    )
    # A shipped plan bears it when the shop's own file took the place of one it includes.
    replaced = not plan.own and any(
        others[name][1].parent != SHIPPED for name in file.includes if name in others
    )
    known = {chapter.key for chapter in plan.guide}
    for number, task in enumerate(() if wrong or replaced else file.tasks):
        if task.chapter and task.chapter not in known:
            sentence = _("there is no chapter “{name}”").format(name=task.chapter)
            wrong.append((("tasks", number, "chapter"), sentence))
    return plan, wrong


_Keyed = TypeVar("_Keyed", TaskPlan, ChapterPlan, ObjectivePlan)


def _merged(parts: Iterable[tuple[_Keyed, ...]]) -> tuple[_Keyed, ...]:
    by_key: dict[str, _Keyed] = {}
    for part in parts:
        by_key |= {one.key: one for one in part}
    return tuple(by_key.values())
