"""Requests that tests make of the probe, and handlers that answer them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from mweek_contracts.events import RequestedWork, WindowGrantedV1
from mweek_contracts.replies import Grant, MyWindowsReplyV1, OwnWindow, WindowReplyV1
from mweek_contracts.request_codes import WindowChange
from mweek_contracts.requests import MyWindowsV1, RequestWindowV1
from mweek_contracts.windows import RecordsPosition
from sqlmodel import Session

from tests.delivery.probe import EFFECTS, Probe, note_effect, random_id

OPENS_AT = datetime(2026, 12, 1, 22, tzinfo=UTC)


def request_window(name: str = "r-1", machine: str = "acme03", **fields: Any) -> RequestWindowV1:
    """Return a request whose id is `name`."""
    given: dict[str, Any] = {"location": "rzob", "reason": "Kernel update", "estimated_minutes": 20}
    return RequestWindowV1(**given | {"request_id": name, "machine": machine} | fields)


def my_windows(name: str = "m-1", machine: str = "acme03") -> MyWindowsV1:
    return MyWindowsV1(request_id=name, location="rzob", machine=machine)


def a_grant(request: RequestWindowV1) -> Grant:
    """Return a grant with an id that no other one has: two decisions about one request differ."""
    return Grant(
        window_id=f"w-{random_id()}",
        revision=1,
        not_before=OPENS_AT,
        not_after=OPENS_AT + timedelta(minutes=15),
        must_end_by=OPENS_AT + timedelta(minutes=35),
        requests=(request.request_id,),
    )


def granting(probe: Probe, note: str = "") -> Callable[[Session, RequestWindowV1], WindowReplyV1]:
    """Return a handler that grants a window, writes a row and says an event."""

    def grant(session: Session, request: RequestWindowV1) -> WindowReplyV1:
        made = a_grant(request)
        note_effect(session, f"{request.machine}/{request.request_id}", note)
        probe.voice.say(session, window_granted(probe, request, made))
        return WindowReplyV1(request_id=request.request_id, answered_at=probe.clock.now(), grant=made)

    return grant


def window_granted(probe: Probe, request: RequestWindowV1, grant: Grant) -> WindowGrantedV1:
    """Return the event that goes with a grant."""
    now = probe.clock.now()
    work = RequestedWork(
        request_id=request.request_id,
        reason=request.reason,
        estimated_minutes=request.estimated_minutes,
        requested_at=now,
    )
    return WindowGrantedV1(
        **probe.voice.envelope(None),
        **grant.model_dump(exclude={"requests"}),
        location=request.location,
        machine=request.machine,
        records=RecordsPosition(stream_created_at=OPENS_AT, sequence=1),
        change=WindowChange.NEW,
        significant=True,
        request_id=request.request_id,
        requests=(work,),
        estimated_minutes=request.estimated_minutes,
        reboots=False,
        granted_at=now,
    )


def one_window_for_each_effect(probe: Probe) -> Callable[[Session, MyWindowsV1], MyWindowsReplyV1]:
    """Return a handler that answers with as many windows as there are effects."""

    def windows(session: Session, request: MyWindowsV1) -> MyWindowsReplyV1:
        effects = session.connection().execute(sa.select(EFFECTS.c.message_id)).scalars().all()
        made = tuple(OwnWindow(**a_grant(request_window(f"r-{number}")).model_dump()) for number in range(len(effects)))
        return MyWindowsReplyV1(
            request_id=request.request_id, answered_at=probe.clock.now(), machine=request.machine, windows=made
        )

    return windows
