"""What we send Slack, what Slack sends us, and what the manifest asks for are the same."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot import app
from handlers.routes import TABLE

ROOT = Path(__file__).parent.parent.parent
ROUTED = app.ROUTED
# Ids that look like a route and are none: purposes of deliveries, kinds of errands, windows without a button.
NO_ROUTE = {"letters.full", "triage.shown"}


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    described: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text("utf-8"))
    return described


def names(kind: str) -> set[str]:
    return {name for route_kind, name in TABLE if route_kind == kind}


def test_it_answers_every_command_of_the_manifest_and_no_other(manifest: dict[str, Any]) -> None:
    assert {one["command"] for one in manifest["features"]["slash_commands"]} == names("command")


def test_it_offers_every_shortcut_of_the_manifest_and_no_other(manifest: dict[str, Any]) -> None:
    offered = {one["callback_id"] for one in manifest["features"].get("shortcuts", [])}
    assert offered == names("shortcut")


def test_it_hears_every_event_of_the_manifest_and_no_other(manifest: dict[str, Any]) -> None:
    subscribed = manifest["settings"]["event_subscriptions"]["bot_events"]
    assert {name.partition(".")[0] for name in subscribed} == names("event")


def test_it_asks_for_the_scopes_its_calls_need(manifest: dict[str, Any]) -> None:
    needed = {
        "chat:write", "chat:write.customize", "commands", "files:write", "files:read", "users:read",
        "users:read.email", "channels:read", "channels:history", "channels:join", "channels:manage",
        "groups:read", "groups:history", "im:history", "im:read", "im:write", "app_mentions:read",
    }  # fmt: skip
    assert needed <= set(manifest["oauth_config"]["scopes"]["bot"])


def constants(folder: str) -> dict[str, str]:
    """Give the upper-case string constants of all messages and modals modules that name a route."""
    found = {}
    for path in sorted((ROOT / folder).rglob("*.py")):
        if path.name not in ("messages.py", "modals.py") and folder == "bot":
            continue
        for node in ast.parse(path.read_text("utf-8")).body:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(value))):
                    if name.isupper() and re.fullmatch(r"[a-z]+\.[a-z_]+", value):
                        found[f"{path.relative_to(ROOT)}:{name}"] = value
    return found


@pytest.mark.parametrize("folder", ["bot", "handlers"])
def test_it_has_a_handler_for_every_action_and_window_it_names(folder: str) -> None:
    routed = {name for _, name in TABLE}
    orphans = {where: name for where, name in constants(folder).items() if name not in routed | NO_ROUTE}
    assert not orphans


def test_it_names_every_route_once_in_messages_or_modals() -> None:
    named = set(constants("bot").values()) | set(constants("handlers").values())
    assert {name for kind, name in TABLE if kind in ("action", "view", "view_closed", "options")} <= named
