"""Machines and customers as RECORDS tell of them: put in bulk, loaded as a fleet to plan."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from mweek_outbox.upsert import upsert
from mweek_timewindows import WeeklyCalendar, WeeklyWindow
from sqlmodel import Session

from mweek_planner.domain.customer import Blackout, Customer
from mweek_planner.domain.machine import Fleet, Machine
from mweek_planner.interfaces import CustomerChange, MachineChange
from mweek_planner.storage.rows import CUSTOMER, MACHINE

_MACHINE_FIELDS = tuple(
    column.name for column in MACHINE.columns if column.name not in ("location", "revision", "removed")
)
_CUSTOMER_FIELDS = ("timezone", "acceptable_windows", "blackouts", "notice_hours")


def put_machines(session: Session, changes: Sequence[MachineChange]) -> None:
    """Apply changes of machines, each if and only if its revision is greater than the stored one, in any order."""
    upsert(session, MACHINE, [_machine_row(change) for change in changes], newer_by="revision")


def put_customers(session: Session, changes: Sequence[CustomerChange]) -> None:
    """Apply changes of customers as `put_machines` does."""
    upsert(session, CUSTOMER, [_customer_row(change) for change in changes], newer_by="revision")


def load_fleet(session: Session, location: str) -> Fleet:
    """Return the machines of a location, in service or not, and the customers that they name."""
    query = sa.select(*(MACHINE.c[name] for name in _MACHINE_FIELDS)).where(
        MACHINE.c.location == location, MACHINE.c.removed.is_(False)
    )
    machines = tuple(_machine(row) for row in session.connection().execute(query))
    owners = {machine.customer for machine in machines if machine.customer is not None}
    return Fleet(machines, _load_customers(session, owners))


def inventory_fingerprint(session: Session, location: str) -> str:
    """Return a text that differs as soon as a record of the location's machines, or of any customer, has changed.

    Revisions only ever rise, so their number and their sum tell every state from every later one.
    """
    machines = sa.select(sa.func.count(), sa.func.sum(MACHINE.c.revision)).where(MACHINE.c.location == location)
    customers = sa.select(sa.func.count(), sa.func.sum(CUSTOMER.c.revision))
    connection = session.connection()
    counts = [tuple(connection.execute(query).one()) for query in (machines, customers)]
    return hashlib.sha256(repr(counts).encode()).hexdigest()


def _machine_row(change: MachineChange) -> dict[str, Any]:
    machine = change.machine
    fields = {name: getattr(machine, name, None) for name in _MACHINE_FIELDS}
    return fields | {
        "location": change.location,
        "name": change.name,
        "revision": change.revision,
        "removed": machine is None,
    }


def _machine(row: Sequence[Any]) -> Machine:
    return Machine(**dict(zip(_MACHINE_FIELDS, row, strict=True)))


def _load_customers(session: Session, names: set[str]) -> tuple[Customer, ...]:
    query = sa.select(CUSTOMER.c.customer, *(CUSTOMER.c[name] for name in _CUSTOMER_FIELDS)).where(
        CUSTOMER.c.removed.is_(False)
    )
    return tuple(_customer(row) for row in session.connection().execute(query) if row[0] in names)


def _customer_row(change: CustomerChange) -> dict[str, Any]:
    row = {"customer": change.name, "revision": change.revision, "removed": change.customer is None}
    return row | (_customer_fields(change.customer) if change.customer else dict.fromkeys(_CUSTOMER_FIELDS))


def _customer_fields(customer: Customer) -> dict[str, Any]:
    calendar = customer.calendar
    return {
        "timezone": calendar.zone if calendar else None,
        "acceptable_windows": [
            {"days": list(window.days), "start": window.start, "end": window.end}
            for window in (calendar.windows if calendar else ())
        ],
        "blackouts": [
            {"starts_at": b.starts_at.isoformat(), "ends_at": b.ends_at.isoformat(), "reason": b.reason}
            for b in customer.blackouts
        ],
        "notice_hours": customer.notice_hours,
    }


def _customer(row: Sequence[Any]) -> Customer:
    name, zone, windows, blackouts, notice_hours = row
    return Customer(
        name=name,
        notice_hours=notice_hours,
        blackouts=tuple(
            Blackout(datetime.fromisoformat(b["starts_at"]), datetime.fromisoformat(b["ends_at"]), b["reason"])
            for b in blackouts
        ),
        calendar=_calendar(zone, windows),
    )


def _calendar(zone: str | None, windows: Sequence[Mapping[str, Any]]) -> WeeklyCalendar | None:
    if zone is None:
        return None
    return WeeklyCalendar(zone, tuple(WeeklyWindow(tuple(w["days"]), w["start"], w["end"]) for w in windows))
