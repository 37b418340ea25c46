"""One fleet, planned by the planner and by CP-SAT in turn, so that both meet the same machine."""

from __future__ import annotations

import gc
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Final

from mweek_contracts.documents import built_in_pattern
from mweek_contracts.pattern import Pattern
from mweek_planner.domain.customer import Customer
from mweek_planner.domain.machine import Fleet, Machine
from mweek_planner.domain.outcome import Planned
from mweek_planner.domain.planning import PlanningInput, plan
from mweek_planner.translation import pattern_from

from tests.benchmarks.decision import Decision, Row, Worth, decision, worth
from tests.benchmarks.optimum import Optimum, ask
from tests.benchmarks.synthetic import LOCATION, synthetic_fleet

WEEK: Final = "2026-W49"
NOW: Final = datetime(2026, 11, 20, 8, tzinfo=UTC)
MOST_CPU_SECONDS: Final = {"by-kind": 30.0, "by-machine": 60.0, "plain": 30.0}
"""What CP-SAT is given at most."""
ENOUGH_CPU_SECONDS: Final = 0.5
"""Planning is repeated until it has used as much, far above what the clock can tell apart."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What the planner made of a fleet, and the best that there is.

    `least_off` is the fewest customers that are neither at floor nor ceiling in any week with the fewest conflicts.
    """

    rows: Sequence[Row]
    made: Decision
    seed: int
    phase_of: Mapping[str, str]
    planned: Worth
    plan_cpu_seconds: float
    optimum: Optimum
    least_off: int

    @property
    def machines(self) -> int:
        """How many machines the location has."""
        return len(self.rows)

    @property
    def has_fewest_conflicts(self) -> bool:
        """Whether no week has fewer; the proven bound decides, whether or not CP-SAT found such a week in time."""
        return self.planned.conflicts == round(self.optimum.conflicts.bound)

    @property
    def ratio(self) -> float:
        """How many times the planner's CPU seconds CP-SAT takes."""
        return self.optimum.cpu_seconds / self.plan_cpu_seconds


def compare(machines: int, seed: int) -> Compared:
    """Plan a synthetic fleet both ways, CP-SAT with its strongest formulation."""
    made = decision(pattern(), _fleet(machines, seed)[0])
    off = ask(made, formulation="by-kind", besides="off", cpu_seconds=MOST_CPU_SECONDS["by-kind"])
    return _compared(machines, seed, formulation="by-kind", least_off=round(off.besides.bound))


def compare_again(one: Compared, *, formulation: str) -> Compared:
    """Plan the same fleet both ways once more, CP-SAT with another formulation."""
    return _compared(one.machines, one.seed, formulation=formulation, least_off=one.least_off)


def _compared(machines: int, seed: int, *, formulation: str, least_off: int) -> Compared:
    rows, customers = _fleet(machines, seed)
    made = decision(pattern(), rows)
    phase_of, cpu_seconds = _planned(rows, customers)
    optimum = ask(made, formulation=formulation, besides="deviation", cpu_seconds=MOST_CPU_SECONDS[formulation])
    return Compared(rows, made, seed, phase_of, worth(made, phase_of), cpu_seconds, optimum, least_off)


@cache
def pattern() -> Pattern:
    """Return the week that comes with the product."""
    document = built_in_pattern("one-few-many")
    if document is None:
        raise RuntimeError("the pattern one-few-many does not come with the product")
    return document


def _fleet(machines: int, seed: int) -> tuple[Sequence[Row], Sequence[str]]:
    fleet = synthetic_fleet(machines, seed=seed)
    return fleet.machines, fleet.customers


def _planned(rows: Sequence[Row], customers: Sequence[str]) -> tuple[dict[str, str], float]:
    """Return the phase of each machine and the CPU seconds that `plan()` alone takes, the mean of several times."""
    fleet = Fleet(tuple(map(_machine, rows)), tuple(Customer(name=name) for name in customers))
    asked = PlanningInput(location=LOCATION, week=WEEK, now=NOW, fleet=fleet, pattern=pattern_from(pattern()))
    gc.collect()
    outcome, times, before = plan(asked), 1, time.process_time()
    while (used := time.process_time() - before) < ENOUGH_CPU_SECONDS:
        outcome = plan(asked)
        times += 1
    assert isinstance(outcome, Planned), outcome
    return {window.machine: window.phase for window in outcome.plan.assignments}, used / (times - 1)


def _machine(row: Row) -> Machine:
    text = {field: value or None for field, value in row.items() if field != "downtime_minutes"}
    return Machine(**text, downtime_minutes=int(row["downtime_minutes"]))  # type: ignore[arg-type]
