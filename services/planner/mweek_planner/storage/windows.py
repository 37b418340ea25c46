"""The windows of plans, each stored once for all the revisions that it belongs to.

A revision writes only what it changes: a row for each window that is new or moved, an end for each that moved or was
taken away. The windows of any revision are those whose interval `[since_revision, until_revision)` holds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa
from mweek_contracts.reasons import PlacementCode
from mweek_outbox import execute_many
from sqlmodel import Session

from mweek_planner.domain.fairness import went_early
from mweek_planner.domain.plan import Assignment, Plan, facts
from mweek_planner.storage.rows import WINDOW

_INSERT: Final = sa.insert(WINDOW)
_STILL: Final = WINDOW.c.until_revision.is_(None)
_ASSIGNMENT: Final = ("machine", "customer", "phase", "opens_at", "closes_at", "reason", "facts", "affects")
"""In the order in which `_assignment` takes them, after `since_revision`."""


class PlanChangedError(RuntimeError):
    """The windows that a revision replaces are not those that it was planned from; trying again reads the new ones."""

    def __init__(self, plan: Plan, *, expected: int, found: int) -> None:
        """Say how many windows were to end, and how many there were."""
        super().__init__(
            f"{plan.location}/{plan.week} revision {plan.revision} ends {expected} windows of its parent, of which "
            f"{found} still stand: another planner was faster"
        )


def load_assignments(session: Session, location: str, week: str, revision: int) -> tuple[Assignment, ...]:
    """Return the windows of a revision, sorted by opening, phase and machine."""
    columns = (WINDOW.c[name] for name in ("since_revision", *_ASSIGNMENT))
    query = sa.select(*columns).where(
        WINDOW.c.location == location,
        WINDOW.c.week == week,
        WINDOW.c.since_revision <= revision,
        sa.or_(_STILL, WINDOW.c.until_revision > revision),
    )
    rows = session.connection().execute(query)
    assignments = (_assignment(*row, revision=revision) for row in rows)
    return tuple(sorted(assignments, key=lambda a: (a.opens_at, a.phase, a.machine)))


def store_windows(session: Session, parent: Plan | None, plan: Plan) -> None:
    """Store what the windows of a revision are beside those of its parent.

    Raises:
        PlanChangedError: the parent's windows are not those that stand.
    """
    before = parent.by_machine() if parent else {}
    unchanged = {a.machine for a in plan.assignments if _same_row(before.get(a.machine), a)}
    _end_windows(session, plan, [machine for machine in before if machine not in unchanged])
    early = went_early(plan)
    rows = [_row(plan, a) | {"early": a.machine in early} for a in plan.assignments if a.machine not in unchanged]
    execute_many(session, _INSERT, rows)


def early_counts(session: Session, location: str, *, weeks: Sequence[str]) -> dict[str, int]:
    """Return how often each machine was early in these weeks; those that never were are absent."""
    query = (
        sa.select(WINDOW.c.machine, sa.func.count())
        # Written as the partial index is, or neither database would use it.
        .where(WINDOW.c.location == location, WINDOW.c.week.in_(weeks), sa.literal_column("early"), _STILL)
        .group_by(WINDOW.c.machine)
    )
    return {machine: count for machine, count in session.connection().execute(query)}  # noqa: C416  typed rows


def _same_row(previous: Assignment | None, assignment: Assignment) -> bool:
    """Return whether the stored row says all that must be known to take the window away again."""
    return (
        previous is not None
        and previous.same_window(assignment)
        and previous.affects == assignment.affects
        and previous.customer == assignment.customer
    )


def _end_windows(session: Session, plan: Plan, machines: Sequence[str]) -> None:
    if not machines:
        return
    ending = sa.update(WINDOW).where(
        WINDOW.c.location == plan.location,
        WINDOW.c.week == plan.week,
        # One name at a time: given a list of names, PostgreSQL may choose to read all windows for each list.
        WINDOW.c.machine == sa.bindparam("of_machine"),
        _STILL,
    )
    rows = [{"of_machine": machine} for machine in machines]
    found = execute_many(session, ending.values(until_revision=plan.revision), rows)
    if found != len(machines):
        raise PlanChangedError(plan, expected=len(machines), found=found)


def _row(plan: Plan, assignment: Assignment) -> dict[str, Any]:
    return {
        "location": plan.location,
        "week": plan.week,
        "machine": assignment.machine,
        "since_revision": plan.revision,
        "until_revision": None,
        "phase": assignment.phase,
        "opens_at": assignment.opens_at,
        "closes_at": assignment.closes_at,
        "customer": assignment.customer,
        "affects": assignment.affects,
        "reason": assignment.reason.value,
        "facts": assignment.facts,
    }


def _assignment(since: int, *fields: Any, revision: int) -> Assignment:
    named = dict(zip(_ASSIGNMENT, fields, strict=True))
    reason = PlacementCode(named["reason"])
    if since < revision and reason is not PlacementCode.KEPT:
        # The row says why the window came to be; in a later revision it is there because it was kept.
        kept = facts(**dict(named["facts"]), revision=since, originally=reason.value)
        return Assignment(**named | {"reason": PlacementCode.KEPT, "facts": kept})
    return Assignment(**named | {"reason": reason})
