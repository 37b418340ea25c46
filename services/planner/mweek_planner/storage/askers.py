"""The machine that asks, its customer and its location's policy, as RECORDS say now: one question of the database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa
from mweek_contracts.fleet import Kind
from mweek_contracts.rules import DEFAULT_LEASE_MINUTES, DEFAULT_REQUESTS_PER_MINUTE
from sqlmodel import Session

from mweek_planner.domain.customer import Customer
from mweek_planner.domain.requests import Policy, undescribed
from mweek_planner.interfaces import Asker, LocationPolicy
from mweek_planner.storage.records import load_customer
from mweek_planner.storage.rows import CUSTOMER, CUSTOMER_LIMIT, MACHINE, POLICY

DEFAULT_POLICY: Final = LocationPolicy(
    windows=Policy(), lease=timedelta(minutes=DEFAULT_LEASE_MINUTES), requests_per_minute=DEFAULT_REQUESTS_PER_MINUTE
)
_MOST_CUSTOMERS: Final = 10_000
"""Each a few hundred bytes and a calendar that is worked out once."""
_MACHINE: Final = ("in_service", "kind", "customer", "redundancy_group", "downtime_minutes")
_LOCATION = sa.bindparam("of_location", type_=sa.String())
_NAME = sa.bindparam("of_name", type_=sa.String())
_ASKER: Final = (
    sa.select(
        *(MACHINE.c[name] for name in _MACHINE),
        CUSTOMER.c.revision.label("customer_revision"),
        CUSTOMER_LIMIT.c.revision.label("limit_revision"),
    )
    .outerjoin_from(MACHINE, CUSTOMER, CUSTOMER.c.customer == MACHINE.c.customer)
    .outerjoin(CUSTOMER_LIMIT, CUSTOMER_LIMIT.c.customer == MACHINE.c.customer)
    .where(MACHINE.c.location == _LOCATION, MACHINE.c.name == _NAME, MACHINE.c.removed.is_(False))
)
_POLICY: Final = sa.select(POLICY).where(POLICY.c.location == _LOCATION, POLICY.c.removed.is_(False))
_GUESTS: Final = (
    sa.select(MACHINE.c.name)
    .where(
        MACHINE.c.location == _LOCATION,
        MACHINE.c.host == _NAME,
        MACHINE.c.removed.is_(False),
        MACHINE.c.in_service.is_(True),
    )
    .order_by(MACHINE.c.name)
)


class Askers:
    """Reads who asks. Remembers customers: a revision of a customer says the same for ever."""

    def __init__(self) -> None:
        """Remember none yet."""
        self._customers: dict[tuple[str, int | None, int | None], Customer] = {}

    def find(self, session: Session, location: str, name: str) -> Asker | None:
        """Return a machine of a location, in service or not; None where none of that name is known."""
        found = session.connection().execute(_ASKER, {"of_location": location, "of_name": name}).mappings().first()
        if found is None:
            return None
        return Asker(
            name=name,
            in_service=found["in_service"],
            is_host=found["kind"] == Kind.PHYSICAL,
            customer=self._customer(session, found),
            redundancy_group=found["redundancy_group"],
            downtime_minutes=found["downtime_minutes"],
        )

    def _customer(self, session: Session, found: Mapping[str, Any] | sa.RowMapping) -> Customer | None:
        name = found["customer"]
        if name is None:
            return None
        key = (name, found["customer_revision"], found["limit_revision"])
        if key not in self._customers:
            if len(self._customers) >= _MOST_CUSTOMERS:
                self._customers.clear()
            self._customers[key] = load_customer(session, name) or undescribed(name)
        return self._customers[key]


def load_policy(session: Session, location: str) -> LocationPolicy:
    """Return what a location allows in windows; the defaults where nothing is said of it."""
    row = session.connection().execute(_POLICY, {"of_location": location}).mappings().first()
    if row is None:
        return DEFAULT_POLICY
    return LocationPolicy(
        windows=Policy(
            capacity=row["capacity"],
            padding_percent=row["padding_percent"],
            minimum_minutes=row["shortest_window_minutes"],
            preparation_minutes=row["preparation_minutes"],
        ),
        lease=timedelta(minutes=row["lease_minutes"]),
        requests_per_minute=row["requests_per_minute"],
    )


def guests_of(session: Session, location: str, asker: Asker) -> tuple[str, ...]:
    """Return the machines in service that run on a host, by name; none of what is no host."""
    if not asker.is_host:
        return ()
    found = session.connection().execute(_GUESTS, {"of_location": location, "of_name": asker.name})
    return tuple(found.scalars())
