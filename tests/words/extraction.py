"""Finds every sentence of ours that is spoken in the reader's language, and what cannot be translated."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
# The local workspace stands for Slack, which has its own words.
PLACES = ("bot", "handlers", "jobs")
_ELSEWHERE = (ROOT / "bot" / "workspace", ROOT / "bot" / "storage" / "migrations")
_MARKS = {"_": 1, "mark": 1, "n_": 2}
_ROOT_ERROR = "SwitchboardError"
# What people see is made in these.
_SHOWN = re.compile(r"handlers/|(?:messages|modals|cards|charts|quoting|report)\.py$")
_SEVERAL_WORDS = re.compile(r"^(?!/|.*\(\?)(?:.*\W)?[^\W\d_]{2,} [a-z]{2,}", re.DOTALL)
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# What Slack and our commands know by its writing: */supplier add*, `code`, :emoji:, pictures.
_SIGNS = re.compile(r"\*/[a-z]+|[`*]|:[a-z_+-]+:|<[@#!]|[\U0001f300-\U0001faff☀-➿✓↩⏳⚠]")


@dataclass
class Sentence:
    """One sentence of ours, the plural it has where it counts, and the files it stands in."""

    text: str
    many: str = ""
    files: set[str] = field(default_factory=set)


@dataclass
class Found:
    """What the code says.

    `hidden`: calls no translator can see into. `bare`: sentences that are never translated. Both as
    "file:line what".
    """

    sentences: dict[str, Sentence] = field(default_factory=dict)
    hidden: list[str] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)

    def add(self, file: str, text: str, many: str = "") -> None:
        """Note a sentence."""
        sentence = self.sentences.setdefault(text, Sentence(text, many))
        sentence.many = sentence.many or many
        sentence.files.add(file)


def extract() -> Found:
    """Find every sentence of ours."""
    return find(dict(_modules()))


def _modules() -> Iterator[tuple[str, str]]:
    for place in PLACES:
        for path in sorted((ROOT / place).rglob("*.py")):
            if not any(path.is_relative_to(other) for other in _ELSEWHERE):
                yield str(path.relative_to(ROOT)), path.read_text("utf-8")


def find(code: Mapping[str, str]) -> Found:
    """Find every sentence in modules: those in `_`, `n_` and `mark`, and every error's."""
    found = Found()
    trees = {file: ast.parse(text) for file, text in code.items()}
    errors = _errors(trees.values())
    for file, tree in trees.items():
        seen: set[int] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _MARKS:
                _call(found, file, node, node.func.id)
                seen |= {id(one) for one in ast.walk(node)}
            elif isinstance(node, ast.ClassDef) and node.name in errors:
                _error(found, file, node)
        if _SHOWN.search(file):
            found.bare += [f"{file}:{node.lineno} {text}" for node, text in _texts(tree, seen)]
    return found


def _error(found: Found, file: str, node: ast.ClassDef) -> None:
    sentence = ast.get_docstring(node)
    # A private one is caught where it is raised.
    if sentence and not node.name.startswith("_"):
        found.add(file, sentence)


def _call(found: Found, file: str, node: ast.Call, name: str) -> None:
    wanted = node.args[: _MARKS[name]]
    texts = [one.value for one in wanted if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    if len(texts) == _MARKS[name]:
        found.add(file, *texts)
    elif name == "_":
        found.hidden += [_place(file, node) for one in wanted if not _may_be_marked(found, file, one)]
    else:
        found.hidden.append(_place(file, node))


def _place(file: str, node: ast.expr) -> str:
    return f"{file}:{node.lineno} {ast.unparse(node)}"


def _may_be_marked(found: Found, file: str, node: ast.expr) -> bool:
    """Tell whether this names a sentence that was marked elsewhere: a constant, a row, what was stored."""
    if isinstance(node, ast.IfExp):
        return all(_may_be_marked(found, file, one) for one in (node.body, node.orelse))
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        found.add(file, node.value)
        return True
    return isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Call)


def _texts(tree: ast.Module, seen: set[int]) -> Iterator[tuple[ast.expr, str]]:
    """Give every text of several words but docstrings, what only programmers read, and what was `seen`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) or _is_log(node):
            seen |= {id(one) for one in ast.walk(node)}
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            seen.add(id(node.value))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in seen:
            continue
        if _SEVERAL_WORDS.search(node.value):
            yield node, node.value


def _is_log(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).startswith("log.")


def _errors(trees: Iterable[ast.Module]) -> set[str]:
    """Give the names of every error that is a sentence."""
    bases = {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    errors = {_ROOT_ERROR}
    while more := {name for name, above in bases.items() if above & errors} - errors:
        errors |= more
    return errors


def titles() -> Iterator[str]:
    """Give what stands over a window and on its buttons, of which Slack shows few letters."""
    for _file, text in _modules():
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr == "modal":
                buttons = [one.value for one in node.keywords if one.arg in ("submit", "close")]
                yield from find({"": "\n".join(map(ast.unparse, [*node.args[1:2], *buttons]))}).sentences


def placeholders(text: str) -> set[str]:
    """Give the names that are filled in."""
    return set(_PLACEHOLDER.findall(text))


def signs(text: str) -> dict[str, int]:
    """Count what Slack and our commands know by its writing."""
    counts: dict[str, int] = {}
    for sign in _SIGNS.findall(text):
        counts[sign] = counts.get(sign, 0) + 1
    return counts
