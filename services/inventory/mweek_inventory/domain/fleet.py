"""Machines, customers, policies as far as they decide about each other; what else is known of them is a digest here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A machine of a location. `digest` is over everything known of it."""

    name: str
    virtual: bool
    customer: str | None
    host: str | None
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer. `digest` is over everything known of it."""

    customer: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a location allows in windows. `digest` is over all of it."""

    digest: str


@dataclass(frozen=True, slots=True)
class KnownMachine:
    """A machine as it was put last; `removed` ones are remembered, so that their revision goes on when they return."""

    machine: Machine
    revision: int
    removed: bool = False


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    """A customer as it was put last, or was before it was removed."""

    customer: Customer
    revision: int
    removed: bool = False


@dataclass(frozen=True, slots=True)
class KnownPolicy:
    """The policy of a location as it was put last, or was before it was removed."""

    policy: Policy
    revision: int
    removed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFleet:
    """What is known of a location, as far as an import touches it.

    Whoever loads it sees to it that it has: every machine and customer that the import puts, removes or refers to;
    the machines on each host that it puts or removes; and, for an import that replaces the location, all of it.
    """

    machines: Mapping[str, KnownMachine]
    customers: Mapping[str, KnownCustomer]
    owned_elsewhere: Mapping[str, tuple[str, ...]]
    """By removed customer, its machines in other locations, as `<location>/<machine>`."""
    policy: KnownPolicy | None = None
    """Of the location; None where it never had one."""

    def present(self) -> Iterator[Machine]:
        """Yield the machines that are not removed."""
        return (known.machine for known in self.machines.values() if not known.removed)
