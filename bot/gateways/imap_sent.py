"""What we sent, put into the mailbox's folder of sent mail, where colleagues look for it; once."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot import clock
from bot.gateways.imap_connection import Account, Connection
from bot.gateways.imap_folders import SENT
from bot.gateways.imap_offer import headers_of
from bot.gateways.imap_problems import (
    ConnectionBroke,
    FolderGone,
    MailboxError,
    MailboxFull,
    ServerUnreachable,
)
from bot.gateways.imap_session import SignIn, connected
from bot.gateways.oauth import OAuthError
from bot.gateways.threads import OwnThread
from bot.ports import Delivered, Letter, NotDelivered, Uncertain, Undeliverable, Unreachable

KINDS = ("mail.file",)
# Seconds until a mailbox that waits for a person is tried again.
_SLOWLY = 900.0


@dataclass(frozen=True)
class Door:
    """A mailbox and how to get in: by `sign_in`, or by the account's password."""

    account: Account
    sign_in: SignIn | None = None


class SentCourier:
    """Carries `mail.file`: {"mailbox": its address, "sha256" of the raw mail}."""

    def __init__(self, doors: Mapping[str, Door], blob: Callable[[str], Awaitable[bytes]]) -> None:
        self._doors, self._blob = doors, blob

    async def prepare(self, letter: Letter) -> Mapping[str, Any]:  # noqa: ARG002 - nothing is needed first
        """Do nothing."""
        return {}

    async def find(self, letter: Letter) -> Delivered | None:
        """Look whether it is there."""
        door, message_id, _ = await self._about(letter)
        try:
            async with connected(door.account, door.sign_in) as (line, thread):
                folder = await thread.call(line.sent_folder)
                there = await thread.call(line.holds, folder, message_id) if folder else False
                return Delivered(detail={"folder": folder}) if there else None
        except FolderGone:
            return None
        except (MailboxError, OAuthError) as error:
            raise _later(error) from error

    async def deliver(self, letter: Letter) -> Delivered:
        """Put it there, unless it is there already."""
        door, message_id, raw = await self._about(letter)
        if door.account.files_sent_itself:
            return Delivered(detail={"folder": "the provider's own"})
        try:
            async with connected(door.account, door.sign_in) as (line, thread):
                folder = await _folder(line, thread)
                if not await thread.call(line.holds, folder, message_id):
                    await _append(line, thread, folder, raw)
                return Delivered(detail={"folder": folder})
        except (MailboxError, OAuthError) as error:
            raise _later(error) from error

    async def _about(self, letter: Letter) -> tuple[Door, str, bytes]:
        door = self._doors.get(letter.payload["mailbox"])
        if door is None:
            raise Undeliverable(f"there is no mailbox {letter.payload['mailbox']} in the settings any more")
        raw = await self._blob(letter.payload["sha256"])
        return door, str(headers_of(raw).get("Message-ID", "")).strip(), raw


async def _folder(line: Connection, thread: OwnThread) -> str:
    """Find the folder; make it where there is none."""
    folder = await thread.call(line.sent_folder)
    try:
        if folder:
            await thread.call(line.open, folder)
            return folder
    except FolderGone:
        pass
    await thread.call(line.create, folder or SENT)
    return folder or SENT


async def _append(line: Connection, thread: OwnThread, folder: str, raw: bytes) -> None:
    try:
        await thread.call(line.append, folder, raw, clock.wall())
    except ConnectionBroke as error:
        raise Uncertain(error.sentence) from error


def _later(error: MailboxError | OAuthError) -> NotDelivered:
    is_slow = error.slow or isinstance(error, MailboxFull)
    if isinstance(error, ServerUnreachable):
        return Unreachable(error.sentence)
    return NotDelivered(error.sentence, retry_after=_SLOWLY if is_slow else None)
