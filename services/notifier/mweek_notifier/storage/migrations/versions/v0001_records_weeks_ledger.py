"""First schema: records, weeks, calendar events and the ledger of notices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from mweek_outbox import UtcDateTime
from mweek_outbox.schema import create_v1

revision = "0001"
down_revision = None

_BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create all tables."""
    create_v1(op)  # type: ignore[arg-type]  # the module `op` is a proxy of Operations
    _create_records()
    _create_weeks()
    _create_calendar_events()
    _create_ledger()


def _create_records() -> None:
    op.create_table(
        "machine",
        sa.Column("location", sa.String(63), primary_key=True),
        sa.Column("name", sa.String(63), primary_key=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("customer", sa.String(63), nullable=True),
        sa.Column("downtime_minutes", sa.Integer(), nullable=False),
    )
    op.create_table(
        "customer",
        sa.Column("customer", sa.String(63), primary_key=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=True),
    )


def _create_weeks() -> None:
    op.create_table(
        "staged_part",
        sa.Column("plan_id", sa.String(128), primary_key=True),
        sa.Column("kind", sa.String(8), primary_key=True),
        sa.Column("part", sa.Integer(), primary_key=True),
        sa.Column("windows", sa.JSON(), nullable=False),
    )
    op.create_table(
        "week",
        sa.Column("location", sa.String(63), primary_key=True),
        sa.Column("week", sa.String(8), primary_key=True),
        sa.Column("plan_id", sa.String(128), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "week_window",
        sa.Column("location", sa.String(63), primary_key=True),
        sa.Column("week", sa.String(8), primary_key=True),
        sa.Column("machine", sa.String(63), primary_key=True),
        sa.Column("phase", sa.String(63), nullable=False),
        sa.Column("opens_at", UtcDateTime(), nullable=False),
        sa.Column("closes_at", UtcDateTime(), nullable=False),
        sa.Column("customer", sa.String(63), nullable=True),
        sa.Column("affects", sa.JSON(), nullable=False),
        sa.CheckConstraint("opens_at < closes_at", name="window_has_length"),
    )


def _create_calendar_events() -> None:
    op.create_table(
        "calendar_event",
        sa.Column("location", sa.String(63), primary_key=True),
        sa.Column("week", sa.String(8), primary_key=True),
        sa.Column("customer", sa.String(63), primary_key=True),
        sa.Column("phase", sa.String(63), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("uid", sa.String(320), nullable=False, unique=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("opens_at", UtcDateTime(), nullable=False),
        sa.Column("closes_at", UtcDateTime(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
    )


def _create_ledger() -> None:
    op.create_table(
        "notice",
        sa.Column("id", _BIG, primary_key=True, autoincrement=True),
        sa.Column("notice_id", sa.String(32), nullable=False, unique=True),
        sa.Column("plan_id", sa.String(128), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("location", sa.String(63), nullable=False),
        sa.Column("week", sa.String(8), nullable=False),
        sa.Column("customer", sa.String(63), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("occasion", sa.String(128), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("mail_message_id", sa.String(320), nullable=False),
        sa.Column("causation_id", sa.String(128), nullable=True),
        sa.Column("correlation_id", sa.String(128), nullable=False),
        sa.Column("planned_at", UtcDateTime(), nullable=False),
        sa.Column("stale_at", UtcDateTime(), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("superseded", sa.Boolean(), nullable=False),
        sa.Column("may_have_left", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("losses", sa.Integer(), nullable=False),
        sa.Column("claim_token", sa.String(64), nullable=True),
        sa.Column("lease_until_at", UtcDateTime(), nullable=True),
        sa.Column("dated_at", UtcDateTime(), nullable=True),
        sa.Column("mail", sa.LargeBinary(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.UniqueConstraint("plan_id", "customer", "email", "kind", "occasion", name="one_notice_per_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("notice_due", "notice", ["state", "due_at"])
    op.create_index("notice_thread", "notice", ["location", "week", "customer", "email"])
