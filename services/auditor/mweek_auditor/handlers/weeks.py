"""Hears plan revisions: keeps their messages until the revision is closed, then has it inspected."""

from __future__ import annotations

from dataclasses import replace

import structlog
from mweek_contracts.events import WeekCancelledV1, WeekScheduledV1, WindowsAssignedV1, WindowsWithdrawnV1
from sqlmodel import Session

from mweek_auditor.domain.schedule import next_look
from mweek_auditor.handlers.case_files import parts_of_plan
from mweek_auditor.handlers.inspection import Inspector
from mweek_auditor.handlers.record_wait import require_records
from mweek_auditor.handlers.window_inspection import WindowInspector
from mweek_auditor.storage.weeks import (
    Part,
    PartKind,
    StandingPlan,
    apply_windows,
    forget_other_parts,
    forget_parts,
    keep_part,
    standing_plan,
    store_plan,
)
from mweek_auditor.translation.parts import windows_given_and_changed
from mweek_auditor.translation.revision import phases_of, stored_phases

log = structlog.get_logger()


class WeekHandlers:
    """Handlers of what the planner says."""

    def __init__(self, *, inspector: Inspector, windows: WindowInspector) -> None:
        """Take who gives the verdict, and who looks at the requested windows, beside which those of weeks count."""
        self._inspector = inspector
        self._windows = windows

    def windows_assigned(self, session: Session, message: WindowsAssignedV1) -> None:
        """Keep a message until its revision is closed."""
        keep_part(session, _part(message, PartKind.ASSIGNED))

    def windows_withdrawn(self, session: Session, message: WindowsWithdrawnV1) -> None:
        """Keep a message until its revision is closed."""
        keep_part(session, _part(message, PartKind.WITHDRAWN))

    def week_scheduled(self, session: Session, message: WeekScheduledV1) -> None:
        """Make the revision the one that stands and have it inspected; a preview is inspected and forgotten."""
        require_records(session, message.records)
        self._inspector.lock(session, message.location, message.week)
        if message.preview:
            self._inspector.verdict_on_preview(session, message)
            forget_parts(session, message.plan_id)
            return
        plan = self._stand(session, message)
        if plan is not None:
            self._inspector.inspect_revision(session, plan)

    def week_cancelled(self, session: Session, message: WeekCancelledV1) -> None:
        """Take away the windows that the cancellation takes away, and have it inspected."""
        self._inspector.lock(session, message.location, message.week)
        plan = self._stand(session, message)
        if plan is not None:
            self._inspector.inspect_cancellation(session, plan)

    def _stand(self, session: Session, message: WeekScheduledV1 | WeekCancelledV1) -> StandingPlan | None:
        """Store a revision; None when it is not newer than the one that stands."""
        before = standing_plan(session, message.location, message.week)
        if before is not None and message.revision <= before.revision:
            log.warning("revision-ignored", plan_id=message.plan_id, newer_revision=before.revision)
            return None
        plan = replace(self._plan(message, before), heard=self._windows.note_heard(session, message.location))
        given, changed = windows_given_and_changed(parts_of_plan(session, message.plan_id))
        apply_windows(session, plan, given=given, changed=changed)
        forget_other_parts(session, plan)
        store_plan(session, plan)
        return plan

    def _plan(self, message: WeekScheduledV1 | WeekCancelledV1, before: StandingPlan | None) -> StandingPlan:
        now = self._inspector.now()
        plan = StandingPlan(
            location=message.location,
            week=message.week,
            plan_id=message.plan_id,
            revision=message.revision,
            closing=message.model_dump_json(),
            heard_at=now,
            cancelled=isinstance(message, WeekCancelledV1),
        )
        if before is not None:
            # A cancelled week has no phases of its own: windows that had opened stay in those it had before.
            parent = None if before.cancelled else WeekScheduledV1.model_validate_json(before.closing)
            plan = replace(plan, parent_phases=stored_phases(parent) if parent else before.parent_phases)
        if isinstance(message, WeekCancelledV1):
            return plan
        return replace(plan, next_look_at=next_look(phases_of(message), after=now))


def _part(message: WindowsAssignedV1 | WindowsWithdrawnV1, kind: PartKind) -> Part:
    return Part(
        plan_id=message.plan_id,
        kind=kind,
        part=message.part,
        location=message.location,
        week=message.week,
        body=message.model_dump_json(),
    )
