"""How many windows of a week lie outside of the times that their customers accept. It is counted, not avoided."""

from __future__ import annotations

from collections import Counter

from mweek_planner.domain.assignments import Assignments
from mweek_planner.domain.census import Census


def outside_acceptable(assignments: Assignments, census: Census) -> int:
    """Return how many windows lie, wholly or in part, outside of the acceptable times of their customers.

    Machines of the operator's own, and of customers that name no times, are welcome at any time.
    """
    calendars = {name: c.calendar for name, c in census.customers.items() if c.calendar is not None}
    if not calendars:
        return 0
    # Only here, where somebody has a calendar and so has imported them already: zones are slow to import.
    from mweek_timewindows import Window

    outside: Counter[tuple[str, Window]] = Counter()
    for (customer, number), windows in Counter(zip(assignments.customer, assignments.placement, strict=True)).items():
        if customer is not None and customer in calendars:
            there = assignments.placements[number]
            outside[customer, Window(there.opens_at, there.closes_at)] += windows
    return sum(count for (customer, window), count in outside.items() if not calendars[customer].admits(window))
