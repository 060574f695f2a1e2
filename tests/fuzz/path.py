"""The whole path of a mail, from its bytes to what would be posted, and what may never stand there."""

import json
import re
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bot.letters import modals
from bot.mail.parse import parse
from bot.storage import migrate
from bot.storage.database import Database
from bot.storage.outbox import OutboxRow
from bot.suppliers import history
from bot.suppliers import modals as supplier_modals
from bot.suppliers.model import Supplier, SupplierMail
from bot.triage.model import TicketMail
from bot.workspace.kit import check_blocks, check_view
from tests.mail.test_fuzz import assert_harmless
from tests.mailboxes.post_room import HELP, ORDERS, PARTS, PostRoom

CHANNELS = {"C-suppliers", "C-unsorted", "C-triage"}
KINDS = {"slack.post", "slack.update", "slack.file"}
# In mrkdwn only dates of ours may stand in angle brackets.
_DATE = re.compile(r"<!date\^\d{1,12}\^[^<>|^]*\{date[^<>|^]*\|[\d: UTC-]+>")
_LITERAL = ("text", "link", "emoji")


class Harm(AssertionError):
    """A text did something by itself."""


@dataclass(frozen=True)
class Taken:
    """Seconds of the processor's time: for reading a mail, and for its whole path."""

    reading: float
    whole: float

    @property
    def slowest(self) -> float:
        """The longer of both."""
        return max(self.reading, self.whole)


class MailPath:
    """Brings mails in, and looks at all that comes of each."""

    def __init__(self, room: PostRoom) -> None:
        self.room = room
        self._seen = 0
        self.posts = 0

    async def take(self, raw: bytes, mailbox: str) -> Taken:
        """Bring a mail in; `Harm`, or whatever is raised on the way, is a find."""
        began = time.process_time()
        found = parse(raw)
        reading = time.process_time() - began
        assert_harmless(found)
        began = time.process_time()
        await self.room.arrives(raw, mailbox=mailbox)
        whole = time.process_time() - began
        await self._look()
        return Taken(reading, whole)

    async def _look(self) -> None:
        async with self.room.database.read() as session:
            rows = select(OutboxRow).where(OutboxRow.id > self._seen).order_by(OutboxRow.id)
            for row in (await session.execute(rows)).scalars():
                self._seen = row.id
                self.posts += 1
                look_at(row.kind, row.payload)
            for table in (SupplierMail, TicketMail):
                newest = select(table).where(table.id == select(func.max(table.id)).scalar_subquery())
                if mail := (await session.execute(newest)).scalar_one_or_none():
                    look_at_window(modals.full_mail(mail))

    async def look_at_history(self) -> None:
        """Look at what is shown of everything that came."""
        async with self.room.database.read() as session:
            supplier = (await session.execute(select(Supplier))).scalar_one()
            entries, more = await history.of(session, supplier.id)
        look_at_window(supplier_modals.history(supplier, entries, more=more))


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[MailPath]:
    """Give a path into a new database in this folder."""
    database = Database(f"sqlite+aiosqlite:///{folder / 'fuzz.sqlite'}")
    try:
        await migrate.upgrade(database)
        room = PostRoom(database)
        await room.opens()
        yield MailPath(room)
    finally:
        await database.dispose()


MAILBOXES = (ORDERS, PARTS, HELP)


def look_at(kind: str, payload: dict[str, Any]) -> None:
    """Look at something that would leave."""
    if kind not in KINDS:
        raise Harm(f"a text made something leave by itself: {kind}")
    json.dumps(payload, ensure_ascii=False).encode("utf-8")
    if payload.get("channel", "C-suppliers") not in CHANNELS:
        raise Harm(f"a text chose who hears of it: {payload['channel']}")
    if kind == "slack.file":
        if set(payload["name"]) & set('/\\\0\r\n"') or not payload["name"].strip("."):
            raise Harm(f"a file is called {payload['name']!r}")
        return
    _look_at_mrkdwn(str(payload.get("text", "")))
    if "blocks" in payload:
        check_blocks(payload["blocks"], "message")
        _look_at_blocks(payload["blocks"])


def look_at_window(view: dict[str, Any]) -> None:
    """Look at a window."""
    check_view(view, "modal")
    _look_at_blocks(view["blocks"])


def _look_at_blocks(blocks: Any) -> None:
    for piece in _pieces(blocks):
        kind = piece.get("type")
        if kind == "mrkdwn":
            if piece.get("verbatim") is not True:
                raise Harm(f"Slack would link by itself in {piece['text'][:80]!r}")
            _look_at_mrkdwn(piece["text"])
        if str(kind).startswith("rich_text_"):
            for one in piece["elements"]:
                if not str(one["type"]).startswith("rich_text_"):
                    _look_at_literal(one)
        if kind in ("button", "workflow_button") and "url" in piece:
            raise Harm(f"a button leads to {piece['url']}")
        if kind in ("image", "video"):
            raise Harm(f"Slack would fetch {piece}")


def _look_at_mrkdwn(text: str) -> None:
    rest = _DATE.sub("", text)
    if "<" in rest or "INJECTED" in "".join(_DATE.findall(text)):
        raise Harm(f"not literal: {rest[max(0, rest.find('<') - 20) :][:120]!r}")


def _look_at_literal(element: dict[str, Any]) -> None:
    if element["type"] not in _LITERAL:
        raise Harm(f"a text mentions: {element}")
    if element["type"] == "link" and not element["url"].lower().startswith(
        ("http://", "https://", "mailto:")
    ):
        raise Harm(f"a text links to {element['url'][:80]!r}")


def _pieces(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for one in value.values():
            yield from _pieces(one)
    elif isinstance(value, list):
        for one in value:
            yield from _pieces(one)
