"""What happens to the windows of single machines: granted, refused, withdrawn, entered, left, overdue.

A window of a maintenance week is told of under its week, every other under `adhoc` and the machine, so that a machine
can be let hear of its own windows and of nothing else (docs/decisions/0010-requests-and-replies.md).
"""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from mweek_contracts.fields import (
    DowntimeMinutes,
    Identifier,
    PositiveCount,
    Sentence,
    Text,
    Token,
    UtcDatetime,
    Week,
)
from mweek_contracts.message import Message, Value
from mweek_contracts.replies import MOST_REQUESTS, WindowTimes
from mweek_contracts.request_codes import LeaveResult, RequestRefusalCode, WindowChange, WindowWithdrawnCode
from mweek_contracts.requests import MOST_ACTIVITIES, Activity, LeaveFacts
from mweek_contracts.windows import RecordsPosition

ADHOC: Final = "adhoc"
"""Stands in the place of the week; no ISO week can be it."""


class RequestedWork(Value):
    """What one request asked for, as far as it matters to whoever is told or looks again."""

    request_id: Identifier
    """Names it among those of the machine."""
    reason: Text
    """Why, as the machine gave it; customers read it."""
    activities: Annotated[tuple[Activity, ...], Field(max_length=MOST_ACTIVITIES)] = ()
    """What is to be done."""
    estimated_minutes: DowntimeMinutes
    """How long the machine will be down for it."""
    not_before: UtcDatetime | None = None
    """The window was to open no sooner."""
    deadline: UtcDatetime | None = None
    """The window was to be over by then."""
    urgent: bool = False
    """The customer's notice hours were not to be waited for."""
    requested_at: UtcDatetime
    """When the planner decided on it first: its notice hours count from there."""


class MachineEvent(Message):
    """An event about the windows of one machine."""

    location: Token
    """The data centre; also in the subject."""
    machine: Token
    """Which machine; also in the subject, where that names no week."""
    customer: Token | None = None
    """Who is told; absent for the operator's own machines."""
    records: RecordsPosition
    """How far the planner had read RECORDS."""

    @property
    def subject(self) -> str:
        """`evt.<location>.adhoc.<event>.v1.<machine>`."""
        return f"evt.{self.location}.{ADHOC}.{self.message_type}.{self.machine}"


class WindowEvent(MachineEvent):
    """An event about a window that there is, or was."""

    week: Week | None = None
    """The maintenance week whose window it is, also in the subject; absent: a window that was made for requests."""
    window_id: Identifier
    """Names the window in its location, whatever becomes of it."""
    revision: PositiveCount
    """Rises by one with every change of the window: older than what a reader has is ignored."""

    @property
    def subject(self) -> str:
        """`evt.<location>.<week>.<event>.v1`, without a week `evt.<location>.adhoc.<event>.v1.<machine>`."""
        return super().subject if self.week is None else f"evt.{self.location}.{self.week}.{self.message_type}"


class WindowGrantedV1(WindowEvent, WindowTimes):
    """A machine has a window for what it requested, as it is from now on; a higher revision replaces a lower one.

    A window that was moved is granted again, with the next revision and `previous`.
    """

    change: WindowChange
    """What became of the window with this revision."""
    significant: bool
    """Whether the customer must be told: it is new, moved or longer, or now reboots the machine."""
    previous: WindowTimes | None = None
    """Where it was in the revision before; absent for a new one, and for one that stays."""
    request_id: Identifier | None = None
    """The request that this revision answers; absent where the planner moved the window by itself."""
    requests: Annotated[tuple[RequestedWork, ...], Field(min_length=1, max_length=MOST_REQUESTS)]
    """All requests that the window meets, the first one first."""
    estimated_minutes: DowntimeMinutes
    """How long the machine will be down, for all of them together."""
    reboots: bool
    """Whether the machine reboots."""
    urgent: bool = False
    """The customer's notice hours were set aside, because a request was urgent."""
    affects: tuple[Token, ...] = ()
    """The in-service virtual machines on a KVM host: their customers are told of it too."""
    granted_at: UtcDatetime
    """When the planner decided."""


class WindowRefusedV1(MachineEvent):
    """A machine asked for a window and got none. Requests that cannot be read are answered, and not told of."""

    request: RequestedWork
    """What was requested."""
    code: RequestRefusalCode
    """Why, for programs."""
    text: Sentence
    """Why, for people."""
    earliest_alternative: UtcDatetime | None = None
    """When a window could have opened, had the deadline given way."""


class WindowWithdrawnV1(WindowEvent, WindowTimes):
    """A machine has a window no more; its revision is one more than that of the window as it was last granted."""

    reason: WindowWithdrawnCode
    """Why."""
    requests: Annotated[tuple[Identifier, ...], Field(max_length=MOST_REQUESTS)] = ()
    """The `request_id`s of the requests that it was for."""
    affects: tuple[Token, ...] = ()
    """The virtual machines that it would have affected."""
    withdrawn_at: UtcDatetime
    """When the planner decided."""


class MachineEnteredV1(WindowEvent):
    """A machine has entered its window: it may be down from now on."""

    lease_id: Identifier
    """Names the entry; `machine-left` or `machine-overdue` ends it."""
    entered_at: UtcDatetime
    """When it was let in."""
    expires_at: UtcDatetime
    """When the lease expires unless it is renewed, which is told to nobody else."""
    must_end_by: UtcDatetime
    """When the window closes."""


class MachineLeftV1(WindowEvent):
    """A machine has left its window."""

    lease_id: Identifier
    """The entry that is over."""
    result: LeaveResult
    """What became of the work."""
    entered_at: UtcDatetime
    """When it was let in."""
    left_at: UtcDatetime
    """When it said that it is done."""
    downtime_minutes: DowntimeMinutes
    """How long it was truly down, as it says."""
    overdue: bool = False
    """It was found overdue before: `machine-overdue` was said, and it has counted as failed since."""
    text: Text | None = None
    """What it says of it."""
    facts: LeaveFacts = {}
    """What else it says."""


class MachineOverdueV1(WindowEvent):
    """A lease expired, and the machine has not left: it may still be down, and counts as failed."""

    lease_id: Identifier
    """The entry that did not end."""
    entered_at: UtcDatetime
    """When it was let in."""
    expired_at: UtcDatetime
    """When its lease expired."""
    must_end_by: UtcDatetime
    """When its window closes, or has closed."""
