"""The plan: who is touched when, and why. Immutable; a change is a new revision with this one as its parent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from mweek_contracts.reasons import PlacementCode, UnplacedCode

from mweek_planner.domain.pattern import Pattern

MINUTE: Final = timedelta(minutes=1)
Fact = str | int | bool | None
Facts = tuple[tuple[str, Fact], ...]
"""Named facts of a reason, sorted by name; `mweek_contracts.reasons` makes sentences of them."""


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase of this very week: the half-open time `[opens_at, closes_at)` in UTC."""

    name: str
    opens_at: datetime
    closes_at: datetime

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return self.span(self.opens_at, self.closes_at)[1]

    def span(self, opens_at: datetime, closes_at: datetime) -> tuple[int, int]:
        """Return a time in minutes from the opening of the phase."""
        return (opens_at - self.opens_at) // MINUTE, (closes_at - self.opens_at) // MINUTE


@dataclass(frozen=True, slots=True)
class Placement:
    """What the windows of many machines have in common: the time `[opens_at, closes_at)` in a phase, and why."""

    phase: str
    opens_at: datetime
    closes_at: datetime
    reason: PlacementCode
    facts: Facts = ()


@dataclass(frozen=True, slots=True)
class Assignment:
    """The window `[opens_at, closes_at)` of one machine, and why it is there.

    `affects` names the in-service virtual machines on it when it is a host, sorted.
    """

    machine: str
    customer: str | None
    phase: str
    opens_at: datetime
    closes_at: datetime
    reason: PlacementCode
    facts: Facts = ()
    affects: tuple[str, ...] = ()

    @property
    def placement(self) -> Placement:
        """The window without its machine."""
        return Placement(self.phase, self.opens_at, self.closes_at, self.reason, self.facts)

    def same_window(self, other: Assignment) -> bool:
        """Return whether both have the same time in the same phase, whatever the reason."""
        return (self.phase, self.opens_at, self.closes_at) == (other.phase, other.opens_at, other.closes_at)


@dataclass(frozen=True, slots=True)
class Unplaced:
    """An in-service machine without a window, and why."""

    machine: str
    customer: str | None
    reason: UnplacedCode
    facts: Facts = ()


@dataclass(frozen=True, slots=True)
class Overrides:
    """Rules that an administrator set aside, each with the reason given; None: the rule holds."""

    blackouts: str | None = None
    notice: str | None = None


NO_OVERRIDES: Final = Overrides()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One revision of one week of one location.

    `assignments` are sorted by opening, phase and machine, `unplaced` by machine; fresh plans have columns there, see
    `Assignments`. A cancelled revision has only the windows that had opened by then.
    """

    location: str
    week: str
    revision: int
    parent_revision: int | None
    pattern: Pattern
    planned_at: datetime
    phases: tuple[Phase, ...]
    assignments: Sequence[Assignment]
    unplaced: tuple[Unplaced, ...] = ()
    overrides: Overrides = NO_OVERRIDES
    cancelled: bool = False

    def by_machine(self) -> Mapping[str, Assignment]:
        """Return the assignments by the names of their machines."""
        return {assignment.machine: assignment for assignment in self.assignments}


def facts(**named: Fact) -> Facts:
    """Return named facts in their canonical order, without those that are None."""
    return tuple(sorted((name, value) for name, value in named.items() if value is not None))
