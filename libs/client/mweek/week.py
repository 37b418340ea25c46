"""A week as the bus has told it: plan revisions with their windows, verdicts and notices. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from mweek_contracts.events import (
    AuditFailedV1,
    AuditPassedV1,
    NoticeFailedV1,
    NoticeSentV1,
    NoticeSkippedV1,
    WeekCancelledV1,
    WeekScheduledV1,
)
from mweek_contracts.windows import AssignedWindow, Change, UnplacedMachine, WithdrawnWindow

Verdict = AuditPassedV1 | AuditFailedV1
Notice = NoticeSentV1 | NoticeSkippedV1 | NoticeFailedV1
NoticeState = Literal["sent", "skipped", "failed"]
NOTICE_STATES: tuple[NoticeState, ...] = ("sent", "skipped", "failed")


@dataclass(frozen=True, slots=True)
class PlanChanges:
    """What one revision changes, sorted by machine; windows that stay as they were are not in it."""

    assigned: tuple[AssignedWindow, ...] = ()
    withdrawn: tuple[WithdrawnWindow, ...] = ()
    unplaced: tuple[UnplacedMachine, ...] = ()
    """All in-service machines that this revision leaves without a window."""

    @property
    def added(self) -> tuple[AssignedWindow, ...]:
        """Windows of machines that had none."""
        return tuple(window for window in self.assigned if window.change is Change.NEW)

    @property
    def moved(self) -> tuple[AssignedWindow, ...]:
        """Windows that were elsewhere before; `previous` says where."""
        return tuple(window for window in self.assigned if window.change is Change.MOVED)

    @property
    def empty(self) -> bool:
        """Whether nothing is added, moved or withdrawn; machines may be unplaced all the same."""
        return not (self.assigned or self.withdrawn)


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One plan revision, or a preview of one (`plan.preview`)."""

    plan: WeekScheduledV1
    changes: PlanChanges
    windows: Mapping[str, AssignedWindow] = field(hash=False)
    """All windows of the revision by machine, kept ones included, as they were when it was scheduled."""
    whole: bool
    """Whether `windows` matches the digest of the plan; False when the stream no longer holds all of its messages."""
    sequence: int
    """Of the `week-scheduled` message in the stream EVENTS."""
    verdicts: tuple[Verdict, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def verdict(self) -> Verdict | None:
        """The auditor's latest word on it; None while there is none."""
        return self.verdicts[-1] if self.verdicts else None

    def told(self, state: NoticeState) -> int:
        """Return how many notices about this revision ended so, each notice counted once by its last state."""
        last = {notice.notice_id: _STATES[type(notice)] for notice in self.notices}
        return sum(1 for one in last.values() if one == state)


_STATES: Mapping[type[Notice], NoticeState] = {
    NoticeSentV1: "sent",
    NoticeSkippedV1: "skipped",
    NoticeFailedV1: "failed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekView:
    """One week of one location at one moment."""

    location: str
    week: str
    revisions: tuple[Revision, ...] = ()
    """Oldest first, without previews."""
    previews: tuple[Revision, ...] = ()
    windows: Mapping[str, AssignedWindow] = field(default_factory=dict, hash=False)
    """The windows that stand now, by machine: those of the latest revision less those that a cancellation took."""
    cancellation: WeekCancelledV1 | None = None
    """Set while the latest revision is cancelled."""
    sequence: int = 0
    """Of the last event of this week that was read."""

    @property
    def latest(self) -> Revision | None:
        """The revision that counts; None before the week was ever scheduled."""
        return self.revisions[-1] if self.revisions else None

    @property
    def unplaced(self) -> tuple[UnplacedMachine, ...]:
        """The machines without a window by the latest revision; none once it is cancelled."""
        return self.latest.changes.unplaced if self.latest and not self.cancellation else ()

    def revision(self, number: int) -> Revision | None:
        """Return the revision with this number, or None when there is none."""
        return next((one for one in self.revisions if one.plan.revision == number), None)
