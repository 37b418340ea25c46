"""Values of the planner that spell out only what a test is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from mweek_contracts.documents import built_in_pattern
from mweek_contracts.reasons import PlacementCode
from mweek_contracts.windows import RecordsPosition
from mweek_planner.domain.diff import diff
from mweek_planner.domain.machine import Machine
from mweek_planner.domain.plan import Assignment, Phase, Plan, facts
from mweek_planner.domain.report import Report
from mweek_planner.interfaces import MachineChange, Revision
from mweek_planner.translation import pattern_from

from tests.support.ids import at

MONDAY = at("2026-11-30T09:00Z")
DOCUMENT = built_in_pattern("one-few-many")
assert DOCUMENT is not None
PATTERN = pattern_from(DOCUMENT)
PHASES = tuple(
    Phase(phase.name, at("2026-11-30T00:00Z") + phase.opens, at("2026-11-30T00:00Z") + phase.opens + phase.lasts)
    for phase in PATTERN.phases
)
POSITION = RecordsPosition(stream_created_at=at("2026-11-01T00:00Z"), sequence=7)


def machine(name: str, **fields: Any) -> Machine:
    """Return a virtual production machine."""
    return Machine(**{"name": name, "kind": "virtual", "role": "customer", "environment": "production"} | fields)


def change(name: str, revision: int, *, location: str = "rzob", **fields: Any) -> MachineChange:
    """Return what a record says of a machine."""
    return MachineChange(location=location, name=name, revision=revision, machine=machine(name, **fields))


def removal(name: str, revision: int, *, location: str = "rzob") -> MachineChange:
    """Return what a tombstone says of a machine."""
    return MachineChange(location=location, name=name, revision=revision, machine=None)


def window(name: str, *, phase: int = 0, **fields: Any) -> Assignment:
    """Return the window of a machine in the phase of that number."""
    where = PHASES[phase]
    assignment = Assignment(
        machine=name,
        customer=None,
        phase=where.name,
        opens_at=where.opens_at,
        closes_at=where.closes_at,
        reason=PlacementCode.ALL,
    )
    return replace(assignment, **fields)


def plan(windows: Iterable[Assignment], *, parent: Plan | None = None, **fields: Any) -> Plan:
    """Return a plan of rzob/2026-W49, or the next revision of one."""
    values: Mapping[str, Any] = {
        "location": parent.location if parent else "rzob",
        "week": parent.week if parent else "2026-W49",
        "revision": parent.revision + 1 if parent else 1,
        "parent_revision": parent.revision if parent else None,
        "pattern": PATTERN,
        "planned_at": at("2026-11-20T08:00Z"),
        "phases": PHASES,
        "assignments": tuple(sorted(windows, key=lambda a: (a.opens_at, a.phase, a.machine))),
    }
    return Plan(**{**values, **fields})


def revision(of: Plan, *, parent: Plan | None = None, **fields: Any) -> Revision:
    """Return a plan with what is stored and told beside it."""
    assert DOCUMENT is not None
    values: Mapping[str, Any] = {
        "plan": of,
        "parent": parent,
        "changes": diff(parent, of),
        "report": Report(),
        "document": DOCUMENT,
        "records": POSITION,
        "digest": "0" * 64,
        "cause": "message-1",
    }
    return Revision(**{**values, **fields})


def later(assignment: Assignment, *, minutes: int) -> Assignment:
    """Return the window so many minutes later in the same phase."""
    by = timedelta(minutes=minutes)
    return replace(assignment, opens_at=assignment.opens_at + by, closes_at=assignment.closes_at + by)


def kept(assignment: Assignment, *, since: int = 1) -> Assignment:
    """Return the window as a revision has it that kept it from an earlier one."""
    why = facts(**dict(assignment.facts), revision=since, originally=assignment.reason.value)
    return replace(assignment, reason=PlacementCode.KEPT, facts=why)
