"""Texts that judge the sorter: written by hand, after the examples and in other words, never learnt from."""

from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).parent / "heldout"


def lines(name: str, *, last_half: bool = False) -> list[tuple[str, str]]:
    """Give (text, heading) pairs of one file; every other line was looked at while the engine was made."""
    return [
        (line.strip(), heading)
        for heading, block in _read(name).items()
        for at, line in enumerate(block.strip().splitlines())
        if not last_half or at % 2
    ]


def mails() -> list[dict[str, str]]:
    """Give whole mails."""
    found: list[dict[str, str]] = _read("mails")
    return found


def _read(name: str) -> Any:
    return yaml.safe_load((_FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
