"""How long what people wrote is kept: what is over goes with its files, and what is open stays."""

import random
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import func, select, update

from bot import app, clock
from bot.letters import older, replies, retention, strays
from bot.letters import store as letters
from bot.letters.arriving import Arrived
from bot.letters.model import ASIDE, UNSORTED, OldMail, Stray
from bot.mail.parse import parse
from bot.people import store as people
from bot.settings import Settings
from bot.storage import blobs, outbox
from bot.storage.blobs import BlobRow
from bot.storage.database import Base, Database
from bot.storage.inbox import InboxRow
from bot.storage.outbox import OutboxRow
from bot.storage.schedule import ScheduleRow
from bot.suppliers.desk import DESK as SUPPLIERS
from bot.suppliers.model import Conversation, Reply, SupplierMail
from bot.understanding.model import ModelAnswer
from jobs import upkeep
from tests.mailboxes.post_room import NOW, ORDERS, PostRoom, written

KEPT = timedelta(days=400)
LATER = NOW + KEPT + timedelta(days=40)
SENDER = replies.Sender("Shop", ORDERS, timedelta(seconds=30))


@pytest_asyncio.fixture
async def room(database: Database) -> AsyncIterator[PostRoom]:
    made = PostRoom(database)
    await made.opens()
    yield made


async def tidy(database: Database, at: datetime = LATER, *, batches: int = 99, **kept: int) -> int:
    """Let the errand come until it has nothing left to do, or so often; how often it had."""
    errand = upkeep.errand(upkeep.keeping(Settings(**({"keep_mail_days": KEPT.days} | kept))))
    row = ScheduleRow(key=upkeep.KEY, kind=upkeep.KIND, due=at)
    for batch in range(batches):
        async with database.write() as session:
            row.due = await errand(session, row, at)
        if row.due - at > timedelta(hours=1):
            return batch
    return batches


async def settle(database: Database, state: str = "sent", *, but: str = "") -> None:
    """Let everything have left long ago, as if so much real time had gone by as business time."""
    long_ago = clock.wall() - KEPT - timedelta(days=40)
    async with database.write() as session:
        rows = update(OutboxRow).where(OutboxRow.state == "pending")
        if but:
            rows = rows.where(OutboxRow.kind != but)
        await session.execute(rows.values(state=state, settled_at=long_ago, ts="1.1"))
        settled = update(OutboxRow).where(OutboxRow.settled_at.is_not(None))
        await session.execute(settled.values(settled_at=long_ago))
        await session.execute(update(BlobRow).values(stored_at=long_ago))
        await session.execute(update(InboxRow).values(received_at=long_ago))


async def answer(room: PostRoom, conversation_id: int, *, leaves: bool = True) -> None:
    """Let Tom answer a supplier."""
    async with room.database.write() as session:
        await replies.begin(SUPPLIERS, session, conversation_id, "TOM", NOW, "Thank you, we take it.")
        seen = await replies.situation(SUPPLIERS, session, conversation_id, "TOM", NOW)
        sent = await replies.send(
            SUPPLIERS, room.database, session, conversation_id, "TOM", SENDER, NOW, seen
        )
        if leaves:
            row = await outbox.get(session, sent.mail_id or 0)
            row.state, row.settled_at = "sent", clock.wall()
            await replies.settled(SUPPLIERS, session, row, NOW)


async def newest(room: PostRoom) -> int:
    """Give the newest matter."""
    return int((await room.conversations())[-1].id)


async def over(room: PostRoom, subject: str) -> int:
    """Let a matter be written about, answered and over."""
    await room.arrives(written(subject, f"The price of {subject} is 12 dollars."))
    matter = await newest(room)
    await answer(room, matter)
    return matter


async def count(database: Database, table: Any) -> int:
    async with database.read() as session:
        return int((await session.execute(select(func.count()).select_from(table))).scalar_one())


async def names(database: Database, table: Any, column: Any) -> set[Any]:
    async with database.read() as session:
        return set((await session.execute(select(column).select_from(table))).scalars())


