"""A column more, as a later version adds one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v0002"
down_revision = "v0001"


def upgrade() -> None:
    with op.batch_alter_table("child") as table:
        table.add_column(sa.Column("note", sa.String(), nullable=False, server_default=""))
