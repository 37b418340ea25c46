"""Remembers which messages were processed, in the transaction of their effects. The only exactly-once there is."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, select
from sqlmodel import Session, col

from mweek_outbox.rows import INBOX, InboxRow
from mweek_outbox.upsert import insert_absent


class ConflictingMessageError(ValueError):
    """A message id came a second time with another body. It can never be handled: the sender must use a new id."""

    def __init__(self, message_id: str) -> None:
        """Name the id."""
        self.message_id = message_id
        super().__init__(
            f"message_id {message_id} was already processed with another body; send the new content under a new id"
        )


class Inbox:
    """The processed messages of one service, keyed by the sender's message id and never by a stream's sequence."""

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        """Keep the clock that stamps the rows; real time, since it serves only to remove old ones."""
        self._now = now

    def first_time(self, session: Session, *, message_id: str, body: bytes) -> bool:
        """Remember a message and say whether it is new; False when it was processed with the same body.

        Raises:
            ConflictingMessageError: the id was processed with another body.
        """
        digest = hashlib.sha256(body).hexdigest()
        row = {"message_id": message_id, "body_digest": digest, "processed_at": self._now()}
        if insert_absent(session, INBOX, row):
            return True
        if session.connection().execute(_KNOWN, {"same_id": message_id}).scalar() != digest:
            raise ConflictingMessageError(message_id)
        return False

    def forget_before(self, session: Session, instant: datetime) -> int:
        """Remove what was processed before an instant; returns how many rows."""
        return session.connection().execute(delete(InboxRow).where(col(InboxRow.processed_at) < instant)).rowcount


_KNOWN: Final = select(col(InboxRow.body_digest)).where(col(InboxRow.message_id) == bindparam("same_id"))