async def test_it_keeps_mail_for_ever_unless_told_otherwise(room: PostRoom) -> None:
    await over(room, "glaze")
    await over(room, "clay")
    await settle(room.database)
    before = await count(room.database, BlobRow)
    await tidy(room.database, keep_mail_days=0)
    assert await count(room.database, SupplierMail) == 2
    assert await count(room.database, BlobRow) == before
    assert {} not in [row.payload for row in await room.leaving() if row.kind != "slack.update"]


async def test_it_drops_what_is_over_with_everything_written_in_it(room: PostRoom) -> None:
    old = await over(room, "glaze")
    open_one = await over(room, "clay")
    await room.arrives(written("Re: clay", "And the colour?", References="<x@y>"))
    waiting = await newest(room)
    await settle(room.database)
    await tidy(room.database)

    assert {one.id for one in await room.conversations()} == {open_one, waiting}
    assert old not in {one.conversation_id for one in await room.mails()}
    assert not any("glaze" in str(row.payload) for row in await room.leaving())
    stored = [
        await content(room.database, one) for one in await names(room.database, BlobRow, BlobRow.sha256)
    ]
    assert not any(b"glaze" in raw for raw in stored)
    assert any(b"clay" in raw for raw in stored)


async def content(database: Database, sha256: str) -> bytes:
    async with database.read() as session:
        return await blobs.get(session, sha256)


@pytest.mark.parametrize("why", ["waits", "begun", "held", "not posted", "set aside", "lately"])
async def test_it_never_drops_what_is_open(room: PostRoom, why: str) -> None:
    if why == "waits":
        await room.arrives(written("glaze", "How many?"))
        matter = await newest(room)
    else:
        matter = await over(room, "glaze")
    if why == "held":
        await answer(room, matter, leaves=False)
    if why == "begun":
        async with room.database.write() as session:
            await replies.begin(SUPPLIERS, session, matter, "TOM", NOW, "One more thing")
    await over(room, "clay")
    await settle(room.database, but={"held": "mail.send"}.get(why, ""))
    async with room.database.write() as session:
        one = await session.get_one(Conversation, matter)
        if why == "not posted":
            (await session.get_one(OutboxRow, one.card_id)).state = "uncertain"
        if why == "set aside":
            reply = (await letters.answers(SUPPLIERS, session, matter))[0]
            (await session.get_one(OutboxRow, reply.mail_id)).state = "failed"
        if why == "lately":
            one.active_at = LATER - timedelta(days=30)
    raw = next(one.sha256 for one in await room.mails() if one.conversation_id == matter)
    await tidy(room.database)

    assert matter in {one.id for one in await room.conversations()}
    assert matter in {one.conversation_id for one in await room.mails()}
    assert b"glaze" in await content(room.database, raw)
    mail_ids = await names(room.database, Reply, Reply.mail_id)
    for row in await room.leaving():
        if row.id in mail_ids:
            assert await content(room.database, row.payload["sha256"])


async def test_it_drops_older_mail_and_what_was_set_aside_but_not_what_waits_to_be_sorted(
    room: PostRoom,
) -> None:
    async with room.database.write() as session:
        for number, state in enumerate((ASIDE, UNSORTED, ASIDE)):
            raw = written("Offer", f"Buy this, number {number}")
            arrived = arrival(raw)
            await blobs.put(room.database, session, {arrived.sha256: raw})
            await older.keep(session, arrived, [ORDERS], is_sent=False)
            await strays.keep(session, arrived, state, None)
    await settle(room.database)
    await tidy(room.database)

    # The newest row of each table stays: its number must not come again.
    assert await names(room.database, Stray, Stray.excerpt) == {
        "Buy this, number 1",
        "Buy this, number 2",
    }
    assert await names(room.database, OldMail, OldMail.text) == {"Buy this, number 2"}
    assert await count(room.database, BlobRow) == 2


def arrival(raw: bytes) -> Arrived:
    return Arrived(mail=parse(raw), mailbox=ORDERS, at=NOW, sha256=blobs.digest(raw))


