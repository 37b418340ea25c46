"""A window that somebody has: the booking, and the grant that tells a machine of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mweek_timewindows import Window

from mweek_planner.domain.requests.request import WindowRequest


class BookingKind(StrEnum):
    """Where a window comes from."""

    ADHOC = "adhoc"
    """A request."""
    WEEK = "week"
    """A maintenance week: its time is the operator's, and requests change nothing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """The window of a machine, for whom it counts, and the requests that share it, in the order they came.

    `customer` and `redundancy_group` are those that the window was booked for, None without.
    """

    window_id: str
    machine: str
    window: Window
    kind: BookingKind = BookingKind.ADHOC
    customer: str | None = None
    redundancy_group: str | None = None
    requests: tuple[WindowRequest, ...] = ()

    @property
    def estimated_minutes(self) -> int:
        """The downtime of all its requests, one after the other."""
        return sum(request.estimated_minutes for request in self.requests)

    @property
    def reboot(self) -> bool:
        """Whether one of its requests restarts the machine."""
        return any(request.reboot for request in self.requests)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A window for a request: the booking as it is now, and the one that it takes the place of, None for a new one.

    `not_after` is the latest start: from then on the work of all its requests no longer fits.
    """

    booking: Booking
    previous: Booking | None
    not_after: datetime

    @property
    def not_before(self) -> datetime:
        """When the window opens."""
        return self.booking.window.opens_at

    @property
    def must_end_by(self) -> datetime:
        """When the window closes."""
        return self.booking.window.closes_at

    @property
    def joins(self) -> tuple[str, ...]:
        """The ids of the requests that had the window before."""
        return () if self.previous is None else tuple(request.request_id for request in self.previous.requests)
