"""Reads and writes machines and customers in bulk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from mweek_outbox.upsert import upsert
from sqlmodel import Session

from mweek_inventory.domain.change import FleetChange
from mweek_inventory.domain.fleet import Customer, KnownCustomer, KnownFleet, KnownMachine, Machine
from mweek_inventory.domain.fleet_import import FleetImport
from mweek_inventory.storage.policies import known_policy, write_policy_change
from mweek_inventory.storage.rows import CUSTOMER, MACHINE
from mweek_inventory.storage.statements import rows_where_in

_MACHINES: Final[sa.Select[Any]] = sa.select(
    MACHINE.c.location,
    MACHINE.c.name,
    MACHINE.c.revision,
    MACHINE.c.removed,
    MACHINE.c.virtual,
    MACHINE.c.customer,
    MACHINE.c.host,
    MACHINE.c.digest,
)
_CUSTOMERS: Final[sa.Select[Any]] = sa.select(
    CUSTOMER.c.customer, CUSTOMER.c.revision, CUSTOMER.c.removed, CUSTOMER.c.digest
)


def load_known(session: Session, asked: FleetImport) -> KnownFleet:
    """Return what is known of all that an import touches or refers to."""
    found = list(_located(session, asked))
    owned = list(_owned_by_removed(session, asked))
    here = {row.name: _machine(row) for row in (*found, *owned) if row.location == asked.location}
    elsewhere: dict[str, tuple[str, ...]] = {}
    for row in owned:
        if row.location != asked.location:
            elsewhere[row.customer] = (*elsewhere.get(row.customer, ()), f"{row.location}/{row.name}")
    return KnownFleet(
        machines=here,
        customers=_customers(session, asked),
        owned_elsewhere=elsewhere,
        policy=known_policy(session, asked.location),
    )


def present_customers(session: Session) -> frozenset[str]:
    """Return the names of all customers that are not removed."""
    found = sa.select(CUSTOMER.c.customer).where(~CUSTOMER.c.removed)
    return frozenset(session.connection().execute(found).scalars())


def present_hosts(session: Session, location: str | None) -> frozenset[str]:
    """Return the names of the physical machines of a location (None: of all) that are not removed."""
    found = sa.select(MACHINE.c.name).where(~MACHINE.c.removed, ~MACHINE.c.virtual)
    if location is not None:
        found = found.where(MACHINE.c.location == location)
    return frozenset(session.connection().execute(found).scalars())


def write_change(session: Session, change: FleetChange, contents: Mapping[str, str], changed_at: datetime) -> None:
    """Write what an import changes.

    Args:
        contents: the whole of all that is put, as JSON, by `machine/<name>`, `customer/<name>` and `policy`.
    """
    customers = [_customer_row(known, contents, changed_at) for known in change.customers_put]
    machines = [_machine_row(change.location, known, contents, changed_at) for known in change.machines_put]
    write_policy_change(session, change, contents, changed_at)
    upsert(session, CUSTOMER, customers)
    upsert(session, MACHINE, machines)
    _remove_machines(session, change.location, change.machines_removed, changed_at)
    _remove_customers(session, change.customers_removed, changed_at)


def _located(session: Session, asked: FleetImport) -> Iterator[sa.Row[Any]]:
    here = _MACHINES.where(MACHINE.c.location == asked.location)
    if asked.replaces:
        yield from session.connection().execute(here)
        return
    put = [placed.value for placed in asked.machines]
    removed = [placed.value for placed in asked.remove_machines]
    hosts = [machine.host for machine in put if machine.host is not None]
    names = [*(machine.name for machine in put), *removed, *hosts]
    found = list(rows_where_in(session, here, MACHINE.c.name, names))
    yield from found
    # What stands on a host is asked for only where the host could go from under it.
    virtual = {machine.name for machine in put if machine.virtual}
    bereft = [*removed, *(row.name for row in found if row.name in virtual and not row.virtual)]
    yield from rows_where_in(session, here.where(~MACHINE.c.removed), MACHINE.c.host, bereft)


def _owned_by_removed(session: Session, asked: FleetImport) -> Iterator[sa.Row[Any]]:
    names = [placed.value for placed in asked.remove_customers]
    return rows_where_in(session, _MACHINES.where(~MACHINE.c.removed), MACHINE.c.customer, names)


def _customers(session: Session, asked: FleetImport) -> dict[str, KnownCustomer]:
    names = {placed.value.customer for placed in asked.customers}
    names.update(placed.value for placed in asked.remove_customers)
    names.update(placed.value.customer for placed in asked.machines if placed.value.customer is not None)
    return {
        row.customer: KnownCustomer(Customer(customer=row.customer, digest=row.digest), row.revision, row.removed)
        for row in rows_where_in(session, _CUSTOMERS, CUSTOMER.c.customer, names)
    }


def _machine(row: sa.Row[Any]) -> KnownMachine:
    machine = Machine(name=row.name, virtual=row.virtual, customer=row.customer, host=row.host, digest=row.digest)
    return KnownMachine(machine, row.revision, row.removed)


def _machine_row(
    location: str, known: KnownMachine, contents: Mapping[str, str], changed_at: datetime
) -> dict[str, Any]:
    machine = known.machine
    return {
        "location": location,
        "name": machine.name,
        "revision": known.revision,
        "removed": False,
        "virtual": machine.virtual,
        "customer": machine.customer,
        "host": machine.host,
        "digest": machine.digest,
        "content": contents[f"machine/{machine.name}"],
        "changed_at": changed_at,
    }


def _customer_row(known: KnownCustomer, contents: Mapping[str, str], changed_at: datetime) -> dict[str, Any]:
    return {
        "customer": known.customer.customer,
        "revision": known.revision,
        "removed": False,
        "digest": known.customer.digest,
        "content": contents[f"customer/{known.customer.customer}"],
        "changed_at": changed_at,
    }


def _remove_machines(session: Session, location: str, gone: Sequence[KnownMachine], changed_at: datetime) -> None:
    if not gone:
        return
    statement = (
        sa.update(MACHINE)
        .where(MACHINE.c.location == location, MACHINE.c.name == sa.bindparam("gone"))
        .values(removed=True, revision=sa.bindparam("next_revision"), changed_at=changed_at)
    )
    rows = [{"gone": known.machine.name, "next_revision": known.revision} for known in gone]
    session.connection().execute(statement, rows)


def _remove_customers(session: Session, gone: Sequence[KnownCustomer], changed_at: datetime) -> None:
    if not gone:
        return
    statement = (
        sa.update(CUSTOMER)
        .where(CUSTOMER.c.customer == sa.bindparam("gone"))
        .values(removed=True, revision=sa.bindparam("next_revision"), changed_at=changed_at)
    )
    rows = [{"gone": known.customer.customer, "next_revision": known.revision} for known in gone]
    session.connection().execute(statement, rows)
