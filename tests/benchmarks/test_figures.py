"""Ratios are computed right, and the page keeps what was not measured again."""

from pathlib import Path

from tests.benchmarks.figures import Figure, Target, paired, write


def figure(benchmark: str = "commands", **given: object) -> Figure:
    values = {"what": "32 callers", "against": "bare", "unit": "/s", "pairs": ((30.0, 10.0),)} | given
    return Figure(benchmark, **values)  # type: ignore[arg-type]


def test_it_gives_the_median_of_the_rounds_ratios_and_not_the_ratio_of_medians() -> None:
    assert figure(pairs=((10.0, 10.0), (30.0, 10.0), (8.0, 4.0))).ratio == 2.0


def test_it_gives_how_many_times_faster_ours_is_where_less_is_more() -> None:
    assert figure(pairs=((2.0, 10.0),), less_is_more=True).ratio == 5.0


def test_it_tells_whether_a_target_is_met() -> None:
    assert Target("≥", 0.8).is_met(0.8)
    assert not Target("≥", 0.8).is_met(0.79)
    assert Target("≤", 0.25).is_met(0.2)
    assert not Target("≤", 0.25).is_met(0.26)
    assert Target("=", 1).is_met(1.0)
    assert not Target("=", 1).is_met(0.999)


async def test_it_measures_the_two_in_turn() -> None:
    order: list[str] = []
    told: list[str] = []

    async def measured(name: str) -> float:
        order.append(name)
        return float(len(order))

    pairs = await paired(lambda: measured("ours"), lambda: measured("theirs"), 3, told.append)

    assert order == ["ours", "theirs"] * 3
    assert pairs == ((1.0, 2.0), (3.0, 4.0), (5.0, 6.0))
    assert len(told) == 3


def test_it_writes_the_page_and_leaves_the_rest_of_it(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text("before\n<!-- figures -->\n<!-- /figures -->\nafter\n", "utf-8")
    write([figure("burst"), figure("events", target=Target("≥", 4))], 0.5, page)
    write([figure("burst", pairs=((5.0, 1.0),))], 0.5, page)

    text = page.read_text("utf-8")
    rows = [line for line in text.splitlines() if line.startswith(("| burst", "| events"))]
    assert text.startswith("before\n<!-- figures -->\nMachine: ")
    assert text.endswith("<!-- /figures -->\nafter\n")
    assert len(rows) == 2
    assert "| 5 |" in rows[0]
    assert "| 3 |  | ≥ 4 | missed |" in rows[1]
