"""Registers as they were before a test added to them."""

import pytest

from bot.people import mornings


@pytest.fixture(autouse=True)
def _own_sections(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test register sections and hours of its own, without those of the areas."""
    monkeypatch.setattr(mornings, "SECTIONS", {})
    monkeypatch.setattr(mornings, "HOURS", {})
