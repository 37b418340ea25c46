"""Windows that machines request and enter: policies, limits of customers, windows, leases, answered requests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from mweek_outbox import UtcDateTime
from mweek_outbox.schema import create_answered_requests_v1

revision = "0003"
down_revision = "0002"

_TOKEN = 63
_WEEK = 8
_IDENTIFIER = 128


def upgrade() -> None:
    """Create the tables; what RECORDS said of policies and limits before has to be sent again: docs/operations.md."""
    create_answered_requests_v1(op)  # type: ignore[arg-type]  # the module stands for the Operations at work
    _create_records()
    _create_windows()
    _create_leases()


def _create_records() -> None:
    op.create_table(
        "customer_limit",
        sa.Column("customer", sa.String(_TOKEN), primary_key=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("max_parallel", sa.Integer()),
    )
    op.create_table(
        "record_change",
        sa.Column("of", sa.String(16), primary_key=True),
        sa.Column("changes", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "location_policy",
        sa.Column("location", sa.String(_TOKEN), primary_key=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("capacity", sa.Integer()),
        sa.Column("padding_percent", sa.Integer()),
        sa.Column("shortest_window_minutes", sa.Integer()),
        sa.Column("preparation_minutes", sa.Integer()),
        sa.Column("lease_minutes", sa.Integer()),
        sa.Column("requests_per_minute", sa.Integer()),
        sa.CheckConstraint(
            "removed OR (padding_percent IS NOT NULL AND shortest_window_minutes IS NOT NULL"
            " AND preparation_minutes IS NOT NULL AND lease_minutes IS NOT NULL AND requests_per_minute IS NOT NULL)",
            name="policy_is_whole",
        ),
    )


def _create_windows() -> None:
    op.create_table(
        "location_calendar",
        sa.Column("location", sa.String(_TOKEN), primary_key=True),
        sa.Column("changes", sa.BigInteger(), nullable=False),
        sa.Column("plan_changes", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "requested_window",
        sa.Column("location", sa.String(_TOKEN), primary_key=True),
        sa.Column("window_id", sa.String(_IDENTIFIER), primary_key=True),
        sa.Column("machine", sa.String(_TOKEN), nullable=False),
        sa.Column("week", sa.String(_WEEK)),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("opens_at", UtcDateTime(), nullable=False),
        sa.Column("not_after", UtcDateTime(), nullable=False),
        sa.Column("closes_at", UtcDateTime(), nullable=False),
        sa.Column("customer", sa.String(_TOKEN)),
        sa.Column("redundancy_group", sa.String(_TOKEN)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("works", sa.JSON(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "opens_at <= not_after AND not_after < closes_at", name="requested_window_times_are_in_order"
        ),
        sa.CheckConstraint("state IN ('open', 'entered', 'done', 'withdrawn', 'freed')", name="requested_window_state"),
    )
    op.create_index("requested_windows_changed", "requested_window", ["location", "changed"])
    op.create_index("requested_windows_by_end", "requested_window", ["location", "closes_at"])
    standing = sa.text("state IN ('open', 'entered')")
    op.create_index(
        "requested_windows_standing",
        "requested_window",
        ["closes_at"],
        sqlite_where=standing,
        postgresql_where=standing,
    )
    still_open = sa.text("state = 'open'")
    op.create_index(
        "requested_windows_to_enter",
        "requested_window",
        ["not_after"],
        sqlite_where=still_open,
        postgresql_where=still_open,
    )


def _create_leases() -> None:
    op.create_table(
        "lease",
        sa.Column("lease_id", sa.String(_IDENTIFIER), primary_key=True),
        sa.Column("location", sa.String(_TOKEN), nullable=False),
        sa.Column("window_id", sa.String(_IDENTIFIER), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("week", sa.String(_WEEK)),
        sa.Column("machine", sa.String(_TOKEN), nullable=False),
        sa.Column("customer", sa.String(_TOKEN)),
        sa.Column("redundancy_group", sa.String(_TOKEN)),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("must_end_by", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("left_at", UtcDateTime()),
        sa.Column("result", sa.String(16)),
        sa.Column("downtime_minutes", sa.Integer()),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('held', 'left', 'overdue', 'left_overdue')", name="lease_state"),
    )
    op.create_index("leases_changed", "lease", ["location", "changed"])
    down = sa.text("state IN ('held', 'overdue')")
    op.create_index("leases_down", "lease", ["location", "machine"], sqlite_where=down, postgresql_where=down)
    held = sa.text("state = 'held'")
    op.create_index("leases_held", "lease", ["expires_at"], sqlite_where=held, postgresql_where=held)
