"""Events about single windows as the audit's own values, and read again from where they were kept.

They were validated when they came; here only what the audit needs is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from mweek_contracts.events import MachineEnteredV1, NoticeSkippedV1, SkippedCode, WindowNews
from mweek_contracts.events.notice import NoticeEvent
from mweek_contracts.request_codes import LeaveResult, WindowWithdrawnCode
from mweek_timewindows import Window as Span

from mweek_auditor.domain.windows.answer import Answer
from mweek_auditor.domain.windows.lease import Lease
from mweek_auditor.domain.windows.records import Policy
from mweek_auditor.domain.windows.window import Change, Grant, Position, Withdrawal, Work
from mweek_auditor.translation.notices import outcome_of

FINISHED: Final = frozenset({LeaveResult.DONE, LeaveResult.NOT_NEEDED})
"""A machine that left so does not come back: the rest of its window is free for others."""


def revision_of(document: str, *, withdrawn: bool, number: int, heard_at: datetime) -> Grant | Withdrawal:
    """Return what a revision tells that was kept as its JSON; `number` is explained in `Grant`."""
    body = json.loads(document)
    fields: dict[str, Any] = {
        "window_id": body["window_id"],
        "machine": body["machine"],
        "customer": body["customer"],
        "week": body["week"],
        "revision": body["revision"],
        "affects": frozenset(body["affects"]),
        "number": number,
        "heard_at": heard_at,
    }
    if withdrawn:
        return Withdrawal(**fields, missed=body["reason"] == WindowWithdrawnCode.MISSED)
    return Grant(
        **fields,
        time=_time(body),
        latest_start_at=_instant(body["not_after"]),
        change=Change(body["change"]),
        significant=body["significant"],
        previous=_time(body["previous"]) if body["previous"] else None,
        request_id=body["request_id"],
        works=tuple(_work(work) for work in body["requests"]),
        reboots=body["reboots"],
        urgent=body["urgent"],
        granted_at=_instant(body["granted_at"]),
        position=Position(_instant(body["records"]["stream_created_at"]), body["records"]["sequence"]),
    )


def lease_of(message: MachineEnteredV1, number: int) -> Lease:
    """Return the entry that an event tells of."""
    return Lease(
        lease_id=message.lease_id,
        machine=message.machine,
        customer=message.customer,
        window_id=message.window_id,
        week=message.week,
        revision=message.revision,
        entered_at=message.entered_at,
        must_end_by=message.must_end_by,
        position=Position(message.records.stream_created_at, message.records.sequence),
        number=number,
    )


def answers_of(message: NoticeEvent) -> Iterator[Answer]:
    """Yield what a notice means for each of the windows that it names; nothing for one to the operator."""
    state, at, detail = outcome_of(message)
    code = (message.code or SkippedCode.SUPERSEDED) if isinstance(message, NoticeSkippedV1) else None
    for told in message.windows if message.customer is not None else ():
        yield Answer(
            window_id=told.window_id,
            revision=told.revision,
            customer=message.customer or "",
            contact=message.contact,
            state=state,
            at=at,
            detail=detail,
            withdrawn=told.news is WindowNews.WITHDRAWN,
            another_follows=code is SkippedCode.SUPERSEDED,
            too_late=code is SkippedCode.OVER,
        )


def policy_from(document: Mapping[str, Any]) -> Policy:
    """Return the policy of a record that was kept as JSON. It was validated when it came in."""
    return Policy(
        capacity=document["capacity"],
        padding_percent=document["padding_percent"],
        shortest_minutes=document["shortest_window_minutes"],
        preparation_minutes=document["preparation_minutes"],
    )


def _work(body: Mapping[str, Any]) -> Work:
    return Work(
        request_id=body["request_id"],
        estimated_minutes=body["estimated_minutes"],
        not_before=_instant(body["not_before"]) if body["not_before"] else None,
        deadline=_instant(body["deadline"]) if body["deadline"] else None,
        urgent=body["urgent"],
    )


def _time(body: Mapping[str, Any]) -> Span:
    return Span(_instant(body["not_before"]), _instant(body["must_end_by"]))


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
