"""Events: what has happened, in the past tense. Subject: `evt.<location>.<week>.<event>.v1`.

A week's plan is told as changes: a revision's `windows-assigned` and `windows-withdrawn` messages, then the
`week-scheduled` that closes it with counts and a digest over the whole. A reader that applied all of them has the plan.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from mweek_contracts.fields import Count, EmailAddress, Identifier, PositiveCount, Text, Token, UtcDatetime, Week
from mweek_contracts.message import Message, Value
from mweek_contracts.pattern import Pattern
from mweek_contracts.reasons import RefusalCode
from mweek_contracts.windows import (
    AssignedWindow,
    Compromise,
    Override,
    PhaseSummary,
    RecordsPosition,
    UnplacedMachine,
    WithdrawnWindow,
)

WINDOWS_PER_MESSAGE = 500
Sentence = Annotated[str, StringConstraints(max_length=4000)]


class WeekEvent(Message):
    """An event of one week of one location."""

    location: Token
    week: Week

    @property
    def subject(self) -> str:
        """`evt.<location>.<week>.<event>.v1`; the week as `2026-W49`."""
        return f"evt.{self.location}.{self.week}.{self.message_type}"


class PlanEvent(WeekEvent):
    """An event about one plan revision. A preview changes nothing; its `plan_id` is its own.

    `plan_id` is `<location>/<week>/r<revision>`, or `<location>/<week>/preview/<command_id>`.
    """

    plan_id: Identifier
    revision: PositiveCount
    preview: bool = False


class WindowsAssignedV1(PlanEvent):
    """Windows that this revision gives or moves, and the machines that it leaves without; at most 500 of each.

    Windows that stay as they were are not repeated. `unplaced` over all parts is the whole list of this revision.
    """

    part: PositiveCount
    windows: Annotated[tuple[AssignedWindow, ...], Field(max_length=WINDOWS_PER_MESSAGE)] = ()
    unplaced: Annotated[tuple[UnplacedMachine, ...], Field(max_length=WINDOWS_PER_MESSAGE)] = ()


class WindowsWithdrawnV1(PlanEvent):
    """Windows that this revision takes away without giving another; at most 500."""

    part: PositiveCount
    windows: Annotated[tuple[WithdrawnWindow, ...], Field(max_length=WINDOWS_PER_MESSAGE)] = ()


class WeekScheduledV1(PlanEvent):
    """Closes a plan revision: what to have seen before acting on it, and what it is made from.

    `assigned_parts` and `withdrawn_parts` count the messages that came before; `windows` counts all windows of the
    revision, kept ones included, and `digest` is `assignments_digest` over them. `records` says how far the planner
    had read RECORDS.
    """

    parent_revision: PositiveCount | None = None
    command_id: Identifier | None = None
    pattern: Pattern
    phases: tuple[PhaseSummary, ...]
    windows: Count
    unplaced: Count = 0
    outside_acceptable: Count = 0
    assigned_parts: Count
    withdrawn_parts: Count = 0
    digest: str
    records: RecordsPosition
    compromises: tuple[Compromise, ...] = ()
    overrides: tuple[Override, ...] = ()
    scheduled_at: UtcDatetime


class Problem(Value):
    """One thing that is wrong with a command or a document, and where."""

    place: str
    text: Sentence


class WeekRefusedV1(WeekEvent):
    """A command about a week was not carried out; nothing changed."""

    command_id: Identifier
    code: RefusalCode
    text: Sentence
    preview: bool = False
    earliest_week: Week | None = None
    machines: tuple[Token, ...] = ()
    problems: tuple[Problem, ...] = ()


class WeekCancelledV1(WeekEvent):
    """The windows of a week that had not opened are withdrawn; `windows-withdrawn` messages came before."""

    plan_id: Identifier
    revision: PositiveCount
    command_id: Identifier
    reason: Text
    withdrawn: Count
    withdrawn_parts: Count


class CommandRefusedV1(Message):
    """A command could not be read; it went to the dead letters. Subject: `evt.<location>.commands.…`."""

    location: Token
    command_id: Identifier | None = None
    command_subject: str
    text: Sentence
    problems: tuple[Problem, ...] = ()

    @property
    def subject(self) -> str:
        """`evt.<location>.commands.command-refused.v1`."""
        return f"evt.{self.location}.commands.{self.message_type}"


class FindingCode(StrEnum):
    """What the auditor found wrong."""

    NO_WINDOW = "no-window"
    UNPLACED = "unplaced"
    SEVERAL_WINDOWS = "several-windows"
    UNKNOWN_MACHINE = "unknown-machine"
    RETIRED_MACHINE = "retired-machine"
    UNKNOWN_PHASE = "unknown-phase"
    OUTSIDE_PHASE = "outside-phase"
    WRONG_PHASE = "wrong-phase"
    PHASE_ORDER = "phase-order"
    REDUNDANCY = "redundancy"
    QUOTA = "quota"
    BLACKOUT = "blackout"
    NOTICE_HOURS = "notice-hours"
    NOT_TOLD = "not-told"
    TOLD_LATE = "told-late"
    NOTICE_FAILED = "notice-failed"
    COUNTS = "counts"
    DIGEST = "digest"
    UNKNOWN_CUSTOMER = "unknown-customer"
    TOO_SHORT = "too-short"
    ALREADY_OPEN = "already-open"
    NEEDLESS_MOVE = "needless-move"
    AFFECTS = "affects"
    WRONG_CUSTOMER = "wrong-customer"


class Finding(Value):
    """One thing that the auditor found wrong."""

    code: FindingCode
    machine: Token | None = None
    text: Sentence


class AuditOccasion(StrEnum):
    """What made the auditor look."""

    REVISION = "revision"
    INVENTORY_CHANGED = "inventory-changed"
    PHASE_OPENS = "phase-opens"
    WEEK_ENDS = "week-ends"
    REQUESTED = "requested"


class AuditEvent(PlanEvent):
    """The verdict on one plan revision."""

    occasion: AuditOccasion
    audit_id: Identifier
    audited_at: UtcDatetime
    machines: Count
    windows: Count
    customers_told: Count = 0


class AuditPassedV1(AuditEvent):
    """Every check of the plan revision holds."""


class AuditFailedV1(AuditEvent):
    """At least one check does not hold; `findings` has the first 500, `findings_total` counts all."""

    findings_total: PositiveCount
    findings: Annotated[tuple[Finding, ...], Field(min_length=1, max_length=500)]


class NoticeKind(StrEnum):
    """What a notice is about."""

    SCHEDULED = "scheduled"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    FINDING = "finding"


class NoticeEvent(WeekEvent):
    """What became of one notice: one contact, one occasion."""

    notice_id: Identifier
    kind: NoticeKind
    plan_id: Identifier
    revision: PositiveCount
    customer: Token | None = None
    contact: EmailAddress


class NoticeSentV1(NoticeEvent):
    """A mail server accepted the mail (or it lies in the maildir)."""

    mail_message_id: str
    sent_at: UtcDatetime
    attempt: PositiveCount = 1


class NoticeSkippedV1(NoticeEvent):
    """The mail was not sent on purpose, e.g. a newer revision made it untrue before it left."""

    reason: Text


class NoticeFailedV1(NoticeEvent):
    """The mail will not be delivered: the address was refused, or every attempt failed."""

    reason: Sentence
    attempts: PositiveCount


class FleetEvent(Message):
    """An event about the records of a location. Subject: `evt.<location>.fleet.<event>.v1`."""

    location: Token
    import_id: Identifier
    command_id: Identifier | None = None

    @property
    def subject(self) -> str:
        """`evt.<location>.fleet.<event>.v1`."""
        return f"evt.{self.location}.fleet.{self.message_type}"


class FleetImportedV1(FleetEvent):
    """An import was carried out whole; counts of records that changed, and of those that were already so."""

    machines_put: Count
    machines_removed: Count
    machines_unchanged: Count
    customers_put: Count
    customers_removed: Count
    customers_unchanged: Count


class FleetRefusedV1(FleetEvent):
    """An import was refused; nothing of it was done."""

    text: Sentence
    problems: Annotated[tuple[Problem, ...], Field(max_length=1000)] = ()


class DeadLetterV1(Message):
    """A message that a handler could not deal with, kept whole. Subject: `dead.<service>.<handler>`."""

    service: Token
    handler: Token
    reason: Sentence
    original_subject: str
    original_stream: str
    original_headers: dict[str, str] = {}
    original_body_base64: str
    attempts: PositiveCount

    @property
    def subject(self) -> str:
        """`dead.<service>.<handler>`."""
        return f"dead.{self.service}.{self.handler}"
