"""Weeks as the bus tells them: parts of a revision until it is closed, then the windows that stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mweek_outbox.upsert import upsert
from pydantic import TypeAdapter
from sqlalchemy import bindparam, delete, select
from sqlmodel import Session

from mweek_notifier.domain.window import Delta, Slot, Window, Withdrawal
from mweek_notifier.storage.rows import STAGED_PART, WEEK, WINDOW, WeekRow

_GIVEN = TypeAdapter(tuple[Window, ...])
_TAKEN = TypeAdapter(tuple[Withdrawal, ...])


class PartKind(StrEnum):
    """What a part of a revision does with its windows."""

    GIVEN = "given"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class StagedDelta:
    """What was staged of a revision: the change, and how many parts it came in."""

    delta: Delta
    given_parts: int
    taken_parts: int


@dataclass(frozen=True, slots=True)
class KnownWeek:
    """A week as it stands: the revision applied last (0: none), and its windows by machine."""

    revision: int
    windows: Mapping[str, Window]


def stage_given(session: Session, plan_id: str, part: int, windows: Sequence[Window]) -> None:
    """Keep windows that a revision gives until the revision is closed."""
    _stage(session, plan_id, part, PartKind.GIVEN, _GIVEN.dump_python(tuple(windows), mode="json"))


def stage_taken(session: Session, plan_id: str, part: int, withdrawals: Sequence[Withdrawal]) -> None:
    """Keep windows that a revision takes away until the revision is closed."""
    _stage(session, plan_id, part, PartKind.TAKEN, _TAKEN.dump_python(tuple(withdrawals), mode="json"))


def take_staged(session: Session, plan_id: str) -> StagedDelta:
    """Return what was staged of a revision, and forget it."""
    ours = STAGED_PART.c.plan_id == plan_id
    found = select(STAGED_PART.c.kind, STAGED_PART.c.windows).where(ours).order_by(STAGED_PART.c.part)
    rows = session.connection().execute(found).all()
    session.connection().execute(delete(STAGED_PART).where(ours))
    given = [windows for kind, windows in rows if kind == PartKind.GIVEN]
    taken = [windows for kind, windows in rows if kind == PartKind.TAKEN]
    delta = Delta(
        given=tuple(window for part in given for window in _GIVEN.validate_python(part)),
        taken=tuple(withdrawal for part in taken for withdrawal in _TAKEN.validate_python(part)),
    )
    return StagedDelta(delta, len(given), len(taken))


def load_week(session: Session, location: str, week: str) -> KnownWeek:
    """Return the week as it stands; revision 0 and no windows where none is known."""
    known = session.get(WeekRow, (location, week))
    if known is None:
        return KnownWeek(0, {})
    columns = WINDOW.c
    found = select(
        columns.machine, columns.opens_at, columns.closes_at, columns.phase, columns.customer, columns.affects
    ).where(columns.location == location, columns.week == week)
    windows = {
        machine: Window(machine, Slot(opens_at, closes_at, phase), customer, tuple(affects))
        for machine, opens_at, closes_at, phase, customer, affects in session.connection().execute(found)
    }
    return KnownWeek(known.revision, windows)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekIdentity:
    """Which revision of which week; `cancelled` where it ended by a cancellation."""

    location: str
    week: str
    plan_id: str
    revision: int
    cancelled: bool = False


def store_week(session: Session, identity: WeekIdentity, delta: Delta) -> None:
    """Make a revision the one that stands, and apply its change to the windows."""
    place = {"location": identity.location, "week": identity.week}
    upsert(
        session,
        WEEK,
        [{**place, "plan_id": identity.plan_id, "revision": identity.revision, "cancelled": identity.cancelled}],
    )
    here = delete(WINDOW).where(WINDOW.c.location == identity.location, WINDOW.c.week == identity.week)
    gone = [{"gone": withdrawal.machine} for withdrawal in delta.taken]
    if gone:
        session.connection().execute(here.where(WINDOW.c.machine == bindparam("gone")), gone)
    upsert(session, WINDOW, [{**place, **_window_columns(window)} for window in delta.given])


def _window_columns(window: Window) -> dict[str, Any]:
    return {
        "machine": window.machine,
        "phase": window.slot.phase,
        "opens_at": window.slot.opens_at,
        "closes_at": window.slot.closes_at,
        "customer": window.customer,
        "affects": list(window.affects),
    }


def _stage(session: Session, plan_id: str, part: int, kind: PartKind, document: object) -> None:
    upsert(session, STAGED_PART, [{"plan_id": plan_id, "kind": kind, "part": part, "windows": document}])
