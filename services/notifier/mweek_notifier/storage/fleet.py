"""The notifier's copy of the records: machines and customers, each at the highest revision seen."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from mweek_outbox.upsert import upsert
from sqlalchemy import select
from sqlmodel import Session

from mweek_notifier.domain.fleet import Customer, CustomerRecord, Fleet, Machine, MachineRecord
from mweek_notifier.storage.documents import customer_document, customer_of
from mweek_notifier.storage.rows import CUSTOMER, MACHINE

NAMES_IN_A_STATEMENT: Final = 500
"""Databases refuse tens of thousands of parameters, and plan thousands badly."""


def apply_machines(session: Session, records: Iterable[MachineRecord]) -> None:
    """Store records of machines; one with no higher revision than stands changes nothing."""
    rows = [
        {
            "location": record.location,
            "name": record.name,
            "revision": record.revision,
            "removed": record.machine is None,
            "customer": record.machine.customer if record.machine else None,
            "downtime_minutes": record.machine.downtime_minutes if record.machine else 0,
        }
        for record in records
    ]
    upsert(session, MACHINE, rows, newer_by="revision")


def apply_customers(session: Session, records: Iterable[CustomerRecord]) -> None:
    """Store records of customers; one with no higher revision than stands changes nothing."""
    rows = [
        {
            "customer": record.customer,
            "revision": record.revision,
            "removed": record.known is None,
            "document": customer_document(record.known) if record.known else None,
        }
        for record in records
    ]
    upsert(session, CUSTOMER, rows, newer_by="revision")


def load_fleet(session: Session, location: str) -> Fleet:
    """Return the machines of a location that are not removed."""
    columns = select(MACHINE.c.name, MACHINE.c.customer, MACHINE.c.downtime_minutes)
    here = columns.where(MACHINE.c.location == location, MACHINE.c.removed.is_(False))
    rows = session.connection().execute(here)
    return Fleet({name: Machine(name, customer, downtime) for name, customer, downtime in rows})


def load_machines(session: Session, location: str, names: Collection[str]) -> Fleet:
    """Return a few machines of a location: those of the names that are known and not removed."""
    columns = select(MACHINE.c.name, MACHINE.c.customer, MACHINE.c.downtime_minutes)
    here = columns.where(MACHINE.c.location == location, MACHINE.c.removed.is_(False))
    ordered, machines = sorted(names), {}
    for start in range(0, len(ordered), NAMES_IN_A_STATEMENT):
        some = here.where(MACHINE.c.name.in_(ordered[start : start + NAMES_IN_A_STATEMENT]))
        for name, customer, downtime in session.connection().execute(some):
            machines[name] = Machine(name, customer, downtime)
    return Fleet(machines)


def load_customer(session: Session, customer: str) -> Customer | None:
    """Return a customer; None where it is not known, or removed."""
    found = select(CUSTOMER.c.document).where(CUSTOMER.c.customer == customer, CUSTOMER.c.removed.is_(False))
    row = session.connection().execute(found).first()
    return None if row is None else customer_of(row.document)


def load_customers(session: Session, customers: Collection[str]) -> dict[str, Customer]:
    """Return those of the customers that are known and not removed."""
    # All of them are read: a list of thousands of names in a statement is slower, and some databases refuse it.
    found = select(CUSTOMER.c.customer, CUSTOMER.c.document).where(CUSTOMER.c.removed.is_(False))
    rows = session.connection().execute(found)
    return {customer: customer_of(document) for customer, document in rows if customer in customers}
