"""First schema: records with their versions, plans with their windows, notices, and the verdicts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from mweek_outbox import UtcDateTime
from mweek_outbox.schema import create_v1

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create all tables."""
    create_v1(op)  # type: ignore[arg-type]  # the module `op` is a proxy of Operations
    _create_records()
    _create_plans()
    _create_notices()
    _create_reports()


def _record_columns() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("kind", sa.String(8), primary_key=True),
        sa.Column("location", sa.String(63), primary_key=True),
        sa.Column("name", sa.String(63), primary_key=True),
        sa.Column("document", sa.JSON(), nullable=True),
        sa.Column("stream_created_at", UtcDateTime(), nullable=False),
        sa.Column("after_sequence", sa.BigInteger(), nullable=False),
        sa.Column("upto_sequence", sa.BigInteger(), nullable=False),
    )


def _create_records() -> None:
    op.create_table("record", *_record_columns(), sa.Column("revision", sa.Integer(), nullable=False))
    op.create_table(
        "record_version",
        *_record_columns(),
        sa.Column("revision", sa.Integer(), primary_key=True),
        sa.Column("superseded_at", UtcDateTime(), nullable=False),
    )
    op.create_index("record_version_age", "record_version", ["superseded_at"])


def _create_plans() -> None:
    op.create_table(
        "plan_part",
        sa.Column("plan_id", sa.String(128), primary_key=True),
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("part", sa.Integer(), primary_key=True),
        sa.Column("location", sa.String(63), nullable=False),
        sa.Column("week", sa.String(8), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
    )
    op.create_table(
        "plan",
        sa.Column("location", sa.String(63), primary_key=True),
        sa.Column("week", sa.String(8), primary_key=True),
        sa.Column("plan_id", sa.String(128), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("closing", sa.Text(), nullable=False),
        sa.Column("parent_phases", sa.JSON(), nullable=True),
        sa.Column("heard_at", UtcDateTime(), nullable=False),
        sa.Column("notices_due_at", UtcDateTime(), nullable=True),
        sa.Column("inventory_due_at", UtcDateTime(), nullable=True),
        sa.Column("next_look_at", UtcDateTime(), nullable=True),
    )
    op.create_table(
        "plan_window",
        sa.Column("location", sa.String(63), primary_key=True),
        sa.Column("week", sa.String(8), primary_key=True),
        sa.Column("parent", sa.Boolean(), primary_key=True),
        sa.Column("machine", sa.String(63), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("phase", sa.String(63), nullable=False),
        sa.Column("opens_at", UtcDateTime(), nullable=False),
        sa.Column("closes_at", UtcDateTime(), nullable=False),
    )


def _create_notices() -> None:
    op.create_table(
        "awaited",
        sa.Column("location", sa.String(63), primary_key=True),
        sa.Column("week", sa.String(8), primary_key=True),
        sa.Column("customer", sa.String(63), primary_key=True),
        sa.Column("address", sa.String(254), primary_key=True),
        sa.Column("contact", sa.String(254), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("latest_at", UtcDateTime(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
    )
    op.create_index("awaited_open", "awaited", ["location", "week", "answered"])
    op.create_table(
        "notice",
        sa.Column("notice_id", sa.String(128), primary_key=True),
        sa.Column("state", sa.String(8), primary_key=True),
        sa.Column("location", sa.String(63), nullable=False),
        sa.Column("week", sa.String(8), nullable=False),
        sa.Column("customer", sa.String(63), nullable=False),
        sa.Column("contact", sa.String(254), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
    )
    op.create_index("notice_week", "notice", ["location", "week"])


def _create_reports() -> None:
    op.create_table(
        "report",
        sa.Column("audit_id", sa.String(128), primary_key=True),
        sa.Column("location", sa.String(63), nullable=False),
        sa.Column("week", sa.String(8), nullable=False),
        sa.Column("plan_id", sa.String(128), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("preview", sa.Boolean(), nullable=False),
        sa.Column("occasion", sa.String(32), nullable=False),
        sa.Column("audited_at", UtcDateTime(), nullable=False),
        sa.Column("machines", sa.Integer(), nullable=False),
        sa.Column("windows", sa.Integer(), nullable=False),
        sa.Column("phases", sa.Integer(), nullable=False),
        sa.Column("unplaced", sa.Integer(), nullable=False),
        sa.Column("customers_told", sa.Integer(), nullable=False),
        sa.Column("findings_total", sa.Integer(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
    )
    op.create_index("report_week", "report", ["location", "week", "audited_at"])
