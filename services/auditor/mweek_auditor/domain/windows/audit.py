"""The audit of a location's requested windows: all checks."""

from __future__ import annotations

from mweek_auditor.domain.finding import Finding, in_order
from mweek_auditor.domain.windows.acceptance import Acceptance
from mweek_auditor.domain.windows.booking import bookings_of
from mweek_auditor.domain.windows.case import WindowCase
from mweek_auditor.domain.windows.clashes import Clashes
from mweek_auditor.domain.windows.entries import Entries
from mweek_auditor.domain.windows.length import Lengths
from mweek_auditor.domain.windows.limits import Limits
from mweek_auditor.domain.windows.ownership import Ownership
from mweek_auditor.domain.windows.telling import Telling


def audit_windows(case: WindowCase, telling: Telling) -> tuple[Finding, ...]:
    """Return everything that is wrong with requested windows, sorted; nothing when the rules are kept.

    The rules are those of docs/window-requests.md. The work grows as the number of windows and its logarithm do.
    """
    bookings = bookings_of(case)
    return in_order(
        (
            *Ownership(case).findings(),
            *Acceptance(case).findings(),
            *Lengths(case).findings(),
            *Clashes(bookings).findings(),
            *Limits(case, bookings).findings(),
            *Entries(case).findings(),
            *telling.findings(),
        )
    )
