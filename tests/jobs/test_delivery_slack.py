"""The dispatcher and Slack together, with every fault there is: 0 lost, 0 doubled, in order."""

from collections import Counter
from typing import Any

import pytest

from bot.gateways import slack
from bot.storage.database import Database
from jobs.pacing import Pace
from tests.gateways.outside import Outside, opened
from tests.jobs.couriers import add, dispatching, settled

CHANNELS = ("general", "suppliers", "mail-unsorted")
EACH = 8
FAST = Pace({}, channel=(60_000, 1000))
POST, EVERYTHING = "chat.postMessage", "*"
FAULTS: list[dict[str, Any]] = [
    {"kind": "ratelimited", "seconds": 1, "method": POST},
    {"kind": "drop", "method": POST},
    {"kind": "drop", "method": POST, "when": "after", "times": 2},
    {"kind": "timeout", "method": POST, "seconds": 1.2, "when": "after"},
    {"kind": "timeout", "method": POST, "seconds": 1.2},
    {"kind": "delay", "method": POST, "seconds": 1.2},  # the lost call lands after the time-out
    {"kind": "error", "method": POST, "error": "500", "when": "after"},
    {"kind": "error", "method": POST, "error": "internal_error", "when": "after"},
    {"kind": "error", "method": POST, "error": "fatal_error"},
    {"kind": "ratelimited", "seconds": 1, "method": "conversations.history"},
]


async def queue(database: Database, outside: Outside) -> list[str]:
    texts = [f"{channel} {number}" for number in range(EACH) for channel in CHANNELS]
    for text in texts:
        channel = outside.channel(text.split()[0])
        await add(database, text, kind="slack.post", lane=f"slack:{channel}", payload={"channel": channel})
    return texts


@pytest.mark.parametrize("replicas", [1, 2])
async def test_it_loses_and_doubles_nothing_whatever_slack_does(
    database: Database, database_url: str, replicas: int
) -> None:
    other = Database(database_url)
    async with opened() as outside:
        await queue(database, outside)
        for fault in FAULTS:
            outside.fault(**fault)
        options: dict[str, Any] = {"kinds": slack.KINDS, "grace": 1.5, "pace": FAST}
        async with dispatching(database, outside.courier, **options):
            if replicas == 2:
                async with dispatching(other, outside.courier, **options):
                    states = await settled(database, within=60)
            else:
                states = await settled(database, within=60)
        heard = {channel: outside.texts(channel) for channel in CHANNELS}
        happened = outside.workspace.faults.happened
    await other.dispose()

    assert Counter(states.values()) == {"sent": EACH * len(CHANNELS)}
    for channel in CHANNELS:
        assert heard[channel] == [f"{channel} {number}" for number in range(EACH)]
    assert happened >= len(FAULTS) - 1


async def test_it_shows_to_one_person_at_most_once_though_it_was_killed(database: Database) -> None:
    async with opened() as outside:
        payload = {"channel": outside.channel(), "user": outside.user()}
        await add(database, "hint", kind="slack.ephemeral", payload=payload)
        outside.fault("timeout", method="chat.postEphemeral", seconds=0.9, when="after")
        async with dispatching(database, outside.courier, kinds=slack.KINDS, killed=True):
            await _until_acted(outside)
        async with dispatching(database, outside.courier, kinds=slack.KINDS):
            assert await settled(database) == {"hint": "failed"}
        calls = outside.workspace.faults.happened

    assert calls == 1


async def _until_acted(outside: Outside) -> None:
    from tests.patience import until  # noqa: PLC0415

    await until(lambda: outside.workspace.faults.happened)


async def test_it_puts_files_where_they_belong_once(database: Database) -> None:
    async with opened() as outside:
        channel = outside.channel()
        (card,) = await add(database, "card", kind="slack.post", payload={"channel": channel})
        for number in range(3):
            payload = {"channel": channel, "name": f"{number}.pdf", "sha256": "x"}
            await add(database, f"file {number}", kind="slack.file", after_id=card, payload=payload)
        for method in ("files.completeUploadExternal", "files.getUploadURLExternal"):
            outside.fault("drop", method=method, when="after")
        async with dispatching(database, outside.courier, kinds=slack.KINDS, grace=0.3):
            assert set((await settled(database)).values()) == {"sent"}
        said = outside.said()

    shared = [one["files"][0]["name"] for one in said if one.get("files")]
    assert shared == ["0.pdf", "1.pdf", "2.pdf"]
    assert {one.get("thread_ts") for one in said if one.get("files")} == {said[0]["ts"]}
