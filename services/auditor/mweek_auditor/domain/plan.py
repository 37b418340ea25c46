"""A plan revision as it was told, and what the audit is given beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from mweek_auditor.domain.fleet import Fleet
from mweek_auditor.domain.pattern import Pattern


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A time `[opens_at, closes_at)` in a phase, given to one machine."""

    machine: str
    phase: str
    opens_at: datetime
    closes_at: datetime

    def overlaps(self, other: Window) -> bool:
        """Return whether both share any time."""
        return self.opens_at < other.closes_at and other.opens_at < self.closes_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What an event of this revision says of a window beside its time: whose it is, and whom it affects."""

    window: Window
    customer: str | None
    affects: frozenset[str]
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A machine that the plan declares to have no window; `reason` is a sentence without full stop."""

    machine: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compromise:
    """Where the plan says that an entry (counted from 0 in its phase) took another number than its target."""

    code: str
    phase: str
    entry: int
    planned: int
    actual: int


@dataclass(frozen=True, slots=True)
class PhaseSummary:
    """A phase as the plan tells it; `machines` is None where it does not count them."""

    name: str
    opens_at: datetime
    closes_at: datetime
    machines: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What closes a revision on the bus: numbers and the digest over all windows. Parts are (told, arrived)."""

    windows: int
    unplaced: int
    outside_acceptable: int
    digest: str
    assigned_parts: tuple[int, int]
    withdrawn_parts: tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One revision.

    `planned_at` is None where nobody says when it was planned: nothing then counts as opened or as too soon.
    `compromises` is None where the plan does not tell them. The overrides are the reasons given.
    """

    location: str
    week: str
    phases: tuple[PhaseSummary, ...]
    windows: tuple[Window, ...]
    unplaced: tuple[Unplaced, ...] = ()
    revision: int = 1
    planned_at: datetime | None = None
    compromises: tuple[Compromise, ...] | None = None
    blackouts_overridden: str | None = None
    notice_overridden: str | None = None
    books: Books | None = None
    told: tuple[Told, ...] = ()


@dataclass(frozen=True, slots=True)
class Parent:
    """The revision that this one was made from, as it was told; one that was cancelled has only opened windows."""

    phases: tuple[PhaseSummary, ...]
    windows: tuple[Window, ...]
    cancelled: bool = False


@dataclass(frozen=True, kw_only=True)
class Case:
    """All that one audit looks at.

    `planned_from` are the records that the plan was made from, `fleet` those of now. `doubtful` names machines whose
    record at planning time is not known any more: nothing is claimed of them that depends on it.
    """

    plan: Plan
    pattern: Pattern
    fleet: Fleet
    planned_from: Fleet
    now: datetime | None = None
    parent: Parent | None = None
    doubtful: frozenset[str] = frozenset()

    @property
    def is_afresh(self) -> bool:
        """Whether the week had no plan, or a cancelled one: nothing is asked then that is about moving windows."""
        return self.parent is None or self.parent.cancelled

    @cached_property
    def frame(self) -> Pattern:
        """The pattern, with the times of the parent for phases that had opened: they stay as they were."""
        opened = {phase.name: phase for phase in self.opened_before}
        phases = tuple(
            replace(phase, opens_at=opened[phase.name].opens_at, closes_at=opened[phase.name].closes_at)
            if phase.name in opened
            else phase
            for phase in self.pattern.phases
        )
        return replace(self.pattern, phases=phases)

    @cached_property
    def opened_before(self) -> tuple[PhaseSummary, ...]:
        """The phases of the parent in which windows had opened when this revision was made."""
        used = {window.phase for window in self.plan.windows if self.is_settled(window)}
        return tuple(phase for phase in self.parent.phases if phase.name in used) if self.parent else ()

    @cached_property
    def kept(self) -> frozenset[str]:
        """The machines that have the very window of the parent revision."""
        if self.parent is None:
            return frozenset()
        before = set(self.parent.windows)
        return frozenset(window.machine for window in self.plan.windows if window in before)

    def is_settled(self, window: Window) -> bool:
        """Return whether the planner had to leave the window alone: it had opened and the parent has the same."""
        planned_at = self.plan.planned_at
        return planned_at is not None and window.opens_at <= planned_at and window.machine in self.kept

    def has_opened(self, window: Window) -> bool:
        """Return whether the window is open or over now."""
        return self.now is not None and window.opens_at <= self.now

    def records_for(self, window: Window) -> Fleet:
        """Return the records that a window is judged by.

        Those of now; for a window that has opened, those it was planned from: nobody could move it any more.
        """
        return self.planned_from if self.has_opened(window) else self.fleet
