"""What this service knows of streams: how far it has applied one, and what one was when it last looked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from mweek_outbox.rows import STREAM_POSITION, STREAM_SEEN, StreamPositionRow, StreamSeenRow
from mweek_outbox.upsert import insert_absent


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
    first = {"stream": stream, "stream_created_at": position.created_at, "sequence": position.sequence}
    if insert_absent(session, STREAM_POSITION, first):
        return position
    row = session.get_one(StreamPositionRow, stream, with_for_update=True)
    if row.stream_created_at == position.created_at:
        row.sequence = max(row.sequence, position.sequence)
    else:
        row.stream_created_at, row.sequence = position.created_at, position.sequence
    session.add(row)
    session.flush()
    return StreamPosition(row.stream_created_at, row.sequence)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMessage:
    """Which message lies at a sequence: its subject, and when the server stored it."""

    subject: str
    stored_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamSeen:
    """What a stream was when this service last looked. None: not known, such as before an upgrade."""

    created_at: datetime
    last_sequence: int
    last_message: StoredMessage | None = None
    """The message at `last_sequence`, where it could be read."""
    first_sequence: int | None = None
    first_stored_at: datetime | None = None
    messages: int | None = None
    holes: int | None = None
    """How many messages are missing between the first and the last."""
    acceptances: int = 0
    """How often an operator has accepted the stream as it was then; a service that sees this rise begins anew."""


def read_seen(session: Session, stream: str) -> StreamSeen | None:
    """Return what the stream was when this service last looked; None before the first look."""
    row = session.get(StreamSeenRow, stream)
    if row is None:
        return None
    last = None
    if row.last_subject is not None and row.last_stored_at is not None:
        last = StoredMessage(subject=row.last_subject, stored_at=row.last_stored_at)
    return StreamSeen(
        created_at=row.created_at,
        last_sequence=row.last_sequence,
        last_message=last,
        first_sequence=row.first_sequence,
        first_stored_at=row.first_stored_at,
        messages=row.messages,
        holes=row.holes,
        acceptances=row.acceptances,
    )


def remember_seen(session: Session, stream: str, seen: StreamSeen) -> None:
    """Store what the stream is now, unless an operator has accepted it since what `seen` was compared with.

    Another instance of the service may look at the same time; what it stored of the same stream later stays, too.
    """
    if insert_absent(session, STREAM_SEEN, _row(stream, seen).model_dump()):
        return
    stored = session.get_one(StreamSeenRow, stream, with_for_update=True)
    ahead = stored.created_at == seen.created_at and stored.last_sequence > seen.last_sequence
    if stored.acceptances <= seen.acceptances and not ahead:
        session.merge(_row(stream, seen))


def accept_seen(session: Session, stream: str, present: StreamSeen) -> None:
    """Take a stream as it is now, whatever it was, and forget how far it was applied: an operator wants it so."""
    stored = session.get(StreamSeenRow, stream, with_for_update=True)
    session.merge(_row(stream, replace(present, acceptances=(stored.acceptances if stored else 0) + 1)))
    position = session.get(StreamPositionRow, stream)
    if position is not None:
        session.delete(position)


def _row(stream: str, seen: StreamSeen) -> StreamSeenRow:
    return StreamSeenRow(
        stream=stream,
        created_at=seen.created_at,
        last_sequence=seen.last_sequence,
        last_subject=seen.last_message.subject if seen.last_message else None,
        last_stored_at=seen.last_message.stored_at if seen.last_message else None,
        first_sequence=seen.first_sequence,
        first_stored_at=seen.first_stored_at,
        messages=seen.messages,
        holes=seen.holes,
        acceptances=seen.acceptances,
    )
