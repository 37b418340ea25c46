"""A lease: the right of one machine to be down, from entering its window until it leaves or the lease expires."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum


class LeaseState(StrEnum):
    """What has become of a lease."""

    HELD = "held"
    """The machine is in its window, and may be down."""
    LEFT = "left"
    """It said that it is done."""
    OVERDUE = "overdue"
    """The lease expired and the machine has not left; it may still be down."""
    LEFT_OVERDUE = "left_overdue"
    """It said that it is done after it had been found overdue: it is up again, and counts as failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """How long a machine may stay: `lease` at a time, and never beyond the end of its window."""

    lease: timedelta
    must_end_by: datetime

    def expires_at(self, now: datetime) -> datetime:
        """Return when a lease expires that is given or renewed now."""
        return min(now + self.lease, self.must_end_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A lease of a machine on a window; all times are aware.

    Overdue machines count as down as those that hold a lease do: nobody has heard that they are up again.
    """

    lease_id: str
    window_id: str
    machine: str
    entered_at: datetime
    expires_at: datetime
    state: LeaseState = LeaseState.HELD

    @property
    def down(self) -> bool:
        """Whether the machine counts as down."""
        return self.state in (LeaseState.HELD, LeaseState.OVERDUE)


def is_overdue(lease: Lease, now: datetime) -> bool:
    """Return whether the time of a lease that is held is over. At the very instant it expires it is."""
    return lease.state is LeaseState.HELD and lease.expires_at <= now


def renew(lease: Lease, stay: Stay, now: datetime) -> Lease | None:
    """Return a lease with more time, or with as much as the window still has; None: it is over, and nobody can have it
    back. A lease never becomes shorter by renewing it."""
    if lease.state is not LeaseState.HELD or is_overdue(lease, now):
        return None
    return replace(lease, expires_at=max(lease.expires_at, stay.expires_at(now)))
