"""Weeks as the bus tells them: the messages of a revision, the windows that stand, and what is still to look at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa
from mweek_outbox.upsert import upsert
from sqlmodel import Session

from mweek_auditor.domain.plan import Window
from mweek_auditor.storage.rows import PART, PLAN, WINDOW


class PartKind(StrEnum):
    """What the windows of a message are."""

    ASSIGNED = "assigned"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A message of a revision that is not closed yet, as its JSON."""

    plan_id: str
    kind: PartKind
    part: int
    location: str
    week: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingPlan:
    """The revision of a week that was heard of last; see `rows.PlanRow`."""

    location: str
    week: str
    plan_id: str
    revision: int
    closing: str
    heard_at: datetime
    cancelled: bool = False
    parent_phases: list[dict[str, Any]] | None = None
    notices_due_at: datetime | None = None
    inventory_due_at: datetime | None = None
    next_look_at: datetime | None = None
    heard: int = 0


def keep_part(session: Session, part: Part) -> None:
    """Keep a message of a revision."""
    upsert(session, PART, [asdict(part)])


def parts_of(session: Session, plan_id: str) -> tuple[tuple[PartKind, str], ...]:
    """Return the messages of a revision that came before the one that closes it: kind and JSON."""
    query = sa.select(PART.c.kind, PART.c.body).where(PART.c.plan_id == plan_id).order_by(PART.c.kind, PART.c.part)
    return tuple((PartKind(kind), body) for kind, body in session.connection().execute(query))


def forget_parts(session: Session, plan_id: str) -> None:
    """Forget the messages of a revision."""
    session.connection().execute(sa.delete(PART).where(PART.c.plan_id == plan_id))


def forget_other_parts(session: Session, plan: StandingPlan) -> None:
    """Forget the messages of the revisions of a week that a newer one has replaced; previews have their own end."""
    older = sa.and_(
        _of_week(PART, plan.location, plan.week), PART.c.plan_id.not_like("%/preview/%"), PART.c.plan_id != plan.plan_id
    )
    session.connection().execute(sa.delete(PART).where(older))


def standing_plan(session: Session, location: str, week: str) -> StandingPlan | None:
    """Return the revision of a week that was heard of last; None where there was none."""
    row = session.connection().execute(sa.select(PLAN).where(_of_week(PLAN, location, week))).mappings().one_or_none()
    return None if row is None else StandingPlan(**row)


def awaits_notices(session: Session, location: str, week: str) -> bool:
    """Return whether the verdict on the revision that stands waits for notices."""
    here = {"in_location": location, "in_week": week}
    return session.connection().execute(_AWAITS, here).first() is not None


def store_plan(session: Session, plan: StandingPlan) -> None:
    """Make a revision the one that stands, or store what is left to look at of it."""
    upsert(session, PLAN, [asdict(plan)])


def plans_to_look_at(session: Session, now: datetime) -> tuple[tuple[str, str], ...]:
    """Return (location, week) of each plan of which something is due."""
    due = sa.or_(*(PLAN.c[name] <= now for name in ("notices_due_at", "inventory_due_at", "next_look_at")))
    found = session.connection().execute(sa.select(PLAN.c.location, PLAN.c.week).where(due).order_by(PLAN.c.week))
    return tuple((location, week) for location, week in found)


def note_inventory_change(session: Session, locations: Iterable[str] | None, due_at: datetime) -> None:
    """Have the weeks that are not over looked at, those of some locations or (None) of all."""
    open_weeks = sa.and_(PLAN.c.next_look_at.is_not(None), PLAN.c.inventory_due_at.is_(None))
    if locations is not None:
        open_weeks = sa.and_(open_weeks, PLAN.c.location.in_(sorted(locations)))
    session.connection().execute(sa.update(PLAN).where(open_weeks).values(inventory_due_at=due_at))


def load_windows(session: Session, location: str, week: str, *, parent: bool = False) -> tuple[Window, ...]:
    """Return the windows of the revision that stands, or of the one before."""
    columns = (WINDOW.c.machine, WINDOW.c.phase, WINDOW.c.opens_at, WINDOW.c.closes_at)
    query = sa.select(*columns).where(_of_week(WINDOW, location, week), WINDOW.c.parent.is_(parent))
    found = (
        Window(machine=machine, phase=phase, opens_at=opens_at, closes_at=closes_at)
        for machine, phase, opens_at, closes_at in session.connection().execute(query.order_by(WINDOW.c.number))
    )
    return tuple(sorted(found, key=lambda window: window.machine))


def apply_windows(session: Session, plan: StandingPlan, *, given: Sequence[Window], changed: Iterable[str]) -> None:
    """Make the standing windows the parent's, then replace those of the machines that changed."""
    connection = session.connection()
    here = _of_week(WINDOW, plan.location, plan.week)
    connection.execute(sa.delete(WINDOW).where(here, WINDOW.c.parent.is_(True)))
    names = [column.name for column in WINDOW.columns]
    copied = [sa.true() if name == "parent" else WINDOW.c[name] for name in names]
    connection.execute(sa.insert(WINDOW).from_select(names, sa.select(*copied).where(here, WINDOW.c.parent.is_(False))))
    gone = [{"gone": machine} for machine in sorted(set(changed))]
    if gone:
        standing = sa.delete(WINDOW).where(here, WINDOW.c.parent.is_(False))
        connection.execute(standing.where(WINDOW.c.machine == sa.bindparam("gone")), gone)
    upsert(session, WINDOW, _numbered(plan, given))


def _numbered(plan: StandingPlan, windows: Iterable[Window]) -> list[dict[str, Any]]:
    """Return rows; a machine that is given several windows keeps them all, for the audit to find."""
    seen: dict[str, int] = {}
    rows = []
    for window in windows:
        seen[window.machine] = number = seen.get(window.machine, 0) + 1
        rows.append(
            {
                "location": plan.location,
                "week": plan.week,
                "parent": False,
                "machine": window.machine,
                "number": number,
                "phase": window.phase,
                "opens_at": window.opens_at,
                "closes_at": window.closes_at,
                "heard": plan.heard,
            }
        )
    return rows


def _of_week(table: sa.Table, location: str, week: str) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.location == location, table.c.week == week)


_AWAITS: Final = sa.select(sa.literal(1)).where(
    PLAN.c.location == sa.bindparam("in_location"),
    PLAN.c.week == sa.bindparam("in_week"),
    PLAN.c.notices_due_at.is_not(None),
)
