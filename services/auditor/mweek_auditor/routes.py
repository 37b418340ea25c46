"""Which handler deals with which message."""

from __future__ import annotations

from mweek_contracts.events import (
    MachineEnteredV1,
    MachineLeftV1,
    MachineOverdueV1,
    NoticeFailedV1,
    NoticeSentV1,
    NoticeSkippedV1,
    WeekCancelledV1,
    WeekScheduledV1,
    WindowGrantedV1,
    WindowsAssignedV1,
    WindowsWithdrawnV1,
    WindowWithdrawnV1,
)
from mweek_messaging import Route

from mweek_auditor.handlers import NoticeHandlers, WeekHandlers, WindowHandlers


def routes(weeks: WeekHandlers, windows: WindowHandlers, notices: NoticeHandlers) -> tuple[Route, ...]:
    """Return the table; records have a way of their own (`ServiceParts.records_apply`)."""
    return (
        Route(WindowsAssignedV1, weeks.windows_assigned),
        Route(WindowsWithdrawnV1, weeks.windows_withdrawn),
        Route(WeekScheduledV1, weeks.week_scheduled),
        Route(WeekCancelledV1, weeks.week_cancelled),
        Route(WindowGrantedV1, windows.window_granted),
        Route(WindowWithdrawnV1, windows.window_withdrawn),
        Route(MachineEnteredV1, windows.machine_entered),
        Route(MachineLeftV1, windows.machine_left),
        Route(MachineOverdueV1, windows.machine_overdue),
        Route(NoticeSentV1, notices.notice_sent),
        Route(NoticeSkippedV1, notices.notice_skipped),
        Route(NoticeFailedV1, notices.notice_failed),
    )
