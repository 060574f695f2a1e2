"""Letters: what somebody outside writes about one matter, what we answer, and what stays inside.

The tables have these columns in every area that answers letters; an area adds its own to them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.database import Base, BigId

# A window left open without a word is no longer "answering".
ANSWERING_FOR = timedelta(minutes=10)
UNSORTED, ASIDE, TAKEN = "unsorted", "aside", "taken"


@dataclass(frozen=True)
class Channels:
    """Where in Slack things go: channel ids."""

    suppliers: str
    unsorted: str
    triage: str = ""


class Matter(Base):
    """One matter with somebody outside: a card in Slack and its thread, letters outside.

    `waiting_since` is when the oldest letter we did not answer came; None once we answered. `card_id` is the
    outbox row that became the card.
    """

    __abstract__ = True

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    mailbox: Mapped[str]
    subject: Mapped[str]
    folded_subject: Mapped[str] = mapped_column(index=True)
    channel_id: Mapped[str]
    card_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("outbox.id"), index=True)
    assignee_id: Mapped[str | None]
    waiting_since: Mapped[datetime | None] = mapped_column(index=True)
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    started_at: Mapped[datetime]
    active_at: Mapped[datetime]


class Incoming(Base):
    """One letter that reached us; the mail as it came is the blob `sha256`, "" for what was no mail.

    `files`: what came with it and was not refused, each with its `name` and `size` in bytes.
    """

    __abstract__ = True

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    conversation_id: Mapped[int] = mapped_column(BigId, index=True)
    message_id: Mapped[str | None] = mapped_column(index=True)
    references: Mapped[list[str]]
    sender_name: Mapped[str]
    sender_address: Mapped[str]
    reply_address: Mapped[str]
    copies: Mapped[list[str]]  # others of theirs who were written to
    subject: Mapped[str]
    written_at: Mapped[datetime]
    arrived_at: Mapped[datetime]
    language: Mapped[str | None]
    text: Mapped[str]
    rich: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    quoted: Mapped[str]
    signature: Mapped[str]
    refused: Mapped[list[str]]
    files: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    sha256: Mapped[str]
    post_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("outbox.id"), index=True)

    @property
    def is_opening(self) -> bool:
        """Tell whether they wrote nothing: this stands at the beginning of what we write first."""
        return not self.sha256 and not self.text


class Answer(Base):
    """What a colleague answers. `state`: held, sent, cancelled, failed, bounced."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    conversation_id: Mapped[int] = mapped_column(BigId, index=True)
    answers_id: Mapped[int] = mapped_column(BigId)
    author_id: Mapped[str]
    recipient: Mapped[str]
    copies: Mapped[list[str]]
    text: Mapped[str]
    message_id: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str]
    problem: Mapped[str | None]
    written_at: Mapped[datetime]
    leaves_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    mail_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("outbox.id"))
    post_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("outbox.id"))


class Note(Base):
    """What a colleague wrote in the thread; it stays inside. `ts` is set when they typed it themselves."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    conversation_id: Mapped[int] = mapped_column(BigId, index=True)
    author_id: Mapped[str]
    ts: Mapped[str | None]
    text: Mapped[str]
    written_at: Mapped[datetime]


class Begun(Base):
    """An answer somebody has begun: kept until it is sent, and shown to whoever else begins one."""

    __abstract__ = True

    conversation_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    author_id: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    begun_at: Mapped[datetime]
    is_open: Mapped[bool]


class Stray(Base):
    """A mail that belongs to nothing (yet). `state`: unsorted, aside, taken (it has arrived after all)."""

    __tablename__ = "stray"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    sender_name: Mapped[str]
    sender_address: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str]
    excerpt: Mapped[str]
    mailbox: Mapped[str]
    arrived_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(index=True)
    reason: Mapped[str | None]
    decided_by: Mapped[str | None]
    files: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    sha256: Mapped[str]
    post_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("outbox.id"))


class OldMail(Base):
    """A mail of the time before us, or one that a colleague sent from elsewhere in no matter: history only.

    `other_side` is the address outside, whoever wrote: theirs, or the first that `is_sent` mail went to.
    """

    __tablename__ = "old_mail"
    __table_args__ = (Index("ix_old_mail_other_side_written_at", "other_side", "written_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    mailbox: Mapped[str]
    message_id: Mapped[str | None] = mapped_column(index=True)
    references: Mapped[list[str]]
    other_side: Mapped[str]
    is_sent: Mapped[bool]
    sender_name: Mapped[str]
    sender_address: Mapped[str]
    subject: Mapped[str]
    written_at: Mapped[datetime]
    language: Mapped[str | None]
    text: Mapped[str]
    sha256: Mapped[str]


def fold(name: str) -> str:
    """Make names that people take for the same the same: case and spaces do not count."""
    return " ".join(name.casefold().split())
