"""Creates a table and then fails."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v0001"
down_revision = None


def upgrade() -> None:
    op.create_table("half", sa.Column("name", sa.String(), primary_key=True))
    raise ValueError("the second half of this migration cannot be done")
