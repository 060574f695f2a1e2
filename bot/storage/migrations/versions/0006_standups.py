"""Standups, their rounds, and what people shared."""

import sqlalchemy as sa
from alembic import op

from bot.storage.database import BigId, CleanText, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "standup",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("name", CleanText(), nullable=False),
        sa.Column("template", CleanText(), nullable=False),
        sa.Column("rhythm", sa.JSON(), nullable=False),
        sa.Column("hour", CleanText(), nullable=False),
        sa.Column("channel_id", CleanText(), nullable=False),
        sa.Column("owner_id", CleanText(), nullable=False),
        sa.Column("state", CleanText(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_standup"),
    )
    op.create_table(
        "standup_participant",
        sa.Column("standup_id", BigId, nullable=False),
        sa.Column("person_id", CleanText(), nullable=False),
        sa.ForeignKeyConstraint(["standup_id"], ["standup.id"], name="fk_standup_participant_standup_id"),
        sa.PrimaryKeyConstraint("standup_id", "person_id", name="pk_standup_participant"),
    )
    op.create_index("ix_standup_participant_person_id", "standup_participant", ["person_id"], unique=False)
    op.create_table(
        "standup_round",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("standup_id", BigId, nullable=False),
        sa.Column("nominal", sa.Date(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("closes_at", UtcDateTime(), nullable=False),
        sa.Column("state", CleanText(), nullable=False),
        sa.Column("report_id", BigId, nullable=True),
        sa.Column("themes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["outbox.id"], name="fk_standup_round_report_id"),
        sa.ForeignKeyConstraint(["standup_id"], ["standup.id"], name="fk_standup_round_standup_id"),
        sa.PrimaryKeyConstraint("id", name="pk_standup_round"),
        sa.UniqueConstraint("standup_id", "nominal", name="uq_standup_round_standup_id_nominal"),
    )
    op.create_index("ix_standup_round_standup_id", "standup_round", ["standup_id"], unique=False)
    op.create_table(
        "standup_asked",
        sa.Column("round_id", BigId, nullable=False),
        sa.Column("person_id", CleanText(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", CleanText(), nullable=False),
        sa.Column("reminded", sa.Boolean(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["standup_round.id"], name="fk_standup_asked_round_id"),
        sa.PrimaryKeyConstraint("round_id", "person_id", name="pk_standup_asked"),
    )
    op.create_index("ix_standup_asked_person_id_state", "standup_asked", ["person_id", "state"], unique=False)
    op.create_table(
        "standup_change",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("round_id", BigId, nullable=False),
        sa.Column("person_id", CleanText(), nullable=False),
        sa.Column("department", CleanText(), nullable=False),
        sa.Column("what", CleanText(), nullable=False),
        sa.Column("impact", CleanText(), nullable=False),
        sa.Column("action", CleanText(), nullable=False),
        sa.Column("owner_id", CleanText(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("state", CleanText(), nullable=False),
        sa.Column("closed_by", CleanText(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["round_id"], ["standup_round.id"], name="fk_standup_change_round_id"),
        sa.PrimaryKeyConstraint("id", name="pk_standup_change"),
    )
    op.create_index("ix_standup_change_owner_id", "standup_change", ["owner_id"], unique=False)
    op.create_index("ix_standup_change_round_id", "standup_change", ["round_id"], unique=False)
