"""Machines and customers of the contracts as the audit's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from sys import intern
from typing import Any

from mweek_contracts.fleet import CustomerFields, MachineFields
from mweek_timewindows import WeeklyCalendar, WeeklyWindow

from mweek_auditor.domain.fleet import Blackout, Customer, Fleet, Machine


def machine_of(fields: MachineFields) -> Machine:
    """Return the machine that a record or a fleet file tells of."""
    return Machine(
        name=fields.name,
        kind=fields.kind.value,
        role=fields.role,
        environment=fields.environment.value,
        customer=fields.customer,
        host=fields.host,
        redundancy_group=fields.redundancy_group,
        profile=fields.profile,
        downtime_minutes=fields.downtime_minutes,
        in_service=fields.in_service,
        labels=tuple(sorted(fields.labels.items())),
    )


def customer_of(fields: CustomerFields) -> Customer:
    """Return the customer that a record or a fleet file tells of."""
    windows = tuple(
        WeeklyWindow(tuple(day.value for day in window.days), window.start, window.end)
        for window in fields.acceptable_windows
    )
    return Customer(
        name=fields.customer,
        contacts=tuple(contact.email for contact in fields.contacts),
        calendar=WeeklyCalendar(fields.timezone, windows),
        blackouts=tuple(Blackout(b.starts_at, b.ends_at, b.reason) for b in fields.blackouts),
        notice_hours=fields.notice_hours,
        max_parallel=fields.max_parallel,
    )


def machine_from(document: Mapping[str, Any]) -> Machine:
    """Return the machine of a record that was kept as JSON. It was validated when it came in."""
    labels = document["labels"]
    return Machine(
        name=document["name"],
        kind=intern(document["kind"]),
        role=intern(document["role"]),
        environment=intern(document["environment"]),
        customer=_one(document["customer"]),
        host=_one(document["host"]),
        redundancy_group=document["redundancy_group"],
        profile=_one(document["profile"]),
        downtime_minutes=document["downtime_minutes"],
        in_service=document["in_service"],
        labels=tuple(sorted(labels.items())) if labels else (),
    )


def customer_from(document: Mapping[str, Any]) -> Customer:
    """Return the customer of a record that was kept as JSON."""
    # Few enough to be validated again; strictness is for what comes from outside, and dates are text in JSON.
    return customer_of(CustomerFields.model_validate(document, strict=False))


def _one(text: str | None) -> str | None:
    """Return the one copy of a text that a hundred thousand machines may share."""
    return None if text is None else intern(text)


def fleet_of(machines: Iterable[MachineFields], customers: Iterable[CustomerFields]) -> Fleet:
    """Return the fleet of a document; one without any customer says nothing about them."""
    known = tuple(customer_of(fields) for fields in customers)
    return Fleet(machines=tuple(machine_of(fields) for fields in machines), customers=known or None)
