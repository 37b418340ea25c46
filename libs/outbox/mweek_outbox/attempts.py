"""Counts the attempts at a message across restarts and instances, so that one that kills the process ends somewhere.

A message that is handled at its first delivery leaves no row here. JetStream's own count of deliveries does not do:
it counts those, too, that a handler only postponed.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col

from mweek_outbox.rows import AttemptRow


def begin_again(session: Session, message_id: str) -> int:
    """Count one more attempt at a message that was delivered before, and return which it is (2 or more).

    Commit this before the attempt. An earlier attempt of which nothing was recorded ended with its process.
    """
    row = session.get(AttemptRow, message_id, with_for_update=True) or AttemptRow(message_id=message_id, attempts=1)
    row.attempts += 1
    session.add(row)
    return row.attempts


def note_failure(session: Session, message_id: str, attempts: int) -> None:
    """Remember that so many attempts have failed."""
    row = session.get(AttemptRow, message_id, with_for_update=True) or AttemptRow(message_id=message_id)
    row.attempts = attempts
    session.add(row)


def count_failure(session: Session, message_id: str) -> int:
    """Count one more attempt that has failed, and return how many there were."""
    row = session.get(AttemptRow, message_id, with_for_update=True) or AttemptRow(message_id=message_id)
    row.attempts += 1
    session.add(row)
    return row.attempts


def note_postponed(session: Session, message_id: str, *, attempt: int, now: datetime) -> datetime:
    """Take the attempt back, since the handler only waits; returns since when it has been waiting."""
    row = session.get(AttemptRow, message_id, with_for_update=True) or AttemptRow(message_id=message_id)
    row.attempts = attempt - 1
    row.postponed_since = row.postponed_since or now
    session.add(row)
    return row.postponed_since


def forget_attempts(session: Session, *message_ids: str) -> None:
    """Remove what is remembered of messages that are done with."""
    session.connection().execute(delete(AttemptRow).where(col(AttemptRow.message_id).in_(message_ids)))
