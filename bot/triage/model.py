"""Tickets: what customers want from us, who cares for it, and by when we promised an answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from bot.letters.model import Answer, Begun, Incoming, Matter, Note
from bot.storage.database import Base, BigId

# A customer who writes again after so long asks about something new.
REOPENS_FOR = timedelta(days=30)
OPEN, WAITING, CLOSED = "open", "waiting", "closed"
# Working hours within which a customer is answered, unless an admin chose others.
HOURS = {"urgent": 2, "high": 4, "normal": 8, "low": 16}
# Which departments of ours (their slugs) answer what the sorting names.
SLUGS = {"customer service": "service", "accounting": "finance"}


class Ticket(Matter):
    """One matter of one customer. `state`: open (we owe an answer), waiting (for the customer), closed.

    The promise: `answer_by`, counted in the department's hours from `counted_from` for `left_seconds` out of
    `promised_seconds`; while it is paused `counted_from` and `answer_by` are None. `step` is how far the
    promise has been followed up (bot/triage/promises.py). `source`: mail, form, colleague.
    """

    __tablename__ = "ticket"

    customer_name: Mapped[str]
    customer_address: Mapped[str] = mapped_column(index=True)
    source: Mapped[str]
    raised_by: Mapped[str | None]
    state: Mapped[str] = mapped_column(index=True)
    category: Mapped[str]
    confidence: Mapped[float]
    asks: Mapped[bool]
    why: Mapped[list[str]]
    learned_from: Mapped[str | None]
    language: Mapped[str | None]
    priority: Mapped[str]
    priority_why: Mapped[list[str]]
    order_number: Mapped[str | None]
    sku: Mapped[str | None]
    department_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("department.id"))
    answer_by: Mapped[datetime | None] = mapped_column(index=True)
    counted_from: Mapped[datetime | None]
    left_seconds: Mapped[int]
    promised_seconds: Mapped[int]
    step: Mapped[int]
    breached_at: Mapped[datetime | None]
    snoozed_until: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    close_reason: Mapped[str | None]

    @property
    def is_snoozed(self) -> bool:
        """Tell whether somebody put it off."""
        return self.snoozed_until is not None


class TicketMail(Incoming):
    """What a customer wrote."""

    __tablename__ = "ticket_mail"

    conversation_id: Mapped[int] = mapped_column(BigId, ForeignKey("ticket.id"), index=True)


class TicketReply(Answer):
    """What a colleague answers a customer."""

    __tablename__ = "ticket_reply"

    conversation_id: Mapped[int] = mapped_column(BigId, ForeignKey("ticket.id"), index=True)
    answers_id: Mapped[int] = mapped_column(BigId, ForeignKey("ticket_mail.id"))


class TicketNote(Note):
    """What a colleague wrote inside about a ticket."""

    __tablename__ = "ticket_note"

    conversation_id: Mapped[int] = mapped_column(BigId, ForeignKey("ticket.id"), index=True)


class TicketDraft(Begun):
    """An answer to a customer that somebody has begun."""

    __tablename__ = "ticket_draft"

    conversation_id: Mapped[int] = mapped_column(BigId, ForeignKey("ticket.id"), primary_key=True)


class CorrectionRow(Base):
    """Somebody said what a customer's text is: the sorting follows it until it is taken back."""

    __tablename__ = "correction"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    ticket_id: Mapped[int] = mapped_column(BigId, ForeignKey("ticket.id"), index=True)
    text: Mapped[str]
    category: Mapped[str]
    before: Mapped[str]
    was_asked: Mapped[bool]
    said_by: Mapped[str]
    said_at: Mapped[datetime]
    undone_by: Mapped[str | None]
    undone_at: Mapped[datetime | None]
    post_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("outbox.id"))


class SavedReply(Base):
    """An answer the team uses again; its {variables} are filled in for a ticket."""

    __tablename__ = "saved_reply"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    title: Mapped[str] = mapped_column(unique=True)
    text: Mapped[str]
    changed_by: Mapped[str | None]
    changed_at: Mapped[datetime]


class AnswerTime(Base):
    """How long one answer took, in working seconds. Seen by its author and by one named lead."""

    __tablename__ = "answer_time"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    ticket_id: Mapped[int] = mapped_column(BigId, ForeignKey("ticket.id"))
    reply_id: Mapped[int] = mapped_column(BigId, ForeignKey("ticket_reply.id"), unique=True)
    author_id: Mapped[str]
    category: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
    seconds: Mapped[int]
    in_time: Mapped[bool]


@dataclass(frozen=True)
class Found:
    """What the sorting made of a text, and whose correction it follows, if one's."""

    category: str
    confidence: float
    asks: bool
    why: tuple[str, ...]
    language: str | None
    priority: str
    priority_why: tuple[str, ...]
    order_number: str | None
    sku: str | None
    department: str
    learned_from: str | None = None
