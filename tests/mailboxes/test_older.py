"""Taking in older mail goes on where it was left, however often it is interrupted."""

import asyncio
import json
from collections.abc import Mapping

import pytest

from bot import mailing
from bot.clock import wall
from bot.settings import Mailbox, Settings
from bot.storage import mailboxes
from bot.storage.inbox import Inbox
from bot.storage.triggers import Trigger
from jobs.mailboxes import take_older
from tests.gateways.conftest import dovecot as dovecot  # noqa: PLC0414 - a fixture
from tests.gateways.desk import ago, mail
from tests.gateways.dovecot import PASSWORD, Dovecot
from tests.mailboxes.post_room import PostRoom

ADDRESS = "orders98@shop.example"


async def _mark(_session: object) -> None:
    """Come from no inbox."""


async def test_it_goes_on_where_it_was_left(room: PostRoom, dovecot: Dovecot) -> None:
    dovecot.admin("expunge", "-u", ADDRESS, "mailbox", "INBOX", "all")
    dovecot.put(ADDRESS, "INBOX", *(mail(f"Number {day}", at=ago(day)) for day in range(60, 0, -1)))
    box = Mailbox(
        address=ADDRESS, imap_host="127.0.0.1", imap_port=dovecot.imap, imap_security="none",
        imap_password=PASSWORD,
    )  # fmt: skip
    opened = mailing.older(mailing.doors(Settings(mailbox=[box]), room.database), room.database)
    body = json.dumps({"address": ADDRESS, "since": None, "person": "TOM", "asked": "once"}).encode()
    keys: list[str] = []

    async with Inbox(room.database) as store:

        async def accept(
            source: str, key: str, body: bytes, *, lane: str = "", blobs: Mapping[str, bytes] | None = None
        ) -> bool:
            if len(keys) == 30:
                raise ConnectionError
            if new := await store.accept(source, key, body, lane=lane, blobs=blobs):
                keys.append(key)
            return new

        with pytest.raises(ConnectionError):
            await take_older(room.services, opened, accept, body, Trigger(room.database, _mark))
        keys.append("the failure")
        async with asyncio.timeout(20):
            await take_older(room.services, opened, accept, body, Trigger(room.database, _mark))

    assert len(keys) == 61
    async with room.database.write() as session:
        row = await mailboxes.get(session, ADDRESS, wall())
    assert row.older == mailboxes.DONE
