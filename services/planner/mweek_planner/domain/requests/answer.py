"""The answer to a request: a window that the machine has already, a new one, or why there is none."""

from __future__ import annotations

from mweek_timewindows import Window

from mweek_planner.domain.requests.booking import Grant
from mweek_planner.domain.requests.case import Case
from mweek_planner.domain.requests.joining import first_joined, granted, new_booking
from mweek_planner.domain.requests.occupancy import Occupancy
from mweek_planner.domain.requests.placement import decisive, first_window
from mweek_planner.domain.requests.refusal import Refusal, refusal


def answer(case: Case, occupancy: Occupancy, *, window_id: str) -> Grant | Refusal:
    """Return what a machine is told; the occupancy is not changed, `replace(grant.previous, grant.booking)` does that.

    A request joins the earliest window of its machine that it fits into, though a new one might open sooner: one
    downtime disturbs less than two. An urgent request does so only where no new window would open sooner.

    Args:
        window_id: the id of a new window, if one is made.
    """
    joined = first_joined(case, occupancy)
    if joined is not None and not case.request.urgent:
        return joined
    window = first_window(case, occupancy)
    if joined is not None and (window is None or joined.not_before <= window.opens_at):
        return joined
    if window is not None:
        return granted(case, new_booking(case, window, window_id), None)
    return refusal(decisive(case, occupancy), case, _alternative(case, occupancy))


def _alternative(case: Case, occupancy: Occupancy) -> Window | None:
    """Return the earliest window without the deadline, joined or new: what asking again with its end would give."""
    if case.request.deadline is None:
        return None
    undated = case.without_deadline()
    joined, window = first_joined(undated, occupancy), first_window(undated, occupancy)
    if joined is not None and (window is None or joined.not_before <= window.opens_at):
        return joined.booking.window
    return window
