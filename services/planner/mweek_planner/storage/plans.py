"""Plans by location, week and revision: each is written once and never changed; the highest revision stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from mweek_contracts.pattern import Pattern as PatternDocument
from mweek_contracts.reasons import UnplacedCode
from mweek_contracts.weeks import week_after
from mweek_contracts.windows import RecordsPosition
from sqlmodel import Session

from mweek_planner.domain.pattern import Pattern
from mweek_planner.domain.plan import Overrides, Phase, Plan, Unplaced
from mweek_planner.interfaces import CurrentPlan, Revision
from mweek_planner.storage.rows import PLAN, UNPLACED, PlanRow
from mweek_planner.storage.windows import early_counts, load_assignments, store_windows

WEEKS_REMEMBERED: Final = 26
"""How far back taking turns reaches: half a year. Longer, and who was early under another fleet would still count."""


def load_current(
    session: Session, location: str, week: str, *, pattern_from: Callable[[PatternDocument], Pattern]
) -> CurrentPlan | None:
    """Return the plan that stands for a week (it may be a cancelled one); None where there never was one.

    Args:
        pattern_from: makes the pattern that planning uses of the one that was written.
    """
    query = sa.select(PlanRow).where(PLAN.c.location == location, PLAN.c.week == week)
    row = session.scalars(query.order_by(PLAN.c.revision.desc()).limit(1)).first()
    if row is None:
        return None
    document = PatternDocument.model_validate_json(row.pattern)
    records = RecordsPosition(stream_created_at=row.records_created_at, sequence=row.records_sequence)
    return CurrentPlan(_plan(session, row, pattern_from(document)), document, records)


def store_revision(session: Session, revision: Revision) -> None:
    """Store a revision with all of its windows.

    Raises:
        PlanChangedError: its parent is not the plan that stands.
        sqlalchemy.exc.IntegrityError: there is a plan of that revision already.
    """
    plan = revision.plan
    session.connection().execute(sa.insert(PLAN), _plan_row(revision))
    store_windows(session, revision.parent, plan)
    rows = [
        {
            "location": plan.location,
            "week": plan.week,
            "revision": plan.revision,
            "machine": unplaced.machine,
            "customer": unplaced.customer,
            "reason": unplaced.reason.value,
            "facts": unplaced.facts,
        }
        for unplaced in plan.unplaced
    ]
    if rows:
        session.connection().execute(sa.insert(UNPLACED), rows)


def was_repaired(session: Session, location: str, week: str, *, repair_key: str) -> bool:
    """Return whether a revision of the week was made to repair just this."""
    query = sa.select(sa.literal(1)).where(
        PLAN.c.location == location, PLAN.c.week == week, PLAN.c.repair_key == repair_key
    )
    return session.connection().execute(query.limit(1)).first() is not None


def turns_taken(session: Session, location: str, *, before: str) -> dict[str, int]:
    """Return how often each machine was early in the half year of weeks before one; absent: never."""
    return early_counts(session, location, weeks=[week_after(before, -n) for n in range(1, WEEKS_REMEMBERED + 1)])


def _plan_row(revision: Revision) -> dict[str, Any]:
    plan, report = revision.plan, revision.report
    return {
        "location": plan.location,
        "week": plan.week,
        "revision": plan.revision,
        "parent_revision": plan.parent_revision,
        "cause": revision.cause,
        "pattern": revision.document.model_dump_json(),
        "phases": [
            {"name": p.name, "opens_at": p.opens_at.isoformat(), "closes_at": p.closes_at.isoformat()}
            for p in plan.phases
        ],
        "compromises": [asdict(compromise) for compromise in report.compromises],
        "overrides": asdict(plan.overrides),
        "windows": len(plan.assignments),
        "unplaced": len(plan.unplaced),
        "outside_acceptable": report.outside_acceptable,
        "digest": revision.digest,
        "records_created_at": revision.records.stream_created_at,
        "records_sequence": revision.records.sequence,
        "scheduled_at": plan.planned_at,
        "cancelled_because": revision.cancelled_because,
        "repair_key": revision.repair_key,
    }


def _plan(session: Session, row: PlanRow, pattern: Pattern) -> Plan:
    return Plan(
        location=row.location,
        week=row.week,
        revision=row.revision,
        parent_revision=row.parent_revision,
        pattern=pattern,
        planned_at=row.scheduled_at,
        phases=tuple(
            Phase(p["name"], datetime.fromisoformat(p["opens_at"]), datetime.fromisoformat(p["closes_at"]))
            for p in row.phases
        ),
        assignments=load_assignments(session, row.location, row.week, row.revision),
        unplaced=_load_unplaced(session, row),
        overrides=Overrides(**row.overrides),
        cancelled=row.cancelled_because is not None,
    )


def _load_unplaced(session: Session, row: PlanRow) -> tuple[Unplaced, ...]:
    query = sa.select(UNPLACED.c.machine, UNPLACED.c.customer, UNPLACED.c.reason, UNPLACED.c.facts).where(
        UNPLACED.c.location == row.location, UNPLACED.c.week == row.week, UNPLACED.c.revision == row.revision
    )
    found = (
        Unplaced(machine, customer, UnplacedCode(reason), facts)
        for machine, customer, reason, facts in session.connection().execute(query)
    )
    return tuple(sorted(found, key=lambda unplaced: unplaced.machine))
