"""What was measured: pairs of numbers from one run, their ratio, and how both are shown."""

import os
import platform
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from statistics import median

from rich.table import Table

PAGE = Path(__file__).parent.parent.parent / "docs" / "performance.md"
_BEGIN, _END = "<!-- figures -->\n", "<!-- /figures -->\n"
_PARTS = ("slack-bolt", "slack-sdk", "aiohttp", "sqlalchemy", "aiosqlite")

Round = Callable[[], Awaitable[float]]
# Told after each step: what was done.
Step = Callable[[str], None]


@dataclass(frozen=True)
class Target:
    """What a ratio should be: at least, at most, or exactly."""

    sign: str
    value: float

    def is_met(self, ratio: float) -> bool:
        """Tell whether it is."""
        return {
            "≥": ratio >= self.value,
            "≤": ratio <= self.value,
            "=": ratio == self.value,
        }[self.sign]

    def __str__(self) -> str:
        return f"{self.sign} {self.value:g}"


@dataclass(frozen=True)
class Figure:
    """One ratio. `pairs` are (ours, theirs), a round each; the ratio is theirs to ours when `less_is_more`.

    So is a ratio of times a ratio of speeds: above 1, ours is the faster.
    """

    benchmark: str
    what: str
    against: str
    unit: str
    pairs: tuple[tuple[float, float], ...]
    target: Target | None = None
    less_is_more: bool = False

    @property
    def ratios(self) -> list[float]:
        """Give the ratio of each round."""
        return [theirs / ours if self.less_is_more else ours / theirs for ours, theirs in self.pairs]

    @property
    def ratio(self) -> float:
        """Give the median of the rounds' ratios: a noisy minute hits both sides of a pair, or one round."""
        return median(self.ratios)

    @property
    def row(self) -> tuple[str, ...]:
        """Give what the table shows."""
        ours, theirs = (median(side) for side in zip(*self.pairs, strict=True))
        spread = f"{min(self.ratios):.3g} - {max(self.ratios):.3g}" if len(self.pairs) > 1 else ""
        verdict = "" if self.target is None else "met" if self.target.is_met(self.ratio) else "missed"
        return (
            self.benchmark, self.what, self.against, f"{_number(ours)} {self.unit}",
            f"{_number(theirs)} {self.unit}", f"{self.ratio:.3g}", spread, str(self.target or ""), verdict,
        )  # fmt: skip


_HEADINGS = ("benchmark", "what", "against", "ours", "theirs", "ratio", "rounds", "target", "")


async def paired(ours: Round, theirs: Round, rounds: int, step: Step) -> tuple[tuple[float, float], ...]:
    """Measure one, then the other, again and again; what else the machine does then hits both alike."""
    pairs = []
    for number in range(1, rounds + 1):
        pairs.append((await ours(), await theirs()))
        step(f"round {number}")
    return tuple(pairs)


def table(figures: Sequence[Figure]) -> Table:
    """Show it on a terminal."""
    shown = Table(*_HEADINGS)
    for figure in figures:
        missed = figure.target is not None and not figure.target.is_met(figure.ratio)
        shown.add_row(*figure.row, style="red" if missed else None)
    return shown


def write(figures: Sequence[Figure], load: float, page: Path = PAGE) -> None:
    """Put it into the page, in the place of what was measured before; benchmarks left out keep theirs.

    `load` is the machine's load average when the run began.
    """
    before, _, rest = page.read_text("utf-8").partition(_BEGIN)
    old, _, after = rest.partition(_END)
    anew = {figure.benchmark for figure in figures}
    kept = [line for line in _rows(old) if line.split("|")[1].strip() not in anew]
    stamp = f"{datetime.now(UTC):%Y-%m-%d %H:%M}Z, load {load:.1f}"
    rows = [*kept, *(f"| {' | '.join((*figure.row, stamp))} |" for figure in figures)]
    head = f"| {' | '.join((*_HEADINGS[:-1], 'verdict', 'measured'))} |\n|{' --- |' * (len(_HEADINGS) + 1)}\n"
    body = "\n".join(sorted(rows))
    page.write_text(f"{before}{_BEGIN}{machine()}\n\n{head}{body}\n{_END}{after}", "utf-8")


def _rows(text: str) -> list[str]:
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return lines[2:]


def machine() -> str:
    """Say what it was measured on."""
    names = [line for line in _cpuinfo() if line.startswith("model name")]
    processor = names[0].partition(":")[2].strip() if names else platform.machine()
    parts = ", ".join(f"{part} {metadata.version(part)}" for part in _PARTS)
    return (
        f"Machine: {os.cpu_count()} cores ({processor}), {platform.system()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {parts}."
    )


def _cpuinfo() -> list[str]:
    try:
        return Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return []


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
