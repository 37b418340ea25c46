"""The tables of this library. Rows only: nothing here validates."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from mweek_outbox.columns import UtcDateTime

_own = registry()
_answering = registry()


class TransportRow(SQLModel, registry=_own):
    """Base of the tables here. Each service has such a base of its own: one process may then hold several services,
    as tests do, without their tables of the same name colliding."""

    metadata = _own.metadata


class AnsweringRow(SQLModel, registry=_answering):
    """Base of what only those services have that answer requests."""

    metadata = _answering.metadata


_BIG_IDENTITY = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # SQLite counts by itself only in INTEGER


class OutboxRow(TransportRow, table=True):
    """A message that was or is to be published; `id` is the order."""

    __tablename__ = "outbox"

    id: int | None = Field(default=None, sa_column=sa.Column(_BIG_IDENTITY, primary_key=True, autoincrement=True))
    message_id: str
    stream: str
    subject: str
    headers: dict[str, str] = Field(sa_type=sa.JSON)
    body: bytes
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class InboxRow(TransportRow, table=True):
    """A message that was processed, and the SHA-256 of its body."""

    __tablename__ = "inbox"

    message_id: str = Field(primary_key=True)
    body_digest: str
    processed_at: datetime = Field(sa_type=UtcDateTime)


class AttemptRow(TransportRow, table=True):
    """A message that was delivered and not yet processed: how often it was tried, since when it waits."""

    __tablename__ = "attempt"

    message_id: str = Field(primary_key=True)
    attempts: int = 0
    postponed_since: datetime | None = Field(default=None, sa_type=UtcDateTime)


class StreamSeenRow(TransportRow, table=True):
    """What a stream was when this service last looked: to notice one that was lost and made anew."""

    __tablename__ = "stream_seen"

    stream: str = Field(primary_key=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_sequence: int = Field(sa_type=sa.BigInteger)
    last_subject: str | None = None
    last_stored_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    first_sequence: int | None = Field(default=None, sa_type=sa.BigInteger)
    first_stored_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    messages: int | None = Field(default=None, sa_type=sa.BigInteger)
    holes: int | None = Field(default=None, sa_type=sa.BigInteger)
    acceptances: int = 0


class StreamPositionRow(TransportRow, table=True):
    """How far this service has applied a stream."""

    __tablename__ = "stream_position"

    stream: str = Field(primary_key=True)
    stream_created_at: datetime = Field(sa_type=UtcDateTime)
    sequence: int = Field(sa_type=sa.BigInteger)


class AnsweredRequestRow(AnsweringRow, table=True):
    """A request that was answered, and the body of its reply."""

    __tablename__ = "answered_request"

    request_key: str = Field(primary_key=True)
    request: str
    content_digest: str
    reply: bytes
    answered_at: datetime = Field(sa_type=UtcDateTime)


INBOX: sa.Table = InboxRow.__table__  # type: ignore[attr-defined]
STREAM_SEEN: sa.Table = StreamSeenRow.__table__  # type: ignore[attr-defined]
STREAM_POSITION: sa.Table = StreamPositionRow.__table__  # type: ignore[attr-defined]
