"""A planned week as people read it: who is in which phase, and why; what gave way; what a revision changes."""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from mweek_contracts.reasons import UNPLACED_SENTENCES, explain_compromise, explain_placement, explain_unplaced

from mweek_planner.domain.diff import PlanDiff
from mweek_planner.domain.outcome import Planned, Refused
from mweek_planner.domain.plan import Assignment, Overrides, Phase, Plan
from mweek_planner.domain.report import Report

_WIDTH = 110
_MACHINES = "      "


def plan_text(planned: Planned) -> str:
    """Return a plan with its report: by phase, the machines that are there for the same reason together."""
    plan, report = planned.plan, planned.report
    return _joined(
        _title(plan),
        *(_phase(phase, [a for a in plan.assignments if a.phase == phase.name]) for phase in plan.phases),
        _unplaced(plan),
        _report(report),
        _overrides(plan.overrides),
    )


def diff_text(changes: PlanDiff) -> str:
    """Return what a revision changes, a line for each machine that must be told."""
    lines = [
        *(f"+ {one.assignment.machine}: {_when(one.assignment)}" for one in changes.assigned if one.previous is None),
        *(
            f"~ {one.assignment.machine}: {_when(one.previous)} -> {_when(one.assignment)}"
            for one in changes.assigned
            if one.previous is not None
        ),
        *(
            f"- {gone.assignment.machine}: {_when(gone.assignment)} ({UNPLACED_SENTENCES[gone.reason]})"
            for gone in changes.withdrawn
        ),
    ]
    return _joined([*(lines or ["nothing changes"]), f"{_count(len(changes.kept), 'window')} stay as they were"])


def refusal_text(refused: Refused) -> str:
    """Return why nothing was planned."""
    return f"refused ({refused.code.value}): {refused.text}\n"


def _joined(*blocks: Iterable[str]) -> str:
    return "\n\n".join("\n".join(lines) for block in blocks if (lines := list(block))) + "\n"


def _title(plan: Plan) -> Iterator[str]:
    counts = f"{_count(len(plan.assignments), 'window')} in {_count(len(plan.phases), 'phase')}"
    state = "cancelled, " if plan.cancelled else ""
    yield f"{plan.location} {plan.week} by {plan.pattern.name}, revision {plan.revision}: {state}{counts}"


def _phase(phase: Phase, assignments: list[Assignment]) -> Iterator[str]:
    when = f"{phase.opens_at:%a %d %b %H:%M} to {_until(phase.opens_at, phase.closes_at)}"
    yield f"{phase.name}  {when} UTC  {_count(len(assignments), 'machine')}"
    together: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for one in assignments:
        whole = (one.opens_at, one.closes_at) == (phase.opens_at, phase.closes_at)
        slot = "" if whole else f"{one.opens_at:%H:%M} to {_until(one.opens_at, one.closes_at)} "
        together[slot, explain_placement(one.reason, dict(one.facts))].append(_named(one))
    for (slot, sentence), machines in together.items():
        yield from textwrap.wrap(f"{slot}{sentence}:", _WIDTH, initial_indent="  ", subsequent_indent="    ")
        yield from _wrapped(machines)


def _named(assignment: Assignment) -> str:
    guests = f" (with its guests {', '.join(assignment.affects)})" if assignment.affects else ""
    return assignment.machine + guests


def _unplaced(plan: Plan) -> Iterator[str]:
    together: defaultdict[str, list[str]] = defaultdict(list)
    for one in plan.unplaced:
        together[explain_unplaced(one.reason, dict(one.facts))].append(one.machine)
    if together:
        yield f"without a window  {_count(len(plan.unplaced), 'machine')}"
    for sentence, machines in together.items():
        yield f"  {sentence}:"
        yield from _wrapped(machines)


def _report(report: Report) -> Iterator[str]:
    for one in report.compromises:
        why = explain_compromise(one.code, planned=one.planned, actual=one.actual, facts=dict(one.facts))
        yield from textwrap.wrap(
            f"compromise in {one.phase}, entry {one.entry}: {why}", _WIDTH, subsequent_indent="    "
        )
    if report.outside_acceptable:
        yield f"outside of what their customers accept: {_count(report.outside_acceptable, 'window')}"


def _overrides(overrides: Overrides) -> Iterator[str]:
    for rule, reason in (("blackouts", overrides.blackouts), ("notice hours", overrides.notice)):
        if reason is not None:
            yield f"{rule} overridden: {reason}"


def _wrapped(machines: Iterable[str]) -> list[str]:
    text = ", ".join(machines)
    return textwrap.wrap(text, _WIDTH, initial_indent=_MACHINES, subsequent_indent=_MACHINES, break_on_hyphens=False)


def _when(assignment: Assignment) -> str:
    until = _until(assignment.opens_at, assignment.closes_at)
    return f"{assignment.phase}, {assignment.opens_at:%a %H:%M} to {until}"


def _until(opens_at: datetime, closes_at: datetime) -> str:
    return f"{closes_at:%H:%M}" if opens_at.date() == closes_at.date() else f"{closes_at:%a %H:%M}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
