"""Which handler deals with which message."""

from __future__ import annotations

from mweek_contracts.events import (
    AuditFailedV1,
    WeekCancelledV1,
    WeekScheduledV1,
    WindowGrantedV1,
    WindowsAssignedV1,
    WindowsWithdrawnV1,
    WindowWithdrawnV1,
)
from mweek_messaging import Route

from mweek_notifier.handlers import AuditHandlers, WeekHandlers, WindowHandlers


def routes(weeks: WeekHandlers, windows: WindowHandlers, audits: AuditHandlers) -> tuple[Route, ...]:
    """Return the table; records have a way of their own (`ServiceParts.records_apply`)."""
    return (
        Route(WindowsAssignedV1, weeks.windows_assigned),
        Route(WindowsWithdrawnV1, weeks.windows_withdrawn),
        Route(WeekScheduledV1, weeks.week_scheduled),
        Route(WeekCancelledV1, weeks.week_cancelled),
        Route(WindowGrantedV1, windows.window_granted),
        Route(WindowWithdrawnV1, windows.window_withdrawn),
        Route(AuditFailedV1, audits.audit_failed),
    )
