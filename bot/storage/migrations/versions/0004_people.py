"""Who works where and when, what admins decided, what waits for people, and what was done."""

import sqlalchemy as sa
from alembic import op

from bot.storage.database import BigId, CleanText, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "absence",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("person_id", CleanText(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=True),
        sa.Column("reason", CleanText(), nullable=False),
        sa.Column("source", CleanText(), nullable=False),
        sa.Column("feed_id", CleanText(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_absence"),
    )
    op.create_index("ix_absence_person_id", "absence", ["person_id"], unique=False)
    op.create_table(
        "asking",
        sa.Column("person_id", CleanText(), nullable=False),
        sa.Column("kind", CleanText(), nullable=False),
        sa.Column("unanswered", sa.Integer(), nullable=False),
        sa.Column("stopped_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("person_id", "kind", name="pk_asking"),
    )
    op.create_table(
        "audit",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", CleanText(), nullable=True),
        sa.Column("act", CleanText(), nullable=False),
        sa.Column("subject", CleanText(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_at", "audit", ["at"], unique=False)
    op.create_table(
        "department",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("slug", CleanText(), nullable=False),
        sa.Column("name", CleanText(), nullable=False),
        sa.Column("lead_id", CleanText(), nullable=True),
        sa.Column("channel_id", CleanText(), nullable=True),
        sa.Column("aim", CleanText(), nullable=False),
        sa.Column("zone", CleanText(), nullable=True),
        sa.Column("country", CleanText(), nullable=True),
        sa.Column("subdivision", CleanText(), nullable=True),
        sa.Column("hours", CleanText(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_department"),
        sa.UniqueConstraint("slug", name="uq_department_slug"),
    )
    op.create_table(
        "notice",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("key", CleanText(), nullable=False),
        sa.Column("person_id", CleanText(), nullable=False),
        sa.Column("kind", CleanText(), nullable=False),
        sa.Column("text", CleanText(), nullable=False),
        sa.Column("blocks", sa.JSON(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("state", CleanText(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
        sa.UniqueConstraint("key", name="uq_notice_key"),
    )
    op.create_index("ix_notice_person_id", "notice", ["person_id"], unique=False)
    op.create_index("ix_notice_state_due_at", "notice", ["state", "due_at"], unique=False)
    op.create_table(
        "setting",
        sa.Column("key", CleanText(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_setting"),
    )
    op.create_table(
        "membership",
        sa.Column("department_id", BigId, nullable=False),
        sa.Column("person_id", CleanText(), nullable=False),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name="fk_membership_department_id"),
        sa.PrimaryKeyConstraint("department_id", "person_id", name="pk_membership"),
    )
    op.create_index("ix_membership_person_id", "membership", ["person_id"], unique=False)
    op.create_table(
        "morning",
        sa.Column("person_id", CleanText(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("post_id", BigId, nullable=True),
        sa.ForeignKeyConstraint(["post_id"], ["outbox.id"], name="fk_morning_post_id"),
        sa.PrimaryKeyConstraint("person_id", "day", name="pk_morning"),
    )
    op.create_table(
        "pause",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("department_id", BigId, nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("name", CleanText(), nullable=False),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name="fk_pause_department_id"),
        sa.PrimaryKeyConstraint("id", name="pk_pause"),
    )
    op.execute("ALTER TABLE person RENAME COLUMN zone TO slack_zone")
    op.execute("ALTER TABLE person RENAME COLUMN language TO slack_language")
    for name in (
        "own_zone",
        "own_language",
        "country",
        "subdivision",
        "hours",
        "quiet",
        "morning",
        "manager_id",
        "absence_feed",
    ):
        op.add_column("person", sa.Column(name, CleanText(), nullable=True))
    op.add_column("person", sa.Column("dnd_until", UtcDateTime(), nullable=True))
    op.add_column("person", sa.Column("role", CleanText(), nullable=False, server_default=""))
    op.add_column("person", sa.Column("skills", sa.JSON(), nullable=False, server_default="[]"))
    for name in ("is_admin", "is_welcome"):
        op.add_column("person", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
