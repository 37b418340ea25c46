"""The earliest window that a request can have for itself, or the rule that leaves it none."""

from __future__ import annotations

from typing import Final

from mweek_timewindows import Window

from mweek_planner.domain.requests.case import Case
from mweek_planner.domain.requests.occupancy import Occupancy
from mweek_planner.domain.requests.refusal import CODE_OF_RULE, Refusal, WindowRefusalCode, refusal
from mweek_planner.domain.requests.rule import Rule, closed_steps
from mweek_planner.domain.requests.steps import (
    Steps,
    begins_at,
    between,
    first_of,
    less,
    starts_of_runs,
    step_at,
    step_from,
)

_NEAR: Final = 8 * 288
"""A customer accepts some time in each week: few look farther than this, and what they look at is a third as long."""


def earliest_window(case: Case, occupancy: Occupancy) -> Window | Refusal:
    """Return the earliest window of its own that every rule of the design's §7 allows, joining nothing.

    The window lies on the five-minute grid of UTC, opens no sooner than notice and not-before allow, and is over by the
    deadline and within the horizon. A refusal names the rule that left nothing, looking at the rules in the order of
    `Rule`; its alternative is the window that the same request would get without its deadline.
    """
    found = first_window(case, occupancy)
    if found is not None:
        return found
    alternative = None if case.request.deadline is None else first_window(case.without_deadline(), occupancy)
    return refusal(decisive(case, occupancy), case, alternative)


def first_window(case: Case, occupancy: Occupancy) -> Window | None:
    """Return the earliest window of its own, None without."""
    every_closed = [closed for _, closed in closed_steps(case, occupancy)]
    for end in (min(case.end, case.earliest + _NEAR), case.end):
        free = between(case.earliest - occupancy.first, end - occupancy.first)
        for closed in every_closed:
            free ^= free & closed
        if starts := starts_of_runs(free, case.steps):
            break
    else:
        return None
    start = occupancy.first + first_of(starts)
    return Window(begins_at(start), begins_at(start + case.steps))


def decisive(case: Case, occupancy: Occupancy) -> WindowRefusalCode:
    """Return what leaves a request without a window: the first rule that, with those before it, leaves no room."""
    if case.request.deadline is not None and case.earliest + case.steps > step_at(case.request.deadline):
        return WindowRefusalCode.DEADLINE_TOO_SOON
    if case.earliest + case.steps > step_at(case.horizon_at):
        return WindowRefusalCode.BEYOND_HORIZON
    free = between(case.earliest - occupancy.first, case.end - occupancy.first)
    for rule, closed in closed_steps(case, occupancy):
        free = less(free, closed)
        if not starts_of_runs(free, case.steps):
            return _unacceptable(case, occupancy, closed) if rule is Rule.ACCEPTABLE_TIMES else CODE_OF_RULE[rule]
    raise AssertionError("a request that no rule refuses has a window")


def _unacceptable(case: Case, occupancy: Occupancy, closed: Steps) -> WindowRefusalCode:
    """Tell whether the customer ever accepts so long a time, or only not in the time that was asked for."""
    ahead = between(step_from(case.now) - occupancy.first, step_at(case.horizon_at) - occupancy.first)
    accepted = less(ahead, closed)
    if accepted and not starts_of_runs(accepted, case.steps):
        return WindowRefusalCode.LONGER_THAN_ANY_ACCEPTABLE_WINDOW
    return WindowRefusalCode.NO_ACCEPTABLE_TIME
