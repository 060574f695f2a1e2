"""Plan files: what may stand in one, and every mistake with its line and in plain words."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bot.words import _

_ONLY_BLANK = r"^\s*\{\{\s*blank:\s*[^{}]+?\s*\}\}\s*$"
_MOST_BYTES = 500_000
_Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,60}$")]
# A Slack checkbox holds 75 characters.
_Title = Annotated[
    str, StringConstraints(min_length=3, max_length=72, strip_whitespace=True, pattern=r"^[^{}]*$")
]
_Number = float | Annotated[str, StringConstraints(pattern=_ONLY_BLANK)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TaskPlan(_Part):
    """A task. `day`: the working day, 0 the first, -3 three before it."""

    key: _Key
    title: _Title
    day: int = Field(ge=-60, le=260)
    by: str = Field(default="hire", pattern=r"^(hire|manager|buddy|department:[a-z0-9-]+)$")
    about: str = Field(default="", max_length=700)
    chapter: str = ""


class ChapterPlan(_Part):
    """A chapter of the guide. `also`: words people may ask with that do not stand in it."""

    key: _Key
    title: _Title
    text: str = Field(min_length=10, max_length=9000)
    also: str = Field(default="", max_length=500)


class ObjectivePlan(_Part):
    """A number to be moved from `baseline` to `target` by a working day; it is asked on days `asks`."""

    key: _Key
    what: _Title
    unit: str = Field(default="", max_length=20)
    baseline: _Number
    target: _Number
    by: int = Field(ge=1, le=260)
    asks: tuple[int, ...] = Field(min_length=1, max_length=12)
    aim: Literal["product", "acquisition", "retention"]


class PlanFile(_Part):
    """A whole file."""

    name: _Title
    about: str = Field(default="", max_length=500)
    includes: tuple[_Key, ...] = ()
    tasks: tuple[TaskPlan, ...] = ()
    guide: tuple[ChapterPlan, ...] = ()
    objectives: tuple[ObjectivePlan, ...] = ()


@dataclass(frozen=True)
class Mistake:
    """What is wrong with a file, and in which line."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return _("{file}, line {line}: {problem}").format(
            file=self.file, line=self.line, problem=self.sentence
        )


def read(path: Path) -> tuple[PlanFile | None, list[Mistake]]:
    """Read one file; None and what is wrong with it when it cannot be used."""
    try:
        text = path.read_bytes()[:_MOST_BYTES].decode("utf-8")
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        content = yaml.safe_load(text)
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return None, [Mistake(path.name, line, _("this is not UTF-8 text"))]
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line if error.problem_mark else 0
        problem = _yaml_problem(str(error.problem or error.context), [*text.splitlines(), ""][line])
        return None, [Mistake(path.name, line + 1, problem)]
    except (yaml.YAMLError, RecursionError):
        return None, [Mistake(path.name, 1, _("this is not YAML that can be read"))]
    wrong = [Mistake(path.name, line, sentence) for line, sentence in _twice(tree)]
    try:
        file = PlanFile.model_validate(content)
    except ValidationError as error:
        wrong += [Mistake(path.name, *_problem(tree, one)) for one in error.errors()]
        return None, sorted(set(wrong), key=lambda one: one.line)
    wrong += [Mistake(path.name, line, sentence) for line, sentence in _inconsistent(tree, file)]
    return (None if wrong else file), sorted(wrong, key=lambda one: one.line)


def _yaml_problem(problem: str, line: str) -> str:
    if "{{" in line:
        return _("a blank stands in quotes, or in a text below “>-” or “|”")
    return _("this is not YAML that can be read ({problem})").format(problem=problem)


def _twice(node: yaml.Node | None) -> Iterator[tuple[int, str]]:
    """Find names that stand twice in one place: YAML would silently take the last."""
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if key.value in seen:
                yield key.start_mark.line + 1, _("“{name}” stands here twice").format(name=key.value)
            seen.add(key.value)
            yield from _twice(value)
    elif isinstance(node, yaml.SequenceNode):
        for one in node.value:
            yield from _twice(one)


def _problem(tree: yaml.Node | None, error: Any) -> tuple[int, str]:
    """Say in plain words what is wrong, and in which line."""
    where = [part for part in error["loc"] if isinstance(part, int | str)]
    at = where[:-1] if error["type"] == "missing" else where
    return line_of(tree, at), _sentence(error, where)


def _sentence(error: Any, where: Sequence[int | str]) -> str:
    name, value = str(where[-1]) if where else "", str(error.get("input"))
    shown = str(next((one for one in reversed(where) if one in _NAMES), name))
    problem = str(error["msg"])[:1].lower() + str(error["msg"])[1:]
    sentence = _("“{name}” cannot be “{value}”: {problem}")
    match error["type"]:
        case "missing":
            sentence = _("“{name}” is missing")
        case "extra_forbidden":
            shown, near = name, get_close_matches(name, _NAMES, n=1, cutoff=0.6)
            sentence = _("there is no “{name}” here")
            if near:
                sentence = _("there is no “{name}” here; did you mean “{near}”?").replace("{near}", near[0])
        case "string_too_long":
            sentence = _("“{name}” is too long: at most {most} characters fit")
            sentence = sentence.replace("{most}", str(error["ctx"]["max_length"]))
        case "model_type" | "model_attributes_type":
            sentence = _("here must be names with values, such as “title: …”")
        case "string_pattern_mismatch" if name == "by":
            sentence = _("“by” is hire, manager, buddy or department:NAME, not “{value}”")
        case "string_pattern_mismatch" if name in ("title", "what", "name"):
            sentence = _("“{name}” cannot hold a blank")
        case _ if shown in ("baseline", "target"):
            sentence = _('“{name}” is a number, or a blank in quotes: "{{{{blank: what to fill in}}}}"')
    return sentence.format(name=shown, value=value[:60], problem=problem)


_NAMES = frozenset(
    name for part in (PlanFile, TaskPlan, ChapterPlan, ObjectivePlan) for name in part.model_fields
)


def line_of(tree: yaml.Node | None, where: Iterable[int | str]) -> int:
    """Give the line of a place in the file, or of the nearest part of it that is there."""
    node, line = tree, (tree.start_mark.line + 1 if tree else 1)
    for step in where:
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
        elif isinstance(node, yaml.MappingNode) and (
            pair := next((one for one in node.value if one[0].value == step), None)
        ):
            line, node = pair[0].start_mark.line + 1, pair[1]
            continue
        else:
            break
        line = node.start_mark.line + 1
    return line


def _inconsistent(tree: yaml.Node | None, file: PlanFile) -> Iterator[tuple[int, str]]:
    """Find what each part allows and the whole does not."""
    for name in ("tasks", "guide", "objectives"):
        seen = set()
        for number, part in enumerate(getattr(file, name)):
            if part.key in seen:
                yield (
                    line_of(tree, [name, number, "key"]),
                    _("the key “{key}” stands twice").format(key=part.key),
                )
            seen.add(part.key)
    for number, one in enumerate(file.objectives):
        at: list[int | str] = ["objectives", number]
        if one.baseline == one.target:
            yield line_of(tree, [*at, "target"]), _("the target is the same as the baseline")
        if list(one.asks) != sorted(set(one.asks)) or one.asks[0] < 1:
            yield line_of(tree, [*at, "asks"]), _("“asks” are working days in order, each once, from 1 on")
        elif one.asks[-1] > one.by:
            yield (
                line_of(tree, [*at, "asks"]),
                _("it would be asked after the day by which it is to be reached"),
            )
