"""Which rule keeps a request out of which hours, for people who wonder about the answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from mweek_timewindows import Window

from mweek_planner.domain.requests.case import Case
from mweek_planner.domain.requests.occupancy import Occupancy
from mweek_planner.domain.requests.rule import Rule, closed_steps
from mweek_planner.domain.requests.steps import Steps, begins_at, between, less, runs, step_at, step_from

_ORDER: Final = {rule: place for place, rule in enumerate(Rule)}


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A time on the five-minute grid that a rule closes to a request; another rule may close it too."""

    rule: Rule
    window: Window


def looked_at(case: Case) -> Window:
    """Return the time that `explain` looks at: from now to the horizon, as far as it lies on the grid."""
    return Window(begins_at(step_from(case.now)), begins_at(step_at(case.horizon_at)))


def explain(case: Case, occupancy: Occupancy, *, most: int | None = None) -> tuple[Exclusion, ...]:
    """Return what every rule closes between now and the horizon, by time and then in the order of `Rule`.

    What no exclusion covers is open: a window of its own may lie anywhere in it. Joining is not looked at.

    Args:
        most: of each rule return the first so many; None: all.
    """
    first = occupancy.first
    ahead = between(step_from(case.now) - first, step_at(case.horizon_at) - first)
    exclusions: list[Exclusion] = []
    free = ahead
    for rule, closed in (*_bounds(case, first), *closed_steps(case, occupancy)):
        exclusions += _exclusions(rule, islice(runs(ahead & closed), most), first)
        free = less(free, closed)
    too_short = ((start, end) for start, end in runs(free) if end - start < case.steps)
    exclusions += _exclusions(Rule.LENGTH, islice(too_short, most), first)
    return tuple(sorted(exclusions, key=_by_time))


def _bounds(case: Case, first: int) -> Iterator[tuple[Rule, Steps]]:
    start, end = step_from(case.now) - first, step_at(case.horizon_at) - first
    yield Rule.NOTICE, between(start, min(step_from(case.told_from) - first, end))
    if case.request.not_before is not None:
        yield Rule.NOT_BEFORE, between(start, min(step_from(case.request.not_before) - first, end))
    if case.request.deadline is not None:
        yield Rule.DEADLINE, between(step_at(case.request.deadline) - first, end)


def _exclusions(rule: Rule, closed: Iterable[tuple[int, int]], first: int) -> Iterator[Exclusion]:
    return (Exclusion(rule, Window(begins_at(first + start), begins_at(first + end))) for start, end in closed)


def _by_time(exclusion: Exclusion) -> tuple[Window, int]:
    return exclusion.window, _ORDER[exclusion.rule]
