"""Requested windows and leases as rows: written by their keys, loaded whole or since a change of their location."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from mweek_contracts.events import RequestedWork
from mweek_contracts.request_codes import LeaveResult
from mweek_outbox.upsert import upsert
from mweek_timewindows import Window
from pydantic import TypeAdapter
from sqlmodel import Session

from mweek_planner.domain.leases import Lease, LeaseState
from mweek_planner.domain.requests import Booking, BookingKind, WindowRequest
from mweek_planner.interfaces import MachineWindow, Stayed, WindowLease, WindowState
from mweek_planner.storage.rows import LEASE, REQUESTED

RequestOf = Callable[[str, RequestedWork], WindowRequest]
"""Makes a request as planning sees it of a machine's name and the request as it is told."""

_WORKS: Final = TypeAdapter(tuple[RequestedWork, ...])
_LOCATION = sa.bindparam("of_location", type_=sa.String())
_WINDOWS: Final = sa.select(REQUESTED).where(REQUESTED.c.location == _LOCATION)
_LEASES: Final = sa.select(LEASE).where(LEASE.c.location == _LOCATION)
DOWN: Final = LEASE.c.state.in_(tuple(sa.literal_column(f"'{state}'") for state in ("held", "overdue")))
"""Written as the partial index is, or neither database would use it."""


@dataclass(frozen=True, slots=True)
class WindowReading:
    """Reads the windows of one location."""

    session: Session
    location: str
    request_of: RequestOf

    def not_over(self, from_at: datetime) -> Iterable[MachineWindow]:
        """Return the windows that close after an instant, whatever became of them."""
        return self._windows(_WINDOWS.where(REQUESTED.c.closes_at > from_at))

    def changed_after(self, change: int) -> Iterable[MachineWindow]:
        """Return the windows that were written after a change of the location."""
        return self._windows(_WINDOWS.where(REQUESTED.c.changed > change))

    def leases_down(self) -> Iterable[WindowLease]:
        """Return the leases of machines that are down."""
        return self._leases(_LEASES.where(DOWN))

    def leases_changed_after(self, change: int) -> Iterable[WindowLease]:
        """Return the leases that were written after a change of the location."""
        return self._leases(_LEASES.where(LEASE.c.changed > change))

    def _windows(self, query: sa.Select[Any]) -> Iterable[MachineWindow]:
        rows = self.session.connection().execute(query, {"of_location": self.location}).mappings()
        return (window_from(row, self.request_of) for row in rows)

    def _leases(self, query: sa.Select[Any]) -> Iterable[WindowLease]:
        rows = self.session.connection().execute(query, {"of_location": self.location}).mappings()
        return map(lease_from, rows)


def write_windows(session: Session, location: str, windows: Iterable[MachineWindow], change: int) -> None:
    """Write windows as they are from now on."""
    upsert(session, REQUESTED, [_window_row(location, window, change) for window in windows])


def write_leases(session: Session, location: str, leases: Iterable[WindowLease], change: int) -> None:
    """Write leases as they are from now on."""
    upsert(session, LEASE, [_lease_row(location, lease, change) for lease in leases])


def window_from(row: Mapping[str, Any] | sa.RowMapping, request_of: RequestOf) -> MachineWindow:
    """Return the window of a row."""
    works = _WORKS.validate_python(row["works"], strict=False)
    booking = Booking(
        window_id=row["window_id"],
        machine=row["machine"],
        window=Window(row["opens_at"], row["closes_at"]),
        kind=BookingKind.ADHOC if row["week"] is None else BookingKind.WEEK,
        customer=row["customer"],
        redundancy_group=row["redundancy_group"],
        requests=tuple(request_of(row["machine"], work) for work in works),
    )
    return MachineWindow(
        booking=booking,
        not_after=row["not_after"],
        revision=row["revision"],
        week=row["week"],
        works=works,
        state=WindowState(row["state"]),
    )


def lease_from(row: Mapping[str, Any] | sa.RowMapping) -> WindowLease:
    """Return the lease of a row."""
    lease = Lease(
        lease_id=row["lease_id"],
        window_id=row["window_id"],
        machine=row["machine"],
        entered_at=row["entered_at"],
        expires_at=row["expires_at"],
        state=LeaseState(row["state"]),
    )
    stayed = None
    if row["result"] is not None:
        stayed = Stayed(
            left_at=row["left_at"], result=LeaveResult(row["result"]), downtime_minutes=row["downtime_minutes"]
        )
    return WindowLease(
        lease=lease,
        revision=row["revision"],
        must_end_by=row["must_end_by"],
        week=row["week"],
        customer=row["customer"],
        redundancy_group=row["redundancy_group"],
        stayed=stayed,
    )


def _window_row(location: str, window: MachineWindow, change: int) -> dict[str, Any]:
    booking = window.booking
    return {
        "location": location,
        "window_id": booking.window_id,
        "machine": booking.machine,
        "week": window.week,
        "revision": window.revision,
        "opens_at": booking.window.opens_at,
        "not_after": window.not_after,
        "closes_at": booking.window.closes_at,
        "customer": booking.customer,
        "redundancy_group": booking.redundancy_group,
        "state": window.state.value,
        "works": [work.model_dump(mode="json") for work in window.works],
        "changed": change,
    }


def _lease_row(location: str, held: WindowLease, change: int) -> dict[str, Any]:
    lease, stayed = held.lease, held.stayed
    return {
        "lease_id": lease.lease_id,
        "location": location,
        "window_id": lease.window_id,
        "revision": held.revision,
        "week": held.week,
        "machine": lease.machine,
        "customer": held.customer,
        "redundancy_group": held.redundancy_group,
        "entered_at": lease.entered_at,
        "expires_at": lease.expires_at,
        "must_end_by": held.must_end_by,
        "state": lease.state.value,
        "left_at": stayed and stayed.left_at,
        "result": stayed and stayed.result.value,
        "downtime_minutes": stayed and stayed.downtime_minutes,
        "changed": change,
    }
