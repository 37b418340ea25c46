"""Requested windows as the auditor has heard of them; spells out only what a test is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from mweek_auditor.domain.finding import Finding
from mweek_auditor.domain.fleet import Blackout, Customer, Machine
from mweek_auditor.domain.told import NoticeState
from mweek_auditor.domain.windows.answer import Answer
from mweek_auditor.domain.windows.audit import audit_windows
from mweek_auditor.domain.windows.case import WindowCase
from mweek_auditor.domain.windows.history import History, Version
from mweek_auditor.domain.windows.lease import Lease
from mweek_auditor.domain.windows.records import Policy, Records
from mweek_auditor.domain.windows.telling import Telling
from mweek_auditor.domain.windows.window import (
    Change,
    Grant,
    Position,
    WeekWindow,
    Withdrawal,
    Work,
    windows_by_id,
)
from mweek_timewindows import WEEKDAYS, WeeklyCalendar, WeeklyWindow, Window

from tests.support.ids import at

NOW = at("2026-11-23T08:00Z")
CREATED = at("2026-10-01T00:00Z")
POSITION = Position(CREATED, 100)
NIGHTS = WeeklyCalendar("Europe/Berlin", (WeeklyWindow(WEEKDAYS, "22:00", "05:00"),))
TONIGHT = "2026-11-26T21:00Z"
PATIENCE = timedelta(minutes=7)
TIME_TO_TELL = timedelta(minutes=10)


def said(*items: Any, replaced_at: Any = None) -> History[Any]:
    """Return a record that said these in turn, the newest last: at the sequences 10, 20, …"""
    versions = [
        Version(item, Position(CREATED, number * 10 - 1), Position(CREATED, number * 10), number)
        for number, item in enumerate(items, start=1)
    ]
    newest = versions[-1]
    now = Version(newest.item, newest.after, newest.upto, newest.revision, replaced_at)
    return History((now, *reversed(versions[:-1])))


def machine(name: str = "acme01", **fields: Any) -> Machine:
    """Return a machine of acme."""
    values = {"kind": "virtual", "role": "customer", "environment": "production", "customer": "acme"}
    return Machine(**{"name": name, **values, **fields})


def customer(name: str = "acme", **fields: Any) -> Customer:
    """Return a customer that accepts nights in Berlin and wants 12 hours of notice; blackouts may be texts."""
    blackouts = tuple(Blackout(at(starts), at(ends), "sale") for starts, ends in fields.pop("blackouts", ()))
    values = {"contacts": (f"ops@{name}.example",), "calendar": NIGHTS, "blackouts": blackouts}
    return Customer(**{"name": name, **values, **fields})


def span(opens: str, minutes: int) -> Window:
    """Return a time."""
    return Window(at(opens), at(opens) + timedelta(minutes=minutes))


def grant(name: str = "acme01", opens: str = TONIGHT, minutes: int = 35, **fields: Any) -> Grant:
    """Return what was told of the window `w-<machine>`, for 20 minutes of work: 35 with preparation and padding."""
    time, revision = span(opens, minutes), fields.get("revision", 1)
    works = fields.get("works", (Work(request_id="r1", estimated_minutes=20),))
    work = sum(one.estimated_minutes for one in works) + 5
    values = {
        "window_id": f"w-{name}",
        "machine": name,
        "customer": "acme",
        "week": None,
        "revision": revision,
        "time": time,
        "latest_start_at": max(time.opens_at, time.closes_at - timedelta(minutes=work)),
        "change": Change.NEW if revision == 1 else Change.JOINED,
        "significant": revision == 1,
        "previous": None,
        "request_id": works[-1].request_id,
        "works": works,
        "reboots": True,
        "urgent": any(one.urgent for one in works),
        "affects": frozenset(),
        "granted_at": NOW,
        "position": POSITION,
        "number": revision,
        "heard_at": NOW,
    }
    return Grant(**{**values, **fields})


def withdrawal(name: str = "acme01", **fields: Any) -> Withdrawal:
    """Return that the window `w-<machine>` is gone."""
    values = {"window_id": f"w-{name}", "machine": name, "customer": "acme", "week": None, "revision": 2}
    more = {"missed": False, "affects": frozenset(), "number": 5, "heard_at": NOW}
    return Withdrawal(**{**values, **more, **fields})


def week_window(name: str, opens: str = TONIGHT, minutes: int = 240, *, number: int = 0) -> WeekWindow:
    """Return the window of a week, heard of before all else unless told otherwise."""
    return WeekWindow(machine=name, week="2026-W48", time=span(opens, minutes), number=number)


def lease(name: str = "acme01", entered: str = TONIGHT, **fields: Any) -> Lease:
    """Return that a machine was let into its window `w-<machine>`."""
    values = {
        "lease_id": f"l-{name}",
        "machine": name,
        "customer": "acme",
        "window_id": f"w-{name}",
        "week": None,
        "revision": 1,
        "entered_at": at(entered),
        "must_end_by": at(TONIGHT) + timedelta(minutes=35),
        "position": POSITION,
        "number": 50,
    }
    return Lease(**{**values, **fields})


def answer(name: str = "acme01", **fields: Any) -> Answer:
    """Return that acme's contact was told of the window `w-<machine>`."""
    values = {"window_id": f"w-{name}", "revision": 1, "customer": "acme", "contact": "ops@acme.example"}
    return Answer(**{**values, "state": NoticeState.SENT, "at": NOW + timedelta(minutes=1), **fields})


def histories(items: Iterable[Any]) -> Mapping[str, History[Any]]:
    """Return records by name: of items that say something now, or of histories."""
    found = [one if isinstance(one, History) else said(one) for one in items]
    return {next(iter(one.ever)).name: one for one in found}


def case(
    *told: Grant | Withdrawal,
    machines: Sequence[Any] = (),
    customers: Sequence[Any] = (),
    policy: Any = None,
    **fields: Any,
) -> WindowCase:
    """Return a case at `NOW`; without machines, each that has a window is one of acme's."""
    names = dict.fromkeys(one.machine for one in told)
    values: dict[str, Any] = {
        "location": "rzob",
        "now": NOW,
        "since": NOW - timedelta(days=1),
        "patience": PATIENCE,
        "notice_patience": TIME_TO_TELL,
        "records": Records(
            machines=histories(machines or [machine(name) for name in names]),
            customers=histories(customers or [customer()]),
            policy=History() if policy is None else policy if isinstance(policy, History) else said(policy),
        ),
        "windows": windows_by_id(told),
    }
    return WindowCase(**{**values, **fields})


def findings(one: WindowCase) -> tuple[Finding, ...]:
    """Return everything that is wrong."""
    return audit_windows(one, Telling(one))


def codes(one: WindowCase) -> list[str]:
    """Return the code of everything that is wrong."""
    return [finding.code.value for finding in findings(one)]


__all__ = [
    "NIGHTS",
    "NOW",
    "POSITION",
    "TONIGHT",
    "Change",
    "Policy",
    "Position",
    "Work",
    "answer",
    "case",
    "codes",
    "customer",
    "findings",
    "grant",
    "lease",
    "machine",
    "said",
    "span",
    "week_window",
    "withdrawal",
]
