"""When a week is looked at by itself: before each phase opens, and when the last one has closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from mweek_contracts.events import AuditOccasion

from mweek_auditor.domain.plan import PhaseSummary

LEAD = timedelta(minutes=30)
"""Time for an operator to hold the week before machines enter."""


def next_look(phases: Sequence[PhaseSummary], *, after: datetime) -> datetime | None:
    """Return the next time that a week must be looked at; None when it is over and was looked at."""
    looks = [phase.opens_at - LEAD for phase in phases]
    looks += [max(phase.closes_at for phase in phases)] if phases else []
    return min((look for look in looks if look > after), default=None)


def occasion_at(phases: Sequence[PhaseSummary], now: datetime) -> AuditOccasion:
    """Return what a look at this time is for."""
    over = all(phase.closes_at <= now for phase in phases)
    return AuditOccasion.WEEK_ENDS if over else AuditOccasion.PHASE_OPENS
