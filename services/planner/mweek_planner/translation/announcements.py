"""A decision as the messages that tell of it: changed windows in parts, then the message that closes them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import zip_longest
from typing import Any, Final, TypeVar

from mweek_contracts.commands import CancelWeekV1, ScheduleWeekV1
from mweek_contracts.events import (
    WINDOWS_PER_MESSAGE,
    WeekCancelledV1,
    WeekRefusedV1,
    WeekScheduledV1,
    WindowsAssignedV1,
    WindowsWithdrawnV1,
)
from mweek_contracts.message import Message, Value
from mweek_contracts.reasons import RefusalCode
from mweek_contracts.windows import (
    AssignedWindow,
    Change,
    Compromise,
    Override,
    PhaseSummary,
    Slot,
    UnplacedMachine,
    WithdrawnWindow,
)

from mweek_planner.domain.diff import Assigned, Withdrawn
from mweek_planner.domain.outcome import Refused
from mweek_planner.domain.plan import Assignment, Overrides, Plan
from mweek_planner.domain.report import Report
from mweek_planner.interfaces import Revision, UnknownPattern

Envelope = Callable[[], dict[str, Any]]
"""Returns ids and time of a new message; see `mweek_messaging.Voice.envelope`."""

WINDOWS_BYTES: Final = 600_000
UNPLACED_BYTES: Final = 300_000
"""Together with the envelope below the 1 MiB that a server takes: a host names the machines that it affects."""

MOST_MACHINES_NAMED: Final = 1_000
"""In a refusal: enough to see what is wrong, and never more than a message holds."""
MOST_PROBLEMS: Final = 100
LONGEST_SENTENCE: Final = 4_000
LONGEST_IDENTIFIER: Final = 128

Item = TypeVar("Item", bound=Value)


def scheduled(
    revision: Revision, envelope: Envelope, *, command_id: str | None, preview: bool = False
) -> list[Message]:
    """Return what tells of a revision: its new and moved windows, those taken away, and `week-scheduled` at the end.

    Args:
        command_id: of the command that asked for it; None for a repair.
        preview: marks all of it as a preview of what the command would do.
    """
    plan, report = revision.plan, revision.report
    about = _about(plan, command_id if preview else None)
    assigned = [
        WindowsAssignedV1(**envelope(), **about, part=part, windows=windows, unplaced=unplaced)
        for part, (windows, unplaced) in enumerate(_assigned_parts(revision), start=1)
    ]
    withdrawn = _withdrawn(revision, about, envelope)
    closing = WeekScheduledV1(
        **envelope(),
        **about,
        parent_revision=plan.parent_revision,
        command_id=command_id,
        pattern=revision.document,
        phases=_phases(plan),
        windows=len(plan.assignments),
        unplaced=len(plan.unplaced),
        outside_acceptable=report.outside_acceptable,
        assigned_parts=len(assigned),
        withdrawn_parts=len(withdrawn),
        digest=revision.digest,
        records=revision.records,
        compromises=_compromises(report),
        overrides=_overrides(plan.overrides),
        scheduled_at=plan.planned_at,
    )
    return [*assigned, *withdrawn, closing]


def cancelled(revision: Revision, envelope: Envelope, *, command: CancelWeekV1) -> list[Message]:
    """Return what tells that a week is called off: the windows taken away, and `week-cancelled` at the end."""
    plan = revision.plan
    about = _about(plan, None)
    withdrawn = _withdrawn(revision, about, envelope)
    closing = WeekCancelledV1(
        **envelope(),
        location=plan.location,
        week=plan.week,
        plan_id=about["plan_id"],
        revision=plan.revision,
        command_id=command.command_id,
        reason=command.reason,
        withdrawn=len(revision.changes.withdrawn),
        withdrawn_parts=len(withdrawn),
    )
    return [*withdrawn, closing]


def refused(
    why: Refused | UnknownPattern, envelope: Envelope, *, command: ScheduleWeekV1 | CancelWeekV1
) -> WeekRefusedV1:
    """Return what tells that a command was not carried out."""
    return WeekRefusedV1(
        **envelope(),
        **_why(why),
        location=command.location,
        week=command.week,
        command_id=command.command_id,
        text=why.text[:LONGEST_SENTENCE],
        preview=isinstance(command, ScheduleWeekV1) and command.dry_run,
    )


def _why(why: Refused | UnknownPattern) -> dict[str, Any]:
    if isinstance(why, UnknownPattern):
        return {"code": RefusalCode.UNKNOWN_PATTERN, "problems": why.problems[:MOST_PROBLEMS]}
    return {"code": why.code, "earliest_week": why.earliest_week, "machines": why.machines[:MOST_MACHINES_NAMED]}


def _about(plan: Plan, previewed_for: str | None) -> dict[str, Any]:
    where = f"{plan.location}/{plan.week}"
    plan_id = f"{where}/r{plan.revision}"
    if previewed_for is not None:
        plan_id = f"{where}/preview/{previewed_for}"
        if len(plan_id) > LONGEST_IDENTIFIER:
            plan_id = f"{where}/preview/{hashlib.sha256(previewed_for.encode()).hexdigest()[:32]}"
    return {
        "location": plan.location,
        "week": plan.week,
        "plan_id": plan_id,
        "revision": plan.revision,
        "preview": previewed_for is not None,
    }


def _assigned_parts(revision: Revision) -> Iterable[tuple[tuple[AssignedWindow, ...], tuple[UnplacedMachine, ...]]]:
    windows = _parts([_assigned_window(a) for a in revision.changes.assigned], WINDOWS_BYTES)
    unplaced = _parts(
        [
            UnplacedMachine(machine=u.machine, customer=u.customer, reason=u.reason, facts=dict(u.facts))
            for u in revision.plan.unplaced
        ],
        UNPLACED_BYTES,
    )
    return zip_longest(windows, unplaced, fillvalue=())


def _withdrawn(revision: Revision, about: dict[str, Any], envelope: Envelope) -> list[WindowsWithdrawnV1]:
    parts = _parts([_withdrawn_window(w) for w in revision.changes.withdrawn], WINDOWS_BYTES)
    return [
        WindowsWithdrawnV1(**envelope(), **about, part=part, windows=windows)
        for part, windows in enumerate(parts, start=1)
    ]


def _parts(items: Sequence[Item], most_bytes: int) -> list[tuple[Item, ...]]:
    """Cut a list so that each part fits a message, by number and by size."""
    parts: list[tuple[Item, ...]] = []
    part: list[Item] = []
    size = 0
    for item in items:
        bytes_more = len(item.model_dump_json()) + 1
        if part and (len(part) == WINDOWS_PER_MESSAGE or size + bytes_more > most_bytes):
            parts.append(tuple(part))
            part, size = [], 0
        part.append(item)
        size += bytes_more
    return [*parts, tuple(part)] if part else parts


def _assigned_window(assigned: Assigned) -> AssignedWindow:
    assignment, previous = assigned.assignment, assigned.previous
    return AssignedWindow(
        machine=assignment.machine,
        customer=assignment.customer,
        phase=assignment.phase,
        opens_at=assignment.opens_at,
        closes_at=assignment.closes_at,
        reason=assignment.reason,
        facts=dict(assignment.facts),
        affects=assignment.affects,
        change=Change.NEW if previous is None else Change.MOVED,
        previous=None if previous is None else _slot(previous),
    )


def _withdrawn_window(withdrawn: Withdrawn) -> WithdrawnWindow:
    assignment = withdrawn.assignment
    return WithdrawnWindow(
        machine=assignment.machine,
        customer=assignment.customer,
        phase=assignment.phase,
        opens_at=assignment.opens_at,
        closes_at=assignment.closes_at,
        affects=assignment.affects,
        reason=withdrawn.reason,
    )


def _slot(assignment: Assignment) -> Slot:
    return Slot(phase=assignment.phase, opens_at=assignment.opens_at, closes_at=assignment.closes_at)


def _phases(plan: Plan) -> tuple[PhaseSummary, ...]:
    machines = Counter(assignment.phase for assignment in plan.assignments)
    return tuple(
        PhaseSummary(phase=p.name, opens_at=p.opens_at, closes_at=p.closes_at, machines=machines[p.name])
        for p in plan.phases
    )


def _compromises(report: Report) -> tuple[Compromise, ...]:
    return tuple(
        Compromise(code=c.code, phase=c.phase, entry=c.entry, planned=c.planned, actual=c.actual, facts=dict(c.facts))
        for c in report.compromises
    )


def _overrides(overrides: Overrides) -> tuple[Override, ...]:
    given = (("blackouts", overrides.blackouts), ("notice", overrides.notice))
    return tuple(Override(rule=rule, reason=reason) for rule, reason in given if reason is not None)
