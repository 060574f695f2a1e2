"""Each benchmark runs, small, and counts what it says it counts. How fast anything was, no test asks."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks import acks, burst, drain, occurrences, start
from tests.benchmarks.figures import Figure


@pytest.fixture
def steps() -> list[str]:
    return []


def measured(figures: list[Figure], count: int, rounds: int) -> None:
    assert len(figures) == count
    for figure in figures:
        assert len(figure.pairs) == rounds
        assert all(ours > 0 and theirs > 0 for ours, theirs in figure.pairs)
        assert min(figure.ratios) <= figure.ratio <= max(figure.ratios)


async def test_it_measures_commands_and_finds_each_of_ours_stored(tmp_path: Path, steps: list[str]) -> None:
    measured(await acks.commands(tmp_path, steps.append, rounds=1, requests=40), 4, 1)
    assert steps


async def test_it_measures_events_and_finds_each_of_ours_stored(tmp_path: Path, steps: list[str]) -> None:
    measured(await acks.events(tmp_path, steps.append, rounds=1, requests=40), 4, 1)


async def test_it_measures_a_burst(tmp_path: Path, steps: list[str]) -> None:
    measured(await burst.burst(tmp_path, steps.append, rounds=1, events=60), 2, 1)


async def test_it_measures_a_full_outbox(tmp_path: Path, steps: list[str]) -> None:
    (figure,) = await drain.drain(tmp_path, steps.append, each=6)
    ((ours, theirs),) = figure.pairs
    assert theirs == 4.0
    assert figure.ratio == ours / theirs > 0


async def test_it_counts_occurrences_among_replicas_that_are_killed(
    tmp_path: Path, steps: list[str], postgres: Any
) -> None:
    postgres.execute("CREATE DATABASE occurrences")
    url = postgres.url("occurrences")
    figures = await occurrences.count(tmp_path, url, steps.append, kills=2, keys=2)
    assert figures[0].ratio == 1.0
    assert figures[0].pairs[0][1] >= 4


async def test_it_measures_a_start(tmp_path: Path, steps: list[str]) -> None:
    figures = await start.start(tmp_path, steps.append, rounds=1)
    measured(figures, 4, 1)


def test_it_refuses_a_benchmark_it_does_not_know() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", "speed"], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 2
    assert "there is no speed" in ran.stderr
