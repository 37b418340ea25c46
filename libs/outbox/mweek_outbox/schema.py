"""Creates and changes the tables of this library, for each service's migrations. A released version never changes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

from mweek_outbox.columns import UtcDateTime

_BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def create_v1(op: Operations) -> None:
    """Create outbox, inbox, attempt, stream_seen and stream_position.

    Args:
        op: `alembic.op` inside of a migration.
    """
    _create_outbox(op)
    _create_inbox(op)
    _create_streams(op)


def remember_more_of_streams_v2(op: Operations) -> None:
    """Widen stream_seen: what tells that a stream was cut or replaced although it ends where it did.

    What was seen before stays; the new columns fill at the next look.
    """
    for column in (
        sa.Column("last_subject", sa.String(), nullable=True),
        sa.Column("last_stored_at", UtcDateTime(), nullable=True),
        sa.Column("first_sequence", sa.BigInteger(), nullable=True),
        sa.Column("first_stored_at", UtcDateTime(), nullable=True),
        sa.Column("messages", sa.BigInteger(), nullable=True),
        sa.Column("holes", sa.BigInteger(), nullable=True),
        sa.Column("acceptances", sa.Integer(), nullable=False, server_default="0"),
    ):
        op.add_column("stream_seen", column)


def create_answered_requests_v1(op: Operations) -> None:
    """Create answered_request, which a service needs that answers requests."""
    op.create_table(
        "answered_request",
        sa.Column("request_key", sa.String(), primary_key=True),
        sa.Column("request", sa.String(), nullable=False),
        sa.Column("content_digest", sa.String(64), nullable=False),
        sa.Column("reply", sa.LargeBinary(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=False, index=True),
    )


def _create_outbox(op: Operations) -> None:
    op.create_table(
        "outbox",
        sa.Column("id", _BIG, primary_key=True, autoincrement=True),
        sa.Column("message_id", sa.String(), nullable=False, unique=True),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        # An id that was given and removed must not be given again: the order would be a lie.
        sqlite_autoincrement=True,
    )
    unsent = sa.text("sent_at IS NULL")
    op.create_index("outbox_waiting", "outbox", ["id"], sqlite_where=unsent, postgresql_where=unsent)
    op.create_index("outbox_sent", "outbox", ["stream", "sent_at"])


def _create_inbox(op: Operations) -> None:
    op.create_table(
        "inbox",
        sa.Column("message_id", sa.String(), primary_key=True),
        sa.Column("body_digest", sa.String(64), nullable=False),
        sa.Column("processed_at", UtcDateTime(), nullable=False, index=True),
    )
    op.create_table(
        "attempt",
        sa.Column("message_id", sa.String(), primary_key=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("postponed_since", UtcDateTime(), nullable=True),
    )


def _create_streams(op: Operations) -> None:
    op.create_table(
        "stream_seen",
        sa.Column("stream", sa.String(), primary_key=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_sequence", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "stream_position",
        sa.Column("stream", sa.String(), primary_key=True),
        sa.Column("stream_created_at", UtcDateTime(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
    )
