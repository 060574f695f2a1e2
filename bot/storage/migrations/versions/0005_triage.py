"""Customers' tickets, what is written in them, what people taught the sorting, and saved replies."""

import sqlalchemy as sa
from alembic import op

from bot.storage.database import BigId, CleanText, UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "ticket",
        sa.Column("customer_name", CleanText(), nullable=False),
        sa.Column("customer_address", CleanText(), nullable=False),
        sa.Column("source", CleanText(), nullable=False),
        sa.Column("raised_by", CleanText(), nullable=True),
        sa.Column("state", CleanText(), nullable=False),
        sa.Column("category", CleanText(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("asks", sa.Boolean(), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("learned_from", CleanText(), nullable=True),
        sa.Column("language", CleanText(), nullable=True),
        sa.Column("priority", CleanText(), nullable=False),
        sa.Column("priority_why", sa.JSON(), nullable=False),
        sa.Column("order_number", CleanText(), nullable=True),
        sa.Column("sku", CleanText(), nullable=True),
        sa.Column("department_id", BigId, nullable=True),
        sa.Column("answer_by", UtcDateTime(), nullable=True),
        sa.Column("counted_from", UtcDateTime(), nullable=True),
        sa.Column("left_seconds", sa.Integer(), nullable=False),
        sa.Column("promised_seconds", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("breached_at", UtcDateTime(), nullable=True),
        sa.Column("snoozed_until", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_by", CleanText(), nullable=True),
        sa.Column("close_reason", CleanText(), nullable=True),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("mailbox", CleanText(), nullable=False),
        sa.Column("subject", CleanText(), nullable=False),
        sa.Column("folded_subject", CleanText(), nullable=False),
        sa.Column("channel_id", CleanText(), nullable=False),
        sa.Column("card_id", BigId, nullable=True),
        sa.Column("assignee_id", CleanText(), nullable=True),
        sa.Column("waiting_since", UtcDateTime(), nullable=True),
        sa.Column("answered_by", CleanText(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("active_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name="fk_ticket_department_id"),
        sa.ForeignKeyConstraint(["card_id"], ["outbox.id"], name="fk_ticket_card_id"),
        sa.PrimaryKeyConstraint("id", name="pk_ticket"),
    )
    op.create_index("ix_ticket_customer_address", "ticket", ["customer_address"], unique=False)
    op.create_index("ix_ticket_state", "ticket", ["state"], unique=False)
    op.create_index("ix_ticket_answer_by", "ticket", ["answer_by"], unique=False)
    op.create_index("ix_ticket_folded_subject", "ticket", ["folded_subject"], unique=False)
    op.create_index("ix_ticket_card_id", "ticket", ["card_id"], unique=False)
    op.create_index("ix_ticket_waiting_since", "ticket", ["waiting_since"], unique=False)
    op.create_table(
        "ticket_mail",
        sa.Column("conversation_id", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("message_id", CleanText(), nullable=True),
        sa.Column("references", sa.JSON(), nullable=False),
        sa.Column("sender_name", CleanText(), nullable=False),
        sa.Column("sender_address", CleanText(), nullable=False),
        sa.Column("reply_address", CleanText(), nullable=False),
        sa.Column("copies", sa.JSON(), nullable=False),
        sa.Column("subject", CleanText(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("arrived_at", UtcDateTime(), nullable=False),
        sa.Column("language", CleanText(), nullable=True),
        sa.Column("text", CleanText(), nullable=False),
        sa.Column("rich", sa.JSON(), nullable=False),
        sa.Column("quoted", CleanText(), nullable=False),
        sa.Column("signature", CleanText(), nullable=False),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("sha256", CleanText(), nullable=False),
        sa.Column("post_id", BigId, nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["ticket.id"], name="fk_ticket_mail_conversation_id"),
        sa.ForeignKeyConstraint(["post_id"], ["outbox.id"], name="fk_ticket_mail_post_id"),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_mail"),
    )
    op.create_index("ix_ticket_mail_conversation_id", "ticket_mail", ["conversation_id"], unique=False)
    op.create_index("ix_ticket_mail_message_id", "ticket_mail", ["message_id"], unique=False)
    op.create_index("ix_ticket_mail_post_id", "ticket_mail", ["post_id"], unique=False)
    op.create_table(
        "ticket_reply",
        sa.Column("conversation_id", BigId, nullable=False),
        sa.Column("answers_id", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("author_id", CleanText(), nullable=False),
        sa.Column("recipient", CleanText(), nullable=False),
        sa.Column("copies", sa.JSON(), nullable=False),
        sa.Column("text", CleanText(), nullable=False),
        sa.Column("message_id", CleanText(), nullable=False),
        sa.Column("state", CleanText(), nullable=False),
        sa.Column("problem", CleanText(), nullable=True),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("leaves_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("mail_id", BigId, nullable=True),
        sa.Column("post_id", BigId, nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["ticket.id"], name="fk_ticket_reply_conversation_id"),
        sa.ForeignKeyConstraint(["answers_id"], ["ticket_mail.id"], name="fk_ticket_reply_answers_id"),
        sa.ForeignKeyConstraint(["mail_id"], ["outbox.id"], name="fk_ticket_reply_mail_id"),
        sa.ForeignKeyConstraint(["post_id"], ["outbox.id"], name="fk_ticket_reply_post_id"),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_reply"),
        sa.UniqueConstraint("message_id", name="uq_ticket_reply_message_id"),
    )
    op.create_index("ix_ticket_reply_conversation_id", "ticket_reply", ["conversation_id"], unique=False)
    op.create_table(
        "ticket_note",
        sa.Column("conversation_id", BigId, nullable=False),
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("author_id", CleanText(), nullable=False),
        sa.Column("ts", CleanText(), nullable=True),
        sa.Column("text", CleanText(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["ticket.id"], name="fk_ticket_note_conversation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_note"),
    )
    op.create_index("ix_ticket_note_conversation_id", "ticket_note", ["conversation_id"], unique=False)
    op.create_table(
        "ticket_draft",
        sa.Column("conversation_id", BigId, nullable=False),
        sa.Column("author_id", CleanText(), nullable=False),
        sa.Column("text", CleanText(), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["ticket.id"], name="fk_ticket_draft_conversation_id"),
        sa.PrimaryKeyConstraint("conversation_id", "author_id", name="pk_ticket_draft"),
    )
    op.create_table(
        "correction",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("ticket_id", BigId, nullable=False),
        sa.Column("text", CleanText(), nullable=False),
        sa.Column("category", CleanText(), nullable=False),
        sa.Column("before", CleanText(), nullable=False),
        sa.Column("was_asked", sa.Boolean(), nullable=False),
        sa.Column("said_by", CleanText(), nullable=False),
        sa.Column("said_at", UtcDateTime(), nullable=False),
        sa.Column("undone_by", CleanText(), nullable=True),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.Column("post_id", BigId, nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_correction_ticket_id"),
        sa.ForeignKeyConstraint(["post_id"], ["outbox.id"], name="fk_correction_post_id"),
        sa.PrimaryKeyConstraint("id", name="pk_correction"),
    )
    op.create_index("ix_correction_ticket_id", "correction", ["ticket_id"], unique=False)
    op.create_table(
        "saved_reply",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("title", CleanText(), nullable=False),
        sa.Column("text", CleanText(), nullable=False),
        sa.Column("changed_by", CleanText(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_reply"),
        sa.UniqueConstraint("title", name="uq_saved_reply_title"),
    )
    op.create_table(
        "answer_time",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("ticket_id", BigId, nullable=False),
        sa.Column("reply_id", BigId, nullable=False),
        sa.Column("author_id", CleanText(), nullable=False),
        sa.Column("category", CleanText(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("in_time", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_answer_time_ticket_id"),
        sa.ForeignKeyConstraint(["reply_id"], ["ticket_reply.id"], name="fk_answer_time_reply_id"),
        sa.PrimaryKeyConstraint("id", name="pk_answer_time"),
        sa.UniqueConstraint("reply_id", name="uq_answer_time_reply_id"),
    )
    op.create_index("ix_answer_time_at", "answer_time", ["at"], unique=False)
