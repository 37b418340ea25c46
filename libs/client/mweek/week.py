"""A week as the bus has told it: plan revisions with their windows, verdicts and notices. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from mweek_contracts.events import (
    AuditFailedV1,
    AuditPassedV1,
    NoticeFailedV1,
    NoticeSentV1,
    NoticeSkippedV1,
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
class Step:
    """What revisions and cancellations have in common: both change the plan and are told."""

    number: int
    """Counts the revisions of the week from 1; a cancellation has one of its own."""
    changes: PlanChanges
    windows: Mapping[str, AssignedWindow] = field(hash=False)
    """All windows by machine, kept ones included, as they stood after it."""
    sequence: int
    """Of the message that closes it, in the stream EVENTS."""
    notices: tuple[Notice, ...] = ()

    def told(self, state: NoticeState) -> int:
        """Return how many notices about it ended so, each notice counted once by its last state."""
        last = {notice.notice_id: _STATES[type(notice)] for notice in self.notices}
        return sum(1 for one in last.values() if one == state)


_STATES: Mapping[type[Notice], NoticeState] = {
    NoticeSentV1: "sent",
    NoticeSkippedV1: "skipped",
    NoticeFailedV1: "failed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision(Step):
    """One plan revision, or a preview of one (`plan.preview`)."""

    plan: WeekScheduledV1
    whole: bool
    """Whether `windows` matches the digest of the plan; False when the stream no longer holds all of its messages."""
    verdicts: tuple[Verdict, ...] = ()

    @property
    def verdict(self) -> Verdict | None:
        """The auditor's latest word on it; None while there is none."""
        return self.verdicts[-1] if self.verdicts else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation(Step):
    """The week was called off: what had not opened is withdrawn."""

    cancelled_at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekView:
    """One week of one location at one moment."""

    location: str
    week: str
    steps: tuple[Step, ...] = ()
    """Revisions and cancellations, oldest first."""
    previews: tuple[Revision, ...] = ()
    sequence: int = 0
    """Of the last event of this week that was read."""

    @property
    def revisions(self) -> tuple[Revision, ...]:
        """The plans, oldest first, without previews and cancellations."""
        return tuple(step for step in self.steps if isinstance(step, Revision))

    @property
    def latest(self) -> Revision | None:
        """The latest plan, cancelled or not; None before the week was ever scheduled."""
        return self.revisions[-1] if self.revisions else None

    @property
    def cancellation(self) -> Cancellation | None:
        """The cancellation that stands; None where there is none, or the week was scheduled again."""
        last = self.steps[-1] if self.steps else None
        return last if isinstance(last, Cancellation) else None

    @property
    def number(self) -> int:
        """The current revision, as `expected_revision` means it; 0 before there is one."""
        return self.steps[-1].number if self.steps else 0

    @property
    def windows(self) -> Mapping[str, AssignedWindow]:
        """The windows that stand now, by machine."""
        return self.steps[-1].windows if self.steps else {}

    @property
    def unplaced(self) -> tuple[UnplacedMachine, ...]:
        """The machines without a window by the latest plan; none once it is cancelled."""
        return self.latest.changes.unplaced if self.latest and not self.cancellation else ()

    def step(self, number: int) -> Step | None:
        """Return the revision or cancellation with this number, or None when there is none."""
        return next((one for one in self.steps if one.number == number), None)
