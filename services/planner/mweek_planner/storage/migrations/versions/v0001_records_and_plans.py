"""Records of machines and customers, plans with their windows, commands that were seen; outbox and inbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from mweek_outbox import UtcDateTime
from mweek_outbox.schema import create_v1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_LOCATION = 63
_WEEK = 8
_MACHINE = 63


def upgrade() -> None:
    """Create all tables."""
    create_v1(op)  # type: ignore[arg-type]  # the module stands for the Operations at work
    _create_records()
    _create_plans()
    _create_windows()
    _create_commands()


def downgrade() -> None:
    """Refuse: a plan that was told cannot be forgotten."""
    raise NotImplementedError("there is nothing before the first schema; restore a backup instead")


def _create_records() -> None:
    op.create_table(
        "machine",
        sa.Column("location", sa.String(_LOCATION), primary_key=True),
        sa.Column("name", sa.String(_MACHINE), primary_key=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(16)),
        sa.Column("role", sa.String(63)),
        sa.Column("environment", sa.String(16)),
        sa.Column("customer", sa.String(63)),
        sa.Column("host", sa.String(_MACHINE)),
        sa.Column("redundancy_group", sa.String(63)),
        sa.Column("profile", sa.String(500)),
        sa.Column("os_release", sa.String(500)),
        sa.Column("hardware_model", sa.String(500)),
        sa.Column("bios_version", sa.String(500)),
        sa.Column("downtime_minutes", sa.Integer()),
        sa.Column("in_service", sa.Boolean()),
        sa.Column("labels", sa.Text()),
        sa.CheckConstraint(
            "removed OR (kind IS NOT NULL AND role IS NOT NULL AND environment IS NOT NULL"
            " AND downtime_minutes IS NOT NULL AND in_service IS NOT NULL AND labels IS NOT NULL)",
            name="machine_is_whole",
        ),
    )
    op.create_table(
        "customer",
        sa.Column("customer", sa.String(63), primary_key=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("timezone", sa.String(64)),
        sa.Column("acceptable_windows", sa.JSON()),
        sa.Column("blackouts", sa.JSON()),
        sa.Column("notice_hours", sa.Integer()),
        sa.CheckConstraint(
            "removed OR (acceptable_windows IS NOT NULL AND blackouts IS NOT NULL AND notice_hours IS NOT NULL)",
            name="customer_is_whole",
        ),
    )


def _create_plans() -> None:
    op.create_table(
        "plan",
        sa.Column("location", sa.String(_LOCATION), primary_key=True),
        sa.Column("week", sa.String(_WEEK), primary_key=True),
        sa.Column("revision", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("parent_revision", sa.Integer()),
        sa.Column("cause", sa.String(128), nullable=False),
        sa.Column("pattern", sa.Text(), nullable=False),
        sa.Column("phases", sa.JSON(), nullable=False),
        sa.Column("compromises", sa.JSON(), nullable=False),
        sa.Column("overrides", sa.JSON(), nullable=False),
        sa.Column("windows", sa.Integer(), nullable=False),
        sa.Column("unplaced", sa.Integer(), nullable=False),
        sa.Column("outside_acceptable", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("records_created_at", UtcDateTime(), nullable=False),
        sa.Column("records_sequence", sa.BigInteger(), nullable=False),
        sa.Column("scheduled_at", UtcDateTime(), nullable=False),
        sa.Column("cancelled_because", sa.String(500)),
        sa.Column("repair_key", sa.String(64)),
        # The revisions of a week are a line without forks: the highest one is the current one, and there is one.
        sa.CheckConstraint(
            "(revision = 1 AND parent_revision IS NULL) OR (revision > 1 AND parent_revision = revision - 1)",
            name="plan_follows_its_parent",
        ),
        sa.ForeignKeyConstraint(
            ["location", "week", "parent_revision"], ["plan.location", "plan.week", "plan.revision"], name="plan_parent"
        ),
    )


def _create_windows() -> None:
    op.create_table(
        "assigned_window",
        sa.Column("location", sa.String(_LOCATION), primary_key=True),
        sa.Column("week", sa.String(_WEEK), primary_key=True),
        sa.Column("machine", sa.String(_MACHINE), primary_key=True),
        sa.Column("since_revision", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("until_revision", sa.Integer()),
        sa.Column("phase", sa.String(63), nullable=False),
        sa.Column("opens_at", UtcDateTime(), nullable=False),
        sa.Column("closes_at", UtcDateTime(), nullable=False),
        sa.Column("customer", sa.String(63)),
        sa.Column("affects", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("early", sa.Boolean(), nullable=False),
        sa.CheckConstraint("until_revision > since_revision", name="window_ends_after_it_begins"),
        sa.CheckConstraint("closes_at > opens_at", name="window_has_length"),
        _of_plan("since_revision", name="window_plan"),
    )
    still = sa.text("until_revision IS NULL")
    op.create_index(
        "one_window_at_a_time",
        "assigned_window",
        ["location", "week", "machine"],
        unique=True,
        sqlite_where=still,
        postgresql_where=still,
    )
    early = sa.text("early AND until_revision IS NULL")
    op.create_index(
        "early_windows",
        "assigned_window",
        ["location", "week", "machine"],
        sqlite_where=early,
        postgresql_where=early,
    )
    op.create_table(
        "unplaced",
        sa.Column("location", sa.String(_LOCATION), primary_key=True),
        sa.Column("week", sa.String(_WEEK), primary_key=True),
        sa.Column("revision", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("machine", sa.String(_MACHINE), primary_key=True),
        sa.Column("customer", sa.String(63)),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        _of_plan("revision", name="unplaced_plan"),
    )


def _create_commands() -> None:
    op.create_table(
        "command",
        sa.Column("command_id", sa.String(128), primary_key=True),
        sa.Column("content_digest", sa.String(64), nullable=False),
        sa.Column("location", sa.String(_LOCATION), nullable=False),
        sa.Column("week", sa.String(_WEEK), nullable=False),
        sa.Column("outcome", sa.String(64), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
    )


def _of_plan(revision_column: str, *, name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["location", "week", revision_column], ["plan.location", "plan.week", "plan.revision"], name=name
    )
