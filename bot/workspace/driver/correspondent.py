"""A supplier or customer at their mail program, and at WeChat."""

from typing import Any

from bot.workspace.driver.connection import Connection

Json = dict[str, Any]


class Correspondent:
    """A supplier or customer at their mail program."""

    def __init__(self, slack: Connection, name: str) -> None:
        self.slack, self.name = slack, name
        self._known: Json = {}

    async def _who(self) -> Json:
        if not self._known:
            known = (await self.slack.get("people"))["correspondents"]
            called = [
                one
                for one in known
                if one["address"] == self.name
                or one["name"].startswith(self.name)
                or one["company"].startswith(self.name)
            ]
            # People write from addresses that nobody knows yet.
            called += [{"address": self.name}] if "@" in self.name else []
            assert called, f"Nobody outside is called {self.name}."
            self._known = called[0]
        return self._known

    async def address(self) -> str:
        """Give their address."""
        return str((await self._who())["address"])

    # ---- mail ------------------------------------------------------------------------------------------

    async def box(self) -> list[Json]:
        """Give their mails, newest first, those they wrote too."""
        mails: list[Json] = (await self.slack.get("mail", address=await self.address()))["mails"]
        return mails

    async def writes(self, subject: str, text: str, **more: Any) -> Json:
        """Write to the shop (`to`, `html`, `attachments`, `in_reply_to` as in `POST /control/mail`)."""
        return await self.slack.post("mail", from_=await self.address(), subject=subject, text=text, **more)

    async def answers(self, text: str, *, to_mail: str = "", **more: Any) -> Json:
        """Answer the newest mail they received, or the newest that has this text."""
        mail = await self.receives(to_mail)
        return await self.writes("", text, in_reply_to=mail["id"], **more)

    async def receives(self, text: str = "") -> Json:
        """Wait for a mail that has this text in its subject or body; the newest such."""
        box: list[Json] = []

        async def look() -> Json | None:
            box[:] = await self.box()
            received = (one for one in box if one["direction"] == "in")
            return next((one for one in received if text in f"{one['subject']}\n{one['text']}"), None)

        def complaint() -> str:
            shown = (
                "\n---\n".join(f"{one['direction']}: {one['subject']}\n{one['text']}" for one in box)
                or "(nothing)"
            )
            return f"{self.name} waited for a mail with {text!r}, and has:\n{shown}"

        return await self.slack.until(look, complaint)

    # ---- WeChat ----------------------------------------------------------------------------------------

    async def wechat(self) -> str:
        """Give their WeChat id."""
        found = (await self._who()).get("wechat")
        assert found, f"{self.name} has no WeChat."
        return str(found)

    async def chats(self, text: str) -> str:
        """Write to the shop's account on WeChat; the id."""
        return str((await self.slack.post("wechat", from_=await self.wechat(), text=text))["id"])

    async def is_told(self, text: str = "") -> Json:
        """Wait for a WeChat message that has this text; the newest such."""
        chat: list[Json] = []

        async def look() -> Json | None:
            chat[:] = (await self.slack.get("wechat", contact=await self.wechat()))["messages"]
            received = (one for one in reversed(chat) if one["direction"] == "in")
            return next((one for one in received if text in one["text"]), None)

        def complaint() -> str:
            shown = "\n".join(f"{one['direction']}: {one['text']}" for one in chat) or "(nothing)"
            return f"{self.name} waited for {text!r} on WeChat, and has:\n{shown}"

        return await self.slack.until(look, complaint)
