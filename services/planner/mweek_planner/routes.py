"""Which handler deals with which message, and answers which request."""

from __future__ import annotations

from mweek_contracts.commands import CancelWeekV1, ScheduleWeekV1
from mweek_contracts.events import AuditFailedV1
from mweek_contracts.requests import (
    EnterWindowV1,
    ExplainWindowV1,
    LeaveWindowV1,
    MyWindowsV1,
    RenewWindowV1,
    RequestWindowV1,
    WithdrawWindowV1,
)
from mweek_messaging import AnswerRoute, Route

from mweek_planner.handlers import CommandHandlers, EntryHandlers, ExplanationHandler, RepairHandler, WindowHandlers


def routes(commands: CommandHandlers, repairs: RepairHandler) -> tuple[Route, ...]:
    """Return the table; records have a way of their own (`ServiceParts.records_apply`)."""
    return (
        Route(ScheduleWeekV1, commands.schedule_week),
        Route(CancelWeekV1, commands.cancel_week),
        Route(AuditFailedV1, repairs.audit_failed),
    )


def answers(
    windows: WindowHandlers, explanations: ExplanationHandler, entries: EntryHandlers
) -> tuple[AnswerRoute, ...]:
    """Return the table of requests."""
    return (
        AnswerRoute(RequestWindowV1, windows.request_window),
        AnswerRoute(WithdrawWindowV1, windows.withdraw_window),
        AnswerRoute(MyWindowsV1, windows.my_windows, anew=True),
        AnswerRoute(ExplainWindowV1, explanations.explain_window, anew=True),
        AnswerRoute(EnterWindowV1, entries.enter_window),
        AnswerRoute(RenewWindowV1, entries.renew_window),
        AnswerRoute(LeaveWindowV1, entries.leave_window),
    )
