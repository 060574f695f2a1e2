"""Each fault does what it says, once for each time it was ordered, and the workspace tells of it."""

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace import Workspace, demo_world
from bot.workspace.driver import Person, Refusal, Slack
from tests.patience import until
from tests.workspace.manifest import manifest

Json = dict[str, Any]


async def _texts(client: AsyncWebClient, channel_id: str) -> list[str]:
    return [one["text"] for one in (await client.conversations_history(channel=channel_id))["messages"]]


async def test_it_fails_so_many_calls_and_no_more(
    client: AsyncWebClient, channel: Callable[[str], str], slack: Slack
) -> None:
    await slack.fault("error", method="chat.postMessage", times=2, error="internal_error")
    for _ in range(2):
        with pytest.raises(SlackApiError, match="internal_error"):
            await client.chat_postMessage(channel=channel("general"), text="Lost")
    await client.chat_postMessage(channel=channel("general"), text="Kept")
    assert await _texts(client, channel("general")) == ["Kept"]
    assert (await slack.get("faults"))["faults"] == []


async def test_it_acts_before_it_fails_where_that_is_ordered(
    client: AsyncWebClient, channel: Callable[[str], str], slack: Slack
) -> None:
    await slack.fault("drop", method="chat.postMessage", when="after")
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=channel("general"), text="Said, unanswered")
    assert await _texts(client, channel("general")) == ["Said, unanswered"]


async def test_it_times_out_after_acting(
    client: AsyncWebClient, channel: Callable[[str], str], slack: Slack
) -> None:
    client.timeout = 1
    await slack.fault("timeout", method="chat.postMessage", when="after", seconds=3)
    with pytest.raises(TimeoutError):
        await client.chat_postMessage(channel=channel("general"), text="Said, unanswered")
    assert await _texts(client, channel("general")) == ["Said, unanswered"]


async def test_it_answers_429_with_retry_after(client: AsyncWebClient, slack: Slack) -> None:
    await slack.fault("ratelimited", method="*", seconds=7)
    with pytest.raises(SlackApiError) as limited:
        await client.auth_test()
    assert (limited.value.response.status_code, limited.value.response.headers["Retry-After"]) == (429, "7")


async def test_it_answers_with_a_plain_http_error(client: AsyncWebClient, slack: Slack) -> None:
    await slack.fault("error", method="auth.test", error="503")
    with pytest.raises(SlackApiError) as failed:
        await client.auth_test()
    assert failed.value.response.status_code == 503


async def test_it_answers_late(client: AsyncWebClient, slack: Slack) -> None:
    await slack.fault("delay", method="auth.test", seconds=0.4)
    begun = asyncio.get_running_loop().time()
    await client.auth_test()
    assert asyncio.get_running_loop().time() - begun >= 0.4


async def test_it_delivers_an_envelope_twice(
    app: AsyncApp, heard: list[Json], slack: Slack, nora: Person
) -> None:
    assert app
    await slack.fault("duplicate_envelope")
    await nora.goes_to("#general")
    await nora.says("Once")
    await until(lambda: len(heard) == 2)
    assert heard[0]["event_id"] == heard[1]["event_id"]
    await nora.says("Once more")
    await until(lambda: len(heard) == 3)
    assert (await slack.get("faults"))["faults"] == []


async def test_it_loses_an_acknowledgement_and_delivers_again(
    app: AsyncApp, heard: list[Json], slack: Slack, nora: Person
) -> None:
    assert app
    await slack.fault("lost_ack")
    await nora.goes_to("#general")
    await nora.says("Twice")
    await until(lambda: len(heard) == 2)
    assert heard[0]["event_id"] == heard[1]["event_id"]


async def test_it_shows_the_person_that_the_app_did_not_answer(
    app: AsyncApp, slack: Slack, nora: Person
) -> None:
    @app.command("/note")
    async def note(ack: AsyncAck) -> None:
        await ack("Noted")

    await slack.fault("lost_ack")
    await nora.goes_to("#general")
    with pytest.raises(Refusal, match="Switchboard did not answer in time"):
        await nora.runs("/note")
    await nora.runs("/note")
    await nora.sees("Noted")


async def test_it_replaces_sockets_without_losing_anything(
    app: AsyncApp, heard: list[Json], workspace: Workspace, slack: Slack, nora: Person
) -> None:
    assert app
    before = set(workspace.sockets._sockets) if workspace.sockets else set()
    await slack.fault("socket_refresh", seconds=1)
    await nora.goes_to("#general")
    for number in range(5):
        await nora.says(f"Number {number}")
    await until(lambda: len({one["event"]["text"] for one in heard}) == 5)
    await until(
        lambda: (
            workspace.sockets and workspace.sockets.connected and not before & set(workspace.sockets._sockets)
        )
    )


async def test_it_closes_sockets_and_waits_for_the_app_to_return(
    app: AsyncApp, heard: list[Json], slack: Slack, nora: Person
) -> None:
    assert app
    await nora.goes_to("#general")
    await slack.fault("socket_close")
    await nora.says("Still there?")
    await until(lambda: [one["event"]["text"] for one in heard] == ["Still there?"], within=30)


async def test_it_hands_a_slow_database_to_the_app_or_says_that_it_cannot(slack: Slack) -> None:
    with pytest.raises(Refusal, match="gave no address where its database can be slowed down"):
        await slack.fault("slow_database", seconds=2)


async def test_it_hands_a_slow_database_to_an_app_that_listens() -> None:
    taken: list[Json] = []

    async def take(request: web.Request) -> web.Response:
        taken.append(await request.json())
        return web.Response()

    app = web.Application()
    app.router.add_post("/faults", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook = f"http://127.0.0.1:{runner.addresses[0][1]}/faults"
    async with (
        Workspace(demo_world(), manifest(), fault_hook=hook) as workspace,
        Slack(workspace.url, workspace.control_token) as slack,
    ):
        await slack.fault("slow_database", seconds=2, times=3)
        await runner.cleanup()
        with pytest.raises(Refusal, match="did not take the order"):
            await slack.fault("slow_database", seconds=2)
    assert taken == [{"kind": "slow_database", "times": 3, "seconds": 2.0}]


async def test_it_takes_faults_back(client: AsyncWebClient, workspace: Workspace, slack: Slack) -> None:
    kept = await slack.fault("error", method="auth.test", times=5)
    dropped = await slack.fault("delay", method="*", seconds=9)
    headers = {"X-Workspace-Token": workspace.control_token}
    async with aiohttp.ClientSession(headers=headers) as session:
        await session.delete(f"{workspace.url}/control/fault", params={"id": dropped})
        assert [one["id"] for one in (await slack.get("faults"))["faults"]] == [kept]
        await session.delete(f"{workspace.url}/control/fault")
    await client.auth_test()


@pytest.mark.parametrize("order", [{"kind": "flood"}, {"kind": "error", "when": "later"}])
async def test_it_says_which_faults_there_are(slack: Slack, order: Json) -> None:
    with pytest.raises(Refusal, match="must be"):
        await slack.post("fault", **order)
