"""What has become due by the clock or by the fleet: leases that expired, windows that were missed, retired machines."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session

from mweek_planner.interfaces import MachineWindow, WindowLease
from mweek_planner.storage.requested_windows import DOWN, RequestOf, lease_from, window_from
from mweek_planner.storage.rows import LEASE, MACHINE, REQUESTED

# Literal, as the partial indexes are written, or neither database would use them.
_HELD: Final = LEASE.c.state == sa.literal_column("'held'")
_OVERDUE: Final = LEASE.c.state == sa.literal_column("'overdue'")
_OPEN: Final = REQUESTED.c.state == sa.literal_column("'open'")
_STANDS: Final = REQUESTED.c.state.in_((sa.literal_column("'open'"), sa.literal_column("'entered'")))
_RETIRED: Final = sa.or_(MACHINE.c.name.is_(None), MACHINE.c.removed, MACHINE.c.in_service.is_(False))


def due_locations(session: Session, now: datetime) -> list[str]:
    """Return the locations where anything is due, sorted: locks are taken in this order everywhere."""
    of_leases = (query.with_only_columns(LEASE.c.location) for query in (_expired(now), _given_up()))
    of_windows = (query.with_only_columns(REQUESTED.c.location) for query in (_missed(now), _retired(now)))
    found = (session.connection().execute(query.distinct()) for query in (*of_leases, *of_windows))
    return sorted({location for rows in found for location in rows.scalars()})


def expired_leases(session: Session, location: str, now: datetime) -> list[WindowLease]:
    """Return the leases whose time is over and whose machines have not left."""
    query = _expired(now).where(LEASE.c.location == location)
    return [lease_from(row) for row in session.connection().execute(query).mappings()]


def missed_windows(session: Session, location: str, now: datetime, request_of: RequestOf) -> list[MachineWindow]:
    """Return the windows whose latest start is over and that were never entered."""
    return _windows(session, _missed(now).where(REQUESTED.c.location == location), request_of)


def windows_of_retired(session: Session, location: str, now: datetime, request_of: RequestOf) -> list[MachineWindow]:
    """Return the windows, of no week, of machines that are no longer in service and not in their window."""
    return _windows(session, _retired(now).where(REQUESTED.c.location == location), request_of)


def leases_given_up(session: Session, location: str) -> list[WindowLease]:
    """Return the leases of overdue machines that are no longer in service: nobody waits for them any more."""
    query = _given_up().where(LEASE.c.location == location)
    return [lease_from(row) for row in session.connection().execute(query).mappings()]


def _expired(now: datetime) -> sa.Select[Any]:
    return sa.select(LEASE).where(_HELD, LEASE.c.expires_at <= now)


def _missed(now: datetime) -> sa.Select[Any]:
    return sa.select(REQUESTED).where(_OPEN, REQUESTED.c.not_after < now)


def _retired(now: datetime) -> sa.Select[Any]:
    entered = sa.select(LEASE.c.lease_id).where(
        LEASE.c.location == REQUESTED.c.location,
        LEASE.c.machine == REQUESTED.c.machine,
        LEASE.c.window_id == REQUESTED.c.window_id,
        DOWN,
        _HELD,
    )
    return (
        sa.select(REQUESTED)
        .outerjoin_from(
            REQUESTED,
            MACHINE,
            sa.and_(MACHINE.c.location == REQUESTED.c.location, MACHINE.c.name == REQUESTED.c.machine),
        )
        .where(_STANDS, REQUESTED.c.week.is_(None), REQUESTED.c.closes_at > now, _RETIRED, ~entered.exists())
    )


def _given_up() -> sa.Select[Any]:
    return (
        sa.select(LEASE)
        .outerjoin_from(
            LEASE, MACHINE, sa.and_(MACHINE.c.location == LEASE.c.location, MACHINE.c.name == LEASE.c.machine)
        )
        .where(DOWN, _OVERDUE, _RETIRED)
    )


def _windows(session: Session, query: sa.Select[Any], request_of: RequestOf) -> list[MachineWindow]:
    return [window_from(row, request_of) for row in session.connection().execute(query).mappings()]
