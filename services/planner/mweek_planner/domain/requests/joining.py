"""Requests of one machine share a window where they fit: as it is, or made longer where every rule allows that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from mweek_timewindows import Window

from mweek_planner.domain.requests.booking import Booking, BookingKind, Grant
from mweek_planner.domain.requests.case import Case
from mweek_planner.domain.requests.occupancy import Occupancy
from mweek_planner.domain.requests.rule import closed_steps
from mweek_planner.domain.requests.steps import between, step_at, step_from


def first_joined(case: Case, occupancy: Occupancy) -> Grant | None:
    """Return the earliest window of the machine that the request fits into, with the request in it; None without.

    The work of all requests of a window is done one after the other, so their estimates add up; preparation, minimum
    and padding count once, since the machine enters once. The window has to be over by the deadline.

    * As it is: what is left of it, from now on where it has opened, is long enough for all. Notice was given for it.
    * Made longer, windows of requests only: it opens no sooner than a new one could, and what is added is free by every
      rule, and within the deadlines of all.
    """
    return next(_joinable(case, occupancy), None)


def _joinable(case: Case, occupancy: Occupancy) -> Iterator[Grant]:
    for booking in occupancy.bookings_of(case.request.machine):
        joined = replace(booking, requests=(*booking.requests, case.request))
        window = _as_it_is(case, joined) or _made_longer(case, joined, occupancy)
        if window is not None:
            yield granted(case, replace(joined, window=window), booking)


def granted(case: Case, booking: Booking, previous: Booking | None) -> Grant:
    """Return the grant of a booking that has the request in it."""
    not_after = booking.window.closes_at - case.policy.work(booking.estimated_minutes)
    return Grant(booking=booking, previous=previous, not_after=not_after)


def new_booking(case: Case, window: Window, window_id: str) -> Booking:
    """Return a window of its own for a request."""
    return Booking(
        window_id=window_id,
        machine=case.request.machine,
        window=window,
        customer=None if case.customer is None else case.customer.name,
        redundancy_group=case.redundancy_group,
        requests=(case.request,),
    )


def _as_it_is(case: Case, joined: Booking) -> Window | None:
    request, window = case.request, joined.window
    begins = max(window.opens_at, case.now)
    fits = (
        begins + _length(case, joined) <= window.closes_at
        and (request.not_before is None or request.not_before <= begins)
        and (request.deadline is None or window.closes_at <= request.deadline)
    )
    return window if fits else None


def _made_longer(case: Case, joined: Booking, occupancy: Occupancy) -> Window | None:
    opens_at, closed_at = joined.window.opens_at, joined.window.closes_at
    closes_at = opens_at + _length(case, joined)
    if joined.kind is not BookingKind.ADHOC or opens_at < case.earliest_at or closes_at <= closed_at:
        return None
    if any(closes_at > latest for latest in (case.horizon_at, *_deadlines(joined))):
        return None
    # Its own last step too where it ends off the grid: nothing is lost, such a window is never a request's.
    added = between(step_at(closed_at) - occupancy.first, step_from(closes_at) - occupancy.first)
    is_free = not any(added & closed for _, closed in closed_steps(case, occupancy))
    return Window(opens_at, closes_at) if is_free else None


def _deadlines(booking: Booking) -> list[datetime]:
    return [request.deadline for request in booking.requests if request.deadline is not None]


def _length(case: Case, booking: Booking) -> timedelta:
    return case.policy.length(booking.estimated_minutes)
