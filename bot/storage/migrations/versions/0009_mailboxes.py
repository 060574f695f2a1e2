"""How mailboxes are and how far they were read, their tokens, and mail of the time before us."""

import sqlalchemy as sa
from alembic import op

from bot.storage.database import BigId, CleanText, UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "bookmark",
        sa.Column("mailbox", CleanText(), nullable=False),
        sa.Column("folder", CleanText(), nullable=False),
        sa.Column("text", CleanText(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", "folder", name="pk_bookmark"),
    )
    op.create_table(
        "mailbox_token",
        sa.Column("address", CleanText(), nullable=False),
        sa.Column("text", CleanText(), nullable=False),
        sa.PrimaryKeyConstraint("address", name="pk_mailbox_token"),
    )
    op.create_table(
        "mailbox",
        sa.Column("address", CleanText(), nullable=False),
        sa.Column("is_connected", sa.Boolean(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("problem", CleanText(), nullable=True),
        sa.Column("older", CleanText(), nullable=False),
        sa.Column("older_count", sa.Integer(), nullable=False),
        sa.Column("older_taken", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("address", name="pk_mailbox"),
    )
    op.create_table(
        "old_mail",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("mailbox", CleanText(), nullable=False),
        sa.Column("message_id", CleanText(), nullable=True),
        sa.Column("references", sa.JSON(), nullable=False),
        sa.Column("other_side", CleanText(), nullable=False),
        sa.Column("is_sent", sa.Boolean(), nullable=False),
        sa.Column("sender_name", CleanText(), nullable=False),
        sa.Column("sender_address", CleanText(), nullable=False),
        sa.Column("subject", CleanText(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("language", CleanText(), nullable=True),
        sa.Column("text", CleanText(), nullable=False),
        sa.Column("sha256", CleanText(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_old_mail"),
    )
    op.create_index("ix_old_mail_message_id", "old_mail", ["message_id"], unique=False)
    op.create_index(
        "ix_old_mail_other_side_written_at", "old_mail", ["other_side", "written_at"], unique=False
    )
