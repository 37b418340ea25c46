"""What storage and handlers hand each other: changes of records, a stored plan, and a decided revision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from mweek_contracts.events import Problem, RequestedWork
from mweek_contracts.pattern import Pattern as PatternDocument
from mweek_contracts.request_codes import LeaveResult
from mweek_contracts.windows import RecordsPosition

from mweek_planner.domain.customer import Customer
from mweek_planner.domain.diff import PlanDiff
from mweek_planner.domain.leases import Lease
from mweek_planner.domain.machine import Machine
from mweek_planner.domain.plan import Plan
from mweek_planner.domain.report import Report
from mweek_planner.domain.requests import Booking, Policy


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


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationPolicy:
    """What a location allows in windows: their length and number, how long a lease is, how often a machine may ask."""

    windows: Policy
    lease: timedelta
    requests_per_minute: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChange:
    """What a record says of a location's policy at a revision; `policy` is None for a tombstone."""

    location: str
    revision: int
    policy: LocationPolicy | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """A machine that asks, with what decides about its windows.

    `customer` is None for the operator's own; one of whom only the name is known has the defaults.
    """

    name: str
    in_service: bool
    is_host: bool
    customer: Customer | None
    redundancy_group: str | None
    downtime_minutes: int


class WindowState(StrEnum):
    """What has become of a window that a machine has, or had."""

    OPEN = "open"
    """It was never entered."""
    ENTERED = "entered"
    """It was; it may be again, until its work is done."""
    DONE = "done"
    """The machine left it with nothing more to do."""
    WITHDRAWN = "withdrawn"
    """It is gone."""
    FREED = "freed"
    """A week's that meets no request any more: it stands as the week has it, and nobody misses it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineWindow:
    """A window as its machine knows it: the booking, the latest start, and the requests as they are told.

    `revision` is the one that is told. Of a week's window it is never less than the plan revision that made it.
    """

    booking: Booking
    not_after: datetime
    revision: int
    week: str | None = None
    works: tuple[RequestedWork, ...] = ()
    state: WindowState = WindowState.OPEN

    @property
    def stands(self) -> bool:
        """Whether the machine has it."""
        return self.state in (WindowState.OPEN, WindowState.ENTERED, WindowState.FREED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stayed:
    """How a machine says that its stay was."""

    left_at: datetime
    result: LeaveResult
    downtime_minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowLease:
    """A lease with the window that was entered, and whom the machine counted for; `stayed` once it has left."""

    lease: Lease
    revision: int
    must_end_by: datetime
    week: str | None = None
    customer: str | None = None
    redundancy_group: str | None = None
    stayed: Stayed | None = None


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
