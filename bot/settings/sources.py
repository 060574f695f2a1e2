"""Where settings stand beside the environment: files of secrets, OpenAI's own names, a TOML file."""

import os
import tomllib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

PREFIX = "SWITCHBOARD_"
CONFIG = f"{PREFIX}CONFIG"
_OPENAI = {"llm_key": "OPENAI_API_KEY", "llm_base_url": "OPENAI_BASE_URL"}


def outside(fields: Iterable[str]) -> dict[str, Any]:
    """Give what is set, the strongest winning. What cannot be read is left out, and said by `unreadable`."""
    fields = list(fields)
    return _from_toml() | _from_openai() | _from_files(fields) | _from_environment(fields)


def _from_environment(fields: list[str]) -> dict[str, Any]:
    """`SWITCHBOARD_NAME=value`, in capitals or not."""
    given = {name.upper(): value for name, value in os.environ.items()}
    names = {field: f"{PREFIX}{field.upper()}" for field in fields}
    return {field: given[name] for field, name in names.items() if name in given}


def _from_files(fields: list[str]) -> dict[str, Any]:
    """`SWITCHBOARD_NAME_FILE=/run/secrets/name`: the value stands in that file."""
    found = {}
    for field in fields:
        if path := os.environ.get(f"{PREFIX}{field.upper()}_FILE"):
            # One that cannot be read is said by `unreadable`, together with all else.
            with suppress(OSError):
                found[field] = secret_in(path)
    return found


def _from_openai() -> dict[str, Any]:
    """Take the names that every program which speaks to OpenAI knows."""
    return {field: value for field, name in _OPENAI.items() if (value := os.environ.get(name))}


def _from_toml() -> dict[str, Any]:
    try:
        return tomllib.loads(_toml().read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def secret_in(path: str) -> str:
    """Give the secret that a file holds."""
    return Path(path).read_text(encoding="utf-8", errors="replace").strip()


def unreadable(fields: Iterable[str]) -> list[str]:
    """Say which files cannot be read: those of secrets, and the one with the settings where it is named."""
    problems = []
    for name in (f"{PREFIX}{field.upper()}_FILE" for field in fields):
        if path := os.environ.get(name):
            try:
                secret_in(path)
            except OSError as error:
                problems.append(f"- {name}: {path} cannot be read: {error.strerror}")
    try:
        tomllib.loads(_toml().read_text("utf-8"))
    except FileNotFoundError:
        if CONFIG in os.environ:
            problems.append(f"- {CONFIG}: there is no file {_toml()}")
    except OSError as error:
        problems.append(f"- {_toml()} cannot be read: {error.strerror}")
    except ValueError as error:
        problems.append(f"- {_toml()} is not TOML: {error}")
    return problems


def _toml() -> Path:
    return Path(os.environ.get(CONFIG, "switchboard.toml"))
