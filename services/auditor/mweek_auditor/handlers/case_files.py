"""Puts together, from the auditor's own tables, what one audit looks at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mweek_contracts.events import WeekScheduledV1
from sqlmodel import Session

from mweek_auditor.domain.fleet import Customer, Fleet, Machine
from mweek_auditor.domain.plan import Case, Parent, Window
from mweek_auditor.storage.records import Reading, Snapshot, known_now_and_at, now_known
from mweek_auditor.storage.weeks import PartKind, StandingPlan, load_windows, parts_of
from mweek_auditor.translation.parts import PlanPart, part_of, windows_given_and_changed
from mweek_auditor.translation.pattern import pattern_of
from mweek_auditor.translation.records import customer_from, machine_from
from mweek_auditor.translation.revision import parent_phases_of, phases_of, plan_of

_READ = Reading(machine=machine_from, customer=customer_from)


def case_of_standing(session: Session, plan: StandingPlan, *, now: datetime) -> Case:
    """Return the case of the revision that stands."""
    scheduled = WeekScheduledV1.model_validate_json(plan.closing)
    windows = load_windows(session, plan.location, plan.week)
    parent = None
    if plan.parent_phases is not None:
        before = load_windows(session, plan.location, plan.week, parent=True)
        parent = Parent(parent_phases_of(plan.parent_phases), before)
    return _case(session, scheduled, windows, parent, now=now)


def case_of_preview(
    session: Session, preview: WeekScheduledV1, standing: StandingPlan | None, *, now: datetime
) -> Case:
    """Return the case of a preview: its changes on top of what stands, in memory."""
    before = load_windows(session, preview.location, preview.week)
    given, changed = windows_given_and_changed(parts_of_plan(session, preview.plan_id))
    windows = (*(window for window in before if window.machine not in changed), *given)
    return _case(session, preview, windows, _parent_of_next(standing, before), now=now)


def parts_of_plan(session: Session, plan_id: str) -> tuple[PlanPart, ...]:
    """Return the messages of a revision that came before the one that closes it."""
    return tuple(part_of(body, withdraws=kind is PartKind.WITHDRAWN) for kind, body in parts_of(session, plan_id))


def fleet_now(session: Session, location: str) -> Fleet:
    """Return the machines and customers as they are known now."""
    return _fleet(now_known(session, location, _READ))


def _case(
    session: Session, scheduled: WeekScheduledV1, windows: Sequence[Window], parent: Parent | None, *, now: datetime
) -> Case:
    now_there, then = known_now_and_at(session, scheduled.location, scheduled.records, _READ)
    return Case(
        plan=plan_of(scheduled, windows, parts_of_plan(session, scheduled.plan_id)),
        pattern=pattern_of(scheduled.pattern, scheduled.week),
        fleet=_fleet(now_there),
        planned_from=_fleet(then),
        now=now,
        parent=parent,
        doubtful=then.doubtful,
    )


def _parent_of_next(standing: StandingPlan | None, windows: Sequence[Window]) -> Parent | None:
    """Return what stands as the parent of a revision that is not made yet."""
    if standing is None:
        return None
    if standing.cancelled:
        return Parent(parent_phases_of(standing.parent_phases or []), tuple(windows), cancelled=True)
    return Parent(phases_of(WeekScheduledV1.model_validate_json(standing.closing)), tuple(windows))


def _fleet(snapshot: Snapshot[Machine, Customer]) -> Fleet:
    return Fleet(machines=snapshot.machines, customers=snapshot.customers)
