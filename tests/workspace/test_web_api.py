"""The door of the Web API: arguments, pages, limits, scopes, membership, warnings, files, streams."""

import asyncio
import base64
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace import Workspace, demo_world, streams
from bot.workspace.driver import Person
from tests.workspace.manifest import SCOPES, manifest

Json = dict[str, Any]


async def _error(call: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


@pytest.mark.parametrize(
    ("method", "how"), [("get", "query"), ("post", "query"), ("post", "form"), ("post", "json")]
)
async def test_it_reads_arguments_wherever_they_stand(workspace: Workspace, method: str, how: str) -> None:
    given = {"foo": "bar & 茶"}
    places: dict[str, Json] = {"query": {"params": given}, "form": {"data": given}, "json": {"json": given}}
    async with aiohttp.ClientSession() as session:
        address = f"{workspace.url}/api/api.test"
        async with session.request(method, address, **places[how]) as answer:
            assert (await answer.json())["args"] == given


async def test_it_warns_of_json_without_a_charset(workspace: Workspace) -> None:
    async with aiohttp.ClientSession() as session:
        headers = {"Content-Type": "application/json"}
        async with session.post(f"{workspace.url}/api/api.test", data=b'{"a": 1}', headers=headers) as answer:
            said = await answer.json()
    assert said["warning"] == "missing_charset"
    assert said["response_metadata"]["warnings"] == ["missing_charset"]


async def test_it_knows_no_other_methods(client: AsyncWebClient) -> None:
    assert await _error(client.api_call("chat.shout")) == "unknown_method"


async def test_it_says_which_argument_is_missing(
    client: AsyncWebClient, channel: Callable[[str], str]
) -> None:
    with pytest.raises(SlackApiError) as refused:
        await client.api_call("chat.delete", params={"channel": channel("general")})
    assert refused.value.response["error"] == "invalid_arguments"
    messages = refused.value.response["response_metadata"]["messages"]
    assert messages == ["[ERROR] missing required field: ts"]


async def test_it_gives_lists_page_by_page(client: AsyncWebClient, workspace: Workspace) -> None:
    found, cursor = [], ""
    for _ in range(100):
        answer = await client.users_list(limit=3, cursor=cursor)
        assert len(answer["members"]) <= 3
        found += [one["id"] for one in answer["members"]]
        cursor = answer["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert found == list(workspace.world.users)
    assert await _error(client.users_list(cursor="nonsense")) == "invalid_cursor"


async def test_it_cuts_history_by_time(client: AsyncWebClient, channel: Callable[[str], str]) -> None:
    general = channel("general")
    ts = [
        str((await client.chat_postMessage(channel=general, text=str(number)))["ts"]) for number in range(5)
    ]

    async def texts(**more: Any) -> str:
        messages = (await client.conversations_history(channel=general, **more))["messages"]
        return "".join(one["text"] for one in messages)

    assert await texts() == "43210"
    assert await texts(oldest=ts[1]) == "432"
    assert await texts(oldest=ts[1], latest=ts[3]) == "2"
    assert await texts(oldest=ts[1], latest=ts[3], inclusive=True) == "321"
    first = await client.conversations_history(channel=general, limit=2)
    assert first["has_more"]
    assert await texts(limit=2, cursor=first["response_metadata"]["next_cursor"]) == "21"


async def test_it_holds_the_app_to_its_scopes() -> None:
    scopes = [one for one in SCOPES if one not in ("pins:write", "chat:write.customize", "groups:read")]
    async with Workspace(demo_world(), manifest(scopes=scopes)) as workspace:
        client = AsyncWebClient(token=workspace.bot_token, base_url=f"{workspace.url}/api/")
        general = next(one["id"] for one in workspace.world.channels.values() if one["is_general"])
        with pytest.raises(SlackApiError) as refused:
            await client.pins_add(channel=general, timestamp="1")
        assert refused.value.response["error"] == "missing_scope"
        assert refused.value.response["needed"] == "pins:write"
        named = client.chat_postMessage(channel=general, text="x", username="Somebody")
        assert await _error(named) == "missing_scope"
        assert await _error(client.conversations_list(types="private_channel")) == "missing_scope"


async def test_it_holds_the_app_to_the_channels_it_is_in(
    workspace: Workspace, client: AsyncWebClient, channel: Callable[[str], str], nora: Person
) -> None:
    logistics = channel("logistics")
    assert await _error(client.conversations_history(channel=logistics)) == "not_in_channel"
    assert await _error(client.chat_postMessage(channel="C404", text="x")) == "channel_not_found"
    secret = workspace.tools.channels.create("secret", await nora.id(), is_private=True)["id"]
    assert await _error(client.conversations_info(channel=secret)) == "channel_not_found"
    await client.conversations_join(channel=logistics)
    await client.conversations_history(channel=logistics)


async def test_it_refuses_too_many_posts_in_one_channel() -> None:
    async with Workspace(demo_world(), manifest()) as workspace:
        client = AsyncWebClient(
            token=workspace.bot_token, base_url=f"{workspace.url}/api/", retry_handlers=[]
        )
        general = next(one["id"] for one in workspace.world.channels.values() if one["is_general"])
        posts = [client.chat_postMessage(channel=general, text=str(number)) for number in range(30)]
        with pytest.raises(SlackApiError) as limited:
            await asyncio.gather(*posts)
        assert limited.value.response.status_code == 429
        assert 1 <= int(limited.value.response.headers["Retry-After"]) <= 60


async def test_it_truncates_a_text_and_says_so(client: AsyncWebClient, channel: Callable[[str], str]) -> None:
    answer = await client.chat_postMessage(channel=channel("general"), text="x" * 40_001)
    assert (len(answer["message"]["text"]), answer["warning"]) == (40_000, "message_truncated")


async def test_it_refuses_a_second_identical_reaction(
    client: AsyncWebClient, channel: Callable[[str], str], nora: Person
) -> None:
    await nora.goes_to("#general")
    where = {"channel": channel("general"), "timestamp": await nora.says("Nice"), "name": "eyes"}
    await client.reactions_add(**where)
    assert await _error(client.reactions_add(**where)) == "already_reacted"
    await client.reactions_remove(**where)
    assert await _error(client.reactions_remove(**where)) == "no_reaction"


async def test_it_lets_the_app_change_its_own_messages_only(
    client: AsyncWebClient, channel: Callable[[str], str], nora: Person
) -> None:
    await nora.goes_to("#general")
    ts = await nora.says("Mine")
    where = {"channel": channel("general"), "ts": ts}
    assert await _error(client.chat_update(text="Yours", **where)) == "cant_update_message"
    assert await _error(client.chat_delete(**where)) == "cant_delete_message"


async def test_it_leaves_a_tombstone_where_a_parent_was(
    client: AsyncWebClient, channel: Callable[[str], str]
) -> None:
    general = channel("general")
    root = str((await client.chat_postMessage(channel=general, text="Root"))["ts"])
    reply = str((await client.chat_postMessage(channel=general, text="Reply", thread_ts=root))["ts"])
    await client.chat_delete(channel=general, ts=root)
    thread = (await client.conversations_replies(channel=general, ts=root))["messages"]
    assert [one.get("subtype") for one in thread] == ["tombstone", None]
    assert thread[1]["ts"] == reply


async def test_it_uploads_shares_and_gives_a_file_to_who_may(
    workspace: Workspace, client: AsyncWebClient, channel: Callable[[str], str], nora: Person
) -> None:
    shared = await client.files_upload_v2(
        content=b"\x00straw", filename="straw.bin", channel=channel("general")
    )
    await nora.goes_to("#general")
    await nora.sees("straw.bin")
    file = (await client.files_info(file=shared["file"]["id"]))["file"]
    assert list(file["shares"]["public"]) == [channel("general")]
    async with aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {workspace.bot_token}"}
        async with session.get(file["url_private_download"], headers=headers) as given:
            assert await given.read() == b"\x00straw"
        async with session.get(file["url_private_download"]) as refused:
            assert refused.status == 403
    await client.files_delete(file=file["id"])
    assert await _error(client.files_info(file=file["id"])) == "file_deleted"


async def test_it_writes_a_message_bit_by_bit(
    client: AsyncWebClient, nora: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await nora.goes_to("@Switchboard")
    ts = await nora.says("Help")
    dm = nora._place
    began = await client.api_call(
        "chat.startStream", params={"channel": dm, "thread_ts": ts, "markdown_text": "One"}
    )
    where = {"channel": dm, "ts": began["ts"]}
    await client.api_call("chat.appendStream", params=where | {"markdown_text": " two"})
    await nora.opens_thread("Help")
    await nora.sees("One two")
    await client.api_call("chat.stopStream", params=where | {"markdown_text": " three"})
    await nora.sees("One two three")
    late = client.api_call("chat.appendStream", params=where | {"markdown_text": "!"})
    assert await _error(late) == "message_not_in_streaming_state"

    began = await client.api_call("chat.startStream", params={"channel": dm, "thread_ts": ts})
    monkeypatch.setattr(streams, "LIVES", 0.0)
    late = client.api_call(
        "chat.appendStream", params={"channel": dm, "ts": began["ts"], "markdown_text": "!"}
    )
    assert await _error(late) == "message_not_in_streaming_state"


async def test_it_ends_an_apps_tokens_when_it_is_uninstalled(
    workspace: Workspace, client: AsyncWebClient
) -> None:
    await client.auth_test()
    workspace.around.on_uninstalled()
    assert await _error(client.auth_test()) == "account_inactive"


async def test_it_installs_an_app_by_oauth(
    workspace: Workspace, client: AsyncWebClient, nora: Person
) -> None:
    installing = workspace.tools.installing
    form = {
        "client_id": installing.client_id, "scope": "chat:write", "state": "s&1", "user": await nora.id(),
        "redirect_uri": "http://127.0.0.1/installed",
    }  # fmt: skip
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{workspace.url}/oauth/v2/authorize", params=form) as page:
            assert "Install Switchboard" in await page.text()
        post = session.post(f"{workspace.url}/oauth/v2/approve", data=form, allow_redirects=False)
        async with post as redirected:
            location = redirected.headers["Location"]
    code = location.partition("code=")[2].partition("&")[0]
    assert "state=s%261" in location
    keys = {"client_id": installing.client_id, "client_secret": installing.client_secret, "code": code}
    wrong = client.api_call("oauth.v2.access", params=keys | {"client_secret": "guess"})
    assert await _error(wrong) == "bad_client_secret"
    # As the SDKs do it: who one is stands in the header.
    basic = base64.b64encode(f"{keys['client_id']}:{keys['client_secret']}".encode()).decode()
    async with (
        aiohttp.ClientSession(headers={"Authorization": f"Basic {basic}"}) as session,
        session.post(f"{workspace.url}/api/oauth.v2.access", data={"code": code}) as answer,
    ):
        assert (await answer.json())["access_token"] == workspace.bot_token
    assert await _error(client.api_call("oauth.v2.access", params=keys)) == "invalid_code"


async def test_it_shows_nobody_a_private_channel_they_are_not_in_though_its_name_is_taken(
    workspace: Workspace, client: AsyncWebClient
) -> None:
    somebody = next(iter(workspace.world.users))
    hidden = workspace.world.add_channel("secret", [somebody], is_private=True)
    listed = await client.conversations_list(types="public_channel,private_channel", limit=1000)
    assert "secret" not in [one["name"] for one in listed["channels"]]
    assert await _error(client.conversations_info(channel=hidden)) == "channel_not_found"
    for is_private in (False, True):
        created = client.conversations_create(name="secret", is_private=is_private)
        assert await _error(created) == "name_taken"
