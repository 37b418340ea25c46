"""Events: what has happened, in the past tense. Subject: `evt.<location>.<week>.<event>.v1`.

A week's plan is told as changes: a revision's `windows-assigned` and `windows-withdrawn` messages, then the
`week-scheduled` that closes it with counts and a digest over the whole. A reader that applied all of them has the plan.
"""

from mweek_contracts.events.audit import (
    AuditEvent,
    AuditFailedV1,
    AuditOccasion,
    AuditPassedV1,
    Finding,
    FindingCode,
)
from mweek_contracts.events.command import CommandRefusedV1
from mweek_contracts.events.dead_letter import DeadLetterV1
from mweek_contracts.events.fleet import FleetEvent, FleetImportedV1, FleetRefusedV1
from mweek_contracts.events.notice import (
    NoticeEvent,
    NoticeFailedV1,
    NoticeKind,
    NoticeSentV1,
    NoticeSkippedV1,
    SkippedCode,
    ToldWindow,
    WindowNews,
)
from mweek_contracts.events.week import (
    WINDOWS_PER_MESSAGE,
    PlanEvent,
    WeekCancelledV1,
    WeekEvent,
    WeekRefusedV1,
    WeekScheduledV1,
    WindowsAssignedV1,
    WindowsWithdrawnV1,
)
from mweek_contracts.events.window import (
    ADHOC,
    MachineEnteredV1,
    MachineEvent,
    MachineLeftV1,
    MachineOverdueV1,
    RequestedWork,
    WindowEvent,
    WindowGrantedV1,
    WindowRefusedV1,
    WindowWithdrawnV1,
)
from mweek_contracts.fields import Sentence
from mweek_contracts.problem import Problem

__all__ = [
    "ADHOC",
    "WINDOWS_PER_MESSAGE",
    "AuditEvent",
    "AuditFailedV1",
    "AuditOccasion",
    "AuditPassedV1",
    "CommandRefusedV1",
    "DeadLetterV1",
    "Finding",
    "FindingCode",
    "FleetEvent",
    "FleetImportedV1",
    "FleetRefusedV1",
    "MachineEnteredV1",
    "MachineEvent",
    "MachineLeftV1",
    "MachineOverdueV1",
    "NoticeEvent",
    "NoticeFailedV1",
    "NoticeKind",
    "NoticeSentV1",
    "NoticeSkippedV1",
    "PlanEvent",
    "Problem",
    "RequestedWork",
    "Sentence",
    "SkippedCode",
    "ToldWindow",
    "WeekCancelledV1",
    "WeekEvent",
    "WeekRefusedV1",
    "WeekScheduledV1",
    "WindowEvent",
    "WindowGrantedV1",
    "WindowNews",
    "WindowRefusedV1",
    "WindowWithdrawnV1",
    "WindowsAssignedV1",
    "WindowsWithdrawnV1",
]
