"""Arrays of numbers in one file, read where they lie: what is not looked at takes no memory.

A line of JSON says which arrays there are, each with its kind (as in `array` and `struct`: "I", "b", "e") and
where it begins; then they follow. Numbers are little-endian.
"""

import json
import mmap
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_ALIGNED = 8


class Arrays:
    """What `write` wrote. `told` is what was said about the numbers."""

    def __init__(self, path: Path) -> None:
        if sys.byteorder != "little":
            raise UnsupportedMachine
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        head = self._map[: self._map.find(b"\n")]
        described = json.loads(head)
        self.told: dict[str, Any] = described["told"]
        self._places: dict[str, tuple[str, int, int]] = described["places"]
        self._start = _aligned(len(head) + 1)

    def __getitem__(self, name: str) -> Any:
        """Give one as numbers; half floats ("e") as bytes, for memory views know no such numbers."""
        kind, start, size = self._places[name]
        view: Any = memoryview(self._map)[self._start + start : self._start + start + size]
        return view if kind == "e" else view.cast(kind)

    def raw(self, name: str) -> tuple[mmap.mmap, int]:
        """Give the whole file, and where in it this one begins: for `find` and `struct`."""
        return self._map, self._start + self._places[name][1]


class UnsupportedMachine(RuntimeError):
    """This machine writes numbers the other way round."""


def write(path: Path, arrays: Mapping[str, tuple[str, bytes]], told: Mapping[str, Any]) -> None:
    """Write arrays, each a kind and its bytes, and what is to be said about them."""
    places: dict[str, tuple[str, int, int]] = {}
    body = b""
    for name, (kind, raw) in arrays.items():
        places[name] = kind, len(body), len(raw)
        body += raw + bytes(_aligned(len(raw)) - len(raw))
    head = json.dumps({"told": dict(told), "places": places}).encode() + b"\n"
    path.write_bytes(head.ljust(_aligned(len(head)), b"\0") + body)


def _aligned(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED
