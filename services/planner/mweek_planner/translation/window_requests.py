"""Requests of machines and their replies: wire ⇄ domain."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from mweek_contracts import replies as wire
from mweek_contracts.events import RequestedWork
from mweek_contracts.request_codes import DenialCode, RequestRefusalCode
from mweek_contracts.requests import RequestWindowV1

from mweek_planner.domain import leases as domain_leases
from mweek_planner.domain import requests as domain_requests
from mweek_planner.domain.requests import WindowRefusalCode, WindowRequest
from mweek_planner.interfaces import MachineWindow, WindowLease

LONGEST_TEXT: Final = 1_000

_REFUSALS: Final[Mapping[WindowRefusalCode, RequestRefusalCode]] = {
    WindowRefusalCode.DEADLINE_TOO_SOON: RequestRefusalCode.DEADLINE_TOO_SOON,
    WindowRefusalCode.BEYOND_HORIZON: RequestRefusalCode.NO_ACCEPTABLE_TIME,
    WindowRefusalCode.NO_ACCEPTABLE_TIME: RequestRefusalCode.NO_ACCEPTABLE_TIME,
    WindowRefusalCode.BLACKOUT: RequestRefusalCode.NO_ACCEPTABLE_TIME,
    WindowRefusalCode.LONGER_THAN_ANY_ACCEPTABLE_WINDOW: RequestRefusalCode.TOO_LONG,
    WindowRefusalCode.OWN_WINDOW: RequestRefusalCode.NO_CAPACITY,
    WindowRefusalCode.REDUNDANCY: RequestRefusalCode.NO_CAPACITY,
    WindowRefusalCode.CUSTOMER_LIMIT: RequestRefusalCode.NO_CAPACITY,
    WindowRefusalCode.CAPACITY: RequestRefusalCode.NO_CAPACITY,
}
"""Those that are about the request itself are decided before the domain is asked."""


def work_from(request: RequestWindowV1, now: datetime) -> RequestedWork:
    """Return a request as it is kept, and as events tell of it."""
    return RequestedWork(
        request_id=request.request_id,
        reason=request.reason,
        activities=request.activities,
        estimated_minutes=request.estimated_minutes,
        not_before=request.not_before,
        deadline=request.deadline,
        urgent=request.urgent,
        requested_at=now,
    )


def window_request_from(machine: str, work: RequestedWork) -> WindowRequest:
    """Return a request as planning sees it."""
    return WindowRequest(
        machine=machine,
        request_id=work.request_id,
        estimated_minutes=work.estimated_minutes,
        reason=work.reason,
        activities=tuple(activity.name for activity in work.activities),
        not_before=work.not_before,
        deadline=work.deadline,
        urgent=work.urgent,
        reboot=any(activity.reboots for activity in work.activities),
    )


def refusal_from(refusal: domain_requests.Refusal, case: domain_requests.Case) -> wire.Refusal:
    """Return why a request for a window is not met."""
    code, deadline = _REFUSALS[refusal.code], case.request.deadline
    if code is RequestRefusalCode.DEADLINE_TOO_SOON and deadline is not None and deadline <= case.now:
        code = RequestRefusalCode.DEADLINE_IN_PAST
    alternative = None if refusal.alternative is None else refusal.alternative.opens_at
    return wire.Refusal(code=code, text=refusal.text[:LONGEST_TEXT], earliest_alternative=alternative)


def grant_from(window: MachineWindow) -> wire.Grant:
    """Return a window as its machine is told of it."""
    return wire.Grant(
        window_id=window.booking.window_id,
        revision=window.revision,
        week=window.week,
        requests=tuple(work.request_id for work in window.works),
        **times_of(window),
    )


def own_window_from(window: MachineWindow, held: WindowLease | None) -> wire.OwnWindow:
    """Return a window as `my-windows` tells of it, with the lease by which the machine is in it."""
    return wire.OwnWindow(**dict(grant_from(window)), lease=None if held is None else held_lease_from(held))


def held_lease_from(held: WindowLease) -> wire.Lease:
    """Return a lease as its machine is told of it."""
    lease = held.lease
    return wire.Lease(
        lease_id=lease.lease_id,
        window_id=lease.window_id,
        revision=held.revision,
        entered_at=lease.entered_at,
        expires_at=lease.expires_at,
        must_end_by=held.must_end_by,
        renewable=lease.expires_at < held.must_end_by,
    )


def denial_from(denial: domain_leases.Denial) -> wire.Denial:
    """Return why a machine may not enter now."""
    return wire.Denial(code=DenialCode(denial.code.value), text=denial.text[:LONGEST_TEXT], retry_at=denial.retry_at)


def times_of(window: MachineWindow) -> dict[str, Any]:
    """Return when a window may be begun and has to be over, by the names that messages have for it."""
    return {
        "not_before": window.booking.window.opens_at,
        "not_after": window.not_after,
        "must_end_by": window.booking.window.closes_at,
    }
