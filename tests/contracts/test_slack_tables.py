"""The table of methods and our manifest, against what Slack publishes."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from bot.workspace.limits import Limits
from bot.workspace.methods import METHODS
from tests.contracts.slack import SHARED, needs_shared

ROOT = Path(__file__).parents[2]
# What the workspace promises to answer.
PROMISED = [
    "api.test",
    "auth.test",
    "apps.connections.open",
    "bots.info",
    "team.info",
    "team.billing.info",
    "chat.postMessage",
    "chat.postEphemeral",
    "chat.update",
    "chat.delete",
    "chat.meMessage",
    "chat.getPermalink",
    "chat.scheduleMessage",
    "chat.scheduledMessages.list",
    "chat.deleteScheduledMessage",
    "chat.startStream",
    "chat.appendStream",
    "chat.stopStream",
    "conversations.list",
    "conversations.info",
    "conversations.history",
    "conversations.replies",
    "conversations.members",
    "conversations.open",
    "conversations.create",
    "conversations.join",
    "conversations.leave",
    "conversations.invite",
    "conversations.kick",
    "conversations.rename",
    "conversations.setTopic",
    "conversations.setPurpose",
    "conversations.archive",
    "conversations.unarchive",
    "conversations.mark",
    "conversations.close",
    "users.list",
    "users.info",
    "users.lookupByEmail",
    "users.profile.get",
    "users.profile.set",
    "users.getPresence",
    "users.setPresence",
    "users.conversations",
    "usergroups.list",
    "usergroups.create",
    "usergroups.update",
    "usergroups.enable",
    "usergroups.disable",
    "usergroups.users.list",
    "usergroups.users.update",
    "reactions.add",
    "reactions.remove",
    "reactions.get",
    "reactions.list",
    "pins.add",
    "pins.remove",
    "pins.list",
    "bookmarks.add",
    "bookmarks.edit",
    "bookmarks.list",
    "bookmarks.remove",
    "files.getUploadURLExternal",
    "files.completeUploadExternal",
    "files.info",
    "files.list",
    "files.delete",
    "views.open",
    "views.push",
    "views.update",
    "views.publish",
    "dnd.info",
    "dnd.teamInfo",
    "emoji.list",
    "assistant.threads.setStatus",
    "assistant.threads.setTitle",
    "assistant.threads.setSuggestedPrompts",
    "functions.completeSuccess",
    "functions.completeError",
    "oauth.v2.access",
]


def test_it_answers_every_method_it_promises() -> None:
    assert sorted(METHODS) == sorted(PROMISED)


@needs_shared
@pytest.mark.parametrize("name", PROMISED)
def test_it_limits_each_method_by_its_published_tier(name: str) -> None:
    published = json.loads((SHARED / "rate_limit_tiers.json").read_text("utf-8"))[name]
    tier = int(published[-1]) if published.startswith("Tier") else 0
    assert METHODS[name].tier == tier


@pytest.mark.parametrize(("tier", "a_minute"), [(1, 1), (2, 20), (3, 50), (4, 100)])
def test_it_refuses_one_call_more_than_a_tier_allows(tier: int, a_minute: int) -> None:
    limits = Limits(strict=True)

    waits = [limits.wait("some.method", tier, None) for _ in range(a_minute + 1)]

    assert not any(waits[:-1])
    assert 1 <= waits[-1] <= 61


@needs_shared
def test_it_has_a_manifest_that_slack_accepts() -> None:
    manifest = yaml.safe_load((ROOT / "manifest.yml").read_text("utf-8"))
    version = manifest["_metadata"]["major_version"]
    schema = json.loads((SHARED / "manifest" / f"manifest.schema.{version}.0.0.json").read_text("utf-8"))
    jsonschema.validate(manifest, schema)
