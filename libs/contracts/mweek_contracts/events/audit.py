"""What the auditor says: a verdict on one plan revision, or on the requested windows of a location; what it found."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from mweek_contracts.events.window import ADHOC
from mweek_contracts.fields import Count, Identifier, PositiveCount, Sentence, Token, UtcDatetime, Week
from mweek_contracts.message import Message, Value


class FindingCode(StrEnum):
    """What the auditor found wrong."""

    NO_WINDOW = "no-window"
    """An in-service machine has no window, and the plan does not say why. The planner answers with a revision."""
    UNPLACED = "unplaced"
    """The plan leaves an in-service machine without a window and says so."""
    SEVERAL_WINDOWS = "several-windows"
    """A machine has more than one window."""
    UNKNOWN_MACHINE = "unknown-machine"
    """A window is for a machine that nobody knows."""
    RETIRED_MACHINE = "retired-machine"
    """A window is for a machine that is out of service."""
    UNKNOWN_PHASE = "unknown-phase"
    """A window names a phase that the pattern does not have."""
    OUTSIDE_PHASE = "outside-phase"
    """A window reaches out of its phase."""
    WRONG_PHASE = "wrong-phase"
    """A machine is in a phase that does not take it."""
    PHASE_ORDER = "phase-order"
    """The phases are not in the order of the pattern, or overlap."""
    REDUNDANCY = "redundancy"
    """The windows of two members of a redundancy group overlap."""
    QUOTA = "quota"
    """A phase takes more or fewer machines than the pattern says, and no compromise explains it."""
    BLACKOUT = "blackout"
    """A window overlaps a blackout of the customer that was not overridden."""
    NOTICE_HOURS = "notice-hours"
    """A window opens sooner than the customer's notice hours allow, not overridden."""
    NOT_TOLD = "not-told"
    """A contact of an affected customer was not told of the current revision."""
    TOLD_LATE = "told-late"
    """A contact was told later than the customer's notice hours ask for."""
    NOTICE_FAILED = "notice-failed"
    """A notice could not be delivered."""
    COUNTS = "counts"
    """The numbers in `week-scheduled` are not those of the windows."""
    DIGEST = "digest"
    """The digest in `week-scheduled` is not that of the windows."""
    UNKNOWN_CUSTOMER = "unknown-customer"
    """A machine with a window belongs to a customer that nobody knows."""
    TOO_SHORT = "too-short"
    """A window is shorter than the machine needs."""
    ALREADY_OPEN = "already-open"
    """A revision changed a window that had opened."""
    NEEDLESS_MOVE = "needless-move"
    """A revision moved a window that could have stayed."""
    AFFECTS = "affects"
    """The window of a KVM host does not name the virtual machines on it."""
    STILL_SCHEDULED = "still-scheduled"
    """The week was cancelled, and a window that had not opened is left."""
    WRONG_CUSTOMER = "wrong-customer"
    """A window names another customer than the machine's."""
    OUTSIDE_ACCEPTABLE = "outside-acceptable"
    """A requested window reaches out of the times that the customer accepts."""
    BEYOND_HORIZON = "beyond-horizon"
    """A requested window ends later than 60 days after it was granted."""
    OFF_GRID = "off-grid"
    """A requested window does not open and close on five-minute steps of UTC."""
    TOO_LONG = "too-long"
    """A new requested window is longer than its requests and the location's policy come to."""
    REQUEST_NOT_MET = "request-not-met"
    """A window opens before, or closes after, the time in which a request that it is for wanted it."""
    DOUBLE_BOOKED = "double-booked"
    """A machine was given a requested window at the time of another one, or was let in twice."""
    CUSTOMER_LIMIT = "customer-limit"
    """More machines of a customer have windows at once, or were let in at once, than it allows (`max_parallel`)."""
    CAPACITY = "capacity"
    """More machines of a location have windows at once, or were let in at once, than its policy allows."""
    NO_SUCH_WINDOW = "no-such-window"
    """A machine was let in without a window: nobody was told of it, or it had been withdrawn."""
    OUTSIDE_WINDOW = "outside-window"
    """A machine was let in before its window opened or after the latest start, or for longer than the window is."""
    SUPERSEDED_WINDOW = "superseded-window"
    """A machine was let in by a revision of its window that was no longer the current one."""


class Finding(Value):
    """One thing that the auditor found wrong."""

    code: FindingCode
    """What kind of thing."""
    machine: Token | None = None
    """The machine that it is about; absent where it is about no single one."""
    text: Sentence
    """What exactly, for people."""


class AuditOccasion(StrEnum):
    """What made the auditor look."""

    REVISION = "revision"
    """A plan revision was closed and its customers were told, or should have been."""
    INVENTORY_CHANGED = "inventory-changed"
    """Machines or customers of the location changed."""
    PHASE_OPENS = "phase-opens"
    """A phase is about to open."""
    WEEK_ENDS = "week-ends"
    """The last phase has closed."""
    REQUESTED = "requested"
    """A person asked."""
    WINDOWS_CHANGED = "windows-changed"
    """Requested windows were granted, withdrawn, entered or left, or their customers were told, or should have been."""


class AuditEvent(Message):
    """The verdict on one plan revision, or on the windows that machines of a location requested."""

    location: Token
    """The data centre; also in the subject."""
    week: Week | None = None
    """The ISO week; also in the subject. Absent where it is about requested windows: `adhoc` stands there then."""
    plan_id: Identifier | None = None
    """The plan revision: `<location>/<week>/r<revision>`, or `<location>/<week>/preview/<command_id>`."""
    revision: PositiveCount | None = None
    """The number of the plan revision."""
    preview: bool = False
    """The plan was computed and told, but not stored: nobody is to act on it."""
    occasion: AuditOccasion
    """What made the auditor look."""
    audit_id: Identifier
    """Names this audit; the same plan is audited several times."""
    audited_at: UtcDatetime
    """When the auditor looked."""
    machines: Count
    """In-service machines of the location that were checked."""
    windows: Count
    """Windows that were checked; of requested ones those that are not over, or ended less than a day ago."""
    customers_told: Count = 0
    """Affected customers of which every contact has been told."""

    @property
    def subject(self) -> str:
        """`evt.<location>.<week>.<event>.v1`, of requested windows `evt.<location>.adhoc.<event>.v1`."""
        return f"evt.{self.location}.{self.week or ADHOC}.{self.message_type}"

    @model_validator(mode="after")
    def _of_a_plan_or_of_windows(self) -> Self:
        present = {value is not None for value in (self.week, self.plan_id, self.revision)}
        if len(present) != 1:
            raise ValueError("week, plan_id and revision belong together: all of them, or none for requested windows")
        return self


class AuditPassedV1(AuditEvent):
    """Every check of the plan revision, or of the requested windows, holds."""


class AuditFailedV1(AuditEvent):
    """At least one check does not hold."""

    findings_total: PositiveCount
    """All findings, also beyond the first 500."""
    findings: Annotated[tuple[Finding, ...], Field(min_length=1, max_length=500)]
    """The first 500."""
