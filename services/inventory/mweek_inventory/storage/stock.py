"""Reads whole machines and customers, for those who want all of them: exports and rebuilt streams.

Sorted here and not by the database: each sorts texts in its own way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session

from mweek_inventory.storage.rows import CUSTOMER, MACHINE, POLICY
from mweek_inventory.storage.statements import rows_where_in


@dataclass(frozen=True, slots=True)
class Stored:
    """A machine, customer or policy as it is stored; `content` is all that is known of it, as JSON."""

    name: str
    revision: int
    removed: bool
    content: str


_MACHINES: Final[sa.Select[Any]] = sa.select(MACHINE.c.name, MACHINE.c.revision, MACHINE.c.removed, MACHINE.c.content)
_CUSTOMERS: Final[sa.Select[Any]] = sa.select(
    CUSTOMER.c.customer.label("name"), CUSTOMER.c.revision, CUSTOMER.c.removed, CUSTOMER.c.content
)


def locations(session: Session) -> tuple[str, ...]:
    """Return the locations that have, or had, machines or a policy, sorted."""
    found = sa.union(sa.select(MACHINE.c.location), sa.select(POLICY.c.location))
    return tuple(sorted(session.connection().execute(found).scalars()))


def machines_of(session: Session, location: str) -> Iterator[Stored]:
    """Yield all machines of a location by name, removed ones included."""
    return _by_name(session.connection().execute(_MACHINES.where(MACHINE.c.location == location)))


def all_customers(session: Session) -> Iterator[Stored]:
    """Yield all customers by name, removed ones included."""
    return _by_name(session.connection().execute(_CUSTOMERS))


def customers_of(session: Session, location: str) -> Iterator[Stored]:
    """Yield the customers that own a machine of a location, by name."""
    owners = sa.select(MACHINE.c.customer).where(MACHINE.c.location == location, ~MACHINE.c.removed).distinct()
    names = [name for name in session.connection().execute(owners).scalars() if name is not None]
    return _by_name(rows_where_in(session, _CUSTOMERS, CUSTOMER.c.customer, names))


def _by_name(rows: Iterable[sa.Row[Any]]) -> Iterator[Stored]:
    ordered = sorted(rows, key=lambda row: str(row.name))
    return (Stored(row.name, row.revision, row.removed, row.content) for row in ordered)
