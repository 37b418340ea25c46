"""What this service knows of streams: how far it has applied one, and what one was when it last looked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from mweek_outbox.rows import StreamPositionRow, StreamSeenRow


@dataclass(frozen=True, slots=True)
class StreamPosition:
    """A place in a stream; sequences of streams created at different times do not compare."""

    created_at: datetime
    sequence: int


def read_position(session: Session, stream: str) -> StreamPosition | None:
    """Return how far the stream was applied; None when nothing of it ever was."""
    row = session.get(StreamPositionRow, stream)
    return None if row is None else StreamPosition(row.stream_created_at, row.sequence)


def advance_position(session: Session, stream: str, position: StreamPosition) -> StreamPosition:
    """Store a position unless a later one of the same stream is stored; returns what stands."""
    row = session.get(StreamPositionRow, stream, with_for_update=True)
    if row is None:
        row = StreamPositionRow(stream=stream, stream_created_at=position.created_at, sequence=position.sequence)
    elif row.stream_created_at == position.created_at:
        row.sequence = max(row.sequence, position.sequence)
    else:
        row.stream_created_at, row.sequence = position.created_at, position.sequence
    session.add(row)
    session.flush()
    return StreamPosition(row.stream_created_at, row.sequence)


def read_seen(session: Session, stream: str) -> StreamPosition | None:
    """Return what the stream was when this service last looked; None before the first look."""
    row = session.get(StreamSeenRow, stream)
    return None if row is None else StreamPosition(row.created_at, row.last_sequence)


def remember_seen(session: Session, stream: str, seen: StreamPosition) -> None:
    """Store what the stream is now."""
    session.merge(StreamSeenRow(stream=stream, created_at=seen.created_at, last_sequence=seen.sequence))


def forget_stream(session: Session, stream: str) -> None:
    """Forget what a stream was and how far it was applied: an operator accepts that it was made anew."""
    for row_class in (StreamSeenRow, StreamPositionRow):
        row = session.get(row_class, stream)
        if row is not None:
            session.delete(row)
