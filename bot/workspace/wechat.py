"""WeChat's side: contacts write to the app as to an official account, and read what it says.

Contacts are correspondents with a `wechat` id (an openid). As WeChat does: a callback is signed, and tried
again with the same MsgId when it is not answered within five real seconds, three times in all. What the app
calls is in `wechat_calls`. https://developers.weixin.qq.com/doc/offiaccount/
"""

import hashlib
import re
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

import aiohttp

from bot.clock import Clock, wall
from bot.workspace.errors import Refused
from bot.workspace.inspector import Inspector
from bot.workspace.room import OnChange
from bot.workspace.world import World

Json = dict[str, Any]

# How often a callback is tried, and for how many real seconds each time.
TRIES, PATIENCE = 3, 5.0
_ANSWERED = re.compile(r"<Content>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?</Content>", re.DOTALL)


class WeChat:
    """Keeps the contacts' chats. `url` is the app's callback, without it contacts can write to nobody."""

    def __init__(
        self, world: World, clock: Clock, url: str | None, on_change: OnChange,
        log: Callable[[str, str, Any], None], inspector: Inspector,
    ) -> None:  # fmt: skip
        self._world, self._clock, self.url, self._on_change = world, clock, url, on_change
        self._log, self._inspector = log, inspector
        self.patience = PATIENCE
        account = {"token": secrets.token_hex(8), "app_id": f"wx{secrets.token_hex(8)}",
                   "secret": secrets.token_hex(16), "name": f"gh_{secrets.token_hex(6)}"}  # fmt: skip
        self.account: dict[str, str] = world.meta.setdefault("wechat", account)
        world.touch("meta", "wechat")

    # ---- what contacts write ---------------------------------------------------------------------------

    async def send(self, order: Json) -> Json:
        """Bring what a contact wrote (`text`) or did (`event`) to the app; {"id"}."""
        contact, event = self._contact(order.get("from")), str(order.get("event") or "")
        text = str(order.get("text") or "").strip()
        if event not in ("", "subscribe", "unsubscribe"):
            raise Refused("A contact can subscribe or unsubscribe.")
        if not event and not text:
            raise Refused("Write something first.")
        if self.url is None:
            raise Refused("Nobody takes WeChat messages here.", 502)
        said = self.file(contact, "out", text, **({"event": event} if event else {}))
        answer = await self._call_back(contact, said)
        if answer is None:
            said["unanswered"] = True
            self._changed(contact, said)
            raise Refused("The shop's account cannot answer at the moment. Try again later.", 502)
        for words in _ANSWERED.findall(answer)[:1]:
            self.file(contact, "in", words, passive=True)
        return {"id": said["id"]}

    async def _call_back(self, contact: str, said: Json) -> str | None:
        """Make the request until it is answered; None when it never was, or with what WeChat cannot read."""
        written = int(datetime.fromisoformat(said["at"]).timestamp())
        fields: dict[str, str | int] = {
            "ToUserName": self.account["name"], "FromUserName": contact, "CreateTime": written,
            "MsgType": "event" if "event" in said else "text",
        }  # fmt: skip
        if "event" in said:
            fields["Event"] = said["event"]
        else:
            fields |= {"Content": said["text"], "MsgId": int(said["id"])}
        body = _xml(fields)
        for attempt in range(1, TRIES + 1):
            span = self._inspector.follow(
                "wechat", f"callback: {fields['MsgType']}", body=body, attempt=attempt
            )
            try:
                answer = await self._request("POST", {"openid": contact}, body)
            except (aiohttp.ClientError, OSError, TimeoutError) as error:
                span.end(error=str(error) or "no answer in time")
                continue
            finally:
                self._inspector.changed(span)
                self._log("wechat", f"in: {contact}", {"attempt": attempt})
            understood = answer in ("", "success") or answer.lstrip().startswith("<xml>")
            span.end(answer=answer, error=None if understood else "WeChat cannot read this answer")
            return answer if understood else None
        return None

    async def verify(self, _order: Json) -> Json:
        """Ask the app for its `echostr`, as WeChat does when an account is set up; {"verified"}."""
        if self.url is None:
            raise Refused("Nobody takes WeChat messages here.", 502)
        echo = str(secrets.randbelow(10**18))
        try:
            return {"verified": await self._request("GET", {"echostr": echo}) == echo}
        except (aiohttp.ClientError, OSError, TimeoutError):
            return {"verified": False}

    async def _request(self, method: str, query: dict[str, str], body: str | None = None) -> str:
        stamp, nonce = str(int(wall().timestamp())), str(secrets.randbelow(10**10))
        signed = {"signature": signature(self.account["token"], stamp, nonce), "timestamp": stamp,
                  "nonce": nonce}  # fmt: skip
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(self.patience)) as session,
            session.request(
                method, str(self.url), params=signed | query, data=body and body.encode(),
                headers={"Content-Type": "text/xml"},
            ) as answer,
        ):  # fmt: skip
            answer.raise_for_status()
            return await answer.text()

    def _contact(self, given: Any) -> str:
        if not self.knows(given):
            raise Refused("There is nobody with this WeChat id here.", 404)
        return str(given)

    # ---- chats -----------------------------------------------------------------------------------------

    def knows(self, contact: Any) -> bool:
        """Tell whether somebody has this id."""
        return bool(contact) and any(
            one.get("wechat") == contact for one in self._world.meta["correspondents"]
        )

    def chat(self, contact: str) -> list[Json]:
        """Give what was said with a contact, oldest first."""
        said = [one for one in self._world.chats.values() if one["contact"] == contact]
        return sorted(said, key=lambda one: one["number"])

    def shown(self, query: Json) -> Json:
        """Give the chat of a contact."""
        return {"messages": self.chat(self._contact(query.get("contact")))}

    def read(self, order: Json) -> Json:
        """Note that a contact has read everything."""
        for one in self.chat(self._contact(order.get("contact"))):
            if not one["read"]:
                one["read"] = True
                self._world.touch("chats", one["id"])
        return {}

    def unread(self, contact: str | None) -> int:
        """Count what a contact has not read."""
        return sum(not one["read"] for one in self.chat(contact)) if contact else 0

    def file(self, contact: str, direction: str, text: str, **more: Any) -> Json:
        """Put something into a chat: `out` is what the contact wrote, `in` what they received."""
        message_id = str(secrets.randbelow(9 * 10**15) + 10**15)
        said = {"id": message_id, "contact": contact, "direction": direction, "text": text,
                "at": self._clock.now().isoformat(), "read": direction == "out",
                "number": len(self._world.chats), **more}  # fmt: skip
        self._world.chats[message_id] = said
        if direction == "out":
            self._inspector.remember(f"wechat:{contact}")
        self._changed(contact, said)
        return said

    def _changed(self, contact: str, said: Json) -> None:
        self._world.touch("chats", said["id"])
        self._on_change("wechat", {"contact": contact, "said": said}, None)


def signature(token: str, timestamp: str, nonce: str) -> str:
    """Sign as WeChat does: SHA-1 over the three, sorted and put together."""
    return hashlib.sha1("".join(sorted((token, timestamp, nonce))).encode()).hexdigest()  # noqa: S324


def _xml(fields: dict[str, str | int]) -> str:
    def value(given: str | int) -> str:
        # Nothing may end the section early: a text can hold what does.
        return (
            str(given) if isinstance(given, int) else f"<![CDATA[{given.replace(']]>', ']]]]><![CDATA[>')}]]>"
        )

    return "<xml>" + "".join(f"<{name}>{value(given)}</{name}>" for name, given in fields.items()) + "</xml>"
