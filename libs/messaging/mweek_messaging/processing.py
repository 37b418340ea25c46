"""Processes one message in one transaction: inbox, handler, outgoing messages. Blocking; runs in a worker thread."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from mweek_contracts.message import Message
from mweek_outbox import Database, Inbox
from mweek_outbox.attempts import begin_again, count_failure, forget_attempts, note_failure, note_postponed

from mweek_messaging.parts import Route, ServiceClock

LONGEST_PAUSE: Final = timedelta(minutes=1)
"""A message that waits is tried again every few seconds. After a longer pause something was away meanwhile."""


class Outcome(StrEnum):
    """What became of one delivery."""

    DONE = "done"
    DUPLICATE = "duplicate"
    IGNORED = "ignored"
    POSTPONED = "postponed"
    FAILED = "failed"
    DEAD = "dead"


class Processor:
    """The routes of a service over its database."""

    def __init__(self, *, routes: Sequence[Route], database: Database, clock: ServiceClock) -> None:
        """Raises ValueError when two routes name the same message."""
        self._handlers = {route.message: route.handler for route in routes}
        if len(self._handlers) != len(routes):
            raise ValueError("two routes name the same message class; one of them would never run")
        self._database = database
        self._clock = clock
        self._inbox = Inbox(now=clock.real_now)
        self._waiting: dict[str, tuple[datetime, datetime]] = {}

    def process(self, message: Message, body: bytes, *, again: bool) -> Outcome:
        """Handle a message once and for ever.

        Args:
            body: as it came, for the inbox to compare.
            again: it was delivered before, so that attempts may be remembered of it.

        Raises:
            ConflictingMessageError: the message id was used for another body.
            Exception: whatever the handler raises; everything is rolled back then.
        """
        handler = self._handlers.get(type(message))
        if handler is None:
            return Outcome.IGNORED
        with self._database.transaction() as session:
            if again:
                forget_attempts(session, message.message_id)
            if not self._inbox.first_time(session, message_id=message.message_id, body=body):
                return Outcome.DUPLICATE
            handler(session, message)
        self._waiting.pop(message.message_id, None)
        return Outcome.DONE

    def begin_again(self, message_id: str) -> int:
        """Count one more attempt at a message that was delivered before, and return which it is."""
        with self._database.transaction() as session:
            return begin_again(session, message_id)

    def note_failure(self, message_id: str, attempts: int) -> None:
        """Remember that so many attempts have failed."""
        with self._database.transaction() as session:
            note_failure(session, message_id, attempts)

    def count_failure(self, message_id: str) -> int:
        """Count one more attempt that has failed, and return how many there were."""
        with self._database.transaction() as session:
            return count_failure(session, message_id)

    def note_postponed(self, message_id: str, attempt: int) -> datetime:
        """Take an attempt back that only waits; returns since when (in real time) the message has been waiting.

        Only time that this process has seen it waiting counts: while a service, the bus or the database was away, what
        it waits for could not come either.
        """
        now = self._clock.real_now()
        with self._database.transaction() as session:
            note_postponed(session, message_id, attempt=attempt, now=now)
        since, last = self._waiting.get(message_id, (now, now))
        if now - last > LONGEST_PAUSE:
            since = now
        self._waiting[message_id] = (since, now)
        return since

    def forget(self, message_id: str) -> None:
        """Forget the attempts at a message that was put aside: replayed, it has all of them again."""
        self._waiting.pop(message_id, None)
        with self._database.transaction() as session:
            forget_attempts(session, message_id)
