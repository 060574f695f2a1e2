"""Hires, their tasks and objectives, questions to the guide, and what the shop added to plans."""

import sqlalchemy as sa
from alembic import op

from bot.storage.database import BigId, CleanText, UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "hire",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("person_id", CleanText(), nullable=False),
        sa.Column("active_id", CleanText(), nullable=True),
        sa.Column("plan", CleanText(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("manager_id", CleanText(), nullable=False),
        sa.Column("buddy_id", CleanText(), nullable=True),
        sa.Column("state", CleanText(), nullable=False),
        sa.Column("quiet_since", UtcDateTime(), nullable=True),
        sa.Column("started_by", CleanText(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("over_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_hire"),
        sa.UniqueConstraint("active_id", name="uq_hire_active_id"),
    )
    op.create_index("ix_hire_person_id", "hire", ["person_id"], unique=False)
    op.create_index("ix_hire_manager_id", "hire", ["manager_id"], unique=False)
    op.create_index("ix_hire_buddy_id", "hire", ["buddy_id"], unique=False)
    op.create_table(
        "hire_task",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("hire_id", BigId, nullable=False),
        sa.Column("title", CleanText(), nullable=False),
        sa.Column("about", CleanText(), nullable=False),
        sa.Column("by", CleanText(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("chapter", CleanText(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("done_by", CleanText(), nullable=True),
        sa.ForeignKeyConstraint(["hire_id"], ["hire.id"], name="fk_hire_task_hire_id"),
        sa.PrimaryKeyConstraint("id", name="pk_hire_task"),
    )
    op.create_index("ix_hire_task_hire_id", "hire_task", ["hire_id"], unique=False)
    op.create_table(
        "hire_objective",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("hire_id", BigId, nullable=False),
        sa.Column("what", CleanText(), nullable=False),
        sa.Column("unit", CleanText(), nullable=False),
        sa.Column("aim", CleanText(), nullable=False),
        sa.Column("baseline", sa.Float(), nullable=True),
        sa.Column("target", sa.Float(), nullable=True),
        sa.Column("baseline_blank", CleanText(), nullable=False),
        sa.Column("target_blank", CleanText(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("asks", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["hire_id"], ["hire.id"], name="fk_hire_objective_hire_id"),
        sa.PrimaryKeyConstraint("id", name="pk_hire_objective"),
    )
    op.create_index("ix_hire_objective_hire_id", "hire_objective", ["hire_id"], unique=False)
    op.create_table(
        "check_in",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("objective_id", BigId, nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("note", CleanText(), nullable=False),
        sa.Column("said_by", CleanText(), nullable=False),
        sa.Column("said_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["objective_id"], ["hire_objective.id"], name="fk_check_in_objective_id"),
        sa.PrimaryKeyConstraint("id", name="pk_check_in"),
        sa.UniqueConstraint("objective_id", "day", name="uq_check_in_objective_id_day"),
    )
    op.create_table(
        "guide_question",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("asker_id", CleanText(), nullable=False),
        sa.Column("helper_id", CleanText(), nullable=False),
        sa.Column("text", CleanText(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("answer", CleanText(), nullable=True),
        sa.Column("answered_by", CleanText(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_guide_question"),
    )
    op.create_index("ix_guide_question_helper_id", "guide_question", ["helper_id"], unique=False)
    op.create_table(
        "guide_chapter",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("title", CleanText(), nullable=False),
        sa.Column("text", CleanText(), nullable=False),
        sa.Column("also", CleanText(), nullable=False),
        sa.Column("kept_by", CleanText(), nullable=False),
        sa.Column("kept_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_guide_chapter"),
    )
    op.create_table(
        "plan_blank",
        sa.Column("blank", CleanText(), nullable=False),
        sa.Column("value", CleanText(), nullable=False),
        sa.Column("filled_by", CleanText(), nullable=False),
        sa.Column("filled_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("blank", name="pk_plan_blank"),
    )
