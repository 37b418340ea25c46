"""The rules that close steps to a request, each as the set of steps that it closes."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache
from typing import Final

from mweek_timewindows import WeeklyCalendar

from mweek_planner.domain.customer import Blackout
from mweek_planner.domain.requests.case import Case
from mweek_planner.domain.requests.occupancy import Occupancy
from mweek_planner.domain.requests.steps import STEP_MICROSECONDS, Steps, between, less, step_at, step_from

_DAY: Final = 288
_STRETCH: Final = 8 * _DAY
"""Calendars are worked out as far as the next multiple of this, so that the same is asked for again as time passes."""


class Rule(StrEnum):
    """What can keep a window away from a time, in the order in which a refusal looks for the one that was decisive."""

    NOTICE = "notice"
    NOT_BEFORE = "not_before"
    DEADLINE = "deadline"
    ACCEPTABLE_TIMES = "acceptable_times"
    BLACKOUT = "blackout"
    OWN_WINDOW = "own_window"
    """A machine has one window at a time."""
    REDUNDANCY = "redundancy"
    CUSTOMER_LIMIT = "customer_limit"
    CAPACITY = "capacity"
    LENGTH = "length"
    """What the others leave is shorter than the window."""


def closed_steps(case: Case, occupancy: Occupancy) -> Iterator[tuple[Rule, Steps]]:
    """Yield the rules about times and windows, from ACCEPTABLE_TIMES on, with the steps that each closes.

    The sets count from the occupancy's first step and are right as far as the horizon of the case.
    """
    customer, policy, machine = case.customer, case.policy, case.request.machine
    first, until = occupancy.first, _next_stretch(occupancy.first, case.horizon)
    if customer is not None and customer.calendar is not None:
        yield Rule.ACCEPTABLE_TIMES, unacceptable_steps(customer.calendar, first, until)
    if customer is not None and customer.blackouts:
        yield Rule.BLACKOUT, blackout_steps(customer.blackouts, first, until)
    if own := occupancy.has_window(machine):
        yield Rule.OWN_WINDOW, own
    if case.redundancy_group is not None:
        yield Rule.REDUNDANCY, less(occupancy.has_group(case.redundancy_group), own)
    if customer is not None and customer.max_parallel is not None:
        yield Rule.CUSTOMER_LIMIT, occupancy.customer_has(customer.name, customer.max_parallel)
    if policy.capacity is not None:
        yield Rule.CAPACITY, occupancy.location_has(policy.capacity)


@lru_cache(maxsize=10_000)  # two kilobytes each
def unacceptable_steps(calendar: WeeklyCalendar, first: int, until: int) -> Steps:
    """Return the steps of `[first, until)` that are not acceptable from beginning to end; bit 0 is the first."""
    origin, end = first * STEP_MICROSECONDS, until * STEP_MICROSECONDS
    closed = between(0, until - first)
    for opens, closes in calendar.pieces(origin, end):
        start, after = -((origin - opens) // STEP_MICROSECONDS), (closes - origin) // STEP_MICROSECONDS
        if start < after:
            closed ^= ((1 << (after - start)) - 1) << start
    return closed


@lru_cache(maxsize=10_000)
def blackout_steps(blackouts: tuple[Blackout, ...], first: int, until: int) -> Steps:
    """Return the steps of `[first, until)` that share any time with a blackout; bit 0 is the first."""
    closed: Steps = 0
    for blackout in blackouts:
        closed |= between(step_at(blackout.starts_at) - first, min(step_from(blackout.ends_at), until) - first)
    return closed


def _next_stretch(first: int, step: int) -> int:
    return first + -(-(step - first) // _STRETCH) * _STRETCH
