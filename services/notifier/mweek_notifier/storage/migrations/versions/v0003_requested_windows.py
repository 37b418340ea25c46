"""Windows that machines requested, what customers have to be told of them, and which notices named them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from mweek_outbox import UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the tables; nothing that there is changes."""
    _create_windows()
    _create_news()
    op.create_table(
        "notice_window",
        sa.Column("notice_id", sa.String(32), primary_key=True),
        sa.Column("window_id", sa.String(128), primary_key=True),
        sa.Column("location", sa.String(63), nullable=False),
        sa.Column("customer", sa.String(63), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("news", sa.String(16), nullable=False),
    )
    op.create_index("notice_window_told", "notice_window", ["location", "window_id", "customer"])


def _create_windows() -> None:
    op.create_table(
        "requested_window",
        sa.Column("location", sa.String(63), primary_key=True),
        sa.Column("window_id", sa.String(128), primary_key=True),
        sa.Column("machine", sa.String(63), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("significant_revision", sa.Integer(), nullable=False),
        sa.Column("opens_at", UtcDateTime(), nullable=False),
        sa.Column("closes_at", UtcDateTime(), nullable=False),
        sa.Column("customer", sa.String(63), nullable=True),
        sa.Column("affects", sa.JSON(), nullable=False),
        sa.Column("downtime_minutes", sa.Integer(), nullable=True),
        sa.Column("reboots", sa.Boolean(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("withdrawn", sa.String(64), nullable=True),
        sa.CheckConstraint("opens_at < closes_at", name="requested_window_has_length"),
    )


def _create_news() -> None:
    op.create_table(
        "window_news",
        sa.Column("location", sa.String(63), primary_key=True),
        sa.Column("customer", sa.String(63), primary_key=True),
        sa.Column("window_id", sa.String(128), primary_key=True),
        sa.Column("heard_at", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "gathering",
        sa.Column("location", sa.String(63), primary_key=True),
        sa.Column("customer", sa.String(63), primary_key=True),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("opens_at", UtcDateTime(), nullable=True),
        sa.Column("causation_id", sa.String(128), nullable=False),
        sa.Column("correlation_id", sa.String(128), nullable=False),
    )
    op.create_index("gathering_due", "gathering", ["due_at"])
