"""Records messages to be published, in the transaction of the change that they tell of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import insert
from sqlmodel import Session

from mweek_outbox.bulk import execute_many
from mweek_outbox.rows import OutboxRow

HAS_OUTGOING: Final = "mweek_outbox.has_outgoing"
"""Key in `session.info`: this transaction recorded something, so its commit wakes the relay."""
_GATHERED: Final = "mweek_outbox.gathered"


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message as it will be published, whole; `stream` is the one that must acknowledge it."""

    message_id: str
    stream: str
    subject: str
    headers: Mapping[str, str] = field(hash=False)
    body: bytes


_INSERT: Final = insert(OutboxRow)


def record_outgoing(session: Session, message: OutgoingMessage) -> None:
    """Record one message; it is published after the commit, and never when the transaction rolls back."""
    record_many(session, (message,))


def record_many(session: Session, messages: Sequence[OutgoingMessage]) -> None:
    """Record messages, to be published in this order.

    Two transactions keep their order where one began to record after the other's commit (which a lock on what they
    change sees to); those that truly run at the same time may be told in either order, each in its own.
    """
    gathered: list[OutgoingMessage] | None = session.info.get(_GATHERED)
    if gathered is not None:
        gathered.extend(messages)
    elif messages:
        _insert(session, messages)


@contextmanager
def gathering(session: Session) -> Iterator[list[OutgoingMessage]]:
    """Let what is recorded inside of the block wait in the list, and write it at the end, all with one statement.

    For many small pieces of work in one transaction. Who rolls one of them back takes from the list what it recorded.
    A block that raises writes nothing.
    """
    gathered: list[OutgoingMessage] = []
    session.info[_GATHERED] = gathered
    try:
        yield gathered
    finally:
        del session.info[_GATHERED]
    if gathered:
        _insert(session, gathered)


def _insert(session: Session, messages: Sequence[OutgoingMessage]) -> None:
    rows = [
        {
            "message_id": message.message_id,
            "stream": message.stream,
            "subject": message.subject,
            "headers": dict(message.headers),
            "body": message.body,
        }
        for message in messages
    ]
    execute_many(session, _INSERT, rows)
    session.info[HAS_OUTGOING] = True
