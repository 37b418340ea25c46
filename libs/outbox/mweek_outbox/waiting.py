"""The relay's side of the outbox: what waits to be published, what was, and how long that is kept.

Sent rows stay for a while: a stream that was lost can be published again from them. They go when the stream itself
would have dropped them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, func, select, update
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
    rows = session.connection().execute(_WAITING, {"most": limit})
    return [
        WaitingMessage(place or 0, OutgoingMessage(message_id, stream, subject, headers, body))
        for place, message_id, stream, subject, headers, body in rows
    ]


def count_waiting(session: Session) -> int:
    """Return how many messages were not published yet; 10,000 means that many or more."""
    count: int = session.connection().execute(_COUNT).scalar_one()
    return count


def mark_sent(session: Session, messages: Sequence[WaitingMessage], sent_at: datetime) -> None:
    """Remember that the streams have these messages; only an acknowledgement justifies it."""
    places = [waiting.place for waiting in messages]
    these = col(OutboxRow.id).in_(places)
    if len(places) == places[-1] - places[0] + 1:  # none lies between them: far cheaper than a list of all
        these = col(OutboxRow.id).between(places[0], places[-1])
    session.connection().execute(update(OutboxRow).where(these).values(sent_at=sent_at))


def forget_sent(session: Session, *, stream: str, before: datetime) -> int:
    """Remove what was published to a stream before an instant; returns how many rows."""
    old = delete(OutboxRow).where(col(OutboxRow.stream) == stream, col(OutboxRow.sent_at) < before)
    return session.connection().execute(old).rowcount


# Columns and not rows of the class, which would take four times as long.
_WAITING: Final = (
    select(
        col(OutboxRow.id),
        col(OutboxRow.message_id),
        col(OutboxRow.stream),
        col(OutboxRow.subject),
        col(OutboxRow.headers),
        col(OutboxRow.body),
    )
    .where(col(OutboxRow.sent_at).is_(None))
    .order_by(col(OutboxRow.id))
    .limit(bindparam("most"))
)
_COUNT: Final = select(func.count()).select_from(
    select(col(OutboxRow.id)).where(col(OutboxRow.sent_at).is_(None)).limit(COUNTED_AT_MOST).subquery()
)
