"""Suppliers, their people, and what was written: the tables, and the rules that need nothing but them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.database import Base, BigId

# A modal left open without a word is no longer "answering".
ANSWERING_FOR = timedelta(minutes=10)
# A mail that answers by its subject alone belongs to a conversation that was active so recently.
SUBJECT_MATCHES_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Channels:
    """Where in Slack things go: channel ids."""

    suppliers: str
    unsorted: str


class Supplier(Base):
    """A company we buy from. `zone` is an IANA name, `language` ISO 639-1, `country` ISO 3166-1 alpha-2."""

    __tablename__ = "supplier"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    name: Mapped[str]
    folded_name: Mapped[str] = mapped_column(unique=True)
    channel_id: Mapped[str | None]
    owner_id: Mapped[str | None]
    language: Mapped[str]
    zone: Mapped[str]
    country: Mapped[str]
    added_by: Mapped[str | None]
    added_at: Mapped[datetime]


class Contact(Base):
    """Somebody who writes for a supplier, known by the address."""

    __tablename__ = "contact"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    supplier_id: Mapped[int] = mapped_column(BigId, ForeignKey("supplier.id"), index=True)
    name: Mapped[str]
    address: Mapped[str] = mapped_column(unique=True)


class Conversation(Base):
    """One matter with one supplier: a card in Slack and its thread, a mail thread outside.

    `waiting_since` is when the supplier's oldest unanswered mail came; None once we answered. `card_id` is
    the outbox row that became the card.
    """

    __tablename__ = "conversation"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    supplier_id: Mapped[int] = mapped_column(BigId, ForeignKey("supplier.id"), index=True)
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


class SupplierMail(Base):
    """One mail a supplier sent us; the mail as it came is the blob `sha256`."""

    __tablename__ = "supplier_mail"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    conversation_id: Mapped[int] = mapped_column(BigId, ForeignKey("conversation.id"), index=True)
    contact_id: Mapped[int] = mapped_column(BigId, ForeignKey("contact.id"))
    message_id: Mapped[str | None] = mapped_column(index=True)
    references: Mapped[list[str]]
    sender_name: Mapped[str]
    sender_address: Mapped[str]
    reply_address: Mapped[str]
    copies: Mapped[list[str]]  # others of the same supplier who were written to
    subject: Mapped[str]
    written_at: Mapped[datetime]
    arrived_at: Mapped[datetime]
    language: Mapped[str | None]
    text: Mapped[str]
    rich: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    quoted: Mapped[str]
    signature: Mapped[str]
    refused: Mapped[list[str]]
    sha256: Mapped[str]
    post_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("outbox.id"), index=True)


class Reply(Base):
    """What a colleague answers. `state`: held, sent, cancelled, failed, bounced."""

    __tablename__ = "reply"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    conversation_id: Mapped[int] = mapped_column(BigId, ForeignKey("conversation.id"), index=True)
    author_id: Mapped[str]
    answers_id: Mapped[int] = mapped_column(BigId, ForeignKey("supplier_mail.id"))
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

    __tablename__ = "note"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    conversation_id: Mapped[int] = mapped_column(BigId, ForeignKey("conversation.id"), index=True)
    author_id: Mapped[str]
    ts: Mapped[str | None]
    text: Mapped[str]
    written_at: Mapped[datetime]


class Draft(Base):
    """An answer somebody has begun: kept until it is sent, and shown to whoever else begins one."""

    __tablename__ = "draft"

    conversation_id: Mapped[int] = mapped_column(BigId, ForeignKey("conversation.id"), primary_key=True)
    author_id: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    begun_at: Mapped[datetime]
    is_open: Mapped[bool]


class Stray(Base):
    """A mail that belongs to no supplier (yet). `state`: unsorted, aside, taken (it became a supplier's)."""

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
    sha256: Mapped[str]
    post_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("outbox.id"))


class NotASupplier(Base):
    """An address somebody said is no supplier's: its mail is set aside at once."""

    __tablename__ = "not_a_supplier"

    address: Mapped[str] = mapped_column(primary_key=True)
    said_by: Mapped[str]
    said_at: Mapped[datetime]


def fold(name: str) -> str:
    """Make names that people take for the same the same: case and spaces do not count."""
    return " ".join(name.casefold().split())
