"""Writes plans, weeks and verdicts as JSON values: the same words as on the bus, times in UTC."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mweek_contracts.events import AuditPassedV1
from mweek_contracts.message import Value
from mweek_contracts.reasons import explain_placement, explain_unplaced
from mweek_contracts.windows import AssignedWindow, UnplacedMachine

from mweek.outcome import Refusal
from mweek.week import NOTICE_STATES, Cancellation, PlanChanges, Revision, Verdict, WeekView

Json = dict[str, Any]


def changes_json(changes: PlanChanges) -> Json:
    """Return what a revision changes, each entry with its sentence."""
    return {
        "added": [_with_why(window) for window in changes.added],
        "moved": [_with_why(window) for window in changes.moved],
        "withdrawn": [{**plain(window), "why": explain_unplaced(window.reason, {})} for window in changes.withdrawn],
        "unplaced": [_unplaced(machine) for machine in changes.unplaced],
    }


def revision_json(revision: Revision, counts: Mapping[str, int]) -> Json:
    """Return a plan revision: its shape and totals; `counts` is how many machines each phase holds."""
    plan = revision.plan
    return {
        "location": plan.location,
        "week": plan.week,
        "revision": plan.revision,
        "parent_revision": plan.parent_revision,
        "plan_id": plan.plan_id,
        "pattern": plan.pattern.pattern,
        "phases": [
            {
                "name": phase.phase,
                "opens_at": plain(phase)["opens_at"],
                "closes_at": plain(phase)["closes_at"],
                "machines": counts.get(phase.phase, 0),
            }
            for phase in plan.phases
        ],
        "windows": sum(counts.values()),
        "outside_acceptable": plan.outside_acceptable,
        "compromises": [plain(one) for one in plan.compromises],
        "overrides": [plain(one) for one in plan.overrides],
        "scheduled_at": plain(plan)["scheduled_at"],
    }


def week_json(view: WeekView, revision: Revision, counts: Mapping[str, int]) -> Json:
    """Return all that is known of a week that was scheduled."""
    return {
        **revision_json(revision, counts),
        "state": "cancelled" if view.cancellation else "scheduled",
        "cancellation": _cancellation(view.cancellation) if view.cancellation else None,
        "revision": view.number,
        "unplaced": len(view.unplaced),
        "unplaced_machines": [_unplaced(machine) for machine in view.unplaced],
        "assignments": [_with_why(window) for window in view.windows.values()],
        "notices": {state: (view.cancellation or revision).told(state) for state in NOTICE_STATES},
        "audit": verdict_json(revision.verdict),
        "complete": revision.whole,
        "revisions": [
            {"revision": one.plan.revision, "scheduled_at": plain(one.plan)["scheduled_at"]} for one in view.revisions
        ],
    }


def verdict_json(verdict: Verdict | None) -> Json:
    """Return a verdict, `pending` where there is none."""
    if verdict is None:
        return {"verdict": "pending", "findings_total": 0, "findings": []}
    passed = isinstance(verdict, AuditPassedV1)
    return {
        "verdict": "passed" if passed else "failed",
        "occasion": verdict.occasion,
        "audited_at": plain(verdict)["audited_at"],
        "machines": verdict.machines,
        "windows": verdict.windows,
        "customers_told": verdict.customers_told,
        "findings_total": 0 if isinstance(verdict, AuditPassedV1) else verdict.findings_total,
        "findings": [] if isinstance(verdict, AuditPassedV1) else [plain(one) for one in verdict.findings],
    }


def refusal_json(refusal: Refusal) -> Json:
    """Return why a command was refused."""
    return {
        "outcome": "refused",
        "code": refusal.code,
        "text": refusal.text,
        "machines": list(refusal.machines),
        "problems": [plain(problem) for problem in refusal.problems],
        "earliest_week": refusal.earliest_week,
    }


def plain(value: Value) -> Json:
    """Return a value of the contracts as JSON has it."""
    return value.model_dump(mode="json")


def _cancellation(stop: Cancellation) -> Json:
    cancelled_at = stop.cancelled_at.isoformat().replace("+00:00", "Z")
    return {"revision": stop.number, "cancelled_at": cancelled_at, "reason": stop.reason}


def _with_why(window: AssignedWindow) -> Json:
    return {**plain(window), "why": explain_placement(window.reason, window.facts)}


def _unplaced(machine: UnplacedMachine) -> Json:
    return {**plain(machine), "why": explain_unplaced(machine.reason, machine.facts)}
