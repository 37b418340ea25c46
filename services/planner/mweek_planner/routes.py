"""Which handler deals with which message."""

from __future__ import annotations

from mweek_contracts.commands import CancelWeekV1, ScheduleWeekV1
from mweek_contracts.events import AuditFailedV1
from mweek_messaging import Route

from mweek_planner.handlers import CommandHandlers, RepairHandler


def routes(commands: CommandHandlers, repairs: RepairHandler) -> tuple[Route, ...]:
    """Return the table; records have a way of their own (`ServiceParts.records_apply`)."""
    return (
        Route(ScheduleWeekV1, commands.schedule_week),
        Route(CancelWeekV1, commands.cancel_week),
        Route(AuditFailedV1, repairs.audit_failed),
    )
