"""What people hold back of what would leave."""

import sqlalchemy as sa
from alembic import op

from bot.storage.database import CleanText, UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "outbox_hold",
        sa.Column("name", CleanText(), nullable=False),
        sa.Column("by", CleanText(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_outbox_hold"),
    )
