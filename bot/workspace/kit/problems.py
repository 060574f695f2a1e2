"""Collects what is wrong with blocks, in Slack's words, each with a JSON pointer to it."""

from collections.abc import Iterable
from typing import Any

Json = dict[str, Any]

TEXT_TYPES = ("plain_text", "mrkdwn")
PLAIN = ("plain_text",)


class Problems:
    """What is wrong so far. `surface` is `message`, `modal` or `home`."""

    def __init__(self, surface: str) -> None:
        self.surface = surface
        self.found: list[str] = []

    def add(self, sentence: str, where: str) -> None:
        """Note something wrong."""
        self.found.append(f"[ERROR] {sentence} [json-pointer:{where}]")

    def text(self, text: Any, where: str, most: int, types: Iterable[str] = TEXT_TYPES) -> None:
        """Check a text object that must be there."""
        types = tuple(types)
        if not isinstance(text, dict):
            self.add("missing required field: text", where)
            return
        if text.get("type") not in types:
            self.add(f"must be one of: {', '.join(types)}", f"{where}/type")
        words = text.get("text")
        if not isinstance(words, str):
            self.add("missing required field: text", where)
        elif len(words) > most:
            self.add(f"must be less than {most + 1} characters", f"{where}/text")
        elif not words:
            self.add("must be more than 0 characters", f"{where}/text")
        if text.get("type") == "plain_text" and "verbatim" in text:
            self.add("additional property: verbatim", where)
        if text.get("type") == "mrkdwn" and "emoji" in text:
            self.add("additional property: emoji", where)

    def maybe_text(
        self, holder: Json, name: str, where: str, most: int, types: Iterable[str] = TEXT_TYPES
    ) -> None:
        """Check a text object that may be missing."""
        if holder.get(name) is not None:
            self.text(holder[name], f"{where}/{name}", most, types)

    def string(self, value: Any, where: str, most: int, *, required: bool = False) -> None:
        """Check a plain string."""
        if value is None:
            if required:
                self.add(f"missing required field: {where.rpartition('/')[2]}", where.rpartition("/")[0])
        elif not isinstance(value, str):
            self.add("must be a string", where)
        elif len(value) > most:
            self.add(f"must be less than {most + 1} characters", where)
        elif required and not value:
            self.add("must be more than 0 characters", where)

    def items(self, value: Any, where: str, most: int, least: int = 1) -> list[Any]:
        """Check a list's length, and give it (empty when it is none)."""
        if not isinstance(value, list):
            self.add(
                "must be an array"
                if value is not None
                else f"missing required field: {where.rpartition('/')[2]}",
                where,
            )
            return []
        if len(value) > most:
            self.add(f"no more than {most} items allowed", where)
        if len(value) < least:
            self.add(f"no less than {least} items required", where)
        return value

    def choice(self, value: Any, where: str, allowed: Iterable[Any]) -> None:
        """Check a value that may be missing, and else is one of these."""
        allowed = tuple(allowed)
        if value is not None and value not in allowed:
            self.add(f"must be one of: {', '.join(map(str, allowed))}", where)

    def number(self, value: Any, where: str, least: float, most: float) -> None:
        """Check a number that may be missing."""
        if value is None:
            return
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.add("must be a number", where)
        elif not least <= value <= most:
            self.add(f"must be between {least:g} and {most:g}", where)
