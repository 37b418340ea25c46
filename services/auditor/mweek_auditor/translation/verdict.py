"""A verdict as it is said on the bus."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mweek_contracts.events import (
    ADHOC,
    AuditFailedV1,
    AuditOccasion,
    AuditPassedV1,
    WeekCancelledV1,
    WeekScheduledV1,
)
from pydantic import TypeAdapter

from mweek_auditor.domain.report import Report
from mweek_auditor.translation.revision import findings_of

_CLOSING: TypeAdapter[WeekScheduledV1 | WeekCancelledV1] = TypeAdapter(WeekScheduledV1 | WeekCancelledV1)


def closing_of(document: str) -> WeekScheduledV1 | WeekCancelledV1:
    """Return the message that closed a revision, from its JSON."""
    return _CLOSING.validate_json(document)


def verdict_event(envelope: Mapping[str, Any], report: Report) -> AuditPassedV1 | AuditFailedV1:
    """Return the event that tells of a report."""
    fields: dict[str, Any] = {
        **envelope,
        "location": report.location,
        **_about(report),
        "preview": report.preview,
        "occasion": AuditOccasion(report.occasion),
        "audit_id": report.audit_id,
        "audited_at": report.audited_at,
        "machines": report.machines,
        "windows": report.windows,
        "customers_told": report.customers_told,
    }
    if not report.findings:
        return AuditPassedV1(**fields)
    return AuditFailedV1(**fields, findings_total=report.findings_total, findings=findings_of(report.findings))


def _about(report: Report) -> dict[str, Any]:
    """Return which plan a report is about; nothing where it is about requested windows."""
    if report.week == ADHOC:
        return {}
    return {"week": report.week, "plan_id": report.plan_id, "revision": report.revision}
