"""Requested windows as they were told, entries, what was told to customers of them, and when to look at them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from mweek_outbox import UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the tables; weeks that are known were planned before anything was heard of requested windows: 0."""
    for table in ("plan", "plan_window"):
        op.add_column(table, sa.Column("heard", sa.BigInteger(), nullable=False, server_default="0"))
    _create_windows()
    _create_leases()
    _create_notices()
    _create_watch()


def _create_windows() -> None:
    op.create_table(
        "requested_window",
        sa.Column("location", sa.String(63), primary_key=True),
        sa.Column("window_id", sa.String(128), primary_key=True),
        sa.Column("revision", sa.Integer(), primary_key=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("closes_at", UtcDateTime(), nullable=False),
        sa.Column("heard", sa.BigInteger(), nullable=False),
        sa.Column("heard_at", UtcDateTime(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
    )
    op.create_index("requested_window_end", "requested_window", ["location", "closes_at"])


def _create_leases() -> None:
    op.create_table(
        "window_lease",
        sa.Column("location", sa.String(63), primary_key=True),
        sa.Column("lease_id", sa.String(128), primary_key=True),
        sa.Column("machine", sa.String(63), nullable=False),
        sa.Column("customer", sa.String(63), nullable=True),
        sa.Column("window_id", sa.String(128), nullable=False),
        sa.Column("week", sa.String(8), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("must_end_by", UtcDateTime(), nullable=False),
        sa.Column("stream_created_at", UtcDateTime(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("heard", sa.BigInteger(), nullable=False),
        sa.Column("left_heard", sa.BigInteger(), nullable=True),
        sa.Column("left_at", UtcDateTime(), nullable=True),
        sa.Column("finished", sa.Boolean(), nullable=False),
        sa.Column("overdue", sa.Boolean(), nullable=False),
    )
    op.create_index("window_lease_end", "window_lease", ["location", "must_end_by"])


def _create_notices() -> None:
    op.create_table(
        "window_notice",
        sa.Column("location", sa.String(63), primary_key=True),
        sa.Column("notice_id", sa.String(128), primary_key=True),
        sa.Column("state", sa.String(8), primary_key=True),
        sa.Column("window_id", sa.String(128), primary_key=True),
        sa.Column("customer", sa.String(63), nullable=False),
        sa.Column("contact", sa.String(254), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("another_follows", sa.Boolean(), nullable=False),
        sa.Column("too_late", sa.Boolean(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
    )
    op.create_index("window_notice_window", "window_notice", ["location", "window_id"])


def _create_watch() -> None:
    op.create_table(
        "window_watch",
        sa.Column("location", sa.String(63), primary_key=True),
        sa.Column("heard", sa.BigInteger(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("inventory_due_at", UtcDateTime(), nullable=True),
        sa.Column("next_look_at", UtcDateTime(), nullable=True),
        sa.Column("unsaid_since", UtcDateTime(), nullable=True),
        sa.Column("said", sa.String(64), nullable=False),
    )
