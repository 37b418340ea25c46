"""The machine that asks, its customer and its location's policy, as RECORDS say now."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import sqlalchemy as sa
from mweek_contracts.fleet import Kind
from mweek_contracts.rules import DEFAULT_LEASE_MINUTES, DEFAULT_REQUESTS_PER_MINUTE
from sqlmodel import Session

from mweek_planner.domain.customer import Customer
from mweek_planner.domain.requests import Policy, undescribed
from mweek_planner.interfaces import Asker, LocationPolicy
from mweek_planner.storage.records import load_customer, record_changes
from mweek_planner.storage.rows import MACHINE, POLICY

DEFAULT_POLICY: Final = LocationPolicy(
    windows=Policy(), lease=timedelta(minutes=DEFAULT_LEASE_MINUTES), requests_per_minute=DEFAULT_REQUESTS_PER_MINUTE
)
_MOST_ASKERS: Final = 100_000
"""Each a few hundred bytes, and customers with a calendar beside them."""
_KNOWN: Final = "mweek_planner.askers"
_MACHINE: Final = ("in_service", "kind", "customer", "redundancy_group", "downtime_minutes")
_LOCATION = sa.bindparam("of_location", type_=sa.String())
_NAME = sa.bindparam("of_name", type_=sa.String())
_ASKER: Final = sa.select(*(MACHINE.c[name] for name in _MACHINE)).where(
    MACHINE.c.location == _LOCATION, MACHINE.c.name == _NAME, MACHINE.c.removed.is_(False)
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
    """Reads who asks, and what their locations allow. Remembers it for as long as no record changes."""

    def __init__(self) -> None:
        """Remember nobody yet."""
        self._known = _Known(changes=-1)

    def find(self, session: Session, location: str, name: str) -> Asker | None:
        """Return a machine of a location, in service or not; None where none of that name is known."""
        known, key = self._up_to_date(session), (location, name)
        if key not in known.askers:
            asker = self._load(session, known, location, name)
            if asker is None:
                return None  # anybody can ask under any name: what is not there is not remembered
            known.askers[key] = asker
        return known.askers[key]

    def policy(self, session: Session, location: str) -> LocationPolicy:
        """Return what a location allows in windows; the defaults where nothing is said of it."""
        known = self._up_to_date(session)
        if location not in known.policies:
            known.policies[location] = load_policy(session, location)
        return known.policies[location]

    def look_again(self, session: Session) -> None:
        """Read what was committed since the transaction began to ask."""
        session.info.pop(_KNOWN, None)

    def _load(self, session: Session, known: _Known, location: str, name: str) -> Asker | None:
        found = session.connection().execute(_ASKER, {"of_location": location, "of_name": name}).first()
        if found is None:
            return None
        in_service, kind, owner, group, downtime_minutes = found
        if owner is not None and owner not in known.customers:
            known.customers[owner] = load_customer(session, owner) or undescribed(owner)
        return Asker(
            name=name,
            in_service=in_service,
            is_host=kind == Kind.PHYSICAL,
            customer=None if owner is None else known.customers[owner],
            redundancy_group=group,
            downtime_minutes=downtime_minutes,
        )

    def _up_to_date(self, session: Session) -> _Known:
        """Return what is known, once for a transaction: it decides on one state, and asks the database once."""
        known: _Known | None = session.info.get(_KNOWN)
        if known is None:
            changes = record_changes(session)
            if changes != self._known.changes or len(self._known.askers) > _MOST_ASKERS:
                self._known = _Known(changes)
            known = session.info[_KNOWN] = self._known
        return known


@dataclass(slots=True)
class _Known:
    """What was read of records after so many changes of them, or later."""

    changes: int
    askers: dict[tuple[str, str], Asker] = field(default_factory=dict)
    customers: dict[str, Customer] = field(default_factory=dict)
    policies: dict[str, LocationPolicy] = field(default_factory=dict)


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
