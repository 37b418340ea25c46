"""Windows that machines requested, as the planner tells of them; spells out only what a test is about."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from mweek_contracts.events import RequestedWork, WindowGrantedV1, WindowWithdrawnV1
from mweek_contracts.request_codes import WindowChange, WindowWithdrawnCode
from mweek_contracts.windows import RecordsPosition

from tests.support.ids import at

NOW = at("2026-11-23T08:00Z")
TONIGHT = at("2026-11-26T21:00Z")
RECORDS = RecordsPosition(stream_created_at=NOW, sequence=7)


def granted(machine: str, revision: int = 1, *, opens_at: datetime = TONIGHT, **fields: Any) -> WindowGrantedV1:
    """Return that a machine has the window `w-<machine>`, for half an hour."""
    window = _window(machine, revision, opens_at)
    values: dict[str, Any] = {
        "change": WindowChange.NEW if revision == 1 else WindowChange.MOVED,
        "significant": True,
        "requests": (work(),),
        "estimated_minutes": 20,
        "reboots": True,
        "granted_at": NOW,
    }
    return WindowGrantedV1(**{**window, **values, **fields})


def gone(machine: str, revision: int = 2, *, opens_at: datetime = TONIGHT, **fields: Any) -> WindowWithdrawnV1:
    """Return that a machine has the window no more, since it withdrew its requests."""
    values = {"reason": WindowWithdrawnCode.REQUESTED, "withdrawn_at": NOW}
    return WindowWithdrawnV1(**{**_window(machine, revision, opens_at), **values, **fields})


def work(reason: str = "Kernel update", **fields: Any) -> RequestedWork:
    """Return what one request asked for."""
    values: dict[str, Any] = {"request_id": "r-1", "estimated_minutes": 20, "requested_at": NOW}
    return RequestedWork(**{**values, "reason": reason, **fields})


def _window(machine: str, revision: int, opens_at: datetime) -> dict[str, Any]:
    return {
        "message_id": f"said-{machine}-{revision}",
        "correlation_id": "a-request",
        "occurred_at": NOW,
        "location": "rzob",
        "machine": machine,
        "records": RECORDS,
        "window_id": f"w-{machine}",
        "revision": revision,
        "not_before": opens_at,
        "not_after": opens_at + timedelta(minutes=5),
        "must_end_by": opens_at + timedelta(minutes=30),
    }
