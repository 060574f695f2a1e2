"""Tables and charts. https://docs.slack.dev/reference/block-kit/blocks."""

from typing import Any

from bot.workspace.kit.problems import Problems
from bot.workspace.kit.rich_text import check_rich_text

Json = dict[str, Any]

MOST_CHARACTERS = 10_000
_CHARTS = ("pie", "bar", "area", "line")
_MOST_SERIES = 6


def table(problems: Problems, block: Json, where: str) -> None:
    """Check a table: 100 rows of 20 cells."""
    for index, row in enumerate(problems.items(block.get("rows"), f"{where}/rows", 100)):
        _cells(problems, row, f"{where}/rows/{index}", ("raw_text", "raw_number", "rich_text"))
    settings = block.get("column_settings")
    if settings is not None:
        for index, one in enumerate(problems.items(settings, f"{where}/column_settings", 20, least=0)):
            if isinstance(one, dict):
                problems.choice(
                    one.get("align"), f"{where}/column_settings/{index}/align", ("left", "center", "right")
                )
    _size(problems, block.get("rows"), where)


def data_table(problems: Problems, block: Json, where: str) -> None:
    """Check a data table: a header, up to 100 rows, all of one length, up to 20 cells."""
    problems.string(block.get("caption"), f"{where}/caption", 3000, required=True)
    problems.number(block.get("page_size"), f"{where}/page_size", 1, 100)
    problems.number(block.get("row_header_column_index"), f"{where}/row_header_column_index", 0, 19)
    rows = problems.items(block.get("rows"), f"{where}/rows", 101, least=2)
    for index, row in enumerate(rows):
        kinds = ("raw_text", "raw_number", "rich_text") if index else ("raw_text", "raw_number")
        _cells(problems, row, f"{where}/rows/{index}", kinds)
        if isinstance(row, list) and isinstance(rows[0], list) and len(row) != len(rows[0]):
            problems.add("all rows must have the same number of cells", f"{where}/rows/{index}")
    _size(problems, rows, where)


def _cells(problems: Problems, row: Any, where: str, kinds: tuple[str, ...]) -> None:
    for index, cell in enumerate(problems.items(row, where, 20)):
        at = f"{where}/{index}"
        kind = cell.get("type") if isinstance(cell, dict) else None
        if kind not in kinds:
            problems.add(f"unsupported type: {kind}", f"{at}/type")
        elif kind == "rich_text":
            check_rich_text(problems, cell, at)
        elif kind == "raw_text" and not isinstance(cell.get("text"), str):
            problems.add("missing required field: text", at)
        elif kind == "raw_number" and not isinstance(cell.get("value"), int | float):
            problems.add("missing required field: value", at)


def _size(problems: Problems, rows: Any, where: str) -> None:
    if _characters(rows) > MOST_CHARACTERS:
        problems.add(f"a table must have less than {MOST_CHARACTERS + 1} characters", f"{where}/rows")


def _characters(thing: Any) -> int:
    if isinstance(thing, list):
        return sum(_characters(one) for one in thing)
    if isinstance(thing, dict):
        own = len(thing["text"]) if isinstance(thing.get("text"), str) else 0
        return own + _characters(thing.get("elements"))
    return 0


def data_visualization(problems: Problems, block: Json, where: str) -> None:
    """Check a chart: a pie of up to six segments, or up to six series over named categories."""
    problems.string(block.get("title"), f"{where}/title", 50, required=True)
    chart = block.get("chart")
    if not isinstance(chart, dict) or chart.get("type") not in _CHARTS:
        problems.add(f"must be one of: {', '.join(_CHARTS)}", f"{where}/chart/type")
        return
    at = f"{where}/chart"
    if chart["type"] == "pie":
        for index, segment in enumerate(
            problems.items(chart.get("segments"), f"{at}/segments", _MOST_SERIES)
        ):
            problems.string(segment.get("label"), f"{at}/segments/{index}/label", 20, required=True)
            value = segment.get("value")
            if not isinstance(value, int | float) or value <= 0:
                problems.add("must be greater than 0", f"{at}/segments/{index}/value")
        return
    axis = chart.get("axis_config")
    if not isinstance(axis, dict):
        problems.add("missing required field: axis_config", at)
        return
    categories = problems.items(axis.get("categories"), f"{at}/axis_config/categories", 20)
    for index, category in enumerate(categories):
        problems.string(category, f"{at}/axis_config/categories/{index}", 20, required=True)
    for name in ("x_label", "y_label"):
        problems.string(axis.get(name), f"{at}/axis_config/{name}", 50)
    _series(problems, chart.get("series"), f"{at}/series", categories)


def _series(problems: Problems, given: Any, where: str, categories: list[Any]) -> None:
    names = set()
    for index, series in enumerate(problems.items(given, where, _MOST_SERIES)):
        at = f"{where}/{index}"
        problems.string(series.get("name"), f"{at}/name", 20, required=True)
        if series.get("name") in names:
            problems.add("series names must be unique", f"{at}/name")
        names.add(series.get("name"))
        points = problems.items(series.get("data"), f"{at}/data", 20)
        if [point.get("label") for point in points if isinstance(point, dict)] != categories:
            problems.add("labels must match the categories", f"{at}/data")
        if not all(
            isinstance(point, dict) and isinstance(point.get("value"), int | float) for point in points
        ):
            problems.add("each point must have a number", f"{at}/data")
