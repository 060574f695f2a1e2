"""The hand-written examples, one file a language."""

from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files

import yaml

LANGUAGES = ("en", "de", "fr", "es", "pt", "zh")


@dataclass(frozen=True)
class Example:
    """A customer's text and what it is."""

    text: str
    category: str
    language: str


def read(text: str, language: str) -> list[Example]:
    """Read one file: a category, and under it a text a line."""
    table: dict[str, str] = yaml.load(text, yaml.CSafeLoader)
    return [
        Example(line.strip(), category, language)
        for category, lines in table.items()
        for line in lines.splitlines()
        if line.strip()
    ]


def examples() -> list[Example]:
    """Read all of them."""
    return [example for language in LANGUAGES for example in read(_file(language), language)]


def fingerprint() -> str:
    """Stand for what the weights were learnt from: when it changes, they must be learnt anew."""
    concepts = (files("bot.triage.engine") / "concepts.yml").read_text(encoding="utf-8")
    texts = [*(_file(language) for language in LANGUAGES), concepts]
    return sha256("\0".join(texts).encode()).hexdigest()


def _file(language: str) -> str:
    return (files("bot.triage") / "examples" / f"{language}.yml").read_text(encoding="utf-8")
