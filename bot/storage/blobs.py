"""Raw mails and files, each once, under the sha256 of its bytes."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot import clock
from bot.errors import SwitchboardError
from bot.storage.database import Base, Database


class MissingBlob(SwitchboardError):
    """A file that should be in the store is not there: {sha256}."""


class BlobRow(Base):
    """Some bytes."""

    __tablename__ = "blob"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    stored_at: Mapped[datetime]


def digest(content: bytes) -> str:
    """Give the name of these bytes: their sha256 in hex."""
    return hashlib.sha256(content).hexdigest()


async def put(database: Database, session: AsyncSession, blobs: Mapping[str, bytes]) -> None:
    """Keep each blob (sha256 -> bytes); one that is there already becomes young again.

    So it waits for whoever removes old ones just now, and is put back if they did (bot/storage/retention.py).
    """
    # One row a statement: a mail may be 60 MB, and drivers copy a statement's parameters. In one order
    # everywhere: two who keep the same ones never wait for each other.
    for sha256, content in sorted(blobs.items()):
        row = {"sha256": sha256, "content": content, "stored_at": clock.wall()}
        young = {"stored_at": row["stored_at"]}
        statement = database.insert(BlobRow).values(row)
        await session.execute(statement.on_conflict_do_update(index_elements=["sha256"], set_=young))


async def get(session: AsyncSession, sha256: str) -> bytes:
    """Give the bytes; `MissingBlob` when they were never stored."""
    row = await session.get(BlobRow, sha256)
    if row is None:
        raise MissingBlob(sha256=sha256)
    return row.content
