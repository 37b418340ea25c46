"""What is remembered of streams tells more kinds of loss."""

from __future__ import annotations

from alembic import op
from mweek_outbox.schema import remember_more_of_streams_v2

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Widen stream_seen."""
    remember_more_of_streams_v2(op)  # type: ignore[arg-type]  # the module `op` is a proxy of Operations
