"""What is decided about a week: a revision, or why there is none. Reads and stores nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from mweek_contracts.commands import CancelWeekV1, ScheduleWeekV1
from mweek_contracts.events import AuditFailedV1
from mweek_contracts.pattern import Pattern as PatternDocument
from mweek_contracts.reasons import RefusalCode
from mweek_contracts.windows import assignments_digest

from mweek_planner.domain.cancellation import cancel
from mweek_planner.domain.diff import diff
from mweek_planner.domain.outcome import Refused
from mweek_planner.domain.plan import Overrides, Plan
from mweek_planner.domain.planning import PlanningInput, plan
from mweek_planner.domain.report import Report
from mweek_planner.handlers.situation import Situation
from mweek_planner.interfaces import CurrentPlan, Patterns, Revision, UnknownPattern
from mweek_planner.translation import pattern_from

DEFAULT_PATTERN: Final = "one-few-many"

LARGEST_PATTERN_BYTES: Final = 256 * 1024
"""Over a thousand entries. `week-scheduled` has it whole, beside a compromise of each entry, and must fit a message."""


@dataclass(frozen=True, slots=True)
class NotRepaired:
    """Why an audit led to no revision, in one sentence."""

    why: str


def schedule(command: ScheduleWeekV1, situation: Situation, patterns: Patterns) -> Revision | Refused | UnknownPattern:
    """Return the revision that a command asks for, or why there is none. A dry run gets the same answer."""
    document = _document(command, patterns)
    if isinstance(document, UnknownPattern | Refused):
        return document
    overrides = Overrides(blackouts=command.override_blackouts, notice=command.override_notice)
    return (
        _conflict(command, situation.current)
        or _nowhere(situation)
        or _planned(situation, document, overrides, cause=command.message_id)
    )


def call_off(command: CancelWeekV1, current: CurrentPlan | None, now: datetime) -> Revision | Refused:
    """Return the revision that calls a week off, or why there is nothing to call off."""
    if conflict := _conflict(command, current):
        return conflict
    if current is None:
        text = f"there is nothing to cancel: {command.location}/{command.week} was never scheduled"
        return Refused(RefusalCode.NOTHING_TO_CANCEL, text)
    cancelled = cancel(current.plan, now=now)
    if isinstance(cancelled, Refused):
        return cancelled
    return Revision(
        plan=cancelled,
        parent=current.plan,
        changes=diff(current.plan, cancelled),
        report=Report(),
        document=current.document,
        records=current.records,
        digest=_digest(cancelled),
        cause=command.message_id,
        cancelled_because=command.reason,
    )


def repair(event: AuditFailedV1, situation: Situation, *, repair_key: str) -> Revision | NotRepaired:
    """Return the revision that gives the machines of an audit's findings what they lack, or why there is none.

    The pattern stays, and so does an override of blackouts: it was given for the week. Notice hours hold for machines
    that join, whatever was overridden for those that were there.
    """
    current = situation.current
    if current is None or current.plan.revision != event.revision:
        return NotRepaired("the audit is of a revision that does not stand any more")
    if current.plan.cancelled:
        return NotRepaired("the week is cancelled")
    overrides = Overrides(blackouts=current.plan.overrides.blackouts)
    revision = _planned(situation, current.document, overrides, cause=event.message_id, repair_key=repair_key)
    if isinstance(revision, Refused):
        return NotRepaired(f"planning again is refused ({revision.code}): {revision.text}")
    if _same(current.plan, revision):
        return NotRepaired("planning again changes nothing: auditor and planner see the fleet differently")
    return revision


def _document(command: ScheduleWeekV1, patterns: Patterns) -> PatternDocument | UnknownPattern | Refused:
    asked = command.pattern
    document = asked if isinstance(asked, PatternDocument) else patterns.find(asked or DEFAULT_PATTERN)
    if isinstance(document, PatternDocument) and (size := len(document.model_dump_json())) > LARGEST_PATTERN_BYTES:
        text = (
            f"the pattern {document.pattern} has {size:,} bytes as JSON, and {LARGEST_PATTERN_BYTES:,} at most are told"
        )
        return Refused(RefusalCode.INVALID_COMMAND, text)
    return document


def _conflict(command: ScheduleWeekV1 | CancelWeekV1, current: CurrentPlan | None) -> Refused | None:
    stands = current.plan.revision if current else 0
    if command.expected_revision is None or command.expected_revision == stands:
        return None
    text = (
        f"{command.location}/{command.week} is at revision {stands}, not {command.expected_revision}: somebody else "
        "changed it; look at the plan that stands, and send a new command that expects its revision"
    )
    return Refused(RefusalCode.REVISION_CONFLICT, text)


def _nowhere(situation: Situation) -> Refused | None:
    if situation.records is not None and (situation.fleet.machines or situation.current):
        return None
    text = f"no machine of a location {situation.location} is known: check its name, or import its fleet first"
    return Refused(RefusalCode.UNKNOWN_LOCATION, text)


def _planned(
    situation: Situation, document: PatternDocument, overrides: Overrides, *, cause: str, repair_key: str | None = None
) -> Revision | Refused:
    assert situation.records is not None, "a fleet came from records"
    parent = situation.current.plan if situation.current else None
    outcome = plan(
        PlanningInput(
            location=situation.location,
            week=situation.week,
            now=situation.now,
            fleet=situation.fleet,
            pattern=pattern_from(document),
            parent=parent,
            history=situation.history,
            overrides=overrides,
        )
    )
    if isinstance(outcome, Refused):
        return outcome
    return Revision(
        plan=outcome.plan,
        parent=parent,
        changes=diff(parent, outcome.plan),
        report=outcome.report,
        document=document,
        records=situation.records,
        digest=_digest(outcome.plan),
        cause=cause,
        repair_key=repair_key,
    )


def _digest(of: Plan) -> str:
    return assignments_digest((a.machine, a.phase, a.opens_at, a.closes_at) for a in of.assignments)


def _same(before: Plan, revision: Revision) -> bool:
    unplaced = {u.machine for u in before.unplaced}
    return revision.changes.empty and unplaced == {u.machine for u in revision.plan.unplaced}
