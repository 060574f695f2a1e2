"""Suppliers, their people, and what was written: the tables."""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from bot.letters.model import Answer, Begun, Incoming, Matter
from bot.letters.model import Note as InsideNote
from bot.storage.database import Base, BigId

# A mail that answers by its subject alone belongs to a conversation that was active so recently.
SUBJECT_MATCHES_FOR = timedelta(days=30)


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


class Conversation(Matter):
    """One matter with one supplier."""

    __tablename__ = "conversation"

    supplier_id: Mapped[int] = mapped_column(BigId, ForeignKey("supplier.id"), index=True)


class SupplierMail(Incoming):
    """One mail a supplier sent us."""

    __tablename__ = "supplier_mail"

    conversation_id: Mapped[int] = mapped_column(BigId, ForeignKey("conversation.id"), index=True)
    contact_id: Mapped[int] = mapped_column(BigId, ForeignKey("contact.id"))


class Reply(Answer):
    """What a colleague answers a supplier."""

    __tablename__ = "reply"

    conversation_id: Mapped[int] = mapped_column(BigId, ForeignKey("conversation.id"), index=True)
    answers_id: Mapped[int] = mapped_column(BigId, ForeignKey("supplier_mail.id"))


class Note(InsideNote):
    """What a colleague wrote inside about a supplier's matter."""

    __tablename__ = "note"

    conversation_id: Mapped[int] = mapped_column(BigId, ForeignKey("conversation.id"), index=True)


class Draft(Begun):
    """An answer to a supplier that somebody has begun."""

    __tablename__ = "draft"

    conversation_id: Mapped[int] = mapped_column(BigId, ForeignKey("conversation.id"), primary_key=True)


class NotASupplier(Base):
    """An address somebody said is no supplier's: its mail is set aside at once."""

    __tablename__ = "not_a_supplier"

    address: Mapped[str] = mapped_column(primary_key=True)
    said_by: Mapped[str]
    said_at: Mapped[datetime]
