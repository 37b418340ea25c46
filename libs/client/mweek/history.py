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

from mweek.week import Notice, PlanChanges, Revision, Verdict, WeekView


class WeekHistory:
    """What was heard of one week of one location."""

    def __init__(self, location: str, week: str) -> None:
        """Begin with a week of which nothing is known."""
        self.location = location
        self.week = week
        self._drafts: dict[str, _Draft] = {}
        self._tellings: dict[str, _Telling] = {}
        self._windows: Mapping[str, AssignedWindow] = {}
        self._cancellation: WeekCancelledV1 | None = None
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
            case WeekScheduledV1():
                self._close(event, sequence)
            case WeekCancelledV1():
                self._cancel(event)
            case AuditPassedV1() | AuditFailedV1() if told := self._tellings.get(event.plan_id):
                told.verdicts.append(event)
            case NoticeSentV1() | NoticeSkippedV1() | NoticeFailedV1() if told := self._tellings.get(event.plan_id):
                told.notices.append(event)

    def view(self) -> WeekView:
        """Return the week as far as it was heard, as a value that does not change any more."""
        revisions = tuple(telling.revision() for telling in self._tellings.values())
        return WeekView(
            location=self.location,
            week=self.week,
            revisions=tuple(one for one in revisions if not one.plan.preview),
            previews=tuple(one for one in revisions if one.plan.preview),
            windows=self._windows,
            cancellation=self._cancellation,
            sequence=self._sequence,
        )

    def revision(self, plan_id: str) -> Revision:
        """Return a revision or preview that was heard to its end; raises KeyError for another."""
        return self._tellings[plan_id].revision()

    def _draft(self, plan_id: str) -> _Draft:
        return self._drafts.setdefault(plan_id, _Draft())

    def _close(self, plan: WeekScheduledV1, sequence: int) -> None:
        changes = self._drafts.pop(plan.plan_id, _Draft()).changes()
        windows = _applied(self._windows, changes)
        self._tellings[plan.plan_id] = _Telling(plan=plan, changes=changes, windows=windows, sequence=sequence)
        if not plan.preview:
            self._windows, self._cancellation = windows, None

    def _cancel(self, event: WeekCancelledV1) -> None:
        changes = self._drafts.pop(event.plan_id, _Draft()).changes()
        self._windows, self._cancellation = _applied(self._windows, changes), event


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


@dataclass(slots=True, kw_only=True)
class _Telling:
    """A closed revision and what is said about it afterwards."""

    plan: WeekScheduledV1
    changes: PlanChanges
    windows: Mapping[str, AssignedWindow]
    sequence: int
    verdicts: list[Verdict] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def revision(self) -> Revision:
        return Revision(
            plan=self.plan,
            changes=self.changes,
            windows=self.windows,
            whole=_digest(self.windows) == self.plan.digest,
            sequence=self.sequence,
            verdicts=tuple(self.verdicts),
            notices=tuple(self.notices),
        )


def _applied(windows: Mapping[str, AssignedWindow], changes: PlanChanges) -> Mapping[str, AssignedWindow]:
    after = dict(windows)
    for withdrawn in changes.withdrawn:
        after.pop(withdrawn.machine, None)
    after.update((window.machine, window) for window in changes.assigned)
    return after


def _digest(windows: Mapping[str, AssignedWindow]) -> str:
    return assignments_digest((one.machine, one.phase, one.opens_at, one.closes_at) for one in windows.values())
