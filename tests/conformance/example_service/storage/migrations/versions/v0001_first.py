"""The tables of the outbox library, and one of the service."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from mweek_outbox.schema import create_v1, remember_more_of_streams_v2

revision = "v0001"
down_revision = None


def upgrade() -> None:
    create_v1(op)  # type: ignore[arg-type]
    remember_more_of_streams_v2(op)  # type: ignore[arg-type]
    op.create_table("parent", sa.Column("name", sa.String(), primary_key=True))
    op.create_table(
        "child",
        sa.Column("place", sa.Integer(), primary_key=True),
        sa.Column("parent", sa.String(), sa.ForeignKey("parent.name"), nullable=False),
    )
