"""Folds the events of one week, in the order of the stream, into a WeekView. Hearing an event twice changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mweek_contracts.events import (
    AuditFailedV1,
    AuditPassedV1,
    NoticeFailedV1,
    NoticeSentV1,
    NoticeSkippedV1,
    WeekCancelledV1,
    WeekScheduledV1,
    WindowsAssignedV1,
    WindowsWithdrawnV1,
)
from mweek_contracts.message import Message
from mweek_contracts.windows import AssignedWindow, UnplacedMachine, WithdrawnWindow, assignments_digest

from mweek.week import Cancellation, Notice, PlanChanges, Revision, Step, Verdict, WeekView


class WeekHistory:
    """What was heard of one week of one location."""

    def __init__(self, location: str, week: str) -> None:
        """Begin with a week of which nothing is known."""
        self.location = location
        self.week = week
        self._drafts: dict[str, _Draft] = {}
        self._tellings: dict[str, _Telling] = {}
        self._windows: Mapping[str, AssignedWindow] = {}
        self._heard: set[str] = set()
        self._sequence = 0

    def hear(self, event: Message, sequence: int) -> None:
        """Take in one event of this week; those that change no plan (a refusal) only move the sequence."""
        self._sequence = max(self._sequence, sequence)
        if event.message_id in self._heard:
            return
        self._heard.add(event.message_id)
        match event:
            case WindowsAssignedV1():
                self._draft(event.plan_id).assigned.extend(event.windows)
                self._draft(event.plan_id).unplaced.extend(event.unplaced)
            case WindowsWithdrawnV1():
                self._draft(event.plan_id).withdrawn.extend(event.windows)
            case WeekScheduledV1() | WeekCancelledV1():
                self._close(event, sequence)
            case AuditPassedV1() | AuditFailedV1() if told := self._tellings.get(_plan_of(event)):
                told.verdicts.append(event)
            case NoticeSentV1() | NoticeSkippedV1() | NoticeFailedV1() if told := self._tellings.get(_plan_of(event)):
                told.notices.append(event)

    def view(self) -> WeekView:
        """Return the week as far as it was heard, as a value that does not change any more."""
        steps = tuple(telling.step() for telling in self._tellings.values())
        return WeekView(
            location=self.location,
            week=self.week,
            steps=tuple(step for step in steps if not _is_preview(step)),
            previews=tuple(step for step in steps if isinstance(step, Revision) and _is_preview(step)),
            sequence=self._sequence,
        )

    def revision(self, plan_id: str) -> Revision:
        """Return a revision or preview that was heard to its end; raises KeyError for another."""
        step = self._tellings[plan_id].step()
        if not isinstance(step, Revision):
            raise KeyError(plan_id)
        return step

    def _draft(self, plan_id: str) -> _Draft:
        return self._drafts.setdefault(plan_id, _Draft())

    def _close(self, closing: WeekScheduledV1 | WeekCancelledV1, sequence: int) -> None:
        changes = self._drafts.pop(closing.plan_id, _Draft()).changes()
        windows = _applied(self._windows, changes)
        self._tellings[closing.plan_id] = _Telling(closing, changes, windows, sequence)
        if isinstance(closing, WeekCancelledV1) or not closing.preview:
            self._windows = windows


@dataclass(slots=True)
class _Draft:
    """The parts of a revision that has not been closed yet."""

    assigned: list[AssignedWindow] = field(default_factory=list)
    withdrawn: list[WithdrawnWindow] = field(default_factory=list)
    unplaced: list[UnplacedMachine] = field(default_factory=list)

    def changes(self) -> PlanChanges:
        return PlanChanges(
            assigned=tuple(sorted(self.assigned, key=lambda window: window.machine)),
            withdrawn=tuple(sorted(self.withdrawn, key=lambda window: window.machine)),
            unplaced=tuple(sorted(self.unplaced, key=lambda machine: machine.machine)),
        )


@dataclass(slots=True)
class _Telling:
    """A closed revision or a cancellation, and what is said about it afterwards."""

    closing: WeekScheduledV1 | WeekCancelledV1
    changes: PlanChanges
    windows: Mapping[str, AssignedWindow]
    sequence: int
    verdicts: list[Verdict] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def step(self) -> Step:
        if isinstance(self.closing, WeekCancelledV1):
            return Cancellation(
                number=self.closing.revision,
                changes=self.changes,
                windows=self.windows,
                sequence=self.sequence,
                notices=tuple(self.notices),
                cancelled_at=self.closing.occurred_at,
                reason=self.closing.reason,
            )
        return Revision(
            number=self.closing.revision,
            changes=self.changes,
            windows=self.windows,
            sequence=self.sequence,
            notices=tuple(self.notices),
            plan=self.closing,
            whole=_digest(self.windows) == self.closing.digest,
            verdicts=tuple(self.verdicts),
        )


def _plan_of(event: Notice | Verdict) -> str:
    """Return the plan that a notice or a verdict is about; empty where it is about single windows."""
    return event.plan_id or ""


def _is_preview(step: Step) -> bool:
    return isinstance(step, Revision) and step.plan.preview


def _applied(windows: Mapping[str, AssignedWindow], changes: PlanChanges) -> Mapping[str, AssignedWindow]:
    after = dict(windows)
    for withdrawn in changes.withdrawn:
        after.pop(withdrawn.machine, None)
    after.update((window.machine, window) for window in changes.assigned)
    return after


def _digest(windows: Mapping[str, AssignedWindow]) -> str:
    return assignments_digest((one.machine, one.phase, one.opens_at, one.closes_at) for one in windows.values())
