"""Which files came with a letter: their names and sizes; and which errand failed, and when it is tried again."""

import sqlalchemy as sa
from alembic import op

from bot.storage.database import CleanText, UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Note none for what is here."""
    for table in ("supplier_mail", "ticket_mail", "stray"):
        op.add_column(table, sa.Column("files", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("schedule", sa.Column("error", CleanText(), nullable=True))
    op.add_column("schedule", sa.Column("retry_at", UtcDateTime(), nullable=True))
