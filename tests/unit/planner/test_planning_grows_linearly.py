"""Four times the machines are four times the work, counted in lines of the domain that run: no clock, no chance.

A loop counts each time it goes round, a comprehension too. What runs in C alone is not counted; the benchmarks see it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import FrameType
from typing import Any, Final

import pytest
from mweek_planner.domain.machine import Fleet, MachineColumns
from mweek_planner.domain.outcome import Planned
from mweek_planner.domain.pattern import Entry, Pattern, PatternPhase, Quota, QuotaKind
from mweek_planner.domain.planning import PlanningInput, plan
from mweek_planner.domain.selector import Selector

from tests.benchmarks.synthetic import COLUMNS, synthetic_fleet
from tests.support.planner_values import PATTERN
from tests.support.weeks import EARLY_ENOUGH, HOUR, WEEK

FEW, TIMES = 300, 4

ALL_AT_ONCE: Final = Pattern(
    "all-at-once", (PatternPhase("monday", 9 * HOUR, 12 * HOUR, (Entry(Selector(), Quota(QuotaKind.ALL)),)),)
)
IN_HALVES: Final = Pattern(
    "in-halves",
    (
        PatternPhase("monday", 9 * HOUR, 4 * HOUR, (Entry(Selector(), Quota(QuotaKind.SHARE, 5_000), True),)),
        PatternPhase("tuesday", 33 * HOUR, 4 * HOUR, (Entry(Selector(), Quota(QuotaKind.SHARE, 2_500)),)),
    ),
    remainder="tuesday",
)
"""Pairs are pressed, triples have to share, and what no entry takes goes to the declared remainder."""


def _fleet(machines: int) -> Fleet:
    rows = synthetic_fleet(machines).machines
    columns: dict[str, list[Any]] = {field: [row[field] or None for row in rows] for field in COLUMNS}
    columns["downtime_minutes"] = [int(row["downtime_minutes"]) for row in rows]
    return Fleet(MachineColumns(**columns))


def _first_plan(machines: int, pattern: Pattern) -> PlanningInput:
    return PlanningInput(location="rzob", week=WEEK, now=EARLY_ENOUGH, fleet=_fleet(machines), pattern=pattern)


def _revision(machines: int, pattern: Pattern) -> PlanningInput:
    asked = _first_plan(machines, pattern)
    planned = plan(asked)
    assert isinstance(planned, Planned)
    # Every tenth machine has gone, and it is the morning before the first phase opens.
    left = tuple(machine for number, machine in enumerate(asked.fleet.machines) if number % 10)
    later = EARLY_ENOUGH + timedelta(days=10)
    return replace(asked, parent=planned.plan, fleet=Fleet(left), now=later)


def _lines_run(asked: PlanningInput) -> int:
    lines = 0

    def trace(frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal lines
        if "mweek_planner" not in frame.f_code.co_filename:
            return None
        lines += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        assert isinstance(plan(asked), Planned)
    finally:
        sys.settrace(before)
    return lines


@pytest.mark.parametrize("pattern", [PATTERN, ALL_AT_ONCE, IN_HALVES], ids=lambda pattern: pattern.name)
@pytest.mark.parametrize("asked", [_first_plan, _revision])
def test_work_grows_with_the_fleet(asked: Callable[[int, Pattern], PlanningInput], pattern: Pattern) -> None:
    few, many = (_lines_run(asked(machines, pattern)) for machines in (FEW, FEW * TIMES))
    assert many <= few * TIMES, f"{few:,} lines for {FEW:,} machines, {many:,} for {TIMES} times as many"
