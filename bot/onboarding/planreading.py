"""Reading plan files: every mistake with its line and in plain words."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from bot.onboarding.planfiles import ChapterPlan, Mistake, ObjectivePlan, PlanFile, TaskPlan
from bot.words import _

_MOST_BYTES = 500_000


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
    return _line_of(tree, at), _sentence(error, where)


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


def line_in(path: Path, where: Iterable[int | str]) -> int:
    """Give the line of a place in a file that can be read."""
    return _line_of(yaml.compose(path.read_text("utf-8"), Loader=yaml.SafeLoader), where)


def _line_of(tree: yaml.Node | None, where: Iterable[int | str]) -> int:
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
                    _line_of(tree, [name, number, "key"]),
                    _("the key “{key}” stands twice").format(key=part.key),
                )
            seen.add(part.key)
    for number, one in enumerate(file.objectives):
        at: list[int | str] = ["objectives", number]
        if one.baseline == one.target:
            yield _line_of(tree, [*at, "target"]), _("the target is the same as the baseline")
        if list(one.asks) != sorted(set(one.asks)) or one.asks[0] < 1:
            yield _line_of(tree, [*at, "asks"]), _("“asks” are working days in order, each once, from 1 on")
        elif one.asks[-1] > one.by:
            yield (
                _line_of(tree, [*at, "asks"]),
                _("it would be asked after the day by which it is to be reached"),
            )
