"""A supplier or customer at their mail program."""

from typing import Any

from bot.workspace.driver.connection import Connection

Json = dict[str, Any]


class Correspondent:
    """A supplier or customer at their mail program."""

    def __init__(self, slack: Connection, name: str) -> None:
        self.slack, self.name = slack, name
        self._address = name if "@" in name else ""

    async def address(self) -> str:
        """Give their address."""
        if not self._address:
            known = (await self.slack.get("people"))["correspondents"]
            called = [
                one
                for one in known
                if one["name"].startswith(self.name) or one["company"].startswith(self.name)
            ]
            assert called, f"Nobody outside is called {self.name}."
            self._address = called[0]["address"]
        return self._address

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
