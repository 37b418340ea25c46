"""What a revision changes: which windows are new, moved, taken away and kept."""

from __future__ import annotations

from dataclasses import dataclass

from mweek_contracts.reasons import UnplacedCode

from mweek_planner.domain.plan import Assignment, Plan


@dataclass(frozen=True, slots=True)
class Assigned:
    """A window that is new, or that moved from `previous`."""

    assignment: Assignment
    previous: Assignment | None = None


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A window that the parent had and the revision has no more, and why."""

    assignment: Assignment
    reason: UnplacedCode


@dataclass(frozen=True, slots=True)
class PlanDiff:
    """The difference between two revisions; each part in the order of its plan."""

    assigned: tuple[Assigned, ...]
    withdrawn: tuple[Withdrawn, ...]
    kept: tuple[Assignment, ...]

    @property
    def empty(self) -> bool:
        """Whether nobody has to be told anything."""
        return not self.assigned and not self.withdrawn


def diff(parent: Plan | None, plan: Plan) -> PlanDiff:
    """Return what `plan` changes against its parent; without a parent every window is new."""
    before = parent.by_machine() if parent else {}
    kept, assigned = [], []
    for assignment in plan.assignments:
        previous = before.get(assignment.machine)
        if previous is not None and previous.same_window(assignment):
            kept.append(assignment)
        else:
            assigned.append(Assigned(assignment, previous))
    return PlanDiff(tuple(assigned), _withdrawn(parent, plan), tuple(kept))


def _withdrawn(parent: Plan | None, plan: Plan) -> tuple[Withdrawn, ...]:
    if parent is None:
        return ()
    now = {assignment.machine for assignment in plan.assignments}
    reasons = {unplaced.machine: unplaced.reason for unplaced in plan.unplaced}
    otherwise = UnplacedCode.CANCELLED if plan.cancelled else UnplacedCode.RETIRED
    return tuple(
        Withdrawn(assignment, reasons.get(assignment.machine, otherwise))
        for assignment in parent.assignments
        if assignment.machine not in now
    )
