"""The verdicts that were said, for `mweek-auditor report`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from mweek_contracts.events import ADHOC, FindingCode
from mweek_outbox.upsert import upsert
from sqlmodel import Session

from mweek_auditor.domain.finding import Finding
from mweek_auditor.domain.report import Report
from mweek_auditor.storage.rows import REPORT


def store_report(session: Session, report: Report) -> None:
    """Keep a verdict."""
    upsert(session, REPORT, [asdict(report)])


def load_reports(session: Session, location: str, week: str) -> tuple[Report, ...]:
    """Return all verdicts on a week, the last one first."""
    query = sa.select(REPORT).where(REPORT.c.location == location, REPORT.c.week == week)
    rows = session.connection().execute(query.order_by(REPORT.c.audited_at.desc(), REPORT.c.revision.desc())).mappings()
    return tuple(Report(**{**row, "findings": _findings(row["findings"])}) for row in rows)


def forget_window_reports_before(session: Session, instant: datetime) -> None:
    """Forget the verdicts on requested windows that were said before an instant; there is no end of them."""
    session.connection().execute(sa.delete(REPORT).where(REPORT.c.week == ADHOC, REPORT.c.audited_at < instant))


def _findings(documents: list[dict[str, Any]]) -> tuple[Finding, ...]:
    return tuple(Finding(FindingCode(item["code"]), item["machine"], item["text"]) for item in documents)
