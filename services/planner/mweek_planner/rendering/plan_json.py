"""A planned week as JSON, for programs. The same plan gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mweek_planner.domain.outcome import Planned, Refused
from mweek_planner.domain.plan import Assignment, Overrides, Phase, Unplaced
from mweek_planner.domain.report import Compromise


def plan_json(planned: Planned, *, pattern_document: Mapping[str, Any]) -> str:
    """Return a plan as one JSON document with a line for each phase, window and compromise.

    What a reader may count on comes first: location, week, pattern, phases, assignments, unplaced.

    Args:
        pattern_document: the pattern as it was written.
    """
    plan, report = planned.plan, planned.report
    return _lines(
        {
            "location": plan.location,
            "week": plan.week,
            "pattern": plan.pattern.name,
            "phases": [_phase(phase) for phase in plan.phases],
            "assignments": [_assignment(assignment) for assignment in plan.assignments],
            "unplaced": [_unplaced(unplaced) for unplaced in plan.unplaced],
            "revision": plan.revision,
            "planned_at": _instant(plan.planned_at),
            "overrides": _overrides(plan.overrides),
            "compromises": [_compromise(compromise) for compromise in report.compromises],
            "outside_acceptable": report.outside_acceptable,
            "pattern_document": pattern_document,
        }
    )


def refusal_json(refused: Refused) -> str:
    """Return a refusal as one JSON document."""
    document = {
        "code": refused.code.value,
        "text": refused.text,
        "earliest_week": refused.earliest_week,
        "machines": list(refused.machines),
    }
    return _lines({"refused": document})


def _lines(document: Mapping[str, Any]) -> str:
    return "{\n" + ",\n".join(f"{json.dumps(key)}: {_value(value)}" for key, value in document.items()) + "\n}\n"


def _value(value: Any) -> str:
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(f"  {_compact(item)}" for item in value) + "\n]"
    return _compact(value)


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _phase(phase: Phase) -> dict[str, Any]:
    return {"name": phase.name, "opens_at": _instant(phase.opens_at), "closes_at": _instant(phase.closes_at)}


def _assignment(assignment: Assignment) -> dict[str, Any]:
    rendered: dict[str, Any] = {
        "machine": assignment.machine,
        "phase": assignment.phase,
        "opens_at": _instant(assignment.opens_at),
        "closes_at": _instant(assignment.closes_at),
        "reason": assignment.reason.value,
    }
    if assignment.customer is not None:
        rendered["customer"] = assignment.customer
    rendered["facts"] = dict(assignment.facts)
    if assignment.affects:
        rendered["affects"] = list(assignment.affects)
    return rendered


def _unplaced(unplaced: Unplaced) -> dict[str, Any]:
    rendered: dict[str, Any] = {"machine": unplaced.machine, "reason": unplaced.reason.value}
    if unplaced.customer is not None:
        rendered["customer"] = unplaced.customer
    return rendered | {"facts": dict(unplaced.facts)}


def _compromise(compromise: Compromise) -> dict[str, Any]:
    return {
        "code": compromise.code.value,
        "phase": compromise.phase,
        "entry": compromise.entry,
        "planned": compromise.planned,
        "actual": compromise.actual,
        "facts": dict(compromise.facts),
    }


def _overrides(overrides: Overrides) -> list[dict[str, str]]:
    given = (("blackouts", overrides.blackouts), ("notice", overrides.notice))
    return [{"rule": rule, "reason": reason} for rule, reason in given if reason is not None]


def _instant(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
