"""WeChat, with a small app that is not ours: the server of an official account, as WeChat describes one."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from bot.workspace import Workspace
from bot.workspace.driver import Correspondent, Refusal, Slack

Mei = Correspondent


@dataclass
class Account:
    """The server of an official account: checks the signature, keeps each message once, answers as told."""

    url: str = ""
    token: str = ""
    answers: Callable[[str], Awaitable[web.Response]] | None = None
    kept: dict[str, str] = field(default_factory=dict)
    requests: list[tuple[dict[str, str], str]] = field(default_factory=list)

    async def serve(self, request: web.Request) -> web.Response:
        query, body = dict(request.query), await request.text()
        self.requests.append((query, body))
        parts = sorted([self.token, query["timestamp"], query["nonce"]])
        if hashlib.sha1("".join(parts).encode()).hexdigest() != query["signature"]:
            return web.Response(status=403)
        if request.method == "GET":
            return web.Response(text=query["echostr"])
        self.kept[_inner(body, "MsgId") or _inner(body, "Event")] = _inner(body, "Content")
        return await self.answers(body) if self.answers else web.Response(text="success")


def _inner(body: str, name: str) -> str:
    found = re.search(rf"<{name}>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?</{name}>", body)
    return found.group(1) if found else ""


@pytest_asyncio.fixture
async def account() -> AsyncIterator[Account]:
    served = Account()
    app = web.Application()
    app.router.add_route("*", "/wechat", served.serve)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    served.url = f"http://127.0.0.1:{runner.addresses[0][1]}/wechat"
    yield served
    await runner.cleanup()


@pytest.fixture
def workspace_options(account: Account) -> dict[str, Any]:
    return {"wechat_to": account.url}


@pytest.fixture
def mei(workspace: Workspace, account: Account, slack: Slack) -> Correspondent:
    account.token = workspace.wechat.account["token"]
    return Correspondent(slack, "Mei")


@dataclass
class Api:
    """Calls of an official account at WeChat."""

    workspace: Workspace
    session: aiohttp.ClientSession

    async def token(self, **wrong: str) -> dict[str, Any]:
        ours = self.workspace.wechat.account
        query = {"grant_type": "client_credential", "appid": ours["app_id"], "secret": ours["secret"]}
        async with self.session.get(f"{self.workspace.url}/cgi-bin/token", params=query | wrong) as answer:
            found: dict[str, Any] = await answer.json()
            return found

    async def sends(self, contact: str, text: str, token: str | None = None, **more: Any) -> int:
        token = token if token is not None else (await self.token())["access_token"]
        url = f"{self.workspace.url}/cgi-bin/message/custom/send"
        body = {"touser": contact, "msgtype": "text", "text": {"content": text}} | more
        async with self.session.post(url, params={"access_token": token}, json=body) as answer:
            return int((await answer.json())["errcode"])


@pytest_asyncio.fixture
async def api(workspace: Workspace) -> AsyncIterator[Api]:
    async with aiohttp.ClientSession() as session:
        yield Api(workspace, session)


async def test_it_verifies_the_callback_as_wechat_does(
    workspace: Workspace, account: Account, slack: Slack
) -> None:
    account.token = workspace.wechat.account["token"]
    assert (await slack.post("wechat/verify"))["verified"] is True
    account.token = "another token"
    assert (await slack.post("wechat/verify"))["verified"] is False


async def test_it_brings_what_a_contact_writes(mei: Mei, account: Account) -> None:
    message = await mei.chats("裂了 12 个 ]]> <script>")
    assert list(account.kept) == [message]
    query, body = account.requests[-1]
    assert query["openid"] == _inner(body, "FromUserName") == await mei.wechat()
    assert "裂了 12 个 ]]]]><![CDATA[> <script>" in body


async def test_it_shows_the_contact_what_the_app_answers_at_once(mei: Mei, account: Account) -> None:
    async def thanks(_body: str) -> web.Response:
        return web.Response(text="<xml><MsgType>text</MsgType><Content><![CDATA[收到]]></Content></xml>")

    account.answers = thanks
    await mei.chats("你好")
    assert (await mei.is_told("收到"))["passive"] is True


async def test_it_asks_again_with_the_same_id_when_the_app_is_silent(
    workspace: Workspace, mei: Mei, account: Account
) -> None:
    async def silent_once(_body: str) -> web.Response:
        if len(account.requests) == 1:
            await asyncio.sleep(workspace.wechat.patience * 5)
        return web.Response(text="success")

    workspace.wechat.patience = 0.2
    account.answers = silent_once
    message = await mei.chats("有人吗")
    assert len(account.requests) == 2
    assert account.kept == {message: "有人吗"}


async def test_it_gives_up_after_three_tries_and_says_so(mei: Mei, account: Account, slack: Slack) -> None:
    async def broken(_body: str) -> web.Response:
        return web.Response(status=500)

    account.answers = broken
    with pytest.raises(Refusal, match="cannot answer at the moment"):
        await mei.chats("有人吗")
    assert len(account.requests) == 3
    chat = (await slack.get("wechat", contact=await mei.wechat()))["messages"]
    assert [(one["text"], one["unanswered"]) for one in chat] == [("有人吗", True)]


async def test_it_files_what_the_app_sends(mei: Mei, api: Api, slack: Slack) -> None:
    await mei.chats("裂了 12 个")
    assert await api.sends(await mei.wechat(), "我们会换") == 0
    told = await mei.is_told("我们会换")
    assert not told["read"]
    await slack.post("wechat/read", contact=await mei.wechat())
    assert (await mei.is_told("我们会换"))["read"]


async def test_it_lets_the_app_speak_first_to_nobody(mei: Mei, api: Api) -> None:
    assert await api.sends(await mei.wechat(), "Hello") == 45015


async def test_it_ends_the_talk_48_hours_after_what_the_contact_wrote(
    mei: Mei, api: Api, slack: Slack
) -> None:
    await mei.chats("你好")
    await slack.advance(timedelta(hours=47))
    assert await api.sends(await mei.wechat(), "Still here") == 0
    await slack.advance(timedelta(hours=2))
    assert await api.sends(await mei.wechat(), "Too late") == 45015
    await mei.chats("还在")
    assert await api.sends(await mei.wechat(), "Again") == 0


async def test_it_takes_five_messages_for_each_of_the_contacts(mei: Mei, api: Api) -> None:
    await mei.chats("你好")
    sent = [await api.sends(await mei.wechat(), f"{number}") for number in range(6)]
    assert sent == [0, 0, 0, 0, 0, 45047]


async def test_it_lets_an_app_greet_who_subscribes_and_leave_who_does_not(
    mei: Mei, api: Api, account: Account, slack: Slack
) -> None:
    contact = await mei.wechat()
    await slack.post("wechat", from_=contact, event="subscribe")
    assert list(account.kept) == ["subscribe"]
    assert await api.sends(contact, "欢迎") == 0
    await slack.post("wechat", from_=contact, event="unsubscribe")
    assert await api.sends(contact, "Come back") == 45015


async def test_it_refuses_what_wechat_refuses(mei: Mei, api: Api) -> None:
    contact = await mei.wechat()
    await mei.chats("你好")
    assert (await api.token(secret="x"))["errcode"] == 40125
    assert (await api.token(appid="wx1"))["errcode"] == 40013
    assert (await api.token(grant_type="password"))["errcode"] == 40002
    assert await api.sends(contact, "x", "made-up") == 40001
    assert await api.sends(contact, "x", "") == 41001
    assert await api.sends("nobody", "x") == 40003
    assert await api.sends(contact, "x", msgtype="image", image={"media_id": "1"}) == 40008
    assert await api.sends(contact, "") == 44004
    assert await api.sends(contact, "好" * 700) == 45002
    assert (
        await api.session.post(f"{api.workspace.url}/cgi-bin/message/custom/send", data="?")
    ).status == 200


async def test_it_can_lose_the_answer_to_a_message_that_arrived(mei: Mei, api: Api, slack: Slack) -> None:
    await mei.chats("你好")
    token = (await api.token())["access_token"]
    await slack.fault("drop", method="cgi-bin/message/custom/send", when="after")
    with pytest.raises(aiohttp.ClientError):
        await api.sends(await mei.wechat(), "换", token)
    await mei.is_told("换")
    await slack.fault("error", method="cgi-bin/message/custom/send", error="40001")
    assert await api.sends(await mei.wechat(), "换", token) == 40001


async def test_it_shows_the_calls_in_the_story_of_their_cause(mei: Mei, api: Api, slack: Slack) -> None:
    await mei.chats("裂了")
    await api.sends(await mei.wechat(), "换")
    trace = next(one for one in await slack.traces() if one["kind"] == "wechat")
    assert trace["what"] == "Mei Huang wrote on WeChat: 裂了"
    spans = [one for one in trace["spans"] if one["kind"] == "wechat" and not one.get("guess")]
    assert [one["name"] for one in spans] == ["callback: text", "cgi-bin/message/custom/send"]
    secrets = (api.workspace.wechat.account["secret"], (await api.token())["access_token"])
    shown = str(await slack.traces())
    assert not any(secret in shown for secret in secrets)
    story = (await slack.get(f"inspect/{trace['id']}/pytest"))["source"]
    assert 'await mei.chats("裂了")' in story


async def test_it_refuses_contacts_without_wechat(slack: Slack) -> None:
    with pytest.raises(Refusal, match="nobody with this WeChat id"):
        await slack.post("wechat", from_="ufficio@tessile-brina.example", text="Ciao")


async def test_it_keeps_chats_in_snapshots(mei: Mei, slack: Slack) -> None:
    await mei.chats("one")
    await slack.post("snapshot", name="one")
    await mei.chats("two")
    await slack.post("restore", name="one")
    chat = (await slack.get("wechat", contact=await mei.wechat()))["messages"]
    assert [one["text"] for one in chat] == ["one"]
