"""Which handler deals with which message."""

from __future__ import annotations

from mweek_contracts.events import (
    NoticeFailedV1,
    NoticeSentV1,
    NoticeSkippedV1,
    WeekCancelledV1,
    WeekScheduledV1,
    WindowsAssignedV1,
    WindowsWithdrawnV1,
)
from mweek_messaging import Route

from mweek_auditor.handlers import NoticeHandlers, WeekHandlers


def routes(weeks: WeekHandlers, notices: NoticeHandlers) -> tuple[Route, ...]:
    """Return the table; records have a way of their own (`ServiceParts.records_apply`)."""
    return (
        Route(WindowsAssignedV1, weeks.windows_assigned),
        Route(WindowsWithdrawnV1, weeks.windows_withdrawn),
        Route(WeekScheduledV1, weeks.week_scheduled),
        Route(WeekCancelledV1, weeks.week_cancelled),
        Route(NoticeSentV1, notices.notice_sent),
        Route(NoticeSkippedV1, notices.notice_skipped),
        Route(NoticeFailedV1, notices.notice_failed),
    )
