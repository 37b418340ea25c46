"""What becomes of the windows of single machines, as the events that tell of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mweek_contracts import replies as wire
from mweek_contracts.events import (
    MachineEnteredV1,
    MachineLeftV1,
    MachineOverdueV1,
    RequestedWork,
    WindowGrantedV1,
    WindowRefusedV1,
    WindowWithdrawnV1,
)
from mweek_contracts.request_codes import WindowChange, WindowWithdrawnCode
from mweek_contracts.requests import LeaveWindowV1
from mweek_contracts.rules import LONGEST_DOWNTIME_MINUTES

from mweek_planner.domain.leases import LeaseState
from mweek_planner.domain.requests import is_significant
from mweek_planner.interfaces import MachineWindow, WindowLease
from mweek_planner.translation.window_requests import times_of

About = dict[str, Any]
"""The fields that all of these events have: the envelope, the location, how far RECORDS were read."""


def granted(
    about: About,
    window: MachineWindow,
    before: MachineWindow | None,
    *,
    change: WindowChange,
    request_id: str | None,
    affects: tuple[str, ...],
    now: datetime,
) -> WindowGrantedV1:
    """Return what tells of a window as it is from now on.

    Args:
        before: the window in the revision before; None for a new one.
        request_id: the request that led to it; None where the planner did.
        affects: the machines that are down with it.
    """
    times = times_of(window)
    moved = before is not None and times_of(before) != times
    return WindowGrantedV1(
        **about,
        **_of(window),
        **times,
        change=change,
        significant=before is None or is_significant(before.booking, window.booking),
        previous=wire.WindowTimes(**times_of(before)) if before is not None and moved else None,
        request_id=request_id,
        requests=window.works,
        # Works of several requests may come to more than any one may say.
        estimated_minutes=min(window.booking.estimated_minutes, LONGEST_DOWNTIME_MINUTES),
        reboots=window.booking.reboot,
        urgent=any(work.urgent for work in window.works),
        affects=affects,
        granted_at=now,
    )


def refused(
    about: About, machine: str, customer: str | None, work: RequestedWork, refusal: wire.Refusal
) -> WindowRefusedV1:
    """Return what tells that a machine got no window."""
    return WindowRefusedV1(
        **about,
        machine=machine,
        customer=customer,
        request=work,
        code=refusal.code,
        text=refusal.text,
        earliest_alternative=refusal.earliest_alternative,
    )


def withdrawn(
    about: About, window: MachineWindow, reason: WindowWithdrawnCode, *, affects: tuple[str, ...], now: datetime
) -> WindowWithdrawnV1:
    """Return what tells that a machine has a window no more; `window` is as it was granted last."""
    return WindowWithdrawnV1(
        **about,
        **_of(window) | {"revision": window.revision + 1},
        **times_of(window),
        reason=reason,
        requests=tuple(work.request_id for work in window.works),
        affects=affects,
        withdrawn_at=now,
    )


def entered(about: About, held: WindowLease) -> MachineEnteredV1:
    """Return what tells that a machine may be down."""
    lease = held.lease
    return MachineEnteredV1(
        **about,
        **_entry(held),
        entered_at=lease.entered_at,
        expires_at=lease.expires_at,
        must_end_by=held.must_end_by,
    )


def left(about: About, held: WindowLease, request: LeaveWindowV1, *, now: datetime) -> MachineLeftV1:
    """Return what tells how a machine's stay was."""
    return MachineLeftV1(
        **about,
        **_entry(held),
        result=request.result,
        entered_at=held.lease.entered_at,
        left_at=now,
        downtime_minutes=request.downtime_minutes,
        overdue=held.lease.state is LeaseState.LEFT_OVERDUE,
        text=request.text,
        facts=request.facts,
    )


def overdue(about: About, held: WindowLease) -> MachineOverdueV1:
    """Return what tells that a lease expired and its machine has not left."""
    lease = held.lease
    return MachineOverdueV1(
        **about,
        **_entry(held),
        entered_at=lease.entered_at,
        expired_at=lease.expires_at,
        must_end_by=held.must_end_by,
    )


def _of(window: MachineWindow) -> dict[str, Any]:
    return {
        "machine": window.booking.machine,
        "customer": window.booking.customer,
        "week": window.week,
        "window_id": window.booking.window_id,
        "revision": window.revision,
    }


def _entry(held: WindowLease) -> dict[str, Any]:
    return {
        "machine": held.lease.machine,
        "customer": held.customer,
        "week": held.week,
        "window_id": held.lease.window_id,
        "revision": held.revision,
        "lease_id": held.lease.lease_id,
    }
