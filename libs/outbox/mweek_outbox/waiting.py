"""The relay's side of the outbox: what waits to be published, what was, and how long that is kept.

Sent rows stay for a while: a stream that was lost can be published again from them. They go when the stream itself
would have dropped them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlmodel import Session, col

from mweek_outbox.outgoing import OutgoingMessage
from mweek_outbox.rows import OutboxRow

COUNTED_AT_MOST: Final = 10_000
"""Counting a million rows before each batch would cost more than publishing them."""


@dataclass(frozen=True, slots=True)
class WaitingMessage:
    """A recorded message and its place in the order."""

    place: int
    message: OutgoingMessage


def read_waiting(session: Session, limit: int) -> list[WaitingMessage]:
    """Return the first messages that were not published yet, in order."""
    statement = select(OutboxRow).where(col(OutboxRow.sent_at).is_(None)).order_by(col(OutboxRow.id)).limit(limit)
    return [
        WaitingMessage(row.id or 0, OutgoingMessage(row.message_id, row.stream, row.subject, row.headers, row.body))
        for row in session.execute(statement).scalars()
    ]


def count_waiting(session: Session) -> int:
    """Return how many messages were not published yet; 10,000 means that many or more."""
    waiting = select(col(OutboxRow.id)).where(col(OutboxRow.sent_at).is_(None)).limit(COUNTED_AT_MOST)
    count: int = session.execute(select(func.count()).select_from(waiting.subquery())).scalar_one()
    return count


def mark_sent(session: Session, messages: Sequence[WaitingMessage], sent_at: datetime) -> None:
    """Remember that the streams have these messages; only an acknowledgement justifies it."""
    places = [waiting.place for waiting in messages]
    session.connection().execute(update(OutboxRow).where(col(OutboxRow.id).in_(places)).values(sent_at=sent_at))


def forget_sent(session: Session, *, stream: str, before: datetime) -> int:
    """Remove what was published to a stream before an instant; returns how many rows."""
    old = delete(OutboxRow).where(col(OutboxRow.stream) == stream, col(OutboxRow.sent_at) < before)
    return session.connection().execute(old).rowcount
