"""Machines and customers, imports that are coming in, commands that were seen; outbox and inbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from mweek_outbox import UtcDateTime
from mweek_outbox.schema import create_v1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TOKEN = 63
_ID = 128
_DIGEST = 64


def upgrade() -> None:
    """Create all tables."""
    create_v1(op)  # type: ignore[arg-type]  # the module stands for the Operations at work
    _create_fleet()
    _create_imports()


def downgrade() -> None:
    """Refuse: records that were published cannot be forgotten."""
    raise NotImplementedError("there is nothing before the first schema; restore a backup instead")


def _create_fleet() -> None:
    op.create_table(
        "machine",
        sa.Column("location", sa.String(_TOKEN), primary_key=True),
        sa.Column("name", sa.String(_TOKEN), primary_key=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("virtual", sa.Boolean(), nullable=False),
        sa.Column("customer", sa.String(_TOKEN), nullable=True),
        sa.Column("host", sa.String(_TOKEN), nullable=True),
        sa.Column("digest", sa.String(_DIGEST), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
    )
    op.create_index("machine_host", "machine", ["location", "host"])
    op.create_index("machine_customer", "machine", ["customer"])
    op.create_table(
        "customer",
        sa.Column("customer", sa.String(_TOKEN), primary_key=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.String(_DIGEST), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
    )


def _create_imports() -> None:
    op.create_table(
        "fleet_import",
        sa.Column("location", sa.String(_TOKEN), primary_key=True),
        sa.Column("import_id", sa.String(_ID), primary_key=True),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("replaces", sa.Boolean(), nullable=False),
        sa.Column("stage", sa.String(16), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
    )
    op.create_index("fleet_import_stage", "fleet_import", ["stage", "started_at"])
    op.create_table(
        "fleet_import_part",
        sa.Column("location", sa.String(_TOKEN), primary_key=True),
        sa.Column("import_id", sa.String(_ID), primary_key=True),
        sa.Column("part", sa.Integer(), primary_key=True),
        sa.Column("digest", sa.String(_DIGEST), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["location", "import_id"], ["fleet_import.location", "fleet_import.import_id"], ondelete="CASCADE"
        ),
    )
    op.create_table(
        "command",
        sa.Column("command_id", sa.String(_ID), primary_key=True),
        sa.Column("part", sa.Integer(), primary_key=True),
        sa.Column("digest", sa.String(_DIGEST), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False, index=True),
    )
