"""When a location's requested windows are to be looked at, how much was heard of them, and what was said of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from mweek_outbox.upsert import upsert
from sqlmodel import Session

from mweek_auditor.storage.rows import WATCH

_DUE: Final = ("due_at", "inventory_due_at", "next_look_at")

# Made once: each event needs it, and to put it together anew costs more than to execute it.
_LOAD: Final = sa.select(WATCH).where(WATCH.c.location == sa.bindparam("here")).with_for_update()


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowWatch:
    """See `rows.WindowWatchRow`."""

    location: str
    heard: int = 0
    due_at: datetime | None = None
    inventory_due_at: datetime | None = None
    next_look_at: datetime | None = None
    unsaid_since: datetime | None = None
    said: str = ""

    def is_due(self, now: datetime) -> bool:
        """Return whether there is something to look at by now."""
        return any(at is not None and at <= now for at in (self.due_at, self.inventory_due_at, self.next_look_at))


def load_watch(session: Session, location: str) -> WindowWatch:
    """Return what is known of a location; an empty watch where nothing was heard yet.

    The row is locked: records that change meanwhile ask for a look too, and who writes it back must not undo that.
    """
    row = session.connection().execute(_LOAD, {"here": location}).mappings().one_or_none()
    return WindowWatch(location=location) if row is None else WindowWatch(**row)


def store_watch(session: Session, watch: WindowWatch) -> None:
    """Write a watch."""
    upsert(session, WATCH, [asdict(watch)])


def note_heard(session: Session, location: str, *, now: datetime, due_at: datetime) -> int:
    """Take note that something was heard, and return its number; the caller holds the lock of the windows.

    A look that is due already is not put off: who never stops talking would never be looked at.
    """
    watch = load_watch(session, location)
    heard = replace(watch, heard=watch.heard + 1, due_at=watch.due_at or due_at, unsaid_since=watch.unsaid_since or now)
    store_watch(session, heard)
    return heard.heard


def note_inventory(session: Session, locations: Iterable[str] | None, due_at: datetime) -> None:
    """Have the windows looked at again, those of some locations or (None) of all of which anything was heard."""
    waiting: sa.ColumnElement[bool] = WATCH.c.inventory_due_at.is_(None)
    if locations is not None:
        waiting = sa.and_(waiting, WATCH.c.location.in_(sorted(locations)))
    session.connection().execute(sa.update(WATCH).where(waiting).values(inventory_due_at=due_at))


def locations_to_look_at(session: Session, now: datetime) -> tuple[str, ...]:
    """Return the locations whose windows are to be looked at, sorted."""
    due = sa.or_(*(WATCH.c[name] <= now for name in _DUE))
    return tuple(
        session.connection().execute(sa.select(WATCH.c.location).where(due).order_by(WATCH.c.location)).scalars()
    )
