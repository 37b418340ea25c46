"""Calling a week off: the windows that have opened stand, all others are withdrawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mweek_contracts.reasons import RefusalCode

from mweek_planner.domain.outcome import Refused
from mweek_planner.domain.plan import Plan


def cancel(plan: Plan, *, now: datetime) -> Plan | Refused:
    """Return the next revision of a week, cancelled: only the windows that have opened by `now` are left.

    `diff(plan, cancelled)` names those that are withdrawn. Refused where the week is cancelled already, or all of its
    windows have opened.
    """
    opened = tuple(assignment for assignment in plan.assignments if assignment.opens_at <= now)
    if plan.cancelled or len(opened) == len(plan.assignments):
        why = "it is cancelled already" if plan.cancelled else "all of its windows have opened"
        text = f"there is nothing to cancel in {plan.week} of {plan.location}: {why}"
        return Refused(RefusalCode.NOTHING_TO_CANCEL, text)
    return replace(
        plan,
        revision=plan.revision + 1,
        parent_revision=plan.revision,
        planned_at=now,
        assignments=opened,
        unplaced=(),
        cancelled=True,
    )
