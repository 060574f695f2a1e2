"""Blobs: the same bytes once, under their sha256, with the transaction that brought them."""

import asyncio

import pytest
from sqlalchemy import func, select

from bot.storage import blobs
from bot.storage.blobs import BlobRow, MissingBlob
from bot.storage.database import Database

LARGE = bytes(range(256)) * 4 * 1024 * 20  # 20 MB


async def test_it_gives_back_what_was_put(database: Database) -> None:
    name = blobs.digest(LARGE)
    async with database.write() as session:
        await blobs.put(database, session, {name: LARGE, blobs.digest(b""): b""})
    async with database.read() as session:
        assert await blobs.get(session, name) == LARGE
        assert await blobs.get(session, blobs.digest(b"")) == b""


async def test_it_keeps_the_same_bytes_once_however_many_bring_them(database: Database) -> None:
    async def put() -> None:
        async with database.write() as session:
            await blobs.put(database, session, {blobs.digest(b"same"): b"same"})

    await asyncio.gather(*(put() for _ in range(8)))
    async with database.read() as session:
        assert (await session.execute(select(func.count()).select_from(BlobRow))).scalar_one() == 1


async def test_it_says_which_one_is_missing(database: Database) -> None:
    async with database.read() as session:
        with pytest.raises(MissingBlob, match="abc"):
            await blobs.get(session, "abc")
