"""The earliest window by other means: each limit keeps its windows in a plain list, or in an `intervaltree`.

Both look in the same way: through the times that a customer accepts, and past whatever is full there. They differ in
how they find the windows that overlap. Times are steps of five minutes, as the planner has them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from intervaltree import IntervalTree
from mweek_planner.domain.requests import Case
from mweek_planner.domain.requests.steps import step_at, step_from
from mweek_timewindows import Window, merged, without

Times = tuple[int, int]
Place = tuple[str, str]


class Booked(Protocol):
    """The windows that count for one limit."""

    def add(self, first: int, end: int) -> None:
        """Book a window."""

    def overlapping(self, first: int, end: int) -> Iterable[Times]:
        """Return the windows that share any step."""


class ListOfWindows:
    """A list, looked through from beginning to end."""

    def __init__(self) -> None:
        """Begin with none."""
        self._windows: list[Times] = []

    def add(self, first: int, end: int) -> None:
        """Book a window."""
        self._windows.append((first, end))

    def overlapping(self, first: int, end: int) -> Iterable[Times]:
        """Return the windows that share any step."""
        return [window for window in self._windows if window[0] < end and first < window[1]]


class TreeOfWindows:
    """An `intervaltree.IntervalTree`; a set, so that equal windows are told apart by what they carry."""

    def __init__(self) -> None:
        """Begin with none."""
        self._tree = IntervalTree()

    def add(self, first: int, end: int) -> None:
        """Book a window."""
        self._tree.addi(first, end, len(self._tree))

    def overlapping(self, first: int, end: int) -> Iterable[Times]:
        """Return the windows that share any step."""
        return [(one.begin, one.end) for one in self._tree.overlap(first, end)]


class Desk:
    """Gives each request the earliest window of its own, one request after the other."""

    def __init__(self, booked: Callable[[], Booked]) -> None:
        """Begin with nothing booked."""
        self._make = booked
        self._booked: dict[Place, Booked] = {}
        self._accepted: dict[str, list[Times]] = {}

    def place(self, case: Case) -> int | None:
        """Book the earliest window and return the step in which it opens; None: there is none."""
        limits = [(self._of(place), limit) for place, limit in limits_of(case)]
        for first, end in self._times(case):
            start = max(first, case.earliest)
            start = _earliest(limits, start, min(end, case.end), case.steps)
            if start is not None:
                for place in _places(case):
                    self._of(place).add(start, start + case.steps)
                return start
        return None

    def _of(self, place: Place) -> Booked:
        if place not in self._booked:
            self._booked[place] = self._make()
        return self._booked[place]

    def _times(self, case: Case) -> Iterator[Times]:
        """Yield the times that the customer accepts, from the earliest opening on; worked out once a customer."""
        assert case.customer is not None
        if case.customer.name not in self._accepted:
            self._accepted[case.customer.name] = _accepted(case)
        times = self._accepted[case.customer.name]
        for number in range(bisect_right(times, case.earliest, key=_end), len(times)):
            if times[number][0] >= case.end:
                return
            yield times[number]


def _end(times: Times) -> int:
    return times[1]


def _accepted(case: Case) -> list[Times]:
    customer = case.customer
    assert customer is not None
    assert customer.calendar is not None
    accepted = customer.calendar.occurrences(case.now, case.horizon_at)
    closed = merged(Window(blackout.starts_at, blackout.ends_at) for blackout in customer.blackouts)
    return [(step_from(one.opens_at), step_at(one.closes_at)) for one in without(accepted, closed)]


def limits_of(case: Case) -> list[tuple[Place, int]]:
    customer, capacity = case.customer, case.policy.capacity
    limits: list[tuple[Place, int]] = [(("machine", case.request.machine), 1)]
    if case.redundancy_group is not None:
        limits.append((("group", case.redundancy_group), 1))
    if customer is not None and customer.max_parallel is not None:
        limits.append((("customer", customer.name), customer.max_parallel))
    if capacity is not None:
        limits.append((("location", ""), capacity))
    return limits


def _places(case: Case) -> list[Place]:
    return [place for place, _ in limits_of(case)]


def _earliest(limits: Sequence[tuple[Booked, int]], start: int, end: int, steps: int) -> int | None:
    """Return the first start in `[start, end)` whose steps no limit fills."""
    while start + steps <= end:
        for booked, limit in limits:
            free_from = _free_from(booked.overlapping(start, start + steps), limit, start)
            if free_from > start:
                start = free_from
                break
        else:
            return start
    return None


def _free_from(windows: Iterable[Times], limit: int, start: int) -> int:
    """Return `start` if nowhere so many windows are open at once, else the step at which that is over for good."""
    edges = sorted([(max(first, start), 1) for first, _ in windows] + [(end, -1) for _, end in windows], key=_by_time)
    count, free_from = 0, start
    for at, change in edges:
        if count >= limit:
            free_from = at
        count += change
    return free_from


def _by_time(edge: tuple[int, int]) -> tuple[int, int]:
    return edge
