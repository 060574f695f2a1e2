"""Where settings stand beside the environment: files of secrets, OpenAI's own names, a TOML file."""

import os
import tomllib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, TomlConfigSettingsSource

PREFIX = "SWITCHBOARD_"
CONFIG = f"{PREFIX}CONFIG"


def others(settings_cls: type[BaseSettings]) -> tuple[PydanticBaseSettingsSource, ...]:
    """Give them, the strongest first. What cannot be read is left out here, and said by `unreadable`."""
    found = (_FromFiles(settings_cls), _FromOpenAI(settings_cls))
    try:
        return *found, TomlConfigSettingsSource(settings_cls, _toml())
    except (OSError, ValueError):
        return found


class _FromFiles(PydanticBaseSettingsSource):
    """`SWITCHBOARD_NAME_FILE=/run/secrets/name`: the value stands in that file."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        path = os.environ.get(f"{PREFIX}{field_name.upper()}_FILE")
        # One that cannot be read is said by `unreadable`, together with all else.
        with suppress(OSError):
            return secret_in(path) if path else None, field_name, False
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        values = {
            name: self.get_field_value(info, name)[0] for name, info in self.settings_cls.model_fields.items()
        }
        return {name: value for name, value in values.items() if value is not None}


def secret_in(path: str) -> str:
    """Give the secret that a file holds."""
    return Path(path).read_text(encoding="utf-8", errors="replace").strip()


class _FromOpenAI(PydanticBaseSettingsSource):
    """The names every program that speaks to OpenAI knows."""

    _NAMES = {"llm_key": "OPENAI_API_KEY", "llm_base_url": "OPENAI_BASE_URL"}  # noqa: RUF012

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        return os.environ.get(self._NAMES.get(field_name, "")) or None, field_name, False

    def __call__(self) -> dict[str, Any]:
        return {name: value for name in self._NAMES if (value := os.environ.get(self._NAMES[name]))}


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
