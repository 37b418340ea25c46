"""What the outbox still has of what was published: a stream that was lost is published again from here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from mweek_outbox.outgoing import OutgoingMessage
from mweek_outbox.rows import OutboxRow


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message that was published, and its place in the order."""

    place: int
    message_id: str


def read_sent(session: Session, *, stream: str, since: datetime | None = None) -> list[SentMessage]:
    """Return what was published to a stream, in order; only what was since an instant, where one is given."""
    statement = (
        select(col(OutboxRow.id), col(OutboxRow.message_id))
        .where(col(OutboxRow.stream) == stream, col(OutboxRow.sent_at).is_not(None))
        .order_by(col(OutboxRow.id))
    )
    if since is not None:
        statement = statement.where(col(OutboxRow.sent_at) >= since)
    return [SentMessage(place or 0, message_id) for place, message_id in session.execute(statement)]


def read_messages(session: Session, places: Sequence[int]) -> dict[int, OutgoingMessage]:
    """Return the messages at some places (a few hundred at most), whole."""
    rows = session.execute(select(OutboxRow).where(col(OutboxRow.id).in_(places))).scalars()
    return {
        row.id or 0: OutgoingMessage(row.message_id, row.stream, row.subject, row.headers, row.body) for row in rows
    }


def is_recorded(session: Session, message_id: str) -> bool:
    """Return whether a message of that id waits to be published, or was and is still kept."""
    return session.execute(select(col(OutboxRow.id)).where(col(OutboxRow.message_id) == message_id)).first() is not None
