"""Tells a week as the planner, the notifier and the auditor would, for tests of those who listen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from mweek_contracts.events import (
    AuditFailedV1,
    AuditOccasion,
    AuditPassedV1,
    Finding,
    FindingCode,
    NoticeFailedV1,
    NoticeKind,
    NoticeSentV1,
    WeekCancelledV1,
    WeekScheduledV1,
    WindowsAssignedV1,
    WindowsWithdrawnV1,
)
from mweek_contracts.message import Message
from mweek_contracts.pattern import Entry, Pattern, PatternPhase, Selector, Take
from mweek_contracts.reasons import PlacementCode, UnplacedCode
from mweek_contracts.windows import (
    AssignedWindow,
    Change,
    PhaseSummary,
    RecordsPosition,
    Slot,
    UnplacedMachine,
    WithdrawnWindow,
    assignments_digest,
)

from tests.support.ids import ReadableIds, at

NOW = at("2026-11-23T08:00Z")
MONDAY = Slot(phase="monday", opens_at=at("2026-11-30T09:00Z"), closes_at=at("2026-11-30T13:00Z"))
TUESDAY = Slot(phase="tuesday", opens_at=at("2026-12-01T22:00Z"), closes_at=at("2026-12-02T03:00Z"))
SLOTS = (MONDAY, TUESDAY)
PATTERN = Pattern(
    pattern="two-days",
    phases=(
        PatternPhase(name="monday", opens="mon 09:00", lasts="4h", takes=(Entry(select=Selector(), count=1),)),
        PatternPhase(name="tuesday", opens="tue 22:00", lasts="5h", takes=(Entry(select=Selector(), take=Take.ALL),)),
    ),
)


def window(machine: str, slot: Slot = MONDAY, **fields: Any) -> AssignedWindow:
    """Return a window of a machine: new, and there because its phase takes all routers."""
    defaults: dict[str, Any] = {"reason": PlacementCode.ALL, "facts": {"selector": "role router"}}
    return AssignedWindow(machine=machine, **{**_times(slot), **defaults, **fields})


def moved(machine: str, before: Slot, after: Slot, **fields: Any) -> AssignedWindow:
    """Return a window that was elsewhere before."""
    return window(machine, after, change=Change.MOVED, previous=before, **fields)


def withdrawn(machine: str, slot: Slot = MONDAY, **fields: Any) -> WithdrawnWindow:
    """Return a window that a machine has no more, because it is retired."""
    return WithdrawnWindow(machine=machine, **{**_times(slot), "reason": UnplacedCode.RETIRED, **fields})


def unplaced(machine: str, **fields: Any) -> UnplacedMachine:
    """Return a machine for which its customer's blackout leaves no phase."""
    return UnplacedMachine(machine=machine, **{"reason": UnplacedCode.BLACKOUT, **fields})


