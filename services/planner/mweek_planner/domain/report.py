"""What planning has to say beside the plan: what gave way to what. The reason of each window stands in the plan."""

from __future__ import annotations

from dataclasses import dataclass

from mweek_contracts.reasons import CompromiseCode

from mweek_planner.domain.plan import Facts


@dataclass(frozen=True, slots=True)
class Compromise:
    """An entry of a phase (counted from 0) that holds another number of machines than its quota says, and why."""

    code: CompromiseCode
    phase: str
    entry: int
    planned: int
    actual: int
    facts: Facts = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The compromises in the order of the pattern, and how many windows lie outside of what their customers accept."""

    compromises: tuple[Compromise, ...] = ()
    outside_acceptable: int = 0
