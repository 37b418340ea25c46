"""Tells of single windows as the planner would, for tests of those who listen."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from mweek_contracts.events import (
    MachineEnteredV1,
    MachineLeftV1,
    RequestedWork,
    WindowGrantedV1,
    WindowRefusedV1,
    WindowWithdrawnV1,
)
from mweek_contracts.fleet import Contact, Environment, Kind
from mweek_contracts.records import CustomerV1, MachineV1
from mweek_contracts.request_codes import LeaveResult, RequestRefusalCode, WindowChange, WindowWithdrawnCode
from mweek_contracts.windows import RecordsPosition

from tests.support.ids import ReadableIds, at

ASKED = at("2026-11-23T09:00Z")
OPENS = at("2026-11-24T21:00Z")
_new_id = ReadableIds("told")
_RECORDS = RecordsPosition(stream_created_at=at("2026-10-01T06:30Z"), sequence=4711)


def envelope(occurred_at: datetime = ASKED) -> dict[str, Any]:
    name = _new_id()
    return {"message_id": name, "correlation_id": name, "occurred_at": occurred_at}


def machine(name: str = "acme03", customer: str | None = "acme") -> MachineV1:
    return MachineV1(
        **envelope(),
        location="rzob",
        revision=1,
        name=name,
        kind=Kind.VIRTUAL,
        role="customer",
        environment=Environment.PRODUCTION,
        customer=customer,
    )


def customer(**fields: Any) -> CustomerV1:
    contacts = (Contact(name="Ops", email="ops@acme.example"),)
    return CustomerV1(**envelope(), revision=1, customer="acme", contacts=contacts, **fields)


def work(request_id: str = "r-1", **fields: Any) -> RequestedWork:
    given = {"reason": "Kernel update", "estimated_minutes": 20, "requested_at": ASKED}
    return RequestedWork(**{**given, **fields, "request_id": request_id})


def _of(window_id: str, revision: int, machine_name: str) -> dict[str, Any]:
    place = {"location": "rzob", "machine": machine_name, "customer": "acme", "records": _RECORDS}
    return {**place, "window_id": window_id, "revision": revision}


def granted(
    *works: RequestedWork,
    window_id: str = "w-1",
    revision: int = 1,
    opens_at: datetime = OPENS,
    machine_name: str = "acme03",
) -> WindowGrantedV1:
    requests = works or (work(),)
    return WindowGrantedV1(
        **envelope(requests[-1].requested_at),
        **_of(window_id, revision, machine_name),
        not_before=opens_at,
        not_after=opens_at + timedelta(minutes=10),
        must_end_by=opens_at + timedelta(minutes=35),
        change=WindowChange.NEW if revision == 1 else WindowChange.MOVED,
        significant=True,
        request_id=requests[-1].request_id,
        requests=requests,
        estimated_minutes=20,
        reboots=False,
        granted_at=requests[-1].requested_at,
    )


def refused(request: RequestedWork, alternative: datetime | None = None) -> WindowRefusedV1:
    return WindowRefusedV1(
        **envelope(request.requested_at),
        location="rzob",
        machine="acme03",
        customer="acme",
        records=_RECORDS,
        request=request,
        code=RequestRefusalCode.DEADLINE_TOO_SOON,
        text="12 hours of notice and a window of 35 minutes do not fit in before the deadline",
        earliest_alternative=alternative,
    )


def withdrawn(window_id: str = "w-1", revision: int = 2, machine_name: str = "acme03") -> WindowWithdrawnV1:
    return WindowWithdrawnV1(
        **envelope(ASKED + timedelta(hours=1)),
        **_of(window_id, revision, machine_name),
        not_before=OPENS,
        not_after=OPENS + timedelta(minutes=10),
        must_end_by=OPENS + timedelta(minutes=35),
        reason=WindowWithdrawnCode.REQUESTED,
        withdrawn_at=ASKED + timedelta(hours=1),
    )


def entered(window_id: str = "w-1", revision: int = 1) -> MachineEnteredV1:
    return MachineEnteredV1(
        **envelope(OPENS),
        **_of(window_id, revision, "acme03"),
        lease_id="l-1",
        entered_at=OPENS,
        expires_at=OPENS + timedelta(minutes=30),
        must_end_by=OPENS + timedelta(minutes=35),
    )


def left(window_id: str = "w-1", revision: int = 1) -> MachineLeftV1:
    return MachineLeftV1(
        **envelope(OPENS + timedelta(minutes=14)),
        **_of(window_id, revision, "acme03"),
        lease_id="l-1",
        result=LeaveResult.DONE,
        entered_at=OPENS,
        left_at=OPENS + timedelta(minutes=14),
        downtime_minutes=14,
    )
