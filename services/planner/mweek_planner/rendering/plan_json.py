"""A planned week as JSON, for programs. The same plan gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, Final

from mweek_planner.domain.assignments import Assignments
from mweek_planner.domain.outcome import Planned, Refused
from mweek_planner.domain.plan import Overrides, Phase, Placement, Unplaced
from mweek_planner.domain.report import Compromise

_LINES_AT_ONCE: Final = 2_000
_text = json.encoder.encode_basestring
"""A text as `json.dumps` writes it without `ensure_ascii`."""


def plan_json(planned: Planned, *, pattern_document: Mapping[str, Any]) -> Iterator[str]:
    """Yield the parts of a plan as one JSON document with a line for each phase, window and compromise.

    What a reader may count on comes first: location, week, pattern, phases, assignments, unplaced.

    Args:
        pattern_document: the pattern as it was written.
    """
    plan, report = planned.plan, planned.report
    first = {
        "location": plan.location,
        "week": plan.week,
        "pattern": plan.pattern.name,
        "phases": [_phase(phase) for phase in plan.phases],
    }
    last = {
        "unplaced": [_unplaced(unplaced) for unplaced in plan.unplaced],
        "revision": plan.revision,
        "planned_at": _instant(plan.planned_at),
        "overrides": _overrides(plan.overrides),
        "compromises": [_compromise(compromise) for compromise in report.compromises],
        "outside_acceptable": report.outside_acceptable,
        "pattern_document": pattern_document,
    }
    yield "{\n" + _members(first) + ',\n"assignments": '
    yield from _windows(Assignments.of(plan.assignments))
    yield ",\n" + _members(last) + "\n}\n"


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
    return "{\n" + _members(document) + "\n}\n"


def _members(document: Mapping[str, Any]) -> str:
    return ",\n".join(f"{json.dumps(key)}: {_value(value)}" for key, value in document.items())


def _windows(assignments: Assignments) -> Iterator[str]:
    """Yield the list of windows; what machines have in common is rendered once."""
    if not assignments:
        yield "[]"
        return
    heads = [_head(placement) for placement in assignments.placements]
    tails = [f', "facts": {_compact(dict(placement.facts))}' for placement in assignments.placements]
    owners = {owner: "" if owner is None else f', "customer": {_text(owner)}' for owner in set(assignments.customer)}
    guests = assignments.guests
    lines = (
        f'  {{"machine": {name}{heads[number]}{owners[owner]}{tails[number]}{_affects(guests, machine)}}}'
        for machine, name, owner, number in zip(
            assignments.machine,
            map(_text, assignments.machine),
            assignments.customer,
            assignments.placement,
            strict=True,
        )
    )
    yield "[\n" + next(lines)
    while some := list(islice(lines, _LINES_AT_ONCE)):
        yield ",\n" + ",\n".join(some)
    yield "\n]"


def _head(placement: Placement) -> str:
    when = {
        "phase": placement.phase,
        "opens_at": _instant(placement.opens_at),
        "closes_at": _instant(placement.closes_at),
    }
    return f", {_compact(when | {'reason': placement.reason.value})[1:-1]}"


def _affects(guests: Mapping[str, tuple[str, ...]], machine: str) -> str:
    return f', "affects": {_compact(guests[machine])}' if machine in guests else ""


def _value(value: Any) -> str:
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(f"  {_compact(item)}" for item in value) + "\n]"
    return _compact(value)


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _phase(phase: Phase) -> dict[str, Any]:
    return {"name": phase.name, "opens_at": _instant(phase.opens_at), "closes_at": _instant(phase.closes_at)}


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
