"""Slack's own contracts, kept beside the project; what needs them is skipped where they are absent."""

import json
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).parents[3] / "shared" / "slack"

needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="../shared/slack is not here.")

# Maps with keys of their own, and what the samples leave empty or show for one case only.
FREE = {
    "blocks", "values", "event_payload", "public", "private", "users", "emoji", "args", "shares", "state",
    "chunks",
    "fields", "element", "elements", "accessory", "attachments", "errors", "inputs", "pinned_to",
}  # fmt: skip


def sample(path: str) -> Any:
    """Give one recorded payload."""
    return json.loads((SHARED / "samples" / path).read_text("utf-8"))


def differences(ours: Any, theirs: Any, where: str = "") -> list[str]:
    """Say where ours has a field that theirs has not, or one of another type. A null says nothing."""
    if ours is None or theirs is None:
        return []
    if _kind(ours) != _kind(theirs):
        return [f"{where}: {_kind(ours)}, theirs {_kind(theirs)}"]
    if isinstance(ours, list):
        return [one for item in ours for one in differences(item, _merged(theirs), f"{where}[]")]
    if not isinstance(ours, dict):
        return []
    found = []
    for name, value in ours.items():
        if name not in FREE and name not in theirs:
            found.append(f"{where}.{name}: not in the sample")
        elif name not in FREE:
            found += differences(value, theirs[name], f"{where}.{name}")
    return found


def _merged(items: list[Any]) -> Any:
    """Take all items of a sample's list for one that has everything."""
    if not items:
        return None
    if not all(isinstance(one, dict) for one in items):
        return items[0]
    return {name: value for one in items for name, value in one.items()}


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "yes or no"
    if isinstance(value, int | float):
        return "number"
    return "text" if isinstance(value, str) else type(value).__name__
