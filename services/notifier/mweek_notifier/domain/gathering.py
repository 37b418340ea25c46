"""How long news about single windows of one customer are gathered, so that they are one mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from mweek_notifier.domain.requested_window import RequestedWindow


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """The occasion ends when nothing was heard for `quiet`, at the latest `at_most` after its first news."""

    quiet: timedelta
    at_most: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """An occasion that is not over. `opens_at` is the first opening of its windows that lie ahead; None: of none."""

    begun_at: datetime
    due_at: datetime
    opens_at: datetime | None = None


def gathered(known: Gathering | None, window: RequestedWindow, patience: Patience, *, now: datetime) -> Gathering:
    """Return the occasion with one more window in it: never told later than one of its windows opens."""
    begun_at = known.begun_at if known else now
    openings = [] if known is None or known.opens_at is None else [known.opens_at]
    if window.withdrawn is None or window.slot.opens_at > now:
        openings.append(window.slot.opens_at)
    opens_at = min(openings, default=None)
    due_at = min(now + patience.quiet, begun_at + patience.at_most)
    if opens_at is not None:
        due_at = min(due_at, max(opens_at, now))
    return Gathering(begun_at=begun_at, due_at=due_at, opens_at=opens_at)
