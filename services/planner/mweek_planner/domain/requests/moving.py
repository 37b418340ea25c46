"""Requests whose window came from elsewhere: whether a maintenance week's window meets them as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from mweek_planner.domain.requests.booking import Booking
from mweek_planner.domain.requests.policy import Policy
from mweek_planner.domain.requests.request import WindowRequest


def taking(booking: Booking, requests: Sequence[WindowRequest], policy: Policy, now: datetime) -> Booking | None:
    """Return a booking that meets these requests too, at the time that it has; None where they do not fit into it.

    What is left of the window is long enough for all of its requests, opens for none of the new ones too soon, and is
    over by their deadlines. Notice was given for it.
    """
    joined = replace(booking, requests=(*booking.requests, *requests))
    begins = max(booking.window.opens_at, now)
    fits = begins + policy.length(joined.estimated_minutes) <= booking.window.closes_at and all(
        (request.not_before is None or request.not_before <= begins)
        and (request.deadline is None or booking.window.closes_at <= request.deadline)
        for request in requests
    )
    return joined if fits else None
