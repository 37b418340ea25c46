"""A verdict with what was looked at, as it is kept and said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mweek_auditor.domain.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A verdict on one revision, with what was looked at; `findings` are the first of `findings_total`.

    One on requested windows stands under the week `adhoc` and no plan.
    """

    audit_id: str
    location: str
    week: str
    plan_id: str
    revision: int
    preview: bool
    occasion: str
    audited_at: datetime
    machines: int
    windows: int
    phases: int
    unplaced: int
    customers_told: int
    findings_total: int
    findings: tuple[Finding, ...]
