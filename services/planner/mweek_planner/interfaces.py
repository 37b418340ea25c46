"""What storage and handlers hand each other: changes of records, a stored plan, and a decided revision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from mweek_contracts.events import Problem
from mweek_contracts.pattern import Pattern as PatternDocument
from mweek_contracts.windows import RecordsPosition

from mweek_planner.domain.customer import Customer
from mweek_planner.domain.diff import PlanDiff
from mweek_planner.domain.machine import Machine
from mweek_planner.domain.plan import Plan
from mweek_planner.domain.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineChange:
    """What a record says of a machine at a revision; `machine` is None for a tombstone."""

    location: str
    name: str
    revision: int
    machine: Machine | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerChange:
    """What a record says of a customer at a revision; `customer` is None for a tombstone."""

    name: str
    revision: int
    customer: Customer | None


@dataclass(frozen=True, slots=True)
class CurrentPlan:
    """The plan that stands for a week, the pattern that it was made from as it was written, and from which records."""

    plan: Plan
    document: PatternDocument
    records: RecordsPosition


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A decided revision, on its way into the tables and onto the bus."""

    plan: Plan
    parent: Plan | None
    changes: PlanDiff
    """Against the parent."""
    report: Report
    document: PatternDocument
    records: RecordsPosition
    digest: str
    """`mweek_contracts.windows.assignments_digest` over all of its windows."""
    cause: str
    """The id of the message that led to it."""
    cancelled_because: str | None = None
    repair_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownPattern:
    """There is no pattern of that name, or its file is wrong: a sentence, and what is wrong by place."""

    text: str
    problems: tuple[Problem, ...] = ()


class Patterns(Protocol):
    """Where patterns are found by name."""

    def find(self, name: str) -> PatternDocument | UnknownPattern:
        """Return the pattern of that name."""
