"""People, and suppliers with all that is written."""

import sqlalchemy as sa
from alembic import op

from bot.storage.database import BigId, CleanText, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "not_a_supplier",
        sa.Column("address", CleanText(), nullable=False),
        sa.Column("said_by", CleanText(), nullable=False),
        sa.Column("said_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("address", name="pk_not_a_supplier"),
    )
    op.create_table(
        "person",
        sa.Column("id", CleanText(), nullable=False),
        sa.Column("name", CleanText(), nullable=False),
        sa.Column("email", CleanText(), nullable=True),
        sa.Column("title", CleanText(), nullable=False),
        sa.Column("zone", CleanText(), nullable=False),
        sa.Column("language", CleanText(), nullable=False),
        sa.Column("is_bot", sa.Boolean(), nullable=False),
        sa.Column("is_guest", sa.Boolean(), nullable=False),
        sa.Column("is_stranger", sa.Boolean(), nullable=False),
        sa.Column("is_gone", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
    )
    op.create_table(
        "supplier",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("name", CleanText(), nullable=False),
        sa.Column("folded_name", CleanText(), nullable=False),
        sa.Column("channel_id", CleanText(), nullable=True),
        sa.Column("owner_id", CleanText(), nullable=True),
        sa.Column("language", CleanText(), nullable=False),
        sa.Column("zone", CleanText(), nullable=False),
        sa.Column("country", CleanText(), nullable=False),
        sa.Column("added_by", CleanText(), nullable=True),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_supplier"),
        sa.UniqueConstraint("folded_name", name="uq_supplier_folded_name"),
    )
    op.create_table(
        "workspace",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", CleanText(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workspace"),
    )
    op.create_table(
        "contact",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("supplier_id", BigId, nullable=False),
        sa.Column("name", CleanText(), nullable=False),
        sa.Column("address", CleanText(), nullable=False),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name="fk_contact_supplier_id"),
        sa.PrimaryKeyConstraint("id", name="pk_contact"),
        sa.UniqueConstraint("address", name="uq_contact_address"),
    )
    op.create_index("ix_contact_supplier_id", "contact", ["supplier_id"], unique=False)
    op.create_table(
        "conversation",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("supplier_id", BigId, nullable=False),
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
        sa.ForeignKeyConstraint(["card_id"], ["outbox.id"], name="fk_conversation_card_id"),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name="fk_conversation_supplier_id"),
        sa.PrimaryKeyConstraint("id", name="pk_conversation"),
    )
    op.create_index("ix_conversation_card_id", "conversation", ["card_id"], unique=False)
    op.create_index("ix_conversation_folded_subject", "conversation", ["folded_subject"], unique=False)
    op.create_index("ix_conversation_supplier_id", "conversation", ["supplier_id"], unique=False)
    op.create_index("ix_conversation_waiting_since", "conversation", ["waiting_since"], unique=False)
    op.create_table(
        "stray",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("sender_name", CleanText(), nullable=False),
        sa.Column("sender_address", CleanText(), nullable=False),
        sa.Column("subject", CleanText(), nullable=False),
        sa.Column("excerpt", CleanText(), nullable=False),
        sa.Column("mailbox", CleanText(), nullable=False),
        sa.Column("arrived_at", UtcDateTime(), nullable=False),
        sa.Column("state", CleanText(), nullable=False),
        sa.Column("reason", CleanText(), nullable=True),
        sa.Column("decided_by", CleanText(), nullable=True),
        sa.Column("sha256", CleanText(), nullable=False),
        sa.Column("post_id", BigId, nullable=True),
        sa.ForeignKeyConstraint(["post_id"], ["outbox.id"], name="fk_stray_post_id"),
        sa.PrimaryKeyConstraint("id", name="pk_stray"),
    )
    op.create_index("ix_stray_sender_address", "stray", ["sender_address"], unique=False)
    op.create_index("ix_stray_state", "stray", ["state"], unique=False)
    op.create_table(
        "draft",
        sa.Column("conversation_id", BigId, nullable=False),
        sa.Column("author_id", CleanText(), nullable=False),
        sa.Column("text", CleanText(), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name="fk_draft_conversation_id"),
        sa.PrimaryKeyConstraint("conversation_id", "author_id", name="pk_draft"),
    )
    op.create_table(
        "note",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("conversation_id", BigId, nullable=False),
        sa.Column("author_id", CleanText(), nullable=False),
        sa.Column("ts", CleanText(), nullable=True),
        sa.Column("text", CleanText(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name="fk_note_conversation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_note"),
    )
    op.create_index("ix_note_conversation_id", "note", ["conversation_id"], unique=False)
    op.create_table(
        "supplier_mail",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("conversation_id", BigId, nullable=False),
        sa.Column("contact_id", BigId, nullable=False),
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
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name="fk_supplier_mail_contact_id"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name="fk_supplier_mail_conversation_id"
        ),
        sa.ForeignKeyConstraint(["post_id"], ["outbox.id"], name="fk_supplier_mail_post_id"),
        sa.PrimaryKeyConstraint("id", name="pk_supplier_mail"),
    )
    op.create_index("ix_supplier_mail_conversation_id", "supplier_mail", ["conversation_id"], unique=False)
    op.create_index("ix_supplier_mail_message_id", "supplier_mail", ["message_id"], unique=False)
    op.create_index("ix_supplier_mail_post_id", "supplier_mail", ["post_id"], unique=False)
    op.create_table(
        "reply",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("conversation_id", BigId, nullable=False),
        sa.Column("author_id", CleanText(), nullable=False),
        sa.Column("answers_id", BigId, nullable=False),
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
        sa.ForeignKeyConstraint(["answers_id"], ["supplier_mail.id"], name="fk_reply_answers_id"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name="fk_reply_conversation_id"),
        sa.ForeignKeyConstraint(["mail_id"], ["outbox.id"], name="fk_reply_mail_id"),
        sa.ForeignKeyConstraint(["post_id"], ["outbox.id"], name="fk_reply_post_id"),
        sa.PrimaryKeyConstraint("id", name="pk_reply"),
        sa.UniqueConstraint("message_id", name="uq_reply_message_id"),
    )
    op.create_index("ix_reply_conversation_id", "reply", ["conversation_id"], unique=False)
