"""Patterns are compiled where they are first used, and are then what `re` would have given."""

import re

import pytest

from bot.patterns import lazy


def test_it_finds_what_a_compiled_pattern_finds() -> None:
    pattern = lazy(r"(?P<number>\d+) parcels?", re.IGNORECASE)
    found = pattern.search("About 12 PARCELS and 1 parcel")
    assert found is not None
    assert found["number"] == "12"
    assert [one["number"] for one in pattern.finditer("12 PARCELS and 1 parcel")] == ["12", "1"]
    assert pattern.sub("goods", "1 parcel") == "goods"
    assert pattern.pattern == r"(?P<number>\d+) parcels?"


def test_it_compiles_nothing_before() -> None:
    wrong = lazy("(")
    with pytest.raises(re.error):
        wrong.match("")