class ToldWeek:
    """One week of one location; each method returns the messages that tell what it is named after."""

    def __init__(self, location: str = "rzob", week: str = "2026-W49") -> None:
        self.place = {"location": location, "week": week}
        self._new_id = ReadableIds("told")
        self._windows: dict[str, AssignedWindow] = {}
        self._revision = 0
        self._later = timedelta(0)

    def revision(
        self,
        *assigned: AssignedWindow,
        withdrawn: Sequence[WithdrawnWindow] = (),
        unplaced: Sequence[UnplacedMachine] = (),
        **fields: Any,
    ) -> tuple[Message, ...]:
        """Tell the next revision: what it changes, then the message that closes it."""
        parent, self._revision = self._revision or None, self._revision + 1
        self._windows = self._after(assigned, withdrawn)
        plan = {**self.plan(self._revision), "parent_revision": parent}
        return self._telling(plan, assigned, withdrawn, unplaced, self._windows, fields)

    def preview(self, *assigned: AssignedWindow, command_id: str, **fields: Any) -> tuple[Message, ...]:
        """Tell a preview of the next revision."""
        plan = {
            **self.plan(self._revision + 1),
            "plan_id": f"{self.place['location']}/{self.place['week']}/preview/{command_id}",
            "preview": True,
            "parent_revision": self._revision or None,
            "command_id": command_id,
        }
        return self._telling(plan, assigned, (), (), self._after(assigned, ()), fields)

    def cancelled(self, *windows: WithdrawnWindow, reason: str, command_id: str = "stop-it") -> tuple[Message, ...]:
        """Tell that the week is cancelled, which makes a revision of its own."""
        self._revision += 1
        self._windows = self._after((), windows)
        plan = {name: value for name, value in self.plan(self._revision).items() if name != "preview"}
        return (
            WindowsWithdrawnV1(**self.envelope(), **self.plan(self._revision), part=1, windows=tuple(windows)),
            WeekCancelledV1(
                **self.envelope(),
                **plan,
                command_id=command_id,
                reason=reason,
                withdrawn=len(windows),
                withdrawn_parts=1,
            ),
        )

    def passed(self, told: int = 1, **plan: Any) -> AuditPassedV1:
        """Tell that the audit of the current revision passed."""
        return AuditPassedV1(**self._audit(plan), customers_told=told)

    def failed(self, *codes: FindingCode, **plan: Any) -> AuditFailedV1:
        """Tell that the audit of the current revision found something about the machine `db01`."""
        findings = tuple(Finding(code=code, machine="db01", text=f"db01 has a {code} finding") for code in codes)
        return AuditFailedV1(**self._audit(plan), findings=findings, findings_total=len(findings))

    def sent(self, notice_id: str, customer: str = "acme") -> NoticeSentV1:
        """Tell that a mail about the current revision was sent."""
        return NoticeSentV1(**self._notice(notice_id, customer), mail_message_id="<1@mweek>", sent_at=self._now())

    def notice_failed(self, notice_id: str, customer: str = "acme") -> NoticeFailedV1:
        """Tell that a mail about the current revision will not be delivered."""
        return NoticeFailedV1(**self._notice(notice_id, customer), reason="no such mailbox", attempts=5)

    def envelope(self) -> dict[str, Any]:
        """Return the envelope of the next message."""
        self._later += timedelta(seconds=1)
        return {"message_id": self._new_id(), "correlation_id": "the-command", "occurred_at": self._now()}

    def plan(self, revision: int) -> dict[str, Any]:
        """Return what every message about a revision names."""
        plan_id = f"{self.place['location']}/{self.place['week']}/r{revision}"
        return {**self.place, "plan_id": plan_id, "revision": revision, "preview": False}

    def _telling(
        self,
        plan: dict[str, Any],
        assigned: Sequence[AssignedWindow],
        withdrawn: Sequence[WithdrawnWindow],
        unplaced: Sequence[UnplacedMachine],
        windows: dict[str, AssignedWindow],
        fields: dict[str, Any],
    ) -> tuple[Message, ...]:
        head = {name: plan[name] for name in ("location", "week", "plan_id", "revision", "preview")}
        parts: list[Message] = []
        if assigned or unplaced:
            told: dict[str, Any] = {"part": 1, "windows": tuple(assigned), "unplaced": tuple(unplaced)}
            parts.append(WindowsAssignedV1(**self.envelope(), **head, **told))
        if withdrawn:
            parts.append(WindowsWithdrawnV1(**self.envelope(), **head, part=1, windows=tuple(withdrawn)))
        closing: dict[str, Any] = {
            **plan,
            "pattern": PATTERN,
            "phases": tuple(PhaseSummary(**_times(slot), machines=_count(windows, slot)) for slot in SLOTS),
            "windows": len(windows),
            "unplaced": len(unplaced),
            "assigned_parts": 1 if assigned or unplaced else 0,
            "withdrawn_parts": 1 if withdrawn else 0,
            "digest": assignments_digest((w.machine, w.phase, w.opens_at, w.closes_at) for w in windows.values()),
            "records": RecordsPosition(stream_created_at=NOW, sequence=7),
            "scheduled_at": self._now(),
            **fields,
        }
        return (*parts, WeekScheduledV1(**self.envelope(), **closing))

    def _after(
        self, assigned: Sequence[AssignedWindow], withdrawn: Sequence[WithdrawnWindow]
    ) -> dict[str, AssignedWindow]:
        gone = {one.machine for one in withdrawn}
        kept = {machine: one for machine, one in self._windows.items() if machine not in gone}
        return {**kept, **{one.machine: one for one in assigned}}

    def _audit(self, plan: dict[str, Any]) -> dict[str, Any]:
        return {
            **self.envelope(),
            **self.plan(self._revision),
            "occasion": AuditOccasion.REVISION,
            "audit_id": self._new_id(),
            "audited_at": self._now(),
            "machines": len(self._windows),
            "windows": len(self._windows),
            **plan,
        }

    def _notice(self, notice_id: str, customer: str) -> dict[str, Any]:
        plan = {name: value for name, value in self.plan(self._revision).items() if name != "preview"}
        contact = f"ops@{customer}.example"
        about = {"notice_id": notice_id, "kind": NoticeKind.SCHEDULED, "customer": customer, "contact": contact}
        return {**self.envelope(), **plan, **about}

    def _now(self) -> datetime:
        return NOW + self._later


def _times(slot: Slot) -> dict[str, Any]:
    return {"phase": slot.phase, "opens_at": slot.opens_at, "closes_at": slot.closes_at}


def _count(windows: dict[str, AssignedWindow], slot: Slot) -> int:
    return sum(1 for one in windows.values() if one.phase == slot.phase)
