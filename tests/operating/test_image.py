"""The image, the compose file and the systemd unit: what can be known of them without building anything."""

import configparser
import fnmatch
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from bot.__main__ import cli
from bot.settings import PREFIX, Settings
from tests.conftest import missing

ROOT = Path(__file__).parents[2]
CONTAINERFILE, COMPOSE, UNIT = (
    ROOT / "docs" / name for name in ("Containerfile", "compose.yml", "switchboard.service")
)
COMMANDS = set(typer.main.get_command(cli).commands)  # type: ignore[attr-defined]
NAMES = {PREFIX + name.upper() for name in Settings.model_fields}
# Of https://docs.docker.com/reference/dockerfile.
KNOWN = {"FROM", "RUN", "WORKDIR", "COPY", "USER", "ENV", "VOLUME", "EXPOSE", "ENTRYPOINT", "CMD"}


def instructions() -> list[tuple[str, str]]:
    """Give the lines of the Containerfile: the instruction, and the rest."""
    lines = CONTAINERFILE.read_text("utf-8").replace("\\\n", " ").splitlines()
    return [
        (word, rest) for word, _, rest in (line.partition(" ") for line in lines if line and line[0] != "#")
    ]


def one(word: str) -> str:
    [found] = [rest for found, rest in instructions() if found == word]
    return found


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(COMPOSE.read_text("utf-8"))
    return loaded


def test_it_says_only_what_a_builder_knows() -> None:
    words = [word for word, _ in instructions()]
    assert set(words) <= KNOWN
    assert words[0] == "FROM"
    assert words.index("USER") < words.index("ENTRYPOINT")


def test_it_starts_on_a_python_that_we_run_on() -> None:
    version = re.search(r"python:(\d+)\.(\d+)-slim", one("FROM"))
    assert version
    assert (int(version[1]), int(version[2])) >= (3, 11)


def test_it_runs_what_there_is_as_nobody_special() -> None:
    [program] = json.loads(one("ENTRYPOINT"))
    assert os.access(ROOT / program, os.X_OK)
    assert set(json.loads(one("CMD"))) <= COMMANDS
    assert f"useradd --create-home {one('USER')}" in str(instructions())


def test_it_sets_what_are_settings_and_opens_their_ports() -> None:
    given = dict(pair.split("=") for pair in one("ENV").split())
    assert set(given) <= NAMES
    assert given[f"{PREFIX}DATA_DIR"] == one("VOLUME")
    assert given[f"{PREFIX}HTTP_HOST"] == given[f"{PREFIX}SMTP_IN_HOST"] == "0.0.0.0"
    defaults = Settings()
    assert one("EXPOSE") == f"{defaults.http_port} {defaults.smtp_in_port}"


def test_it_composes_services_that_there_are() -> None:
    services = compose()["services"]
    for service in services.values():
        for name, how in service.get("depends_on", {}).items():
            assert name in services
            assert how["condition"] in ("service_healthy", "service_completed_successfully")
            assert how["condition"] != "service_healthy" or "healthcheck" in services[name]
        volumes = {volume.partition(":")[0] for volume in service.get("volumes", [])}
        assert volumes <= set(compose()["volumes"])
        if build := service.get("build"):
            assert (COMPOSE.parent / build["context"] / build["dockerfile"]).resolve() == CONTAINERFILE
            assert set(service["environment"]) <= NAMES
            assert set(service.get("command", [])) <= COMMANDS


def test_it_composes_one_database_with_one_password() -> None:
    services = compose()["services"]
    database = services["database"]["environment"]
    for name in ("bot", "migrate"):
        url = services[name]["environment"][f"{PREFIX}DATABASE_URL"]
        user, host = database["POSTGRES_USER"], "database"
        assert url == f"postgresql+asyncpg://{user}:${{POSTGRES_PASSWORD}}@{host}/{database['POSTGRES_DB']}"
    assert database["POSTGRES_PASSWORD"].startswith("${POSTGRES_PASSWORD:?")


def test_it_lets_only_this_machine_at_the_ports() -> None:
    for port in compose()["services"]["bot"]["ports"]:
        host, outer, inner = port.split(":")
        assert host == "127.0.0.1"
        assert outer == inner
        assert inner in one("EXPOSE").split()


def test_it_starts_the_unit_with_commands_that_there_are() -> None:
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string("\n".join(line for line in UNIT.read_text("utf-8").splitlines() if line[:1] != "#"))
    service = unit["Service"]
    for name in ("ExecStartPre", "ExecStart"):
        program, command = service[name].split()
        assert (Path(program).name, command in COMMANDS) == ("switchboard", True)
        assert Path(program).parent == Path(service["WorkingDirectory"])


def ignored() -> list[str]:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    return [line for line in lines if line and line[0] != "#"]


def is_ignored(path: Path) -> bool:
    """Tell whether a builder leaves it out: by its whole path, or with ** by its name at any depth."""
    relative = path.relative_to(ROOT)
    return any(
        fnmatch.fnmatch(path.name, pattern.removeprefix("**/"))
        if pattern.startswith("**/")
        else str(relative) == pattern
        for pattern in ignored()
    )


@pytest.mark.parametrize("name", [".env", "switchboard.toml", "data", ".git", ".venv", "docs/.env"])
def test_it_takes_no_secret_and_no_data_into_the_image(name: str) -> None:
    assert is_ignored(ROOT / name)


@pytest.mark.parametrize("name", ["switchboard", "uv.lock", "bot", "handlers", "jobs", ".env.example"])
def test_it_takes_into_the_image_what_runs(name: str) -> None:
    assert (ROOT / name).exists()
    assert not is_ignored(ROOT / name)


def test_it_runs_from_what_the_image_holds_in_a_clean_environment(tmp_path: Path) -> None:
    try:
        socket.create_connection(("pypi.org", 443), timeout=5).close()
    except OSError:
        missing("PyPI is not reachable")

    def leave_out(folder: str, names: list[str]) -> set[str]:
        return {one for one in names if is_ignored(Path(folder) / one) or one == "tests"}

    place = tmp_path / "opt"
    shutil.copytree(ROOT, place, ignore=leave_out)
    # As the image: nothing of ours in the environment, and the interpreter that is there.
    kept = {name: os.environ[name] for name in ("HOME", "PATH", "PIP_INDEX_URL", "UV_DEFAULT_INDEX")
            if name in os.environ}  # fmt: skip
    bare = kept | {
        "PATH": f"{Path(sys.base_prefix) / 'bin'}:{kept['PATH']}",
        f"{PREFIX}DATA_DIR": str(tmp_path),
    }
    made = subprocess.run(
        [place / "switchboard", "--help"], env=bare, capture_output=True, text=True, timeout=400, check=False
    )
    assert made.returncode == 0, made.stderr
    assert "Switchboard" in made.stdout
    migrated = subprocess.run(
        [place / "switchboard", "migrate"], cwd=place, env=bare, capture_output=True, text=True, check=False
    )
    assert migrated.stdout == "The database is up to date.\n", migrated.stderr
    assert (tmp_path / "switchboard.sqlite").exists()
