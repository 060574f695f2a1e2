"""Inbox, outbox, schedule, leases and blobs."""

import sqlalchemy as sa
from alembic import op

from bot.storage.database import BigId, CleanText, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "blob",
        sa.Column("sha256", CleanText(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("stored_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_blob"),
    )
    op.create_table(
        "inbox",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("source", CleanText(), nullable=False),
        sa.Column("key", CleanText(), nullable=False),
        sa.Column("lane", CleanText(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("state", CleanText(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("retry_at", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", CleanText(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
    )
    op.create_index("ix_inbox_state_lane_id", "inbox", ["state", "lane", "id"], unique=False)
    op.create_index("uq_inbox_source_key", "inbox", ["source", "key"], unique=True)
    op.create_table(
        "lease",
        sa.Column("name", CleanText(), nullable=False),
        sa.Column("holder", CleanText(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("uid", CleanText(), nullable=False),
        sa.Column("key", CleanText(), nullable=False),
        sa.Column("kind", CleanText(), nullable=False),
        sa.Column("lane", CleanText(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("purpose", CleanText(), nullable=True),
        sa.Column("subject_id", BigId, nullable=True),
        sa.Column("after_id", BigId, nullable=True),
        sa.Column("topic", CleanText(), nullable=True),
        sa.Column("not_before", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("state", CleanText(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tried_at", UtcDateTime(), nullable=True),
        sa.Column("retry_at", UtcDateTime(), nullable=True),
        sa.Column("progress", sa.JSON(), nullable=True),
        sa.Column("channel_id", CleanText(), nullable=True),
        sa.Column("ts", CleanText(), nullable=True),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("error", CleanText(), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["after_id"], ["outbox.id"], name="fk_outbox_after_id"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
        sa.UniqueConstraint("uid", name="uq_outbox_uid"),
    )
    op.create_index("ix_outbox_after_id", "outbox", ["after_id"], unique=False)
    op.create_index("ix_outbox_channel_id_ts", "outbox", ["channel_id", "ts"], unique=False)
    op.create_index("ix_outbox_state_lane_id", "outbox", ["state", "lane", "id"], unique=False)
    op.create_index("ix_outbox_topic", "outbox", ["topic"], unique=False)
    op.create_table(
        "schedule",
        sa.Column("key", CleanText(), nullable=False),
        sa.Column("kind", CleanText(), nullable=False),
        sa.Column("due", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_schedule"),
    )
