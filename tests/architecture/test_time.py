"""Only `bot/clock.py` reads the real clock."""

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
READS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "monotonic"),
}


def clock_reads(path: Path) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr) in READS
    ]


def test_it_reads_the_real_clock_in_one_place_only() -> None:
    modules = [path for folder in ("bot", "handlers", "jobs") for path in (ROOT / folder).rglob("*.py")]
    guilty = [read for path in modules if path != ROOT / "bot" / "clock.py" for read in clock_reads(path)]
    assert not guilty
