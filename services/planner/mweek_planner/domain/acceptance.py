"""How many windows of a week lie outside of the times that their customers accept. It is counted, not avoided."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from mweek_timewindows import Window

from mweek_planner.domain.census import Census
from mweek_planner.domain.plan import Assignment


def outside_acceptable(assignments: Iterable[Assignment], census: Census) -> int:
    """Return how many windows lie, wholly or in part, outside of the acceptable times of their customers.

    Machines of the operator's own, and of customers that name no times, are welcome at any time.
    """
    admitted: dict[tuple[str, datetime, datetime], bool] = {}
    outside = 0
    for assignment in assignments:
        if assignment.customer is None:
            continue
        key = (assignment.customer, assignment.opens_at, assignment.closes_at)
        if key not in admitted:
            admitted[key] = _admits(census, *key)
        outside += not admitted[key]
    return outside


def _admits(census: Census, customer: str, opens_at: datetime, closes_at: datetime) -> bool:
    described = census.customers.get(customer)
    calendar = described.calendar if described else None
    return calendar is None or calendar.admits(Window(opens_at, closes_at))
