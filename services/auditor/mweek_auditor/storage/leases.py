"""Entries of machines into windows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from mweek_outbox.upsert import upsert
from sqlmodel import Session

from mweek_auditor.domain.windows.lease import Lease
from mweek_auditor.domain.windows.window import Position
from mweek_auditor.storage.rows import LEASE


def store_entry(session: Session, location: str, lease: Lease) -> bool:
    """Keep an entry; returns False where it was known. An overdue lease of the same machine is over by it."""
    this = sa.and_(LEASE.c.location == location, LEASE.c.lease_id == lease.lease_id)
    if session.connection().execute(sa.select(sa.literal(1)).where(this)).first() is not None:
        return False
    of_machine = sa.and_(LEASE.c.location == location, LEASE.c.machine == lease.machine)
    overdue = sa.and_(of_machine, LEASE.c.overdue.is_(True), LEASE.c.left_heard.is_(None))
    session.connection().execute(sa.update(LEASE).where(overdue).values(left_heard=lease.number))
    upsert(session, LEASE, [_row(location, lease)])
    return True


def note_left(
    session: Session, location: str, lease_id: str, *, left_at: datetime, number: int, finished: bool
) -> None:
    """Take note that a machine is up again; what was never heard to be entered is passed over."""
    this = sa.and_(LEASE.c.location == location, LEASE.c.lease_id == lease_id, LEASE.c.left_at.is_(None))
    left = {"left_at": left_at, "left_heard": number, "finished": finished}
    session.connection().execute(sa.update(LEASE).where(this).values(**left))


def note_overdue(session: Session, location: str, lease_id: str) -> None:
    """Take note that a lease expired."""
    this = sa.and_(LEASE.c.location == location, LEASE.c.lease_id == lease_id)
    session.connection().execute(sa.update(LEASE).where(this).values(overdue=True))


def leases_since(session: Session, location: str, since: datetime) -> tuple[Lease, ...]:
    """Return the entries into windows that end after an instant, and those of machines that are not up again."""
    recent = sa.or_(LEASE.c.must_end_by > since, LEASE.c.left_heard.is_(None))
    query = sa.select(LEASE).where(LEASE.c.location == location, recent)
    return tuple(_lease(row) for row in session.connection().execute(query).mappings())


def forget_leases_before(session: Session, instant: datetime) -> None:
    """Forget the entries into windows that were over before an instant."""
    session.connection().execute(sa.delete(LEASE).where(LEASE.c.must_end_by < instant))


def _row(location: str, lease: Lease) -> dict[str, Any]:
    return {
        "location": location,
        "lease_id": lease.lease_id,
        "machine": lease.machine,
        "customer": lease.customer,
        "window_id": lease.window_id,
        "week": lease.week,
        "revision": lease.revision,
        "entered_at": lease.entered_at,
        "must_end_by": lease.must_end_by,
        "stream_created_at": lease.position.stream_created_at,
        "sequence": lease.position.sequence,
        "heard": lease.number,
        "left_heard": lease.left_number,
        "left_at": lease.left_at,
        "finished": lease.finished,
        "overdue": lease.overdue,
    }


def _lease(row: sa.RowMapping) -> Lease:
    return Lease(
        lease_id=row["lease_id"],
        machine=row["machine"],
        customer=row["customer"],
        window_id=row["window_id"],
        week=row["week"],
        revision=row["revision"],
        entered_at=row["entered_at"],
        must_end_by=row["must_end_by"],
        position=Position(row["stream_created_at"], row["sequence"]),
        number=row["heard"],
        left_number=row["left_heard"],
        left_at=row["left_at"],
        finished=row["finished"],
        overdue=row["overdue"],
    )
