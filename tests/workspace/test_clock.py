"""The clock: forward only, through everything due, in order."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.websockets import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import MovableClock
from bot.workspace import Workspace, demo_world
from bot.workspace.clockwork import next_instant
from bot.workspace.driver import Person, Refusal, Slack
from tests.workspace.manifest import manifest

MORNING = datetime(2026, 3, 27, 8, 0, tzinfo=UTC)  # a Friday


@pytest.fixture
def workspace_options() -> dict[str, Any]:
    return {"clock": MovableClock(MORNING, running=False), "rate_limits": False}


async def test_it_fires_a_scheduled_message_on_time_and_not_before(
    client: AsyncWebClient, channel: Callable[[str], str], slack: Slack, nora: Person
) -> None:
    await nora.goes_to("#general")
    due = MORNING + timedelta(hours=2)
    await client.chat_scheduleMessage(
        channel=channel("general"), text="Time for tea", post_at=int(due.timestamp())
    )

    await slack.advance(timedelta(minutes=119))
    await nora.does_not_see("Time for tea")
    fired = await slack.advance(timedelta(hours=8))

    await nora.sees("Time for tea")
    assert [(one["at"], one["what"]) for one in fired] == [
        (due.isoformat(), "Switchboard wrote in #general: Time for tea")
    ]
    assert await slack.now() == MORNING + timedelta(minutes=119, hours=8)


async def test_it_posts_each_at_its_own_time_in_order(
    client: AsyncWebClient, channel: Callable[[str], str], slack: Slack
) -> None:
    general = channel("general")
    for hours in (3, 1, 2):
        at = int((MORNING + timedelta(hours=hours)).timestamp())
        await client.chat_scheduleMessage(channel=general, text=f"After {hours}", post_at=at)

    fired = await slack.advance(timedelta(days=1))

    assert [one["what"][-7:] for one in fired] == ["After 1", "After 2", "After 3"]
    history = (await client.conversations_history(channel=general))["messages"]
    stamps = [float(one["ts"]) for one in reversed(history)]
    assert [round((one - MORNING.timestamp()) / 3600) for one in stamps] == [1, 2, 3]


async def test_it_never_posts_a_scheduled_message_that_has_metadata(
    client: AsyncWebClient, channel: Callable[[str], str], slack: Slack
) -> None:
    await client.chat_scheduleMessage(
        channel=channel("general"), text="Lost", post_at=int(MORNING.timestamp()) + 60,
        metadata={"event_type": "card", "event_payload": {}},
    )  # fmt: skip
    assert await slack.advance(timedelta(hours=1)) == []
    assert (await client.chat_scheduledMessages_list())["scheduled_messages"] == []


class _Chores:
    """An app that has something to do at certain hours, and takes its time."""

    def __init__(self, clock: MovableClock, *hours: int) -> None:
        self.clock = clock
        self.coming = [MORNING + timedelta(hours=hour) for hour in hours]
        self.done: list[datetime] = []
        self.failed: list[str] = []

    async def quiet(self) -> bool:
        return True

    async def next_due(self) -> datetime | None:
        if self.coming and self.coming[0] <= self.clock.now():
            self.coming.pop(0)
            self.done.append(self.clock.now())
        return self.coming[0] if self.coming else None

    async def failing(self) -> list[str]:
        return self.failed


async def test_it_lists_once_what_the_app_could_not_do() -> None:
    clock = MovableClock(MORNING, running=False)
    chores = _Chores(clock, 1, 5)
    chores.failed = ["⚠️ The bot could not do standups.open:1 (RuntimeError)."]
    async with (
        Workspace(demo_world(), manifest(), clock=clock, probe=chores) as workspace,
        Slack(workspace.url, workspace.control_token) as slack,
    ):
        fired = await slack.advance(timedelta(hours=6))
    assert [one["what"] for one in fired] == chores.failed


async def test_it_steps_through_what_the_app_has_to_do() -> None:
    clock = MovableClock(MORNING, running=False)
    chores = _Chores(clock, 1, 5, 30)
    async with (
        Workspace(demo_world(), manifest(), clock=clock, probe=chores) as workspace,
        Slack(workspace.url, workspace.control_token) as slack,
    ):
        await slack.advance(timedelta(days=1))
    assert chores.done == [MORNING + timedelta(hours=1), MORNING + timedelta(hours=5)]


async def test_it_waits_until_the_app_has_answered_before_the_next_step(
    workspace: Workspace, client: AsyncWebClient, channel: Callable[[str], str], slack: Slack
) -> None:
    app = AsyncApp(client=client, ignoring_self_events_enabled=False)

    @app.event("message")
    async def answer(event: dict[str, Any]) -> None:
        if event["text"].startswith("After"):
            await client.chat_postMessage(channel=event["channel"], text=f"Heard: {event['text']}")

    handler = AsyncSocketModeHandler(app, workspace.app_token)
    await handler.connect_async()
    for hours in (1, 2):
        at = int((MORNING + timedelta(hours=hours)).timestamp())
        await client.chat_scheduleMessage(channel=channel("general"), text=f"After {hours}", post_at=at)

    fired = await slack.advance(timedelta(days=1))
    await handler.close_async()

    said = [one["what"].rpartition("#general: ")[2] for one in fired]
    assert said == ["After 1", "Heard: After 1", "After 2", "Heard: After 2"]
    assert fired[1]["at"] == (MORNING + timedelta(hours=1)).isoformat()


async def test_it_never_goes_back(slack: Slack) -> None:
    await slack.clock_to(MORNING + timedelta(days=1))
    await slack.clock_to(MORNING)
    assert await slack.now() == MORNING + timedelta(days=1)


@pytest.mark.parametrize(
    ("words", "zone", "expected"),
    [
        # Summer time begins in Europe on the Sunday between.
        ("monday 09:00", "Europe/Stockholm", datetime(2026, 3, 30, 7, 0, tzinfo=UTC)),
        ("friday 09:30", "Europe/London", datetime(2026, 3, 27, 9, 30, tzinfo=UTC)),
        ("friday 07:00", "UTC", datetime(2026, 4, 3, 7, 0, tzinfo=UTC)),
        ("tomorrow 08:15", "Asia/Shanghai", datetime(2026, 3, 28, 0, 15, tzinfo=UTC)),
        ("07:00", "UTC", datetime(2026, 3, 28, 7, 0, tzinfo=UTC)),
        ("2026-12-24 12:00", "America/Bogota", datetime(2026, 12, 24, 17, 0, tzinfo=UTC)),
    ],
)
def test_it_understands_when(words: str, zone: str, expected: datetime) -> None:
    assert next_instant(words, MORNING, zone) == expected


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        ({"to": "someday"}, "Say a day and a time"),
        ({"to": "monday 09:00", "zone": "Mars/Base"}, "no time zone"),
        ({"to": "2020-01-01 09:00"}, "never goes back"),
        ({"set": "yesterday"}, "not a time"),
    ],
)
async def test_it_says_what_it_does_not_understand(
    slack: Slack, order: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Refusal, match=sentence):
        await slack.post("clock", **order)


async def test_it_keeps_its_time_when_it_is_opened_again(tmp_path: Any) -> None:
    clock = MovableClock(MORNING, running=False)
    kept = tmp_path / "world.sqlite"
    async with Workspace(demo_world(), manifest(), clock=clock, data=kept) as workspace:
        clock.advance(timedelta(days=7))
        assert workspace.clock.now() == MORNING + timedelta(days=7)
    again = Workspace(demo_world(), manifest(), clock=MovableClock(MORNING, running=False), data=kept)
    assert again.clock.now() == MORNING + timedelta(days=7)
    again.world.close()
