"""Puts together, from the auditor's own tables, what one audit of requested windows looks at."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session

from mweek_auditor.domain.windows.case import WindowCase
from mweek_auditor.domain.windows.history import History
from mweek_auditor.domain.windows.records import Records
from mweek_auditor.domain.windows.window import windows_by_id
from mweek_auditor.storage.histories import ReadAs, histories
from mweek_auditor.storage.leases import leases_since
from mweek_auditor.storage.records import RecordKind
from mweek_auditor.storage.window_notices import answers_since
from mweek_auditor.storage.windows import planned_weeks, told_revisions, week_windows
from mweek_auditor.translation.records import customer_from, machine_from
from mweek_auditor.translation.windows import policy_from, revision_of

ENDED_RECENTLY = timedelta(days=1)
"""Windows that were over before are not looked at any more."""

_KINDS = (
    ReadAs(RecordKind.MACHINE, machine_from),
    ReadAs(RecordKind.CUSTOMER, customer_from),
    ReadAs(RecordKind.POLICY, policy_from),
)


def case_of_windows(
    session: Session, location: str, *, now: datetime, patience: timedelta, notice_patience: timedelta
) -> WindowCase | None:
    """Return the case of a location's requested windows; None where there are none, and nobody is in one."""
    since = now - ENDED_RECENTLY
    told, leases = told_revisions(session, location, since), leases_since(session, location, since)
    if not told and not leases:
        return None
    known = histories(session, location, *_KINDS)
    return WindowCase(
        location=location,
        now=now,
        since=since,
        patience=patience,
        notice_patience=notice_patience,
        records=Records(
            machines=known[RecordKind.MACHINE],
            customers=known[RecordKind.CUSTOMER],
            policy=known[RecordKind.POLICY].get("", History()),
        ),
        windows=windows_by_id(
            revision_of(one.body, withdrawn=one.withdrawn, number=one.heard, heard_at=one.heard_at) for one in told
        ),
        week_windows=week_windows(session, location, since),
        weeks=planned_weeks(session, location, since),
        leases=leases,
        answers=answers_since(session, location, since),
    )
