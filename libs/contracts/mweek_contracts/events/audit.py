"""What the auditor says: a verdict on one plan revision, and what it found wrong."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from mweek_contracts.events.week import PlanEvent
from mweek_contracts.fields import Count, Identifier, PositiveCount, Sentence, Token, UtcDatetime
from mweek_contracts.message import Value


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


class Finding(Value):
    """One thing that the auditor found wrong."""

    code: FindingCode
    """What kind of thing."""
    machine: Token | None = None
    """The machine that it is about; absent where it is about the plan as a whole."""
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


class AuditEvent(PlanEvent):
    """The verdict on one plan revision."""

    occasion: AuditOccasion
    """What made the auditor look."""
    audit_id: Identifier
    """Names this audit; the same plan is audited several times."""
    audited_at: UtcDatetime
    """When the auditor looked."""
    machines: Count
    """In-service machines of the location that were checked."""
    windows: Count
    """Windows that were checked."""
    customers_told: Count = 0
    """Affected customers of which every contact has been told."""


class AuditPassedV1(AuditEvent):
    """Every check of the plan revision holds."""


class AuditFailedV1(AuditEvent):
    """At least one check does not hold."""

    findings_total: PositiveCount
    """All findings, also beyond the first 500."""
    findings: Annotated[tuple[Finding, ...], Field(min_length=1, max_length=500)]
    """The first 500."""
