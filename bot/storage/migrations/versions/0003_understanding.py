"""What is kept of the model's work: answers, calls, and what a day has used."""

import sqlalchemy as sa
from alembic import op

from bot.storage.database import BigId, CleanText, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "model_answer",
        sa.Column("key", CleanText(), nullable=False),
        sa.Column("kind", CleanText(), nullable=False),
        sa.Column("model", CleanText(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("tokens_in", sa.Integer(), nullable=False),
        sa.Column("tokens_out", sa.Integer(), nullable=False),
        sa.Column("micros", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_model_answer"),
    )
    op.create_index("ix_model_answer_answered_at", "model_answer", ["answered_at"], unique=False)
    op.create_table(
        "model_call",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("day", CleanText(), nullable=False),
        sa.Column("called_at", UtcDateTime(), nullable=False),
        sa.Column("kind", CleanText(), nullable=False),
        sa.Column("model", CleanText(), nullable=False),
        sa.Column("tokens_in", sa.Integer(), nullable=False),
        sa.Column("tokens_out", sa.Integer(), nullable=False),
        sa.Column("micros", sa.BigInteger(), nullable=False),
        sa.Column("outcome", CleanText(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_model_call"),
    )
    op.create_index("ix_model_call_day_kind", "model_call", ["day", "kind"], unique=False)
    op.create_table(
        "model_day",
        sa.Column("day", CleanText(), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.Column("micros", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_model_day"),
    )
