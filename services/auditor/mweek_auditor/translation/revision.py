"""The events of a plan revision as the audit's plan, and its findings as events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from mweek_contracts.events import Finding as FindingFields
from mweek_contracts.events import WeekScheduledV1
from mweek_contracts.windows import PhaseSummary as StoredPhase

from mweek_auditor.domain.finding import Finding
from mweek_auditor.domain.plan import Books, PhaseSummary, Plan, Window
from mweek_auditor.translation.document import compromises_of, override_of
from mweek_auditor.translation.parts import PlanPart

FINDINGS_PER_MESSAGE = 500


def plan_of(
    scheduled: WeekScheduledV1,
    windows: Sequence[Window],
    parts: Sequence[PlanPart],
) -> Plan:
    """Return the revision that the events tell of.

    Args:
        windows: all windows of the revision, kept ones included.
        parts: the messages of this revision that came before the one that closes it.
    """
    withdrawn = sum(part.withdraws for part in parts)
    return Plan(
        location=scheduled.location,
        week=scheduled.week,
        revision=scheduled.revision,
        planned_at=scheduled.scheduled_at,
        phases=phases_of(scheduled),
        windows=tuple(windows),
        unplaced=tuple(unplaced for part in parts for unplaced in part.unplaced),
        compromises=compromises_of(scheduled.compromises),
        blackouts_overridden=override_of(scheduled.overrides, "blackout"),
        notice_overridden=override_of(scheduled.overrides, "notice"),
        books=Books(
            windows=scheduled.windows,
            unplaced=scheduled.unplaced,
            outside_acceptable=scheduled.outside_acceptable,
            digest=scheduled.digest,
            assigned_parts=(scheduled.assigned_parts, len(parts) - withdrawn),
            withdrawn_parts=(scheduled.withdrawn_parts, withdrawn),
        ),
        told=tuple(told for part in parts for told in part.told),
    )


def phases_of(scheduled: WeekScheduledV1) -> tuple[PhaseSummary, ...]:
    """Return the phases as the event lists them."""
    return tuple(PhaseSummary(p.phase, p.opens_at, p.closes_at, p.machines) for p in scheduled.phases)


def findings_of(findings: Iterable[Finding]) -> tuple[FindingFields, ...]:
    """Return the first findings as an event carries them; the whole number goes beside them."""
    fields = []
    for finding in findings:
        fields.append(FindingFields(code=finding.code, machine=finding.machine, text=finding.text[:4000]))
        if len(fields) == FINDINGS_PER_MESSAGE:
            break
    return tuple(fields)


def stored_phases(scheduled: WeekScheduledV1) -> list[dict[str, Any]]:
    """Return the phases as they are kept until the next revision has been compared with this one."""
    return [phase.model_dump(mode="json") for phase in scheduled.phases]


def parent_phases_of(stored: Iterable[dict[str, Any]]) -> tuple[PhaseSummary, ...]:
    """Return phases that `stored_phases` made."""
    phases = (StoredPhase.model_validate(document, strict=False) for document in stored)
    return tuple(PhaseSummary(p.phase, p.opens_at, p.closes_at, p.machines) for p in phases)


def override_reason(scheduled: WeekScheduledV1, rule: str) -> str | None:
    """Return the reason given for setting `blackout` or `notice` aside; None where it was not."""
    return override_of(scheduled.overrides, rule)
