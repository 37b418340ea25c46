"""A planned week as CSV, for programs: a line for each machine, and no more than when and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from operator import add
from typing import Final

from mweek_planner.domain.assignments import Assignments
from mweek_planner.domain.plan import Placement, Plan

HEADER: Final = "machine,phase,opens_at,closes_at,reason\n"
_LINES_AT_ONCE: Final = 2_000


def plan_csv(plan: Plan) -> Iterator[str]:
    """Yield the lines in blocks: windows in the order of the plan, then the machines without one.

    A machine without a window has empty cells for phase and times; its reason is one of `UnplacedCode`. Nothing needs
    quotes: names are tokens.
    """
    assignments = Assignments.of(plan.assignments)
    endings = list(map(_ending, assignments.placements))
    yield HEADER
    for first in range(0, len(assignments), _LINES_AT_ONCE):
        rows = slice(first, first + _LINES_AT_ONCE)
        yield "".join(map(add, assignments.machine[rows], map(endings.__getitem__, assignments.placement[rows])))
    yield from (f"{unplaced.machine},,,,{unplaced.reason.value}\n" for unplaced in plan.unplaced)


def _ending(placement: Placement) -> str:
    times = ",".join(map(_instant, (placement.opens_at, placement.closes_at)))
    return f",{placement.phase},{times},{placement.reason.value}\n"


def _instant(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
