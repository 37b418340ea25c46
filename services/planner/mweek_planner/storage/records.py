"""Machines, customers and policies as RECORDS tell of them: put in bulk, loaded as a fleet to plan."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from mweek_outbox.upsert import upsert
from mweek_timewindows import WeeklyCalendar, WeeklyWindow
from sqlmodel import Session

from mweek_planner.domain.customer import Blackout, Customer
from mweek_planner.domain.machine import Fleet, Machine
from mweek_planner.interfaces import CustomerChange, MachineChange, PolicyChange
from mweek_planner.storage.rows import CUSTOMER, CUSTOMER_LIMIT, MACHINE, POLICY, RECORD_CHANGE

_MACHINE_FIELDS = tuple(
    column.name for column in MACHINE.columns if column.name not in ("location", "revision", "removed")
)
_CUSTOMER_FIELDS = ("timezone", "acceptable_windows", "blackouts", "notice_hours")
_CUSTOMERS = (
    sa.select(CUSTOMER.c.customer, *(CUSTOMER.c[name] for name in _CUSTOMER_FIELDS), CUSTOMER_LIMIT.c.max_parallel)
    .outerjoin_from(CUSTOMER, CUSTOMER_LIMIT, CUSTOMER_LIMIT.c.customer == CUSTOMER.c.customer)
    .where(CUSTOMER.c.removed.is_(False))
)


_RECORDS: Final = "records"
_NOTE: Final = (
    sa.update(RECORD_CHANGE).where(RECORD_CHANGE.c.of == _RECORDS).values(changes=RECORD_CHANGE.c.changes + 1)
)
_NOTED: Final = sa.select(RECORD_CHANGE.c.changes).where(RECORD_CHANGE.c.of == _RECORDS)


def put_machines(session: Session, changes: Sequence[MachineChange]) -> None:
    """Apply changes of machines, each if and only if its revision is greater than the stored one, in any order."""
    upsert(session, MACHINE, [_machine_row(change) for change in changes], newer_by="revision")


def put_customers(session: Session, changes: Sequence[CustomerChange]) -> None:
    """Apply changes of customers as `put_machines` does."""
    upsert(session, CUSTOMER, [_customer_row(change) for change in changes], newer_by="revision")
    upsert(session, CUSTOMER_LIMIT, [_limit_row(change) for change in changes], newer_by="revision")


def put_policies(session: Session, changes: Sequence[PolicyChange]) -> None:
    """Apply changes of policies as `put_machines` does."""
    upsert(session, POLICY, [_policy_row(change) for change in changes], newer_by="revision")


def note_change(session: Session) -> None:
    """Tell every instance that records have changed; the last thing in a transaction, for others wait for its end."""
    connection = session.connection()
    if connection.execute(_NOTE).rowcount == 0:
        upsert(session, RECORD_CHANGE, [{"of": _RECORDS, "changes": 1}])


def record_changes(session: Session) -> int:
    """Return a number that rises with every change of a record that is committed."""
    found = session.connection().execute(_NOTED).scalar()
    return 0 if found is None else int(found)


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
    rows = session.connection().execute(_CUSTOMERS)
    return tuple(_customer(row) for row in rows if row[0] in names)


def load_customer(session: Session, name: str) -> Customer | None:
    """Return a customer; None where nothing is known of it."""
    row = session.connection().execute(_CUSTOMERS.where(CUSTOMER.c.customer == name)).first()
    return None if row is None else _customer(row)


def _limit_row(change: CustomerChange) -> dict[str, Any]:
    limit = None if change.customer is None else change.customer.max_parallel
    return {"customer": change.name, "revision": change.revision, "max_parallel": limit}


def _policy_row(change: PolicyChange) -> dict[str, Any]:
    policy = change.policy
    return {
        "location": change.location,
        "revision": change.revision,
        "removed": policy is None,
        "capacity": policy and policy.windows.capacity,
        "padding_percent": policy and policy.windows.padding_percent,
        "shortest_window_minutes": policy and policy.windows.minimum_minutes,
        "preparation_minutes": policy and policy.windows.preparation_minutes,
        "lease_minutes": policy and policy.lease // timedelta(minutes=1),
        "requests_per_minute": policy and policy.requests_per_minute,
    }


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
    name, zone, windows, blackouts, notice_hours, max_parallel = row
    return Customer(
        name=name,
        notice_hours=notice_hours,
        blackouts=tuple(
            Blackout(datetime.fromisoformat(b["starts_at"]), datetime.fromisoformat(b["ends_at"]), b["reason"])
            for b in blackouts
        ),
        calendar=_calendar(zone, windows),
        max_parallel=max_parallel,
    )


def _calendar(zone: str | None, windows: Sequence[Mapping[str, Any]]) -> WeeklyCalendar | None:
    if zone is None:
        return None
    return WeeklyCalendar(zone, tuple(WeeklyWindow(tuple(w["days"]), w["start"], w["end"]) for w in windows))
