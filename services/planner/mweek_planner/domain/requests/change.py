"""What becomes of a window when a request is withdrawn, and which changes a customer is told of again."""

from __future__ import annotations

from dataclasses import replace

from mweek_timewindows import Window

from mweek_planner.domain.requests.booking import Booking, BookingKind
from mweek_planner.domain.requests.policy import Policy


def withdraw(booking: Booking, request_id: str, policy: Policy) -> Booking | None:
    """Return what remains of a booking without one of its requests; None: nothing, the window is withdrawn.

    The window keeps its opening and becomes as long as the others need, never longer than it was. A window of a
    maintenance week stays as it is.

    Raises:
        KeyError: the booking has no request of this id.
    """
    left = tuple(request for request in booking.requests if request.request_id != request_id)
    if len(left) == len(booking.requests):
        raise KeyError(request_id)
    remaining = replace(booking, requests=left)
    if booking.kind is BookingKind.WEEK:
        return remaining
    if not left:
        return None
    opens_at, closes_at = booking.window.opens_at, booking.window.closes_at
    needed_until = opens_at + policy.length(remaining.estimated_minutes)
    return replace(remaining, window=Window(opens_at, min(closes_at, needed_until)))


def is_significant(before: Booking, after: Booking) -> bool:
    """Return whether a customer that was told of a booking has to be told of what it became.

    It has when the window reaches into time that it was not told of (it moved, or became longer), or when a reboot is
    new in it. What only shortens it, or changes its words, is not worth a mail.
    """
    return not before.window.covers(after.window) or (after.reboot and not before.reboot)