async def test_it_keeps_a_file_that_anything_still_names(room: PostRoom) -> None:
    raw = written("glaze", "The same mail, to two of our addresses")
    await room.arrives(raw)
    await answer(room, await newest(room))
    async with room.database.write() as session:
        await strays.keep(session, arrival(raw), UNSORTED, None)
    await over(room, "clay")
    await settle(room.database)
    await tidy(room.database)

    assert await content(room.database, blobs.digest(raw)) == raw


async def test_it_keeps_a_file_that_came_again_just_now(room: PostRoom) -> None:
    await over(room, "glaze")
    raw = next(one.sha256 for one in await room.mails())
    await over(room, "clay")
    await settle(room.database)
    async with room.database.write() as session:
        await blobs.put(room.database, session, {raw: await content(room.database, raw)})
    await tidy(room.database)
    assert b"glaze" in await content(room.database, raw)


async def test_it_writes_one_line_a_day_into_the_audit_log(
    room: PostRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.letters.retention._MATTERS", 1)
    for number in range(4):
        await over(room, f"matter {number}")
    await settle(room.database)
    await tidy(room.database)
    async with room.database.read() as session:
        lines = [one for one in await people.audit_log(session) if one.act == upkeep.ACT]
    assert [(one.actor_id, one.detail["matters"], one.detail["mails"]) for one in lines] == [(None, 3, 6)]
    assert lines[0].subject.startswith("3 matters, 6 mails, ")


async def test_it_forgets_what_a_model_answered(database: Database) -> None:
    async with database.write() as session:
        for key, age in (("old", 31), ("lately", 29)):
            answered = {"kind": "translate", "model": "m", "value": {}, "tokens_in": 1, "tokens_out": 1}
            at = LATER - timedelta(days=age)
            session.add(ModelAnswer(key=key, micros=0, answered_at=at, **answered))
    await tidy(database, keep_mail_days=0)
    assert await names(database, ModelAnswer, ModelAnswer.key) == {"lately"}


async def test_it_goes_on_where_it_was_and_loses_nothing_open(
    room: PostRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.letters.retention._MATTERS", 2)
    chance = random.Random(7)
    stay = set()
    for number in range(12):
        matter = await over(room, f"matter {number}")
        if chance.random() < 0.5:
            stay.add(matter)
            async with room.database.write() as session:
                await replies.begin(SUPPLIERS, session, matter, "TOM", NOW, "And")
    stay.add(matter)
    await settle(room.database)
    for _ in range(20):  # a batch, and the process ends
        if not await tidy(room.database, batches=1):
            break
    assert {one.id for one in await room.conversations()} == stay
    assert {one.conversation_id for one in await room.mails()} == stay
    named = {one.sha256 for one in await room.mails()}
    named |= {row.payload["sha256"] for row in await room.leaving() if "sha256" in row.payload}
    assert await names(room.database, BlobRow, BlobRow.sha256) == named


def test_it_knows_every_column_that_names_a_file_or_belongs_to_a_matter() -> None:
    assert app.ROUTED  # importing the whole bot names every table
    columns = [column for table in Base.metadata.sorted_tables for column in table.columns]
    named = {str(column) for column in columns if column.name == "sha256"} - {"blob.sha256"}
    assert named == {f"{one.class_.__tablename__}.{one.key}" for one in retention.files_of(upkeep._KEPT)}
    for kept in upkeep._KEPT:
        desk = kept.desk
        parts = {one.class_.__tablename__ for one in kept.further}
        parts |= {one.__tablename__ for one in (desk.mails, desk.answers, desk.notes, desk.drafts)}
        theirs = {f"{desk.matters.__tablename__}.id", f"{desk.mails.__tablename__}.id"}
        theirs |= {f"{desk.answers.__tablename__}.id"}
        hanging = {column.table.name for column in columns if theirs & _pointed_at(column)}
        assert hanging == parts


def _pointed_at(column: Any) -> set[str]:
    return {key.target_fullname for key in column.foreign_keys}
