"""The one delivery policy: how often a message is tried, how long between, and what waiting is allowed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryPolicy:
    """Bounded attempts with growing delays, then the dead letters. All spans are real time.

    The defaults try for 15 seconds: what takes longer is no hiccup, and the messages behind must not wait for it.
    A database that cannot be reached is not the message's fault: such attempts do not count and go on for ever.
    """

    attempts: int = 5
    delays: tuple[timedelta, ...] = (
        timedelta(seconds=1),
        timedelta(seconds=2),
        timedelta(seconds=4),
        timedelta(seconds=8),
    )
    longest_wait: timedelta = timedelta(minutes=10)
    """How long a handler may go on raising Postponed for one message."""
    unavailable_delay: timedelta = timedelta(seconds=3)
    """How long to wait for the database, or for the stream of the dead letters, before trying again."""

    def delay_after(self, attempts: int) -> timedelta:
        """Return how long to wait after so many failed attempts; the last delay stands for all later ones."""
        return self.delays[min(attempts, len(self.delays)) - 1]


class Postponed(Exception):  # noqa: N818  an outcome, not an error
    """Raised by a handler that cannot decide yet, e.g. because records are still coming in.

    The transaction rolls back and the message comes again after `delay`; it does not count as a failed attempt.
    After `DeliveryPolicy.longest_wait` it becomes a dead letter.
    """

    def __init__(self, waiting_for: str, delay: timedelta = timedelta(seconds=1)) -> None:
        """Say what is waited for (it ends in the log and, if it never comes, in the dead letter)."""
        self.waiting_for = waiting_for
        self.delay = delay
        super().__init__(f"waiting for {waiting_for}")
